"""Columns of counts: tasks of a unit, units of a task, counties with a belt, parts below a heading."""

from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim
from rag.columns import Column, count
from rag.cues import cue
from rag.duties import Duties, others
from rag.industries import Industry
from rag.intents import Op
from rag.lexicon import data_file, normalise
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, task_claim, units_claim, verbatim_claim
from rag.selection import Zones
from rag.types import Clause


class Counts:
    """Finds the column of counts that a question is about."""

    def __init__(self, outline: Outline, places: Sequence[Industry], duties: Duties, which: Zones) -> None:
        self._outline = outline
        self._places = tuple(places)
        self._duties = duties
        self._which = which
        self._messages = data_file("messages", dict[str, str])

    def of(self, plan: QueryPlan, scope: Sequence[str]) -> Column | None:
        """What the plan counts; None if it counts nothing that is listed."""
        if cue("alone").search(plan.focus):  # 没别人的 lacks nothing
            plan = replace(plan, ops=tuple(op for op in plan.ops if op is not Op.LACK))
        if plan.asks is Ask.UNITS and cue("all_units").search(plan.focus):  # 分工:哪些厅局
            return None
        extreme = bool({Op.HIGHEST, Op.LOWEST, Op.RANKING} & {*plan.ops})
        if not (extreme or Op.LACK in plan.ops or cue("how_many").search(plan.focus) or Op.TASKS in plan.ops):
            return None
        makers = (self._lists, self._tasks, self._parts, self._counties)
        return next((column for make in makers if (column := make(plan, scope)) and column.cells), None)

    def _tasks(self, plan: QueryPlan, scope: Sequence[str]) -> Column | None:
        """Tasks of the units that are named."""
        if not plan.bodies or (Op.LACK in plan.ops and len(scope) > 1):
            return None
        if Op.LACK in plan.ops:
            place = bool(cue("place_in_list").search(plan.focus))
            claims = [self._listed(c, place=place) for c in self._which.without(plan, scope[0])]
            return (
                Column({scope[0]: count(claims, self._messages["unit_tasks"])}, tuple(scope))
                if claims
                else None
            )
        found = self._which.tasks(plan, scope)
        cells = {
            zone: count([task_claim(c, plan.bodies) for c in found[zone]], self._messages["unit_tasks"])
            for zone in scope
            if zone in found
        }
        return Column(cells, tuple(scope))

    def _listed(self, clause: Clause, *, place: bool) -> Claim:
        """The units of a clause, behind its place among those beside it where that is asked for."""
        claim = units_claim(clause, None, self._messages["units"])
        above = self._outline.parent(clause)
        if not place or above is None:
            return claim
        number = self._outline.children(above).index(clause) + 1
        return replace(claim, text=self._messages["at_place"].format(place=number, heading=claim.text))

    def _lists(self, plan: QueryPlan, scope: Sequence[str]) -> Column | None:
        """Units of the task that is named."""
        topic = self._which.topic(plan)
        if not topic or not (plan.asks is Ask.UNITS or cue("body").search(plan.focus)):
            return None
        extreme = {Op.HIGHEST, Op.LOWEST, Op.RANKING} & {*plan.ops}
        if not (extreme or cue("how_many_units").search(plan.focus)):
            return None
        if plan.bodies and not cue("including").search(plan.focus):
            return None
        about = {zone: clause for zone in scope if (clause := self._duties.about(zone, topic))}
        cells = {
            zone: count(
                [units_claim(clause, None, self._messages["units"])],
                self._messages["unit_units"],
                len(others(clause)),
                self._messages["with_government"].format(all=len(clause.units)),
            )
            for zone, clause in about.items()
        }
        return Column(cells, tuple(scope))

    def _parts(self, plan: QueryPlan, scope: Sequence[str]) -> Column | None:
        """Parts below the heading that is named."""
        if plan.asks is Ask.UNITS or plan.bodies:
            return None
        parts = {zone: part for zone in scope if (part := self._which.part(plan, zone))}
        headings = "".join(normalise(part.heading) for part in parts.values())
        if any(term.text not in headings for term in self._which.telling(plan)):
            return None
        cells = {
            zone: count(
                [task_claim(c, ()) for c in self._outline.children(part)],
                self._messages["unit_parts"],
            )
            for zone, part in parts.items()
        }
        return Column(cells, tuple(scope))

    def _counties(self, plan: QueryPlan, scope: Sequence[str]) -> Column | None:
        """Counties that are to develop an industry."""
        industries = cue("industry_count").search(plan.focus)
        if plan.places or not (industries or cue("belt_counties").search(plan.focus)):
            return None
        cells = {}
        for zone in scope:
            rows = [row for row in self._places if row.clause.zone == zone]
            if any(quoted in normalise(row.name) for quoted in plan.quoted for row in self._places):
                rows = [row for row in rows if any(q in normalise(row.name) for q in plan.quoted)]
            claims = [verbatim_claim(p) for p in dict.fromkeys(row.passage for row in rows)]
            if rows:
                unit = self._messages["unit_industries" if industries else "unit_counties"]
                cells[zone] = count(
                    claims, unit, len({row.name if industries else row.place for row in rows})
                )
        return Column(cells, tuple(scope))
