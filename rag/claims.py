"""Claims about several zones at once (只有甲提了, 七个市都归乙海关) or about a unit in any list of one."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Marks
from rag.columns import Columns
from rag.computing import Computed
from rag.contrast import only_in
from rag.cues import cue
from rag.duties import Duties, named, others
from rag.intents import Op
from rag.lexicon import data_file, normalise
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, cell_claim, heading_claim, task_claim, units_claim
from rag.selection import Selection, Zones
from rag.tables import Row, compose, listed
from rag.unit_questions import UnitQuestions
from rag.verdicts import Verdict, lead

_ONLY = "(?:{only})[^,，。]{{0,3}}{zone}|{zone}(?:市|方案)?(?:{only})"


class Claims:
    """Judges them by which zones satisfy what is claimed."""

    def __init__(
        self,
        outline: Outline,
        duties: Duties,
        which: Zones,
        units: UnitQuestions,
        columns: Columns,
        zones: Sequence[str],
    ) -> None:
        self._outline = outline
        self._duties = duties
        self._columns = columns
        self._which = which
        self._units = units
        self._zones = tuple(zones)
        self._messages = data_file("messages", dict[str, str])

    def judge(self, plan: QueryPlan) -> Computed | None:
        """Verdict and what decides it; None for other claims."""
        return (
            self._alike(plan)
            or self._exclusive(plan)
            or self._universal(plan)
            or self._alone(plan)
            or self._in_charge(plan)
        )

    def _alike(self, plan: QueryPlan) -> Computed | None:
        """Whether zones list the same units for a task, or call a figure by the same name."""
        scope = plan.zones or (self._zones if plan.all_zones else ())
        if len(scope) < 2 or not cue("equal_to", "same", "common", "verbatim").search(plan.focus):
            return None
        kinds = [kind for body in plan.bodies if (kind := self._duties.kind(body)) == body]
        bare = replace(plan, terms=())  # a unit has no part in the figures spoken of before
        if kinds and (listing := self._units.of_kind(bare, scope, kinds[0])):
            homes = self._duties.of_unit(kinds[0], scope)
            units = {unit for tasks in homes.values() for c in tasks for unit in named(kinds[0], c)}
            return Computed(lead(plan, Verdict(len(units) == 1)) + "\n" + listing.text, listing.marks)
        if lists := self._units.lists(plan, scope):
            if any(only_in(lists).values()):
                contrasted = self._units.contrasted(plan, lists)
                return Computed(lead(plan, Verdict(holds=False)) + contrasted.text, contrasted.marks)
            marks = Marks()
            rows = [Row(z, (units_claim(c, None, self._messages["units"]),)) for z, c in lists.items()]
            alike = self._messages["units_alike"].format(count=len(others(next(iter(lists.values())))))
            opening = lead(plan, Verdict(holds=True)) + alike
            return Computed(compose(opening, rows, marks), marks)
        if Op.WORDING not in plan.ops:
            return None
        figures = self._columns.rows_of(replace(plan, asked_unit=None), scope)
        names = {normalise(row.name) for row in figures.values()}
        if not figures:
            return None
        marks = Marks()
        cells = [Row(zone, (cell_claim(row),)) for zone, row in figures.items()]
        text = compose(lead(plan, Verdict(len(names) == 1)), cells, marks)
        return Computed(text, marks)

    def _exclusive(self, plan: QueryPlan) -> Computed | None:
        """Whether a zone is the only one (只有甲提了); all that are decide."""
        zone = plan.zones[0] if len(plan.zones) == 1 else ""
        if not zone or not re.search(_ONLY.format(zone=zone, only=cue("only_zone").pattern), plan.focus):
            return None
        chosen = self._which.select(replace(plan, zones=(), asks=Ask.ZONES, ops=(), bound=None), self._zones)
        if chosen is None or zone not in chosen.zones:
            return None
        return self._judged(plan, chosen, holds=len(chosen.zones) == 1)

    def _alone(self, plan: QueryPlan) -> Computed | None:
        """Whether all tasks of a unit are of one kind (是不是只管一类事)."""
        if plan.zones or len(plan.bodies) != 1 or not cue("only").search(plan.claim):
            return None
        homes = self._duties.of_unit(plan.bodies[0], self._zones)
        names = {normalise(c.heading) for tasks in homes.values() for c in tasks}
        if not homes or self._which.topic(plan):
            return None
        marks = Marks()
        rows = [Row(z, tuple(task_claim(c, plan.bodies) for c in tasks)) for z, tasks in homes.items()]
        return Computed(compose(lead(plan, Verdict(len(names) == 1)), rows, marks), marks)

    def _in_charge(self, plan: QueryPlan) -> Computed | None:
        """Whether a unit stands in any list of a zone; for claims that name no task."""
        if len(plan.zones) != 1 or len(plan.bodies) != 1 or self._which.topic(plan):
            return None
        zone, body = plan.zones[0], plan.bodies[0]
        tasks = self._duties.of_unit(body, (zone,)).get(zone, [])
        kind = self._duties.kind(body)
        kin = self._duties.of_unit(kind, (zone,)).get(zone, []) if kind else []
        shown = tasks[:1] or kin[:1]
        if not shown:
            return None
        marks = Marks()
        row = Row(zone, (task_claim(shown[0], (body if tasks else kind,)),))
        return Computed(compose(lead(plan, Verdict(bool(tasks))), [row], marks), marks)

    def _universal(self, plan: QueryPlan) -> Computed | None:
        """Whether all zones have something (七个市都归甲海关); those that have it not decide."""
        if (
            plan.zones
            or not (plan.all_zones or cue("every_zone").search(plan.focus))
            or plan.figures
            or plan.years
        ):
            return None
        if kind := next((k for b in plan.bodies if (k := self._duties.kind(b))), ""):
            plan_kind = replace(plan, bodies=(kind,))
            chosen = self._which.select(plan, self._zones)
            rest = [zone for zone in self._zones if chosen and zone not in chosen.zones]
            every = self._units.of_kind(replace(plan_kind, all_zones=True), rest, kind)
            if chosen and every and rest:
                return Computed(lead(plan, Verdict(holds=False)) + "\n\n" + every.text, every.marks)
        chosen = self._which.select(replace(plan, asks=Ask.ZONES, ops=()), self._zones)
        return self._judged(plan, chosen, holds=len(chosen.zones) == len(self._zones)) if chosen else None

    def _judged(self, plan: QueryPlan, chosen: Selection, *, holds: bool) -> Computed:
        marks = Marks()
        opening = lead(plan, Verdict(holds))
        if cue("exception").search(plan.focus):
            lacking = [zone for zone in self._zones if zone not in chosen.zones]
            opening = self._messages["exceptions" if lacking else "no_exception"].format(
                zones=listed(lacking)
            )
            numbers = tuple(map(str, plan.reference))
            named = {zone: self._outline.numbered(zone, numbers) for zone in lacking}
            instead = [Row(zone, (heading_claim(clause),)) for zone, clause in named.items() if clause]
            if instead:
                return Computed(compose(opening, instead, marks), marks)
        count = self._messages["which"].format(count=len(chosen.zones), zones=listed(chosen.zones))
        rows = [Row(zone, claims[:1]) for zone, claims in chosen.zones.items()]
        return Computed(compose(opening + (count if len(rows) > 1 else ""), rows, marks), marks)
