"""Real questions over the packaged corpus by kind: what is answered, from which clause, and what is refused."""

import pytest

from rag.pipeline import Pipeline
from rag.types import Answer, AskRequest, Status, Turn

GOAL = "枣庄2025年跨境电商交易规模要做到多少"
KINDS = [
    ("聊城2025年交易规模要达到多少", "突破100亿元", "liaocheng.1"),
    ("泰安的统计监测体系由哪些单位负责", "泰安市政府", "taian.2.3.5"),
    ("菏泽要构建哪六大体系", "构建统计监测体系", "heze.2.2.6"),
    ("菏泽曹县要发展什么", "汉服", "heze.3.1"),
    ("泰安有哪些主要任务", "构建六大体系", "taian.2.3"),
    ("德州第二部分第二条第3项是什么", "构建智慧物流体系", "dezhou.2.2.3"),
    ("滨州跨电企业报关退税一条龙是哪个行动管", "提质", "binzhou.2.3.8"),
    ("枣庄给跨境电商交易规模定的年均增速是多少", "年均增长10%以上", "zaozhuang.1"),
    ("聊城茌平和高唐分别做什么", "高唐县重点发展环保餐具、劳保用品产业带", "liaocheng.2.2.2"),
    ("滨州有几个行动", "八大行动", "binzhou.2.3"),
    ("枣庄交易规模和增速", "突破150亿元,年均增长10%以上", "zaozhuang.1"),
    ("德州的园区和海外仓各要多少", "产业园区达到3个以上;新增公共海外仓3个", "dezhou.1"),
    ("德州要做多少亿", "突破100亿元", "dezhou.1"),
    ("泰安在哪些国家有海外仓", "日韩、欧美", "taian.2.2.2"),
    ("这份通知是什么时候发的", "2023年5月18日", "cover.p3"),
    ("一共印发了几份方案", "7个实施方案", "cover.title"),
]
CLAIMS = [
    ("德州支持建海外仓吗", "是的。"),
    ("德州海外仓有没有跟别的城市共用的打算", "有。"),
    ("泰安自己有没有在申请综保区", "有。"),
    ("滨州八大行动里有没有让省工商联参与的", "有。"),
    ("枣庄的目标是300亿元吗", "不是。"),
    ("枣庄线上平台写没写到元宇宙", "没有。"),
    ("济宁风险防控,税务部门是责任单位吗", "是的。"),
    ("德州综合保税区已经建好,方案是要它扩区,对不对", "不是。"),
    ("省政府这份通知落款是2023年5月18日吧", "是的。"),
    ("七个方案的通知是以省商务厅名义印发的吗", "不是。"),
    ("通知发给枣庄市政府了吗", "是的。"),
    ("通知发给烟台了吗", "不是。"),
    ("枣庄的交易规模目标超过100亿元吗", "是的。"),
    ("枣庄目标不到100亿吧", "不是。"),
    ("济宁的目标能过200亿吗", "是的。"),
    ("滨州要到2030年才达标吗", "不是。"),
    ("滨州方案没有提海外仓吧?", "不对,有规定。"),
    ("枣庄方案里没写区块链吧?", "对,没有。"),
    ("德州第二部分没有提单一窗口吧", "不对,有规定。"),
    ("滕州和薛城都做化工吗", "是的。"),
    ("滕州、薛城、山亭都打造新能源产业带吗", "不是。"),
    ("德州所有企业出口都能免增值税吗", "不是"),
    ("枣庄是国家级试点吗", "不是。"),
    ("德州推进通关便利化,除了市政府只写了济南海关,对吗", "是的。"),
    ("泰安的物流规划说自己在京沪大通道上吧", "是的。"),
    ("泰安的物流规划说自己在京九大通道上吧", "不是。"),
    ("枣庄市中区有没有打算做二手车出口这门生意", "有。"),
    ("聊城跨境物流的枢纽港定在临清了吗", "不是。"),
    ("聊城综试区的统筹协调是由省发展改革委牵头吗", "不是。"),
    ("泰安申建海关特殊监管区那条,包括支持企业做网购保税进口吗", "有。"),
    ("枣庄统计监测只写了省统计局一家吗", "不是。"),
    ("滨州每个县都要打造1至2处跨境电商产业园区,是这样吗", "是的。"),
    ("菏泽的玻璃制品产业带,是东明县在发展吧", "不是。"),
]


