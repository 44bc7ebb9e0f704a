"""English questions become Chinese asking words; Chinese answers get an English frame and keep wording and marks."""

import re
from functools import cache

import pytest
from samples import corpus

from rag.english import English, Phrases
from rag.framing import Frame
from rag.gazetteer import make_gazetteer
from rag.lexicon import data_file
from rag.types import Answer, Status

MARK = re.compile(r"\[\d+\]")


@cache
def english():
    return English(make_gazetteer(corpus().values()))


@cache
def frame():
    return Frame(make_gazetteer(corpus().values()))


def framed(text, status=Status.ANSWERED, suggestions=(), question="How many parks?"):
    return frame().framed(Answer(text, status, suggestions=suggestions), question)


def body(text):
    """The framed text without its opening."""
    return framed(text).text.split("\n\n", 1)[1]


@pytest.mark.parametrize(
    ("question", "is_english"),
    [
        ("How many parks?", True),
        ("What does the plan of Heze (菏泽) say under “总体目标” (overall target)?", True),
        ("枣庄的B2B出口?", False),
        ("RCEP是什么", False),
        ("300?", False),
    ],
)
def test_english_is_latin_words_without_chinese_outside_quotes(question, is_english):
    assert english().is_english(question) is is_english


@pytest.mark.parametrize("spelling", ["Tai'an", "Tai’an", "Taian", "Tai an", "TAI-AN", "Tai'an City"])
def test_a_zone_is_known_in_every_spelling(spelling):
    assert english().chinese(f"How many parks does {spelling} have?") == "泰安多少个产业园区?"


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("Dong'e County", "东阿县"),
        ("Caoxian", "曹县"),
        ("Cao County", "曹县"),
        ("Shan County", "单县"),
        ("Laoling", "乐陵"),
        ("Jining High-tech Zone", "济宁高新区"),
        ("Liaocheng Economic and Technological Development Zone", "聊城经济技术开发区"),
        ("Qingdao Customs", "青岛海关"),
        ("Tai'an municipal government", "泰安市政府"),
        ("the Shandong Provincial Department of Commerce", "省商务厅"),
        ("People's Bank of China Jinan Branch", "人民银行济南分行"),
        ("Yantai", "烟台"),
        ("Xi'an", "西安"),
        ("Jiangsu Province", "江苏"),
        ("Linyi County", "临邑县"),
        ("Linyi City", "临沂"),
        ("Linyi", "临沂"),
    ],
)
def test_names_come_out_in_chinese(name, chinese):
    assert chinese in english().chinese(f"What about {name} and the plan?")


@pytest.mark.parametrize(
    ("question", "chinese"),
    [
        ("Which cities mention blockchain?", "哪些市提到区块链?"),
        ("Who is responsible for the credit system in Dezhou?", "德州由哪些单位负责信用管理体系?"),
        ("Which city has the highest growth rate?", "哪个市最高年均增长率?"),
        ("How much higher is Jining's target than Heze's?", "济宁、菏泽相差多少目标?"),
        ("Is Tai'an's target 30 billion yuan?", "泰安目标是300亿元吗?"),
        ("Does Heze's plan mention wigs?", "菏泽提到发制品吗?"),
        ("Heze will build over 20 public overseas warehouses, right?", "菏泽建设超过20个公共海外仓,对吗?"),
        ("And Binzhou?", "滨州呢?"),
        ("By 2025, how many e-commerce firms will Dezhou have?", "到2025年,德州多少家跨境电商企业?"),
        ("What is the combined target in the cities that Qingdao Customs serves?", "青岛海关的那几个市"),
        ("Was it on May 18, 2023?", "2023年5月18日"),
        ("Is it US$1.5 billion or RMB 50 million?", "15亿美元5000万元"),
        ("Is it more than 10 percent?", "超过10%"),
        ("Which county makes pet-food?", "哪个县市区宠物食品?"),
    ],
)
def test_question_frames_figures_and_topics(question, chinese):
    assert chinese in english().chinese(question)


def test_unknown_words_stay():
    assert english().chinese("Does Heze mention zeppelins?") == "菏泽提到zeppelins吗?"


@pytest.mark.parametrize(
    "question", ["How", "the of", "()", "“”?", "a" * 2000, "Tai'" * 300, "1 2 3 yuan", "''s"]
)
def test_any_text_gets_a_question(question):
    assert english().chinese(question).endswith("?")


