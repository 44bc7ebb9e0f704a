"""A small notice made by hand and a pipeline over it, so that the page can be tested without index or model."""

from datetime import date

from rag.errors import InvalidQuestion, NotFound
from rag.types import Answer, AskRequest, Citation, Clause, Notice, NoticeMeta, Plan, Span, Status

TEXT = """某网站 首页

甲省人民政府关于印发东山、西水试点方案的通知

东山、西水市人民政府:

现将两个方案印发给你们。

东山试点方案

一、总体目标

到2030年,东山市<b>交易</b>规模突破120亿元,年均增长10%以上,企业突破200家,培育3个产业园区、10个公共海外仓。

二、主要任务

(一)构建三大体系。

1.构建智慧物流体系。建设“一中心&两园区”,发展多式联运,完善县乡村三级配送网络,推动冷链、海运、铁路、航空有机衔接,降低综合物流成本。(责任单位:省交通厅、省商务厅,东山市政府)

2.构建信用管理体系。建立企业信用档案,推行分级分类监管,对守信企业给予便利,对失信企业加强检查,形成可查询、可追溯的信用链条。(责任单位:省商务厅,东山市政府)

3.构建风险防控体系。开展联合风险分析,防范非真实贸易、数据泄露和知识产权风险,及时处置异常情况,保障企业和消费者的合法权益。(责任单位:省商务厅,东山市政府)

西水试点方案

一、总体目标

到2030年,西水市交易规模突破90亿元,年均增长8%以上,企业突破150家,培育2个产业园区、6个公共海外仓,服务体系更加健全。

二、主要任务

(一)构建三大体系。

1.构建智慧物流体系。依托港口建设集疏运网络,发展江海联运,完善保税仓储功能,引导物流企业在主要市场布局海外仓,提升跨境配送效率。(责任单位:省交通厅、省港口集团,西水市政府)

免责声明:本页内容仅供参考
"""

