"""Question → plan: zones in every spelling, what is asked."""

import pytest
from hypothesis import given
from samples import PLENTY, any_text, shandong

from rag.gazetteer import make_gazetteer
from rag.lexicon import Lexicon
from rag.plans import Ask
from rag.query import Planner


@pytest.fixture(scope="module")
def planner():
    names = make_gazetteer([shandong()])
    return Planner(names, Lexicon(names.names))


def terms(plan):
    return [term.text for term in plan.terms]


@PLENTY
@given(any_text)
def test_any_question_has_a_plan(planner, question):
    assert planner.plan(question) == planner.plan(question)


@pytest.mark.parametrize(
    "question",
    [
        "枣庄的海外仓有几个?",
        "枣庄市的海外仓有几个?",
        "中国(枣庄)综试区的海外仓有几个?",
        "滕州的海外仓有几个?",
        "台儿庄区的海外仓有几个?",
        "早庄的海外仓有几个?",
        "棗莊的海外倉有幾個?",
        "zaozhuang的海外仓有几个?",
        "How many overseas warehouses in Zao Zhuang?",
    ],
)
def test_a_zone_in_every_spelling(planner, question):
    assert planner.plan(question).zones == ("枣庄",)


def test_zones_come_in_corpus_order(planner):
    assert planner.plan("菏泽和枣庄谁的目标高?").zones == ("枣庄", "菏泽")


def test_a_zone_inside_a_units_name_is_not_asked_about(planner):
    assert planner.plan("枣庄哪些任务由青岛海关负责?").zones == ("枣庄",)


def test_a_citys_government_names_the_zone(planner):
    assert planner.plan("枣庄市政府负责什么?").zones == ("枣庄",)


def test_two_zones_asked_side_by_side_are_not_their_counties(planner):
    assert not planner.plan("枣庄和济宁分别有几个海外仓?").each


def test_a_place_is_kept_beside_its_zone(planner):
    assert planner.plan("嘉祥县打造什么产业带?").places == ("嘉祥县",)


def test_a_place_outside_the_corpus_is_foreign(planner):
    plan = planner.plan("杭州的交易规模是多少?")
    assert (plan.zones, plan.foreign) == ((), ("杭州",))


def test_a_place_inside_a_units_name_is_not_foreign(planner):
    assert planner.plan("青岛海关负责什么?").foreign == ()


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        ("枣庄的交易规模是多少?", Ask.VALUE),
        ("枣庄智慧物流体系由谁负责?", Ask.UNITS),
        ("枣庄构建哪些体系?", Ask.LIST),
        ("哪些市年均增长10%以上?", Ask.ZONES),
        ("这份通知是哪一天印发的?", Ask.DATE),
        ("枣庄的保税仓库建在哪里?", Ask.PLACE),
        ("枣庄如何构建金融服务体系?", Ask.TEXT),
    ],
)
def test_what_is_asked(planner, question, ask):
    assert planner.plan(question).asks is ask


@pytest.mark.parametrize(
    ("question", "flag"),
    [
        ("德州会建海外仓吗?", "confirm"),
        ("七个市的交易规模是多少?", "all_zones"),
        ("概括一下聊城的方案", "overview"),
        ("滨州的量化指标有哪些?", "targets"),
        ("滨州的目标是多少?", "aims"),
        ("泰安各县发展什么产业?", "each"),
        ("这份通知发给谁?", "notice"),
        ("哪些企业?", "plural"),
    ],
)
def test_kinds_of_question(planner, question, flag):
    assert getattr(planner.plan(question), flag)
    assert not getattr(planner.plan("枣庄产业园区"), flag)


def test_a_question_about_a_zone_is_not_about_the_notice(planner):
    assert not planner.plan("枣庄的方案是什么时候印发的?").notice


def test_a_question_for_the_addressees_may_name_one(planner):
    plan = planner.plan("通知发给枣庄市政府了吗?")
    assert plan.notice
    assert plan.zones == ()


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        ("枣庄第二部分讲什么?", (2,)),
        ("枣庄第二部分第(四)条讲什么?", (2, 4)),
        ("枣庄二(四)3讲什么?", (2, 4, 3)),
        ("枣庄第二部分第(四)条第3项讲什么?", (2, 4, 3)),
        ("滨州第六项是什么?", (0, 6)),
        ("枣庄的海外仓有几个?", ()),
    ],
)
def test_clause_numbers(planner, question, reference):
    assert planner.plan(question).reference == reference


def test_figures_years_and_quotations(planner):
    plan = planner.plan("枣庄25年“7+N”企业要突破500家吗?")
    assert (plan.figures, plan.years, plan.quoted) == ((("500", "家"),), ("2025",), ("7+n",))


def test_unit_of_the_figure_asked_for(planner):
    assert planner.plan("枣庄有多少家企业?").asked_unit == "家"


@pytest.mark.parametrize(
    ("name", "unit"),
    [("省商务厅", "省商务厅"), ("商务厅", "省商务厅"), ("邮政局", "省邮政管理局"), ("水利厅", "水利厅")],
)
def test_a_unit_in_full_shortened_or_unknown(planner, name, unit):
    assert planner.plan(f"{name}负责枣庄哪些任务?").units == (unit,)


def test_a_kind_of_unit_counts_as_one_name(planner):
    assert planner.plan("海关负责什么?").units == ("海关",)


def test_a_unit_counts_only_where_duty_is_asked_about(planner):
    assert planner.plan("省商务厅怎么说?").units == ()


def test_the_topic_leaves_zone_number_and_asking_words_out(planner):
    assert terms(planner.plan("枣庄第二部分的海外仓有多少?")) == ["海外仓"]


def test_markup_and_addresses_are_no_question(planner):
    assert terms(planner.plan("<b>海外仓</b> {x} https://a.b/产业园?")) == ["海外仓"]


def test_the_end_of_a_rambling_question_counts(planner):
    plan = planner.plan("枣庄那边的朋友最近总在聊产业园区的各种事情," * 6 + "泰安的海外仓要建几个?")
    assert plan.zones[-1:] == ("泰安",)
    assert "海外仓" in terms(plan)