def test_a_claim_is_quoted_with_its_figures_converted():
    assert body("到2025年,枣庄市跨境电商交易规模突破150亿元,年均增长10%以上[1]。") == (
        "“到2025年,枣庄市跨境电商交易规模突破150亿元,年均增长10%以上” (by 2025; cross-border e-commerce trade volume: "
        "over 15 billion yuan; average annual growth: at least 10%)[1]."
    )


@pytest.mark.parametrize(
    ("wording", "figure"),
    [
        ("新增公共海外仓3个", "public overseas warehouse: 3"),
        ("15个以上公共海外仓", "at least 15 public overseas warehouses"),
        ("跨境电商企业突破600家", "cross-border e-commerce enterprises: over 600"),
        ("投资1.5万亿元", "1.5 trillion yuan"),
        ("不超过5000万元", "at most 50 million yuan"),
        ("奖励30万元", "300,000 yuan"),
        ("出口3亿美元以上", "at least 300 million US dollars"),
    ],
)
def test_figures(wording, figure):
    assert figure in body(f"{wording}[1]。")


def test_names_stand_as_pinyin_with_the_chinese():
    said = body("- 泰安:新泰市打造汽车零部件产业带[1]。\n- 聊城:东阿县重点发展阿胶产业带[2]。")
    assert said == (
        "- Tai'an (泰安): “新泰市打造汽车零部件产业带” (Xintai City)[1].\n"
        "- Liaocheng (聊城): “东阿县重点发展阿胶产业带” (Dong'e County)[2]."
    )


def test_a_table_stays_a_table():
    said = body(
        "合计450亿元(2个市相加):\n\n| 市 | 规定 |\n| --- | --- |\n| 济宁 | 突破300亿元[1] |\n| 菏泽 | 未规定 |"
    )
    assert said.split("\n") == [
        "In total 45 billion yuan (2 cities added up):",
        "",
        "| City | Provision |",
        "| --- | --- |",
        "| Jining (济宁) | “突破300亿元” (over 30 billion yuan)[1] |",
        "| Heze (菏泽) | not stated |",
    ]


def test_units_and_openings():
    assert body("“构建信用管理体系”的责任单位:省商务厅、济南海关、泰安市政府[1]。") == (
        "Responsible units for “构建信用管理体系” (credit management system): Department of Commerce (省商务厅), "
        "Jinan Customs (济南海关), Tai'an Municipal Government (泰安市政府)[1]."
    )
    assert body("不是。聊城:运用区块链[1]。") == "No. Liaocheng (聊城): “运用区块链”[1]."
    assert body("没有。条文中没有“泰国”:布局海外仓[1]。").startswith(
        "No. The text does not have “泰国” (Thailand): “布局"
    )
    assert body("最高的是济宁;最低的是德州、聊城:\n- 济宁:x[1]。").startswith(
        "Highest: Jining (济宁); Lowest: Dezhou (德州), Liaocheng (聊城):"
    )


def test_a_refusal_is_translated_and_keeps_its_status():
    answer = framed("没有找到。所收文件只涉及枣庄、泰安,没有关于烟台的规定。", Status.NOT_FOUND)
    assert answer.status is Status.NOT_FOUND
    assert answer.text == (
        "Not found. The notices on file cover only Zaozhuang (枣庄), Tai'an (泰安); they say nothing about Yantai (烟台)."
    )


def test_suggestions_are_english_questions_that_can_be_sent():
    suggestions = ("泰安多少个产业园区?", "菏泽方案的“总体目标”有哪些内容?")
    answer = framed("各市规定不同,请选一个市:泰安", Status.NEEDS_CLARIFICATION, suggestions)
    assert answer.text == "The cities differ here; please choose one: Tai'an (泰安)"
    assert answer.suggestions == (
        "For Tai'an (泰安): How many parks?",
        "What does the plan of Heze (菏泽) say under “总体目标” (overall target)?",
    )
    assert all(map(english().is_english, answer.suggestions))
    assert english().chinese(answer.suggestions[0]) == "泰安,多少个产业园区?"


def test_every_message_has_an_english_twin_with_its_values():
    messages, twins = data_file("messages", dict[str, str]), data_file("english", Phrases).answers
    assert set(twins) == set(messages)
    for key, message in messages.items():
        assert set(re.findall(r"\{\w+\}", message)) == set(re.findall(r"\{\w+\}", twins[key])), key


@pytest.mark.parametrize(
    "text", ["", "。", "[1]", "|", "| a |", "- :", "1. ", "共3个市:", "甲[1]乙[2][3]。\n\n丙", "有。有。"]
)
def test_marks_survive_in_any_text(text):
    assert MARK.findall(framed(text).text) == MARK.findall(text)
