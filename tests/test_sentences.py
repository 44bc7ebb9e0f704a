"""Sentences, segments and phrases: exact stretches of the clause, cut where a quote may begin and end."""

from itertools import pairwise

import pytest
from hypothesis import given
from samples import PLENTY, any_text, parse

from rag.sentences import PLACE, joined, listed, phrases, segments, sentences, whole

BRACKET = "(责任单位:省商务厅)"


def clause(text):
    return parse(text, title="").clauses[0]


def shown(passages):
    return [passage.text for passage in passages]


def assert_quotes(passages, start, end, text):
    """Exact, in order, not overlapping, inside ``[start, end)``."""
    assert all(p.text == text[p.span.start : p.span.end] for p in passages)
    edges = [start, *(edge for p in passages for edge in (p.span.start, p.span.end)), end]
    assert all(a <= b for a, b in pairwise(edges))


@PLENTY
@given(any_text)
def test_sentences_are_quotes_inside_their_clause(text):
    for c in parse(text).clauses:
        assert_quotes(sentences(c), c.span.start, c.span.end, text)


@PLENTY
@given(any_text)
@pytest.mark.parametrize("parts", [segments, phrases])
def test_parts_are_quotes_inside_their_sentence(parts, text):
    for c in parse(text).clauses:
        for sentence in sentences(c):
            assert_quotes(parts(sentence), sentence.span.start, sentence.span.end, text)


@PLENTY
@given(any_text)
@pytest.mark.parametrize("parts", [segments, phrases])
def test_parts_keep_every_letter_and_figure(parts, text):
    for c in parse(text).clauses:
        for sentence in sentences(c):
            letters = [char for part in parts(sentence) for char in part.text if char.isalnum()]
            assert letters == [char for char in sentence.text if char.isalnum()]


def test_number_heading_and_unit_bracket_stand_apart():
    assert shown(sentences(clause(f"1.平台。建设平台。共享数据！{BRACKET}"))) == ["建设平台。", "共享数据！"]


def test_a_heading_that_repeats_its_number_stands_apart():
    assert shown(sentences(clause("一、一\n坚持创新"))) == ["坚持创新"]


def test_a_heading_alone_is_the_sentence():
    assert shown(sentences(clause("二、主要任务"))) == ["二、主要任务"]


def test_a_line_break_ends_a_sentence():
    assert shown(sentences(clause("一、要求\n坚持创新\n开放发展"))) == ["坚持创新", "开放发展"]


def test_closing_quotation_marks_stay_with_their_sentence():
    assert shown(sentences(clause("一、要求\n做到“一窗办理。”再提速。"))) == ["做到“一窗办理。”", "再提速。"]


def first(text):
    return sentences(clause(f"一、要求\n{text}"))[0]


def test_a_semicolon_ends_a_segment():
    assert shown(segments(first("建设平台；共享数据。"))) == ["建设平台；", "共享数据。"]


def test_three_listed_places_are_three_segments():
    sentence = first("滕州市打造装备带,薛城区打造能源带,山亭区打造健康带。")
    assert shown(segments(sentence)) == ["滕州市打造装备带,", "薛城区打造能源带,", "山亭区打造健康带。"]
    assert listed(segments(sentence)[1])


def test_two_places_are_no_list():
    sentence = first("滕州市打造装备带,薛城区打造能源带。")
    assert segments(sentence) == (sentence,)
    assert not listed(sentence)


def test_a_comma_ends_a_phrase_but_not_inside_marks_or_brackets():
    assert shown(phrases(first("建设“甲,乙”平台(县,区),共享数据。"))) == [
        "建设“甲,乙”平台(县,区),",
        "共享数据。",
    ]


def test_joined_runs_from_first_to_last():
    parts = phrases(first("交易规模突破150亿元,年均增长10%以上,企业突破200家。"))
    assert joined(parts[0], parts[1]).text == "交易规模突破150亿元,年均增长10%以上,"


def test_whole_takes_offsets_of_the_published_text():
    notice = parse("各市:\n一、要求\n坚持创新", title="")
    assert whole(notice.clauses[1], 6, 8).text == notice.text[6:8]


def test_the_key_is_normalised_and_the_text_is_not():
    sentence = first("跨境電商交易規模突破１５０億元。")
    assert (sentence.key, sentence.text) == (
        "跨境电商交易规模突破150亿元。",
        "跨境電商交易規模突破１５０億元。",
    )


@pytest.mark.parametrize("text", ["薛城区打造", "德州天衢新区等", "嘉祥县、汶上县"])
def test_places_are_recognised(text):
    assert PLACE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "各县(市、区)",
        "每个县区",
        "各区县政府",
    ],
)
def test_words_for_places_are_no_places(text):
    assert not PLACE.search(text)
