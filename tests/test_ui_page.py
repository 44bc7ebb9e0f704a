"""The page's handlers over a fake pipeline, and what the built page tells the browser."""

import asyncio
import logging
import re

import gradio as gr
import pytest
from test_ui_render import marked
from ui_fakes import GOAL, FakePipeline

from rag.settings import Settings
from rag.types import Turn
from ui.desk import Desk
from ui.page import build_page, mount_options
from ui.texts import load_texts


@pytest.fixture
def pipeline():
    return FakePipeline()


@pytest.fixture
def desk(pipeline):
    return Desk(pipeline, load_texts())


@pytest.fixture(scope="module")
def page():
    async def build():
        return build_page(FakePipeline(), Settings(_env_file=None, page_concurrency=3))

    # Outside an event loop Gradio makes some of its own and never closes them.
    return asyncio.run(build())


def last(views):
    return list(views)[-1]


def test_asking_shows_the_question_first_then_the_answer(desk):
    waiting, done = desk.ask("东山的目标是多少", [], ())
    assert "正在查阅" in waiting.chat
    assert waiting.box == ""
    assert waiting.log == ()
    assert "突破120亿元" in done.chat
    assert "正在查阅" not in done.chat
    assert marked(done.panel) == GOAL.quote


def test_earlier_exchanges_go_along_as_history(desk, pipeline):
    log = last(desk.ask("东山的目标是多少", [], ())).log
    log = last(desk.ask("坏", [], log)).log
    last(desk.ask("那西水呢", ["西水"], log))
    request = pipeline.requests[-1]
    assert request.question == "那西水呢"
    assert request.zones == ("西水",)
    assert [turn.role for turn in request.history] == ["user", "assistant"]
    assert request.history[0] == Turn("user", "东山的目标是多少")


def test_no_chosen_zone_means_no_filter(desk, pipeline):
    last(desk.ask("东山的目标是多少", [], ()))
    assert pipeline.requests[-1].zones is None


def test_too_long_a_question_is_explained_and_not_lost(desk):
    typed = "长" * 2500
    view = last(desk.ask(typed, [], ()))
    assert "问题太长" in view.chat
    assert view.box == typed
    assert typed not in view.chat


def test_a_crash_is_explained_without_its_details(desk, caplog):
    with caplog.at_level(logging.ERROR):
        view = last(desk.ask("坏", [], ()))
    assert load_texts().failure in view.chat
    assert "secret" not in view.chat
    assert view.box == "坏"
    assert "could not answer" in caplog.text


def test_blank_questions_ask_nothing(desk, pipeline):
    view = last(desk.ask(" \n", [], ()))
    assert pipeline.requests == []
    assert view.log == ()


def test_a_long_conversation_drops_its_beginning(desk):
    log = ()
    for i in range(40):
        log = last(desk.ask(f"第{i}问", [], log)).log
    assert len(log) == 30
    assert log[0].question == "第10问"


def test_link_marks_the_stretch(desk):
    assert marked(desk.link(GOAL.url.removeprefix("/"))) == GOAL.quote


def test_link_without_stretch_marks_the_whole_clause(desk):
    assert marked(desk.link(f"?clause={GOAL.clause.id}")) == "".join(GOAL.clause.text.split("\n"))


@pytest.mark.parametrize(
    "stretch", ["start=abc&end=5", "start=5", "start=-1&end=3", "start=0&end=99999999", "start=9&end=2"]
)
def test_link_with_a_wrong_stretch_shows_the_clause_and_says_so(desk, stretch):
    html = desk.link(f"?clause={GOAL.clause.id}&{stretch}")
    assert "不在这一条之内" in html
    assert marked(html) == "".join(GOAL.clause.text.split("\n"))


@pytest.mark.parametrize(
    "search", ["?clause=no.such", "?clause=", "?clause=<script>alert(1)</script>", "?clause=%ff%00"]
)
def test_link_to_no_clause_says_so(desk, search):
    html = desk.link(search)
    assert "没有找到条款" in html
    assert "<script" not in html


def test_ordinary_address_leaves_the_panel_empty(desk):
    assert desk.link("") == desk.link("?__theme=light") == desk.empty_panel
    assert "检查是否复制完整" in desk.link("?" + "a=1&" * 60)


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"clause": None},
        {"clause": ["x"]},
        {"plan": "x"},
        {"plan": [], "notice": {}},
        {"clause": GOAL.clause.id, "start": {}},
    ],
)
def test_forged_clicks_do_no_harm(desk, target):
    assert 'role="alert"' in desk.click(target)


def test_click_on_a_citation_and_on_a_plan(desk):
    start, end = str(GOAL.span.start), str(GOAL.span.end)
    assert marked(desk.click({"clause": GOAL.clause.id, "start": start, "end": end})) == GOAL.quote
    assert "西水试点方案" in desk.click({"notice": "demo-2030", "plan": "xishui"})


def test_the_address_of_the_page_comes_as_an_event_too(desk):
    assert marked(desk.click({"link": "?" + GOAL.url.partition("?")[2]})) == GOAL.quote
    assert desk.click({"link": {}}) == desk.empty_panel


def test_new_conversation_is_empty(desk):
    view = desk.welcome()
    assert view.log == ()
    assert "data-question" in view.chat


def test_every_event_is_private_and_limited(page):
    events = list(page.fns.values())
    assert len(events) == 3
    for event in events:
        assert event.api_visibility == "private"
        assert event.concurrency_limit == 3
    assert page.get_api_info()["named_endpoints"] == {}


def test_zone_filter_offers_the_corpus_zones(page):
    (zones,) = [block for block in page.blocks.values() if isinstance(block, gr.Dropdown)]
    assert [value for _, value in zones.choices] == ["东山", "西水"]
    assert zones.multiselect


def test_page_takes_no_files_and_needs_no_outside_font(page):
    assert not any(
        isinstance(block, (gr.File, gr.MultimodalTextbox, gr.UploadButton)) for block in page.blocks.values()
    )
    theme = mount_options()["theme"]
    assert theme._stylesheets == []
    styles = theme._get_theme_css() + mount_options()["css"]
    assert re.findall(r"url\((?![\"']?data:)[^)]*|@import|@font-face", styles) == []
