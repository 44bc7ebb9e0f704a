"""Hand-computed scores over the small notice of the fakes: 甲 突破100亿元, 乙 突破200亿元."""

from dataclasses import replace

import pytest
from fakes import FIGURE, NOTICE_ID, TEXT, notice

from evals.metrics import (
    Ranking,
    Result,
    agree,
    agreements,
    by_tag,
    covers,
    figures,
    figures_of,
    is_exact,
    loose_figures,
    mean,
    percentile,
    quotes,
    rank,
    score,
    truth,
)
from evals.questions import Gold, Question, Sources, fold
from rag.types import Answer, Citation, Span, Status

SOURCES = Sources.of({NOTICE_ID: notice()})
OTHER = f"{NOTICE_ID}.yi.1.1"
TITLE = f"{NOTICE_ID}.jia.title"
GOLD = Gold(clause=FIGURE, quote="突破100亿元")


def question(**changes):
    fields = {
        "id": "Q1",
        "cat": "fact",
        "turns": ("甲市2025年的目标?",),
        "expect": {"all": (("100亿",),), "none": ("200亿",)},
        "evidence": ((GOLD,),),
        "max_chars": 20,
        "why": "试",
    }
    return Question.model_validate({**fields, **changes})


def unanswerable(*turns):
    return question(cat="unanswerable", turns=turns or ("丙市呢?",), expect={"refuse": True}, evidence=())


def cite(clause_id, quote=None, n=1):
    clause = SOURCES.clauses[clause_id]
    quote = quote or clause.text
    start = clause.span.start + clause.text.index(quote)
    return Citation(n, clause, quote, Span(start, start + len(quote)), "/")


def answer(text="突破100亿元[1]。", *citations, status=Status.ANSWERED, related=()):
    return Answer(text, status, citations=citations or (cite(FIGURE, "突破100亿元"),), related=related)


def refusal(text="没有找到。", *related):
    return Answer(text, Status.NOT_FOUND, related=related)


def test_a_right_answer():
    given = score(question(), answer(), SOURCES)
    assert given.ok
    assert given.right
    assert given.truth == 1
    assert (given.covered, given.quoted, given.relevant, given.exact) == ((True,), (True,), (True,), (True,))
    assert given.faults == ()


@pytest.mark.parametrize(
    "text",
    ["突破１００亿元", "突破100 亿元", "突破10[1]0亿元", "突破\n100亿元[12]"],
)
def test_words_are_compared_folded_and_without_marks(text):
    assert score(question(), answer(text), SOURCES).ok


def test_folding():
    assert fold(" Ａb（1）\u3000Ⅱ\n") == "ab(1)ii"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("突破150亿元[1]。", "缺少“100亿”"),
        ("100亿元,不是200亿元[1]。", "不应出现“200亿”"),
        ("突破100亿元[1]。" + "好" * 20, "答案 28 字,超过 20 字"),
    ],
)
def test_wrong_words_and_length(text, fault):
    given = score(question(), answer(text), SOURCES)
    assert not given.ok
    assert given.faults == (fault,)


def test_length_does_not_count_marks_and_does_not_touch_the_answer():
    assert score(question(max_chars=8), answer("突破100亿元。[1][2]"), SOURCES).ok
    long = score(question(max_chars=7), answer("突破100亿元。[1][2]"), SOURCES)
    assert (long.ok, long.right, long.truth) == (False, True, 1)


@pytest.mark.parametrize(
    ("text", "right"), [("甲:100亿", True), ("甲和乙:100亿", False), ("甲乙", False), ("100亿", False)]
)
def test_zones_named_must_be_exactly_these(text, right):
    only = question(expect={"all": (("100亿",),), "zones": ("甲",)})
    assert score(only, answer(text), SOURCES).right is right


def test_right_answer_with_the_wrong_clause():
    given = score(question(), answer("突破100亿元[1]。", cite(OTHER)), SOURCES)
    assert (given.ok, given.right, given.truth) == (False, True, 1)
    assert (given.covered, given.quoted, given.relevant) == ((False,), (False,), (False,))
    assert given.faults == ("没有引用“突破100亿元”所在的条款",)


def test_every_group_needs_a_citation_but_one_alternative_is_enough():
    both = question(
        evidence=((GOLD,), (Gold(clause=OTHER, quote="200亿元"), Gold(clause=TITLE, quote="甲市")))
    )
    assert score(both, answer(), SOURCES).covered == (True, False)
    assert score(both, answer("100亿", cite(FIGURE), cite(TITLE)), SOURCES).ok


def test_a_cited_clause_over_600_characters_covers_nothing():
    def long(length):
        citation = cite(FIGURE, "突破100亿元")
        return replace(citation, clause=replace(citation.clause, text="字" * length))

    assert covers((GOLD,), [long(600)])
    assert not covers((GOLD,), [long(601)])


