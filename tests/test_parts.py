"""Questions of two parts: where they are cut, and how their answers become one."""

import re

import pytest
from hypothesis import given
from samples import PLENTY, any_text, parse

from rag.citations import Claim, Marks
from rag.parts import joined, split
from rag.sentences import sentences
from rag.types import Answer, Status

NOTICE = parse("各市:\n一、目标\n突破150亿元。企业突破200家。\n二、任务\n建设园区。", title="")
FIRST, SECOND = sentences(NOTICE.clauses[1])
THIRD = sentences(NOTICE.clauses[2])[0]


def answer(*passages, status=Status.ANSWERED, **more) -> Answer:
    """Each passage's text with its mark."""
    marks = Marks()
    text = "".join(p.text + marks.of(Claim(p.text, (p,))) for p in passages)
    return Answer(text, status, marks.citations, **more)


REFUSED = Answer("没有找到。", Status.NOT_FOUND)
ASKED_BACK = Answer("请选一个市:", Status.NEEDS_CLARIFICATION)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("放在滕州吗?", "由谁负责?"),
        ("服装产业带放在滕州,对吗?", "谁负责?"),
        ("枣庄有海外仓吗,", "要建多少个?"),
        ("枣庄海外仓要建多少个?", "有没有提到租用?"),
        ("枣庄有海外仓吗?", "多少个?谁负责?"),
    ],
)
def test_a_claim_and_a_question_are_two_parts(first, second):
    assert split(first + second) == (first, second)


@pytest.mark.parametrize(
    "question",
    [
        "枣庄的目标是多少?",
        "枣庄的目标是300亿元吗?",
        "枣庄是试点吗?德州是试点吗?",
        "对吗?谁负责?",  # claims nothing
        "由谁负责,有没有省教育厅?",  # asks about the list itself
        "枣庄的海外仓多少个?是新增的吗?多少家企业?",
        "",
    ],
)
def test_a_question_of_one_kind_stays_whole(question):
    assert split(question) == (question,)


@PLENTY
@given(any_text)
def test_parts_hold_nothing_that_the_question_lacks(text):
    parts = split(text)
    assert len(parts) in {1, 2}
    assert parts == (text,) or all(part.strip() in text for part in parts)


def test_marks_are_numbered_through():
    both = joined([answer(FIRST, SECOND), answer(THIRD)])
    assert both.text == "突破150亿元。[1]企业突破200家。[2]\n\n建设园区。[3]"
    assert [(c.n, c.quote) for c in both.citations] == [
        (1, "突破150亿元。"),
        (2, "企业突破200家。"),
        (3, "建设园区。"),
    ]


def test_a_quote_of_both_parts_keeps_its_number():
    both = joined([answer(FIRST, SECOND), answer(THIRD, FIRST)])
    assert both.text.endswith("建设园区。[3]突破150亿元。[1]")
    assert [c.n for c in both.citations] == [1, 2, 3]


def test_three_parts_are_put_together_like_two():
    whole = joined([answer(FIRST), answer(SECOND), answer(THIRD)])
    assert re.findall(r"\[(\d)\]", whole.text) == ["1", "2", "3"]
    assert whole.status is Status.ANSWERED


@pytest.mark.parametrize("answers", [[REFUSED, answer(FIRST)], [answer(FIRST), REFUSED]])
def test_a_refused_part_makes_the_whole_partial(answers):
    both = joined(answers)
    assert both.status is Status.PARTIAL
    assert [a.text in both.text for a in answers] == [True, True]
    assert [c.quote for c in both.citations] == ["突破150亿元。"]


def test_a_partial_part_makes_the_whole_partial():
    assert joined([answer(FIRST), answer(SECOND, status=Status.PARTIAL)]).status is Status.PARTIAL


def test_two_refusals_are_the_first():
    assert joined([REFUSED, Answer("没有写明时间。", Status.NOT_FOUND)]) == REFUSED


def test_a_part_that_repeats_is_left_out():
    assert joined([answer(FIRST), answer(FIRST)]) == answer(FIRST)


def test_a_second_part_that_asks_back_is_left_out():
    assert joined([answer(FIRST), ASKED_BACK]) == answer(FIRST)


def test_a_first_part_that_asks_back_is_all():
    assert joined([ASKED_BACK, answer(FIRST)]) == ASKED_BACK


def test_a_single_answer_stays_as_it_is():
    alone = answer(FIRST, suggestions=("枣庄?",))
    assert joined([alone]) == alone


def test_numbers_that_are_no_marks_are_left_alone():
    first = answer(FIRST)
    second = Answer("见[9]。" + answer(THIRD).text, Status.ANSWERED, answer(THIRD).citations)
    assert joined([first, second]).text.endswith("见[9]。建设园区。[2]")
