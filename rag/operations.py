"""Questions that run across zones → answers from fact tables and all clauses: which zones, computed figures, contrasts."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim, Marks
from rag.columns import Columns
from rag.comparing import Comparer
from rag.computing import Computed, Computer
from rag.contrast import differing, in_all, nearest, only_in, unusual
from rag.counts import Counts
from rag.cues import cue
from rag.duties import Duties, named
from rag.evidence import Selector
from rag.facts import Facts
from rag.intents import Op
from rag.lexicon import Term, data_file, normalise
from rag.mentions import Mentions
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, heading_claim, task_claim, units_claim, verbatim_claim
from rag.selection import Selection, Zones
from rag.summaries import Summaries
from rag.tables import Row, compose, listed
from rag.types import Answer, Clause, Status
from rag.verdicts import Verdict, lead

_ONLY = "(?:{only})[^,，。]{{0,3}}{zone}|{zone}(?:市|方案)?(?:{only})"
_SHOWN = 6  # differing phrases shown for a zone


class Operations:
    """Answers what no single zone's clauses answer."""

    def __init__(self, selector: Selector, outline: Outline, facts: Facts, zones: Sequence[str]) -> None:
        self._is_verb = selector.lexicon.is_verb
        self._outline = outline
        self._places = facts.places
        self._zones = tuple(zones)
        self._columns = Columns(selector, facts, zones)
        self._duties = Duties(selector, facts, zones)
        self._mentions = Mentions(selector, outline.clauses, zones)
        self._which = Zones(selector, outline, facts.places, self._columns, self._duties, self._mentions)
        self._counts = Counts(outline, facts.places, self._duties, self._which)
        self._summaries = Summaries(outline, self._columns, self._mentions)
        self._computer = Computer()
        self._comparer = Comparer(self._columns, self._computer)
        self._messages = data_file("messages", dict[str, str])

    def narrowed(self, plan: QueryPlan) -> tuple[QueryPlan, Selection | None]:
        """The plan for the zones that its first step picks, and what picked them; unchanged where there is no such step."""
        if plan.within is None or plan.zones:
            return plan, None
        given = self._which.select(plan.within, plan.within.zones or self._zones)
        if given is None or len(given.zones) == len(self._zones):
            return plan, None
        return replace(plan, zones=tuple(given.zones)), given

    def answer(self, plan: QueryPlan, given: Selection | None = None) -> Answer | None:
        """The answer of an operation; None where the plan names none, or none that the facts bear."""
        if plan.notice or plan.facet or plan.foreign:
            return None
        if plan.confirm:
            judged = self._comparer.judge(plan) if self._only_figures(plan) else None
            judged = judged or self._exclusive(plan) or self._universal(plan) or self._in_charge(plan)
            return Answer(judged.text, Status.ANSWERED, judged.marks.citations) if judged else None
        if plan.item and not plan.bodies:
            return None
        scope = tuple(zone for zone in plan.zones or self._zones if zone not in plan.excluded)
        if plan.reference and not plan.overview:
            if listing := self._summaries.answer(plan, scope):
                return Answer(listing.text, Status.ANSWERED, listing.marks.citations)
            named = self._headings(plan, scope)
            return Answer(named.text, Status.ANSWERED, named.marks.citations) if named else None
        computed = (
            self._summaries.answer(plan, scope)
            or self._rare(plan)
            or self._items(plan, scope)
            or self._lists(plan, scope)
            or self._body_kinds(plan, scope)
            or self._figures(plan, scope, given)
            or self._counted(plan, scope, given)
            or self._selected(plan, scope)
            or self._contrast(plan, scope)
        )
        if computed is None:
            return None
        return Answer(computed.text, Status.ANSWERED, computed.marks.citations)

    def unstated(self, plan: QueryPlan) -> bool:
        """True if a question asks one zone for a figure that only other zones state."""
        if plan.confirm or plan.asks is not Ask.VALUE or len(plan.zones) != 1 or plan.reference:
            return False
        named = set(self._columns.named(plan))
        if not named or not self._things(plan) <= named:
            return False
        column = self._columns.of(plan)
        return column is not None and plan.zones[0] not in column.cells

    def _in_charge_elsewhere(self, plan: QueryPlan, zone: str) -> Answer | None:
        """The tasks of a unit in other zones, where the zone asked about gives it none."""
        homes = self._duties.of_unit(plan.bodies[0], self._zones)
        if not homes or zone in homes:
            return None
        marks = Marks()
        rows = [Row(z, tuple(task_claim(c, plan.bodies) for c in tasks)) for z, tasks in homes.items()]
        opening = self._messages["elsewhere"].format(zone=zone, owner=listed(homes))
        return Answer(compose(opening, rows, marks), Status.ANSWERED, marks.citations)

    def _things(self, plan: QueryPlan) -> set[Term]:
        """What a question speaks of, words for making it left out."""
        made = cue("makes")
        return {t for t in self._which.telling(plan) if not (self._is_verb(t.text) or made.fullmatch(t.text))}

    def without_industry(self, plan: QueryPlan) -> bool:
        """True if a question asks for the belts of a county that no plan gives any."""
        asked = cue("belts").search(plan.focus) and not plan.confirm and len(plan.places) == 1
        return bool(asked and not any(plan.places[0] in row.place for row in self._places))

    def misplaced(self, plan: QueryPlan) -> Answer | None:
        """What another zone has, where a question looks for it in the wrong one; None for other questions."""
        if plan.confirm or len(plan.zones) != 1 or plan.reference:
            return None
        zone = plan.zones[0]
        if plan.bodies and not self._which.topic(plan):
            return self._in_charge_elsewhere(plan, zone)
        owned = self._mentions.owned_elsewhere(plan, zone)
        if owned is None:
            return None
        owner, passage = owned
        marks = Marks()
        of_units = plan.asks is Ask.UNITS and passage.clause.units_span
        claim = (
            units_claim(passage.clause, passage, self._messages["units"])
            if of_units
            else verbatim_claim(passage)
        )
        text = (
            self._messages["elsewhere"].format(zone=zone, owner=owner) + claim.text + marks.of(claim) + "。"
        )
        return Answer(text, Status.ANSWERED, marks.citations)

    def _figures(self, plan: QueryPlan, scope: Sequence[str], given: Selection | None) -> Computed | None:
        """Computed from a column, or side by side where several zones are asked for a figure."""
        if (plan.bodies and not given) or (Op.LACK in plan.ops and _asks_for_zones(plan)):
            return None
        if Op.SHARE in plan.ops:
            scope = self._zones
        column = self._columns.of(plan, scope)
        if column is None or len(scope) < 2:
            return None
        if computed := self._computer.answer(plan, column, given):
            return computed
        several = len(plan.zones) > 1 or plan.all_zones
        named = bool(self._columns.named(plan))
        wanted = several and named and self._only_figures(plan) and not _asks_for_zones(plan)
        return self._computer.side_by_side(column) if wanted else None

    def _only_figures(self, plan: QueryPlan) -> bool:
        """True if a question speaks of nothing but an indicator."""
        return set(self._which.telling(plan)) <= set(self._columns.named(plan))

    def _exclusive(self, plan: QueryPlan) -> Computed | None:
        """Whether a zone is the only one (只有甲提了); all that are decide."""
        zone = plan.zones[0] if len(plan.zones) == 1 else ""
        if not zone or not re.search(_ONLY.format(zone=zone, only=cue("only_zone").pattern), plan.focus):
            return None
        chosen = self._which.select(replace(plan, zones=(), asks=Ask.ZONES, ops=(), bound=None), self._zones)
        if chosen is None or zone not in chosen.zones:
            return None
        return self._judged(plan, chosen, holds=len(chosen.zones) == 1)

    def _in_charge(self, plan: QueryPlan) -> Computed | None:
        """Whether a unit stands in any list of a zone; for claims that name no task."""
        if len(plan.zones) != 1 or len(plan.bodies) != 1 or self._which.topic(plan):
            return None
        zone, body = plan.zones[0], plan.bodies[0]
        tasks = self._duties.of_unit(body, (zone,)).get(zone, [])
        kin = self._duties.of_unit(body[-2:], (zone,)).get(zone, [])
        shown = tasks[:1] or kin[:1]
        if not shown:
            return None
        marks = Marks()
        row = Row(zone, (task_claim(shown[0], (body if tasks else body[-2:],)),))
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
        if kind := next((b[-2:] for b in plan.bodies if self._duties.of_unit(b[-2:], self._zones)), ""):
            plan_kind = replace(plan, bodies=(kind,))
            chosen = self._which.select(plan, self._zones)
            every = self._body_kinds(replace(plan_kind, all_zones=True), self._zones, kind)
            if chosen and every and len(chosen.zones) < len(self._zones):
                return Computed(lead(plan, Verdict(holds=False)) + "\n\n" + every.text, every.marks)
        chosen = self._which.select(replace(plan, asks=Ask.ZONES, ops=()), self._zones)
        return self._judged(plan, chosen, holds=len(chosen.zones) == len(self._zones)) if chosen else None

    def _judged(self, plan: QueryPlan, chosen: Selection, *, holds: bool) -> Computed:
        marks = Marks()
        opening = lead(plan, Verdict(holds))
        count = self._messages["which"].format(count=len(chosen.zones), zones=listed(chosen.zones))
        rows = [Row(zone, claims[:1]) for zone, claims in chosen.zones.items()]
        return Computed(compose(opening + (count if len(rows) > 1 else ""), rows, marks), marks)

    def _headings(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Zones in which the clause of a number is called otherwise than in most."""
        wanted = _asks_for_zones(plan) or {Op.WORDING, Op.CONTRAST} & {*plan.ops}
        if len(scope) < 2 or not wanted:
            return None
        clauses = {zone: c for zone in scope if (c := self._referenced(plan, zone))}
        names = [clause.heading for clause in clauses.values()]
        usual = max(names, key=names.count, default="")
        marks = Marks()
        called = (
            plan.quoted[-1] if plan.quoted and any(plan.quoted[-1] == normalise(n) for n in names) else ""
        )
        rows = [
            Row(zone, (heading_claim(c),))
            for zone, c in clauses.items()
            if (
                normalise(c.heading) == called
                if called and called != normalise(usual)
                else c.heading != usual
            )
        ]
        return Computed(compose("", rows, marks), marks) if rows else None

    def _referenced(self, plan: QueryPlan, zone: str) -> Clause | None:
        numbers = tuple(map(str, plan.reference))
        if not plan.reference[0] and (part := self._outline.part(zone, plan.focus)):
            numbers = (*part.numbers, *numbers[1:])
        return self._outline.numbered(zone, numbers)

    def _rare(self, plan: QueryPlan) -> Computed | None:
        """Units that only one task of all names."""
        if Op.RARE not in plan.ops or not cue("body").search(plan.focus):
            return None
        marks = Marks()
        rows = [Row(unit, (self._home(c, unit),)) for unit, c in self._duties.rare().items()]
        return Computed(compose("", rows, marks, column="单位", head="市和任务"), marks) if rows else None

    def _items(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Several things named in a row, each with where it belongs."""
        if plan.bodies or not cue("each_thing").search(plan.focus):
            return None
        if plan.asks not in (Ask.ZONES, Ask.PLACE) and not cue("zones", "place").search(plan.focus):
            return None
        rows = []
        for item, terms in self._items_of(plan):
            claims = self._homes(terms, scope, plan)
            if not claims:
                return None
            rows.append(Row(item, claims))
        if len(rows) < 2:
            return None
        marks = Marks()
        return Computed(compose("", rows, marks, column="项目"), marks)

    def _items_of(self, plan: QueryPlan) -> list[tuple[str, tuple[Term, ...]]]:
        """Things named side by side (甲、乙、丙各归哪里), each with the terms that tell it."""
        runs = (run for run in cue("clause_end").split(plan.focus) if cue("joins").search(run))
        best = max(runs, key=lambda run: len(cue("joins").findall(run)), default="")
        items: list[tuple[str, tuple[Term, ...]]] = []
        if cue("interrogative").search(cue("joins").split(best)[0]):
            return items
        for piece in cue("joins").split(best):
            inside = [t for t in plan.terms if t.text in piece and not cue("belt").fullmatch(t.text)]
            if terms := self._mentions.telling(inside):
                start = min(piece.find(t.text) for t in inside)
                end = max(piece.find(t.text) + len(t.text) for t in inside)
                items.append((piece[start:end], terms))
        return items

    def _homes(self, terms: Sequence[Term], scope: Sequence[str], plan: QueryPlan) -> tuple[Claim, ...]:
        """Where a thing belongs: the county that is to develop it, else the zones that speak of it."""
        by_zone = self._which.industries(terms, scope) or {
            zone: tuple(map(verbatim_claim, self._mentions.shortest(hits[0].passage, terms, ())))
            for zone, hits in self._mentions.of(terms, (), scope).items()
        }
        return tuple(
            claim if zone in plan.zones else replace(claim, text=f"{zone},{claim.text}")
            for zone, claims in by_zone.items()
            for claim in claims
        )

    def _home(self, clause: Clause, unit: str) -> Claim:
        claim = task_claim(clause, (unit,))
        return replace(claim, text=f"{clause.zone},{claim.text}")

    def _lists(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Unit lists of one task in several zones: what only one has, or what all share."""
        ops = {Op.CONTRAST, Op.COMMON, Op.DIFFERENCE} & set(plan.ops)
        if _asks_for_zones(plan) and plan.bodies:
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

    def _body_kinds(self, plan: QueryPlan, scope: Sequence[str], kind: str | None = None) -> Computed | None:
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

    def _counted(self, plan: QueryPlan, scope: Sequence[str], given: Selection | None) -> Computed | None:
        """What is counted, with what was counted."""
        column = self._counts.of(plan, scope)
        if column is None:
            return None
        if len(scope) > 1:
            if _asks_for_zones(plan) and not {Op.HIGHEST, Op.LOWEST, Op.RANKING} & {*plan.ops}:
                return None
            return self._computer.answer(plan, column, given) or self._computer.side_by_side(column)
        cell = column.cells[scope[0]]
        marks = Marks()
        rows = [Row(f"{n}", (claim,)) for n, claim in enumerate(cell.claims, 1)]
        lead = self._messages["counted"].format(count=int(cell.value or 0), unit=cell.unit)
        return Computed(compose(lead, rows, marks, column="序号", head="内容"), marks)

    def _selected(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Which zones, with what shows it."""
        if len(scope) < 2 or not _asks_for_zones(plan):
            return None
        chosen = self._which.select(plan, scope)
        if chosen is None:
            return None
        marks = Marks()
        zones = list(chosen.zones)
        rows = [Row(zone, claims) for zone, claims in chosen.zones.items() if claims]
        message = ("unit_lacking" if chosen.units else "lacking") if chosen.missing else ""
        if not message and len(zones) > 1:
            message = "which_unit" if chosen.units else "which"
        lead = (
            self._messages[message].format(
                count=len(zones), zones=listed(zones), missing=chosen.missing, units=listed(chosen.units)
            )
            if message
            else ""
        )
        return Computed(compose(lead, rows, marks), marks)

    def _contrast(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """What the clauses of a topic say differently."""
        if Op.CONTRAST not in plan.ops or not 2 <= len(scope) <= len(self._zones):
            return None
        if plan.quoted:
            return self._likest(plan, scope)
        terms = self._mentions.telling(plan.terms)
        found = self._mentions.best(terms, scope)
        if len(found) < 2:
            return None
        runs = differing({zone: [clause] for zone, clause in found.items()})
        marks = Marks()
        rows = []
        for zone, passages in runs.items():
            near = [p for p in passages if self._mentions.coverage(terms, p, heading=False)] or passages
            claims = tuple(verbatim_claim(p) for p in near[:_SHOWN])
            rows.append(Row(zone, claims or (Claim(self._messages["nothing_else"], ()),)))
        return Computed(compose(self._messages["differing"], rows, marks), marks)

    def _likest(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """For words in quotation marks, what stands nearest to them in each zone."""
        marks = Marks()
        near = nearest(plan.quoted[0], {zone: self._outline.of_zone(zone) for zone in scope})
        rows = [Row(zone, (verbatim_claim(passage),)) for zone, passage in near.items()]
        return Computed(compose(self._messages["differing"], rows, marks), marks) if len(rows) > 1 else None


def _asks_for_zones(plan: QueryPlan) -> bool:
    return bool(
        plan.asks is Ask.ZONES or Op.COUNT in plan.ops or (plan.bodies and cue("zones").search(plan.focus))
    )
