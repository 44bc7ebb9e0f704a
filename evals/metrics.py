"""How an answer is scored, and how scores become figures: pure functions of question, answer and corpus.

``ok`` needs the right words, the right citations and the right length at once; everything else is reported beside it.
A figure without a case has no value: None, never 0 or 1.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from evals.questions import CLAUSE_MAX, Gold, Question, Sources, Tag, fold
from rag.types import Answer, Citation, Span, Status

TOP = 5

_MARK = re.compile(r"\[\d+\]")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# 12.5 is one figure; 2023.5.18 is three.
_FIGURE = re.compile(r"(?<![.\d])\d+\.\d+(?![.\d])|\d+")

Truth = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class Score:
    """One answer, scored.

    Attributes:
        ok: everything at once.
        right: the words alone: expected strings, forbidden strings, zones; for an unanswerable question the refusal.
        status: what the answer says of itself.
        refused: the status is a refusal.
        truth: 1 right, 0 a wrong refusal or a question back, -1 wrong.
        hit: for each group of expected strings, whether one of them stands in the text.
        covered: for each evidence group, whether a cited clause covers it.
        quoted: for each evidence group, whether a cited quote touches one of its strings.
        relevant: for each citation, whether its clause holds some evidence.
        exact: for each citation and related clause, whether its quote is cut from the published text.
        faults: why ``ok`` is false, in Chinese; empty if it is true.
    """

    ok: bool
    right: bool
    status: Status
    refused: bool
    truth: Truth
    hit: tuple[bool, ...]
    covered: tuple[bool, ...]
    quoted: tuple[bool, ...]
    relevant: tuple[bool, ...]
    exact: tuple[bool, ...]
    faults: tuple[str, ...]


def score(question: Question, answer: Answer, sources: Sources) -> Score:
    """Scores one answer by the rules of ``questions/FORMAT.md``."""
    covered = tuple(covers(group, answer.citations) for group in question.evidence)
    hit = hits(question, answer)
    wording = _wording_faults(question, answer, hit, sources.zones)
    faults = [*wording, *_proof_faults(question, answer, covered)]
    length = len(without_marks(answer.text))
    if length > question.max_chars:
        faults.append(f"答案 {length} 字,超过 {question.max_chars} 字")
    return Score(
        ok=not faults,
        right=not wording,
        status=answer.status,
        refused=answer.status.refused,
        truth=truth(question, answer.status, right=not wording),
        hit=hit,
        covered=covered,
        quoted=tuple(quotes(group, answer.citations, sources) for group in question.evidence),
        relevant=tuple(is_relevant(citation, question) for citation in answer.citations),
        exact=tuple(is_exact(citation, sources) for citation in (*answer.citations, *answer.related)),
        faults=tuple(faults),
    )


def without_marks(text: str) -> str:
    """An answer's text without its citation marks."""
    return _MARK.sub("", text)


def hits(question: Question, answer: Answer) -> tuple[bool, ...]:
    """For each group of expected strings, whether one of them stands in the answer."""
    text = fold(without_marks(answer.text))
    return tuple(any(fold(word) in text for word in group) for group in question.expect.all)


def _wording_faults(
    question: Question, answer: Answer, hit: Sequence[bool], zones: Iterable[str]
) -> list[str]:
    """What is wrong with the words of an answer, or with answering at all; citations aside."""
    expect, text = question.expect, fold(without_marks(answer.text))
    if expect.refuse:
        return [] if answer.status.refused else ["应当拒答,却作了答"]
    faults = ["不应拒答"] if answer.status.refused else []
    faults += [
        "缺少“" + "”或“".join(group) + "”" for group, there in zip(expect.all, hit, strict=True) if not there
    ]
    faults += [f"不应出现“{word}”" for word in expect.none if fold(word) in text]
    if expect.zones is not None:
        named = [zone for zone in zones if fold(zone) in text]
        if set(named) != set(expect.zones):
            faults.append(f"应当只提到{'、'.join(expect.zones) or '无'},实际提到{'、'.join(named) or '无'}")
    return faults


