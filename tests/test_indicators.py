"""Indicators: every figure of the seven plans' aims against a list made by hand, and the rules behind the rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PLENTY, corpus, more, parse, shandong

from rag.indicators import indicators

# zone: what is counted, how it is bound, number with unit; all of them by 2025.
AIMS = {
    "枣庄": [
        ("跨境电商交易规模", "突破", "150亿元"),
        ("年均增长", "以上", "10%"),
        ("跨境电商企业", "突破", "200家"),
        ("跨境电商产业园区", "以上", "3个"),
        ("公共海外仓", "以上", "10个"),
    ],
    "济宁": [
        ("跨境电商交易规模", "突破", "300亿元"),
        ("特色专业跨境电商平台", "达到", "10个"),
        ("跨境电商产业园区", "达到", "10个"),
        ("公共海外仓", "达到", "10个"),
        ("跨境电商实训基地", "达到", "5个"),
        ("跨境电商企业", "突破", "600家"),
        ("跨境电商龙头企业", "以上", "10家"),
    ],
    "泰安": [
        ("跨境电商交易规模", "突破", "200亿元"),
        ("跨境电商企业", "超过", "300家"),
        ("跨境电商产业园区", "以上", "5个"),
        ("公共海外仓", "以上", "15个"),
    ],
    "德州": [
        ("跨境电商交易规模", "突破", "100亿元"),
        ("跨境电商产业园区", "达到以上", "3个"),
        ("公共海外仓", "新增", "3个"),
        ("跨境电商培训孵化基地", "达到", "3个"),
        ("跨境电商企业", "突破", "400家"),
    ],
    "聊城": [
        ("跨境电商交易规模", "突破", "100亿元"),
        ("跨境电商企业", "突破", "300家"),
        ("配套完善的跨境电商产业园区", "以上", "5个"),
        ("辐射力强的跨境电商公共海外仓", "以上", "10个"),
    ],
    "滨州": [
        ("跨境电商年交易额", "突破", "125亿元"),
        ("年均增长", "以上", "15%"),
        ("跨境电商产业园", "", "10个"),
        ("特色跨境电商平台", "以上", "4个"),
        ("公共海外仓", "以上", "20个"),
        ("跨境电商实训基地", "以上", "5个"),
        ("跨境电商龙头企业", "以上", "30家"),
    ],
    "菏泽": [
        ("跨境电商年交易额", "突破", "150亿元"),
        ("年均增长", "以上", "60%"),
        ("跨境电商出口实绩企业", "超过", "150家"),
        ("跨境电商产业园", "以上", "10个"),
        ("公共海外仓", "以上", "5个"),
    ],
}

# The other notices, every figure that states what is to be reached, granted or required: clause, what is counted, how it
# is bound, number with unit, by when. Read by hand; see below for what is left out.
OTHERS = {
    "chongqing-2019": [
        ("main.1.2", "电子商务交易额", "突破", "1.8万亿元", "2022年"),
        ("main.1.2", "网络零售额", "突破", "1500亿元", "2022年"),
        ("main.1.2", "跨境电子商务交易及结算", "实现", "500亿元", "2022年"),
        ("main.2.1", "电子商务产业园区", "以上", "1个", None),
        ("main.2.1", "国家级电子商务示范基地（园区）", "", "5个", None),
        ("main.2.1", "市级电子商务示范园区（基地）", "", "30家", None),
        ("main.2.1", "区域营运中心、物流中心、结算中心及研发中心", "以上", "10家", None),
        ("main.2.1", "千亿级行业垂直电子商务平台", "", "3—5个", None),
        ("main.2.1", "市级电子商务龙头企业", "", "30家", None),
        ("main.2.1", "上市储备电子商务企业", "", "5家", None),
        ("main.2.1", "年销售额", "以上", "1000万元", None),
        ("main.2.1", "年销售额1000万元以上的网商（微商）", "以上", "800家", None),
        ("main.2.2", "消费品工业网销产品生产加工基地", "以上", "15个", None),
        ("main.2.2", "“拳头”网销农产品", "", "2—3个", None),
        ("main.2.3", "年交易额100亿元以上的O2O专业市场", "", "2—3个", None),
        ("main.2.3", "年交易额", "以上", "100亿元", None),
        ("main.2.4", "网货大品类“拳头”产品", "", "50个", None),
        ("main.2.4", "中品类", "", "200个", None),
        ("main.2.4", "小品类产品", "", "800个", None),
        ("main.2.5", "跨境第三方支付企业和具备境外结汇牌照的金融机构", "", "3—5家", None),
        ("main.2.5", "具备进出口经营权的外贸龙头企业", "", "10家", None),
        ("main.2.5", "跨境电子商务龙头企业", "", "10家", None),
        ("main.2.6", "数字商务园区", "", "1—2个", None),
        ("main.2.6", "电子商务领域的大数据分析和应用企业", "", "2—3个", None),
    ],
    "statecouncil-2019": [],
    "guangxi-2021": [
        ("main.1.1", "企业拥有所有权的新能源汽车占比", "达到及以上", "30%", None),
        ("main.1.4", "改造年增长率", "不低于", "10%", None),
        ("main.1.4", "改造后的公交班线", "实现", "100%", None),
        ("main.1.5", "县出租车电动化率", "不得低于", "50%", "2023年"),
        ("main.1.7", "城市配送车辆电动化率", "达到以上", "50%", "2023年"),
        ("main.1.9", "驾驶员考试用车新能源化考场", "", "1—2个", None),
        ("main.1.9", "新能源考试用车", "不少于", "2辆", None),
        ("main.2.16", "高速公路服务区充电车位占总停车位的比例", "不低于", "20%", "2023年"),
        ("main.2.19", "新建住宅小区停车位", "", "100%", None),
        ("main.2.22", "检测收费标准", "降低以上", "30%", None),
        ("main.5.33", "预拨应补贴额", "", "50%", None),
    ],
    "hubei-2021": [
        ("main.1", "县级以上示范家庭农场和农民合作社示范社", "达到", "10000家", "2025年"),
        ("main.1", "县级以上示范性社会化服务组织", "达到", "1000个", "2025年"),
        ("main.2", "辅导员", "", "1名", None),
        ("main.2", "辅导员", "以上", "2名", None),
        ("main.5", "优惠担保费率", "不超过", "0.8%", None),
        ("main.5", "政策性扶贫项目担保费率", "不超过", "0.5%", None),
        ("main.5", "融资需求", "以下", "300万元", None),
        ("main.5", "信用额度", "提高至", "500万元", None),
        ("main.5", "担保额", "提高至", "1000万元", None),
        ("main.9", "新增建设用地计划指标", "不少于", "5%", None),
        ("main.11", "年平均培训高素质农民", "不少于", "3万人", None),
        ("main.11", "优秀青年农民", "", "1.5万名", None),
    ],
    "baotou-2022": [
        ("annex.1.2.3", "功能模块", "", "19类", None),
        ("annex.1.5.9", "各级大厅综合一窗率", "达以上", "90%", None),
        ("annex.1.9.21", "业务编码贯标", "完成", "15项", None),
        ("annex.1.9.26", '“一站式"便民服务', "", "62项", None),
        ("annex.2.3.45", '各部门涉企“双随机"检查事项覆盖率', "不低于", "90%", None),
        ("annex.2.4.46", "重点领域市场主体", "", "90%", None),
        ("annex.2.4.47", "大中型餐饮单位", "新增", "2400户", None),
        ("annex.4.1.59", "5G基站", "新增", "1000座", None),
        ("annex.4.1.59", "5G基站", "累计", "4600个", None),
        ("annex.5.3.75", "部门的政务数据", "", "50个", None),
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


@pytest.mark.parametrize("notice", more().values(), ids=lambda n: n.id)
def test_every_figure_of_the_other_notices_and_no_other(notice):
    found = [
        (r.clause.id.removeprefix(f"{notice.id}."), r.name, r.comparator, r.number + r.unit, r.by)
        for r in indicators(notice.clauses)
    ]
    assert found == OTHERS[notice.id]


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("分值=监测(60%)+调研(40%)。", []),
        ("保障7×24小时服务。", []),
        ("设置24小时在线客服。", []),
        ("计算7个方面的分值。", []),
        ("3个月内完成。", []),
        ("支持10家。", []),  # nothing named
        ("支持企业20家参加展会。", [("企业", "")]),
        ("支持10家有经营权的企业开展业务。", [("有经营权的企业", "")]),
        ("在全市范围内梳理出50个产品。", [("产品", "")]),
        ("甲中心、乙中心等10家以上。", [("甲中心、乙中心", "以上")]),
        ("200个中品类和800个小品类。", [("中品类", ""), ("小品类", "")]),
        ("年销售额100万元以上的网商80家。", [("年销售额", "以上"), ("年销售额100万元以上的网商", "")]),
        ("新增2400户(累计约3600户)餐饮单位。", [("餐饮单位", "新增")]),
        ("引导企业(其中规上企业30家)升级。", [("规上企业", "")]),
        ("车辆占比不得低于50%。", [("车辆占比", "不得低于")]),
        ("将收费标准在现行基础上再降低30%。", [("收费标准", "降低")]),
        ("对园区给予50万元一次性奖励。", [("一次性奖励", "")]),
        ("办理时限压缩至3个工作日以内。", [("办理时限", "压缩至以内")]),
        ("90%的市场主体纳入平台。", [("市场主体", "")]),
        ("项目签约10个、发达地区企业5家。", [("项目签约", ""), ("发达地区企业", "")]),
    ],
)
def test_names_and_bounds(text, found):
    assert [(row.name, row.comparator) for row in rows(text)] == found


def test_a_clause_number_is_no_part_of_a_row():
    row = only("1．新增5G基站1000座,覆盖城乡。")
    assert (row.name, row.passage.text) == ("5G基站", "新增5G基站1000座")


_WORDS = st.sampled_from(
    [
        *"、,，。；的等和（）()《》“”=×",
        "3",
        "5个",
        "10%",
        "8万元以上",
        "新增",
        "企业",
        "培育",
        "在园区",
        "增长",
    ]
)


@PLENTY
@given(st.lists(_WORDS, max_size=25).map("".join))
def test_any_text_gives_rows_that_name_something_and_stand_in_it(text):
    notice = parse(f"一、目标\n{text}", title="")
    for row in indicators(notice.clauses):
        assert row.name
        assert row.passage.text == notice.text[row.passage.span.start : row.passage.span.end]
        assert row.passage.span.start <= row.figure.start


def test_titles_carry_no_indicators():
    assert (
        indicators(parse("关于印发7个实施方案的通知\n各市:", title="关于印发7个实施方案的通知").clauses) == ()
    )
