"""Questions that run across zones → answers from fact tables and all clauses: which zones, computed figures, contrasts."""

from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim, Marks
from rag.claims import Claims
from rag.columns import Columns
from rag.comparing import Comparer
from rag.computing import Computed, Computer
from rag.contrast import differing, nearest, reordered
from rag.counts import Counts
from rag.crossing import Crossing
from rag.cues import cue
from rag.duties import Duties
from rag.evidence import Selector
from rag.facts import Facts
from rag.intents import Op, nth
from rag.lexicon import Term, data_file, normalise
from rag.limits import Limits
from rag.mentions import Mentions
from rag.parts import joined
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, heading_claim, units_claim, verbatim_claim
from rag.selection import Selection, Zones, asks_for_zones
from rag.summaries import Summaries
from rag.tables import Row, compose, listed
from rag.types import Answer, Clause, Status
from rag.unit_questions import UnitQuestions
from rag.verdicts import Verdict, lead

_SHOWN = 6  # differing phrases shown for a zone


class Operations:
    """Answers what no single zone's clauses answer."""

    def __init__(self, selector: Selector, outline: Outline, facts: Facts, zones: Sequence[str]) -> None:
        self._outline = outline
        self._is_thing = selector.lexicon.is_thing
        self._zones = tuple(zones)
        self._columns = Columns(selector, facts, zones)
        self._duties = Duties(selector, facts, zones)
        self._mentions = Mentions(selector, outline.clauses, zones)
        self._which = Zones(selector, outline, facts.places, self._columns, self._duties, self._mentions)
        self._counts = Counts(outline, facts.places, self._duties, self._which)
        self._summaries = Summaries(outline, self._columns, self._mentions)
        self._computer = Computer()
        self._comparer = Comparer(self._columns, self._computer)
        self._crossing = Crossing(self._columns)
        self._units = UnitQuestions(self._duties, self._which)
        self._claims = Claims(outline, self._duties, self._which, self._units, self._columns, zones)
        self._limits = Limits(
            selector, outline, facts, zones, self._columns, self._duties, self._mentions, self._which
        )
        self._messages = data_file("messages", dict[str, str])

    def narrowed(self, plan: QueryPlan) -> tuple[QueryPlan, Selection | None]:
        """The plan for the zones that its first step picks, and what picked them; unchanged where there is no such step."""
        if plan.within is None or plan.zones:
            return plan, None
        given = self._which.select(plan.within, plan.within.zones or self._zones)
        if given is None or len(given.zones) == len(self._zones):
            return plan, None
        return replace(plan, zones=tuple(given.zones)), given

    @property
    def limits(self) -> Limits:
        """What the corpus as a whole does not hold."""
        return self._limits

    def answer(self, plan: QueryPlan, given: Selection | None = None) -> Answer | None:
        """The answer of an operation; None where the plan names none, or none that the facts bear."""
        if plan.notice or plan.facet or plan.foreign:
            return None
        if beside := self._comparer.against_sum(plan):
            return Answer(beside.text, Status.ANSWERED, beside.marks.citations)
        if plan.confirm:
            judged = (
                self._comparer.judge(plan) if self._which.only_figures(plan) and not plan.bodies else None
            )
            judged = (
                judged
                or self._verbatim(plan)
                or self._crossing.answer(plan, plan.zones)
                or self._claims.judge(plan)
            )
            return Answer(judged.text, Status.ANSWERED, judged.marks.citations) if judged else None
        if plan.item and not plan.bodies and not asks_for_zones(plan):
            return None
        if cue("granted").search(plan.focus) and (refuted := self._comparer.refuted(plan)):
            return Answer(refuted.text, Status.ANSWERED, refuted.marks.citations)
        scope = tuple(zone for zone in plan.zones or self._zones if zone not in plan.excluded)
        if not scope:  # notices without zones
            return None
        if plan.reference and not plan.overview and not (plan.quoted and Op.LACK in plan.ops):
            if listing := self._summaries.answer(plan, scope):
                return Answer(listing.text, Status.ANSWERED, listing.marks.citations)
            named = self._headings(plan, scope)
            return Answer(named.text, Status.ANSWERED, named.marks.citations) if named else None
        computed = (
            self._appearing(plan, scope)
            or self._summaries.answer(plan, scope)
            or self._ordered(plan, scope)
            or self._items(plan, scope)
            or self._units.answer(plan, scope)
            or self._crossing.answer(plan, scope)
            or self._figures(plan, scope, given)
            or self._counted(plan, scope, given)
            or self._selected(plan, scope)
            or self._contrast(plan, scope)
        )
        if computed is None:
            return None
        if Op.CONTRAST in plan.ops and cue("contents").search(plan.focus) and cue("body").search(plan.focus):
            texts = self._contrast(replace(plan, terms=self._which.topic(replace(plan, bodies=()))), scope)
            parts = [Answer(c.text, Status.ANSWERED, c.marks.citations) for c in (computed, texts) if c]
            return joined(parts)
        return Answer(computed.text, Status.ANSWERED, computed.marks.citations)

    def _figures(self, plan: QueryPlan, scope: Sequence[str], given: Selection | None) -> Computed | None:
        """Computed from a column, or side by side where several zones are asked for a figure."""
        if (plan.bodies and not given) or (Op.LACK in plan.ops and asks_for_zones(plan)):
            return None
        if plan.bound and plan.asks is Ask.ZONES and not given:  # 总量15个及以上的市
            return None
        alike = Op.SAME in plan.ops and asks_for_zones(plan)  # 定了同样数字的市有哪些
        if (len(scope) < 2 and alike) or Op.SHARE in plan.ops or (nth(plan.focus) > 1 and len(scope) < 2):
            scope = self._zones
        column = self._columns.of(plan, scope)
        if column is None or len(scope) < 2:
            return None
        if {Op.HIGHEST, Op.LOWEST} & {*plan.ops} and not (self._which.only_figures(plan) or given):
            return None  # 哪个市的人才培训提到高校最多 is about no figure
        if computed := self._computer.answer(plan, column, given):
            return computed
        several = len(plan.zones) > 1 or plan.all_zones
        named = bool(self._columns.named(plan))
        wanted = several and named and self._which.only_figures(plan) and not asks_for_zones(plan)
        return self._computer.side_by_side(column) if wanted else None

    def _headings(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Zones in which the clause of a number is called otherwise than in most."""
        wanted = asks_for_zones(plan) or {Op.WORDING, Op.CONTRAST} & {*plan.ops}
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

    def _appearing(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """All places in which a plan speaks of one county or area."""
        if len(plan.places) != 1 or len(scope) != 1 or not cue("appearances").search(plan.focus):
            return None
        found = self._mentions.naming(plan.places[0], scope[0])
        marks = Marks()
        rows = [Row(c.heading or c.path[-1], tuple(map(verbatim_claim, parts))) for c, parts in found]
        return Computed(compose("", rows, marks, column="条款"), marks) if len(rows) > 1 else None

    def _ordered(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Zones that list the parts below a heading in another order than most, with the parts that changed places."""
        if len(scope) < 2 or not cue("order").search(plan.focus):
            return None
        parts = {z: self._outline.children(part) for z in scope if (part := self._which.part(plan, z))}
        moved = reordered({z: [_noun(c) for c in children] for z, children in parts.items()})
        if not moved:
            return None
        marks = Marks()
        rows = [
            Row(z, tuple(self._at(parts[z][place], place + 1) for place in places))
            for z, places in moved.items()
        ]
        return Computed(compose("", rows, marks), marks)

    def _at(self, clause: Clause, place: int) -> Claim:
        claim = heading_claim(clause)
        return replace(claim, text=self._messages["at_place"].format(place=place, heading=claim.text))

    def _items(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Several things named in a row, each with where it belongs."""
        if plan.bodies or not cue("each_thing").search(plan.focus):
            return None
        if plan.asks not in (Ask.ZONES, Ask.PLACE) and not cue("zones", "place").search(plan.focus):
            return None
        rows = []
        for item, terms in self._items_of(plan):
            missing = Claim(self._messages["item_missing"], ())
            rows.append(Row(item, self._homes(terms, scope, plan) or (missing,)))
        if sum(bool(row.claims[0].proof) for row in rows) < 2:
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
            terms = self._mentions.telling(inside)
            if terms or any(self._is_thing(t.text) for t in inside):
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

    def _counted(self, plan: QueryPlan, scope: Sequence[str], given: Selection | None) -> Computed | None:
        """What is counted, with what was counted."""
        column = self._counts.of(plan, scope)
        if column is None:
            return None
        if len(scope) > 1:
            if asks_for_zones(plan) and not {Op.HIGHEST, Op.LOWEST, Op.RANKING} & {*plan.ops}:
                return None
            return self._computer.answer(plan, column, given) or self._computer.side_by_side(column)
        cell = column.cells[scope[0]]
        marks = Marks()
        rows = [Row(f"{n}", (claim,)) for n, claim in enumerate(cell.claims, 1)]
        lead = self._messages["counted"].format(count=int(cell.value or 0), unit=cell.unit + cell.note)
        part = self._which.part(plan, scope[0])
        if part and cell.unit == self._messages["unit_parts"]:
            lead = f"{part.heading}{marks.of(heading_claim(part))}:{lead}"
        return Computed(compose(lead, rows, marks, column="序号", head="内容"), marks)

    def _selected(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """Which zones, with what shows it."""
        if len(scope) < 2 or not asks_for_zones(plan):
            return None
        chosen = self._which.select(plan, scope)
        if chosen is None:
            return None
        marks = Marks()
        zones = list(chosen.zones)
        rows = [Row(zone, self._with_place(plan, claims)) for zone, claims in chosen.zones.items() if claims]
        message = ("unit_lacking" if chosen.units else "lacking") if chosen.missing else ""
        if chosen.everywhere:
            message = "unit_none_lacking" if chosen.units else "none_lacking"
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

    def _with_place(self, plan: QueryPlan, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Claims with the heading they stand under and its units, where a question asks for these too."""
        clause = claims[0].proof[0].clause if claims[0].proof else None
        if clause is None or plan.bodies:
            return claims
        heading = heading_claim(clause) if clause.heading and cue("which_item").search(plan.focus) else None
        if heading and heading.text not in claims[0].text:
            claims = (heading, *claims)
        if clause.units_span and cue("units").search(plan.focus):
            claims = (*claims, units_claim(clause, None, self._messages["units"]))
        return claims

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
            aside = not self._mentions.titled(terms, found[zone])
            near = [p for p in passages if self._mentions.coverage(terms, p, heading=False)] if aside else []
            near = near or passages
            claims = tuple(verbatim_claim(p) for p in near[:_SHOWN])
            rows.append(Row(zone, claims or (Claim(self._messages["nothing_else"], ()),)))
        return Computed(compose(self._messages["differing"], rows, marks), marks)

    def _verbatim(self, plan: QueryPlan) -> Computed | None:
        """Whether zones write the same, word for word, with what differs."""
        if (
            len(plan.zones) < 2
            or not cue("verbatim").search(plan.focus)
            or self._units.lists(plan, plan.zones)
        ):
            return None
        terms = tuple(t for t in plan.terms if not cue("verbatim").search(t.text))
        texts = self._contrast(replace(plan, ops=(Op.CONTRAST,), terms=terms, quoted=()), plan.zones)
        if texts is None:
            return None
        same = texts.text.count(self._messages["nothing_else"]) == len(plan.zones)
        return Computed(f"{lead(plan, Verdict(same))}{texts.text}", texts.marks)

    def _likest(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """For words in quotation marks, what stands nearest to them in each zone."""
        marks = Marks()
        near = nearest(plan.quoted[0], {zone: self._outline.of_zone(zone) for zone in scope})
        rows = [Row(zone, (verbatim_claim(passage),)) for zone, passage in near.items()]
        return Computed(compose(self._messages["differing"], rows, marks), marks) if len(rows) > 1 else None


def _noun(clause: Clause) -> str:
    """The end of a heading, which names the thing whatever is done with it (构建…体系, 健全…体系)."""
    return normalise(clause.heading)[-6:]
