"""The page in a real browser: ask, click a mark, see the quote in the original text."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from ui_fakes import GOAL, LOGISTICS, FakePipeline

from rag.settings import Settings
from server.page import create_page
from ui.page import build_page, mount_options

pytestmark = pytest.mark.slow

PIPELINE = FakePipeline()
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next((path for path in map(shutil.which, _NAMES) if path), None)
if CHROMIUM is None:
    pytest.fail("no chromium found; on Debian: apt-get install -y chromium fonts-wqy-zenhei", pytrace=False)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page served in this process on a free port."""
    app = create_page(lambda: build_page(PIPELINE, Settings(_env_file=None)), mount_options())
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def browser(address) -> Iterator[Browser]:
    """After the address: Playwright keeps an event loop running in this thread, and building a page needs its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Whatever the browser found wrong while a test ran; every test ends by checking that it is empty."""
    return []


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request, browser, address, complaints) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, locale="zh-CN")
    page = context.new_page()
    watch(page, address, complaints)
    page.goto(address)
    expect(page.locator("#tw-send")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def watch(page: Page, address: str, complaints: list[str]) -> None:
    host = urlsplit(address).netloc

    def on_request(request) -> None:
        if urlsplit(request.url).netloc != host and not request.url.startswith("data:"):
            complaints.append(f"outside: {request.url}")

    def on_failure(request) -> None:
        # Gradio's client hangs up its event stream when an answer is complete, its heartbeat when the page is left.
        hung_up = re.search(r"/queue/data|/heartbeat/", request.url) and request.failure == "net::ERR_ABORTED"
        if not hung_up:
            complaints.append(f"failed: {request.url} {request.failure}")

    page.on("request", on_request)
    page.on("requestfailed", on_failure)
    page.on("response", lambda r: complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def ask(page: Page, question: str) -> None:
    page.locator("#tw-question textarea").fill(question)
    page.locator("#tw-question textarea").press("Enter")
    newest = page.locator(".tw-turn").last
    expect(newest.locator(".tw-question")).to_have_text(question)
    expect(newest.locator(".tw-answer:not(.tw-pending)")).to_be_visible()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_ask_click_a_mark_and_read_the_quote(page):
    assert page.title() == "条问"
    assert fits(page)
    ask(page, "东山的目标是多少")
    mark = page.locator("#tw-panel mark")
    page.locator(".tw-mark", has_text="[2]").click()
    expect(mark).to_have_text(LOGISTICS.quote)
    expect(mark).to_be_in_viewport()
    if page.viewport_size == PHONE:
        page.locator("[data-close]").click()
        expect(mark).not_to_be_visible()
    page.locator(".tw-mark", has_text="[1]").click()
    expect(mark).to_have_text(GOAL.quote)
    expect(mark).to_be_in_viewport()
    expect(page.locator("#tw-panel h2")).to_have_text(GOAL.clause.label)
    assert fits(page)


def test_the_citation_list_opens_too_and_plans_can_be_turned(page):
    ask(page, "东山的目标是多少")
    page.locator(".tw-cite").nth(1).click()
    expect(page.locator("#tw-panel mark")).to_have_text(LOGISTICS.quote)
    page.locator("#tw-panel [data-plan=dongshan]").click()
    expect(page.locator("#tw-panel .tw-title")).to_have_text("东山试点方案")
    expect(page.locator("#tw-panel mark")).to_have_count(0)


def test_examples_and_suggestions_ask_at_once(page):
    example = page.locator(".tw-welcome .tw-ask").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".tw-question")).to_have_text(question)
    expect(page.locator(".tw-cites")).to_be_visible()
    ask(page, "目标是多少")
    page.get_by_role("button", name="西水的目标是多少").click()
    expect(page.locator(".tw-question").last).to_have_text("西水的目标是多少")
    expect(page.locator(".tw-turn").last.locator(".tw-mark").first).to_be_visible()
    page.locator("#tw-new").click()
    expect(page.locator(".tw-welcome")).to_be_visible()


def test_refusal_and_errors_are_readable_and_lose_nothing(page):
    ask(page, "东山给多少补贴")
    expect(page.get_by_text("相关条款(不是答案)")).to_be_visible()
    box = page.locator("#tw-question textarea")
    box.fill("长" * 2500)
    page.locator("#tw-send").click()
    expect(page.get_by_text("问题太长")).to_be_visible()
    expect(box).to_have_value("长" * 2500)
    assert fits(page)


def test_markup_in_a_question_stays_text(page):
    hostile = "<img src=x onerror=\"document.title='hit'\"> **目标** [a](javascript:1)"
    ask(page, hostile)
    expect(page.locator(".tw-log img, .tw-question strong, .tw-question a")).to_have_count(0)
    assert page.title() == "条问"


def test_enter_sends_but_not_with_shift_nor_while_composing(page):
    box = page.locator("#tw-question textarea")
    box.fill("东山")
    box.press("Shift+Enter")
    box.press_sequentially("目标")
    expect(box).to_have_value("东山\n目标")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(box).to_have_value("东山\n目标")
    expect(page.locator(".tw-turn")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".tw-question")).to_have_text("东山\n目标")


def test_zone_filter_goes_along(page):
    page.locator("#tw-zones input").click()
    page.get_by_role("option", name="西水").click()
    page.keyboard.press("Escape")
    expect(page.locator("#tw-zones .token")).to_have_text(re.compile("西水"))
    ask(page, "物流由谁负责")
    assert PIPELINE.requests[-1].zones == ("西水",)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_links_open_their_clause(browser, address, complaints, size):
    page = browser.new_page(viewport=size)
    watch(page, address, complaints)
    page.goto(address + GOAL.url)
    expect(page.locator("#tw-panel mark")).to_have_text(GOAL.quote)
    expect(page.locator("#tw-panel mark")).to_be_in_viewport()
    page.goto(f"{address}/?clause=no.such.clause&start=x")
    expect(page.locator("#tw-panel [role=alert]")).to_contain_text("没有找到条款")
    page.close()
    assert complaints == []


def test_nothing_is_offered_to_programs(address, browser):
    page = browser.new_page()
    assert page.request.get(f"{address}/gradio_api/info").json()["named_endpoints"] == {}
    sent = page.request.post(
        f"{address}/gradio_api/upload",
        multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"too large"}},
    )
    assert sent.status >= 400
    page.close()
