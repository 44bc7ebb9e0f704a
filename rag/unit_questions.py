"""Questions about units across zones: named once only, lists contrasted or in common, which unit of a kind."""

from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim, Marks
from rag.computing import Computed
from rag.contrast import in_all, only_in, unusual
from rag.cues import cue
from rag.duties import Duties, named
from rag.intents import Op
from rag.lexicon import data_file
from rag.plans import Ask, QueryPlan
from rag.replies import task_claim, units_claim
from rag.selection import Zones, asks_for_zones
from rag.tables import Row, compose, listed
from rag.types import Clause


class UnitQuestions:
    """Answers from the unit lists of several zones."""

    def __init__(self, duties: Duties, which: Zones) -> None:
        self._duties = duties
        self._which = which
        self._messages = data_file("messages", dict[str, str])

    def answer(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """The answer of the first kind that the plan asks for; None if it asks for none."""
        return self._rare(plan) or self._lists(plan, scope) or self.of_kind(plan, scope)

    def _rare(self, plan: QueryPlan) -> Computed | None:
        """Units that only one task of all names."""
        if Op.RARE not in plan.ops or not cue("body").search(plan.focus):
            return None
        marks = Marks()
        rows = [Row(unit, (self._home(c, unit),)) for unit, c in self._duties.rare().items()]
        return Computed(compose("", rows, marks, column="单位", head="市和任务"), marks) if rows else None

    def _home(self, clause: Clause, unit: str) -> Claim:
        claim = task_claim(clause, (unit,))
        return replace(claim, text=f"{clause.zone},{claim.text}")

    def _lists(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Unit lists of one task in several zones: what only one has, or what all share."""
        ops = {Op.CONTRAST, Op.COMMON, Op.DIFFERENCE} & set(plan.ops)
        if asks_for_zones(plan) and plan.bodies:
            return None
        if not ops or len(scope) < 2 or not (plan.asks is Ask.UNITS or cue("body").search(plan.focus)):
            return None
        topic = self._which.topic(replace(plan, bodies=()))
        about = {z: c for z in scope if (c := self._duties.about(z, topic))} if topic else {}
        if len(about) < 2:
            return None
        if Op.COMMON in ops:
            opening = self._messages["units_common"].format(units=listed(in_all(about)))
        else:
            own = only_in(about) if plan.zones else unusual(about)
            about = about if plan.zones else {zone: about[zone] for zone in own}
            parts = [
                self._messages["units_only" if units else "units_none"].format(zone=zone, units=listed(units))
                for zone, units in own.items()
            ]
            opening = ";".join(parts) + "。"
        marks = Marks()
        rows = [Row(z, (units_claim(c, None, self._messages["units"]),)) for z, c in about.items()]
        return Computed(compose(opening, rows, marks, head="责任单位"), marks)

    def of_kind(self, plan: QueryPlan, scope: Sequence[str], kind: str | None = None) -> Computed | None:
        """Which unit of a kind (哪家海关) each zone's lists name."""
        kind = kind or self._kind(plan, scope)
        if kind is None or not (plan.zones or plan.all_zones):
            return None
        about = replace(plan, bodies=(kind,))
        topic = self._which.topic(about)
        homes = self._which.tasks(about, scope) if topic else self._duties.of_unit(kind, scope)
        rows = []
        for zone, clauses in homes.items():
            units = dict.fromkeys(unit for c in clauses for unit in named(kind, c))
            proof = tuple(
                task_claim(next(c for c in clauses if unit in c.units), (unit,)).proof[0] for unit in units
            )
            rows.append(Row(zone, (Claim(listed(units), proof),)))
        rows += [
            Row(zone, (replace(units_claim(c, None, ""), text=self._messages["not_listed"]),))
            for zone in scope
            if topic and zone not in homes and (c := self._duties.about(zone, topic))
        ]
        marks = Marks()
        return Computed(compose("", rows, marks, head=kind), marks) if homes else None

    def _kind(self, plan: QueryPlan, scope: Sequence[str]) -> str | None:
        """The kind of unit of which one is asked for (哪家海关, 甲海关还是乙海关); None if there is no such question."""
        if len(plan.bodies) > 1 and cue("instead_of").search(plan.focus):
            shared = plan.bodies[0][-2:]
            return shared if all(body.endswith(shared) for body in plan.bodies) else None
        kinds = [
            b
            for b in plan.bodies
            if any(named(b, c) and b not in c.units for z in scope for c in self._duties.tasks(z))
        ]
        asked = any(
            f"{m.group()}{k}" in plan.focus for k in kinds for m in cue("which_body").finditer(plan.focus)
        )
        return kinds[0] if len(kinds) == 1 and asked else None
