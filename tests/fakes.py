"""A pipeline without index and embedder: one small hand-made notice, answers that depend on the question alone."""

from datetime import date

from rag.errors import InvalidQuestion, NotFound, UnknownZone
from rag.index import BuildReport
from rag.pipeline import Pipeline
from rag.types import (
    Answer,
    AskRequest,
    Citation,
    Clause,
    Fallback,
    Notice,
    NoticeMeta,
    Plan,
    RetrievedClause,
    Span,
    Status,
)

_COVER = "关于做好甲乙两市试点工作的通知\n请认真组织实施。\n"
_A = "甲市实施方案\n一、主要目标\n1.交易规模。到2025年,交易规模突破100亿元。(责任单位:省商务厅、甲市政府)\n"
_B = "乙市实施方案\n一、主要目标\n1.交易规模。到2025年,交易规模突破200亿元。(责任单位:省商务厅、乙市政府)\n"
TEXT = _COVER + _A + _B
NOTICE_ID = "demo-2023"
FIGURE = f"{NOTICE_ID}.jia.1.1"


_HEADINGS = ("一、主要目标", "1.交易规模")


def _clause(slug: str, zone: str | None, numbers: tuple[str, ...], start: int) -> Clause:
    """The printed line that begins at ``start``."""
    printed = TEXT[start : TEXT.index("\n", start)]
    bracket = printed.find("(责任单位")
    ids = [f"{NOTICE_ID}.{slug}.{name}" for name in ("title", "1", "1.1")]
    depth = len(numbers)
    return Clause(
        id=ids[depth],
        notice_id=NOTICE_ID,
        plan=slug,
        zone=zone,
        numbers=numbers,
        path=_HEADINGS[:depth],
        heading=("", "主要目标", "交易规模")[depth],
        span=Span(start, start + len(printed)),
        text=printed,
        units=("省商务厅", f"{zone}市政府") if bracket >= 0 else (),
        units_span=Span(start + bracket, start + len(printed)) if bracket >= 0 else None,
        parent=ids[depth - 1] if depth else None,
        label=f"{zone}方案 · {('标题', '一', '一1')[depth]}" if zone else "通知正文",
    )


def _plan_clauses(slug: str, zone: str, part: str) -> tuple[Clause, ...]:
    base = TEXT.index(part)
    starts = (base, base + part.index("一、"), base + part.index("1.交易"))
    return tuple(_clause(slug, zone, ("1", "1")[:depth], start) for depth, start in enumerate(starts))


def notice() -> Notice:
    """Covering notice and two look-alike plans."""
    a, b = len(_COVER), len(_COVER) + len(_A)
    return Notice(
        meta=NoticeMeta(
            id=NOTICE_ID,
            title="关于做好甲乙两市试点工作的通知",
            issuer="省商务厅",
            number=None,
            date=date(2023, 5, 18),
            source="省政府网站",
            file="demo.txt",
            sha256="0" * 64,
        ),
        text=TEXT,
        plans=(
            Plan("cover", "关于做好甲乙两市试点工作的通知", None, Span(0, a)),
            Plan("jia", "甲市实施方案", "甲", Span(a, b)),
            Plan("yi", "乙市实施方案", "乙", Span(b, len(TEXT))),
        ),
        clauses=(
            _clause("cover", None, (), 0),
            *_plan_clauses("jia", "甲", _A),
            *_plan_clauses("yi", "乙", _B),
        ),
        furniture=(),
    )


class FakePipeline(Pipeline):
    """Answers everything with the first zone's figure, except: 天气 → refused, 崩溃 → an unexpected error."""

    def __init__(self) -> None:
        self.notices = {NOTICE_ID: notice()}
        self.versions = {"package": "0", "index": "fake"}
        self.zones = ("甲", "乙")
        self.report = BuildReport(fingerprint="f" * 64, chunks=7, built=True)
        self.asked: list[AskRequest] = []

    def clause(self, clause_id: str) -> Clause:
        for clause in self.notices[NOTICE_ID].clauses:
            if clause.id == clause_id:
                return clause
        raise NotFound("没有这个条款;请检查编号。")

    def ask(self, request: AskRequest) -> Answer:
        self._check(request.question, request.zones, request.notices)
        self.asked.append(request)
        clause = self.clause(FIGURE)
        quote = "交易规模突破100亿元"
        start = clause.span.start + clause.text.index(quote)
        citation = Citation(1, clause, quote, Span(start, start + len(quote)), f"/?clause={FIGURE}")
        common = {"as_of": date(2023, 5, 18), "versions": self.versions, "timings_ms": {"retrieve": 1.0}}
        if "天气" in request.question:
            related = Citation(0, clause, clause.text, clause.span, f"/?clause={FIGURE}")
            return Answer(
                "这个问题不在收录的通知范围内。",
                Status.OUT_OF_SCOPE,
                related=(related,),
                suggestions=("甲市的交易规模目标是多少?",),
                trace={"status": Status.OUT_OF_SCOPE},
                **common,
            )
        return Answer(
            "突破100亿元[1]。",
            Status.ANSWERED,
            citations=(citation,),
            fallback=Fallback("llm", "没有设置语言模型") if request.engine == "llm" else None,
            trace={"plan": {"zones": ("甲",)}, "span": citation.span, "when": common["as_of"]},
            **common,
        )

    def retrieve(
        self,
        question: str,
        *,
        zones: tuple[str, ...] | None = None,
        notices: tuple[str, ...] | None = None,
        k: int = 5,
    ) -> list[RetrievedClause]:
        self._check(question, zones, notices)
        clauses = [c for c in self.notices[NOTICE_ID].clauses if not zones or c.zone in zones]
        return [RetrievedClause(c, 1 / rank, rank, None) for rank, c in enumerate(clauses[:k], 1)]

    def _check(self, question: str, zones: tuple[str, ...] | None, notices: tuple[str, ...] | None) -> None:
        if "崩溃" in question:
            raise ZeroDivisionError("secret inner state")
        if not question.strip() or len(question) > 2000:
            raise InvalidQuestion("问题应为 1 到 2,000 字。")
        if unknown := [z for z in zones or () if z.removesuffix("市") not in self.zones]:
            raise UnknownZone(f"没有地区 {unknown[0]}。", self.zones)
        if any(n not in self.notices for n in notices or ()):
            raise NotFound("没有这篇通知。")
