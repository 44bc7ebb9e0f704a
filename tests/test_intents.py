"""What a question wants done: operations, limits on a figure, places in a ranking, two steps."""

import re

import pytest
from hypothesis import given
from samples import PLENTY, any_text

from rag.intents import Bound, Op, Relation, bound_in, leading, nth, operations, two_steps


@pytest.mark.parametrize(
    ("text", "ops"),
    [
        ("哪个市最高", {Op.HIGHEST}),
        ("最低的是谁", {Op.LOWEST}),
        ("最高的比最低的高多少", {Op.HIGHEST, Op.LOWEST, Op.DIFFERENCE}),
        ("从高到低", {Op.RANKING}),
        ("前三名", {Op.RANKING}),
        ("加起来多少", {Op.SUM}),
        ("平均是多少", {Op.MEAN}),
        ("相差多少", {Op.DIFFERENCE}),
        ("是乙市的几倍", {Op.RATIO}),
        ("占百分之几", {Op.SHARE}),
        ("有几个市", {Op.COUNT}),
        ("哪些市没有提到", {Op.LACK}),
        ("有什么不同", {Op.CONTRAST}),
        ("都列入的单位", {Op.COMMON}),
        ("口径", {Op.WORDING}),
        ("只出现一次", {Op.RARE}),
        ("参与哪些任务", {Op.TASKS}),
        ("并列的市", {Op.SAME}),
    ],
)
def test_operations_are_read_from_the_text(text, ops):
    assert {*operations(text)} == ops


@pytest.mark.parametrize(
    "text", ["年均增长多少", "年平均增长多少", "占地多少", "第一章", "不同意", "都有谁", ""]
)
def test_words_that_only_look_like_an_operation_name_none(text):
    assert operations(text) == ()


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("超过150亿元", Relation.ABOVE),
        ("高于150亿元", Relation.ABOVE),
        ("150亿元开外", Relation.ABOVE),
        ("不低于150亿元", Relation.AT_LEAST),
        ("不少于150亿元", Relation.AT_LEAST),
        ("起码150亿元", Relation.AT_LEAST),
        ("150亿元以上", Relation.AT_LEAST),
        ("不到150亿元", Relation.BELOW),
        ("低于150亿元", Relation.BELOW),
        ("不超过150亿元", Relation.AT_MOST),
        ("150亿元以内", Relation.AT_MOST),
        ("正好150亿元", Relation.EQUAL),
    ],
)
def test_a_figure_with_its_relation_is_a_bound(text, relation):
    assert bound_in(f"哪些市的目标{text}") == Bound(relation, "150", "亿元")


@pytest.mark.parametrize("text", ["目标是多少", "2025年", "第3项", "经过了", ""])
def test_without_a_figure_and_its_unit_there_is_no_bound(text):
    assert bound_in(text) is None


def test_a_road_through_ten_is_no_more_than_ten():
    assert bound_in("经过10个县").relation is Relation.EQUAL


@pytest.mark.parametrize(
    ("relation", "held"),
    [
        (Relation.ABOVE, [False, False, True]),
        (Relation.AT_LEAST, [False, True, True]),
        (Relation.BELOW, [True, False, False]),
        (Relation.AT_MOST, [True, True, False]),
        (Relation.EQUAL, [False, True, False]),
    ],
)
def test_a_bound_holds_for_values_in_plain_units(relation, held):
    assert [Bound(relation, "1.5", "亿元").holds(value) for value in (1.4e8, 1.5e8, 1.6e8)] == held


def test_no_bound_holds_for_a_range():
    assert not any(Bound(relation, "1", "个").holds(None) for relation in Relation)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("由甲海关参与的那几个市,目标合计多少", ("由甲海关参与", "目标合计多少")),
        ("海外仓目标最高的市,由谁负责呢", ("海外仓目标最高", "由谁负责呢")),
        ("没有提到专列的两个城市:海外仓多少个", ("没有提到专列", "海外仓多少个")),
    ],
)
def test_two_steps_are_taken_apart(text, steps):
    assert two_steps(text) == steps


@pytest.mark.parametrize(
    "text",
    [
        "海外仓有多少个",
        "哪个海关参与的那几个市,目标合计多少",  # asks already in its first part
        "目标写在七个市的方案,合计多少",  # names all zones
        "由甲海关参与的那几个市,说说他们的体系",  # asks nothing in its second part
        "由甲海关参与的市政府,目标合计多少",
    ],
)
def test_one_step_is_left_whole(text):
    assert two_steps(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("第二高的市", 2),
        ("第3大", 3),
        ("第四名", 4),
        ("排第五", 5),
        ("最高的市", 1),
        ("第二章", 1),
        ("第三项", 1),
    ],
)
def test_a_place_in_a_ranking(text, place):
    assert nth(text) == place


@pytest.mark.parametrize(
    ("text", "items"),
    [("前三名", 3), ("前3个", 3), ("头四家", 4), ("前五", 5), ("全部", None), ("之前", None)],
)
def test_how_many_of_a_ranking(text, items):
    assert leading(text) == items


@PLENTY
@given(any_text)
def test_what_is_read_stands_in_the_text(text):
    bound, steps = bound_in(text), two_steps(text)
    assert bound is None or f"{bound.number}{bound.unit}" in text
    assert steps is None or all(step in text for step in steps)
    assert Op.HIGHEST not in operations(text) or re.search("最|第一|首|领跑", text)
