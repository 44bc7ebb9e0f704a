"""Topic → clauses: dense, lexical and exact-term rankings inside the plan's filters, fused by reciprocal rank."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.index import Filter, Index
from rag.lexicon import Lexicon, Term, normalise
from rag.sentences import Passage, sentences
from rag.types import Chunk, Clause, RetrievedClause, Span

# Cormack, Clarke, Büttcher 2009 use 60 for long rankings; here one zone has about thirty clauses.
_RRF_K = 10
_DENSE, _LEXICAL, _TERMS = 0.6, 1.0, 1.4
_DEPTH = 80  # chunks taken from each side; four times as many without a zone
_SYNONYM = 0.85  # worth of an equivalent beside the word itself
_COMMON = 0.7  # of that at least, for an equivalent that is commoner than the word
_PARTIAL = 0.5  # worth of a word of which only character pairs are found
_INSIDE = 0.7  # of that, for a word inside a compound
_UNKNOWN = 0.3  # worth of a word that no clause holds, beside the rarest known one
_HAN = re.compile("[一-鿿]+")
_STRETCH = 4  # characters from which a stretch taken over word for word is no accident
_ENOUGH = 5.0  # weight of one rare word; questions with less are found by likeness rather than by words
_HEADING = 0.9  # worth of a word that stands in the headings above a sentence, not in it


class Scorer:
    """How much of a question's meaning a text covers, each term weighted by its rarity in the corpus.

    Rarity is inverse document frequency over clauses, as in BM25 (Robertson & Spärck Jones 1976).
    """

    def __init__(self, clauses: Iterable[Clause]) -> None:
        clauses = list(clauses)
        self._keys = [normalise(" ".join((*clause.path, clause.text))) for clause in clauses]
        self._zones = [clause.zone for clause in clauses]
        # Questions repeat the same words; looking each one up in every clause is what would cost the time.
        self._found = lru_cache(maxsize=50_000)(self._count)
        self.term_weight = lru_cache(maxsize=50_000)(self._term_weight)

    def _count(self, word: str) -> int:
        return sum(word in key for key in self._keys)

    def holds(self, word: str) -> bool:
        """True if any clause holds the word."""
        return self._found(word) > 0

    def weight(self, word: str) -> float:
        """Inverse document frequency; a word that no clause holds is taken for a way of speaking and weighs little."""
        rarity = math.log(1 + len(self._keys) / (self._found(word) or 1))
        return rarity if self.holds(word) else _UNKNOWN * rarity

    def _term_weight(self, term: Term) -> float:
        """Weight of the term or, where the corpus does not know it, of its first known equivalent or part."""
        known = (word for word in (term.text, *term.alternatives, *term.parts) if self.holds(word))
        return self.weight(next(known, term.text))

    def zones(self, term: Term) -> set[str | None]:
        """Zones whose clauses hold the term or an equivalent."""
        words = (term.text, *term.alternatives)
        return {
            zone
            for zone, key in zip(self._zones, self._keys, strict=True)
            if any(word in key for word in words)
        }

    def stretches(self, text: str) -> tuple[str, ...]:
        """The longest stretches of Chinese, of four characters and more, that a normalised text shares with a clause."""
        found: list[str] = []
        for run in _HAN.findall(text):
            last = 0
            for start in range(len(run) - _STRETCH + 1):
                end = max(start + _STRETCH, last)
                if not self.holds(run[start:end]):
                    continue
                while end < len(run) and self.holds(run[start : end + 1]):
                    end += 1
                if end > last:
                    found.append(run[start:end])
                    last = end
        return tuple(dict.fromkeys(found))

    def trust(self, terms: Sequence[Term]) -> float:
        """How far the terms' words alone can be trusted to find the place, 0 to 1: one rare word is enough."""
        return min(1.0, sum(self.term_weight(term) for term in terms if self.known(term)) / _ENOUGH)

    def in_scope(self, terms: Sequence[Term]) -> float:
        """Share of the terms' weight that the corpus knows, 0 to 1, each unknown word counted as a rare one."""
        unknown = len([term for term in terms if not self.known(term)]) * math.log(1 + len(self._keys))
        known = sum(self.term_weight(term) for term in terms if self.known(term))
        return known / (known + unknown) if known else 0.0

    def known(self, term: Term) -> bool:
        """True if any clause holds the term, one of its equivalents or a word inside it."""
        return any(self.holds(word) for word in (term.text, *term.alternatives, *term.parts))

    def match(self, term: Term, key: str) -> float:
        """0 to 1: the term itself, an equivalent, words inside it or character pairs stand in a normalised text."""
        if term.text in key:
            return 1.0
        found = [self.weight(word) for word in term.alternatives if word in key]
        if found:
            return _SYNONYM * min(1.0, max(max(found) / self.term_weight(term), _COMMON))
        pairs = [term.text[i : i + 2] for i in range(len(term.text) - 1)]
        if len(pairs) < 2:
            return 0.0
        inside = any(part in key for part in term.parts)
        return _PARTIAL * max(_INSIDE * inside, sum(pair in key for pair in pairs) / len(pairs))

    def _total(self, terms: Sequence[Term]) -> float:
        """Weight of all terms; ways of speaking together count for at most half of what the corpus knows."""
        known = sum(self.term_weight(term) for term in terms if self.known(term))
        return known + min(0.5 * known, sum(self.term_weight(term) for term in terms if not self.known(term)))

    def coverage(self, terms: Sequence[Term], key: str, above: str = "") -> float:
        """Share of the terms' weight that a text covers, 0 to 1; words found in ``above`` only count a little less."""
        total = self._total(terms)
        if not total:
            return 0.0
        covered = (
            self.term_weight(term) * max(self.match(term, key), _HEADING * self.match(term, above))
            for term in terms
        )
        return min(1.0, sum(covered) / total)


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage with the share of the question's terms that it covers, 0 to 1."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one zone (None: covering notice and plans without zone).

    Attributes:
        hits: retrieved clauses, best first.
        similar: cosine similarity to the question by chunk, as (span, similarity) for each clause id.
    """

    zone: str | None
    hits: tuple[RetrievedClause, ...]
    similar: Mapping[str, Sequence[tuple[Span, float]]]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses, best first."""
        return tuple(hit.clause for hit in self.hits)

    @property
    def nearest(self) -> float:
        """Similarity of the nearest chunk; 0 if the dense side found none."""
        return max((s for chunks in self.similar.values() for _, s in chunks), default=0.0)

    def similarity(self, passage: Passage) -> float:
        """Similarity of the nearest chunk that a passage shares text with; that of the farthest chunk if none was found."""
        chunks = self.similar.get(passage.clause.id, ())
        near = [s for span, s in chunks if span.overlaps(passage.span)]
        return max(near) if near else min((s for cs in self.similar.values() for _, s in cs), default=0.0)

    def only(self, clauses: Sequence[Clause]) -> "Found":
        """The same with other clauses, in their order."""
        by_id = {hit.clause.id: hit for hit in self.hits}
        hits = (by_id.get(c.id) or RetrievedClause(c, 0.0, None, None) for c in clauses)
        return replace(self, hits=tuple(hits))


