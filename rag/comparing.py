"""Claims that compare zones (甲比乙高吧, 甲的目标最高吗) → a verdict with the values that decide."""

import re
from collections.abc import Sequence

from rag.citations import Marks
from rag.columns import Column, Columns
from rag.computing import Computed, Computer, number
from rag.cues import cue
from rag.intents import Op
from rag.plans import QueryPlan
from rag.tables import compose
from rag.verdicts import Verdict, lead

_TIMES = re.compile("([0-9.]+|[一两二三四五六七八九十])倍")


class Comparer:
    """Judges comparisons by the column that they are about."""

    def __init__(self, columns: Columns, computer: Computer) -> None:
        self._columns = columns
        self._computer = computer

    def judge(self, plan: QueryPlan) -> Computed | None:
        """Verdict and values; None for claims that compare nothing, or nothing that is stated of all."""
        for compared in (self._two(plan), self._one_with_all(plan)):
            if compared is not None:
                holds, column, zones = compared
                marks = Marks()
                rows = [self._computer.row(column, zone) for zone in zones]
                return Computed(compose(lead(plan, Verdict(holds)), rows, marks), marks)
        return None

    def _two(self, plan: QueryPlan) -> tuple[bool, Column, Sequence[str]] | None:
        if len(plan.zones) != 2:
            return None
        first, second = sorted(plan.zones, key=plan.focus.find)
        column = self._columns.of(plan, plan.zones)
        if column is None or len(column.comparable) < 2:
            return None
        a, b = column.comparable[first], column.comparable[second]
        if times := _TIMES.search(plan.focus):
            ratio = times.group(1)
            return number(a / b) == _DIGITS.get(ratio, ratio), column, plan.zones
        relations = (("equal_to", a == b), ("higher", a > b), ("lower", a < b))
        return next(
            ((holds, column, plan.zones) for name, holds in relations if cue(name).search(plan.focus)), None
        )

    def _one_with_all(self, plan: QueryPlan) -> tuple[bool, Column, Sequence[str]] | None:
        op = next((op for op in (Op.HIGHEST, Op.LOWEST) if op in plan.ops), None)
        if op is None or len(plan.zones) != 1:
            return None
        column = self._columns.of(plan)
        if column is None or plan.zones[0] not in column.comparable:
            return None
        best = column.extreme(highest=op is Op.HIGHEST)
        return plan.zones[0] in best, column, tuple(dict.fromkeys((*plan.zones, *best)))


_DIGITS = dict(zip("一两二三四五六七八九", "1223456789", strict=True))
