"""The HTTP contract over a fake pipeline, through the dispatcher as a client meets it."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator

import pytest
from fakes import FIGURE, NOTICE_ID, TEXT, FakePipeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rag.errors import EmbeddingError
from server.app import create_api
from server.dispatcher import Dispatcher
from server.edge import BodyLimit
from server.problems import Problem, problem_response

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture(scope="module")
def client(pipeline: FakePipeline) -> Iterator[TestClient]:
    ready = threading.Event()
    api = create_api()
    api.state.pipeline = pipeline
    api.state.ready = True
    with TestClient(Dispatcher(api, Starlette, ready.set), follow_redirects=False) as client:
        assert ready.wait(10)
        yield client


@pytest.fixture
def closed() -> Iterator[TestClient]:
    """A service whose pipeline is not open yet."""
    go = threading.Event()
    with TestClient(Dispatcher(create_api(), lambda: go.wait(10) and Starlette(), lambda: None)) as client:
        yield client
        go.set()


def problem(response, status: int, kind: str) -> dict:
    """The document, after checking everything that every problem has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    document = response.json()
    assert document["type"] == f"/problems/{kind}"
    assert document["status"] == status
    assert document["request_id"] == response.headers["x-request-id"]
    assert any("\u4e00" <= c <= "\u9fff" for c in document["title"])
    assert any("\u4e00" <= c <= "\u9fff" for c in document["detail"])
    return document


def ask(client: TestClient, **body):
    return client.post("/v1/ask", json={"question": "甲市的目标", **body})


# --- answers ---------------------------------------------------------------------------------------------------------


def test_answer_has_every_field_of_the_contract_and_its_quote_stands_in_the_notice(client):
    response = ask(client)
    body = response.json()
    assert response.status_code == 200
    assert list(body) == [
        "answer", "status", "refused", "citations", "related", "suggestions", "engine", "fallback", "as_of",
        "versions", "trace", "request_id", "timings_ms",
    ]  # fmt: skip
    assert (body["answer"], body["status"], body["refused"]) == ("突破100亿元[1]。", "answered", False)
    (citation,) = body["citations"]
    assert list(citation) == [
        "n", "clause_id", "notice_id", "zone", "label", "path", "text", "quote", "start", "end", "units", "url",
    ]  # fmt: skip
    assert (citation["n"], citation["clause_id"], citation["zone"]) == (1, FIGURE, "甲")
    assert citation["units"] == ["省商务厅", "甲市政府"]
    published = client.get(f"/v1/notices/{NOTICE_ID}").json()["text"]
    assert published[citation["start"] : citation["end"]] == citation["quote"] == "交易规模突破100亿元"
    assert body["as_of"] == "2023-05-18"
    assert body["trace"] is None
    assert body["fallback"] is None
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["timings_ms"]["total"] >= 0


def test_refusal_is_a_normal_reply_with_related_clauses_only(client):
    body = ask(client, question="明天天气如何").json()
    assert (body["status"], body["refused"], body["citations"]) == ("out_of_scope", True, [])
    assert [c["clause_id"] for c in body["related"]] == [FIGURE]
    assert body["suggestions"] == ["甲市的交易规模目标是多少?"]


def test_trace_is_plain_json_when_asked_for(client):
    assert ask(client, trace=True).json()["trace"] == {
        "plan": {"zones": ["甲"]},
        "span": {"start": TEXT.index("交易规模突破"), "end": TEXT.index("交易规模突破") + 11},
        "when": "2023-05-18",
    }


def test_everything_of_the_body_reaches_the_pipeline(client, pipeline):
    history = [{"role": "user", "content": "甲市"}, {"role": "assistant", "content": "好"}]
    ask(client, history=history, zones=["甲市"], notices=[NOTICE_ID], engine="extractive")
    request = pipeline.asked[-1]
    assert [(t.role, t.content) for t in request.history] == [("user", "甲市"), ("assistant", "好")]
    assert (request.zones, request.notices, request.engine) == (("甲市",), (NOTICE_ID,), "extractive")


