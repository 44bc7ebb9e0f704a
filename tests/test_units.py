"""Responsible units out of the brackets that notices use."""

import pytest

from rag.units import unit_list


def units(text):
    return unit_list(text, 0, len(text))[0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("建设。(责任单位:省商务厅、青岛海关,甲市政府)", ("省商务厅", "青岛海关", "甲市政府")),
        ("建设。（责任单位：省商务厅，甲市政府）", ("省商务厅", "甲市政府")),
        ("建设。（牵头单位：市商务委；责任单位：市教委，各区县政府）", ("市商务委", "市教委", "各区县政府")),
        ("建设。（6月底完成，牵头考核单位：市审批服务局）", ("市审批服务局",)),
        ("建设。（税务总局、财政部负责，排在第一位的部门为牵头部门，下同）", ("税务总局", "财政部")),
        ("建设。（商务部、海关总署按职责分工负责）", ("商务部", "海关总署")),
    ],
)
def test_layouts_of_unit_lists(text, names):
    assert units(text) == names


def test_a_compound_name_is_one_unit():
    assert units("(责任单位:省农业农村厅,各市、州、县人民政府)") == ("省农业农村厅", "各市、州、县人民政府")


def test_a_bracket_inside_a_name_does_not_split_it():
    assert units("(责任单位:省科技厅(省外专局、引智办),甲市政府)") == (
        "省科技厅(省外专局、引智办)",
        "甲市政府",
    )


@pytest.mark.parametrize("others", ["等", "等有关部门", "等相关单位"])
def test_unnamed_others_are_no_part_of_a_name(others):
    assert units(f"(海关总署、商务部{others}负责)") == ("海关总署", "商务部")


def test_repeated_and_broken_names_count_once():
    assert units("(牵头单位:省商\n务厅;责任单位:省商务厅、甲市政府)") == ("省商务厅", "甲市政府")


def test_the_span_is_the_bracket_in_the_text():
    text = "前文。(责任单位:甲)建设(一期)。(责任单位:省商务厅)尾"
    _, span = unit_list(text, 3, len(text) - 1)
    assert text[span.start : span.end] == "(责任单位:省商务厅)"


@pytest.mark.parametrize(
    "text",
    [
        "责任单位:省商务厅",
        "(以下简称枣庄综试区)",
        "(累计约3600户)",
        "(由其负责)",
        "(责任单位:)",
        "(责任单位:省商务厅",
    ],
)
def test_other_brackets_name_nobody(text):
    assert unit_list(text, 0, len(text)) == ((), None)
