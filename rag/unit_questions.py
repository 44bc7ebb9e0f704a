"""Questions about units across zones: named once only, lists contrasted or in common, which unit of a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.citations import Claim, Marks
from rag.computing import Computed
from rag.contrast import in_all, only_in, unusual
from rag.cues import cue
from rag.duties import Duties, named, others
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
        return self._rare(plan) or self._own(plan) or self._lists(plan, scope) or self.of_kind(plan, scope)

    def _rare(self, plan: QueryPlan) -> Computed | None:
        """Units that only one task of all names."""
        if Op.RARE not in plan.ops or not cue("body").search(plan.focus):
            return None
        marks = Marks()
        rows = [Row(unit, (self._home(c, unit),)) for unit, c in self._duties.rare().items()]
        return Computed(compose("", rows, marks, column="单位", head="市和任务"), marks) if rows else None

    def _own(self, plan: QueryPlan) -> Computed | None:
        """Units that one zone lists for a task and no other zone does (多出一家别的市都没有的单位)."""
        if len(plan.zones) != 1 or Op.CONTRAST not in plan.ops or not cue("any_other").search(plan.focus):
            return None
        topic = self._which.topic(plan)
        homes = self._duties.homes()
        zone = plan.zones[0]
        about = {z: c for z in homes if (c := self._duties.about(z, topic))} if topic else {}
        if zone not in about or len(about) < 2:
            return None
        theirs = {unit for z, c in about.items() if z != zone for unit in others(c)}
        own = tuple(unit for unit in others(about[zone]) if unit not in theirs)
        message = "units_only" if own else "units_none"
        marks = Marks()
        rows = [Row(zone, (units_claim(about[zone], None, self._messages["units"]),))]
        opening = self._messages[message].format(zone=zone, units=listed(own)) + "。"
        return Computed(compose(opening, rows, marks), marks)

    def _home(self, clause: Clause, unit: str) -> Claim:
        claim = task_claim(clause, (unit,))
        return replace(claim, text=f"{clause.zone},{claim.text}")

    def _lists(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Unit lists of one task in several zones: what only one has, or what all share."""
        ops = {Op.CONTRAST, Op.COMMON, Op.DIFFERENCE} & set(plan.ops)
        if not ops or (asks_for_zones(plan) and plan.bodies):
            return None
        lists = self.lists(plan, scope)
        if not lists:
            return None
        if Op.COMMON not in ops:
            return self.contrasted(plan, lists)
        opening = self._messages["units_common"].format(units=listed(in_all(lists)))
        marks = Marks()
        rows = [Row(z, (units_claim(c, None, self._messages["units"]),)) for z, c in lists.items()]
        return Computed(compose(opening, rows, marks, head="责任单位"), marks)

    def lists(self, plan: QueryPlan, scope: Sequence[str]) -> dict[str, Clause]:
        """Zone → the task that a question about unit lists names; empty if it is no such question."""
        asked = plan.asks is Ask.UNITS or cue("body").search(_unquoted(plan))
        if len(scope) < 2 or not asked:
            return {}
        topic = self._which.topic(replace(plan, bodies=()))
        about = {z: c for z in scope if (c := self._duties.about(z, topic))} if topic else {}
        return about if len(about) > 1 else {}

    def contrasted(self, plan: QueryPlan, lists: Mapping[str, Clause]) -> Computed:
        """What of several lists is not in all: for two zones both lists, for more what each has besides."""
        marks = Marks()
        if asks_for_zones(plan):
            own = unusual(lists)
            lists = {zone: lists[zone] for zone in own} or lists
        own = own if asks_for_zones(plan) and own else only_in(lists)
        if len(plan.zones) > 1 or asks_for_zones(plan):
            parts = [
                self._messages["units_only" if units else "units_none"].format(zone=zone, units=listed(units))
                for zone, units in own.items()
            ]
            rows = [Row(z, (units_claim(c, None, self._messages["units"]),)) for z, c in lists.items()]
            return Computed(compose(";".join(parts) + "。", rows, marks, head="责任单位"), marks)
        opening = self._messages["units_common"].format(units=listed(in_all(lists)))
        besides = {z: listed(units) or self._messages["units_no_other"] for z, units in own.items()}
        rows = [Row(z, (replace(units_claim(c, None, ""), text=besides[z]),)) for z, c in lists.items()]
        return Computed(compose(opening, rows, marks, head=self._messages["units_besides"]), marks)

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
            shared = {self._duties.kind(body) for body in plan.bodies} - {""}
            return shared.pop() if len(shared) == 1 else None
        kinds = [
            b
            for b in plan.bodies
            if any(named(b, c) and b not in c.units for z in scope for c in self._duties.tasks(z))
        ]
        if cue("all_units").search(plan.focus):
            return None
        asked = any(
            f"{m.group()}{k}" in plan.focus for k in kinds for m in cue("which_body").finditer(plan.focus)
        )
        return kinds[0] if len(kinds) == 1 and asked else None


def _unquoted(plan: QueryPlan) -> str:
    """What a question asks without what it quotes."""
    text = plan.focus
    for quoted in plan.quoted:
        text = text.replace(quoted, "")
    return text
