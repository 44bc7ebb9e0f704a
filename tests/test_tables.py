"""Rows with their claims: lines for one or two, a table from three on, each claim followed by its marks."""

from samples import parse

from rag.citations import Claim, Marks
from rag.sentences import sentences
from rag.tables import Row, compose, listed

NOTICE = parse("各市:\n一、目标\n突破150亿元。企业突破200家。\n二、任务\n建设园区。", title="")
FIRST, SECOND = sentences(NOTICE.clauses[1])
THIRD = sentences(NOTICE.clauses[2])[0]
SIZE, FIRMS, PARK = Claim("规模", (FIRST,)), Claim("企业", (SECOND,)), Claim("园区", (THIRD,))
NONE = Claim("未规定", ())


def test_two_rows_are_lines_below_the_lead():
    text = compose("共2个市:", [Row("甲", (SIZE,)), Row("乙", (FIRMS,))], Marks())
    assert text == "共2个市:\n- 甲:规模[1]。\n- 乙:企业[2]。"


def test_lines_without_a_lead_begin_at_once():
    assert compose("", [Row("甲", (SIZE,))], Marks()) == "- 甲:规模[1]。"


def test_three_rows_are_a_table_apart_from_the_lead():
    rows = [Row("甲", (SIZE,)), Row("乙", (FIRMS,)), Row("丙", (PARK,))]
    assert compose("合计:", rows, Marks(), head="内容", column="县").split("\n") == [
        "合计:",
        "",
        "| 县 | 内容 |",
        "| --- | --- |",
        "| 甲 | 规模[1] |",
        "| 乙 | 企业[2] |",
        "| 丙 | 园区[3] |",
    ]


def test_a_table_without_a_lead_begins_with_its_head():
    assert compose("", [Row("甲", (SIZE,))] * 3, Marks()).startswith("| 市 | 规定 |\n")


def test_without_rows_the_lead_stands_alone():
    assert compose("没有。", [], Marks()) == "没有。"


def test_claims_of_a_row_stand_in_a_line_behind_its_result():
    assert Row("甲", (SIZE, FIRMS), "2项:").said(Marks()) == "2项:规模[1];企业[2]"


def test_a_claim_without_proof_gets_no_mark():
    marks = Marks()
    assert Row("甲", (NONE,)).said(marks) == "未规定"
    assert marks.citations == ()


def test_one_quote_keeps_one_number_through_all_rows():
    marks = Marks()
    text = compose("", [Row("甲", (SIZE, PARK)), Row("乙", (PARK,)), Row("丙", (SIZE,))], marks)
    assert [line[-5:-2] for line in text.split("\n")[2:]] == ["[2]", "[2]", "[1]"]
    assert len(marks.citations) == 2


def test_a_bar_does_not_break_the_table():
    text = compose("", [Row("甲", (Claim("a|b", ()),))] * 3, Marks())
    assert text.split("\n")[2] == r"| 甲 | a\|b |"


def test_names_in_a_row():
    assert (listed(["甲", "乙"]), listed(())) == ("甲、乙", "")
