"""The extractive engine: one zone's clauses → the shortest reply in their own words, by kind of question."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim
from rag.covering import Facet, part, unproven
from rag.evidence import Selector
from rag.facts import Indicator
from rag.lexicon import Term, data_file, normalise
from rag.query import Ask, QueryPlan
from rag.replies import (
    Outline,
    Refusal,
    Reply,
    body_claim,
    figure_claim,
    heading_claim,
    units_claim,
    verbatim_claim,
)
from rag.retrieval import Found, Scored, above
from rag.sentences import PLACE, Passage, listed, segments, sentences, whole
from rag.types import Clause
from rag.verdicts import Judge, Verdict, asks_for_presence, counts, lead

FIT = 0.35  # least fit of an indicator row
SURE = 0.6  # fit of a row that is surely meant
KNOWN = 0.12  # least coverage of an answer
_NEAR = 0.6  # share of the best coverage from which a sentence with what is asked for is preferred
_DEPTH = 6  # clauses that a sentence may come from
_COUNTED = "家个处项条大"  # counting words that stand for each other
_HOW_MUCH = re.compile("多少|百分之几")
_NUMERAL = re.compile("[0-9]|[一二两三四五六七八九十过][大个家项条处种类亿]")
_YEAR = re.compile("(?:19|20)[0-9]{2}年")


class Extractive:
    """Replies from clause sentences and fact rows, without a language model."""

    def __init__(self, selector: Selector, rows: Sequence[Indicator], outline: Outline) -> None:
        self._selector = selector
        self._rows = rows
        self._outline = outline
        self._units_text = data_file("messages", dict[str, str])["units"]
        self._requires = data_file("requires", dict[str, list[str]])
        self._actual = data_file("cues", dict[str, list[str]])["actual"]
        self._zones = tuple(dict.fromkeys(c.zone for c in outline.clauses if c.zone))
        self.judge = Judge(selector)

    def reply(self, plan: QueryPlan, group: Found) -> Reply:
        """What one zone answers.

        Raises:
            Refusal: it has no answer.
        """
        if plan.reference and (clause := self._referenced(plan, group)):
            group = group.only((clause,))
        if plan.notice and group.zone is None and (reply := self._of_notice(plan, group)):
            return reply
        sought = plan.reference or plan.targets or (plan.confirm and asks_for_presence(plan))
        if self.best(plan, group).score < KNOWN and not sought:
            raise Refusal("not_found")
        if plan.confirm:
            return self._confirm(plan, group)
        if plan.asks is Ask.UNITS:
            return self._units(plan, group)
        self._check_detail(plan, group)
        figure = self._value(plan, group) if plan.asks is Ask.VALUE or plan.targets else None
        if plan.targets and (figure is None or figure.score < SURE) and (targets := self._targets(group)):
            return targets
        if plan.asks is Ask.DATE:
            return self._date(plan, group)
        reply = figure or self.statement(plan, group)
        measured = plan.asks is Ask.VALUE and (plan.places or _HOW_MUCH.search(plan.question))
        listing = len(reply.claims) > 2  # 几个体系 is answered by naming them
        if measured and not listing and not any(_NUMERAL.search(claim.text) for claim in reply.claims):
            raise Refusal("not_found_figure")
        return reply

    def best(self, plan: QueryPlan, group: Found, beside: Sequence[Term] = ()) -> Scored:
        """The sentence that covers most of the question; terms ``beside`` decide between equals."""
        best = self._selector.sentence(group, plan.terms, _DEPTH, beside=beside)
        assert best is not None, "groups are never empty"
        return best

    def statement(self, plan: QueryPlan, group: Found, beside: Sequence[Term] = ()) -> Reply:
        """The sentence, listed segment, clause body or children's headings that cover the question best."""
        best = self._picked(plan, group, beside)
        clause = best.passage.clause
        scorer = self._selector.scorer
        own = scorer.coverage(plan.terms, best.passage.key)
        heading = scorer.coverage(plan.terms, normalise(clause.heading)) if clause.heading else 0.0
        children = self._outline.children(clause)
        if children and (heading >= own or plan.reference):
            claims = [heading_claim(part) for part in (clause, *children)]
        elif heading > own + 0.05 or plan.reference:
            claims = [body_claim(clause)]
        else:
            one = None if plan.plural else group
            parts = (best.passage,) if plan.each else self._selector.stretch(best.passage, plan.terms, one)
            claims = [verbatim_claim(passage) for passage in (*parts, *self._second(plan, group, parts))]
        if plan.item and clause.heading and not heading > own:
            claims = [heading_claim(clause), *claims]
        return Reply(group.zone, tuple(claims), best.score)

    def _picked(self, plan: QueryPlan, group: Found, beside: Sequence[Term]) -> Scored:
        """The best sentence; one that lists places, or names one, where that is asked for."""
        picked = None
        if plan.each:
            picked = self._selector.sentence(group, plan.terms, 3, lambda s: len(segments(s)) > 2)
        elif plan.asks is Ask.PLACE:
            picked = self._selector.sentence(group, plan.terms, 4, lambda s: bool(PLACE.search(s.text)))
        best = self.best(plan, group, beside)
        return picked if picked and picked.score >= max(KNOWN, _NEAR * best.score) else best

    def _second(self, plan: QueryPlan, group: Found, first: Sequence[Passage]) -> tuple[Passage, ...]:
        """A second sentence where the first leaves a good part of the question open."""
        scorer = self._selector.scorer
        key = " ".join((above(first[0].clause), *(part.key for part in first)))
        open_terms = [t for t in plan.terms if scorer.match(t, key) < 0.5 and scorer.known(t)]
        weight = sum(map(scorer.term_weight, open_terms))
        if not open_terms or weight < 0.3 * sum(map(scorer.term_weight, plan.terms)):
            return ()
        second = self._selector.sentence(group, open_terms, 3)
        if second is None or second.score < 0.7:
            return ()
        parts = self._selector.stretch(second.passage, open_terms)
        return () if any(a.span.overlaps(b.span) for a in first for b in parts) else parts

    def _value(self, plan: QueryPlan, group: Found) -> Reply | None:
        """The figure asked for; None where no row fits."""
        rows = self._rows_of(group)
        picked = self._selector.indicator(rows, plan)
        if picked and picked[1] >= FIT:
            return Reply(group.zone, (figure_claim(picked[0]),), picked[1], figure=True)
        unit = plan.asked_unit
        if unit and unit not in _COUNTED and not any(unit in row.unit for row in rows):
            raise Refusal("not_found_unit", unit=unit)
        return None

    def _targets(self, group: Found) -> Reply | None:
        """The sentence of a zone that states most figures."""
        counts = Counter(
            s for row in self._rows_of(group) for s in sentences(row.clause) if s.span.overlaps(row.figure)
        )
        return Reply(group.zone, (verbatim_claim(counts.most_common(1)[0][0]),), 1.0) if counts else None

    def _units(self, plan: QueryPlan, group: Found) -> Reply:
        """The whole list of responsible units of the clause that the question is about, or of its children."""
        best = self._selector.sentence(group, plan.terms, 4)
        assert best is not None, "groups are never empty"
        clause = best.passage.clause
        if clause.units:
            return Reply(group.zone, (units_claim(clause, best.passage, self._units_text),), best.score)
        claims = [units_claim(c, None, self._units_text) for c in self._outline.children(clause) if c.units]
        if not claims:
            raise Refusal("not_found_units")
        return Reply(group.zone, tuple(claims), best.score)

    def _date(self, plan: QueryPlan, group: Found) -> Reply:
        """A sentence about the topic that names a year; short where a figure carries it as its deadline."""
        best = self._selector.sentence(group, plan.terms, 8, lambda s: bool(_YEAR.search(s.key)))
        if best is None or not (plan.targets or self._on_topic(plan, best.passage)):
            raise Refusal("not_found_date")
        dated = [row for row in self._rows_of(group) if row.by and best.passage.span.overlaps(row.figure)]
        return Reply(
            group.zone, (figure_claim(dated[0]) if dated else verbatim_claim(best.passage),), best.score
        )

    def _confirm(self, plan: QueryPlan, group: Found) -> Reply:
        """Yes or no, with the words that decide: a figure, a deadline, a unit list or the wording."""
        picked = self._selector.indicator(self._rows_of(group), plan) if plan.figures or plan.years else None
        if plan.figures and (picked is None or picked[1] < FIT):
            unit = plan.figures[0][1]  # 目标是300亿元吗 names no indicator; its unit does
            picked = next(((row, 1.0) for row in self._rows_of(group) if row.unit.startswith(unit)), picked)
        if picked and picked[1] >= FIT:
            verdict = self.judge.figures(plan, picked[0])
            return Reply(group.zone, (figure_claim(picked[0]),), picked[1], lead(plan, verdict))
        if plan.years and not plan.figures:
            reply = self._date(plan, group)
            return replace(
                reply, lead=lead(plan, Verdict(all(y in reply.claims[0].text for y in plan.years)))
            )
        if plan.units and (reply := self._confirm_units(plan, group)):
            return reply
        targets = self._targets(group) if plan.aims else None
        reply = targets or self.statement(replace(plan, terms=self.judge.subject(plan)), group, plan.terms)
        verdict, deciding = self._wording(plan, reply)
        clause = deciding[0].proof[0].clause
        if counts(plan.question) and counts(clause.heading) and len(deciding) == 1:
            deciding = (heading_claim(clause), *deciding)
        return replace(reply, claims=deciding, lead=lead(plan, verdict))

    def _confirm_units(self, plan: QueryPlan, group: Found) -> Reply | None:
        """Whether a list names the units: that of the best clause, or those of its parts; None without lists."""
        topic = self.best(plan, group)
        parts = [c for c in self._outline.children(topic.passage.clause) if c.units]
        if parts and not topic.passage.clause.units:
            verdicts = {part: self.judge.units(plan, part) for part in parts}
            naming = [part for part in parts if verdicts[part].holds] or parts[:1]
            claims = tuple(units_claim(part, None, self._units_text) for part in naming)
            return Reply(group.zone, claims, topic.score, lead(plan, verdicts[naming[0]]))
        best = self._selector.sentence(group, plan.terms, 5, lambda s: bool(s.clause.units))
        if best is None:
            return None
        clause = best.passage.clause
        claim = units_claim(clause, best.passage, self._units_text)
        return Reply(group.zone, (claim,), best.score, lead(plan, self.judge.units(plan, clause)))

    def _wording(self, plan: QueryPlan, reply: Reply) -> tuple[Verdict, tuple[Claim, ...]]:
        """Verdict by wording, and the claims that decide; of things listed side by side each is judged by itself."""
        passages = {claim: claim.proof[0] for claim in reply.claims}
        if not listed(reply.claims[0].proof[0]):
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

    def _of_notice(self, plan: QueryPlan, group: Found) -> Reply | None:
        """What the title, addressees or signature of the notice say; None for other questions about it."""
        asks_for_place = plan.confirm and plan.foreign and plan.facet is not Facet.BASIS
        facet = Facet.ADDRESSEES if asks_for_place else plan.facet
        passage = part(facet, sorted(group.clauses, key=lambda c: c.span.start)) if facet else None
        if passage is None:
            return None
        opening = ""
        if plan.confirm:
            named = (*plan.foreign, *(zone for zone in self._zones if zone in plan.question))
            names = named if facet is Facet.ADDRESSEES else plan.foreign
            opening = lead(plan, Verdict(not unproven(plan.question, names, passage)))
        return Reply(None, (verbatim_claim(passage),), 1.0, opening)

    def _referenced(self, plan: QueryPlan, group: Found) -> Clause | None:
        """The clause of the numbers that the question names; without its part, below the heading it is about.

        Raises:
            Refusal: the zone's plan has no such clause.
        """
        wanted = tuple(map(str, plan.reference))
        if not plan.reference[0]:
            topic = self.best(plan, group).passage.clause
            base = topic if self._outline.children(topic) else self._outline.parent(topic) or topic
            wanted = (*base.numbers, *wanted[1:])
        clause = self._outline.numbered(group.zone, wanted)
        if clause is None and group.zone:
            raise Refusal("not_found_reference", zone=group.zone)
        return clause

    def _check_detail(self, plan: QueryPlan, group: Found) -> None:
        """Refuse details, years and results that the nearest clauses do not state."""
        keys = " ".join(self._selector.key(clause) for clause in group.clauses[:3])
        for detail, words in self._requires.items():
            if detail in plan.question and not any(word in keys for word in words):
                raise Refusal("not_found_detail", detail=detail)
        missing = [year for year in plan.years if f"{year}年" not in keys]
        if missing:
            raise Refusal("not_found_year", year="、".join(missing))
        if plan.asks is Ask.VALUE and any(word in plan.question for word in self._actual):
            raise Refusal("not_found_actual")

    def _on_topic(self, plan: QueryPlan, passage: Passage) -> bool:
        """True if a passage with its headings covers half of what the corpus knows of the question."""
        known = [term for term in plan.terms if self._selector.scorer.known(term)]
        return self._selector.scorer.coverage(known, passage.key, above(passage.clause)) >= 0.5

    def _rows_of(self, group: Found) -> list[Indicator]:
        return [row for row in self._rows if row.clause.zone == group.zone]
