"""Numbers that open a clause: what counts, what does not, and where a heading ends."""

import pytest

from rag.numbering import Level, heading_end, inline_markers, marker_at, numeral_value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十六", 36),
        ("一百零三", 103),
        ("１２", 12),
        ("甲", 0),
    ],
)
def test_numeral_values(numeral, value):
    assert numeral_value(numeral) == value


@pytest.mark.parametrize(
    ("line", "level", "value", "short"),
    [
        ("第一章 总则", Level.CHAPTER, 1, "第一章"),
        ("第二节　要求", Level.SECTION, 2, "第二节"),
        ("第十条 本办法", Level.ARTICLE, 10, "第十条"),
        ("三、保障措施", Level.FIRST, 3, "三"),
        ("(四)构建", Level.SECOND, 4, "(四)"),
        ("（四）构建", Level.SECOND, 4, "(四)"),
        ("3.构建", Level.THIRD, 3, "3"),
        ("３．构建", Level.THIRD, 3, "3"),
        ("3、构建", Level.THIRD, 3, "3"),
        ("（3）构建", Level.FOURTH, 3, "(3)"),
    ],
)
def test_numbers_of_every_level_in_both_widths(line, level, value, short):
    marker = marker_at(line, 0, len(line))
    assert (marker.level, marker.value, marker.short) == (level, value, short)


@pytest.mark.parametrize(
    "line", ["3.5亿元", "2023年", "第一章节", "第三条件", "一带一路", "(甲)构建", "0.总则", ""]
)
def test_what_only_looks_like_a_number_opens_nothing(line):
    assert marker_at(line, 0, len(line)) is None


def inline(text):
    return [marker.short for marker in inline_markers(text, 0, len(text))]


def test_numbers_inside_one_line_open_after_a_sentence_or_a_heading():
    assert inline("前言。一、总体要求（一）指导思想。坚持。（二）目标。1.甲。2.乙。二、任务") == [
        *("一", "(一)", "(二)", "1", "2", "二"),
    ]


def test_a_number_out_of_order_is_running_text():
    assert inline("一、任务。甲。五、乙。二、保障") == ["一", "二"]


def test_a_number_in_mid_sentence_is_running_text():
    assert inline(f"一、任务。{'甲' * 40}按照(一)办理。") == ["一"]


def heading(text):
    return text[: heading_end(text, 0, len(text))]


def test_a_heading_is_a_short_first_line():
    assert heading("主要任务\n坚持创新。") == "主要任务"


def test_a_heading_is_a_short_first_sentence_with_text_after_it():
    assert heading("构建智慧物流体系。整合资源。") == "构建智慧物流体系。"


@pytest.mark.parametrize("text", ["甲" * 33 + "。整合资源。", "甲" * 33 + "\n整合资源。"])
def test_a_long_start_is_no_heading(text):
    assert heading(text) == ""


def test_a_sentence_with_nothing_but_its_units_is_no_heading():
    assert heading("完成模块建设。(责任单位:市工信局)") == ""
