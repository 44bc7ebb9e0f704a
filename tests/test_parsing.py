"""Published text → clauses: nothing lost, nothing twice, every address right."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from samples import PLENTY, any_text, corpus, more, parse, shandong

from rag.parsing import parse_notice, uncovered

NOTICES = [*corpus().values(), *more().values()]
PLAN_A = "中国(甲城)综合试验区实施方案\n一、目标\n突破150亿元。\n(一)任务。\n建设园区。(责任单位:省商务厅)\n"
PLAN_B = "中国(乙城)综合试验区实施方案\n一、目标\n突破200亿元。\n"
BUNDLE = (
    "关于试点的通知\n现将《中国(甲城)综合试验区实施方案》《中国(乙城)综合试验区实施方案》印发给你们。\n"
    f"甲省人民政府\n2023年5月18日\n{PLAN_A}{PLAN_B}"
)


def names(notice):
    return [clause.id.removeprefix(f"{notice.id}.") for clause in notice.clauses]


def texts(notice):
    return {clause.id.removeprefix(f"{notice.id}."): clause.text for clause in notice.clauses}


def assert_tiles(notice):
    spans = sorted([*(c.span for c in notice.clauses), *notice.furniture], key=lambda span: span.start)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert not "".join(notice.text[gap.start : gap.end] for gap in uncovered(notice)).strip()


@PLENTY
@given(any_text)
@example("甲市人民政府\n2023年5月18日\n来源:甲网\n乙")
@example("附件\n来源:甲网\n名单")
def test_any_text_is_tiled_by_clauses_and_furniture(text):
    assert_tiles(parse(text))


@PLENTY
@given(any_text)
def test_a_clause_shows_exactly_its_span(text):
    assert all(c.text == text[c.span.start : c.span.end] and c.text for c in parse(text).clauses)


@PLENTY
@given(any_text)
def test_ids_are_unique_ascii_without_slash(text):
    ids = [clause.id for clause in parse(text).clauses]
    assert len(set(ids)) == len(ids)
    assert all(i.isascii() and not set("/ #") & set(i) for i in ids)


@PLENTY
@given(any_text)
def test_units_stand_in_their_bracket_inside_the_clause(text):
    for clause in parse(text).clauses:
        assert bool(clause.units) == (clause.units_span is not None)
        if span := clause.units_span:
            assert clause.span.start <= span.start < span.end <= clause.span.end


@PLENTY
@given(any_text)
def test_a_parent_comes_first_and_its_numbers_begin_the_childs(text):
    seen = {}
    for clause in parse(text).clauses:
        if clause.parent:
            assert clause.numbers[:-1] == seen[clause.parent].numbers
        seen[clause.id] = clause


@PLENTY
@given(any_text)
def test_parsing_twice_gives_the_same(text):
    assert parse(text) == parse(text)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda n: n.id)
def test_real_notices_are_tiled(notice):
    assert_tiles(notice)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda n: n.id)
def test_a_notice_with_other_line_breaks_has_the_same_clauses(notice):
    again = parse_notice(notice.text.replace("\n", "\r\n"), notice.meta)
    assert [c.id for c in again.clauses] == [c.id for c in notice.clauses]


def test_bundle_is_cut_into_cover_and_zone_plans():
    plans = parse(BUNDLE).plans
    assert [(p.slug, p.zone) for p in plans] == [("cover", None), ("jiacheng", "甲城"), ("yicheng", "乙城")]
    assert BUNDLE[plans[1].span.start : plans[1].span.end] == PLAN_A.strip()


def test_look_alike_clauses_of_two_plans_are_two_clauses():
    assert names(parse(BUNDLE))[3:] == [
        *("jiacheng.title", "jiacheng.1", "jiacheng.1.1"),
        *("yicheng.title", "yicheng.1"),
    ]


def test_address_of_a_clause():
    clause = next(c for c in parse(BUNDLE).clauses if c.id.endswith("jiacheng.1.1"))
    assert clause.label == "甲城方案 · 一(一)"
    assert clause.path == ("一、目标", "(一)任务")
    assert (clause.heading, clause.numbers) == ("任务", ("1", "1"))
    assert clause.parent == "t-1.jiacheng.1"


def test_a_number_owns_its_heading_paragraphs_and_units_up_to_the_next():
    assert texts(parse(BUNDLE))["jiacheng.1.1"] == "(一)任务。\n建设园区。(责任单位:省商务厅)"


def test_issuer_and_date_are_one_paragraph():
    assert texts(parse(BUNDLE))["cover.p2"] == "甲省人民政府\n2023年5月18日"


def test_a_title_over_several_lines_is_one_clause():
    notice = parse("关于\n试点的通知\n各市:\n一、目标")
    assert texts(notice)["main.title"] == "关于\n试点的通知"


def test_web_page_around_the_document_is_furniture():
    text = "关于试点的通知\n来源:甲网\n关于试点的通知\n各市:\n一、目标\n免责声明:无\n首页"
    notice = parse(text)
    assert [text[f.start : f.end] for f in notice.furniture] == [
        "关于试点的通知",
        "来源:甲网",
        "免责声明:无",
        "首页",
    ]
    assert names(notice) == ["main.title", "main.p1", "main.1"]


def test_items_that_run_on_across_sections_keep_their_numbers():
    assert names(parse("一、甲\n1.子\n2.丑\n二、乙\n3.寅\n", title=""))[-1] == "main.2.3"


def test_a_number_printed_twice_gets_two_ids():
    assert names(parse("一、甲\n一、乙\n", title="")) == ["main.1", "main.1-2"]


def test_regulations_have_chapters_and_articles():
    assert names(
        parse("第一章 总则\n第一条 目的。\n第二条 范围。\n第二章 罚则\n第三条 罚款。", title="")
    ) == [*("main.1", "main.1.1", "main.1.2", "main.2", "main.2.3")]


def test_annex_is_a_plan_of_its_own():
    assert [plan.slug for plan in parse("一、甲\n附件1\n考评指标\n一、乙", title="").plans] == [
        "main",
        "annex",
    ]


def test_plain_text_becomes_paragraphs():
    assert names(parse("甲。\n乙。", title="")) == ["main.p1", "main.p2"]


def test_no_text_has_no_clauses():
    assert parse(" \n　").clauses == ()


def test_shandong_has_every_unit_list_of_the_text():
    assert (
        sum(c.units_span is not None for c in shandong().clauses) == shandong().text.count("责任单位") == 95
    )
