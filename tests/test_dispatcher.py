"""One port, two apps: who gets which path, both lifespans, and how much of Gradio can be reached."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.dispatcher import Dispatcher, is_api_path
from server.page import create_page

PROBLEM = "application/problem+json"


class Recorder:
    """An app that answers every path with its name and notes its lifespan."""

    def __init__(self, name: str, events: list[str]) -> None:
        async def reply(request: Request) -> PlainTextResponse:
            return PlainTextResponse(f"{name} {len(await request.body())}")

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            events.append(f"{name} up")
            yield
            events.append(f"{name} down")

        methods = ["GET", "POST"]
        self.app = Starlette(routes=[Route("/{path:path}", reply, methods=methods)], lifespan=lifespan)


@pytest.fixture
def events() -> list[str]:
    return []


@pytest.fixture
def client(events: list[str]) -> Iterator[TestClient]:
    ready = threading.Event()
    api, page = Recorder("api", events).app, Recorder("page", events).app
    with TestClient(Dispatcher(api, lambda: page, ready.set)) as client:
        assert ready.wait(10)
        yield client


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/ask", "/mcp", "/mcp/x", "/docs", "/docs/assets/x.js", "/openapi.json", "/healthz", "/readyz",
     "/metrics", "/embed", "/embed/widget.js"],
)  # fmt: skip
def test_api_paths(client, path):
    assert client.get(path).text == "api 0"
    assert is_api_path(path)


@pytest.mark.parametrize(
    "path", ["/", "/v1x", "/v2/ask", "/docsx", "/healthzz", "/gradio_api/info", "/assets/v1/ask", "/V1/ask"]
)
def test_everything_else_is_the_page(client, path):
    assert client.get(path).text == "page 0"
    assert not is_api_path(path)


def test_both_lifespans_run_and_end(events, client):
    assert events == ["api up", "page up"]
    client.__exit__(None, None, None)
    assert events == ["api up", "page up", "page down", "api down"]
    client.__enter__()  # for the fixture to leave


@pytest.mark.parametrize("path", ["/v1/ask", "/any"])
def test_same_body_limit_and_request_id_for_both(client, path):
    fits = client.post(path, content=b"x" * 262_144)
    assert fits.text.endswith(" 262144")
    over = client.post(path, content=b"x" * 262_145)
    assert (over.status_code, over.headers["content-type"]) == (413, PROBLEM)
    ids = {r.headers["x-request-id"] for r in (fits, over)}
    assert len(ids) == 2


def test_failed_start_is_reported_and_serves_no_page(events):
    ended = threading.Event()

    def prepare() -> Starlette:
        raise OSError("no index")

    dispatcher = Dispatcher(Recorder("api", events).app, prepare, ended.set)
    with TestClient(dispatcher) as client:
        assert ended.wait(10)
        assert isinstance(dispatcher.failure, OSError)
        assert client.get("/").status_code == 503
        assert client.get("/v1").status_code == 200
    assert events == ["api up", "api down"]


def test_stopping_does_not_wait_for_a_start_under_way(events):
    go = threading.Event()
    dispatcher = Dispatcher(Recorder("api", events).app, lambda: go.wait(60) and Starlette(), lambda: None)
    with TestClient(dispatcher) as client:
        assert client.get("/").status_code == 503
    assert not go.is_set()
    assert events == ["api up", "api down"]
    go.set()


def test_websockets_are_closed(events):
    sent = []

    async def send(message):
        sent.append(message["type"])

    app = Dispatcher(Recorder("api", events).app, Starlette, lambda: None)
    asyncio.run(app({"type": "websocket", "path": "/v1"}, None, send))
    assert sent == ["websocket.close"]


# --- the real Gradio under it ----------------------------------------------------------------------------------------


def build() -> gr.Blocks:
    with gr.Blocks(title="试页", analytics_enabled=False) as blocks:
        box = gr.Textbox()
        box.submit(lambda text: f"答:{text}", box, box, api_name="secret_name")
    return blocks


@pytest.fixture(scope="module")
def page() -> Iterator[TestClient]:
    ready = threading.Event()
    app = create_page(build, {"css": ".mine {color: red}"})
    with TestClient(Dispatcher(Starlette(), lambda: app, ready.set)) as client:
        assert ready.wait(10)
        yield client


def test_page_is_served_with_its_look_and_without_footer_and_analytics(page):
    html = page.get("/").text
    assert "试页" in html
    assert ".mine" in html
    config = page.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []


def test_no_endpoint_has_a_public_name(page):
    assert page.get("/gradio_api/info").json()["named_endpoints"] == {}
    assert {d["api_visibility"] for d in page.get("/config").json()["dependencies"]} == {"private"}


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/call/secret_name", "/gradio_api/call/v2/secret_name", "/gradio_api/run/secret_name",
     "/gradio_api/api/secret_name", "/gradio_api/component_server", "/gradio_api/vibe-edit", "/login",
     "/gradio_api/run-history/connect", "/gradio_api/stream/x", "/gradio_api/process_recording"],
)  # fmt: skip
def test_calls_by_name_and_unused_routes_do_not_exist(page, path):
    response = page.post(path, json={"data": ["x"]})
    assert (response.status_code, response.headers["content-type"]) == (404, PROBLEM)


@pytest.mark.parametrize(
    "path",
    ["/monitoring", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/openapi.json",
     "/gradio_api/dev/reload", "/gradio_api/deep_link", "/gradio_api/vibe-code", "/docs", "/openapi.json", "/nope"],
)  # fmt: skip
def test_files_proxy_and_monitoring_do_not_exist(page, path):
    assert page.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/upload/", "/gradio_api/upload_progress"])
def test_uploads_are_refused(page, path):
    response = page.post(path, files={"files": b"x"})
    assert (response.status_code, response.headers["content-type"]) == (403, PROBLEM)


def test_the_page_answers_through_its_queue(page):
    config = page.get("/config").json()
    index = config["dependencies"][0]["id"]
    joined = page.post(
        "/gradio_api/queue/join", json={"data": ["问"], "fn_index": index, "session_hash": "s"}
    )
    assert joined.status_code == 200
    with page.stream("GET", "/gradio_api/queue/data", params={"session_hash": "s"}) as events:
        assert any('"答:问"' in line for line in events.iter_lines())


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"data": [], "fn_index": 999, "session_hash": "s"}', b'{"data": [], "session_hash": "s"}',
     b'{"data": [], "fn_index": -1, "session_hash": "\\ud800"}', b"[" * 100_000, b'{"data": 5, "fn_index": 0}',
     b'{"data": [], "fn_index": 0, "session_hash": "s", "trigger_id": 1e999}', b"\xff", b'{"data": NaN}'],
)  # fmt: skip
@pytest.mark.parametrize("name", ["queue/join", "cancel", "reset"])
def test_malformed_page_requests_are_the_callers_fault(page, caplog, name, body):
    response = page.post(f"/gradio_api/{name}", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code < 500, response.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/%00",
        "/static/..%2f..%2fetc/passwd",
        "/assets/" + "x" * 5000,
        "/svelte/%ff%fe",
        "/static/",
        "/assets",
    ],
)
def test_odd_file_paths(page, path):
    assert 400 <= page.get(path).status_code < 500
