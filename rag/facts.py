"""Fact rows made from clauses when a notice is read; each row with its clause and span.

Indicators so far: every figure with what it counts, how it is bound (突破, 以上, 新增 …), its unit and by when.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.lexicon import normalise
from rag.sentences import Passage, joined, phrases, sentences
from rag.types import Clause, Span

# A figure with a unit of measure; years, dates, document numbers and enumerations carry none of these.
_UNIT = (
    "(?:万亿元|亿美元|万美元|亿元|万元|元|个百分点|%|％|‰|平方米|平方公里|公里|万平方米|亩|万吨|吨|万人|人次|万个|万家"
    "|家|个工作日|个|处|座|户|件|项|辆|名|人|所|条|种|类|批|倍|天|小时|分(?![钟)）]))"
)
_FIGURE = re.compile(
    rf"(?P<number>[0-9０-９]+(?:[.．][0-9０-９]+)?(?:至|到|-|—|~)?[0-9０-９]*)(?P<unit>{_UNIT})(?P<bound>(?:及)?(?:以上|以下|以内|左右))?"
)
_COMPARATOR = re.compile(
    r"(?:年均)?(?:提高至|增加至|提升至|突破|达到|达|超过|超|不低于|不少于|高于|不超过|低于|新增|增长(?!率)|下降|降低|提高|力争|完成|实现|控制在)"
)
_SUBJECTLESS = re.compile(r"^(?:年均|同比|占|其中)")
_BY = re.compile(r"(?:力争)?(?:到|在)?((?:19|20)[0-9]{2}年)(?:底|末|前)?[,，]")
_VERBS = re.compile(
    r"^(?:力争|重点|积极|加快|大力|培育|建设|引育|打造|新增|建成|发展|创建|形成|拥有|的|及|和|、|每个|分别|一个)+"
)
_MODAL = re.compile("(?:可|将|应|要|须)+$")
_ITEM = re.compile(r"(?:[“「][^”」]*[”」]|[（(][^（）()]*[)）]|[^、])+")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that a clause states.

    Attributes:
        name: what it counts, e.g. ``跨境电商企业``.
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


def indicators(clauses: Iterable[Clause]) -> tuple[Indicator, ...]:
    """All figures of the clauses in printed order; titles carry none."""
    return tuple(row for clause in clauses if not clause.id.endswith(".title") for row in _of_clause(clause))


def _of_clause(clause: Clause) -> Iterator[Indicator]:
    for sentence in sentences(clause):
        by: str | None = None
        subject: Passage | None = None
        for phrase in phrases(sentence):
            deadline = _BY.search(phrase.text + ",")
            by = deadline.group(1) if deadline else by
            for match in _FIGURE.finditer(phrase.text):
                row = _row(clause, phrase, match, by, subject)
                if row:
                    subject = subject if _SUBJECTLESS.match(phrase.text) else phrase
                    yield row


def _row(
    clause: Clause,
    phrase: Passage,
    match: re.Match[str],
    by: str | None,
    subject: Passage | None,
) -> Indicator | None:
    item_start, item_end = next(
        (m.start(), m.end()) for m in _ITEM.finditer(phrase.text) if m.start() <= match.start() < m.end()
    )
    before = phrase.text[item_start : match.start()]
    if not _FIGURE.search(phrase.text, match.end()):  # 1至2处产业链完整、集聚效应明显的产业园区 is one item
        item_end = len(phrase.text)
    after = phrase.text[match.end() : item_end].rstrip(",，;；。")
    comparator = _COMPARATOR.search(before)
    bound = match.group("bound") or ""
    kept = before[: comparator.start()] + before[comparator.end() :] if comparator else before
    kept = _MODAL.sub("", kept)
    name = _VERBS.sub("", kept) or _VERBS.sub("", after)
    if not name and comparator:
        name = comparator.group()
    if not name or not any("一" <= c <= "鿿" for c in name):
        return None
    offset = phrase.span.start - clause.span.start
    part = _cut(clause, offset + item_start, offset + (item_end if after else match.end()))
    if subject and _SUBJECTLESS.match(part.text):
        part = joined(subject, part)
    start = phrase.span.start
    return Indicator(
        clause=clause,
        name=name.strip("的、,，"),
        comparator=(comparator.group() if comparator else "") + bound,
        number=normalise(match.group("number")),
        unit=normalise(match.group("unit")),
        by=by,
        passage=part,
        figure=Span(start + match.start(), start + match.end()),
    )


def _cut(clause: Clause, start: int, end: int) -> Passage:
    text = clause.text[start:end].rstrip(",，;；。 ")
    return Passage(
        clause, Span(clause.span.start + start, clause.span.start + start + len(text)), text, normalise(text)
    )
