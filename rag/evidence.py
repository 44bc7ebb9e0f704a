"""Retrieved clauses → the shortest stretch of text that answers: a figure's phrase, a listed segment, a sentence."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.cues import cue
from rag.indicators import Indicator
from rag.lexicon import Lexicon, Term, normalise
from rag.plans import QueryPlan
from rag.retrieval import Found, Scored, Scorer, above
from rag.sentences import Passage, joined, phrases, segments, sentences
from rag.types import Clause

_LEFTOVER = 0.35  # how much words of an indicator's name that the question lacks count against it
_NEARLY = 0.15  # rows this close to the best fit may be meant
_BESIDES = 0.2  # worth of what the question says beside the name (每个县建几处)
_DUE = 0.15  # of equal rows the one with a deadline is the goal
_LONG = 150  # characters; a longer sentence is cut to the phrases that answer
_LIKE = 14.0  # worth of cosine similarity, which differs by a few hundredths between chunks
_RANK = 0.15  # worth of being retrieved first
_TITLE = 0.3  # worth of a clause whose own heading is about the question
_BESIDE = 0.3  # worth of the claim of a yes-or-no question beside its subject
_LITERAL = 4  # characters of a stretch that is taken over word for word
_CLEAR = 0.02  # scores closer than this are equal
NUMERAL = re.compile("(?:[0-9]|[一二两三四五六七八九十过][大个家项条处种类亿])")
_KINDS = (
    frozenset(("亿", "亿元", "万元", "元", "亿美元", "万美元", "美元", "万亿元", "钱", "块钱")),
    frozenset(("%", "个百分点")),
)


@dataclass(frozen=True, slots=True)
class Selector:
    """Picks passages with the question's terms; no state of its own."""

    scorer: Scorer
    lexicon: Lexicon

    def key(self, clause: Clause) -> str:
        """Search key of a clause with its headings."""
        return f"{above(clause)} {normalise(clause.text)}"

    def literal(self, text: str) -> tuple[Term, ...]:
        """Stretches of whole words that a normalised text takes over from some clause word for word."""
        borders = self.lexicon.borders(text)
        found = (w.removeprefix("的") for w in self.scorer.stretches(text))
        placed = ((w, text.find(w)) for w in found if len(w) >= _LITERAL)
        return tuple(Term(w) for w, start in placed if {start, start + len(w)} <= borders)

    def sentence(
        self,
        found: Found,
        terms: Sequence[Term],
        depth: int,
        needs: Callable[[Passage], bool] | None = None,
        beside: Sequence[Term] = (),
    ) -> Scored | None:
        """The sentence that answers best, with its coverage of the terms.

        Coverage, likeness to the question, the heading and the rank of the clause count together: everyday words that
        the notice does not use are found by likeness, look-alike clauses are told apart by words.

        Args:
            found: where to look.
            terms: the question's terms.
            depth: how many of the best clauses to look at.
            needs: what a sentence must satisfy to count.
            beside: terms that only tell sentences apart which cover the others alike.
        """
        best: tuple[float, Scored] | None = None
        nearest, trust = found.nearest, self.scorer.trust(terms)
        for rank, clause in enumerate(found.clauses[:depth], 1):
            over = above(clause)
            bonus = _RANK / rank + _TITLE * self.scorer.coverage(terms, normalise(clause.heading))
            for passage in sentences(clause):
                if needs and not needs(passage):
                    continue
                score = self.scorer.coverage(terms, passage.key, over)
                score_beside = _BESIDE * self.scorer.coverage(beside, passage.key, over)
                total = trust * score + score_beside + bonus + _LIKE * (found.similarity(passage) - nearest)
                if best is None or total > best[0] + _CLEAR / 10:
                    best = total, Scored(passage, score)
        return best[1] if best else None

    def stretch(
        self, sentence: Passage, terms: Sequence[Term], found: Found | None = None
    ) -> tuple[Passage, ...]:
        """The segments of a sentence that the terms single out, or the whole sentence where they single out none.

        Args:
            sentence: a sentence.
            terms: the question's terms.
            found: with it, likeness singles out a segment too (for questions that want one, not all).
        """
        parts = segments(sentence)
        if len(parts) < 3:
            return (self._run(sentence, terms) if len(sentence.text) > _LONG else sentence,)
        scores = [self.scorer.coverage(terms, part.key) for part in parts]
        if found and max(scores) - min(scores) < _CLEAR:
            scores = [_LIKE * found.similarity(part) for part in parts]
        hits = tuple(part for part, score in zip(parts, scores, strict=True) if score > max(scores) - _CLEAR)
        return hits if len(hits) <= len(parts) / 2 else (sentence,)

    def _run(self, sentence: Passage, terms: Sequence[Term]) -> Passage:
        """The shortest run of phrases of a long sentence that covers as much as all of it, with the phrase before."""
        parts = phrases(sentence)
        wanted = self.scorer.coverage(terms, sentence.key) - _CLEAR
        for size in range(1, len(parts)):
            for i in range(len(parts) - size + 1):
                run = joined(parts[i], parts[i + size - 1])
                if self.scorer.coverage(terms, run.key) >= wanted:
                    return joined(parts[max(0, i - 1)], parts[i + size - 1])
        return sentence

    def indicator(self, rows: Iterable[Indicator], plan: QueryPlan) -> tuple[Indicator, float] | None:
        """The row whose name fits the question best, with its fit (0 to 1); rows of other units or things are left out."""
        counted = plan.counted if plan.counted and self.scorer.known(plan.counted) else None
        fits = [
            (row, self._fit(row, plan))
            for row in rows
            if (not counted or self.scorer.match(counted, row.passage.key))
            and same_kind(plan.asked_unit, row.unit)
        ]
        least = max((fit for _, fit in fits), default=0.0) - _NEARLY
        near = [(row, fit) for row, fit in fits if fit >= least]
        return max(near, key=lambda pair: self._beside(pair[0], pair[1], plan), default=None)

    def _beside(self, row: Indicator, fit: float, plan: QueryPlan) -> float:
        """Fit with what tells rows of one name apart: what the question says beside it, and a deadline."""
        return fit + _BESIDES * self.scorer.coverage(plan.terms, row.passage.key) + (_DUE if row.by else 0.0)

    def _fit(self, row: Indicator, plan: QueryPlan) -> float:
        name = normalise(row.name)
        covered = self.scorer.coverage(plan.terms, f"{name} {row.comparator}", above(row.clause))
        own = [
            term
            for term in self.lexicon.terms(name)
            if not row.clause.zone or row.clause.zone not in term.text
        ]
        # What each county is to reach counts only where each is asked about.
        each = cue("per_county")
        aside = _NEARLY if each.search(row.passage.key) and not each.search(plan.question) else 0.0
        return covered - _LEFTOVER * (1 - self.scorer.coverage(own, plan.topic)) - aside if own else 0.0


def numbered(counted: Term, text: str) -> bool:
    """True if a number stands near what is counted (五家企业, 企业突破200家, 八大行动)."""
    words = "|".join(map(re.escape, (counted.text, *counted.alternatives)))
    before, behind = (
        rf"{NUMERAL.pattern}[^,。;]{{0,22}}(?:{words})",
        rf"(?:{words})[^,。;]{{0,8}}{NUMERAL.pattern}",
    )
    return bool(re.search(f"{before}|{behind}", text))


def same_kind(asked: str | None, unit: str) -> bool:
    """True unless one is money or a rate and the other is not."""
    if asked is None:
        return True
    return all((asked in kind) == (unit in kind) for kind in _KINDS)
