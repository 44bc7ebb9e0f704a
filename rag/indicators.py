"""Every figure that a clause states: what it counts, how it is bound (突破, 以上, 新增 …), its unit and by when."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import rjieba

from rag.lexicon import normalise
from rag.numbering import marker_at
from rag.sentences import Passage, joined, phrases, sentences
from rag.types import Clause, Span

# A figure with a unit; years, dates, document numbers and enumerations carry none of these. What a counting word
# counts stands behind it (3个园区), or before it at the end of an item (园区3个); 个方面 counts nothing to be reached.
_MEASURE = "(?:万亿|亿|万)?(?:美元|元|平方米|平方公里|公里|亩|吨|人次)|个百分点|%|％|‰|个工作日|倍|天|小时|分(?![钟)）])"
_COUNTER = "万?(?:家|个(?!方面|月)|处|座|户|件|项|辆|名|人|所|条|种|类|批)"
_FIGURE = re.compile(
    r"(?P<number>[0-9０-９]+(?:[.．][0-9０-９]+)?(?:至|到|-|—|~)?[0-9０-９]*)"
    rf"(?P<unit>{_MEASURE}|(?P<counter>{_COUNTER}))(?P<bound>(?:及)?(?:以上|以下|以内|左右))?"
)
_COMPARATOR = re.compile(
    r"(?:年均)?(?:(?:提高|增加|提升|扩大|降低|减少|压缩|缩短|控制)(?:至|到|在)|突破|达到|达$|超过|超$|不得?(?:低于|少于|高于|超过)|高于|低于|新增|增长(?!率)"
    r"|下降|降低|提高|累计|完成|实现)"
)
_SUBJECTLESS = re.compile(r"^(?:年均|同比|占|其中)")
_BY = re.compile(r"(?:力争)?(?:到|在)?((?:19|20)[0-9]{2}年)(?:底|末|前)?[,，]")
_TITLE = re.compile("《[^《》]*》")
_FORMULA = re.compile("[=＝×÷]")  # 分值=监测(60%)+调研(40%), 7×24小时
_LARGE = {"万亿": 10**12, "亿": 10**8, "万": 10**4}
_STOPS = ",，;；。"
_ITEM = re.compile(r"(?:[“「][^”」]*[”」]|[（(][^（）()]*[)）]|[^、])+")
_NOTE = re.compile(r"^[（(][^（）()]*[)）]")
_OPEN = re.compile(r"^.*[（(](?![^（）()]*[)）])")  # up to a bracket that is still open
_CLOSED = re.compile(r"^((?:[^（）()]|[（(][^（）()]*[)）])*)[)）].*$")  # what stands before a bracket's end

# What stands around a name: verbs, scopes and conjunctions before it, adverbs and modal verbs behind it.
_LEAD = re.compile(
    r"^(?:力争|重点|积极|加快|大力|培育|建设|引育|引进|扶持|支持|打造|新增|建成|发展|创建|形成|拥有|设置|实现|的|及|和|、"
    r"|每个|每年|其中|分别|一个|全[国省市区县](?![域场]))+"
)
_TRAIL = re.compile(
    "(?:分别|总体|(?<![签合节履])约|仅|再|(?<!许)可|将|(?<![供响反效])应|应当|要|须|的|和|及|(?<!参)与|、|等)+$"
)
_AROUND = re.compile("在[^在]*(?:基础上|范围内)")
_ADDRESSED = ("对", "将", "把", "按", "按照")  # words behind which stands what is counted
# A verb of making or giving in front of a figure says where and by whom; what is counted stands behind it.
_MADE = re.compile("(?:创建|打造|建设|建成|培育|设立|建立|安排|配置|配备|给予)$")
# What the counted thing does is no part of its name, nor is an attribute that is itself a list.
_DOES = re.compile("(?<=..)(?:开展|进行|纳入|来.{1,3}?(?:设立|投资)|的基础上).*$")
_LISTED = re.compile("[^的]*、[^的]*的")
# Classes of words that name something, as jieba calls them; n stands for ns, nz and the like, too.
_NOMINAL = ("n", "s", "vn", "an", "l", "i", "j", "eng")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that a clause states.

    Attributes:
        name: what it counts, without the zone's name, e.g. ``跨境电商企业``.
        comparator: how the figure is bound, e.g. ``突破``, ``以上``, ``新增``; empty for a plain figure.
        number: as printed, half width, e.g. ``150``, ``1至2``.
        unit: as printed, e.g. ``亿元``.
        by: deadline, e.g. ``2025年``, or None.
        passage: shortest stretch that states it, subject included.
        figure: place of number and unit in the published text.
    """

    clause: Clause
    name: str
    comparator: str
    number: str
    unit: str
    by: str | None
    passage: Passage
    figure: Span

    @property
    def amount(self) -> str:
        """Number and unit in comparable form, e.g. ``150亿元``."""
        return normalise(self.number + self.unit)

    @property
    def value(self) -> float | None:
        """The number in plain units (150亿元: 1.5e10); None for a range."""
        return plain_value(self.number, self.unit)

    @property
    def measure(self) -> str:
        """The unit without its multiplier, e.g. ``元``; figures of one measure can be compared."""
        return _multiplied(self.unit)[1]


def plain_value(number: str, unit: str) -> float | None:
    """A number times the multiplier of its unit, e.g. 150, 亿元 → 1.5e10; None if it is no single number."""
    try:
        return float(number) * _multiplied(unit)[0]
    except ValueError:
        return None