def above(clause: Clause) -> str:
    """Search key of the headings over a clause's text."""
    return normalise(" ".join(clause.path))


class Retriever:
    """Finds clauses for a topic."""

    def __init__(
        self, index: Index, chunks: Mapping[str, Chunk], clauses: Mapping[str, Clause], lexicon: Lexicon
    ) -> None:
        self._index = index
        self._chunks = chunks
        self._clauses = clauses
        self._lexicon = lexicon
        self.scorer = Scorer(clauses.values())

    def search(
        self, topic: str, terms: Sequence[Term], vector: list[float], where: Filter, k: int
    ) -> list[Found]:
        """The ``k`` best clauses by zone, the zone of the best one first; ties fall to the earlier clause id.

        Args:
            topic: what is searched for, as :class:`~rag.query.QueryPlan` holds it.
            terms: its meaningful terms.
            vector: its embedding.
            where: zones and notices to look in.
        """
        depth = _DEPTH if where[0] else 4 * _DEPTH
        near = self._index.dense(vector, depth, where)
        dense = self._ranks(near)
        lexical = self._ranks(self._index.lexical(self._weighted(topic, terms), depth, where))
        found = dict.fromkeys((*dense, *lexical))
        by_words = _TERMS * self.scorer.trust(terms)
        exact = self._by_terms(found, terms)
        fused = [
            RetrievedClause(
                self._clauses[id_],
                _DENSE * _rrf(dense.get(id_))
                + _LEXICAL * _rrf(lexical.get(id_))
                + by_words * _rrf(exact.get(id_)),
                dense.get(id_),
                lexical.get(id_),
            )
            for id_ in found
        ]
        ranked = sorted(fused, key=lambda r: (-r.score, r.clause.id))[:k]
        similar: dict[str, list[tuple[Span, float]]] = {}
        for chunk_id, similarity in near:
            chunk = self._chunks[chunk_id]
            similar.setdefault(chunk.clause_id, []).append((chunk.span, similarity))
        by_zone: dict[str | None, list[RetrievedClause]] = {}
        for hit in ranked:
            by_zone.setdefault(hit.clause.zone, []).append(hit)
        return [
            Found(zone, tuple(hits), {h.clause.id: similar.get(h.clause.id, ()) for h in hits})
            for zone, hits in by_zone.items()
        ]

    def best_sentence(self, clause: Clause, terms: Sequence[Term]) -> Scored:
        """The sentence of a clause that covers most; the earlier one of equals."""
        over = above(clause)
        scored = [Scored(p, self.scorer.coverage(terms, p.key, over)) for p in sentences(clause)]
        return max(scored, key=lambda s: s.score)

    def _by_terms(self, found: Iterable[str], terms: Sequence[Term]) -> dict[str, int]:
        scores = {id_: self.best_sentence(self._clauses[id_], terms).score for id_ in found}
        order = sorted(
            (id_ for id_, score in scores.items() if score > 0), key=lambda id_: (-scores[id_], id_)
        )
        return {id_: rank for rank, id_ in enumerate(order, 1)}

    def _weighted(self, topic: str, terms: Sequence[Term]) -> dict[str, float]:
        """BM25 terms: the topic's words and character pairs, and the words of equivalents at a lower weight."""
        weights: dict[str, float] = {}
        for term in terms:
            for word in term.alternatives:
                for part in self._lexicon.index_terms(word):
                    weights.setdefault(part, 0.3)
        for part in self._lexicon.index_terms(topic):
            if not self._lexicon.is_stop(part):
                weights[part] = 1.0
        return weights

    def _ranks(self, hits: Sequence[tuple[str, float]]) -> dict[str, int]:
        """Clause id → rank of its best chunk, counted over clauses."""
        ranks: dict[str, int] = {}
        for chunk_id, _ in hits:
            ranks.setdefault(self._chunks[chunk_id].clause_id, len(ranks) + 1)
        return ranks


def _rrf(rank: int | None) -> float:
    return 1.0 / (_RRF_K + rank) if rank else 0.0