def test_llm_engine_without_a_model_shows_the_fallback(client):
    assert ask(client, engine="llm").json()["fallback"] == {"from": "llm", "reason": "没有设置语言模型"}


def test_same_question_same_bytes_but_for_id_and_timings(client):
    first, second = (ask(client).json() for _ in range(2))
    for body in (first, second):
        del body["request_id"], body["timings_ms"]
    assert json.dumps(first) == json.dumps(second)


def test_retrieve(client):
    body = client.post("/v1/retrieve", json={"question": "目标", "zones": ["乙"], "k": 2}).json()
    assert [c["clause_id"] for c in body["clauses"]] == [f"{NOTICE_ID}.yi.title", f"{NOTICE_ID}.yi.1"]
    assert list(body["clauses"][0]) == [
        "clause_id", "notice_id", "zone", "label", "path", "text", "units", "start", "end", "url", "score",
        "dense_rank", "lexical_rank",
    ]  # fmt: skip
    assert (body["clauses"][0]["dense_rank"], body["clauses"][0]["lexical_rank"]) == (1, None)


def test_retrieve_returns_five_unless_told(client):
    assert len(client.post("/v1/retrieve", json={"question": "目标"}).json()["clauses"]) == 5


def test_notices_and_clauses(client):
    listed = client.get("/v1/notices").json()
    assert listed["zones"] == ["甲", "乙"]
    (entry,) = listed["notices"]
    assert (entry["id"], entry["zones"], entry["clause_count"]) == (NOTICE_ID, ["甲", "乙"], 7)
    assert [p["slug"] for p in entry["plans"]] == ["cover", "jia", "yi"]
    full = client.get(f"/v1/notices/{NOTICE_ID}").json()
    assert full["text"] == TEXT
    assert {k: full[k] for k in entry} == entry
    for span in full["clauses"]:
        clause = client.get(f"/v1/clauses/{span['id']}").json()
        assert TEXT[span["start"] : span["end"]] == clause["text"]
    heading = client.get(f"/v1/clauses/{NOTICE_ID}.jia.1").json()
    assert (heading["parent"], heading["children"]) == (f"{NOTICE_ID}.jia.title", [FIGURE])


# --- not ready, and the documentation --------------------------------------------------------------------------------


def test_before_the_pipeline_is_open(closed):
    assert closed.get("/healthz").json() == {"status": "ok"}
    for response in (closed.get("/readyz"), ask(closed), closed.get("/v1/notices"), closed.get("/")):
        problem(response, 503, "not-ready")
        assert response.headers["retry-after"]


def test_questions_are_answered_before_the_page_is_there_but_ready_means_both(closed):
    closed.app.api.state.pipeline = FakePipeline()
    assert ask(closed).status_code == 200
    problem(closed.get("/readyz"), 503, "not-ready")


def test_ready(client):
    assert client.get("/readyz").json() == {"status": "ready"}


def test_docs_load_nothing_from_outside(client):
    html = client.get("/docs").text
    assert "http://" not in html
    assert "https://" not in html
    assert '"validatorUrl": null' in html  # swagger-ui's own default is a public service
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{asset}" in html
        assert client.get(f"/docs/assets/{asset}").status_code == 200


