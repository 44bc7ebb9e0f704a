"""The wire of the corpus: what notices and clauses look like to a client; see ``schemas`` for questions and answers."""

from datetime import date
from typing import Any, Literal, Self

from rag.types import Clause, Notice
from server.schemas import ClauseOut, Out, clause_fields


class ClauseInTreeOut(ClauseOut):
    """Reply of ``GET /v1/clauses/{id}``."""

    parent: str | None
    children: list[str]

    @classmethod
    def of(cls, clause: Clause, notice: Notice) -> Self:
        """From our own types; ``notice`` is the one that holds the clause."""
        children = [c.id for c in notice.clauses if c.parent == clause.id]
        return cls(**clause_fields(clause), parent=clause.parent, children=children)


class PlanOut(Out):
    """One document that a notice carries."""

    slug: str
    title: str
    zone: str | None
    start: int
    end: int


class NoticeOut(Out):
    """One published document."""

    id: str
    title: str
    issuer: str
    number: str | None
    date: date
    source: str
    status: Literal["in_force", "repealed"]
    zones: list[str]
    plans: list[PlanOut]
    clause_count: int

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """From our own type."""
        return cls(**_notice_fields(notice))


class NoticesOut(Out):
    """Reply of ``GET /v1/notices``; ``zones`` are the names that the filters take."""

    notices: list[NoticeOut]
    zones: list[str]


class ClauseSpanOut(Out):
    """Where a clause stands in the published text."""

    id: str
    label: str
    start: int
    end: int


class NoticeTextOut(NoticeOut):
    """Reply of ``GET /v1/notices/{id}``: the text as published, in which all offsets count."""

    text: str
    clauses: list[ClauseSpanOut]

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """From our own type."""
        spans = [
            ClauseSpanOut(id=c.id, label=c.label, start=c.span.start, end=c.span.end) for c in notice.clauses
        ]
        return cls(**_notice_fields(notice), text=notice.text, clauses=spans)


def _notice_fields(notice: Notice) -> dict[str, Any]:
    meta = notice.meta
    return {
        "id": meta.id,
        "title": meta.title,
        "issuer": meta.issuer,
        "number": meta.number,
        "date": meta.date,
        "source": meta.source,
        "status": meta.status,
        "zones": list(dict.fromkeys(p.zone for p in notice.plans if p.zone)),
        "plans": [
            PlanOut(slug=p.slug, title=p.title, zone=p.zone, start=p.span.start, end=p.span.end)
            for p in notice.plans
        ],
        "clause_count": len(notice.clauses),
    }
