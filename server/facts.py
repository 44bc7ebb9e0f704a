"""``/v1/facts/…``: the fact tables, filtered, as JSON or as a CSV file for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Generic, Self, TypeVar, cast
from urllib.request import parse_http_list

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from rag.errors import NotFound, UnknownZone
from rag.facts import Facts, Responsibility, unit_matches
from rag.indicators import Indicator
from rag.industries import Industry
from rag.lexicon import normalise
from rag.pipeline import Pipeline
from rag.types import Clause, Span
from server.problems import Problem
from server.schemas import Out

JSON, CSV = "application/json", "text/csv"
# The first character by which a spreadsheet takes a cell for a formula (OWASP, CSV injection).
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


# --- what clients send -----------------------------------------------------------------------------------------------


class Filters(BaseModel):
    """Query parameters of every table; each one narrows the rows, values of a repeated one are alternatives."""

    notice: list[str] = Field(default=[], description="通知 id,可重复;不给则不限")
    zone: list[str] = Field(default=[], description="地区名,带不带“市”都可以,可重复;不给则不限")

    @classmethod
    def check(cls, request: Request) -> None:
        """Refuse what would otherwise be ignored.

        Raises:
            Problem: an unknown parameter, or several values for one that takes one.
        """
        given = request.query_params
        valid = list(cls.model_fields)
        if unknown := sorted(given.keys() - valid):
            raise Problem(
                "invalid-request",
                f"不认识参数 {'、'.join(unknown)[:200]};可用:{'、'.join(valid)}。",
                errors=[{"pointer": f"/{name[:64]}", "detail": "不认识这一项"} for name in unknown[:20]],
                valid=valid,
            )
        for name in given.keys() - Filters.model_fields:
            if len(given.getlist(name)) > 1:
                errors = [{"pointer": f"/{name}", "detail": "只能给一次"}]
                raise Problem("invalid-request", f"参数 {name} 只能给一次。", errors=errors)

    def where(self, pipeline: Pipeline) -> Callable[[Clause], bool]:
        """The test that a row's clause must pass.

        Raises:
            UnknownZone, NotFound: a zone or notice that the corpus does not hold.
        """
        zones = {zone.strip().removesuffix("市") for zone in self.zone}
        if unknown := sorted(zones - {*pipeline.zones}):
            raise UnknownZone(
                f"没有名为“{'、'.join(unknown)}”的市;可用:{'、'.join(pipeline.zones)}。", pipeline.zones
            )
        if missing := sorted({*self.notice} - pipeline.notices.keys()):
            raise NotFound(f"没有编号为 {'、'.join(missing)} 的通知;可用:{'、'.join(pipeline.notices)}。")
        return lambda c: (not zones or c.zone in zones) and (not self.notice or c.notice_id in self.notice)


class IndicatorFilters(Filters):
    """Query parameters of ``GET /v1/facts/indicators``."""

    name: str | None = Field(default=None, description="指标名称中的字")
    unit: str | None = Field(default=None, description="单位:亿元;或不带“万”“亿”的单位:元 也含万元、亿元")
    by: str | None = Field(default=None, description="期限:2025年 或 2025")

    def fits(self, row: Indicator) -> bool:
        """True if no given filter excludes the row."""
        return (
            _holds(row.name, self.name)
            and (self.unit is None or normalise(self.unit) in (row.unit, row.measure))
            and (self.by is None or row.by == f"{normalise(self.by).removesuffix('年')}年")
        )


class ResponsibilityFilters(Filters):
    """Query parameters of ``GET /v1/facts/responsibilities``."""

    unit: str | None = Field(
        default=None, description="责任单位:全称、省去“省”“市”等前缀的名称,或一类单位:海关"
    )

    def fits(self, row: Responsibility) -> bool:
        """True if no given filter excludes the row."""
        return self.unit is None or unit_matches(self.unit, row.unit)


class PlaceFilters(Filters):
    """Query parameters of ``GET /v1/facts/places``."""

    place: str | None = Field(default=None, description="县、区或开发区名称中的字")
    industry: str | None = Field(default=None, description="产业名称中的字")

    def fits(self, row: Industry) -> bool:
        """True if no given filter excludes the row."""
        return _holds(row.place, self.place) and _holds(row.name, self.industry)


def _holds(text: str, part: str | None) -> bool:
    return part is None or normalise(part.strip()) in normalise(text)


# --- what clients get ------------------------------------------------------------------------------------------------


class RowOut(Out):
    """Where a fact stands. Titles of fields are the header line of the CSV file."""

    zone: str | None = Field(title="地区")
    notice_id: str = Field(title="通知编号")
    clause_id: str = Field(title="条款编号")
    label: str = Field(title="条款")
    quote: str = Field(title="原文", description="作为依据的一段原文")
    start: int = Field(title="起点", description="quote 在通知全文中的起点,按 Unicode 码位")
    end: int = Field(title="终点")


class IndicatorOut(RowOut):
    """One figure that a clause states."""

    name: str = Field(title="指标")
    comparator: str = Field(title="限定", description="突破、达到、以上、新增等;没有则为空")
    number: str = Field(title="数值")
    unit: str = Field(title="单位")
    value: float | None = Field(title="折算值", description="按 measure 折算的数;数值是范围时为 null")
    measure: str = Field(title="折算单位", description="不带“万”“亿”的单位")
    by: str | None = Field(title="期限")

    @classmethod
    def of(cls, row: Indicator) -> Self:
        """From our own type."""
        return cls(
            **_source(row.clause, row.passage.span),
            name=row.name,
            comparator=row.comparator,
            number=row.number,
            unit=row.unit,
            value=row.value,
            measure=row.measure,
            by=row.by,
        )


class ResponsibilityOut(RowOut):
    """One unit in the unit list of one clause."""

    unit: str = Field(title="责任单位")
    rank: int = Field(title="排序", description="在责任单位中的次序,从 1 开始")
    heading: str = Field(title="条款标题")

    @classmethod
    def of(cls, row: Responsibility) -> Self:
        """From our own type; the quote is the whole unit list."""
        clause = row.clause
        source = _source(clause, clause.units_span or clause.span)
        return cls(**source, unit=row.unit, rank=row.rank, heading=clause.heading)


class PlaceOut(RowOut):
    """One industry that one county, district or development zone is to develop."""

    place: str = Field(title="县区")
    industry: str = Field(title="产业")

    @classmethod
    def of(cls, row: Industry) -> Self:
        """From our own type."""
        return cls(**_source(row.clause, row.passage.span), place=row.place, industry=row.name)


Row = TypeVar("Row", bound=RowOut)


class TableOut(Out, Generic[Row]):
    """Rows in printed order, and how many there are."""

    rows: list[Row]
    total: int


def _source(clause: Clause, span: Span) -> dict[str, Any]:
    return {
        "zone": clause.zone,
        "notice_id": clause.notice_id,
        "clause_id": clause.id,
        "label": clause.label,
        "quote": clause.text[span.start - clause.span.start : span.end - clause.span.start],
        "start": span.start,
        "end": span.end,
    }


# --- routes: blocking functions, which the framework runs beside the event loop ---------------------------------------

_BOTH = {
    200: {
        "description": "JSON;或按 Accept 给出 CSV 文件(UTF-8 带字节顺序标记,首行为中文表头)",
        "content": {CSV: {"schema": {"type": "string"}}},
        "headers": {"Vary": {"description": "Accept", "schema": {"type": "string"}}},
    }
}
router = APIRouter(prefix="/v1/facts", tags=["数据表"])


@router.get(
    "/indicators", summary="指标表", response_model=TableOut[IndicatorOut], responses=cast(Any, _BOTH)
)
def indicators(request: Request, wanted: Annotated[IndicatorFilters, Query()]) -> Response:
    """Every figure that the notices state."""
    facts, keeps = _opened(request, wanted)
    rows = (IndicatorOut.of(r) for r in facts.indicators if keeps(r.clause) and wanted.fits(r))
    return _reply(request, IndicatorOut, rows)


@router.get(
    "/responsibilities",
    summary="责任单位表",
    response_model=TableOut[ResponsibilityOut],
    responses=cast(Any, _BOTH),
)
def responsibilities(request: Request, wanted: Annotated[ResponsibilityFilters, Query()]) -> Response:
    """Every responsible unit of every clause."""
    facts, keeps = _opened(request, wanted)
    rows = (ResponsibilityOut.of(r) for r in facts.responsibilities if keeps(r.clause) and wanted.fits(r))
    return _reply(request, ResponsibilityOut, rows)


@router.get("/places", summary="县区产业表", response_model=TableOut[PlaceOut], responses=cast(Any, _BOTH))
def places(request: Request, wanted: Annotated[PlaceFilters, Query()]) -> Response:
    """Which county is to develop which industries."""
    facts, keeps = _opened(request, wanted)
    rows = (PlaceOut.of(r) for r in facts.places if keeps(r.clause) and wanted.fits(r))
    return _reply(request, PlaceOut, rows)


def _opened(request: Request, wanted: Filters) -> tuple[Facts, Callable[[Clause], bool]]:
    """The tables and the test of a row's clause; the app answers 503 before a route is called with no pipeline."""
    wanted.check(request)
    pipeline = cast(Pipeline, request.app.state.pipeline)
    return pipeline.facts, wanted.where(pipeline)


