"""Figures as a table with Chinese headings, plain or in Markdown, and failed questions one by one."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from evals.metrics import Figures, Result, by_category, by_tag, figures_of
from evals.questions import Question, Tag
from evals.runner import Row

CATEGORIES = {
    "fact": "事实",
    "unit": "责任单位",
    "list": "列举",
    "yesno": "是否",
    "colloquial": "口语",
    "reverse": "反查",
    "compare": "比较",
    "aggregate": "汇总",
    "false_premise": "错误前提",
    "unanswerable": "无答案",
    "multiturn": "多轮",
    "english": "英文",
    "summary": "概述",
    "adversarial": "对抗",
}
TAGS: dict[Tag, str] = {"low_overlap": "换词", "near_miss": "似有实无"}

Show = Callable[[float], str]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _three(value: float) -> str:
    return f"{value:.3f}"


# Figure, heading, and how it is written.
_COLUMNS: tuple[tuple[str, str, Show], ...] = (
    ("questions", "题数", _whole),
    ("errors", "出错", _whole),
    ("ok", "合格", _percent),
    ("answer", "答案", _percent),
    ("citation_recall", "引用召回", _percent),
    ("citation_precision", "引用精确", _percent),
    ("quote_recall", "引文召回", _percent),
    ("refused", "该拒已拒", _percent),
    ("over_refused", "误拒", _percent),
    ("truthfulness", "如实度", _three),
    ("recall_at_5", "检索@5", _percent),
    ("mrr", "MRR", _three),
    ("p50_ms", "p50毫秒", _whole),
    ("p95_ms", "p95毫秒", _whole),
)
_BELOW: tuple[tuple[str, str, Show], ...] = (
    ("quote_exactness", "引文逐字准确", _percent),
    ("one_zone_recall_at_5", "只涉一地的检索@5", _percent),
    ("paraphrase_agreement", "同义问法一致", _percent),
    ("determinism", "两次作答逐字节相同", _percent),
    ("false_answers", "该拒未拒(题)", _whole),
)


def table(title: str, results: Sequence[Result]) -> str:
    """One row a category, a total, a row a tag, and what only makes sense for all questions together."""
    return "\n".join([f"题集 {title}", *_aligned(_lines(results)), _below(results)])


def markdown(title: str, results: Sequence[Result]) -> str:
    """The same in Markdown."""
    head, *rows = ["| " + " | ".join(line) + " |" for line in _lines(results)]
    rule = "| --- |" + " ---: |" * len(_COLUMNS)
    return "\n".join([f"### 题集 {title}", "", head, rule, *rows, "", _below(results)])


def _lines(results: Sequence[Result]) -> list[list[str]]:
    groups = by_category(results)
    lines = [["类别", *(heading for _, heading, _ in _COLUMNS)]]
    lines += [[label, *_cells(figures_of(groups[cat]))] for cat, label in CATEGORIES.items() if cat in groups]
    lines.append(["合计", *_cells(figures_of(results))])
    slices = by_tag(results).items()
    return lines + [[f"其中{TAGS[tag]}", *_cells(figures_of(found))] for tag, found in slices]


def _below(results: Sequence[Result]) -> str:
    total = figures_of(results)
    return ";".join(f"{heading} {_cell(total, name, show)}" for name, heading, show in _BELOW)


def _cells(figures: Figures) -> list[str]:
    return [_cell(figures, name, show) for name, _, show in _COLUMNS]


def _cell(figures: Figures, name: str, show: Show) -> str:
    value = figures[name]
    return "-" if value is None else show(value)


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) if place == 0 else " " * (width - _width(cell)) + cell
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def failures(rows: Iterable[Row]) -> str:
    """Each question that is not ``ok``: what was asked, answered and expected, and why it failed."""
    return "\n\n".join(_failure(row) for row in rows if not (row.result.score and row.result.score.ok))


def _failure(row: Row) -> str:
    question, given = row.result.question, row.result.score
    lines = [f"{row.set} {question.id} {CATEGORIES[question.cat]}:{question.why}"]
    for turn, reply in zip(question.turns, row.said, strict=False):
        lines += [f"  先问  {turn}", f"  先答  {_indented(reply)}"]
    lines.append(f"  问    {question.turns[-1]}")
    if row.answer:
        lines.append(f"  答    ({row.answer.status.value}){_indented(row.answer.text)}")
        lines.append(f"  引用  {'、'.join(c.clause.id for c in row.answer.citations) or '无'}")
    lines.append(f"  应为  {expected(question)}")
    causes = given.faults if given else (f"出错:{row.error}",)
    return "\n".join([*lines, *(f"  错因  {cause}" for cause in causes)])


def expected(question: Question) -> str:
    """What a right answer to the question holds, in one line."""
    expect = question.expect
    if expect.refuse:
        return "拒答"
    parts = ["含" + "、".join("/".join(group) for group in expect.all)] if expect.all else []
    if expect.none:
        parts.append("不含" + "、".join(expect.none))
    if expect.zones is not None:
        parts.append("只提到" + "、".join(expect.zones))
    proofs = ["/".join(dict.fromkeys(gold.clause for gold in group)) for group in question.evidence]
    return ";".join([*parts, "依据 " + "、".join(proofs), f"不超过 {question.max_chars} 字"])


def _indented(text: str) -> str:
    return text.replace("\n", "\n        ")
