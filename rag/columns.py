"""Columns: for each zone one value with what proves it, and what can be computed from them.

Values are figures that the plans state, or counts of what they list: tasks of a unit, units of a task, counties with a
belt, parts below a heading.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.citations import Claim
from rag.evidence import Selector, same_kind
from rag.facts import Facts
from rag.indicators import Indicator
from rag.intents import Op
from rag.lexicon import Term, normalise
from rag.plans import QueryPlan
from rag.replies import cell_claim

_UBIQUITOUS = 0.5  # share of indicator names above which a word (跨境电商) tells none apart
_MONEY = "元"
_RATE = "%"
_OR = re.compile("或者?|还是")
_NAMED = 0.5  # match above which a word names an indicator


@dataclass(frozen=True, slots=True)
class Cell:
    """One zone's value.

    Attributes:
        value: in plain units; None for a range.
        unit: as it is written, e.g. ``亿元``, ``项``.
        measure: the unit without its multiplier, e.g. ``元``; values of one measure can be compared.
        claims: what shows it.
        bound: how a figure is bound, e.g. ``突破``; empty for counts, which are exact.
        counted: True if the value is a count of the claims.
        note: what stands behind the number, e.g. ``(连同市政府7家)``.
    """

    value: float | None
    unit: str
    measure: str
    claims: tuple[Claim, ...]
    bound: str = ""
    counted: bool = False
    note: str = ""


def figure(row: Indicator) -> Cell:
    """The cell of an indicator row."""
    return Cell(row.value, row.unit, row.measure, (cell_claim(row),), row.comparator)


def count(claims: Sequence[Claim], unit: str, value: int | None = None, note: str = "") -> Cell:
    """A cell that counts its claims, or what they hold."""
    number = float(len(claims) if value is None else value)
    return Cell(number, unit, unit, tuple(claims), counted=True, note=note)


@dataclass(frozen=True, slots=True)
class Column:
    """A value by zone, in the order of the notices.

    Attributes:
        cells: zone → cell; zones that state no such value are left out.
        zones: all zones asked about.
    """

    cells: Mapping[str, Cell]
    zones: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Zones without a value."""
        return tuple(zone for zone in self.zones if zone not in self.cells)

    @property
    def comparable(self) -> dict[str, float]:
        """Zone → value, ranges and cells of another measure left out."""
        measures = [cell.measure for cell in self.cells.values() if cell.value is not None]
        usual = max(dict.fromkeys(measures), key=measures.count, default="")
        return {z: c.value for z, c in self.cells.items() if c.value is not None and c.measure == usual}

    def extreme(self, *, highest: bool, nth: int = 1) -> tuple[str, ...]:
        """Zones with the highest or lowest value, or with the n-th from there; empty if there are not as many."""
        values = self.comparable
        steps = sorted(set(values.values()), reverse=highest)
        return tuple(zone for zone, value in values.items() if steps[nth - 1 : nth] == [value])

    def equal(self) -> tuple[tuple[str, ...], ...]:
        """Groups of zones with one and the same value, the highest first."""
        values = self.comparable
        groups = (
            tuple(z for z in values if values[z] == step)
            for step in sorted(set(values.values()), reverse=True)
        )
        return tuple(group for group in groups if len(group) > 1)

    def ranked(self, *, descending: bool = True) -> tuple[str, ...]:
        """Zones by value; equal ones in the order of the notices."""
        values = self.comparable
        return tuple(sorted(values, key=values.__getitem__, reverse=descending))

    def only(self, zones: Sequence[str]) -> "Column":
        """The same for some zones."""
        return Column({z: c for z, c in self.cells.items() if z in zones}, tuple(zones))