@pytest.mark.parametrize(
    ("quote", "touches"),
    [
        ("突破100亿元", True),
        ("规模突破", True),
        ("元。", True),
        ("2025年", False),
        ("交易规模突破100亿元。", True),
    ],
)
def test_quote_recall_needs_a_common_character(quote, touches):
    assert quotes((GOLD,), [cite(FIGURE, quote)], SOURCES) is touches


def test_quote_in_a_clause_of_the_same_words_elsewhere_does_not_count():
    assert not quotes((Gold(clause=FIGURE, quote="交易规模"),), [cite(OTHER, "交易规模")], SOURCES)


def test_exactness():
    good = cite(FIGURE, "突破100亿元")
    assert is_exact(good, SOURCES)
    assert not is_exact(replace(good, quote="突破200亿元"), SOURCES)
    assert not is_exact(replace(good, span=Span(good.span.start + 1, good.span.end + 1)), SOURCES)
    assert not is_exact(replace(good, quote="", span=Span(good.span.start, good.span.start)), SOURCES)
    assert not is_exact(replace(good, clause=replace(good.clause, id="none")), SOURCES)
    span = SOURCES.clauses[OTHER].span
    outside = replace(good, quote=TEXT[span.start : span.end], span=span)
    assert not is_exact(outside, SOURCES)


def test_figures():
    assert figures("１２.5%、2,000家、2023.5.18,10,20") == ["12.5", "2000", "2023", "5", "18", "10", "20"]


def test_white_space_keeps_figures_apart():
    assert figures("2025\n1. 300") == ["2025", "1", "300"]
    asked = unanswerable("target 2030 300")
    assert score(asked, refusal("no 300 for 2030"), SOURCES).ok
    assert not score(asked, refusal("2030300"), SOURCES).ok
    assert loose_figures(asked, refusal("2030[1]300")) == []


def test_refusals():
    assert score(unanswerable(), refusal(), SOURCES).ok
    assert score(unanswerable("丙市2030年?"), refusal("没有2030年的目标。"), SOURCES).ok
    assert score(unanswerable("2030年?", "那丙市呢?"), refusal("没有2030年的目标。"), SOURCES).ok
    assert score(unanswerable(), refusal("相关条款写的是100亿元。", cite(FIGURE)), SOURCES).ok
    loose = score(unanswerable(), refusal("丙市约10亿元。", cite(FIGURE)), SOURCES)
    assert (loose.ok, loose.right, loose.truth) == (False, True, 1)
    assert loose.faults == ("拒答中的数字 10 没有来处",)
    assert loose_figures(unanswerable("100"), refusal("10和100")) == ["10"]
    cited = replace(refusal(), citations=(cite(FIGURE),))
    assert score(unanswerable(), cited, SOURCES).faults == ("拒答不应带引用",)


def test_answering_the_unanswerable_and_refusing_the_answerable():
    false = score(unanswerable(), answer(), SOURCES)
    assert (false.ok, false.right, false.refused, false.truth) == (False, False, False, -1)
    over = score(question(), refusal("没有找到100亿。"), SOURCES)
    assert (over.ok, over.right, over.refused, over.truth) == (False, False, True, 0)


def test_truth():
    assert truth(question(), Status.ANSWERED, right=True) == 1
    assert truth(question(), Status.PARTIAL, right=False) == -1
    assert truth(question(), Status.NOT_FOUND, right=False) == 0
    assert truth(question(), Status.NEEDS_CLARIFICATION, right=True) == 0
    assert truth(unanswerable(), Status.OUT_OF_SCOPE, right=True) == 1
    assert truth(unanswerable(), Status.ANSWERED, right=False) == -1


def test_ranking():
    found = ["a", "b", OTHER, "c", "d", FIGURE]
    two = question(evidence=((Gold(clause=OTHER, quote="200亿元"),), (GOLD,)))
    assert rank(two, found, SOURCES) == Ranking(found=(True, False), first=3, one_zone=False)
    assert rank(question(), found, SOURCES) == Ranking(found=(False,), first=6, one_zone=True)
    assert rank(question(), [], SOURCES) == Ranking(found=(False,), first=None, one_zone=True)


def test_the_covering_notice_is_no_zone():
    cover = next(c for c in SOURCES.clauses.values() if c.zone is None)
    asked = question(evidence=((Gold(clause=cover.id, quote=cover.text),),))
    assert rank(asked, [cover.id], SOURCES) == Ranking(found=(True,), first=1, one_zone=False)


def test_not_ranked():
    assert rank(unanswerable(), [FIGURE], SOURCES) is None
    assert rank(question(turns=("一", "二")), [FIGURE], SOURCES) is None
    assert rank(question(evidence=((GOLD,),) * 5), [FIGURE], SOURCES) is not None
    assert rank(question(evidence=((GOLD,),) * 6), [FIGURE], SOURCES) is None


