"""The extractive engine: plan and retrieved clauses → claims in the notice's own words → answer text with marks."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.citations import Claim, Marks, related
from rag.evidence import Selector
from rag.facts import Indicator
from rag.lexicon import Term, data_file, normalise
from rag.query import Ask, QueryPlan
from rag.retrieval import Scored, above
from rag.sentences import PLACE, Passage, joined, segments, sentences, whole
from rag.types import Answer, Clause, Status
from rag.verdicts import Judge, Verdict, lead

_LONG = 400  # characters; a longer answer to a question without a zone is asked back instead
_FIT = 0.35  # least fit of an indicator row
_KNOWN = 0.22  # least coverage of an answer
_SAME = 0.1  # zones this close to the best one answer equally well
_SCOPE = 0.3  # least share of a question without a zone that the corpus must know
_BODY = 260  # characters of a clause that is answered as a whole
_DAY = re.compile("(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日")
_YEAR = re.compile("(?:19|20)[0-9]{2}年")


@dataclass(frozen=True, slots=True)
class Found:
    """Clauses of one zone (None: covering notice and plans without zone), best first."""

    zone: str | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What one zone answers."""

    found: Found
    claims: tuple[Claim, ...]
    score: float
    lead: str = ""

    @property
    def size(self) -> int:
        """Characters of its claims."""
        return sum(len(claim.text) for claim in self.claims)


class Refusal(Exception):
    """The notices do not answer; carries the name of the message and what fills it."""

    def __init__(self, message: str, status: Status = Status.NOT_FOUND, **values: str) -> None:
        super().__init__(message)
        self.message, self.status, self.values = message, status, values