def test_openapi_names_only_problem_documents_as_errors(client):
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/ask", "/v1/retrieve", "/v1/notices", "/v1/notices/{notice_id}", "/v1/clauses/{clause_id}",
        "/v1/facts/indicators", "/v1/facts/responsibilities", "/v1/facts/places", "/healthz", "/readyz",
    }  # fmt: skip
    for operations in document["paths"].values():
        for operation in operations.values():
            for code, reply in operation["responses"].items():
                good = {"application/json", "text/csv"} if code == "200" else {PROBLEM}
                assert set(reply["content"]) <= good
    assert "HTTPValidationError" not in document["components"]["schemas"]


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"question": "\xff"}',
        '{"question": "甲"}'.encode("gb18030"),
        b'{"question": "\\ud800"}',
        b'{"question": NaN}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000,
        b"\x00",
    ],
    ids=["empty", "cut", "bad-utf8", "gb18030", "surrogate", "nan", "deep-list", "deep-object", "nul"],
)
def test_broken_json_is_400(client, body):
    for path in ("/v1/ask", "/v1/retrieve"):
        problem(client.post(path, content=body, headers=JSON), 400, "malformed-json")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"question": None}, "/question"),
        ({"question": 7}, "/question"),
        ({"question": ["甲"]}, "/question"),
        ({"history": {}}, "/history"),
        ({"history": [{"role": "system", "content": "甲"}]}, "/history/0/role"),
        ({"history": [{"role": "user"}]}, "/history/0/content"),
        ({"history": [None]}, "/history/0"),
        ({"zones": "甲"}, "/zones"),
        ({"zones": [1]}, "/zones/0"),
        ({"notices": {"a": 1}}, "/notices"),
        ({"engine": "gpt"}, "/engine"),
        ({"stream": 1}, "/stream"),
        ({"trace": "yes"}, "/trace"),
        ({"unknown": 1}, "/unknown"),
    ],
)
def test_wrong_types_are_422_and_point_to_the_place(client, change, pointer):
    document = problem(ask(client, **change), 422, "invalid-request")
    assert [e["pointer"] for e in document["errors"]] == [pointer]
    assert pointer in document["detail"]


@pytest.mark.parametrize("k", [0, 51, 10**30, -1, 1.5, "5", True, None])
def test_k_out_of_bounds(client, k):
    response = client.post("/v1/retrieve", json={"question": "甲", "k": k})
    assert problem(response, 422, "invalid-request")["errors"][0]["pointer"] == "/k"


@pytest.mark.parametrize("body", [[], "甲", 1, None])
def test_a_body_that_is_no_object(client, body):
    response = client.post("/v1/ask", content=json.dumps(body), headers=JSON)
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("question", ["", "  \n", "甲" * 2001])
def test_empty_and_too_long_questions(client, question):
    problem(ask(client, question=question), 422, "invalid-question")
    problem(client.post("/v1/retrieve", json={"question": question}), 422, "invalid-question")


def test_longest_question(client):
    assert ask(client, question="甲" * 2000).status_code == 200


def test_unknown_zone_lists_the_valid_ones(client):
    assert problem(ask(client, zones=["丙"]), 422, "unknown-zone")["valid"] == ["甲", "乙"]


def test_unknown_notice_in_a_filter(client):
    problem(ask(client, notices=["nope"]), 422, "unknown-notice-filter")


def test_streaming_is_not_offered(client):
    problem(ask(client, stream=True), 422, "streaming-unavailable")


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/nope", "/v1/ask/", "/v1/notices/", "/mcp", "/metrics", "/embed/x", "/docs/assets/x"],
)
def test_unknown_paths(client, path):
    problem(client.get(path), 404, "not-found")


def test_unknown_notice_and_clause(client):
    problem(client.get("/v1/notices/nope"), 404, "unknown-notice")
    problem(client.get("/v1/clauses/%00%ff%ed%a0%80"), 404, "unknown-clause")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/ask", "POST"),
        ("PUT", "/v1/retrieve", "POST"),
        ("POST", "/v1/notices", "GET"),
        ("DELETE", "/readyz", "GET"),
    ],
)
def test_wrong_method(client, method, path, allow):
    response = client.request(method, path)
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\x00"]
)
def test_wrong_content_type(client, kind):
    headers = {"Content-Type": kind} if kind else {}
    response = client.post("/v1/ask", content=b'{"question": "x"}', headers=headers)
    problem(response, 415, "unsupported-media-type")


