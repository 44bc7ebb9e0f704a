"""What differs: unit lists as sets, phrases that only one zone's clause has, the wording nearest to some words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY, parse

from rag.contrast import differing, in_all, nearest, only_in, unusual

UNITS = ("省子厅", "省丑局", "省寅办", "卯海关")


def clause(zone: str, text: str = "建设仓库。", units: tuple[str, ...] = UNITS[:1]):
    bracket = f"(责任单位:{'、'.join(units)},{zone}市政府)" if units else ""
    return replace(parse(f"1.物流。{text}{bracket}", title="").clauses[0], zone=zone)


def lists(**units: tuple[str, ...]):
    return {zone: clause(zone, units=names) for zone, names in units.items()}


def test_units_that_all_lists_name_in_the_order_of_the_first():
    given_ = lists(
        甲=("省丑局", "省子厅", "省寅办"), 乙=("省子厅", "省丑局"), 丙=("省子厅", "卯海关", "省丑局")
    )
    assert in_all(given_) == ("省丑局", "省子厅")


def test_units_that_not_all_lists_name():
    given_ = lists(甲=("省子厅", "省丑局", "省寅办"), 乙=("省子厅", "卯海关"), 丙=("省子厅",))
    assert only_in(given_) == {"甲": ("省丑局", "省寅办"), "乙": ("卯海关",), "丙": ()}


def test_the_governments_of_the_zones_themselves_do_not_differ():
    given_ = lists(甲=("省子厅",), 乙=("省子厅",))
    assert all("市政府" in c.units[-1] for c in given_.values())
    assert only_in(given_) == {"甲": (), "乙": ()}
    assert in_all(given_) == ("省子厅",)


def test_unusual_are_units_of_fewer_than_half_of_the_lists():
    given_ = lists(甲=("省子厅", "省丑局"), 乙=("省子厅", "省丑局"), 丙=("省子厅", "省寅办"), 丁=("省子厅",))
    assert unusual(given_) == {"丙": ("省寅办",)}


@PLENTY
@given(st.lists(st.lists(st.sampled_from(UNITS), min_size=1, unique=True), min_size=2, max_size=4))
def test_what_all_have_and_what_not_all_have_make_up_each_list(names):
    given_ = lists(**dict(zip("甲乙丙丁", map(tuple, names), strict=False)))
    shared, own = set(in_all(given_)), only_in(given_)
    for zone, units in zip(given_, names, strict=True):
        assert shared | set(own[zone]) == set(units)
        assert not shared & set(own[zone])


def shown(found):
    return {zone: [p.text.rstrip(",。") for p in passages] for zone, passages in found.items()}


def test_phrases_that_no_other_zone_says():
    given_ = {
        "甲": [clause("甲", "运用云计算技术,建设公共仓库,开行班列。")],
        "乙": [clause("乙", "运用云计算技术,培训专业人才。")],
    }
    assert shown(differing(given_)) == {"甲": ["建设公共仓库", "开行班列"], "乙": ["培训专业人才"]}


def test_clauses_that_say_the_same_differ_in_nothing():
    given_ = {zone: [clause(zone, "运用云计算技术,建设公共仓库。")] for zone in "甲乙丙"}
    assert shown(differing(given_)) == {"甲": [], "乙": [], "丙": []}


def test_names_of_zones_are_no_difference():
    given_ = {zone: [clause(zone, f"纳入{zone}市统一信息系统。")] for zone in ("枣庄", "济宁", "乌鲁木齐")}
    assert shown(differing(given_)) == {"枣庄": [], "济宁": [], "乌鲁木齐": []}


def test_what_two_of_three_share_is_neither_ones_own():
    given_ = {
        "甲": [clause("甲", "建设公共仓库。")],
        "乙": [clause("乙", "建设公共仓库。")],
        "丙": [clause("丙", "培训专业人才。")],
    }
    assert shown(differing(given_)) == {"甲": [], "乙": [], "丙": ["培训专业人才"]}


def test_differing_phrases_are_quotes_in_printed_order():
    own = clause("甲", "开行班列,建设公共仓库。培训专业人才。")
    found = differing({"甲": [own], "乙": [clause("乙", "扩大进口。")]})["甲"]
    starts = [p.span.start for p in found]
    assert starts == sorted(starts)
    assert all(p.text == own.text[p.span.start - own.span.start : p.span.end - own.span.start] for p in found)


def test_the_nearest_wording_of_each_zone():
    given_ = {
        "甲": [clause("甲", "扩大进口,实现信用信息分类监管。")],
        "乙": [clause("乙", "信用信息力争分类监管,开行班列。")],
        "丙": [clause("丙", "培训专业人才。")],
    }
    found = nearest("信用信息分类监管", given_)
    assert shown({zone: [p] for zone, p in found.items()}) == {
        "甲": ["实现信用信息分类监管"],
        "乙": ["信用信息力争分类监管"],
    }


@pytest.mark.parametrize("clauses", [{}, {"甲": []}])
def test_nothing_to_search_finds_nothing(clauses):
    assert nearest("分类监管", clauses) == {}
