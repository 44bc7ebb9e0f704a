"""Indicators: every figure of the seven plans' aims against a list made by hand, and the rules behind the rows."""

import pytest
from samples import corpus, more, parse, shandong

from rag.facts import indicators

# zone: what is counted, how it is bound, number with unit; all of them by 2025.
AIMS = {
    "枣庄": [
        ("枣庄市跨境电商交易规模", "突破", "150亿元"),
        ("年均增长", "年均增长以上", "10%"),
        ("跨境电商企业", "突破", "200家"),
        ("跨境电商产业园区", "以上", "3个"),
        ("公共海外仓", "以上", "10个"),
    ],
    "济宁": [
        ("济宁市跨境电商交易规模", "突破", "300亿元"),
        ("特色专业跨境电商平台", "达到", "10个"),
        ("跨境电商产业园区", "达到", "10个"),
        ("公共海外仓", "达到", "10个"),
        ("跨境电商实训基地", "达到", "5个"),
        ("跨境电商企业", "突破", "600家"),
        ("跨境电商龙头企业", "以上", "10家"),
    ],
    "泰安": [
        ("泰安市跨境电商交易规模", "突破", "200亿元"),
        ("跨境电商企业", "超过", "300家"),
        ("跨境电商产业园区", "以上", "5个"),
        ("公共海外仓", "以上", "15个"),
    ],
    "德州": [
        ("德州市跨境电商交易规模", "突破", "100亿元"),
        ("跨境电商产业园区", "达到以上", "3个"),
        ("公共海外仓", "新增", "3个"),
        ("跨境电商培训孵化基地", "达到", "3个"),
        ("跨境电商企业", "突破", "400家"),
    ],
    "聊城": [
        ("聊城市跨境电商交易规模", "突破", "100亿元"),
        ("跨境电商企业", "突破", "300家"),
        ("配套完善的跨境电商产业园区", "以上", "5个"),
        ("辐射力强的跨境电商公共海外仓", "以上", "10个"),
    ],
    "滨州": [
        ("滨州市跨境电商年交易额", "突破", "125亿元"),
        ("年均增长", "年均增长以上", "15%"),
        ("跨境电商产业园", "", "10个"),
        ("特色跨境电商平台", "以上", "4个"),
        ("公共海外仓", "以上", "20个"),
        ("跨境电商实训基地", "以上", "5个"),
        ("跨境电商龙头企业", "以上", "30家"),
    ],
    "菏泽": [
        ("菏泽市跨境电商年交易额", "突破", "150亿元"),
        ("年均增长", "年均增长以上", "60%"),
        ("跨境电商出口实绩企业", "超过", "150家"),
        ("跨境电商产业园", "以上", "10个"),
        ("公共海外仓", "以上", "5个"),
    ],
}


def aims(zone):
    sections = [c for c in shandong().clauses if c.zone == zone and c.heading in {"总体目标", "总体要求"}]
    return indicators(sections)


@pytest.mark.parametrize("zone", AIMS)
def test_every_aim_of_a_plan_and_no_other(zone):
    assert [(row.name, row.comparator, row.number + row.unit) for row in aims(zone)] == AIMS[zone]


@pytest.mark.parametrize("zone", AIMS)
def test_aims_are_due_in_2025(zone):
    assert {row.by for row in aims(zone)} == {"2025年"}


@pytest.mark.parametrize("notice", [*corpus().values(), *more().values()], ids=lambda n: n.id)
def test_rows_stand_in_the_published_text(notice):
    for row in indicators(notice.clauses):
        span = row.passage.span
        assert row.passage.text == notice.text[span.start : span.end]
        assert row.clause.span.start <= span.start <= row.figure.start < row.figure.end <= row.clause.span.end
        assert row.number[0] in notice.text[row.figure.start : row.figure.end]


def rows(text):
    return indicators(parse(f"一、目标\n{text}", title="").clauses)


def only(text):
    (row,) = rows(text)
    return row


def test_the_passage_is_the_shortest_that_states_the_figure():
    shown = [row.passage.text for row in rows("到2025年,企业突破200家,培育3个以上园区、10个以上海外仓。")]
    assert shown == ["企业突破200家", "培育3个以上园区", "10个以上海外仓"]


def test_a_growth_rate_brings_its_subject():
    growth = rows("交易规模突破150亿元,年均增长10%以上。")[1]
    assert growth.passage.text == "交易规模突破150亿元,年均增长10%以上"


def test_a_deadline_holds_for_the_rest_of_its_sentence_only():
    assert [r.by for r in rows("到2025年,企业突破200家,园区达到3个。海外仓达到5个。")] == [
        "2025年",
        "2025年",
        None,
    ]


def test_a_deadline_in_the_same_phrase_counts():
    assert only("2023年底,电动化率达到50%以上。").by == "2023年"


def test_numbers_and_units_are_shown_half_width():
    row = only("交易额突破１．８万亿元。")
    assert (row.number, row.unit, row.amount) == ("1.8", "万亿元", "1.8万亿元")


def test_a_range_is_one_figure():
    assert only("打造园区1至2处。").number == "1至2"


def test_what_is_counted_may_follow_the_figure():
    assert only("新增3个以上公共海外仓。").name == "公共海外仓"


@pytest.mark.parametrize(
    "text", ["自2023年5月18日起施行。", "国函〔2022〕126号文件。", "推进“十四五”规划。", "突破150。"]
)
def test_dates_and_document_numbers_are_no_indicators(text):
    assert rows(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(一)一体化平台建设（3分）", []),  # baotou: the score of a heading
        ("确保在3分钟内响应道路救援。", []),  # guangxi: 分 cut out of 分钟
        ("改造年增长率不低于10%。", ["改造年增长率"]),  # guangxi: 增长 taken out of a name
        ("信用额度可提高至500万元。", ["信用额度"]),  # hubei: 至 left in the name
    ],
)
def test_figures_of_other_layouts(text, names):
    assert [row.name for row in rows(text)] == names


def test_titles_carry_no_indicators():
    assert (
        indicators(parse("关于印发7个实施方案的通知\n各市:", title="关于印发7个实施方案的通知").clauses) == ()
    )