def ask(pipeline: Pipeline, question: str, *history: str) -> Answer:
    """The answer to the last of several questions, the others asked before it."""
    turns: tuple[Turn, ...] = ()
    for earlier in history:
        said = pipeline.ask(AskRequest(earlier, history=turns)).text
        turns = (*turns, Turn("user", earlier), Turn("assistant", said))
    return pipeline.ask(AskRequest(question, history=turns))


@pytest.mark.parametrize(("question", "said", "clause"), KINDS)
def test_real_question_of_each_kind(pipeline, question, said, clause):
    answer = ask(pipeline, question)
    assert answer.status is Status.ANSWERED
    assert said in answer.text
    assert f"shandong-2023.{clause}" in [citation.clause.id for citation in answer.citations]


@pytest.mark.parametrize(("question", "verdict"), CLAIMS)
def test_yes_and_no(pipeline, question, verdict):
    assert ask(pipeline, question).text.startswith(verdict)


@pytest.mark.parametrize(
    ("question", "status", "reason"),
    [
        ("今天天气怎么样", Status.OUT_OF_SCOPE, "范围"),
        ("青岛2025年的交易规模目标是多少", Status.NOT_FOUND, "青岛"),
        ("枣庄2030年的交易规模目标", Status.NOT_FOUND, "2030"),
        ("邹平发展什么产业", Status.NOT_FOUND, "没有提到邹平"),
        ("滕州的海外仓有多少个", Status.NOT_FOUND, "没有给出数字"),
        ("枣庄高铁站有几个出口", Status.NOT_FOUND, "没有给出数字"),
        ("枣庄第九部分讲什么", Status.NOT_FOUND, "没有这一条"),
    ],
)
def test_refusals_cite_nothing_and_say_why(pipeline, question, status, reason):
    answer = ask(pipeline, question)
    assert (answer.status, answer.citations) == (status, ())
    assert reason in answer.text


def test_an_open_question_offers_whole_questions_that_are_answered(pipeline):
    answer = ask(pipeline, "物流体系怎么建")
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert len(answer.suggestions) == 7
    for question in answer.suggestions:
        assert ask(pipeline, question).status is Status.ANSWERED


@pytest.mark.parametrize("zone", ["枣庄", "济宁", "泰安", "德州", "聊城", "滨州", "菏泽"])
def test_a_zone_alone_offers_questions_that_are_answered(pipeline, zone):
    answer = ask(pipeline, zone)
    assert answer.status is Status.NEEDS_CLARIFICATION
    for question in answer.suggestions:
        assert ask(pipeline, question).status is Status.ANSWERED


@pytest.mark.parametrize(
    ("history", "question", "said"),
    [
        ([GOAL], "济宁呢", "突破300亿元"),
        ([GOAL], "泰安有哪些主要任务", "构建六大体系"),
        (["泰安有哪些主要任务"], "济宁呢", "培育三大主体"),
        (["枣庄的海外仓要建多少个"], "那泰安的海外仓呢?", "15个以上公共海外仓"),
    ],
)
def test_what_a_follow_up_takes_over(pipeline, history, question, said):
    assert said in ask(pipeline, question, *history).text


def test_a_rambling_question_is_what_it_ends_with(pipeline):
    ramble = (
        "喂你好我亲戚在泰安做灯饰出口的老外催货催得急每次从国内发都得一个多月听说滨州说了好多国家滨州的不管"
    )
    answer = ask(pipeline, f"{ramble}我就问泰安方案里鼓励企业到哪些市场去建海外仓")
    assert "日韩、欧美" in answer.text
    assert "越南" not in answer.text


@pytest.mark.parametrize(
    "question", [k[0] for k in KINDS] + [c[0] for c in CLAIMS] + ["交易规模目标是多少", "青岛的交易规模目标"]
)
def test_every_quote_stands_in_the_notice_and_in_its_clause(pipeline, question):
    answer = ask(pipeline, question)
    assert answer.citations or answer.related
    for c in (*answer.citations, *answer.related):
        text = pipeline.notices[c.clause.notice_id].text
        assert c.quote == text[c.span.start : c.span.end]
        assert c.clause.span.start <= c.span.start <= c.span.end <= c.clause.span.end


def test_counties_asked_by_name_bring_no_others(pipeline):
    assert "临清" not in ask(pipeline, "聊城茌平和高唐分别做什么").text
