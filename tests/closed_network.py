"""Run by test_offline.py inside a network namespace that has only loopback; prints one JSON object of what it saw.

python closed_network.py <data dir>
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, expect, sync_playwright

QUESTION = "枣庄2025年跨境电商交易规模要做到多少"
TIAOWEN = [sys.executable, "-c", "from server.cli import main; main()"]


def way_out() -> str:
    """What happens to a connection to the outside: the name of the error, or 'connected'."""
    try:
        socket.create_connection(("1.1.1.1", 443), timeout=5).close()
    except OSError as error:
        return type(error).__name__ if error.errno is None else os.strerror(error.errno)
    return "connected"


def command(*arguments: str) -> dict:
    done = subprocess.run([*TIAOWEN, *arguments, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def browse(address: str) -> dict:
    """Load the page and the API documentation, ask, click the mark; what failed on the way."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        watch(page, urlsplit(address).netloc, complaints)
        page.goto(f"{address}/docs")
        expect(page.locator("#swagger-ui")).to_contain_text("/v1/ask", timeout=30_000)
        page.goto(address)
        page.locator("#tw-question textarea").fill(QUESTION)
        page.locator("#tw-question textarea").press("Enter")
        answer = page.locator(".tw-turn").last.locator(".tw-answer:not(.tw-pending)")
        expect(answer).to_contain_text("150亿元", timeout=30_000)
        page.locator(".tw-mark", has_text="[1]").first.click()
        mark = page.locator("#tw-panel mark")
        expect(mark).to_be_in_viewport()
        seen = {"answer": answer.inner_text(), "marked": mark.inner_text(), "complaints": complaints}
        browser.close()
    return seen


def watch(page: Page, host: str, complaints: list[str]) -> None:
    def on_request(request) -> None:
        if urlsplit(request.url).netloc != host and not request.url.startswith("data:"):
            complaints.append(f"outside: {request.url}")

    def on_failure(request) -> None:
        # Gradio's client hangs up its event stream when an answer is complete, its heartbeat when the page is left.
        if not re.search(r"/queue/data|/heartbeat/", request.url):
            complaints.append(f"failed: {request.url} {request.failure}")

    page.on("request", on_request)
    page.on("requestfailed", on_failure)
    page.on("response", lambda r: complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)


def main() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    seen = {"way_out": way_out(), "index": command("index"), "ask": command("ask", QUESTION)}
    server = subprocess.Popen([*TIAOWEN, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://[0-9.:]+", server.stdout.readline()).group()
        seen["http"] = httpx.post(f"{address}/v1/ask", json={"question": QUESTION}, timeout=60).json()
        seen["browser"] = browse(address)
    finally:
        server.terminate()
        server.wait()
    print(json.dumps(seen, ensure_ascii=False))


if __name__ == "__main__":
    main()
