"""Follow-up questions: zones, topic and what is asked carry over; a new topic takes over nothing."""

import pytest
from hypothesis import given
from samples import PLENTY, any_text, shandong

from rag.dialogue import Dialogue
from rag.gazetteer import make_gazetteer
from rag.intents import Op
from rag.lexicon import Lexicon
from rag.plans import Ask
from rag.query import Planner
from rag.types import Turn


@pytest.fixture(scope="module")
def dialogue():
    names = make_gazetteer([shandong()])
    return Dialogue(Planner(names, Lexicon(names.names)), names.zones, lambda _: True)


def terms(plan):
    return [term.text for term in plan.terms]


@PLENTY
@given(any_text, any_text)
def test_any_conversation_has_a_plan(dialogue, earlier, question):
    history = [Turn("user", earlier), Turn("assistant", question)]
    assert dialogue.plan(question, history) == dialogue.plan(question, history)


def follow_up(dialogue, question, asked="枣庄的海外仓有几个?", reply="10个以上[1]。"):
    return dialogue.plan(question, [Turn("user", asked), Turn("assistant", reply)])


def test_another_zone_takes_over_topic_and_ask(dialogue):
    plan = follow_up(dialogue, "济宁呢?")
    assert (plan.zones, terms(plan), plan.asks) == (("济宁",), ["海外仓"], Ask.VALUE)
    assert plan.carried == ("topic",)


def test_another_topic_takes_over_the_zone(dialogue):
    plan = follow_up(dialogue, "那产业园区呢?")
    assert (plan.zones, plan.carried) == (("枣庄",), ("zones",))


def test_who_is_responsible_takes_over_zone_and_topic(dialogue):
    plan = follow_up(dialogue, "由谁负责?", asked="枣庄怎么建智慧物流体系?")
    assert (plan.zones, plan.asks, plan.carried) == (("枣庄",), Ask.UNITS, ("zones", "topic"))


def test_that_city_is_the_one_the_reply_names(dialogue):
    plan = follow_up(dialogue, "那个市的海外仓呢?", asked="哪个市增长最快?", reply="菏泽,60%以上[1]。")
    assert plan.zones == ("菏泽",)


@pytest.mark.parametrize("question", ["七个市的海外仓呢?", "杭州的海外仓呢?", "济宁的海外仓呢?"])
def test_a_place_of_its_own_is_not_overruled(dialogue, question):
    plan = follow_up(dialogue, question)
    assert "枣庄" not in plan.zones
    assert "zones" not in plan.carried


def test_a_first_question_carries_nothing(dialogue):
    assert dialogue.plan("呢?").carried == ()


def test_a_new_topic_does_not_take_over_what_was_asked_before(dialogue):
    history = [Turn("user", "枣庄的海外仓要建多少个"), Turn("assistant", "10个以上[1]。")]
    assert dialogue.plan("泰安信用管理", history).asks is Ask.TEXT
    assert dialogue.plan("那泰安的海外仓呢?", history).asks is Ask.VALUE


def chain(dialogue, *questions):
    history = [
        Turn(role, text) for text in questions[:-1] for role, text in (("user", text), ("assistant", "好。"))
    ]
    return dialogue.plan(questions[-1], history)


def test_zones_of_several_turns_are_taken_together(dialogue):
    plan = chain(dialogue, "滨州的公共海外仓定了多少个", "泰安的呢", "这两个哪个高,差几个?")
    assert plan.zones == ("泰安", "滨州")
    assert terms(plan) == ["公共海外仓"]


def test_a_further_zone_joins_those_before(dialogue):
    plan = chain(dialogue, "济宁的产业园区目标几个?", "泰安的呢?", "再算上聊城,三家一共多少个园区?")
    assert plan.zones == ("济宁", "泰安", "聊城")


def test_the_other_zones_are_those_that_the_reply_does_not_name(dialogue):
    history = [Turn("user", "青岛海关是哪几个综试区的责任单位?"), Turn("assistant", "枣庄、济宁、菏泽[1]。")]
    assert dialogue.plan("另外四个市对应哪个海关?", history).zones == ("泰安", "德州", "聊城", "滨州")


def test_a_correction_of_the_zone_counts(dialogue):
    history = [Turn("user", "汉服产业带是德州的吧?"), Turn("assistant", "不是。菏泽:曹县重点发展汉服[1]。")]
    assert dialogue.plan("那到底在哪个县?", history).zones == ("菏泽",)


def test_all_zones_carry_over(dialogue):
    plan = chain(dialogue, "七个市的交易目标各是多少?", "加起来呢?")
    assert plan.all_zones
    assert Op.SUM in plan.ops


def test_which_zones_takes_no_zone_over(dialogue):
    assert chain(dialogue, "滨州的外贸人才行动怎么说?", "还有哪两个市也提了“订单式”?").zones == ()


def test_another_thing_takes_over_what_is_asked(dialogue):
    plan = chain(dialogue, "哪个市的企业数目标最高?", "换成海外仓呢?")
    assert (plan.asks, Op.HIGHEST in plan.ops, terms(plan)) == (Ask.ZONES, True, ["海外仓"])