class Extractive:
    """Answers from clause sentences and fact rows, without a language model."""

    def __init__(self, selector: Selector, rows: Sequence[Indicator], clauses: Mapping[str, Clause]) -> None:
        self._selector = selector
        self._rows = rows
        self._clauses = clauses
        self._messages = data_file("messages", dict[str, str])
        self._requires = data_file("requires", dict[str, list[str]])
        self._actual = data_file("cues", dict[str, list[str]])["actual"]
        self._judge = Judge(selector)
        self._children: dict[str, list[Clause]] = {}
        for clause in clauses.values():
            if clause.parent:
                self._children.setdefault(clause.parent, []).append(clause)
        self._zones = tuple(dict.fromkeys(clause.zone for clause in clauses.values() if clause.zone))

    def answer(self, plan: QueryPlan, found: Sequence[Found], elsewhere: Sequence[Found] = ()) -> Answer:
        """Answer a plan from what was found, or refuse with the nearest clauses.

        Args:
            found: clauses of each zone asked about; without a zone, of each zone that has some.
            elsewhere: the same for all zones, where a claim about one zone may be true of another.
        """
        try:
            plan = self._topical(plan)
            self._check(plan, found)
            if corrected := self._corrected(plan, found, elsewhere):
                return corrected
            if len(plan.zones) == 1 or len(found) == 1:
                return self._one(self._reply(plan, found[0]), named=bool(plan.zones))
            replies = self._replies(plan, found)
            return self._several(plan, replies) if plan.zones else self._open(plan, replies)
        except Refusal as refusal:
            near = [clause for group in found for clause in group.clauses[:1]][:3]
            if len(found) == 1:
                near = list(found[0].clauses[:3])
            text = self._messages[refusal.message].format(**refusal.values)
            out = refusal.status is Status.OUT_OF_SCOPE
            return Answer(text, refusal.status, related=() if out else related(near))

    def _topical(self, plan: QueryPlan) -> QueryPlan:
        """The plan without terms that name units, where the question is about who does something."""
        rest = tuple(_without(plan.terms, plan.units))
        return replace(plan, terms=rest) if plan.units and rest else plan

    def _check(self, plan: QueryPlan, found: Sequence[Found]) -> None:
        """Refuse what no clause can answer, before looking."""
        least = 0.01 if plan.zones else _SCOPE
        if not any(group.clauses for group in found) or not (
            plan.notice or self._selector.scorer.in_scope(plan.terms) >= least
        ):
            raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
        if plan.foreign:
            nearest = max(self._best(plan, group).score for group in found if group.clauses)
            if nearest < _KNOWN + 0.1:
                raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
            raise Refusal("not_found_place", zones="、".join(self._zones), foreign="、".join(plan.foreign))

    def _corrected(self, plan: QueryPlan, found: Sequence[Found], elsewhere: Sequence[Found]) -> Answer | None:
        """A claim about one zone that clearly is another zone's: 不是, with that zone's text."""
        if not plan.confirm or len(plan.zones) != 1 or not elsewhere:
            return None
        subject = replace(plan, terms=self._judge.subject(plan))
        owners = [zones for term in subject.terms if len(zones := self._selector.scorer.zones(term)) == 1]
        owner = next((group for group in elsewhere if {group.zone} in owners and group.zone not in plan.zones), None)
        if owner is None:
            return None
        reply = self._statement(subject, owner)
        return self._one(replace(reply, lead=lead(plan, Verdict(holds=False)) + f"{owner.zone}:"), named=True)

    def _best(self, plan: QueryPlan, group: Found) -> Scored:
        best = self._selector.sentence(group.clauses[:6], plan.terms)
        assert best is not None  # groups are never empty
        return best

    def _reply(self, plan: QueryPlan, group: Found) -> Reply:
        """What one zone answers.

        Raises:
            Refusal: it has no answer.
        """
        if plan.reference and (clause := self._referenced(plan, group)):
            group = replace(group, clauses=(clause,))
        if plan.notice and group.zone is None and (reply := self._of_notice(plan, group)):
            return reply
        best = self._best(plan, group)
        if best.score < _KNOWN and not plan.reference:
            raise Refusal("not_found")
        self._check_detail(plan, group, best)
        if plan.confirm:
            return self._confirm(plan, group)
        if plan.asks is Ask.UNITS:
            return self._units(plan, group)
        if plan.targets and (reply := self._targets(group)):
            return reply
        if plan.asks is Ask.DATE:
            return self._date(plan, group)
        if plan.asks is Ask.VALUE and (reply := self._value(plan, group)):
            return reply
        return self._statement(plan, group)

    def _check_detail(self, plan: QueryPlan, group: Found, best: Scored) -> None:
        """Refuse details, years and units of measure that the nearest clauses do not state."""
        if plan.asks is Ask.UNITS:
            return
        keys = " ".join(self._selector.key(clause) for clause in group.clauses[:3])
        for detail, words in self._requires.items():
            if detail in plan.question and not any(word in keys for word in words):
                raise Refusal("not_found_detail", detail=detail)
        missing = [year for year in plan.years if f"{year}年" not in keys]
        if missing and not plan.confirm:
            raise Refusal("not_found_year", year="、".join(missing))
        if (
            plan.asks is Ask.VALUE
            and not plan.confirm
            and any(word in plan.question for word in self._actual)
        ):
            raise Refusal("not_found_actual")

    def _of_notice(self, plan: QueryPlan, group: Found) -> Reply | None:
        """When the notice was issued, and to which zones; None for other questions about the document."""
        found = [sentence for clause in group.clauses for sentence in sentences(clause)]
        if plan.asks is Ask.DATE and (dated := [s for s in found if _DAY.search(s.key)]):
            return Reply(group, (_verbatim(min(dated, key=lambda s: len(s.text)), 1.0),), 1.0)
        if plan.asks is Ask.ZONES:
            naming = max(found, key=lambda s: (sum(zone in s.text for zone in self._zones), -len(s.text)))
            return Reply(group, (_verbatim(naming, 1.0),), 1.0)
        return None

    # -- kinds of questions ------------------------------------------------------------------------------------------

    def _value(self, plan: QueryPlan, group: Found) -> Reply | None:
        """The figure asked for; None where no row fits."""
        rows = [row for row in self._rows if row.clause.zone == group.zone]
        picked = self._selector.indicator(rows, plan)
        if picked and picked[1] >= _FIT:
            return Reply(group, (figure_claim(*picked),), picked[1])
        if (
            plan.asked_unit
            and plan.asked_unit not in "家个处项条"
            and not any(plan.asked_unit in row.unit for row in rows)
        ):
            raise Refusal("not_found_unit", unit=plan.asked_unit)
        return None

    def _units(self, plan: QueryPlan, group: Found) -> Reply:
        """The whole list of responsible units of the clause that the question is about."""
        best = self._selector.sentence(group.clauses[:4], plan.terms)
        assert best is not None
        clause = best.passage.clause
        if not clause.units:
            holders = [child for child in self._children.get(clause.id, ()) if child.units]
            if not holders:
                raise Refusal("not_found_units")
            return Reply(group, tuple(self._unit_claim(child, None) for child in holders), best.score)
        return Reply(group, (self._unit_claim(clause, best.passage),), best.score)

    def _unit_claim(self, clause: Clause, sentence: Passage | None) -> Claim:
        bracket = clause.units_span
        assert bracket is not None
        heading = clause.heading or (clause.path[-1] if clause.path else clause.label)
        text = self._messages["units"].format(heading=heading, units="、".join(clause.units))
        return Claim(text, (whole(clause, sentence.span.start if sentence else bracket.start, bracket.end),))

    def _date(self, plan: QueryPlan, group: Found) -> Reply:
        """A sentence that names a year."""
        best: Scored | None = None
        for clause in group.clauses[:8]:
            for sentence in sentences(clause):
                if _YEAR.search(sentence.key):
                    score = self._selector.scorer.coverage(plan.terms, sentence.key, above(clause))
                    if best is None or score > best.score:
                        best = Scored(sentence, score)
        if best is None or not self._on_topic(plan, best.passage):
            raise Refusal("not_found_date")
        dated = [row for row in self._rows if row.by and best.passage.span.overlaps(row.figure)]
        if dated and dated[0].clause is best.passage.clause:
            return Reply(group, (figure_claim(dated[0], best.score),), best.score)
        return Reply(group, (_verbatim(best.passage, best.score),), best.score)

    def _on_topic(self, plan: QueryPlan, passage: Passage) -> bool:
        """True if a passage with its headings covers half of what the corpus knows of the question."""
        known = [term for term in plan.terms if self._selector.scorer.known(term)]
        return self._selector.scorer.coverage(known, passage.key, above(passage.clause)) >= 0.5

    def _confirm(self, plan: QueryPlan, group: Found) -> Reply:
        """Yes or no, with the words that decide."""
        if plan.figures or plan.years:
            rows = [row for row in self._rows if row.clause.zone == group.zone]
            picked = self._selector.indicator(rows, plan)
            if picked and picked[1] >= _FIT:
                return Reply(
                    group,
                    (figure_claim(*picked),),
                    picked[1],
                    lead(plan, self._judge.figures(plan, picked[0])),
                )
        if plan.years and not plan.figures:
            reply = self._date(plan, group)
            return replace(reply, lead=lead(plan, Verdict(all(y in reply.claims[0].text for y in plan.years))))
        if plan.units and not plan.quoted:
            best = self._selector.sentence([c for c in group.clauses[:5] if c.units], plan.terms)
            if best:
                verdict = self._judge.units(plan, best.passage.clause)
                return Reply(
                    group,
                    (self._unit_claim(best.passage.clause, best.passage),),
                    best.score,
                    lead(plan, verdict),
                )
        reply = self._statement(replace(plan, terms=self._judge.subject(plan)), group)
        clause = reply.claims[0].proof[0].clause
        verdict = self._judge.wording(plan, clause)
        return replace(reply, lead=lead(plan, verdict) + _missing(verdict))

    def _picked(self, plan: QueryPlan, group: Found) -> Scored:
        """The sentence that answers: one with a list of places or a place where that is asked for."""
        picked = None
        if plan.each:
            picked = self._selector.sentence(group.clauses[:3], plan.terms, lambda s: len(segments(s)) > 2)
        elif plan.asks is Ask.PLACE:
            picked = self._selector.sentence(group.clauses[:4], plan.terms, lambda s: bool(PLACE.search(s.text)))
        return picked if picked and picked.score >= _KNOWN else self._best(plan, group)

    def _statement(self, plan: QueryPlan, group: Found) -> Reply:
        """The sentence, listed segment, clause body or children's headings that cover the question best."""
        best = self._picked(plan, group)
        clause = best.passage.clause
        scorer = self._selector.scorer
        own = scorer.coverage(plan.terms, best.passage.key)
        heading = scorer.coverage(plan.terms, normalise(clause.heading)) if clause.heading else 0.0
        children = self._children.get(clause.id, [])
        if children and heading >= own:
            return self._headings(group, clause, children, best.score)
        if heading > own + 0.05 or plan.reference:
            return Reply(group, (_body(clause, best.score),), best.score)
        stretch = best.passage if plan.each else self._selector.stretch(best.passage, plan.terms)
        claims = [_verbatim(stretch, best.score)]
        claims += self._rest(plan, group, claims[0].proof[0])
        return Reply(group, tuple(claims), best.score)

    def _targets(self, group: Found) -> Reply | None:
        """The sentence of a zone that states most figures."""
        rows = [row for row in self._rows if row.clause.zone == group.zone]
        counts = Counter(s for row in rows for s in sentences(row.clause) if s.span.overlaps(row.figure))
        return Reply(group, (_verbatim(max(counts, key=lambda s: counts[s]), 1.0),), 1.0) if counts else None

    def _rest(self, plan: QueryPlan, group: Found, first: Passage) -> list[Claim]:
        """A second sentence where the first leaves a good part of the question open."""
        scorer = self._selector.scorer
        open_terms = [
            term
            for term in plan.terms
            if scorer.match(term, f"{above(first.clause)} {first.key}") < 0.5 and scorer.known(term)
        ]
        total = sum(scorer.term_weight(term) for term in plan.terms)
        if not open_terms or sum(scorer.term_weight(term) for term in open_terms) < 0.3 * total:
            return []
        second = self._selector.sentence(group.clauses[:3], open_terms)
        if second is None or second.score < 0.7 or second.passage == first:
            return []
        return [_verbatim(self._selector.stretch(second.passage, open_terms), second.score)]

    def _headings(self, group: Found, clause: Clause, children: Sequence[Clause], score: float) -> Reply:
        """A heading with numbered children: the children's headings, each cited."""
        claims = [_heading_claim(clause), *(_heading_claim(child) for child in children)]
        return Reply(group, tuple(claims), score)

    def _referenced(self, plan: QueryPlan, group: Found) -> Clause | None:
        """The clause of the numbers that the question names.

        Raises:
            Refusal: the zone's plan has no such clause.
        """
        assert plan.reference is not None
        first, second = plan.reference
        if not first:
            parent = self._best(replace_terms(plan), group).passage.clause
            base = parent if self._children.get(parent.id) else self._clauses.get(parent.parent or "", parent)
            return next((c for c in self._children.get(base.id, ()) if c.numbers[-1] == str(second)), None)
        wanted = (str(first), str(second)) if second else (str(first),)
        for clause in self._clauses.values():
            if clause.zone == group.zone and clause.numbers == wanted:
                return clause
        if group.zone is None:
            return None
        raise Refusal("not_found_reference", zone=group.zone)

    # -- one zone, several zones, no zone ----------------------------------------------------------------------------

    def _replies(self, plan: QueryPlan, found: Sequence[Found]) -> list[Reply]:
        """Replies of all zones that have one.

        Raises:
            Refusal: none has; the reason is that of the first.
        """
        replies: list[Reply] = []
        refusals: list[Refusal] = []
        for group in found:
            try:
                replies.append(self._reply(plan, group))
            except Refusal as refusal:
                refusals.append(refusal)
        if not replies:
            raise refusals[0]
        return replies

    def _one(self, reply: Reply, *, named: bool) -> Answer:
        marks = Marks()
        prefix = f"{reply.found.zone}:" if reply.found.zone and not named else ""
        return Answer(prefix + _compose(reply, marks), Status.ANSWERED, marks.citations)

    def _several(self, plan: QueryPlan, replies: Sequence[Reply]) -> Answer:
        marks = Marks()
        rows = [(reply.found.zone or "通知", _compose(reply, marks, inline=True)) for reply in replies]
        silent = [zone for zone in plan.zones if zone not in {reply.found.zone for reply in replies}]
        rows += [(zone, "未规定") for zone in silent]
        if len(rows) > 2 and all(len(reply.claims) == 1 for reply in replies):
            lines = ["| 市 | 规定 |", "| --- | --- |", *(f"| {zone} | {text} |" for zone, text in rows)]
        else:
            lines = [f"- {zone}:{text}" for zone, text in rows]
        return Answer("\n".join(lines), Status.PARTIAL if silent else Status.ANSWERED, marks.citations)

    def _open(self, plan: QueryPlan, replies: Sequence[Reply]) -> Answer:
        """No zone was named: the zones that answer equally well, or a question back where that would be too long."""
        top = max(reply.score for reply in replies)
        if top < _KNOWN:
            raise Refusal("not_found")
        best = [reply for reply in replies if reply.score >= top - _SAME]
        if len(best) == 1:
            return self._one(best[0], named=False)
        order = {zone: i for i, zone in enumerate((None, *self._zones))}
        best.sort(key=lambda reply: order[reply.found.zone])
        if plan.all_zones or plan.asks in (Ask.VALUE, Ask.ZONES) or sum(reply.size for reply in best) <= _LONG:
            return self._several(plan, best)
        zones = [reply.found.zone for reply in best if reply.found.zone]
        suggestions = tuple(f"{zone}:{plan.question}" for zone in zones)
        return Answer(
            self._messages["clarify"] + "、".join(zones), Status.NEEDS_CLARIFICATION, suggestions=suggestions
        )


