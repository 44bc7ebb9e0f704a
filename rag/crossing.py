"""Two indicators of one zone held against each other: which zones plan three times as many 海外仓 as 园区."""

from collections.abc import Sequence
from dataclasses import replace

from rag.amounts import times
from rag.citations import Marks
from rag.columns import Column, Columns
from rag.computing import Computed
from rag.cues import cue
from rag.lexicon import Term, data_file
from rag.plans import QueryPlan
from rag.selection import asks_for_zones
from rag.tables import Row, compose, listed
from rag.verdicts import Verdict, lead


class Crossing:
    """Compares two columns zone by zone."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._messages = data_file("messages", dict[str, str])

    def answer(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Which zones satisfy a relation between two indicators, or whether one does; None for other questions."""
        zones = scope if asks_for_zones(plan) else plan.zones
        if not (asks_for_zones(plan) or (plan.confirm and len(plan.zones) == 1)):
            return None
        pair = self._pair(plan, zones)
        if pair is None:
            return None
        verdicts = {zone: self._holds(plan, pair, zone) for zone in zones}
        found = [zone for zone, holds in verdicts.items() if holds]
        if None in {*verdicts.values()} and not found:
            return None
        marks = Marks()
        shown = found if asks_for_zones(plan) else list(zones)
        rows = [Row(z, tuple(c for column in pair for c in column.cells[z].claims)) for z in shown]
        opening = self._messages["which"].format(count=len(found), zones=listed(found)) if found[1:] else ""
        if not asks_for_zones(plan):
            opening = lead(replace(plan, figures=()), Verdict(bool(found)))
        elif not found:
            return None
        return Computed(compose(opening, rows, marks), marks)

    def _pair(self, plan: QueryPlan, zones: Sequence[str]) -> tuple[Column, Column] | None:
        """The two indicators that a question names, in its order."""
        things = (t for t in self._columns.named(plan) if not cue("goal", "measures", "added").search(t.text))
        named = sorted(things, key=lambda term: plan.focus.find(term.text))
        found: dict[tuple[str, ...], Column] = {}
        for term in named:
            column = self._columns.of(replace(_plain(plan), terms=(term,)), zones)
            if column:
                found.setdefault(tuple(c.claims[0].text for c in column.cells.values()), column)
        columns = tuple(found.values())
        return (columns[0], columns[1]) if len(columns) == 2 else None

    def _holds(self, plan: QueryPlan, pair: tuple[Column, Column], zone: str) -> bool | None:
        """Whether a zone's two values stand as the question says; None where one is missing or nothing is said."""
        a, b = (column.comparable.get(zone) for column in pair)
        if a is None or b is None or pair[0].cells[zone].measure != pair[1].cells[zone].measure:
            return None
        if factor := times(plan.focus):
            return round(a / b, 2) == factor
        relations = (("equal_to", a == b), ("same", a == b), ("higher", a > b), ("lower", a < b))
        return next((holds for name, holds in relations if cue(name).search(plan.focus)), None)


def _plain(plan: QueryPlan) -> QueryPlan:
    """The plan without what restricts a single figure."""
    no_terms: tuple[Term, ...] = ()
    return replace(plan, ops=(), asked_unit=None, counted=None, terms=no_terms)