def test_body_limit(client):
    fits = json.dumps({"question": "甲", "history": [{"role": "user", "content": "x" * 250_000}]}).encode()
    assert client.post("/v1/ask", content=fits, headers=JSON).status_code == 200
    exact = fits + b" " * (256 * 1024 - len(fits))
    assert client.post("/v1/ask", content=exact, headers=JSON).status_code == 200
    problem(client.post("/v1/ask", content=exact + b" ", headers=JSON), 413, "body-too-large")


def test_body_limit_without_a_length(client):
    def chunks(n: int) -> Iterator[bytes]:
        yield b'{"question": "x"}'
        for _ in range(n):
            yield b" " * 65536

    assert client.post("/v1/ask", content=chunks(3), headers=JSON).status_code == 200
    problem(client.post("/v1/ask", content=chunks(4), headers=JSON), 413, "body-too-large")


def test_an_announced_oversize_body_is_not_even_read():
    sent = []

    async def receive():
        raise AssertionError("read")

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(b"content-length", b"262145")], "method": "POST", "path": "/"}
    asyncio.run(BodyLimit(Starlette())(scope, receive, send))
    assert sent[0]["status"] == 413


def test_a_problem_that_quotes_what_utf8_cannot_hold():
    response = problem_response(Problem("not-found", "没有 \ud800。"), {"type": "http"})
    assert json.loads(response.body)["detail"] == "没有 ?。"


def test_body_limit_holds_where_no_body_is_read(client):
    for path in ("/", "/v1/nope", "/healthz"):
        problem(client.post(path, content=b"x" * 262_145), 413, "body-too-large")


def test_unexpected_error_is_logged_but_not_told(client, caplog):
    with caplog.at_level(logging.ERROR):
        document = problem(ask(client, question="崩溃"), 500, "internal")
    assert "secret" not in json.dumps(document)
    assert document["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_failing_backend_is_503(client, pipeline, monkeypatch):
    def fail(request):
        raise EmbeddingError("嵌入端点没有应答。")

    monkeypatch.setattr(pipeline, "ask", fail)
    assert problem(ask(client), 503, "backend-unavailable")["detail"] == "嵌入端点没有应答。"


def test_questions_are_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG, "server"), caplog.at_level(logging.DEBUG, "rag"):
        ask(client, question="很特别的问题")
        ask(client, question="很特别的问题", zones=["丙"])
        client.get("/v1/notices?q=很特别的问题")
    assert len([r for r in caplog.records if r.name == "server.edge"]) == 3
    assert "特别" not in caplog.text


# --- no input gives a 5xx --------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)  # surrogates included
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_KNOWN = st.sampled_from(["question", "history", "zones", "notices", "engine", "stream", "trace", "k"])
_MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "x"]), "content": _TEXT}), max_size=3
)
_BODIES = st.one_of(
    st.binary(max_size=200),
    _VALUES.map(lambda v: json.dumps(v).encode()),
    st.dictionaries(_KNOWN, _VALUES).map(lambda v: json.dumps(v).encode()),
    st.fixed_dictionaries(
        {"question": _TEXT}, optional={"zones": st.lists(_TEXT, max_size=2), "history": _MESSAGES}
    ).map(lambda v: json.dumps(v, ensure_ascii=False).encode("utf-8", "surrogatepass")),
)
_FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_FUZZ
@given(body=_BODIES, path=st.sampled_from(["/v1/ask", "/v1/retrieve"]))
def test_any_body(client, body, path):
    response = client.post(path, content=body, headers=JSON)
    assert response.status_code in (200, 400, 422), response.text
    assert response.status_code == 200 or response.headers["content-type"] == PROBLEM
    assert response.headers["x-request-id"]


@_FUZZ
@given(
    rest=st.binary(max_size=40),
    prefix=st.sampled_from(["/", "/v1/", "/v1/notices/", "/v1/clauses/", "/docs/assets/"]),
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PATCH"]),
)
def test_any_path(client, rest, prefix, method):
    path = prefix + "".join(f"%{byte:02x}" for byte in rest)
    assert client.request(method, path).status_code < 500