def _proof_faults(question: Question, answer: Answer, covered: Sequence[bool]) -> list[str]:
    if question.expect.refuse:
        faults = ["拒答不应带引用"] if answer.citations else []
        loose = loose_figures(question, answer) if answer.status.refused else []
        return faults + [f"拒答中的数字 {figure} 没有来处" for figure in loose]
    return [
        "没有引用“" + "”或“".join(dict.fromkeys(gold.quote for gold in group)) + "”所在的条款"
        for group, hit in zip(question.evidence, covered, strict=True)
        if not hit
    ]


def figures(text: str) -> list[str]:
    """Numbers in digits, in order: full width as half width, without grouping commas."""
    # White space stays, as it keeps "2025\n1." two figures.
    return _FIGURE.findall(_GROUPED.sub("", unicodedata.normalize("NFKC", text)))


def loose_figures(question: Question, answer: Answer) -> list[str]:
    """Figures of an answer text that stand neither in what was asked nor in a related clause."""
    known = {figure for turn in question.turns for figure in figures(turn)}
    known.update(figure for hit in answer.related for figure in figures(hit.clause.text))
    found = figures(_MARK.sub(" ", answer.text))
    return [figure for figure in dict.fromkeys(found) if figure not in known]


def truth(question: Question, status: Status, *, right: bool) -> Truth:
    """1 for a right answer or a right refusal, 0 for a wrong refusal or a question back, -1 for anything else."""
    if status is Status.NEEDS_CLARIFICATION:
        return 0
    if right:
        return 1
    return 0 if status.refused and not question.expect.refuse else -1


def covers(group: Iterable[Gold], citations: Iterable[Citation]) -> bool:
    """True if a cited clause, not longer than 600 characters, holds a string of the group."""
    wanted = {gold.clause for gold in group}
    return any(c.clause.id in wanted and len(c.clause.text) <= CLAUSE_MAX for c in citations)


def quotes(group: Iterable[Gold], citations: Sequence[Citation], sources: Sources) -> bool:
    """True if a string of the group lies in a cited quote or overlaps one."""
    return any(
        citation.clause.id == gold.clause and any(citation.span.overlaps(place) for place in places)
        for gold in group
        if (places := _places(gold, sources))
        for citation in citations
    )


def _places(gold: Gold, sources: Sources) -> list[Span]:
    clause = sources.clauses[gold.clause]
    starts = [match.start() for match in re.finditer(re.escape(gold.quote), clause.text)]
    base = clause.span.start
    return [Span(base + start, base + start + len(gold.quote)) for start in starts]


def is_relevant(citation: Citation, question: Question) -> bool:
    """True if the cited clause holds some evidence of the question."""
    return any(citation.clause.id == gold.clause for group in question.evidence for gold in group)


def is_exact(citation: Citation, sources: Sources) -> bool:
    """True if the quote is the published text at its offsets, not empty, and inside a clause that exists."""
    clause = sources.clauses.get(citation.clause.id)
    if clause is None:
        return False
    span, home = citation.span, clause.span
    inside = home.start <= span.start < span.end <= home.end
    return inside and sources.notices[clause.notice_id].text[span.start : span.end] == citation.quote


@dataclass(frozen=True, slots=True)
class Ranking:
    """What retrieval found for one question.

    Attributes:
        found: for each evidence group, whether one of its clauses is among the first five.
        first: rank, from 1, of the first clause that holds any evidence; None if none was found.
        one_zone: all evidence stands in one and the same zone.
    """

    found: tuple[bool, ...]
    first: int | None
    one_zone: bool


def rank(question: Question, retrieved: Sequence[str], sources: Sources) -> Ranking | None:
    """Scores retrieved clause ids, best first; None where :func:`is_ranked` says that it does not apply."""
    if not is_ranked(question):
        return None
    wanted = [{gold.clause for gold in group} for group in question.evidence]
    every = set().union(*wanted)
    ranks = [place for place, id_ in enumerate(retrieved, 1) if id_ in every]
    zones = {sources.clauses[id_].zone for id_ in every}
    return Ranking(
        found=tuple(not group.isdisjoint(retrieved[:TOP]) for group in wanted),
        first=ranks[0] if ranks else None,
        one_zone=len(zones) == 1 and None not in zones,
    )


