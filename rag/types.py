"""The nouns: Notice → Clause → Chunk → QueryPlan → RetrievedClause → Citation → Answer.

All offsets count Unicode code points in the published text of a notice (``Notice.text``), end exclusive.
Values are immutable; nothing here knows how it is made, stored or shown.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

Role = Literal["user", "assistant"]
EngineChoice = Literal["auto", "extractive", "llm"]
EngineName = Literal["extractive", "llm"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch ``[start, end)`` of a published text."""

    start: int
    end: int

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def overlaps(self, other: "Span") -> bool:
        """True if the two stretches share at least one code point."""
        return self.start < other.end and other.start < self.end

    def within(self, other: "Span") -> bool:
        """True if the other stretch is longer and holds this one."""
        return self != other and other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class NoticeMeta:
    """What the manifest says of one published document."""

    id: str
    title: str
    issuer: str
    number: str | None
    date: date
    source: str
    file: str
    sha256: str
    status: Literal["in_force", "repealed"] = "in_force"


@dataclass(frozen=True, slots=True)
class Plan:
    """One document that a notice carries: the covering notice itself, or an enclosed plan.

    Attributes:
        slug: ASCII part of clause ids, e.g. ``zaozhuang``; ``cover`` for the covering notice.
        title: title as printed, white space removed.
        zone: the short place name that sets this plan apart from its siblings, or None.
        span: from its title to the end of its last clause.
    """

    slug: str
    title: str
    zone: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Clause:
    """What one can look up and cite: heading line, own paragraphs and unit list up to the next number.

    Attributes:
        id: stable, ASCII, e.g. ``shandong-2023.zaozhuang.2.4.3``.
        numbers: printed numbers from the outermost level in, e.g. ``("二", "(四)", "3")`` as digits ``("2", "4", "3")``;
            empty for titles and paragraphs outside all numbers.
        path: headings from the outermost level in, this clause's own last,
            e.g. ``("二、主要任务", "(四)构建六大体系", "3.构建智慧物流体系")``.
        heading: own heading without number and end mark, e.g. ``构建智慧物流体系``; empty where there is none.
        span: place in the published text; ``text == notice.text[span.start:span.end]``.
        units: responsible units in printed order, e.g. ``("省商务厅", "甲市政府")``.
        units_span: the parenthesis that lists them.
        parent: id of the enclosing clause, or None.
        label: short Chinese address for readers, e.g. ``甲方案 · 二(四)3``.
    """

    id: str
    notice_id: str
    plan: str
    zone: str | None
    numbers: tuple[str, ...]
    path: tuple[str, ...]
    heading: str
    span: Span
    text: str
    units: tuple[str, ...]
    units_span: Span | None
    parent: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One published document, parsed. Clauses tile the body; ``furniture`` is what the web page put around it."""

    meta: NoticeMeta
    text: str
    plans: tuple[Plan, ...]
    clauses: tuple[Clause, ...]
    furniture: tuple[Span, ...]

    @property
    def id(self) -> str:
        """The manifest's id."""
        return self.meta.id


@dataclass(frozen=True, slots=True)
class Chunk:
    """An index unit: a clause, or a part of a long one.

    Attributes:
        id: clause id and running number, e.g. ``shandong-2023.zaozhuang.2.4.3#0``.
        span: the quotable stretch; ``text == notice.text[span.start:span.end]``.
        context: notice, zone and heading path; embedded and indexed together with the text, never quoted.
        tokens: tiktoken (cl100k) count of context and text together.
    """

    id: str
    clause_id: str
    notice_id: str
    zone: str | None
    span: Span
    text: str
    context: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question as a face (page, HTTP, command line, evals) hands it in.

    Attributes:
        zones: names that ``GET /v1/notices`` lists, with or without 市; None or empty means no filter.
        notices: notice ids, likewise.
    """

    question: str
    history: tuple[Turn, ...] = ()
    zones: tuple[str, ...] | None = None
    notices: tuple[str, ...] | None = None
    engine: EngineChoice = "auto"


class Status(StrEnum):
    """How a question ended; see the HTTP contract."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    NEEDS_CLARIFICATION = "needs_clarification"

    @property
    def refused(self) -> bool:
        """True exactly for the two statuses without an answer."""
        return self in (Status.NOT_FOUND, Status.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True)
class RetrievedClause:
    """A clause with its fused score and the ranks (from 1) that made it.

    Attributes:
        score: reciprocal rank fusion score, higher is better.
        dense_rank: best rank of its chunks in the dense result, None if absent.
        lexical_rank: the same for BM25.
    """

    clause: Clause
    score: float
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause and the verbatim stretch of it that proves a claim.

    Attributes:
        n: the mark's number; 0 for related clauses, which carry no mark.
        quote: ``notice.text[span.start:span.end]``, cut by code.
        span: place of the quote in the published text.
        url: path that opens the clause in the page.
    """

    n: int
    clause: Clause
    quote: str
    span: Span
    url: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """Which engine was asked for, and why another one answered."""

    wanted: EngineName
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply: CommonMark text with marks ``[n]``, and what stands behind it.

    Attributes:
        related: nearest clauses of a refusal, at most three; never an answer.
        suggestions: whole questions that can be sent as they are.
        as_of: date of the newest notice that the answer may rest on.
        versions: package, corpus and index fingerprints, data file hashes.
        trace: what each step did, for a reader; always built, shown on request.
        timings_ms: milliseconds by step.
    """

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    engine: EngineName = "extractive"
    fallback: Fallback | None = None
    as_of: date | None = None
    versions: dict[str, str] = field(default_factory=dict)
    trace: dict[str, Any] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
