"""Yes-or-no questions → a verdict with the words that decide: a figure, a deadline, a unit list or the wording."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim
from rag.contrast import nearest
from rag.cues import cue, wordings
from rag.evidence import Selector
from rag.indicators import Indicator
from rag.industries import Industry
from rag.lexicon import Term, data_file, normalise
from rag.numbering import numeral_value
from rag.plans import QueryPlan
from rag.premises import COUNT, Premises, numbered_heading
from rag.references import ORDINAL
from rag.replies import Outline, Refusal, Reply, body_claim, figure_claim, heading_claim, verbatim_claim
from rag.retrieval import Found, above
from rag.sentences import Passage, listed, segments, sentences, whole
from rag.statements import FIT, Statements
from rag.verdicts import DECISIVE, Judge, Verdict, lead

_FRAME = 3  # characters behind a name by which a phrase is known again
_APART = 0.1  # coverage by which another clause is no longer what is meant


class Confirmer:
    """Answers what one zone's clauses say of a claim."""

    def __init__(
        self, statements: Statements, selector: Selector, outline: Outline, places: Sequence[Industry]
    ) -> None:
        self._places = tuple(places)
        self._statements = statements
        self._selector = selector
        self._outline = outline
        self._goals = wordings("goal")
        self._messages = data_file("messages", dict[str, str])
        self.judge = Judge(selector)
        self._premises = Premises(statements, selector, outline, self.judge)

    def confirm(self, plan: QueryPlan, group: Found) -> Reply:
        """Yes or no, with the words that decide: a figure, a deadline, a unit list or the wording."""
        if plan.figures or plan.years:
            rows = self._statements.rows_of(group)
            unit = plan.figures[0][1] if plan.figures else None
            rows = [r for r in rows if unit and r.unit.startswith(unit)] or rows
            known = tuple(t for t in plan.terms if self._selector.scorer.known(t))
            picked = self._selector.indicator(rows, replace(plan, terms=known or plan.terms))
            counted = self._counted(plan, group, headings=True) if plan.figures else None
            if counted and not (picked and _names_same(plan, counted, picked[0])):
                return counted
            unfit = plan.figures and (picked is None or picked[1] < FIT)
            if unfit and not self._names_another(plan):
                unit = plan.figures[0][1]  # 目标是300亿元吗 names no indicator; its unit does
                picked = next(((row, 1.0) for row in rows if row.unit.startswith(unit)), picked)
            if picked and picked[1] >= FIT:
                verdict = self.judge.figures(plan, picked[0])
                return _decided(plan, Reply(group.zone, (figure_claim(picked[0]),), picked[1]), verdict)
        if plan.years and not plan.figures:
            return self._by_when(plan, group)
        if plan.units and (by_units := self._units(plan, group)):
            return by_units
        if placed := self._premises.places(plan, group):
            return _decided(plan, Reply(group.zone, placed, 1.0), Verdict(holds=False))
        several = len(COUNT.findall(plan.focus)) > 1  # 两大平台、三大支撑
        if several and (wrong := self._premises.counts(plan, group)):
            return _decided(plan, Reply(group.zone, wrong, 1.0), Verdict(holds=False))
        if special := self._counted(plan, group) or self._industry(plan, group):
            return special
        if named := self._premises.names(plan, group):
            return _decided(plan, Reply(group.zone, named, 1.0), Verdict(holds=False))
        if near := self.nearest(plan, group):
            return _decided(plan, Reply(group.zone, (verbatim_claim(near),), 1.0), Verdict(holds=False))
        if renamed := self.renamed(plan, group):
            name, near = renamed
            reply = Reply(group.zone, (verbatim_claim(near),), 1.0)
            return _decided(plan, reply, Verdict(holds=False, missing=(name,)))
        targets = self._statements.targets(group) if plan.aims else None
        reply = targets or self._statements.text(
            replace(plan, terms=self.judge.subject(plan)), group, plan.terms
        )
        verdict, deciding = self._each_place(plan, reply) or self._wording(plan, reply)
        clause = deciding[0].proof[0].clause
        if self.judge.counts(plan.question) and self.judge.counts(clause.heading):
            deciding = (heading_claim(clause), *deciding)
        return _decided(plan, replace(reply, claims=deciding), verdict)

    def _counted(self, plan: QueryPlan, group: Found, *, headings: bool = False) -> Reply | None:
        """Whether there are as many parts, belts or areas as claimed (工作举措共六条); None for other claims.

        ``headings``: only headings that count themselves (三个特色区域).
        """
        numbers = {numeral_value(match.group(1)) for match in COUNT.finditer(plan.claim)}
        # 八大行动第五项是…吧 counts nothing
        if not numbers or not group.zone or ORDINAL.search(plan.claim) or cue("placed").search(plan.claim):
            return None
        part = self._outline.part(group.zone, plan.claim)
        stated = numbered_heading(self._outline.of_zone(group.zone), plan.claim)
        if stated is not None:
            clause, count = stated
            body = () if self._outline.children(clause) else (body_claim(clause),)
            claims = (heading_claim(clause), *body)
        elif part is not None and not headings:
            count = len(self._outline.children(part))
            claims = (Claim(part.heading, ()), *map(heading_claim, self._outline.children(part)))
        else:
            return None
        reply = _decided(plan, Reply(group.zone, claims, 1.0), Verdict(numbers == {count}))
        counted = self._messages["counted"].format(count=count, unit=self._messages["unit_parts"])
        return replace(reply, lead=reply.lead + counted)

    def _industry(self, plan: QueryPlan, group: Found, *, named: bool = False) -> Reply | None:
        """Whether a county is to develop what is claimed; the counties that are decide. None for other claims.

        ``named``: only what the question calls a belt counts (汉服产业带), not what it says beside.
        """
        rows = [row for row in self._places if row.clause.zone == group.zone]
        belts = bool(cue("belts").search(plan.claim if plan.confirm else plan.focus))
        behind = f"(?:和[一-鿿]{{1,6}}?)?[^,。?]{{0,2}}(?:{cue('belts').pattern})"
        terms = [t for t in plan.terms if not named or re.search(re.escape(t.text) + behind, plan.focus)]
        made = {t: found for t in terms if (found := [row for row in rows if _names(t, row, belts)])}
        if not made or not plan.places:
            return None
        holds = all(
            any(place in row.place for row in found) for found in made.values() for place in plan.places
        )
        deciding = dict.fromkeys(row.passage for found in made.values() for row in found)
        theirs = dict.fromkeys(row.passage for row in rows if any(p in row.place for p in plan.places))
        shown = [p for p in deciding if p in theirs] if holds else list(deciding | theirs)
        claims = tuple(verbatim_claim(passage) for passage in shown)
        return _decided(plan, Reply(group.zone, claims, 1.0), Verdict(holds))

    def premise(self, plan: QueryPlan, group: Found) -> Reply | None:
        """What a question, not a claim, takes for granted and the zone's figures, headings or belts say otherwise."""
        plan = replace(plan, terms=(*plan.terms, *plan.aside))
        figures = self._premises.figures(plan, group)
        claims = (*figures, *self._premises.wording(plan, group))
        belts = re.search(f"[一-鿿](?:{cue('belts').pattern})", plan.focus)
        if belts and (belt := self._industry(plan, group, named=True)) and not belt.holds:
            claims = (*claims, *belt.claims)
        opening = self._messages["premise"]
        return Reply(group.zone, claims, 1.0, opening, figure=bool(figures)) if claims else None

    def nearest(self, plan: QueryPlan, group: Found) -> Passage | None:
        """The phrase of a zone that is close to the words a claim quotes, where it has not those words themselves."""
        clauses = self._outline.of_zone(group.zone)
        quoted = next((q for q in plan.quoted if not any(q in normalise(c.text) for c in clauses)), None)
        return nearest(quoted, {"": clauses}).get("") if quoted else None

    def renamed(self, plan: QueryPlan, group: Found) -> tuple[str, Passage] | None:
        """A proper name of a claim that a zone's plan lacks, and the phrase of it that has another in its place."""
        clauses = self._outline.of_zone(group.zone)
        texts = [normalise(c.text) for c in clauses]
        for term in self.judge.claimed(plan):
            named = self._selector.lexicon.is_name(term.text) and term.text not in plan.places
            if not named or term.text == group.zone or any(term.text in text for text in texts):
                continue
            behind = cue("clause_end").split(plan.claim[plan.claim.find(term.text) + len(term.text) :])[0]
            frame = f"{term.text}{behind[:_FRAME]}"
            near = nearest(frame, {"": clauses}).get("") if len(behind) >= _FRAME else None
            if near and behind[:_FRAME] in near.key:
                return term.text, near
        return None

    def _names_another(self, plan: QueryPlan) -> bool:
        """True if a plan names a thing counted, which the zone's figures then would have to name too."""
        scorer = self._selector.scorer
        named = (t for t in plan.terms if t.text not in self._goals and scorer.known(t))
        return any(scorer.term_weight(term) >= DECISIVE for term in named)

    def _by_when(self, plan: QueryPlan, group: Found) -> Reply:
        """Whether a year is the one that the text names for the topic, or for the goals as a whole."""
        try:
            reply = self._statements.date(plan, group)
        except Refusal:
            targets = self._statements.targets(group)
            if targets is None or any(self._selector.scorer.known(term) for term in plan.terms):
                raise
            reply = targets
        holds = all(year in reply.claims[0].text for year in plan.years)
        return _decided(plan, reply, Verdict(holds))

    def _units(self, plan: QueryPlan, group: Found) -> Reply | None:
        """Whether a list names the units: that of the best clause, or those of its parts; None without lists."""
        topic = self._statements.best(plan, group)
        parts = [c for c in self._outline.children(topic.passage.clause) if c.units]
        if parts and not topic.passage.clause.units:
            verdicts = {part: self.judge.units(plan, part) for part in parts}
            naming = [part for part in parts if verdicts[part].holds] or parts[:1]
            claims = tuple(self._statements.units_of(part) for part in naming)
            return _decided(plan, Reply(group.zone, claims, topic.score), verdicts[naming[0]])
        best = self._selector.sentence(group, plan.terms, 5, lambda s: bool(s.clause.units))
        # A clause without a list that fits better names the bodies in its text.
        if best is None or best.score < topic.score - _APART:
            return None
        clause = best.passage.clause
        claim = self._statements.units_of(clause, best.passage)
        return _decided(plan, Reply(group.zone, (claim,), best.score), self.judge.units(plan, clause))

    def _each_place(self, plan: QueryPlan, reply: Reply) -> tuple[Verdict, tuple[Claim, ...]] | None:
        """Verdict on several places at once (都做化工吗), each by its own part of the list; None for other claims."""
        first = reply.claims[0].proof[0]
        sentence = next((s for s in sentences(first.clause) if s.span.overlaps(first.span)), first)
        parts = {
            place: next((p for p in segments(sentence) if place in p.key), None) for place in plan.places
        }
        found = {place: part for place, part in parts.items() if part}
        if len(plan.places) < 2 or len(found) < len(parts):
            return None
        rest = tuple(t for t in plan.terms if not any(t.text in place for place in plan.places))
        verdicts = [
            self.judge.wording(replace(plan, places=(place,), terms=rest), part)
            for place, part in found.items()
        ]
        missing = tuple(dict.fromkeys(word for verdict in verdicts for word in verdict.missing))
        holds = all(verdict.holds for verdict in verdicts)
        return Verdict(holds, missing), tuple(verbatim_claim(p) for p in dict.fromkeys(found.values()))

    def _wording(self, plan: QueryPlan, reply: Reply) -> tuple[Verdict, tuple[Claim, ...]]:
        """Verdict by wording, and the claims that decide; of things listed side by side each is judged by itself."""
        passages = {claim: claim.proof[0] for claim in reply.claims}
        # A place must stand in the sentence itself, other words somewhere in its clause.
        if not plan.places and not listed(reply.claims[0].proof[0]):
            passages = {
                claim: whole(p.clause, p.clause.span.start, p.clause.span.end)
                for claim, p in passages.items()
            }
        verdicts = {claim: self.judge.wording(plan, passage) for claim, passage in passages.items()}
        true = tuple(claim for claim, verdict in verdicts.items() if verdict.holds)
        if not true:
            return verdicts[reply.claims[0]], reply.claims
        same = len({passage.clause.id for passage in passages.values()}) == 1 and not listed(true[0].proof[0])
        shown = reply.claims if same else true
        return Verdict(holds=True), (*shown, *self._bearing_out(plan, shown))

    def _bearing_out(self, plan: QueryPlan, shown: Sequence[Claim]) -> tuple[Claim, ...]:
        """The sentence of the same clause that bears out a claim where what is shown does not."""
        scorer, clause = self._selector.scorer, shown[0].proof[0].clause
        key = " ".join((above(clause), *(passage.key for claim in shown for passage in claim.proof)))
        unseen = [t for t in self.judge.claimed(plan) if scorer.known(t) and scorer.match(t, key) < 0.5]
        scored = [(scorer.coverage(unseen, s.key), s) for s in sentences(clause)] if unseen else []
        best = max(scored, key=lambda pair: pair[0], default=None)
        if best is None or best[0] < 0.5:
            return ()
        return tuple(map(verbatim_claim, self._selector.stretch(best[1], unseen)))


def _decided(plan: QueryPlan, reply: Reply, verdict: Verdict) -> Reply:
    return replace(reply, lead=lead(plan, verdict), holds=verdict.holds)


def _names(term: Term, row: Industry, belts: bool) -> bool:
    """True if a term is an industry, or a good part of its name where a claim speaks of belts."""
    name = normalise(row.name)
    return term.text == name or (term.text in name and (belts or len(term.text) > 2))


def _names_same(plan: QueryPlan, counted: Reply, row: Indicator) -> bool:
    """True if what the question names of a heading that counts (两大平台), a figure's name holds too (特色平台4个)."""
    heading = normalise(counted.claims[0].text)
    return all(t.text in normalise(row.name) for t in plan.terms if t.text in heading)
