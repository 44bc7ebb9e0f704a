"""Industries of counties: the wordings that state them, and silence where none does."""

import pytest
from samples import more, parse, shandong

from rag.industries import industries


def rows(text):
    return [(r.place, r.name) for r in industries(parse(f"一、任务\n{text}", title="").clauses)]


@pytest.mark.parametrize("verb", ["打造", "重点发展", "建设", "重点培育", "做强"])
def test_a_place_and_what_it_develops(verb):
    assert rows(f"甲山县{verb}医药、家具产业带。") == [("甲山县", "医药"), ("甲山县", "家具")]


@pytest.mark.parametrize("joint", ["、", "和", "及", "与"])
def test_industries_in_a_row(joint):
    assert rows(f"甲山县打造医药{joint}家具产业带。") == [("甲山县", "医药"), ("甲山县", "家具")]


def test_a_joint_inside_a_word_cuts_nothing():
    assert rows("甲山县打造和服产业带。") == [("甲山县", "和服")]


@pytest.mark.parametrize("kind", ["产业带", "特色产业带", "优势产业集群", "等特色产业带", "产业基地"])
def test_the_kind_of_cluster_is_no_part_of_the_industry(kind):
    assert rows(f"甲山县发展医药{kind}。") == [("甲山县", "医药")]


def test_several_places_share_their_industries():
    assert rows("甲山县、乙水区重点发展医药、家具产业带。") == [
        ("甲山县", "医药"),
        ("甲山县", "家具"),
        ("乙水区", "医药"),
        ("乙水区", "家具"),
    ]


def test_each_part_of_a_sentence_has_its_own_place():
    assert rows("甲山县打造医药产业带,乙水高新区打造家具产业带;丙市发展轴承产业带。") == [
        ("甲山县", "医药"),
        ("乙水高新区", "家具"),
        ("丙市", "轴承"),
    ]


@pytest.mark.parametrize("role", ["中心", "核心", "重点"])
def test_the_place_may_stand_in_the_phrase_before(role):
    assert rows(f"以甲山县、乙水区为{role},建设服装手套跨境电商产业带。") == [
        ("甲山县", "服装手套"),
        ("乙水区", "服装手套"),
    ]


def test_the_quote_holds_place_and_industry():
    (row,) = industries(parse("一、任务\n以甲山县为中心,建设玩具产业带。好。", title="").clauses)
    assert row.passage.text == "以甲山县为中心,建设玩具产业带。"


@pytest.mark.parametrize(
    "text",
    [
        "甲山县打造跨境电商产业园。",  # no industry
        "打造医药产业带。",  # no place
        "甲山县推进医药产业带转型。",  # nothing new
        "以甲山县为中心,提高水平。建设医药产业带。",  # the place is another sentence's
        "以甲山县为中心,提高水平,建设医药产业带。",
    ],
)
def test_other_wordings_give_nothing(text):
    assert rows(text) == []


@pytest.mark.parametrize("notice", more().values(), ids=lambda n: n.id)
def test_notices_without_such_sentences_give_nothing(notice):
    assert industries(notice.clauses) == ()


def test_rows_stand_in_the_published_text():
    found = industries(shandong().clauses)
    assert found
    for row in found:
        text = shandong().text[row.passage.span.start : row.passage.span.end]
        assert text == row.passage.text
        assert row.place in text
        assert row.name in text
