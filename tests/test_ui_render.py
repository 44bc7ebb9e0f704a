"""What the page shows, as HTML: marks, escaping, highlights, refusals, examples."""

import re
from dataclasses import replace
from html import unescape

import pytest
from ui_fakes import GOAL, LOGISTICS, NOTICE, TEXT, FakePipeline, citation, clause

from rag.errors import SettingsError
from rag.types import Answer, AskRequest, Fallback, Span, Status
from ui import render, source
from ui.examples import example_questions
from ui.texts import load_texts, parse_texts

TEXTS = load_texts()
NOTICES = {NOTICE.id: NOTICE}
HOSTILE = (
    "<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](http://evil/x.png) "
    "<script>alert(2)</script> ${alert(3)} {{x}}"
)


def answered(question: str) -> str:
    return render.answer_html(FakePipeline().ask(AskRequest(question)), NOTICES, TEXTS)


def live_tags(html: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", html))


def marked(html: str) -> str:
    return unescape("".join(re.findall(r"<mark>(.*?)</mark>", re.sub(r"</?b>", "", html))))


def without_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_each_mark_links_to_its_own_citation():
    html = render.markdown_html("甲[1][2],又一次[1]。", (GOAL, LOGISTICS))
    opened = re.findall(
        r'class="tw-mark".*?data-clause="([^"]+)" data-start="(\d+)" data-end="(\d+)">\[(\d)\]', html
    )
    goal = (GOAL.clause.id, str(GOAL.span.start), str(GOAL.span.end), "1")
    logistics = (LOGISTICS.clause.id, str(LOGISTICS.span.start), str(LOGISTICS.span.end), "2")
    assert opened == [goal, logistics, goal]
    assert f'href="{GOAL.url.replace("&", "&amp;")}"' in html


def test_a_number_in_brackets_without_citation_stays_text():
    html = render.markdown_html("国函[2022]126号,见[7],`[1]`", (GOAL,))
    assert "tw-mark" not in html
    assert "[2022]126号,见[7]" in html


def test_marks_inside_tables_and_bold_text_are_live():
    html = render.markdown_html("| 地区 | 目标 |\n| --- | --- |\n| 东山 | **120亿元 [1]** |", (GOAL,))
    assert "<strong>120亿元 <a " in html
    assert html.startswith('<div class="tw-table"><table>')


def test_markup_from_users_never_comes_back_live():
    question = render.exchange_html(HOSTILE, Answer(HOSTILE, Status.ANSWERED), NOTICES, TEXTS)
    failed = render.error_html(HOSTILE, HOSTILE) + render.pending_html(HOSTILE, TEXTS)
    asked = render.welcome_html([HOSTILE + '" onclick="alert(4)'], TEXTS)
    for html in (question, failed, asked):
        assert live_tags(html) <= {"section", "div", "article", "p", "h2", "h3", "button"}
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))
    assert HOSTILE in unescape(question)


def test_citation_list_shows_label_and_quote():
    html = answered("东山的目标是多少")
    assert [int(n) for n in re.findall(r'class="tw-n">\[(\d)\]', html)] == [1, 2]
    assert GOAL.clause.label in html
    assert f'class="tw-quote">{GOAL.quote}<' in html


def test_answer_names_source_and_date():
    assert "摘自原文,以正式印发文件为准" in answered("东山的目标是多少")
    assert "来源:甲省政府网站,2030年1月2日" in answered("东山的目标是多少")


def test_refusal_is_told_from_an_answer():
    html = answered("东山给多少补贴")
    assert "tw-refused" in html
    assert TEXTS.badges["not_found"] in html
    assert "相关条款(不是答案)" in html
    assert html.count('class="tw-cite"') == 2
    assert "tw-mark" not in html
    assert "摘自原文" not in html


def test_out_of_scope_has_its_own_badge_and_no_empty_lists():
    html = answered("今天天气")
    assert TEXTS.badges["out_of_scope"] in html
    assert "tw-cites" not in html
    assert "tw-asks" not in html


def test_clarification_offers_its_suggestions_as_questions():
    html = answered("目标是多少")
    assert re.findall(r'data-question="([^"]+)"', html) == ["东山的目标是多少", "西水的目标是多少"]


def test_a_fallback_is_shown():
    answer = Answer("是[1]。", Status.ANSWERED, (GOAL,), fallback=Fallback("llm", "模型超时"))
    assert "已改用摘录方式作答:模型超时" in render.answer_html(answer, NOTICES, TEXTS)


@pytest.mark.parametrize("cited", [GOAL, LOGISTICS, citation(1, "dongshan.2.1.1", "“一中心&两园区”")])
def test_panel_marks_exactly_the_quote(cited):
    html = source.clause_html(NOTICE, cited.clause, cited.span)
    assert marked(html) == cited.quote
    assert cited.clause.label in html
    for unit in cited.clause.units:
        assert f"<li>{unit}</li>" in html


def test_panel_marks_a_whole_clause_over_several_paragraphs():
    goal = clause("dongshan.1")
    html = source.clause_html(NOTICE, goal, goal.span)
    assert marked(html) == "".join(goal.text.split("\n"))
    assert html.count('tw-clause"') == 2


def test_panel_shows_the_published_text_of_the_plan_and_escapes_it():
    html = source.clause_html(NOTICE, GOAL.clause, GOAL.span)
    plan = NOTICE.plans[1]
    shown = without_tags(re.search(r'aria-label="原文">(.*)<p class="tw-origin"', html, re.S)[1])
    assert shown == "".join(TEXT[plan.span.start : plan.span.end].split("\n"))
    assert "&lt;b&gt;交易&lt;/b&gt;" in html


def test_panel_handles_a_clause_that_begins_inside_a_line():
    goal = clause("dongshan.1")
    at = TEXT.index("年均增长")
    part = replace(goal, span=Span(at, goal.span.end), text=TEXT[at : goal.span.end])
    html = source.clause_html(NOTICE, part, Span(at, at + 4))
    assert '<span class="tw-clause"><mark>年均增长</mark></span><span class="tw-clause">10%以上' in html


def test_panel_shows_a_notice_without_plans_whole():
    html = source.clause_html(replace(NOTICE, plans=()), GOAL.clause, GOAL.span)
    assert marked(html) == GOAL.quote
    assert "tw-plans" not in html
    assert "免责声明" in html


def test_panel_turns_to_the_other_plans():
    html = source.plan_html(NOTICE, NOTICE.plans[2])
    assert re.findall(r'data-plan="(\w+)"', html) == ["cover", "dongshan", "xishui"]
    assert 'data-plan="xishui" aria-current=true' in html
    assert "<mark>" not in html


def test_examples_come_from_the_corpus():
    questions = example_questions([NOTICE], TEXTS)
    assert 3 <= len(questions) <= 4
    assert questions[0] == TEXTS.examples["opening"].format(place="东山", heading="总体目标")
    headings = {c.heading for c in NOTICE.clauses if c.heading}
    assert all(any(heading in question for heading in headings) for question in questions)
    assert questions == example_questions([NOTICE], TEXTS)


def test_no_corpus_no_examples():
    assert example_questions([], TEXTS) == ()
    assert "tw-asks" not in render.welcome_html((), TEXTS)


def test_wording_file_with_wrong_keys_is_refused():
    data = {"title": "x", "badges": {"answered": ""}, "examples": {}, "titel": "y"}
    with pytest.raises(SettingsError, match=r"titel.*badges\.not_found"):
        parse_texts(data)
