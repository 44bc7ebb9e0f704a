"""Systems that are bad in one known way get, through the real runner, the figures that theory says they must get.

Of the ten questions eight can be answered; they have nine evidence groups, one of them (who is in charge) away from the
figures; two are paraphrases of each other.
"""

import pytest
from evals_samples import (
    QUESTIONS,
    SOURCES,
    AlwaysRefuse,
    Bookish,
    CitesEverything,
    CopyTopClause,
    Gold,
    Hedges,
    InventsWhileRefusing,
    NamesAllZones,
    OneAnswer,
    WrongClause,
)

from evals.metrics import by_tag, figures_of
from evals.questions import Sources, committed_sets, load_questions
from evals.runner import run
from rag.corpus import load_corpus
from rag.settings import load_settings

NAMES = (
    "ok",
    "answer",
    "citation_recall",
    "citation_precision",
    "quote_recall",
    "refused",
    "over_refused",
    "truthfulness",
    "paraphrase_agreement",
)


def results(system, questions=QUESTIONS, sources=SOURCES):
    return [row.result for row in run({"demo": questions}, system, sources)]


def told(found, names=NAMES):
    figures = figures_of(found)
    return tuple(figures[name] for name in names)


@pytest.mark.parametrize(
    ("system", "figures"),
    [
        (Gold, (1, 1, 1, 1, 1, 1, 0, 1, 1)),
        # Right on 2 of 10; a wrong refusal is no lie.
        (AlwaysRefuse, (2 / 10, 2 / 10, 0, None, 0, 1, 1, 2 / 10, 1)),
        # A figure out of nowhere spoils the two right refusals, but they stay refusals.
        (InventsWhileRefusing, (0, 2 / 10, 0, None, 0, 1, 1, 2 / 10, 1)),
        # 甲 and 甲俗 are right, eight are false. The clause also proves 谁管 and half of 甲乙; the quote not 谁管.
        (OneAnswer, (2 / 10, 2 / 10, 4 / 9, 4 / 10, 3 / 9, 0, 0, (2 - 8) / 10, 1)),
        # Wrong on 甲乙 (half), 哪市 (the other zone) and the two to be refused; short enough for 谁管 and 非也 only.
        (CopyTopClause, (2 / 10, 6 / 10, 7 / 9, 7 / 10, 7 / 9, 0, 0, (6 - 4) / 10, 1)),
        (WrongClause, (2 / 10, 1, 0, 0, 0, 1, 0, 1, 1)),
        # Only 哪市 says which zones may be named.
        (NamesAllZones, (9 / 10, 9 / 10, 1, 1, 1, 1, 0, (9 - 1) / 10, 1)),
        # 甲 and 甲俗 bar the other figure.
        (Hedges, (8 / 10, 8 / 10, 1, 1, 1, 1, 0, (8 - 2) / 10, 1)),
        # Nine useful citations out of seven for each of eight answers.
        (CitesEverything, (1, 1, 1, 9 / 56, 1, 1, 0, 1, 1)),
        # 甲俗 refused: no citation, so precision is whole; its only paraphrase does not agree.
        (Bookish, (9 / 10, 9 / 10, 8 / 9, 1, 8 / 9, 1, 1 / 8, 9 / 10, 0)),
    ],
)
def test_figures_are_what_theory_says(system, figures):
    assert told(results(system())) == pytest.approx(figures)


@pytest.mark.parametrize(
    ("system", "faults"),
    [
        (Gold, {}),
        (NamesAllZones, {"哪市": ("应当只提到乙,实际提到甲、乙",)}),
        (Bookish, {"甲俗": ("不应拒答", "缺少“100亿”", "没有引用“突破100亿元”所在的条款")}),
        (InventsWhileRefusing, dict.fromkeys(("丙", "实绩"), ("拒答中的数字 777 没有来处",))),
    ],
)
def test_faults_name_what_the_system_does_wrong(system, faults):
    scores = {result.question.id: result.score for result in results(system())}
    assert all(scores[id_].faults == wanted for id_, wanted in faults.items())
    if system is not InventsWhileRefusing:
        assert {id_ for id_, score in scores.items() if not score.ok} == faults.keys()


def test_slices_show_what_the_total_hides():
    slices = {tag: told(found, ("questions", "ok")) for tag, found in by_tag(results(Bookish())).items()}
    assert slices == {"low_overlap": (1, 0), "near_miss": (2, 1)}
    slices = {tag: told(found, ("questions", "ok")) for tag, found in by_tag(results(OneAnswer())).items()}
    assert slices == {"low_overlap": (1, 1), "near_miss": (2, 0)}


def test_retrieval_is_scored_beside_the_answer():
    # Seven single questions with evidence; for 哪市, which names no zone, the right clause comes second.
    names = ("recall_at_5", "one_zone_recall_at_5", "mrr")
    assert told(results(WrongClause()), names) == pytest.approx((1, 1, 6.5 / 7))
    assert told(results(AlwaysRefuse()), names) == (0, 0, 0)


@pytest.fixture(scope="module")
def seed():
    sources = Sources.of(load_corpus(load_settings()))
    return load_questions(committed_sets()["seed"], sources), sources


def test_gold_answers_to_the_seed_questions_are_full_marks(seed):
    """Also says of each seed question that an answer can be right at all: gold against its own bans and length."""
    questions, sources = seed
    found = results(Gold(questions, sources), questions, sources)
    assert {result.question.id: result.score.faults for result in found if not result.score.ok} == {}
    assert told(found) == (1, 1, 1, 1, 1, 1, 0, 1, None)


def test_refusing_all_seed_questions_pays_for_the_ten_to_be_refused(seed):
    questions, sources = seed
    found = results(AlwaysRefuse(), questions, sources)
    assert told(found) == (0.1, 0.1, 0, None, 0, 1, 1, 0.1, None)
