"""Clause → sentences → segments → phrases, each a span of the published text.

A sentence ends at 。！？ or a line break; a segment at ； or where a list of places goes on; a phrase at any comma.
Unit brackets, and numbers with their headings, stand apart, so that a quote never drags them along unasked.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.lexicon import normalise
from rag.numbering import marker_at
from rag.types import Clause, Span

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)]*|\n|$)")
_SEGMENT = re.compile(r"[^；;]*(?:[；;]|$)")
_PHRASE = re.compile(r"(?:[“「『][^“”「」『』]*[”」』]|[（(][^（）()]*[)）]|[^，,；;。])+[，,；;。]?")
_DIVISION = r"[一-鿿]{1,8}?(?:新区|高新区|开发区|度假区|市|县|区|州|旗)"
# A county, district or development zone named, not the word for one (各县, 县(市、区)).
PLACE = re.compile(
    "(?!各区|各县|各市)[一-鿿]{2}(?:新区|高新区|开发区|度假区|(?<![各个县市区])(?:县|区))(?![(（一-鿿]{0,1}[市、])|[一-鿿]{2}市(?=、|打造|重点)"
)
_PLACE_HEAD = re.compile(rf"(?:以)?{_DIVISION}(?:、{_DIVISION})*(?:等|为|重点|打造|发展|建设|推进|培育|依托)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable stretch of a clause with its search key."""

    clause: Clause
    span: Span
    text: str
    key: str


def _passage(clause: Clause, start: int, end: int) -> Passage | None:
    """The passage ``[start, end)`` (offsets in the clause), trimmed; None if nothing is left."""
    raw = clause.text[start:end]
    left = start + len(raw) - len(raw.lstrip())
    right = left + len(raw.strip())
    text = clause.text[left:right]
    if not any(c.isalnum() for c in text):
        return None
    return Passage(clause, Span(clause.span.start + left, clause.span.start + right), text, normalise(text))


@lru_cache(maxsize=20_000)
def sentences(clause: Clause) -> tuple[Passage, ...]:
    """Sentences of a clause; number with heading, and the unit bracket, left out where other text remains."""
    bracket = clause.units_span.start - clause.span.start if clause.units_span else len(clause.text)
    start = 0
    if clause.heading:
        number = marker_at(clause.text, 0, len(clause.text))
        start = clause.text.find(clause.heading, number.end if number else 0) + len(clause.heading)
        start += len(clause.text[start:]) - len(clause.text[start:].lstrip("。.：: \n\u3000"))
    found = [
        passage
        for m in _SENTENCE.finditer(clause.text, start, bracket)
        if m.group() and (passage := _passage(clause, m.start(), m.end()))
    ]
    whole = None if found else _passage(clause, 0, bracket)
    return tuple(found) or ((whole,) if whole else ())


@lru_cache(maxsize=20_000)
def segments(sentence: Passage) -> tuple[Passage, ...]:
    """Parts of a sentence that stand side by side; the sentence itself where there are none."""
    offset = sentence.span.start - sentence.clause.span.start
    found: list[Passage] = []
    for m in _SEGMENT.finditer(sentence.text):
        heads = [p.start() for p in _PHRASE.finditer(m.group()) if _PLACE_HEAD.match(p.group())]
        listed = heads if len(heads) > 2 else []
        cuts = [m.start(), *(m.start() + head for head in listed if head)]
        for a, b in zip(cuts, [*cuts[1:], m.end()], strict=True):
            passage = _passage(sentence.clause, offset + a, offset + b)
            if passage:
                found.append(passage)
    return tuple(found)


def listed(passage: Passage) -> bool:
    """True if a passage is one of several segments that a sentence lists."""
    return any(passage in segments(s) for s in sentences(passage.clause) if len(segments(s)) > 2)


@lru_cache(maxsize=20_000)
def phrases(sentence: Passage) -> tuple[Passage, ...]:
    """Comma-separated parts of a sentence; commas inside quotation marks and brackets do not count."""
    offset = sentence.span.start - sentence.clause.span.start
    found = (
        _passage(sentence.clause, offset + m.start(), offset + m.end())
        for m in _PHRASE.finditer(sentence.text)
    )
    return tuple(p for p in found if p)


def joined(first: Passage, last: Passage) -> Passage:
    """The stretch from the start of one passage to the end of a later one of the same clause."""
    clause = first.clause
    made = _passage(clause, first.span.start - clause.span.start, last.span.end - clause.span.start)
    return made or first


def whole(clause: Clause, start: int, end: int) -> Passage:
    """The stretch ``[start, end)`` of the published text, inside one clause."""
    text = clause.text[start - clause.span.start : end - clause.span.start]
    return Passage(clause, Span(start, end), text, normalise(text))
