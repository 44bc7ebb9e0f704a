"""Responsible units as questions name them: in full, without 省, as departments, by kind, shortened."""

import pytest

from rag.lexicon import Lexicon
from rag.unit_names import UnitNames

UNITS = (
    "省商务厅",
    "省市场监管局",
    "省邮政管理局",
    "省发展改革委",
    "甲乙海关",
    "丙丁海关",
    "人民银行济南分行",
    "中国信保山东分公司",
    "甲乙市政府",
)


@pytest.fixture(scope="module")
def names():
    return UnitNames(UNITS)


def named(names, text):
    return names.named(text, Lexicon(()).terms(text))


@pytest.mark.parametrize("unit", UNITS)
def test_a_printed_name_is_the_unit(names, unit):
    assert names.anywhere(f"{unit}参与吗") == (unit,)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("商务厅参与吗", "省商务厅"),
        ("商务部门参与吗", "省商务厅"),
        ("市场监管部门参与吗", "省市场监管局"),
        ("发展改革部门参与吗", "省发展改革委"),
        ("邮政管理局参与吗", "省邮政管理局"),
        ("人民银行参与吗", "人民银行济南分行"),
        ("中国信保参与吗", "中国信保山东分公司"),
    ],
)
def test_shorter_names_of_a_unit(names, text, unit):
    assert names.anywhere(text) == (unit,)


def test_a_kind_names_the_kind(names):
    assert names.anywhere("有没有海关") == ("海关",)
    assert names.anywhere("甲乙海关和别的海关") == ("甲乙海关", "海关")


def test_one_unit_alone_makes_no_kind():
    assert UnitNames(("甲乙海关", "省商务厅")).anywhere("有没有海关") == ()


def test_the_longest_name_takes_its_stretch_of_text(names):
    assert names.anywhere("丙丁海关") == ("丙丁海关",)
    assert names.anywhere("省商务厅、商务厅") == ("省商务厅",)


@pytest.mark.parametrize("text", ["商务", "银行", "厅局", "", "省里"])
def test_words_that_name_no_unit(names, text):
    assert names.anywhere(text) == ()


@pytest.mark.parametrize(
    ("text", "unit"), [("发改委参与吗", "省发展改革委"), ("邮政局参与吗", "省邮政管理局")]
)
def test_shortened_names_and_those_of_the_synonym_list(names, text, unit):
    assert named(names, text) == (unit,)


def test_a_body_that_no_list_has_keeps_its_name(names):
    assert named(names, "财政厅参与吗") == ("财政厅",)
    assert names.listed("财政厅参与吗", Lexicon(()).terms("财政厅参与吗")) == ()


def test_listed_are_only_units_and_kinds_of_the_lists(names):
    text = "财政厅、商务厅和海关参与吗"
    assert set(names.listed(text, Lexicon(()).terms(text))) == {"省商务厅", "海关"}


def test_names_in_full_are_too_long_to_be_anything_else(names):
    assert names.in_full("省商务厅和海关参与") == ("省商务厅",)
    assert names.in_full("商务厅和海关参与") == ()


def test_longer_names_are_tried_first(names):
    lengths = [len(alias) for alias in names.aliases]
    assert lengths == sorted(lengths, reverse=True)


def test_every_alias_stands_for_a_unit_or_for_an_end_of_two(names):
    for alias, unit in names.aliases.items():
        assert unit in UNITS or (alias == unit and sum(u.endswith(unit) for u in UNITS) == 2)
