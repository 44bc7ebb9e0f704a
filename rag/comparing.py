"""Claims that compare zones (甲比乙高吧, 甲的目标最高吗) → a verdict with the values that decide."""

from collections.abc import Sequence
from dataclasses import replace

from rag.amounts import times
from rag.citations import Marks
from rag.columns import Column, Columns
from rag.computing import Computed, Computer, amount, superlative
from rag.cues import cue
from rag.indicators import plain_value
from rag.intents import Op
from rag.lexicon import data_file
from rag.plans import QueryPlan
from rag.tables import compose, listed
from rag.verdicts import Verdict, lead

_GROUP = 3  # zones of which one is held against the others together


class Comparer:
    """Judges comparisons by the column that they are about."""

    def __init__(self, columns: Columns, computer: Computer) -> None:
        self._columns = columns
        self._computer = computer
        self._messages = data_file("messages", dict[str, str])

    def judge(self, plan: QueryPlan) -> Computed | None:
        """Verdict and values; None for claims that compare nothing, or nothing that is stated of all."""
        if summed := self._summed(plan):
            return summed
        if two := self._two(plan):
            return self._computed(lead(plan, Verdict(two[0])), *two[1:])
        if compared := self.one_with_all(plan):
            opening = lead(plan, Verdict(compared[0])) + _best(plan, compared[2])
            return self._computed(opening, *compared[1:])
        return self._incomparable(plan)

    def refuted(self, plan: QueryPlan) -> Computed | None:
        """The values that refute what a question takes for granted (为什么甲的目标最高); None where that is true."""
        compared = self.one_with_all(plan)
        if compared is None or compared[0]:
            return None
        return self._computed(self._messages["premise"] + _best(plan, compared[2]), *compared[1:])

    def _computed(self, opening: str, column: Column, zones: Sequence[str]) -> Computed:
        marks = Marks()
        rows = [self._computer.row(column, zone) for zone in zones]
        return Computed(compose(opening, rows, marks), marks)

    def _summed(self, plan: QueryPlan) -> Computed | None:
        """Whether values add up to the figure that is claimed."""
        if Op.SUM not in plan.ops or not plan.figures:
            return None
        column = self._columns.of(plan, plan.zones)
        claimed = plain_value(*plan.figures[0])
        if column is None or len(column.comparable) < 2 or claimed is None:
            return None
        holds = sum(column.comparable.values()) == claimed
        summed = self._computer.answer(replace(plan, ops=(Op.SUM,)), column)
        return Computed(lead(plan, Verdict(holds)) + summed.text, summed.marks) if summed else None

    def against_sum(self, plan: QueryPlan) -> Computed | None:
        """One zone's value beside the sum of others (甲乙丙加起来赶得上丁吗); None for other questions."""
        verb = cue("against").search(plan.focus)
        if verb is None or len(plan.zones) < _GROUP or not cue("summing").search(plan.focus):
            return None
        left = [zone for zone in plan.zones if plan.focus.find(zone) < verb.start()]
        right = [zone for zone in plan.zones if zone not in left]
        one, group = (left, right) if len(left) == 1 else (right, left)
        about = replace(plan, asked_unit=None)
        column = self._columns.of(about, plan.zones)
        column = column or self._columns.of(replace(about, aims=True, terms=()), plan.zones)
        if len(one) != 1 or column is None or len(column.comparable) < len(plan.zones):
            return None
        total, single = sum(column.comparable[z] for z in group), column.comparable[one[0]]
        like = column.cells[one[0]]
        relation = "sum_more" if total > single else "sum_less" if total < single else "sum_same"
        opening = self._messages[relation].format(
            group=listed(group),
            one=one[0],
            total=amount(total, like),
            value=amount(single, like),
            difference=amount(abs(total - single), like),
        )
        computed = self._computed(opening, column, (*group, *one))
        return Computed("\n\n".join([computed.text, *self._computer.notes(column)]), computed.marks)

    def _incomparable(self, plan: QueryPlan) -> Computed | None:
        """Two zones of which only one states the value that is compared."""
        if len(plan.zones) != 2 or not cue("equal_to", "higher", "lower").search(plan.focus):
            return None
        column = self._columns.of(plan, plan.zones)
        if column is None or len(column.missing) != 1:
            return None
        opening = self._messages["incomparable"].format(zone=column.missing[0])
        return self._computed(opening, column, plan.zones)

    def _two(self, plan: QueryPlan) -> tuple[bool, Column, Sequence[str]] | None:
        if len(plan.zones) != 2:
            return None
        first, second = sorted(plan.zones, key=plan.focus.find)
        column = self._columns.of(plan, plan.zones)
        if column is None or len(column.comparable) < 2:
            return None
        a, b = column.comparable[first], column.comparable[second]
        if factor := times(plan.focus):
            return round(a / b, 2) == factor, column, plan.zones
        relations = (("equal_to", a == b), ("higher", a > b), ("lower", a < b))
        return next(
            ((holds, column, plan.zones) for name, holds in relations if cue(name).search(plan.focus)), None
        )

    def one_with_all(self, plan: QueryPlan) -> tuple[bool, Column, Sequence[str]] | None:
        """Whether one zone has the highest or lowest value, the column, and the zones that show it."""
        op = next((op for op in (Op.HIGHEST, Op.LOWEST) if op in plan.ops), None)
        if op is None or len(plan.zones) != 1:
            return None
        column = self._columns.of(plan)
        if column is None or plan.zones[0] not in column.comparable:
            return None
        best = column.extreme(highest=op is Op.HIGHEST)
        return plan.zones[0] in best, column, best


def _best(plan: QueryPlan, zones: Sequence[str]) -> str:
    """Which zones have the highest or lowest value."""
    op = Op.HIGHEST if Op.HIGHEST in plan.ops else Op.LOWEST
    return f"{superlative(op, plan.focus)}的是{listed(zones)}:"
