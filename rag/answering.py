"""Replies of the zones → one answer: scope, corrections, one zone, several zones, no zone named, refusals."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.citations import Marks, make_citation
from rag.cues import cue, wordings
from rag.evidence import Selector
from rag.extractive import SURE, Extractive
from rag.lexicon import Term, data_file
from rag.operations import Operations
from rag.parts import joined
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, Refusal, Reply
from rag.retrieval import Found
from rag.selection import Selection
from rag.statements import KNOWN
from rag.tables import Row, compose
from rag.types import Answer, Status
from rag.verdicts import Verdict, lead

_PARTS = re.compile("[,，;；。?？!！]")
_BELONGS = "(?:{0})[^,。?]{{0,2}}{1}"
_LONG = 400  # characters; a longer answer to a question without a zone is asked back instead
_SAME = 0.1  # zones this close to the best one answer equally well
_SCOPE = 0.3  # least share of a question without a zone that the corpus must know
_ABSENT = 0.5  # coverage below which a zone does not have what a claim is about
_RELATED = 3  # clauses offered beside a refusal
_MEASURES = ("亿", "万元", "%")  # units of figures that need no name: 要做多少亿
_TABLE = 3  # rows from which a table is easier to read than lines


class Answerer:
    """Composes answers from an engine's replies."""

    def __init__(
        self, engine: Extractive, operations: Operations, selector: Selector, outline: Outline
    ) -> None:
        self._engine = engine
        self._operations = operations
        self._selector = selector
        self._scorer = selector.scorer
        self._outline = outline
        self._messages = data_file("messages", dict[str, str])
        self._aims = wordings("goal")
        self._zones = tuple(dict.fromkeys(c.zone for c in outline.clauses if c.zone))

    def narrowed(self, plan: QueryPlan) -> tuple[QueryPlan, Selection | None]:
        """The plan for the zones that the first of its two steps picks, and what picked them."""
        return self._operations.narrowed(plan)

    def answer(
        self,
        plan: QueryPlan,
        found: Sequence[Found],
        elsewhere: Sequence[Found] = (),
        given: Selection | None = None,
    ) -> Answer:
        """Answer a plan from what was found, or refuse with the nearest clauses.

        Args:
            plan: the question as understood.
            found: clauses of each zone asked about; without a zone, of each zone that has some.
            elsewhere: the same for all zones, where a claim about one zone may be true of another.
        """
        plan = self._headed(self._topical(plan))
        named = plan.terms or plan.reference or plan.quoted or plan.targets or (plan.confirm and plan.years)
        if plan.zones and not (named or plan.overview):
            return self._ask_back(plan)
        correction = self._engine.premise(plan, found[0]) if len(found) == 1 and not plan.confirm else None
        beyond = bool(
            correction and plan.reference and not correction.figure
        )  # 五大产业带第五条: there is none
        if correction and plan.asks in (Ask.TEXT, Ask.LIST):
            listing = self._counted(replace(plan, reference=()), correction)
            beyond, plan = beyond and not listing.reference, listing if listing.reference else plan
        if correction:
            plan = self._put_right(plan)
        answer = self._with_outside(self._checked(plan, found, elsewhere, given), plan)
        if correction is None:
            return answer
        corrected = self._one(correction, named=bool(plan.zones))
        listed = len(correction.claims) > 2
        enough = beyond or listed or (correction.figure and plan.asks is Ask.TEXT)
        return corrected if enough or answer.status.refused else joined((corrected, answer))

    def _put_right(self, plan: QueryPlan) -> QueryPlan:
        """The plan without the years and unknown places that a correction has dealt with."""
        known = tuple(p for p in plan.places if any(self._outline.mentions(z, p) for z in plan.zones))
        unknown = {*plan.places} - {*known}
        terms = tuple(t for t in plan.terms if t.text not in unknown)
        wrong = [q for q in plan.quoted if not any(self._outline.mentions(z, q) for z in plan.zones)]
        focus = plan.focus
        for quoted in wrong:
            focus = focus.replace(quoted, "")
        kept = tuple(quoted for quoted in plan.quoted if quoted not in wrong)
        return replace(plan, years=(), places=known, terms=terms or plan.terms, focus=focus, quoted=kept)

    def _counted(self, plan: QueryPlan, correction: Reply) -> QueryPlan:
        """The plan for the clause whose heading corrects how many parts it has (三大体系都有哪些: 六大体系)."""
        clause = correction.claims[0].proof[0].clause
        named = self._outline.children(clause) and all(number.isdigit() for number in clause.numbers)
        return replace(plan, reference=tuple(map(int, clause.numbers))) if named else plan

    def _with_outside(self, answer: Answer, plan: QueryPlan) -> Answer:
        """The answer with a note on places asked about that the corpus does not cover."""
        if not plan.outside or answer.status.refused:
            return answer
        note = self._messages["outside"].format(foreign="、".join(plan.outside))
        return replace(answer, text=f"{answer.text}\n\n{note}", status=Status.PARTIAL)

    def _checked(
        self,
        plan: QueryPlan,
        found: Sequence[Found],
        elsewhere: Sequence[Found],
        given: Selection | None,
    ) -> Answer:
        """The answer to a plan whose premises hold."""
        try:
            self._operations.limits.check(plan)
            if across := self._operations.answer(plan, given) or self._operations.limits.misplaced(plan):
                return across
            self._check(plan, found)
            if corrected := self._corrected(plan, found, elsewhere):
                return corrected
            if given:
                return self._given(plan, given, found)
            if len(found) == 1:
                return self._one(self._engine.reply(plan, found[0]), named=bool(plan.zones))
            replies = self._replies(plan, found)
            return self._several(plan, replies) if plan.zones else self._open(plan, replies)
        except Refusal as refusal:
            return self._refused(refusal, plan, found)

    def _topical(self, plan: QueryPlan) -> QueryPlan:
        """The plan without terms that name units; one about goals and nothing else asks for all figures."""
        rest = tuple(
            t for t in plan.terms if not any(t.text in unit or unit in t.text for unit in plan.units)
        )
        if plan.units and any(self._scorer.known(term) for term in rest):
            plan = replace(plan, terms=rest)
        specific = [t for t in plan.terms if self._scorer.known(t) and t.text not in self._aims]
        bare = plan.aims or (plan.asks is Ask.VALUE and plan.asked_unit in _MEASURES)
        bare = bare or (
            bool(plan.years) and plan.asks is Ask.TEXT and not plan.terms[1:]
        )  # 到2025年要干成啥样
        return replace(plan, targets=plan.targets or (bare and not specific))

    def _headed(self, plan: QueryPlan) -> QueryPlan:
        """A plan that names nothing but a heading (主要任务), or what one quotes (7+N), refers to that clause."""
        if len(plan.zones) != 1 or plan.reference or any(map(self._scorer.known, plan.terms)):
            return plan
        zone = plan.zones[0]
        clause = self._outline.headed(zone, plan.heading) if plan.heading and not plan.terms else None
        if plan.quoted and not plan.confirm:
            clause = clause or self._outline.part(zone, plan.quoted[0])
        return replace(plan, reference=tuple(map(int, clause.numbers))) if clause else plan

    def _check(self, plan: QueryPlan, found: Sequence[Found]) -> None:
        """Refuse what no clause can answer, before looking."""
        unnamed = [p for p in plan.places if not any(self._outline.mentions(z, p) for z in plan.zones)]
        aside = cue("from").search(plan.question)
        again = aside and any(plan.question.count(place) > 1 for place in unnamed)
        asked_about = not plan.confirm and (not aside or again)
        if asked_about and unnamed and len(unnamed) == len(plan.places):
            raise Refusal("not_found_county", zone="、".join(plan.zones), place="、".join(unnamed))
        least = 0.01 if plan.zones else _SCOPE
        quoted = any(self._scorer.holds(words) for words in plan.quoted)
        named = plan.notice or plan.reference or plan.targets or (plan.zones and plan.confirm and plan.years)
        named = named or quoted or (plan.aims and plan.all_zones)
        aimed = named or self._scorer.in_scope(plan.terms) >= least
        if not aimed or not any(group.clauses for group in found):
            raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
        if plan.foreign and not (plan.confirm and plan.notice):
            nearest = max(self._engine.statements.best(plan, group).score for group in found if group.clauses)
            if nearest < KNOWN + _SAME and not plan.targets:
                raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
            raise Refusal("not_found_place", zones="、".join(self._zones), foreign="、".join(plan.foreign))

    def _corrected(
        self, plan: QueryPlan, found: Sequence[Found], elsewhere: Sequence[Found]
    ) -> Answer | None:
        """A claim about one zone whose subject only another zone has: 不是, with that zone's text."""
        if len(found) == 2 and plan.confirm and (owner := self._owner_by_place(plan, found)):
            reply = self._engine.statements.text(plan, owner)
            return self._one(
                replace(reply, lead=lead(plan, Verdict(holds=False)) + f"{owner.zone}:"), named=True
            )
        if not plan.confirm or plan.units or len(found) != 1 or self._engine.reworded(plan, found[0]):
            return None
        subject = replace(plan, terms=self._engine.judge.subject(plan))
        literal = self._literal(plan)
        owned = {
            term: zones for term in (*literal, *subject.terms) if len(zones := self._scorer.zones(term)) == 1
        }
        if literal and (owner := self._owner(literal, owned, plan, elsewhere)):
            reply = self._engine.statements.text(replace(subject, terms=(*literal, *subject.terms)), owner)
            return self._one(
                replace(reply, lead=lead(plan, Verdict(holds=False)) + f"{owner.zone}:"), named=True
            )
        owner = next((g for g in elsewhere if {g.zone} in owned.values() and g.zone not in plan.zones), None)
        if owner is None or self._coverage(subject, found[0]) > _ABSENT:
            return None
        absent = [t for t in plan.terms if self._lacked(t, plan.zones)]
        if any(owner.zone not in self._scorer.zones(term) for term in absent):
            return None  # no other zone has all that is claimed either
        # Where all is claimed of the zone (要去甲国建海外仓), what it does have of that says more than another zone.
        shared = tuple(term for term in subject.terms if owned.get(term, set()) <= {*plan.zones})
        belongs = re.search(_BELONGS.format(cue("belongs").pattern, plan.zones[0]), plan.claim)
        undivided = not belongs and subject.terms == plan.terms and any(map(self._scorer.known, shared))
        if undivided and self._coverage(replace(plan, terms=shared), found[0]) > _ABSENT:
            return None
        reply = self._engine.statements.text(subject, owner)
        return self._one(replace(reply, lead=lead(plan, Verdict(holds=False)) + f"{owner.zone}:"), named=True)

    def _owner_by_place(self, plan: QueryPlan, found: Sequence[Found]) -> Found | None:
        """The zone that only a place names, where a claim says that its thing is another zone's (薛城园是甲市的吧)."""
        named = [group for group in found if f"{group.zone}" in plan.focus]
        if len(named) != 1 or not re.search(
            _BELONGS.format(cue("belongs").pattern, named[0].zone), plan.claim
        ):
            return None
        return next(group for group in found if group is not named[0])

    def _lacked(self, term: Term, zones: Sequence[str]) -> bool:
        """True if other zones have a proper name and these do not."""
        homes = self._scorer.zones(term)
        return bool(homes) and not homes & {*zones} and self._selector.lexicon.is_name(term.text)

    def _literal(self, plan: QueryPlan) -> tuple[Term, ...]:
        """What a claim that something is a zone's takes over word for word, names of places aside."""
        zone = plan.zones[0] if plan.zones else ""
        if not zone or not re.search(_BELONGS.format(cue("belongs").pattern, zone), plan.claim):
            return ()
        text = plan.focus
        for name in (*plan.places, zone):
            text = text.replace(name, "\n")
        return self._selector.literal(text)

    def _owner(
        self,
        literal: Sequence[Term],
        owned: Mapping[Term, set[str | None]],
        plan: QueryPlan,
        elsewhere: Sequence[Found],
    ) -> Found | None:
        """The other zone whose plan alone has what the claim takes over word for word, where the zone has none of it."""
        if any(set(plan.zones) & self._scorer.zones(term) for term in literal):
            return None
        zones = {zone for term in literal for zone in owned.get(term, ())}
        return next((group for group in elsewhere if {group.zone} == zones), None)

    def _coverage(self, plan: QueryPlan, group: Found) -> float:
        """Share of what the corpus knows of the question that one zone's best sentence covers."""
        known = tuple(term for term in plan.terms if self._scorer.known(term))
        return self._engine.statements.best(replace(plan, terms=known), group).score

    def _replies(self, plan: QueryPlan, found: Sequence[Found]) -> list[Reply]:
        """Replies of all zones that have one.

        Raises:
            Refusal: none has; the reason is that of the first.
        """
        replies: list[Reply] = []
        refusals: list[Refusal] = []
        by_zone = self._divided(plan)
        for group in found:
            try:
                own = self._placed(by_zone.get(group.zone, plan), group)
                replies.append(self._engine.reply(own, group))
            except Refusal as refusal:
                refusals.append(refusal)
        if not replies:
            raise refusals[0]
        return replies

    def _placed(self, plan: QueryPlan, group: Found) -> QueryPlan:
        """The plan with the places of one zone only, which then are part of what is looked for."""
        own = tuple(p for p in plan.places if group.zone and self._outline.mentions(group.zone, p))
        if len(own) == len(plan.places) or not own:
            return plan
        terms = (*(Term(place) for place in own), *(t for t in plan.terms if t.text not in plan.places))
        return replace(plan, places=own, terms=terms)

    def _given(self, plan: QueryPlan, given: Selection, found: Sequence[Found]) -> Answer:
        """What the zones of the first step answer, each behind what picked it."""
        marks = Marks()
        replies = {reply.zone: reply for reply in self._replies(plan, found)}
        rows = [
            Row(str(zone), (*given.zones.get(str(zone), ())[:1], *reply.claims))
            for zone, reply in replies.items()
        ]
        return Answer(compose("", rows, marks), Status.ANSWERED, marks.citations)

    def _divided(self, plan: QueryPlan) -> dict[str | None, QueryPlan]:
        """Zone → the plan for the part of a question that names it, where each zone has a part of its own."""
        parts = _PARTS.split(plan.focus)
        made: dict[str | None, QueryPlan] = {}
        for zone in plan.zones:
            own = [part for part in parts if zone in part]
            terms = tuple(t for t in plan.terms if own and t.text in own[0] and self._scorer.known(t))
            if len(own) != 1 or not terms or any(other in own[0] for other in plan.zones if other != zone):
                return {}
            made[zone] = replace(plan, terms=terms, topic=own[0].replace(zone, " "))
        return made if len(made) > 1 else {}

    def _one(self, reply: Reply, *, named: bool) -> Answer:
        marks = Marks()
        prefix = f"{reply.zone}:" if reply.zone and not named else ""
        return Answer(prefix + _compose(reply, marks), Status.ANSWERED, marks.citations)

    def _several(self, plan: QueryPlan, replies: Sequence[Reply]) -> Answer:
        """A line or table row for each zone, in the order of the notice; zones without a reply are named."""
        marks = Marks()
        rows = [(reply.zone or "通知", _compose(reply, marks, inline=True)) for reply in replies]
        silent = [zone for zone in plan.zones if zone not in {reply.zone for reply in replies}]
        rows += [(zone, self._messages["silent"]) for zone in silent]
        if len(rows) >= _TABLE and all(len(reply.claims) == 1 for reply in replies):
            lines = ["| 市 | 规定 |", "| --- | --- |", *(f"| {zone} | {text} |" for zone, text in rows)]
        else:
            lines = [f"- {zone}:{text}" for zone, text in rows]
        return Answer("\n".join(lines), Status.PARTIAL if silent else Status.ANSWERED, marks.citations)

    def _open(self, plan: QueryPlan, replies: Sequence[Reply]) -> Answer:
        """No zone was named: the zones that answer equally well, or a question back where that would be too long."""
        top = max(reply.score for reply in replies)
        figures = [reply for reply in replies if reply.figure and reply.score >= SURE * top]
        bearing_out = [reply for reply in replies if reply.holds and reply.score >= SURE * top]
        best = bearing_out or figures or [reply for reply in replies if reply.score >= top - _SAME]
        if len(best) == 1:
            return self._one(best[0], named=False)
        order = {zone: i for i, zone in enumerate((None, *self._zones))}
        best.sort(key=lambda reply: order[reply.zone])
        wide = plan.all_zones or plan.asks in (Ask.VALUE, Ask.ZONES)
        if wide or sum(reply.size for reply in best) <= _LONG:
            return self._several(plan, best)
        zones = [reply.zone for reply in best if reply.zone]
        return Answer(
            self._messages["clarify"] + "、".join(zones),
            Status.NEEDS_CLARIFICATION,
            suggestions=tuple(f"{zone}{plan.question}" for zone in zones),
        )

    def _ask_back(self, plan: QueryPlan) -> Answer:
        """A zone without a topic: its plan's parts as questions."""
        zone = plan.zones[0]
        template = self._messages["suggest_topic"]
        parts = [
            template.format(zone=zone, heading=c.heading) for c in self._outline.parts(zone) if c.heading
        ]
        text = self._messages["clarify_topic"].format(zone=zone)
        return Answer(text, Status.NEEDS_CLARIFICATION, suggestions=tuple(parts))

    def _refused(self, refusal: Refusal, plan: QueryPlan, found: Sequence[Found]) -> Answer:
        """The reason, and the nearest sentences: of one zone its best clauses, of several zones the best of each."""
        text = self._messages[refusal.message].format(**refusal.values)
        if refusal.status is Status.OUT_OF_SCOPE:
            return Answer(text, refusal.status)
        found = [group for group in found if group.clauses]
        singles = [found[0].only((c,)) for c in found[0].clauses] if len(found) == 1 else found
        near = [self._engine.statements.best(plan, group).passage for group in singles[:_RELATED]]
        return Answer(text, refusal.status, related=tuple(make_citation(p.clause, p.span) for p in near))


def _compose(reply: Reply, marks: Marks, *, inline: bool = False) -> str:
    """Text of a reply: one or two claims as sentences, more as a list below the first."""
    parts = [claim.text + marks.of(claim) for claim in reply.claims]
    if len(parts) <= 2:
        return f"{reply.lead}{'。'.join(parts)}。"
    if inline:
        return f"{reply.lead}{parts[0]}:{';'.join(parts[1:])}。"
    return f"{reply.lead}{parts[0]}:\n" + "\n".join(f"{n}. {part}" for n, part in enumerate(parts[1:], 1))
