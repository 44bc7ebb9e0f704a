"""Answers computed from a column: highest, ranking, sum, difference, ratio, side by side.

The result leads; every figure behind it is cited, a missing one says 未规定, and a sum says what its figures are: goals
bound by 突破, 以上 or 新增 are no exact amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.citations import Claim, Marks
from rag.columns import Cell, Column
from rag.cues import cue
from rag.intents import Op, leading, nth
from rag.lexicon import data_file
from rag.plans import Ask, QueryPlan
from rag.selection import Selection
from rag.tables import Row, compose, listed

_RATE = "%"
_SCALE = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))


@dataclass(frozen=True, slots=True)
class Computed:
    """Text of an answer and the marks that stand in it."""

    text: str
    marks: Marks


class Computer:
    """Composes the answers of the operations over figures."""

    def __init__(self) -> None:
        self._messages = data_file("messages", dict[str, str])

    def answer(self, plan: QueryPlan, column: Column, given: Selection | None = None) -> Computed | None:
        """What the plan's operations make of a column; None where they do not apply.

        Args:
            plan: the question.
            column: the indicator for the zones asked about.
            given: what picked these zones, where the question takes two steps.
        """
        values = column.comparable
        if len(column.zones) < 2 or not values:
            return None
        ops = set(plan.ops)
        extreme = bool(ops & {Op.HIGHEST, Op.LOWEST}) or nth(plan.focus) > 1
        makers = (
            (Op.SHARE in ops, self._share),
            (Op.RATIO in ops, self._ratio),
            (Op.DIFFERENCE in ops, self._difference),
            (extreme and (bool(cue("zones").search(plan.focus)) or Op.SUM not in ops), self._extremes),
            (bool(ops & {Op.SUM, Op.MEAN}), self._total),
            (Op.RANKING in ops, self._ranking),
            (Op.SAME in ops, self._same),
        )
        for applies, make in makers:
            if applies and (lead := make(plan, column)) is not None:
                return self._composed(lead, given)
        return None

    def side_by_side(self, column: Column) -> Computed:
        """All zones of a column, with a note on figures that are bound otherwise than the rest."""
        rows = [self.row(column, zone) for zone in column.zones]
        marks = Marks()
        text = compose("", rows, marks)
        return Computed("\n\n".join([text, *self._odd(column)]), marks)

    def _composed(self, lead: "tuple[str, list[Row], list[str]]", given: Selection | None) -> Computed:
        opening, rows, notes = lead
        marks = Marks()
        if given:
            rows = [Row(row.name, (*row.claims, *self._picking(row, given))) for row in rows]
        text = compose(opening, rows, marks)
        return Computed("\n\n".join([text, *notes]) if notes else text, marks)

    def _picking(self, row: Row, given: Selection) -> Sequence[Claim]:
        """What picked a zone, unless its row says that already."""
        shown = {passage.span for claim in row.claims for passage in claim.proof}
        picking = given.zones.get(row.name, ())[:1]
        return [claim for claim in picking if not any(p.span.overlaps(s) for p in claim.proof for s in shown)]

    def row(self, column: Column, zone: str) -> Row:
        """A zone's line; 未规定 where it states no value."""
        cell = column.cells.get(zone)
        if cell is None:
            return Row(zone, (Claim(self._messages["not_stated"], ()),))
        return Row(
            zone,
            cell.claims,
            f"{number(cell.value)}{cell.unit}{cell.note}:" if cell.counted and cell.value else "",
        )

    def notes(self, column: Column) -> list[str]:
        """What must be said where goals are added up: they are no exact amounts, and not all count the same."""
        return [*self._bounds(column), *self._odd(column)]

    def _rows(self, column: Column, zones: Sequence[str]) -> list[Row]:
        return [self.row(column, zone) for zone in zones]

    def _total(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        values = column.comparable
        mean = Op.MEAN in plan.ops
        rates = any(cell.measure == _RATE for cell in column.cells.values())  # growth rates do not add up
        if len(values) < 2 or (rates and not mean):
            return None
        if mean and (Op.COUNT in plan.ops or plan.asks is Ask.ZONES):
            return self._above_mean(column)
        total = sum(values.values()) / (len(values) if mean else 1)
        opening = self._messages["mean" if mean else "sum"].format(
            total=amount(total, next(iter(column.cells.values()))), count=len(values)
        )
        notes = self._bounds(column)
        if column.missing and plan.asks is not Ask.ZONES:
            notes.append(self._messages["sum_missing"].format(zones=listed(column.missing)))
        return opening, self._rows(column, tuple(values)), notes

    def _above_mean(self, column: Column) -> tuple[str, list[Row], list[str]]:
        values = column.comparable
        mean = sum(values.values()) / len(values)
        above = [zone for zone, value in values.items() if value > mean]
        total = amount(mean, next(iter(column.cells.values())))
        opening = self._messages["above_mean"].format(total=total, count=len(above), zones=listed(above))
        return opening, self._rows(column, above), self._bounds(column)

    def _bounds(self, column: Column) -> list[str]:
        """A note that goals are no exact amounts."""
        kinds = dict.fromkeys(column.cells[zone].bound for zone in column.comparable)
        shown = "".join(f"“{bound}”" for bound in kinds if bound)
        return [self._messages["sum_note"].format(kinds=shown)] if shown else []

    def _ratio(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        pair = self._pair(plan, column)
        if pair is None:
            return None
        high, low = (column.comparable[zone] for zone in pair)
        if not low:
            return None
        same = self._messages["no_difference"] if high == low else ""
        opening = same + self._messages["ratio"].format(ratio=number(high / low))
        return opening, self._rows(column, self._tied(column, pair)), []

    def _difference(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        pair = self._pair(plan, column)
        if pair is None:
            return None
        high, low = (column.comparable[zone] for zone in pair)
        cell = column.cells[pair[0]]
        message = "difference" if high != low else "no_difference"
        opening = self._messages[message].format(
            amount=amount(high - low, cell).replace("%", "个百分点"), high=pair[0], low=pair[1]
        )
        return opening, self._rows(column, self._tied(column, pair)), self._odd(column.only(pair))

    def _pair(self, plan: QueryPlan, column: Column) -> tuple[str, str] | None:
        """The two zones that are compared, the higher one first: those named, or the highest and the lowest."""
        if len(column.comparable) == 2 and len(column.zones) == 2:
            first, second = column.ranked()
            return first, second
        top = column.extreme(highest=True)
        if (place := nth(plan.focus)) > 1 and (next_best := column.extreme(highest=True, nth=place)):
            return top[0], next_best[0]
        if not {Op.HIGHEST, Op.LOWEST} <= set(plan.ops):
            return None
        return column.extreme(highest=True)[0], column.extreme(highest=False)[0]

    def _tied(self, column: Column, pair: tuple[str, str]) -> tuple[str, ...]:
        """The pair with all zones that have the same values."""
        wanted = {column.comparable[zone] for zone in pair}
        if len(column.zones) == 2:
            return column.zones
        return tuple(zone for zone in column.ranked() if column.comparable[zone] in wanted)

    def _extremes(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        rows: list[Row] = []
        parts: list[str] = []
        if (place := nth(plan.focus)) > 1:
            placed = column.extreme(highest=Op.LOWEST not in plan.ops, nth=place)
            return "", self._rows(column, placed), []
        for op in (Op.HIGHEST, Op.LOWEST):
            if op not in plan.ops or not cue(op.value).search(plan.focus):
                continue
            best = column.extreme(highest=op is Op.HIGHEST)
            if plan.zones and len(best) == len(column.comparable) > 1:
                return self._messages["no_difference"], self._rows(column, best), self._odd(column)
            parts.append(f"{superlative(op, plan.focus)}的是{listed(best)}")
            rows += self._rows(column, best)
        if len(parts) == 1 and plan.zones and cue("each_thing").search(plan.focus):
            rows = self._rows(column, column.zones)
        return f"{';'.join(parts)}:" if rows else "", rows, []

    def _same(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        """Zones with the same value, or those that share one zone's."""
        one = plan.zones if len(plan.zones) == 1 else ()
        groups = [group for group in column.equal() if set(one) <= {*group}]
        if not groups:
            return None
        opening = ";".join(listed(group) for group in groups) + ":"
        return opening, self._rows(column, [zone for group in groups for zone in group]), self._odd(column)

    def _ranking(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        ascending = bool(cue("ascending").search(plan.focus))
        zones = column.ranked(descending=not ascending)
        top = leading(plan.focus)
        if top and top < len(zones):
            least = column.comparable[zones[top - 1]]
            zones = tuple(
                z
                for z in zones
                if (column.comparable[z] <= least if ascending else column.comparable[z] >= least)
            )
        rows = self._rows(column, zones)
        if not top and plan.all_zones:
            rows += self._rows(column, column.missing)
        order = "、".join(self._tied_names(column, zones))
        opening = self._messages["ranking_up" if ascending else "ranking_down"].format(zones=order)
        return opening, rows, self._odd(column)

    def _tied_names(self, column: Column, zones: Sequence[str]) -> list[str]:
        """Names in order, those with the same value together (甲和乙并列)."""
        groups = [tuple(group) for _, group in groupby(zones, key=column.comparable.__getitem__)]
        return [
            self._messages["tied"].format(zones="和".join(group)) if len(group) > 1 else group[0]
            for group in groups
        ]

    def _share(self, plan: QueryPlan, column: Column) -> tuple[str, list[Row], list[str]] | None:
        """The part that some zones have of all: those named, or the first of a ranking."""
        values = column.comparable
        top = leading(plan.focus) or 0
        zones = tuple(z for z in plan.zones if z in values) or column.ranked()[:top]
        if not zones:
            return None
        total = sum(values.values())
        opening = self._messages["share"].format(
            zone=listed(zones),
            share=f"{100 * sum(values[z] for z in zones) / total:.1f}",
            total=amount(total, column.cells[zones[0]]),
        )
        return opening, self._rows(column, tuple(values)), self._bounds(column)

    def _odd(self, column: Column) -> list[str]:
        """A note on zones whose figure counts what is added (新增) where the others count all."""
        added = [zone for zone, cell in column.cells.items() if cue("added").search(cell.bound)]
        if not added or len(added) == len(column.cells):
            return []
        return [self._messages["odd_bound"].format(zones=listed(added), bound=column.cells[added[0]].bound)]


def superlative(op: Op, text: str) -> str:
    """How a question calls the highest or lowest (最多, 垫底)."""
    word = cue(op.value).search(text)
    said = word.group().rstrip("?？。") if word else "最高" if op is Op.HIGHEST else "最低"
    # 谁多, 哪个更高: the word that compares stands last
    return said if said[0] not in "哪谁" else f"最{said.removesuffix('一点').removesuffix('些')[-1]}"


def amount(value: float, like: Cell) -> str:
    """A value in plain units with the unit that a cell uses, e.g. 1.125e11 like 150亿元 → ``1125亿元``."""
    scale, _ = next(((n, word) for n, word in _SCALE if like.unit.startswith(word)), (1, ""))
    return f"{number(value / scale)}{like.unit}"


def number(value: float) -> str:
    """At most two decimals, none where they are zero."""
    return f"{round(value, 2):g}" if abs(value) < 10**6 else f"{value:.0f}"
