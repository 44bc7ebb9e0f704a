"""Question sets → rows: every question asked of a system in this process, timed, scored, and asked once more."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from evals.metrics import Result, is_ranked, rank, score
from evals.questions import Question, Sources
from rag.types import Answer, AskRequest, Citation, RetrievedClause, Turn

# Ranks further down count as not found in the mean reciprocal rank.
DEPTH = 10

Progress = Callable[[int, int], None]


class System(Protocol):
    """What can be examined; :class:`rag.pipeline.Pipeline` is one."""

    def ask(self, request: AskRequest, /) -> Answer:
        """Answers one question."""

    def retrieve(self, question: str, /, *, k: int) -> Sequence[RetrievedClause]:
        """The k best clauses, best first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question and all that came of it.

    Attributes:
        set: name of its question set.
        said: the system's answers to the turns before the last.
        answer: None if the system failed; then ``error`` says how.
        retrieved: clause ids, best first; empty where retrieval is not scored.
    """

    set: str
    result: Result
    said: tuple[str, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    retrieved: tuple[str, ...] = ()


def run(
    sets: Mapping[str, Sequence[Question]], system: System, sources: Sources, progress: Progress | None = None
) -> list[Row]:
    """Asks all questions of all sets, then all of them again to see whether the answers stay the same.

    The second round comes after the first one, so that an answer which depends on what was asked before is noticed.

    Args:
        sets: questions by set name.
        system: the system under test.
        sources: the corpus that answers are held against.
        progress: called with (questions asked, questions to ask), both rounds counted.
    """
    total, done = 2 * sum(map(len, sets.values())), 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    rows = []
    for name, questions in sets.items():
        for question in questions:
            rows.append(examine(name, question, system, sources))
            advance()
    again = []
    for row in rows:
        again.append(repeat(row, system))
        advance()
    return again


def examine(name: str, question: Question, system: System, sources: Sources) -> Row:
    """Asks one question and scores the answer; whatever the system raises makes the row an error."""
    try:
        said, answer, seconds = converse(question, system)
        hits = system.retrieve(question.turns[-1], k=DEPTH) if is_ranked(question) else ()
    except Exception as error:  # a broken answer must not end the run
        return _failed(Row(name, Result(question, None, None, None, 0.0)), error)
    retrieved = tuple(hit.clause.id for hit in hits)
    result = Result(
        question=question,
        score=score(question, answer, sources),
        ranking=rank(question, retrieved, sources),
        same=None,
        seconds=seconds,
    )
    return Row(name, result, said, answer, None, retrieved)


def repeat(row: Row, system: System) -> Row:
    """The same row, knowing whether the same conversation ends in the same bytes."""
    if row.answer is None:
        return row
    try:
        _, answer, _ = converse(row.result.question, system)
    except Exception as error:  # see examine
        return _failed(row, error)
    same = canonical(answer) == canonical(row.answer)
    return replace(row, result=replace(row.result, same=same))


def converse(question: Question, system: System) -> tuple[tuple[str, ...], Answer, float]:
    """Plays all turns; the system's own answers stand between them.

    Returns:
        The answers to the earlier turns, the answer to the last one, and its time in seconds.
    """
    history: list[Turn] = []
    for turn in question.turns[:-1]:
        reply = system.ask(AskRequest(turn, tuple(history)))
        history += [Turn("user", turn), Turn("assistant", reply.text)]
    request = AskRequest(question.turns[-1], tuple(history))
    start = time.perf_counter()
    answer = system.ask(request)
    seconds = time.perf_counter() - start
    return tuple(turn.content for turn in history if turn.role == "assistant"), answer, seconds


def canonical(answer: Answer) -> bytes:
    """An answer as bytes, timings left out."""
    fields = asdict(answer)
    del fields["timings_ms"]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str).encode()


def _failed(row: Row, error: Exception) -> Row:
    result = replace(row.result, score=None, ranking=None, same=None)
    return replace(row, result=result, error=f"{type(error).__name__}: {error}")


def row_out(row: Row) -> dict[str, Any]:
    """A row as plain JSON values, for run records."""
    question, given = row.result.question, row.result.score
    out: dict[str, Any] = {
        "set": row.set,
        "id": question.id,
        "cat": question.cat,
        "group": question.group,
        "tags": list(question.tags),
        "turns": list(question.turns),
        "error": row.error,
        "ok": given.ok if given else None,
        "faults": list(given.faults) if given else [],
        "ms": round(row.result.seconds * 1000, 3),
        "same": row.result.same,
        "said": list(row.said),
        "retrieved": list(row.retrieved),
        "ranking": asdict(row.result.ranking) if row.result.ranking else None,
        "score": asdict(given) if given else None,
        "answer": None,
    }
    if row.answer:
        out["answer"] = {
            "text": row.answer.text,
            "status": row.answer.status.value,
            "engine": row.answer.engine,
            "citations": [_citation_out(citation) for citation in row.answer.citations],
            "related": [_citation_out(citation) for citation in row.answer.related],
            "timings_ms": row.answer.timings_ms,
        }
    return out


def _citation_out(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "clause": citation.clause.id,
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
    }
