"""Which zones speak of something: a search over all clauses by exact words and near-synonyms, never the nearest few."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from rag.evidence import Selector
from rag.lexicon import Term, normalise, shortens
from rag.plans import QueryPlan
from rag.retrieval import above
from rag.sentences import Passage, joined, phrases, segments, sentences
from rag.types import Clause

Match = Callable[[Term, str], float]
COMMON = 1.7  # weight of a word that a fifth of the clauses hold; commoner ones tell no zones apart
_IN_TEXT = 0.05  # what the passage says itself counts a little more than its headings
_HEADING = 0.9  # worth of a word that stands in the headings above
_LEAST = 0.5  # share of the question that a zone must cover to speak of it
_PARTLY = 0.4  # match from which a zone may mean the thing by other words
_NAME = 4.0  # weight of a word that only two or three clauses hold
_DECISIVE = 3.2  # weight of a verb that few clauses hold (申建), which then decides as a thing does
_RARE = 0.75  # of the rarest thing's weight; what is commoner may be left unsaid
_LONG = 6  # characters of a stretch that only one place can have
_LIKE = 55.0  # rapidfuzz partial ratio from which a zone may have a stretch in other words
_FULL = 0.5  # match from which a word counts as said


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage that speaks of what is asked about, with the share of it that it covers, 0 to 1."""

    passage: Passage
    score: float


