"""Names of the corpus: zones, places that belong to one zone, units, and places it does not speak of."""

import pytest
from samples import more, parse, shandong

from rag.gazetteer import make_gazetteer


@pytest.fixture(scope="module")
def names():
    return make_gazetteer([shandong()])


def test_zones_in_corpus_order(names):
    assert names.zones == ("枣庄", "济宁", "泰安", "德州", "聊城", "滨州", "菏泽")


@pytest.mark.parametrize(
    ("place", "zone"),
    [("滕州市", "枣庄"), ("滕州", "枣庄"), ("嘉祥县", "济宁"), ("枣庄高新区", "枣庄"), ("曹县", "菏泽")],
)
def test_a_place_leads_to_its_zone(names, place, zone):
    assert names.places[place] == zone


def test_a_place_of_two_letters_keeps_its_suffix(names):
    assert "曹" not in names.places


def test_a_place_of_two_zones_leads_nowhere():
    plans = "".join(f"中国({zone})综合试验区实施方案\n一、目标\n建设园区。\n" for zone in ("天津", "沈阳"))
    bundle = f"印发《中国(天津)综合试验区实施方案》《中国(沈阳)综合试验区实施方案》。\n{plans}"
    names = make_gazetteer([parse(bundle)])
    assert names.places["沈河区"] == "沈阳"
    assert "和平区" not in names.places


def test_units_are_those_of_the_clauses(names):
    assert set(names.units) == {unit for clause in shandong().clauses for unit in clause.units}


@pytest.mark.parametrize("place", ["青岛", "杭州", "北京市", "广东"])
def test_other_places_are_foreign(names, place):
    assert place in names.foreign


@pytest.mark.parametrize("place", ["枣庄", "枣庄市", "山东", "深圳"])
def test_places_that_the_notices_speak_of_are_not_foreign(names, place):
    assert place not in names.foreign


def test_zones_by_sound(names):
    assert names.pinyin["zaozhuang"] == "枣庄"


def test_quoted_words_are_phrases(names):
    assert {"一核多园", "鲁贸贷"} <= names.phrases


def test_names_hold_all_kinds(names):
    assert {"枣庄", "滕州市", "省商务厅", "杭州", "一核多园"} <= set(names.names)


def test_a_notice_without_zones_has_no_places():
    names = make_gazetteer([more()["statecouncil-2019"]])
    assert (names.zones, names.places) == ((), {})
    assert "海关总署" in names.units
