"""The wire of questions: pydantic models of HTTP contract v1, and the way from our types to them.

Requests are strict: unknown fields and wrong types are refused, nothing is converted. How long a question may be and
which zones exist is decided by the pipeline alone; here such limits only appear in the documentation.
"""

from datetime import date
from typing import Any, Self
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field

from rag.types import (
    Answer,
    AskRequest,
    Citation,
    Clause,
    EngineChoice,
    EngineName,
    Fallback,
    RetrievedClause,
    Role,
    Status,
    Turn,
)

_QUESTION_SCHEMA: dict[str, Any] = {"minLength": 1, "maxLength": 2000}
_ZONES = "地区名,见 GET /v1/notices,带不带“市”都可以;不给或为空则不限"
_NOTICES = "通知 id;不给或为空则不限"


class In(BaseModel):
    """Base of what clients send."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Out(BaseModel):
    """Base of what clients get."""

    model_config = ConfigDict(frozen=True)


class MessageIn(In):
    """One earlier message of the conversation."""

    role: Role
    content: str


class AskIn(In):
    """Body of ``POST /v1/ask``."""

    question: str = Field(description="问题,1 到 2,000 字", json_schema_extra=_QUESTION_SCHEMA)
    history: list[MessageIn] = Field(default=[], description="此前的对话,由旧到新;只看最后 20 条")
    zones: list[str] | None = Field(default=None, description=_ZONES)
    notices: list[str] | None = Field(default=None, description=_NOTICES)
    engine: EngineChoice = "auto"
    stream: bool = Field(default=False, description="流式输出;尚未提供")
    trace: bool = Field(default=False, description="是否返回各步骤的记录")

    def to_request(self) -> AskRequest:
        """The same question in our own types."""
        return AskRequest(
            question=self.question,
            history=tuple(Turn(m.role, m.content) for m in self.history),
            zones=_tuple(self.zones),
            notices=_tuple(self.notices),
            engine=self.engine,
        )


class RetrieveIn(In):
    """Body of ``POST /v1/retrieve``."""

    question: str = Field(description="问题,1 到 2,000 字", json_schema_extra=_QUESTION_SCHEMA)
    zones: list[str] | None = Field(default=None, description=_ZONES)
    notices: list[str] | None = Field(default=None, description=_NOTICES)
    k: int = Field(default=5, ge=1, le=50, description="最多返回几条")

    def filters(self) -> dict[str, tuple[str, ...] | None]:
        """Keyword arguments of ``Pipeline.retrieve``."""
        return {"zones": _tuple(self.zones), "notices": _tuple(self.notices)}


class CitationOut(Out):
    """A clause and the verbatim part of it that proves a claim; offsets are those of the quote."""

    n: int = Field(description="答案中的标号;相关条款为 0")
    clause_id: str
    notice_id: str
    zone: str | None
    label: str
    path: list[str]
    text: str = Field(description="整条原文")
    quote: str = Field(description="作为依据的一段原文")
    start: int = Field(description="quote 在通知全文中的起点,按 Unicode 码位")
    end: int
    units: list[str]
    url: str = Field(description="在问答页中打开这一条的地址")

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """From our own type."""
        clause = citation.clause
        return cls(
            n=citation.n,
            clause_id=clause.id,
            notice_id=clause.notice_id,
            zone=clause.zone,
            label=clause.label,
            path=list(clause.path),
            text=clause.text,
            quote=citation.quote,
            start=citation.span.start,
            end=citation.span.end,
            units=list(clause.units),
            url=citation.url,
        )


class FallbackOut(Out):
    """Which engine was asked for, and why another one answered."""

    from_: EngineName = Field(alias="from")
    reason: str

    @classmethod
    def of(cls, fallback: Fallback) -> Self:
        """From our own type."""
        return cls.model_validate({"from": fallback.wanted, "reason": fallback.reason})


class AnswerOut(Out):
    """Reply of ``POST /v1/ask``."""

    answer: str = Field(description="CommonMark,含 GFM 表格;[1][2] 为引用标号")
    status: Status
    refused: bool
    citations: list[CitationOut]
    related: list[CitationOut]
    suggestions: list[str]
    engine: EngineName
    fallback: FallbackOut | None
    as_of: date | None
    versions: dict[str, str]
    trace: dict[str, Any] | None
    request_id: str
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, answer: Answer, *, trace: bool, request_id: str, total_ms: float) -> Self:
        """From our own type; ``total_ms`` is the time spent in this service."""
        return cls(
            answer=answer.text,
            status=answer.status,
            refused=answer.status.refused,
            citations=[CitationOut.of(c) for c in answer.citations],
            related=[CitationOut.of(c) for c in answer.related],
            suggestions=list(answer.suggestions),
            engine=answer.engine,
            fallback=FallbackOut.of(answer.fallback) if answer.fallback else None,
            as_of=answer.as_of,
            versions=answer.versions,
            trace=_plain(answer.trace) if trace else None,
            request_id=request_id,
            timings_ms={**answer.timings_ms, "total": round(total_ms, 3)},
        )


class ClauseOut(Out):
    """A whole clause; offsets are those of ``text``."""

    clause_id: str
    notice_id: str
    zone: str | None
    label: str
    path: list[str]
    text: str
    units: list[str]
    start: int
    end: int
    url: str


class FoundOut(ClauseOut):
    """A retrieved clause; ranks count from 1, null where that search did not find it."""

    score: float
    dense_rank: int | None
    lexical_rank: int | None

    @classmethod
    def of(cls, found: RetrievedClause) -> Self:
        """From our own type."""
        return cls(
            **clause_fields(found.clause),
            score=found.score,
            dense_rank=found.dense_rank,
            lexical_rank=found.lexical_rank,
        )


class RetrieveOut(Out):
    """Reply of ``POST /v1/retrieve``, best first."""

    clauses: list[FoundOut]
    request_id: str
    timings_ms: dict[str, float]


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _plain(trace: dict[str, Any]) -> dict[str, Any]:
    """The trace as JSON types only: steps may note dataclasses, enums, dates and what else they work with."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(trace, default=str, option=orjson.OPT_NON_STR_KEYS))
    return plain


def clause_fields(clause: Clause) -> dict[str, Any]:
    """Fields of :class:`ClauseOut`."""
    return {
        "clause_id": clause.id,
        "notice_id": clause.notice_id,
        "zone": clause.zone,
        "label": clause.label,
        "path": list(clause.path),
        "text": clause.text,
        "units": list(clause.units),
        "start": clause.span.start,
        "end": clause.span.end,
        "url": f"/?clause={quote(clause.id)}",
    }
