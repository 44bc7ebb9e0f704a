"""One zone's clauses → replies by kind: a sentence or listed part, a figure, all figures, a unit list, a date."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim
from rag.cues import cue
from rag.evidence import Selector, numbered
from rag.indicators import Indicator
from rag.lexicon import Term, data_file, normalise
from rag.numbering import numeral_value
from rag.plans import Ask, QueryPlan
from rag.replies import (
    Outline,
    Refusal,
    Reply,
    body_claim,
    figure_claim,
    figures_claim,
    heading_claim,
    units_claim,
    verbatim_claim,
)
from rag.retrieval import Found, Scored, above
from rag.sentences import PLACE, Passage, segments, sentences
from rag.types import Clause

FIT = 0.35  # least fit of an indicator row
KNOWN = 0.12  # least coverage of an answer
_NEAR = 0.6  # share of the best coverage from which a sentence with what is asked for is preferred
_REGION_NEAR = 0.25  # the same for sentences that list countries, which seldom say 市场
_DEPTH = 6  # clauses that a sentence may come from
_WIDE = 20  # the same where few sentences will do
_CHARACTERS = re.compile("([二两三四五六七八])个字")
_COUNTED = "家个处项条大"  # counting words that stand for each other
_REGIONS_ASKED = re.compile(
    "(?:哪|什么|啥)[些几个]{0,2}(?:国家|市场|地区)|(?:去|往|到)哪[些儿里个]?[^,。?]{0,6}(?:建|布|开)"
)
_REGIONS = re.compile("、[一-鿿]+等[一-鿿]{0,6}(?:市场|国家|地区)|沿线|”(?:和|、|及)?[A-Za-z]*市场")
_AND = re.compile("[和与及跟、,，]|还有|以及")
_BODY = re.compile("[省市][一-鿿]{1,8}(?:厅|局|委|办)(?:要|会同|负责|牵头)")
_YEAR = re.compile("(?:19|20)[0-9]{2}年")


class Statements:
    """Makes the replies of each kind, in the notice's own words."""

    def __init__(self, selector: Selector, rows: Sequence[Indicator], outline: Outline) -> None:
        self._selector = selector
        self._rows = rows
        self._outline = outline
        self._units_text = data_file("messages", dict[str, str])["units"]

    def units_of(self, clause: Clause, sentence: Passage | None = None) -> Claim:
        """The responsible units of one clause, proven from the sentence asked about."""
        return units_claim(clause, sentence, self._units_text)

    def best(self, plan: QueryPlan, group: Found, beside: Sequence[Term] = ()) -> Scored:
        """The sentence that covers most of the question; terms ``beside`` decide between equals."""
        best = self._selector.sentence(group, plan.terms, _DEPTH, beside=beside)
        assert best is not None, "groups are never empty"
        return best

    def text(self, plan: QueryPlan, group: Found, beside: Sequence[Term] = ()) -> Reply:
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
        if cue("place_in_list").search(plan.focus) and clause.numbers:
            claims = [_located(clause), *claims]
        elif plan.item and clause.heading and not heading > own:
            claims = [heading_claim(clause), *claims]
        return Reply(group.zone, tuple(claims), best.score)

    def _picked(self, plan: QueryPlan, group: Found, beside: Sequence[Term]) -> Scored:
        """The best sentence; one that lists places, or names one, where that is asked for."""
        picked = None
        if plan.each:
            picked = self._selector.sentence(group, plan.terms, 3, lambda s: len(segments(s)) > 2)
        elif _REGIONS_ASKED.search(plan.focus):
            picked = self._selector.sentence(group, plan.terms, 4, lambda s: bool(_REGIONS.search(s.text)))
        elif plan.item:
            picked = self._selector.sentence(
                group, plan.terms, 4, lambda s: not self._outline.children(s.clause)
            )
        elif plan.asks is Ask.PLACE:
            picked = self._selector.sentence(group, plan.terms, 4, lambda s: bool(PLACE.search(s.text)))
        elif chars := _CHARACTERS.search(plan.focus):
            quoted = re.compile(f"“[^“”]{{{numeral_value(chars[1])}}}”")
            picked = self._selector.sentence(group, plan.terms, _WIDE, lambda s: bool(quoted.search(s.text)))
        elif (counted := plan.counted) is not None:
            picked = self._selector.sentence(group, plan.terms, _WIDE, lambda s: numbered(counted, s.key))
        best = self.best(plan, group, beside)
        near = _REGION_NEAR if _REGIONS_ASKED.search(plan.focus) else _NEAR
        return picked if picked and picked.score >= max(KNOWN, near * best.score) else best

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

    def value(self, plan: QueryPlan, group: Found) -> Reply | None:
        """The figure asked for; None where no row fits."""
        rows = self.rows_of(group)
        if several := self._values(rows, plan):
            return Reply(group.zone, (figures_claim(several),), 1.0, figure=True)
        scorer, lexicon = self._selector.scorer, self._selector.lexicon
        # What the corpus does not know may be another thing (then no row is meant), but a verb may not (扶起来).
        terms = tuple(t for t in plan.terms if scorer.known(t) or lexicon.is_thing(t.text))
        picked = self._selector.indicator(rows, replace(plan, terms=terms or plan.terms))
        if picked and picked[1] >= FIT:
            return Reply(group.zone, (figure_claim(picked[0]),), picked[1], figure=True)
        unit = plan.asked_unit
        if unit and unit not in _COUNTED and "钱" not in unit and not any(unit in row.unit for row in rows):
            raise Refusal("not_found_unit", unit=unit)
        return None

    def _values(self, rows: Sequence[Indicator], plan: QueryPlan) -> list[Indicator]:
        """The rows of several figures asked for at once (规模和增速); empty where one is asked for."""
        found: dict[Indicator, None] = {}
        for part in _AND.split(plan.topic):
            terms = tuple(term for term in plan.terms if term.text in part)
            named = replace(plan, topic=part, terms=terms, counted=None, asked_unit=None)
            if not any(map(self._selector.scorer.known, terms)):
                continue
            picked = self._selector.indicator(rows, named)
            if picked is None or picked[1] < FIT:
                return []
            found[picked[0]] = None
        spans = [row.passage.span for row in found]
        apart = [row for row in found if not any(row.passage.span.within(other) for other in spans)]
        return apart if len(found) > 1 else []

    def targets(self, group: Found) -> Reply | None:
        """The sentence of a zone that states most figures."""
        counts = Counter(
            s for row in self.rows_of(group) for s in sentences(row.clause) if s.span.overlaps(row.figure)
        )
        return Reply(group.zone, (verbatim_claim(counts.most_common(1)[0][0]),), 1.0) if counts else None

    def units(self, plan: QueryPlan, group: Found) -> Reply:
        """The whole list of responsible units of the clause that the question is about, or of its children."""
        best = self._selector.sentence(group, plan.terms, 4)
        assert best is not None, "groups are never empty"
        clause = best.passage.clause
        children = [c for c in self._outline.children(clause) if c.units]
        if not clause.units and not children:
            # The next best clause with a list; else the body may stand in the text itself (省商务厅要牵头).
            listing = self._selector.sentence(group, plan.terms, _DEPTH, lambda s: bool(s.clause.units))
            if listing and listing.score >= _NEAR * best.score:
                best, clause = listing, listing.passage.clause
            elif _BODY.search(best.passage.key):
                return self.text(plan, group)
            else:
                raise Refusal("not_found_units")
        if clause.units:
            return Reply(group.zone, (self.units_of(clause, best.passage),), best.score)
        return Reply(group.zone, tuple(map(self.units_of, children)), best.score)

    def date(self, plan: QueryPlan, group: Found) -> Reply:
        """A sentence about the topic that names a year; short where a figure carries it as its deadline."""
        best = self._selector.sentence(group, plan.terms, 8, lambda s: bool(_YEAR.search(s.key)))
        if best is None or not (plan.targets or self._on_topic(plan, best.passage)):
            raise Refusal("not_found_date")
        dated = [row for row in self.rows_of(group) if row.by and best.passage.span.overlaps(row.figure)]
        return Reply(
            group.zone, (figure_claim(dated[0]) if dated else verbatim_claim(best.passage),), best.score
        )

    def _on_topic(self, plan: QueryPlan, passage: Passage) -> bool:
        """True if a passage with its headings covers half of what the corpus knows of the question."""
        known = [term for term in plan.terms if self._selector.scorer.known(term)]
        return self._selector.scorer.coverage(known, passage.key, above(passage.clause)) >= 0.5

    def rows_of(self, group: Found) -> list[Indicator]:
        """The zone's indicator rows."""
        return [row for row in self._rows if row.clause.zone == group.zone]


def _located(clause: Clause) -> Claim:
    """Where a clause stands: the headings above it and its own, with their numbers."""
    return Claim(" ".join(clause.path), heading_claim(clause).proof)