def result(asked, given, ranking=None, same=None, seconds=0.1):
    return Result(asked, given and score(asked, given, SOURCES), ranking, same, seconds)


def test_figures_over_questions_by_hand():
    two = question(evidence=((GOLD,), (Gold(clause=OTHER, quote="200亿元"),)))
    results = [
        result(question(), answer(), Ranking((True,), 1, True), same=True, seconds=0.010),
        # one of two groups; one of three citations of use
        result(
            two,
            answer("100亿", cite(FIGURE, "2025年"), cite(TITLE), cite(TITLE, "甲市")),
            Ranking((True, False), 4, False),
            same=False,
            seconds=0.020,
        ),
        result(question(), refusal(), Ranking((False,), None, True), same=True, seconds=0.030),
        result(unanswerable(), refusal(), same=True, seconds=0.040),
        result(unanswerable(), answer(), seconds=0.050),
        result(question(), None, seconds=9.0),
    ]
    assert figures_of(results) == {
        "questions": 6,
        "errors": 1,
        "ok": 2 / 5,
        "answer": 3 / 5,
        "citation_recall": 2 / 4,
        "citation_precision": 2 / 5,
        "quote_recall": 1 / 4,
        "quote_exactness": 1.0,
        "refused": 1 / 2,
        "over_refused": 1 / 3,
        "false_answers": 1,
        "truthfulness": (1 + 1 + 0 + 1 - 1) / 5,
        "recall_at_5": 2 / 4,
        "one_zone_recall_at_5": 1 / 2,
        "mrr": (1 + 1 / 4 + 0) / 3,
        "paraphrase_agreement": None,
        "determinism": 3 / 4,
        "p50_ms": 30.0,
        "p95_ms": 50.0,
    }


TWO = question(
    group="甲",
    expect={"all": (("100亿", "一百亿"), ("省商务厅",))},
    evidence=((GOLD,), (Gold(clause=OTHER, quote="200亿元"),)),
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (answer("100亿,省商务厅"), answer("省商务厅:一百亿。"), True),  # other words, same groups
        (answer("100亿"), answer("省商务厅"), False),  # one group each, but not the same one
        (answer("200亿"), answer("不知道"), True),  # both wrong in the same way
        (answer("100亿"), answer("100亿", cite(FIGURE), cite(OTHER)), False),
        (answer("100亿", cite(FIGURE)), answer("100亿", cite(FIGURE), cite(TITLE)), True),
        (answer("100亿"), answer("100亿", status=Status.PARTIAL), False),
        (refusal("没有。"), refusal("没找到。"), True),
        (refusal("没有。"), replace(refusal("没有。"), status=Status.OUT_OF_SCOPE), False),
    ],
)
def test_paraphrases_agree_in_status_strings_and_evidence(one, other, same):
    scores = score(TWO, one, SOURCES), score(TWO, other, SOURCES)
    assert agree(*scores) is same
    assert agree(*reversed(scores)) is same


def test_hits_are_told_by_group():
    assert score(TWO, answer("省商务厅"), SOURCES).hit == (False, True)
    assert score(unanswerable(), refusal(), SOURCES).hit == ()


def test_paraphrase_agreement_by_hand():
    good, bad = answer(), refusal()
    results = [
        # four of one group: 3 of its 6 pairs agree
        *(result(question(group="一"), given) for given in (good, good, bad, good)),
        # an error makes no pair: 1 of 1 agrees
        *(result(question(group="二"), given) for given in (bad, None, bad)),
        # alone in its group, and in none at all
        result(question(group="三"), good),
        result(question(), good),
        result(question(), bad),
    ]
    assert sorted(agreements(results)) == [False] * 3 + [True] * 4
    assert figures_of(results)["paraphrase_agreement"] == 4 / 7
    assert figures_of(results[-3:])["paraphrase_agreement"] is None


def test_slices():
    everyday, near, both, plain = (
        result(question(tags=tags), answer())
        for tags in (("low_overlap",), ("near_miss",), ("near_miss", "low_overlap"), ())
    )
    slices = by_tag([plain, near, both, everyday])
    assert list(slices.items()) == [("low_overlap", [both, everyday]), ("near_miss", [near, both])]
    assert by_tag([plain]) == {}


def test_no_case_no_value():
    empty = figures_of([])
    counts = {"questions", "errors", "false_answers"}
    assert {name: value for name, value in empty.items() if value is not None} == dict.fromkeys(counts, 0)
    assert mean([]) is None


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7], 0.5, 7),
        ([7], 0.95, 7),
        ([4, 1, 3, 2], 0.5, 2),
        (range(1, 21), 0.95, 19),
        (range(1, 31), 0.95, 29),
    ],
)
def test_percentile_is_the_nearest_rank(values, share, expected):
    assert percentile(values, share) == expected