class Columns:
    """Finds the indicator that a question is about.

    Attributes:
        zones: all zones, in the order of the notices.
        bounds: words that bind figures, e.g. ``突破``.
    """

    def __init__(self, selector: Selector, facts: Facts, zones: Sequence[str]) -> None:
        self._selector = selector
        self.zones = tuple(zones)
        self._rows = {zone: [row for row in facts.indicators if row.clause.zone == zone] for zone in zones}
        self._names = sorted({normalise(row.name) for row in facts.indicators if row.clause.zone})
        self._kinds = self._distinct()
        self.bounds = frozenset(row.comparator for row in facts.indicators if row.comparator)

    def of(self, plan: QueryPlan, zones: Sequence[str] = ()) -> Column | None:
        """The indicator that a plan names; for goals in general the first sum of money; None if it names none."""
        rows = self.rows_of(plan, zones)
        return (
            Column({zone: figure(row) for zone, row in rows.items()}, tuple(zones) or self.zones)
            if rows
            else None
        )

    def rows_of(self, plan: QueryPlan, zones: Sequence[str] = ()) -> dict[str, Indicator]:
        """Zone → row of the indicator that a plan names; empty if it names none."""
        zones = tuple(zones) or self.zones
        named = self.named(plan)
        named = self._of_kind(named, plan.asked_unit, zones)
        if not named and not (plan.aims or (plan.asked_unit or "").startswith(("亿", "万", "%"))):
            return {}
        return {zone: row for zone in zones if (row := self._pick(plan, named, self._rows[zone]))}

    def _of_kind(self, named: tuple[Term, ...], unit: str | None, zones: Sequence[str]) -> tuple[Term, ...]:
        """The terms that name an indicator of the kind asked for (多少亿); all where none does."""
        names = [normalise(r.name) for zone in zones for r in self._rows[zone] if same_kind(unit, r.unit)]
        return tuple(t for t in named if any(self._match(t, name) for name in names)) or named

    def has(self, word: str) -> bool:
        """True if an indicator's name holds a word."""
        return any(word in name for name in self._names)

    def rows(self, zone: str) -> list[Indicator]:
        """All rows of a zone."""
        return self._rows[zone]

    def named(self, plan: QueryPlan) -> tuple[Term, ...]:
        """Terms of a plan that name indicators, words that most names hold left out."""
        counts = {term: sum(self._match(term, name) for name in self._names) for term in plan.terms}
        return tuple(t for t, n in counts.items() if 0 < n <= _UBIQUITOUS * len(self._names))

    def is_name(self, term: Term) -> bool:
        """True if a term stands in the name of most indicators (跨境电商), which tells none apart."""
        return sum(self._match(term, name) for name in self._names) > _UBIQUITOUS * len(self._names)

    def _match(self, term: Term, name: str) -> bool:
        return self._selector.scorer.match(term, name) > _NAMED

    def _pick(self, plan: QueryPlan, named: Sequence[Term], rows: Sequence[Indicator]) -> Indicator | None:
        if not named:
            sums = (row for row in rows if row.measure == (_RATE if plan.asked_unit == _RATE else _MONEY))
            return next((row for row in sums if same_kind(plan.asked_unit, row.unit)), None)
        # 几倍 and 几个市 ask for no figure in that unit.
        unit = None if {Op.RATIO, Op.SHARE, Op.COUNT} & {*plan.ops} else plan.asked_unit
        enough = any if _OR.search(plan.focus) else all
        fitting = [
            row
            for row in rows
            if enough(self._match(t, normalise(row.name)) for t in named)
            and not self._another_kind(row, named)
            and same_kind(unit, row.unit)
        ]
        return min(fitting, key=lambda row: row.by is None, default=None)

    def _distinct(self) -> set[tuple[str, str]]:
        """(name, longer name) of indicators that one and the same plan keeps apart: 企业, 龙头企业."""
        kinds: set[tuple[str, str]] = set()
        for rows in self._rows.values():
            names = {_head(row) for row in rows}
            kinds |= {(a, b) for a in names for b in names if a != b and b.endswith(a[-2:])}
        return kinds

    def _another_kind(self, row: Indicator, named: Sequence[Term]) -> bool:
        """True if a plan keeps the row's thing apart from what is named, and the question lacks what sets it apart."""
        head = _head(row)
        for plain, other in self._kinds:
            if other != head or not all(self._match(term, plain) for term in named):
                continue
            apart = [t for t in self._selector.lexicon.terms(other) if t.text not in plain]
            words = [word for t in apart for word in (t.text, *t.alternatives)]
            if apart and not any(word in term.text for word in words for term in named):
                return True
        return False


def _head(row: Indicator) -> str:
    """A name without what only describes it (配套完善的…)."""
    return normalise(row.name.rsplit("的", 1)[-1])