def _reply(request: Request, kind: type[RowOut], rows: Iterable[RowOut]) -> Response:
    table = request.url.path.rsplit("/", 1)[-1]
    found = list(rows)
    headers = {"Vary": "Accept"}
    if _negotiated(request) == CSV:
        headers["Content-Disposition"] = f'attachment; filename="{table}.csv"'
        return Response(_csv(kind, found), headers=headers, media_type=f"{CSV}; charset=utf-8")
    body = {"rows": [row.model_dump() for row in found], "total": len(found)}
    return Response(orjson.dumps(body), headers=headers, media_type=JSON)


def _csv(kind: type[RowOut], rows: Sequence[RowOut]) -> bytes:
    """The table with the byte-order mark by which Excel knows UTF-8 (RFC 4180 otherwise)."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([field.title for field in kind.model_fields.values()])
    writer.writerows([_cell(value) for _, value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def _cell(value: str | float | None) -> str:
    """A number in plain digits; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else f"{value:.15g}"
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


# --- content negotiation (RFC 9110, 12.5.1) --------------------------------------------------------------------------


def _negotiated(request: Request) -> str:
    """The type that the client likes best, JSON where it likes both alike.

    Raises:
        Problem: it takes neither.
    """
    header = ",".join(request.headers.getlist("accept")).strip()
    weights = {kind: _quality(kind, header) if header else 1.0 for kind in (JSON, CSV)}
    best = max(weights, key=lambda kind: weights[kind])
    if not weights[best]:
        raise Problem(
            "not-acceptable",
            f"只能给出 {JSON} 或 {CSV};请改 Accept 请求头。",
            {"Vary": "Accept"},
            valid=[JSON, CSV],
        )
    return best


def _quality(kind: str, header: str) -> float:
    """The weight of a media type: that of the most specific range that covers it, 0 if none does."""
    ranges = {kind: 3, f"{kind.split('/', maxsplit=1)[0]}/*": 2, "*/*": 1}
    best = (0, 0.0)
    for item in parse_http_list(header):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            best = max(best, (ranges.get(name, 0), min(1.0, max(0.0, float(weight)))))
        except ValueError:  # a weight that is no number: the range does not count
            continue
    return best[1] if best[0] else 0.0