def figure_claim(row: Indicator, fit: float) -> Claim:
    """A figure with zone and deadline, e.g. 到2025年,甲市跨境电商交易规模突破150亿元."""
    text = row.passage.text
    return Claim(f"到{row.by},{text}" if row.by and row.by not in text else text, (row.passage,), fit)


def _verbatim(passage: Passage, score: float) -> Claim:
    return Claim(passage.text.rstrip("。;；,，"), (passage,), score)


def _body(clause: Clause, score: float) -> Claim:
    """A clause from its heading on, as many whole sentences as fit."""
    found = sentences(clause)
    kept = [found[0]]
    for sentence in found[1:]:
        if sentence.span.end - found[0].span.start > _BODY:
            break
        kept.append(sentence)
    body = joined(kept[0], kept[-1])
    text = body.text.rstrip("。;；,，")
    return Claim(f"{clause.heading}:{text}" if clause.heading else text, (body,), score)


def _heading_claim(clause: Clause) -> Claim:
    start = clause.text.find(clause.heading) if clause.heading else 0
    end = start + len(clause.heading) if clause.heading else len(clause.text)
    passage = whole(clause, clause.span.start + start, clause.span.start + end)
    return Claim(passage.text, (passage,))


def _missing(verdict: Verdict) -> str:
    return f"条文中没有“{'”“'.join(verdict.missing)}”:" if verdict.missing else ""


def _without(terms: Sequence[Term], units: Sequence[str]) -> list[Term]:
    return [term for term in terms if not any(term.text in unit or unit in term.text for unit in units)]


def replace_terms(plan: QueryPlan) -> QueryPlan:
    """The plan without terms that only number."""
    return replace(plan, terms=tuple(term for term in plan.terms if not term.text.startswith("第")))


def _compose(reply: Reply, marks: Marks, *, inline: bool = False) -> str:
    """Text of a reply: one or two claims as sentences, more as a list."""
    parts = [claim.text + marks.of(claim) for claim in reply.claims]
    if len(parts) <= 2 or inline:
        return reply.lead + "。".join(parts) + "。"
    first, *rest = parts
    return f"{reply.lead}{first}:\n" + "\n".join(f"{n}. {part}" for n, part in enumerate(rest, 1))