_META = NoticeMeta(
    id="demo-2030",
    title="甲省人民政府关于印发东山、西水试点方案的通知",
    issuer="甲省人民政府",
    number=None,
    date=date(2030, 1, 2),
    source="甲省政府网站",
    file="demo.txt",
    sha256="0" * 64,
)
_TASKS = "二、主要任务"
_SYSTEMS = "(一)构建三大体系"
# (id, plan, zone, first words, last words, numbers, path)
_ROWS: list[tuple[str, str, str | None, str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("cover.title", "cover", None, "甲省人民政府关于", "的通知", (), ()),
    ("cover.p1", "cover", None, "东山、西水市人民政府", "印发给你们。", (), ()),
]
for _slug, _zone in (("dongshan", "东山"), ("xishui", "西水")):
    _ROWS += [
        (f"{_slug}.title", _slug, _zone, f"{_zone}试点方案", "方案", (), ()),
        (f"{_slug}.1", _slug, _zone, "一、总体目标", "。", ("1",), ("一、总体目标",)),
        (f"{_slug}.2", _slug, _zone, _TASKS, "任务", ("2",), (_TASKS,)),
        (f"{_slug}.2.1", _slug, _zone, _SYSTEMS, "。", ("2", "1"), (_TASKS, _SYSTEMS)),
    ]
    for _n, _heading in ((1, "智慧物流"), (2, "信用管理"), (3, "风险防控")):
        _head = f"{_n}.构建{_heading}体系"
        if _slug == "dongshan" or _n == 1:
            _ROWS.append(
                (
                    f"{_slug}.2.1.{_n}",
                    _slug,
                    _zone,
                    _head,
                    "市政府)",
                    ("2", "1", str(_n)),
                    (_TASKS, _SYSTEMS, _head),
                )
            )


def _clauses() -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    # The second mention of the title words is the plan's own title line.
    at = 0
    for row_id, plan, zone, first, last, numbers, path in _ROWS:
        wanted = f"\n{first}" if row_id != "cover.title" else first
        start = TEXT.index(wanted, at) + len(wanted) - len(first)
        end = TEXT.index(last, start + len(first) - (len(last) if last in first else 0)) + len(last)
        at = end
        text = TEXT[start:end]
        units = (
            text.split("责任单位:")[1].rstrip(")").replace(",", "、").split("、")
            if "责任单位" in text
            else []
        )
        number = {1: "一", 2: "二"}.get(len(numbers), "二(一)")
        clauses.append(
            Clause(
                id=f"demo-2030.{row_id}",
                notice_id="demo-2030",
                plan=plan,
                zone=zone,
                numbers=numbers,
                path=path,
                heading=path[-1].split("、")[-1].split(")")[-1].split(".")[-1] if path else "",
                span=Span(start, end),
                text=text,
                units=tuple(units),
                units_span=None,
                parent=f"demo-2030.{row_id.rpartition('.')[0]}" if len(numbers) > 1 else None,
                label=f"{zone or '通知'}方案 · {number}{numbers[-1] if len(numbers) > 2 else ''}",
            )
        )
    return tuple(clauses)


def _plan(slug: str, title: str, zone: str | None, clauses: tuple[Clause, ...]) -> Plan:
    own = [clause.span for clause in clauses if clause.plan == slug]
    return Plan(slug, title, zone, Span(own[0].start, own[-1].end))


_CLAUSES = _clauses()
NOTICE = Notice(
    meta=_META,
    text=TEXT,
    plans=(
        _plan("cover", _META.title, None, _CLAUSES),
        _plan("dongshan", "东山试点方案", "东山", _CLAUSES),
        _plan("xishui", "西水试点方案", "西水", _CLAUSES),
    ),
    clauses=_CLAUSES,
    furniture=(),
)


def clause(name: str) -> Clause:
    """The clause of the demo notice whose id ends in ``name``."""
    return next(c for c in NOTICE.clauses if c.id == f"demo-2030.{name}")


def citation(n: int, name: str, quote: str) -> Citation:
    """A citation of the demo notice; ``quote`` must stand in that clause."""
    cited = clause(name)
    start = TEXT.index(quote, cited.span.start, cited.span.end)
    span = Span(start, start + len(quote))
    return Citation(n, cited, quote, span, f"/?clause={cited.id}&start={span.start}&end={span.end}")


GOAL = citation(1, "dongshan.1", "突破120亿元")
LOGISTICS = citation(2, "xishui.2.1.1", "(责任单位:省交通厅、省港口集团,西水市政府)")


class FakePipeline:
    """Answers by catchword and remembers what it was asked."""

    def __init__(self) -> None:
        self.notices = {NOTICE.id: NOTICE}
        self.requests: list[AskRequest] = []

    @property
    def zones(self) -> tuple[str, ...]:
        return ("东山", "西水")

    def clause(self, clause_id: str) -> Clause:
        for known in NOTICE.clauses:
            if known.id == clause_id:
                return known
        raise NotFound(f"没有条款 {clause_id}。")

    def ask(self, request: AskRequest) -> Answer:
        self.requests.append(request)
        if len(request.question) > 2000:
            raise InvalidQuestion("问题太长:最多2000个字,请精简后再问。")
        if "坏" in request.question:
            raise RuntimeError("secret detail")
        if "天气" in request.question:
            return Answer("这里只回答政策文件中的问题。", Status.OUT_OF_SCOPE, as_of=date(2030, 1, 2))
        if "补贴" in request.question:
            related = (
                citation(0, "dongshan.1", "突破120亿元"),
                citation(0, "dongshan.2.1.1", "发展多式联运"),
            )
            return Answer(
                "收录的文件中没有规定补贴金额。", Status.NOT_FOUND, related=related, as_of=date(2030, 1, 2)
            )
        if request.question == "目标是多少":
            return Answer(
                "您问的是哪个地区的目标?",
                Status.NEEDS_CLARIFICATION,
                suggestions=("东山的目标是多少", "西水的目标是多少"),
            )
        return Answer(
            "东山市2030年交易规模**突破120亿元** [1]。"
            "\n\n西水由以下单位负责 [2]:\n\n- 省交通厅\n- 省港口集团\n- 西水市政府",
            Status.ANSWERED,
            (GOAL, LOGISTICS),
            as_of=date(2030, 1, 2),
        )
