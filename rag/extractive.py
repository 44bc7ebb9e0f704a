"""The extractive engine: one zone's clauses → the shortest reply in their own words, by kind of question."""

import re
from dataclasses import replace

from rag.confirming import Confirmer
from rag.covering import Facet, dated, part, unproven
from rag.cues import cue
from rag.evidence import NUMERAL, Selector, numbered
from rag.facts import Facts
from rag.lexicon import data_file, normalise
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, Refusal, Reply, verbatim_claim
from rag.retrieval import Found
from rag.sentences import segments, sentences
from rag.statements import KNOWN, Statements
from rag.types import Clause
from rag.verdicts import Verdict, asks_for_presence, lead

SURE = 0.6  # fit of a row that is surely meant
_MEASURED = ("钱", "块钱", "趟", "列", "班", "天", "岁", "米", "间", "折", "亩", "层", "平方米", "公里", "吨")
_AS_WRITTEN = {"钱": "元", "块钱": "元"}
_HOW_MUCH = re.compile("多少|百分之几|多大|多高|多快|几成")


class Extractive:
    """Replies from clause sentences and fact rows, without a language model.

    Attributes:
        statements: replies by kind, for callers that know which they want.
        judge: what a question claims.
    """

    def __init__(self, selector: Selector, facts: Facts, outline: Outline) -> None:
        self._selector = selector
        self._outline = outline
        self.statements = Statements(selector, facts.indicators, outline)
        self._confirmer = Confirmer(self.statements, selector, outline, facts.places)
        self.judge = self._confirmer.judge
        self._requires = data_file("requires", dict[str, list[str]])
        self._zones = tuple(dict.fromkeys(c.zone for c in outline.clauses if c.zone))

    def reply(self, plan: QueryPlan, group: Found) -> Reply:
        """What one zone answers.

        Raises:
            Refusal: it has no answer.
        """
        if listed := self._listed(plan, group):
            return listed
        if plan.reference and (clause := self._referenced(plan, group)):
            group = group.only((clause, *self._outline.below(clause)) if plan.confirm else (clause,))
            plan = replace(plan, reference=()) if plan.confirm and plan.terms else plan
        if not plan.confirm:
            self._check_detail(plan, group)
        elif cue("results").search(plan.focus):
            raise Refusal("not_found_actual")
        if plan.notice and group.zone is None and (reply := self._of_notice(plan, group)):
            return reply
        presence = asks_for_presence(plan) or plan.years or any(map(self.judge.decisive, plan.terms))
        sought = plan.reference or plan.targets or (plan.confirm and presence)
        if self.statements.best(plan, group).score < KNOWN and not sought:
            raise Refusal("not_found")
        if plan.confirm:
            return self._confirmer.confirm(plan, group)
        if plan.asks is Ask.UNITS:
            return self.statements.units(plan, group)
        self._check_years(plan, group)
        figure = self.statements.value(plan, group) if plan.asks is Ask.VALUE or plan.targets else None
        unsure = plan.targets and not (figure and figure.score >= SURE)
        if unsure and (targets := self.statements.targets(group)):
            return targets
        if plan.asks is Ask.DATE:
            return self.statements.date(plan, group)
        reply = figure or self.statements.text(plan, group)
        self._check_figure(plan, reply)
        return reply

    def premise(self, plan: QueryPlan, group: Found) -> Reply | None:
        """The correction of what a question takes for granted (甲五大产业带由谁负责); None where nothing is wrong."""
        return self._confirmer.premise(plan, group) if group.zone and group.clauses else None

    def reworded(self, plan: QueryPlan, group: Found) -> bool:
        """True if the zone has other words close to those that a claim quotes."""
        return bool(
            (plan.quoted and self._confirmer.nearest(plan, group)) or self._confirmer.renamed(plan, group)
        )

    def _check_figure(self, plan: QueryPlan, reply: Reply) -> None:
        """Refuse a reply without a figure where one is asked for; 几个体系 may be answered by naming three or more."""
        if plan.asks is not Ask.VALUE or reply.figure or len(reply.claims) > 2:
            return
        text = " ".join(normalise(claim.text) for claim in reply.claims)
        measured = plan.places or _HOW_MUCH.search(plan.question)
        counted = plan.counted if plan.counted and self._selector.scorer.known(plan.counted) else None
        uncounted = counted and not numbered(counted, text)
        unit = plan.asked_unit
        unmeasured = unit in _MEASURED and not re.search(
            rf"[0-9一二三四五六七八九十百千万亿]+{_AS_WRITTEN.get(unit, unit)[-1]}", text
        )
        if (measured and not NUMERAL.search(text)) or uncounted or unmeasured:
            raise Refusal("not_found_figure")

    def _of_notice(self, plan: QueryPlan, group: Found) -> Reply | None:
        """What the title, addressees or signature of the notice say; None for other questions about it."""
        asks_for_place = plan.confirm and plan.foreign and plan.facet is not Facet.BASIS
        facet = Facet.ADDRESSEES if asks_for_place else plan.facet
        passage = part(facet, sorted(group.clauses, key=lambda c: c.span.start)) if facet else None
        if passage is None:
            return None
        opening = ""
        if plan.asks is Ask.DATE and not dated(passage):
            raise Refusal("not_found_date")
        if plan.confirm:
            named = (*plan.foreign, *(zone for zone in self._zones if zone in plan.question))
            names = named if facet is Facet.ADDRESSEES else plan.foreign
            opening = lead(plan, Verdict(not unproven(plan.question, names, passage)))
        return Reply(None, (verbatim_claim(passage),), 1.0, opening)

    def _listed(self, plan: QueryPlan, group: Found) -> Reply | None:
        """The n-th of things that one sentence lists (第三个产业带); None where numbers count clauses."""
        if len(plan.reference) != 2 or plan.reference[0]:
            return None
        clause = self.statements.best(plan, group).passage.clause
        if group.zone and self._outline.part(group.zone, plan.topic):
            return None
        place = plan.reference[1]
        parts = max((segments(sentence) for sentence in sentences(clause)), key=len)
        if self._outline.children(clause) or len(parts) < 3 or not 0 < abs(place) <= len(parts):
            return None
        return Reply(group.zone, (verbatim_claim(parts[place - 1 if place > 0 else place]),), 1.0)

    def _referenced(self, plan: QueryPlan, group: Found) -> Clause | None:
        """The clause of the numbers that the question names; without its part, below the heading it is about.

        Raises:
            Refusal: the zone's plan has no such clause.
        """
        wanted = tuple(map(str, plan.reference))
        if not plan.reference[0]:
            base = self._base(plan, group)
            last = plan.reference[-1]
            if last < 0:
                children = self._outline.children(base)
                if len(children) < -last:
                    raise Refusal("not_found_reference", zone=str(group.zone))
                return children[last]
            wanted = (*base.numbers, *wanted[1:])
        clause = self._outline.numbered(group.zone, wanted)
        if clause is None and group.zone:
            raise Refusal("not_found_reference", zone=group.zone)
        return clause

    def _base(self, plan: QueryPlan, group: Found) -> Clause:
        """The heading that a number without its part counts from: one the topic names, else the one the topic is under."""
        named = self._outline.part(str(group.zone), plan.topic) if group.zone else None
        topic = self.statements.best(plan, group).passage.clause
        return named or (topic if self._outline.children(topic) else self._outline.parent(topic) or topic)

    def _check_detail(self, plan: QueryPlan, group: Found) -> None:
        """Refuse details that the nearest clauses do not state."""
        keys = " ".join(self._selector.key(clause) for clause in group.clauses[:3])
        asked = cue("calling").sub(" ", plan.focus)  # 给谁打电话 asks for no number
        for detail, words in self._requires.items():
            if detail in asked and not any(word in keys for word in words):
                raise Refusal("not_found_detail", detail=detail)

    def _check_years(self, plan: QueryPlan, group: Found) -> None:
        """Refuse years and results that the nearest clauses do not state."""
        keys = " ".join(self._selector.key(clause) for clause in group.clauses[:3])
        missing = [year for year in plan.years if f"{year}年" not in keys]
        if missing:
            raise Refusal("not_found_year", year="、".join(missing))
        if plan.asks is Ask.VALUE and cue("actual").search(plan.focus):
            raise Refusal("not_found_actual")