def is_ranked(question: Question) -> bool:
    """True if five clauses can hold all evidence and nothing has to be carried over from earlier turns."""
    return question.single and 0 < len(question.evidence) <= TOP


@dataclass(frozen=True, slots=True)
class Result:
    """What the figures are made of, for one question.

    Attributes:
        score: None if the system failed with an error.
        same: whether the second answer had the same bytes; None if it was not asked for.
        seconds: time of the first answer.
    """

    question: Question
    score: Score | None
    ranking: Ranking | None
    same: bool | None
    seconds: float


Figures = dict[str, float | None]


def figures_of(results: Sequence[Result]) -> Figures:
    """All figures over some questions, by name; errors are counted and left out of every other figure."""
    scored = [(r.question, r.score) for r in results if r.score]
    answerable = [s for q, s in scored if not q.expect.refuse]
    unanswerable = [s for q, s in scored if q.expect.refuse]
    rankings = [r.ranking for r in results if r.ranking]
    times = [r.seconds * 1000 for r in results if r.score]
    every = [s for _, s in scored]
    return {
        "questions": len(results),
        "errors": len(results) - len(scored),
        "ok": mean(s.ok for s in every),
        "answer": mean(s.right for s in every),
        "citation_recall": mean(hit for s in every for hit in s.covered),
        "citation_precision": mean(hit for s in every for hit in s.relevant),
        "quote_recall": mean(hit for s in every for hit in s.quoted),
        "quote_exactness": mean(hit for s in every for hit in s.exact),
        "refused": mean(s.refused for s in unanswerable),
        "over_refused": mean(s.refused for s in answerable),
        "false_answers": sum(not s.refused for s in unanswerable),
        "truthfulness": mean(s.truth for s in every),
        "recall_at_5": mean(hit for r in rankings for hit in r.found),
        "one_zone_recall_at_5": mean(hit for r in rankings if r.one_zone for hit in r.found),
        "mrr": mean(1 / r.first if r.first else 0.0 for r in rankings),
        "paraphrase_agreement": mean(agreements(results)),
        "determinism": mean(r.same for r in results if r.same is not None),
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
    }


def agreements(results: Iterable[Result]) -> list[bool]:
    """For each pair of paraphrases whether they agree: all pairs inside each group, errors left out."""
    groups: dict[str, list[Score]] = {}
    for result in results:
        if result.question.group is not None and result.score:
            groups.setdefault(result.question.group, []).append(result.score)
    return [agree(*pair) for scores in groups.values() for pair in combinations(scores, 2)]


def agree(one: Score, other: Score) -> bool:
    """True if two answers have the same status, hit the same strings and cover the same evidence, right or wrong."""
    return (one.status, one.hit, one.covered) == (other.status, other.hit, other.covered)


def mean(values: Iterable[float]) -> float | None:
    """Arithmetic mean; None of nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least ``share`` of all values do not exceed (nearest rank); None of nothing."""
    ordered = sorted(values)
    # Counting from above keeps 0.95 × 20 at 19 in spite of binary fractions.
    return ordered[len(ordered) - 1 - int(len(ordered) * (1 - share) + 1e-9)] if ordered else None


def by_category(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Results by category, in order of first appearance."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.question.cat, []).append(result)
    return groups


def by_tag(results: Sequence[Result]) -> dict[Tag, list[Result]]:
    """Results by tag, only tags that occur, in the order of the vocabulary; a question may be in several or none."""
    tags: tuple[Tag, ...] = get_args(Tag)
    slices = {tag: [result for result in results if tag in result.question.tags] for tag in tags}
    return {tag: found for tag, found in slices.items() if found}
