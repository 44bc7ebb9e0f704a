"""What a question wants done with the facts of several zones: highest, sum, which zones, what differs …

Wordings are data (``rag/data/cues.json``, one list for each operation); this module only reads them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.cues import cue
from rag.indicators import plain_value
from rag.numbering import numeral_value


class Op(StrEnum):
    """An operation over facts; the value names its list of cues."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    RANKING = "ranking"
    SUM = "sum"
    MEAN = "mean"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    SHARE = "share"
    COUNT = "count"
    LACK = "lack"
    CONTRAST = "contrast"
    COMMON = "common"
    SAME = "same"
    WORDING = "wording"
    RARE = "rare"
    REPEATED = "repeated"
    TASKS = "tasks"


class Relation(StrEnum):
    """How a value must stand to a bound; the value names its list of cues."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    EQUAL = "equal"


_BOUND = re.compile(r"([0-9]+(?:\.[0-9]+)?)(亿元|亿|万元|家|个|%|处|倍|人|元|亩)")
_DIGITS = re.compile("([二两三四])位数")
_NEAR = 6  # characters around a figure in which its relation stands
_RELATIVE = re.compile(
    "^(?P<which>.{4,40}?)(?<!有)的(?:那|这)?[几些两三四五六二]?(?:个|座|家)?"
    "(?:市(?!政府|场|民|区|级|值|、)|城市|地市|综试区|方案|地方)(?:里|中|里面|当中|们)?"
    "[,，:]?(?P<then>.{4,})$"
)
_NTH = re.compile(
    "第([0-9一二两三四五六七])(?:高|大|多|快|名|位|低|小|少)|(?:排|并列|倒数)第([0-9二三四五六七])|老([二三四五六七])"
)
_ITEMS = re.compile("(?:前|后|头)([0-9一二两三四五六七])(?:名|位|个|家)?")


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit on a figure, e.g. 不低于150亿: ``AT_LEAST``, 150, 亿."""

    relation: Relation
    number: str
    unit: str

    def holds(self, value: float | None) -> bool:
        """True if a value in plain units keeps the limit."""
        limit = plain_value(self.number, self.unit)
        if value is None or limit is None:
            return False
        return {
            Relation.ABOVE: value > limit,
            Relation.AT_LEAST: value >= limit,
            Relation.BELOW: value < limit,
            Relation.AT_MOST: value <= limit,
            Relation.EQUAL: value == limit,
        }[self.relation]


def operations(text: str) -> tuple[Op, ...]:
    """Operations that a normalised question names."""
    return tuple(op for op in Op if cue(op.value).search(text))


def bound_in(text: str) -> Bound | None:
    """The first figure of a normalised question with its relation; a bare figure must be equal."""
    match = _BOUND.search(text)
    if not match:
        digits = _DIGITS.search(text)  # 两位数
        least = 10 ** (numeral_value(digits[1]) - 1) if digits else 0
        return Bound(Relation.AT_LEAST, str(least), "个") if least else None
    before = text[max(0, match.start() - _NEAR) : match.start()]
    behind = text[match.end() : match.end() + 3]
    if cue("exactly").search(text):
        return Bound(Relation.EQUAL, *match.groups())
    order = (Relation.AT_MOST, Relation.AT_LEAST, Relation.BELOW, Relation.ABOVE)
    named = (r for r in order if cue(r.value).search(before) or cue(f"{r.value}_behind").match(behind))
    return Bound(next(named, Relation.EQUAL), *match.groups())


def two_steps(text: str) -> tuple[str, str] | None:
    """(which zones are meant, what is asked of them) of 由甲参与的那几个市,目标合计多少; None for other questions."""
    match = _RELATIVE.match(text)
    if (
        not match
        or cue("dedicated").search(match["which"])
        or cue("zones", "interrogative").search(match["which"])
        or _ends_with_all(match["which"])
    ):
        return None
    then = match["then"]
    return (match["which"], then) if cue("asked_of").search(then) else None


def _ends_with_all(text: str) -> bool:
    """True if what seems to be a condition only names all zones (七个市的方案)."""
    return any(match.end() == len(text) for match in cue("all_zones").finditer(text))


def nth(text: str) -> int:
    """Which place of a ranking is asked for (第二高: 2); 1 if none is named."""
    match = _NTH.search(text)
    return numeral_value(next(filter(None, match.groups()))) if match else 1


def leading(text: str) -> int | None:
    """How many of a ranking are asked for (前三名); None for all."""
    match = _ITEMS.search(text)
    return numeral_value(match.group(1)) if match else None
