"""A value by zone: highest, n-th, ranking, ties, what cannot be compared, and how results are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY

from rag.citations import Claim
from rag.columns import Cell, Column, count
from rag.computing import amount, number

ZONES = ("甲", "乙", "丙", "丁", "戊")


def cell(value: float | None, unit: str = "个", measure: str | None = None) -> Cell:
    return Cell(value, unit, measure or unit, ())


def column(**values: float | None) -> Column:
    return Column({zone: cell(value) for zone, value in values.items()}, ZONES)


def test_the_highest_and_the_lowest():
    goals = column(甲=10, 乙=30, 丙=20)
    assert (goals.extreme(highest=True), goals.extreme(highest=False)) == (("乙",), ("甲",))


def test_ties_are_all_named_in_the_order_of_the_notices():
    goals = column(甲=10, 乙=30, 丙=10, 丁=30)
    assert (goals.extreme(highest=True), goals.extreme(highest=False)) == (("乙", "丁"), ("甲", "丙"))


def test_the_second_highest_stands_behind_all_that_are_highest():
    goals = column(甲=30, 乙=30, 丙=20, 丁=10)
    assert [goals.extreme(highest=True, nth=n) for n in (1, 2, 3)] == [("甲", "乙"), ("丙",), ("丁",)]
    assert goals.extreme(highest=False, nth=2) == ("丙",)


def test_there_is_no_place_behind_the_last():
    assert column(甲=30, 乙=30, 丙=20).extreme(highest=True, nth=3) == ()
    assert Column({}, ZONES).extreme(highest=True) == ()


def test_ranking_goes_down_or_up_and_keeps_equal_ones_in_order():
    goals = column(甲=10, 乙=30, 丙=10, 丁=20)
    assert goals.ranked() == ("乙", "丁", "甲", "丙")
    assert goals.ranked(descending=False) == ("甲", "丙", "丁", "乙")


def test_groups_of_equal_values_the_highest_first():
    assert column(甲=10, 乙=30, 丙=10, 丁=30, 戊=20).equal() == (("乙", "丁"), ("甲", "丙"))
    assert column(甲=10, 乙=30).equal() == ()


def test_missing_zones_are_those_without_a_cell():
    assert column(乙=1, 丁=2).missing == ("甲", "丙", "戊")


def test_a_range_has_a_cell_but_cannot_be_compared():
    goals = column(甲=10, 乙=None, 丙=20)
    assert goals.comparable == {"甲": 10, "丙": 20}
    assert "乙" not in goals.missing
    assert goals.extreme(highest=False) == ("甲",)


def test_only_values_of_the_usual_measure_are_compared():
    cells = {"甲": cell(1e9, "亿元", "元"), "乙": cell(60, "%"), "丙": cell(5e8, "万元", "元")}
    goals = Column(cells, ZONES)
    assert goals.comparable == {"甲": 1e9, "丙": 5e8}
    assert goals.extreme(highest=False) == ("丙",)


def test_of_two_measures_as_frequent_the_first_counts():
    assert Column({"甲": cell(5, "%"), "乙": cell(100, "家")}, ZONES).comparable == {"甲": 5}


def test_only_some_zones():
    some = column(甲=10, 乙=30, 丙=20).only(("乙", "戊"))
    assert (some.zones, some.missing, some.comparable) == (("乙", "戊"), ("戊",), {"乙": 30})


VALUES = st.dictionaries(st.sampled_from(ZONES), st.none() | st.integers(0, 9).map(float))


@PLENTY
@given(VALUES)
def test_ranking_is_sorted_and_holds_all_that_can_be_compared(values):
    goals = column(**values)
    ranked = [goals.comparable[zone] for zone in goals.ranked()]
    assert ranked == sorted((v for v in values.values() if v is not None), reverse=True)
    assert [goals.comparable[z] for z in goals.ranked(descending=False)] == ranked[::-1]


@PLENTY
@given(VALUES)
def test_the_places_from_the_top_are_the_ranking(values):
    goals = column(**values)
    places = [goals.extreme(highest=True, nth=n) for n in range(1, len(ZONES) + 1)]
    assert sorted(zone for place in places for zone in place) == sorted(goals.comparable)
    assert tuple(place for place in places if len(place) > 1) == goals.equal()


def test_a_count_counts_its_claims_or_what_they_hold():
    claims = [Claim("甲县、乙县", ()), Claim("丙县", ())]
    assert count(claims, "条").value == 2
    counted = count(claims, "个县", 3, "(连同丁)")
    assert (counted.value, counted.unit, counted.counted, counted.note) == (3, "个县", True, "(连同丁)")


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (1.125e11, "亿元", "1125亿元"),
        (160.7142857e8, "亿元", "160.71亿元"),
        (1.5e8, "万元", "15000万元"),
        (3e12, "万亿元", "3万亿元"),
        (73.0, "个", "73个"),
        (28.3333, "%", "28.33%"),
    ],
)
def test_an_amount_keeps_the_unit_of_its_cell(value, unit, written):
    assert amount(value, cell(value, unit)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(3.0, "3"), (1.5, "1.5"), (20 / 3, "6.67"), (1 / 3, "0.33"), (0.0, "0"), (1234567.0, "1234567")],
)
def test_a_number_has_at_most_two_decimals_and_no_zeros(value, written):
    assert number(value) == written
