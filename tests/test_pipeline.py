"""Whole questions over the packaged corpus, in process."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import InvalidQuestion, NotFound, UnknownZone
from rag.pipeline import HISTORY_MAX, QUESTION_MAX, Pipeline
from rag.types import Answer, AskRequest, Turn

GOAL = "枣庄2025年跨境电商交易规模要做到多少"
ZONES = ("枣庄", "济宁", "泰安", "德州", "聊城", "滨州", "菏泽")
THEMES = (
    "海外仓建设由谁负责",
    "2025年交易规模目标是多少",
    "物流体系怎么建",
    "统计监测谁管",
    "有哪些产业园区",
    "支持跨境电商人才培训吗",
)
QUESTIONS = [f"{zone}{theme}" for zone in ZONES for theme in THEMES]


def record(answer: Answer) -> dict:
    """All of an answer but its timings."""
    return {name: value for name, value in asdict(answer).items() if name != "timings_ms"}


def ask(pipeline: Pipeline, question: str, **more) -> dict:
    return record(pipeline.ask(AskRequest(question, **more)))


def zones_of(hits) -> set[str | None]:
    return {hit.clause.zone for hit in hits}


def test_the_figure_and_the_clause_that_says_so(pipeline):
    answer = pipeline.ask(AskRequest(GOAL))
    citation = answer.citations[0]
    text = pipeline.notices[citation.clause.notice_id].text
    assert "150亿元" in answer.text
    assert (
        citation.quote == text[citation.span.start : citation.span.end] == "枣庄市跨境电商交易规模突破150亿元"
    )
    assert set(answer.versions) == {"tiaowen", "index", "data", *pipeline.notices}


def test_same_question_same_answer(pipeline):
    for question in QUESTIONS[:6]:
        assert ask(pipeline, question) == ask(pipeline, question)


def test_a_second_pipeline_answers_alike_and_embeds_nothing(pipeline, pytestconfig):
    from rag.settings import Settings

    given_ = Settings(_env_file=None, data_dir=pytestconfig.cache.mkdir("tiaowen"))
    second = Pipeline.open(given_, lambda done, total: pytest.fail("embedded again"))
    assert not second.report.built
    assert ask(second, GOAL) == ask(pipeline, GOAL)


def test_threads_answer_as_one(pipeline):
    draw = random.Random(8)
    batches = [draw.sample(QUESTIONS, 10) for _ in range(8)]
    serial = {question: ask(pipeline, question) for question in {q for batch in batches for q in batch}}
    with ThreadPoolExecutor(8) as pool:
        parallel = list(pool.map(lambda batch: [ask(pipeline, q) for q in batch], batches))
    assert parallel == [[serial[q] for q in batch] for batch in batches]


@pytest.mark.parametrize("call", ["ask", "retrieve"])
@pytest.mark.parametrize("question", ["", "   ", "\n\u3000\t", "问" * (QUESTION_MAX + 1)])
def test_empty_and_too_long_questions(pipeline, call, question):
    with pytest.raises(InvalidQuestion, match="问题"):
        pipeline.ask(AskRequest(question)) if call == "ask" else pipeline.retrieve(question)


def test_longest_question_allowed(pipeline):
    question = GOAL + "呢" * (QUESTION_MAX - len(GOAL))
    assert len(question) == QUESTION_MAX
    assert pipeline.ask(AskRequest(question)).text


def test_unknown_zone_lists_the_valid_ones(pipeline):
    with pytest.raises(UnknownZone) as caught:
        pipeline.ask(AskRequest(GOAL, zones=("枣庄", "烟台市")))
    assert caught.value.valid == ZONES
    assert "“烟台”" in str(caught.value)
    assert "、".join(ZONES) in str(caught.value)


def test_unknown_notice_lists_the_valid_ones(pipeline):
    with pytest.raises(NotFound, match=r"nope-1.*shandong-2023"):
        pipeline.ask(AskRequest(GOAL, notices=("nope-1",)))


def test_unknown_clause(pipeline):
    assert pipeline.clause("shandong-2023.zaozhuang.1").zone == "枣庄"
    with pytest.raises(NotFound, match=r"no\.such"):
        pipeline.clause("no.such")


@pytest.mark.parametrize("zone", ["济宁", "济宁市", " 济宁市 "])
def test_zone_filter_wins_over_the_question_with_or_without_its_suffix(pipeline, zone):
    answer = pipeline.ask(AskRequest(GOAL, zones=(zone,)))
    assert {citation.clause.zone for citation in answer.citations} == {"济宁"}
    assert zones_of(pipeline.retrieve("交易规模", zones=[zone], k=20)) == {"济宁"}


def test_notice_filter_of_the_only_notice_changes_nothing(pipeline):
    free = pipeline.retrieve(GOAL)
    assert pipeline.retrieve(GOAL, notices=["shandong-2023"]) == free


@pytest.mark.parametrize("k", [1, 3, 10, 50])
def test_retrieve_gives_k_clauses_once_each_best_first(pipeline, k):
    hits = pipeline.retrieve("海外仓建设", k=k)
    assert len(hits) == k
    assert len({hit.clause.id for hit in hits}) == k
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == pipeline.retrieve("海外仓建设", k=50)[:k]


@pytest.mark.parametrize("zone", ZONES)
def test_retrieve_keeps_to_the_zone_that_is_named(pipeline, zone):
    assert zones_of(pipeline.retrieve(f"{zone}的交易规模目标")) == {zone}


def test_older_turns_are_ignored_and_counted(pipeline):
    turn = Turn("user", "济宁的目标是多少")
    full = pipeline.ask(AskRequest(GOAL, history=(turn,) * HISTORY_MAX))
    more = pipeline.ask(AskRequest(GOAL, history=(Turn("user", "泰安呢"),) * 7 + (turn,) * HISTORY_MAX))
    assert (full.trace["ignored_turns"], more.trace["ignored_turns"]) == (0, 7)
    assert more.text == full.text


def test_trace_tells_plan_and_retrieved_clauses(pipeline):
    answer = pipeline.ask(AskRequest(GOAL))
    assert tuple(answer.trace["plan"]["zones"]) == ("枣庄",)
    assert len(answer.trace["retrieved"]) == 10
    assert set(answer.timings_ms) == {"plan", "embed", "retrieve", "answer", "total"}


def test_a_language_model_asked_for_but_not_configured_shows(pipeline):
    assert pipeline.ask(AskRequest(GOAL)).fallback is None
    assert pipeline.ask(AskRequest(GOAL, engine="llm")).fallback.reason == "没有配置语言模型"


# Lone surrogates have tests of their own below.
_ANY = st.characters(exclude_categories=("Cs",))
_PLANES = (range(0x80), range(0x80, 0x3000), range(0x3000, 0xD800), range(0xE000, 0x110000))


@pytest.mark.parametrize(
    "question",
    [
        "\ud800",
        "枣庄\udfff的目标",
        "枣庄\0的目标",
        "\0",
        "\u202e枣庄目标",
        "𠮷林🎉",
        "a" * QUESTION_MAX,
        "枣庄" * (QUESTION_MAX // 2),
        "()[]{}*+?|^$\\" * 100,
        "AND OR NOT terms:*",
    ],
)
def test_odd_text_is_answered(pipeline, question):
    assert pipeline.ask(AskRequest(question)).text
    assert len(pipeline.retrieve(question)) == 5


@settings(max_examples=25, deadline=None)
@given(st.text(_ANY, min_size=1, max_size=40), st.text(_ANY, max_size=40))
def test_no_text_raises(pipeline, question, earlier):
    history = (Turn("user", earlier), Turn("assistant", earlier[::-1]))
    try:
        assert pipeline.ask(AskRequest(question, history=history)).text
    except InvalidQuestion:
        assert not question.strip()


@pytest.mark.parametrize("seed", range(2))
def test_two_thousand_random_characters(pipeline, seed):
    draw = random.Random(seed)
    anything = [chr(draw.choice(_PLANES[draw.randrange(len(_PLANES))])) for _ in range(QUESTION_MAX // 2)]
    familiar = draw.choices(
        "枣庄济宁跨境电商交易规模责任单位由谁负责2025年多少亿元,。?的", k=QUESTION_MAX // 2
    )
    mixed = [*anything, *familiar]
    draw.shuffle(mixed)
    assert pipeline.ask(AskRequest("".join(mixed))).text