class Mentions:
    """Searches the clauses of all zones."""

    def __init__(self, selector: Selector, clauses: Sequence[Clause], zones: Sequence[str]) -> None:
        self._selector = selector
        self._clauses = {zone: [c for c in clauses if c.zone == zone] for zone in zones}

    def telling(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        """Terms that the corpus knows and that tell clauses apart; common ones where there are no others."""
        known = tuple(t for t in terms if len(t.text) > 1 and self._selector.scorer.known(t))
        rare = tuple(term for term in known if self._selector.scorer.term_weight(term) >= COMMON)
        return rare or known

    def of(
        self,
        terms: Sequence[Term],
        quoted: Sequence[str],
        zones: Sequence[str],
        either: frozenset[Term] = frozenset(),
    ) -> Mapping[str, tuple[Mention, ...]]:
        """Zone → passages that speak of all that the best one speaks of, best first; zones without any are left out.

        Args:
            terms: what is asked about.
            quoted: words that must stand there literally.
            zones: where to look.
            either: terms of which any will do (定期或长期).
        """
        wanted = self.telling(terms)
        if not wanted and not quoted:
            return {}
        found = {zone: self._in_zone(wanted, quoted, self._clauses[zone], self.says) for zone in zones}
        every = [hit for hits in found.values() for hit in hits]
        top = max((mention.score for mention, _ in every), default=0.0)
        if top < _LEAST:
            return {}
        required = self._required(next(said for mention, said in every if mention.score == top)) - either
        if quoted:  # what is quoted decides
            required = set()
        kept = {zone: [m for m, said in hits if required <= said] for zone, hits in found.items()}
        return {zone: tuple(sorted(hits, key=lambda m: -m.score)) for zone, hits in kept.items() if hits}

    def _required(self, said: set[Term]) -> set[Term]:
        """What a zone must speak of: of the things that the best passage names the rarest, and those nearly as rare."""
        weight = self._selector.scorer.term_weight
        things = {t for t in said if not self._selector.lexicon.is_verb(t.text)} or said
        least = _RARE * max(map(weight, things), default=0.0)
        return {term for term in said if weight(term) >= (least if term in things else _DECISIVE)}

    def best(self, terms: Sequence[Term], zones: Sequence[str]) -> Mapping[str, Clause]:
        """Zone → the clause that speaks of most; zones that speak of less than half are left out."""
        found = {}
        for zone in zones:
            hits = self._in_zone(terms, (), self._clauses[zone], self._selector.scorer.match)
            top = max(hits, key=lambda hit: hit[0].score, default=None)
            if top and top[0].score >= _LEAST:
                found[zone] = top[0].passage.clause
        return found

    def owned_elsewhere(self, plan: QueryPlan, zone: str) -> tuple[str, Passage] | None:
        """The one other zone that alone has what a question takes over word for word, and the sentence that says it.

        None where the zone has any of it itself, or has the rarest thing that those words name.
        """
        text = plan.focus
        for name in (zone, *plan.places, *plan.units, *plan.bodies):
            text = text.replace(name, "\n")
        scorer = self._selector.scorer
        lexicon = self._selector.lexicon
        said = tuple(Term(q) for q in plan.quoted if len(q) > 2 and scorer.holds(q))
        said = said or (*self._selector.literal(text), *(t for t in plan.terms if lexicon.is_name(t.text)))
        owned = {t: zones for t in said if len(zones := scorer.zones(t)) == 1 and not zones & {zone, None}}
        homes = {z for zones in owned.values() for z in zones}
        if len(homes) != 1:
            return None
        literal = tuple(owned)
        inside = [t for t in plan.terms if any(t.text in term.text for term in literal) and scorer.known(t)]
        rarest = max(inside, key=scorer.term_weight, default=literal[0] if plan.quoted else None)
        if rarest is None or scorer.weight(rarest.text) < _NAME:
            return None
        if self._speaks(zone, rarest) and any(self._has_like(zone, term.text) for term in literal):
            return None
        owner = str(next(iter(homes)))
        found = (
            s
            for c in self._clauses[owner]
            for s in sentences(c)
            if all(term.text in s.key for term in literal)
        )
        passage = next(found, None)
        return (owner, passage) if passage else None

    def naming(self, name: str, zone: str) -> list[tuple[Clause, tuple[Passage, ...]]]:
        """Clauses of a zone that speak of a name, in order, with the shortest passages that do."""
        found = []
        for clause in self._clauses[zone]:
            said = [s for s in sentences(clause) if name in s.key]
            parts = tuple(p for s in said for p in self.shortest(s, (), (name,)))
            if parts:
                found.append((clause, parts))
        return found

    def _has_like(self, zone: str, words: str) -> bool:
        """True if a zone has words like these; short ones it may always have otherwise."""
        texts = (normalise(c.text) for c in self._clauses[zone])
        return len(words) < _LONG or any(fuzz.partial_ratio(words, text) >= _LIKE for text in texts)

    def _speaks(self, zone: str, term: Term) -> bool:
        """True if a zone has a term, one of its equivalents, or most of its characters side by side."""
        match = self._selector.scorer.match
        return any(match(term, normalise(c.text)) >= _PARTLY for c in self._clauses[zone])

    def _in_zone(
        self,
        terms: Sequence[Term],
        quoted: Sequence[str],
        clauses: Sequence[Clause],
        match: Match,
    ) -> list[tuple[Mention, set[Term]]]:
        hits: list[tuple[Mention, set[Term]]] = []
        for clause in clauses:
            over = above(clause)
            whole = f"{over} {normalise(clause.text)}"
            if quoted and not all(word in whole for word in quoted):
                continue
            if not quoted and not any(match(term, whole) for term in terms):
                continue
            for passage in sentences(clause):
                if all(word in passage.key or word in over for word in quoted):
                    hits.append(self._scored(passage, over, terms, match, bool(quoted)))
        return hits

    def _scored(
        self, passage: Passage, over: str, terms: Sequence[Term], match: Match, quoted: bool
    ) -> tuple[Mention, set[Term]]:
        weight = self._selector.scorer.term_weight
        found = {
            t: max(self._said(t, passage.key, match), _HEADING * self._said(t, over, match)) for t in terms
        }
        said = {term for term, value in found.items() if value >= _FULL * _HEADING}
        total = sum(map(weight, terms)) or 1.0
        score = (
            sum(weight(term) * (found[term] + _IN_TEXT * match(term, passage.key)) for term in said) / total
        )
        return Mention(passage, max(score, 1.0 if quoted else 0.0)), said

    def _said(self, term: Term, key: str, match: Match) -> float:
        """Verbs may be put otherwise (申建, 申报); things may not."""
        verb = self._selector.lexicon.is_verb(term.text)
        return max(match(term, key), self._selector.scorer.match(term, key)) if verb else match(term, key)

    def says(self, term: Term, key: str) -> float:
        """As the scorer, but where the corpus has the very word, only that and its equals will do."""
        if self._selector.scorer.holds(term.text):
            equal = self._selector.lexicon.equals(term.text)
            words = (term.text, *(word for word in equal if not _is_wider(word, term.text)))
            return float(any(word in key for word in words))
        return self._selector.scorer.match(term, key)

    def weight(self, term: Term) -> float:
        """How much a term tells clauses apart."""
        return self._selector.scorer.term_weight(term)

    def coverage(self, terms: Sequence[Term], passage: Passage, *, heading: bool = True) -> float:
        """Share of the terms that a passage, with its headings or alone, covers, 0 to 1."""
        return self._selector.scorer.coverage(terms, passage.key, above(passage.clause) if heading else "")

    def titled(self, terms: Sequence[Term], clause: Clause) -> bool:
        """True if a clause's own heading covers half of the terms, so that all of it is about them."""
        return self._selector.scorer.coverage(terms, normalise(clause.heading)) >= _LEAST

    def shortest(self, passage: Passage, terms: Sequence[Term], quoted: Sequence[str]) -> tuple[Passage, ...]:
        """The listed parts, or the run of phrases, that hold what is asked about."""
        parts = segments(passage)
        if len(parts) < 3:
            return self._phrases(passage, terms, quoted)
        scores = [self._selector.scorer.coverage(terms, part.key) for part in parts]
        quoting = [all(word in part.key for word in quoted) for part in parts]
        best = max((s for s, q in zip(scores, quoting, strict=True) if q), default=0.0)
        hits = tuple(
            part for part, s, q in zip(parts, scores, quoting, strict=True) if q and s >= best - 0.02
        )
        return hits if 0 < len(hits) <= len(parts) / 2 else (passage,)

    def _phrases(self, passage: Passage, terms: Sequence[Term], quoted: Sequence[str]) -> tuple[Passage, ...]:
        parts = phrases(passage)
        wanted = self._selector.scorer.coverage(terms, passage.key) - 0.02
        for size in range(1, len(parts)):
            for i in range(len(parts) - size + 1):
                run = joined(parts[i], parts[i + size - 1])
                if self._selector.scorer.coverage(terms, run.key) >= wanted and all(
                    word in run.key for word in quoted
                ):
                    return (run,)
        return (passage,)


def _is_wider(word: str, name: str) -> bool:
    """True if a word is what is left of a longer name without its first part (班列 of 欧亚班列), so that it says less."""
    return len(word) < len(name) and word[0] != name[0] and shortens(word, name)