def _multiplied(unit: str) -> tuple[int, str]:
    word = next((word for word in _LARGE if unit.startswith(word)), "")
    rest = unit.removeprefix(word)
    return (_LARGE[word], rest or "元") if word else (1, unit)


def indicators(clauses: Iterable[Clause]) -> tuple[Indicator, ...]:
    """All figures of the clauses in printed order; titles carry none."""
    return tuple(row for clause in clauses if not clause.id.endswith(".title") for row in _of_clause(clause))


def _of_clause(clause: Clause) -> Iterator[Indicator]:
    number = marker_at(clause.text, 0, len(clause.text)) if clause.numbers else None
    begin = clause.span.start + (number.end if number else 0)
    for sentence in sentences(clause):
        by: str | None = None
        subject: Passage | None = None
        for phrase in phrases(sentence):
            deadline = _BY.search(phrase.text + ",")
            by = deadline.group(1) if deadline else by
            for figure in _figures(phrase.text, max(0, begin - phrase.span.start)):
                row = _row(phrase, figure, by, subject)
                if row:
                    subject = subject if _SUBJECTLESS.match(phrase.text) else phrase
                    yield row


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure in a phrase: its item of the list there, and what stands around it in the item up to other figures."""

    match: re.Match[str]
    item: Span
    before: str
    after: str


def _figures(text: str, begin: int) -> Iterator[_Figure]:
    """Figures of a phrase from an offset on; those of other documents and of formulas left out."""
    matches = list(_FIGURE.finditer(text, begin))
    titles = [Span(m.start(), m.end()) for m in _TITLE.finditer(text)]
    items = [Span(max(begin, m.start()), m.end()) for m in _ITEM.finditer(text)]
    # 年销售额1000万元以上的企业, 300家(累计400家): such figures bound no others
    bounds = [m for m in matches if not text.startswith("的", m.end()) and not _OPEN.match(text[: m.start()])]
    for m in matches:
        at = m.start()
        if any(at in title for title in titles) or _FORMULA.search(text, 0, at):
            continue
        start, end = next((item.start, item.end) for item in items if at in item)
        if m is matches[-1] and _LISTED.match(text, m.end()):  # 1至2处产业链完整、集聚明显的园区 is one item
            end = len(text)
        if text.endswith("等", 0, at) and not text[m.end() : end].rstrip(_STOPS):  # 甲中心、乙中心等10家 too
            start = begin
        if (bracket := _OPEN.match(text[:at])) and bracket.end() > start:
            start = bracket.end()
            end = start + len(_CLOSED.sub(r"\1", text[start:end]))
        left = max((b.end() for b in bounds if start <= b.start() < at), default=start)
        right = min((b.start() for b in bounds if at < b.start() < end), default=end)
        yield _Figure(m, Span(start, end), text[left:at], text[m.end() : right].rstrip(_STOPS))


def _row(phrase: Passage, figure: _Figure, by: str | None, subject: Passage | None) -> Indicator | None:
    clause, match, item = phrase.clause, figure.match, figure.item
    before = figure.before
    bounds = [*_COMPARATOR.finditer(before)]
    bound_by = bounds[-1].group() if bounds else ""
    kept = before[: bounds[-1].start()] + before[bounds[-1].end() :] if bounds else before
    name = _name(kept, figure.after, counted=bool(match["counter"]))
    if clause.zone:
        name = re.sub(f"^{clause.zone}市?", "", name)
    if not name and "增长" in bound_by:  # 年均增长10%以上 names itself
        name, bound_by = bound_by, ""
    if not any(word_class.startswith(_NOMINAL) for _, word_class in rjieba.tag(name)):
        return None
    offset = phrase.span.start - clause.span.start
    part = _cut(clause, offset + item.start, offset + (item.end if figure.after else match.end()))
    if subject and _SUBJECTLESS.match(part.text):
        part = joined(subject, part)
    start = phrase.span.start
    return Indicator(
        clause=clause,
        name=name,
        comparator=bound_by + (match["bound"] or ""),
        number=normalise(match["number"]),
        unit=normalise(match["unit"]),
        by=by,
        passage=part,
        figure=Span(start + match.start(), start + match.end()),
    )


def _name(before: str, after: str, *, counted: bool) -> str:
    """What a figure counts: it stands behind the figure, or else before it; empty if neither names anything."""
    front, behind = _front(before), _behind(after)
    # a measure needs 的 (90%的企业) or a verb that gives (给予10万元奖励)
    linked = not front and _NOTE.sub("", after).startswith("的")
    if (counted and not (front and _acts(behind))) or linked or _MADE.search(before):
        return behind or front
    return front


def _front(text: str) -> str:
    text = _TRAIL.sub("", _AROUND.sub("", text))
    for word in reversed(rjieba.cut(text)):
        if word in _ADDRESSED:
            text = text[text.rindex(word) + len(word) :]
            break
    return _LEAD.sub("", text)


def _behind(text: str) -> str:
    text = _NOTE.sub("", text).removeprefix("的")
    listed = _LISTED.match(text)
    return _TRAIL.sub("", _DOES.sub("", text[listed.end() :] if listed else text))


def _acts(text: str) -> bool:
    """True if words say what something does (参加展会), not what it is (具备经营权的企业)."""
    return "的" not in text and [word_class for _, word_class in rjieba.tag(text)][:1] == ["v"]


def _cut(clause: Clause, start: int, end: int) -> Passage:
    text = clause.text[start:end].rstrip(_STOPS + " ")
    return Passage(
        clause, Span(clause.span.start + start, clause.span.start + start + len(text)), text, normalise(text)
    )
