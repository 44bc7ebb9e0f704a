"""Embedders: the embedded one, and an endpoint that behaves, fails, recovers or talks nonsense."""

import gc
import json
import socket
import traceback

import numpy as np
import pytest
from embedders import EmbeddingServer, embedding_server, vector_of

from rag.errors import EmbeddingError
from rag.models import EmbeddedE5, EndpointEmbeddings, make_embedder
from rag.settings import Settings

KEY = "sk-very-secret"


@pytest.fixture
def server():
    with embedding_server() as server:
        yield server
    gc.collect()  # the client's connections go with the test that made them


def endpoint(url: str, **more) -> EndpointEmbeddings:
    given = {"embedding_model": "bge-m3", "embedding_api_key": KEY, "embedding_retries": 0, **more}
    return make_embedder(Settings(_env_file=None, embedding_base_url=url, **given))


def says(status: int, body: object):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda server, texts: (status, raw)


def vectors(*values: object):
    return says(200, {"object": "list", "data": [{"index": n, "embedding": v} for n, v in enumerate(values)]})


def failure(embedder: EndpointEmbeddings, texts: list[str]) -> str:
    """The message; neither it nor the traceback that a log would show holds the key."""
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_documents(texts)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


# --- the embedded model ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def e5() -> EmbeddedE5:
    return make_embedder(Settings(_env_file=None))


def test_embedded_model_gives_unit_vectors_of_384(e5):
    found = np.array([*e5.embed_documents(["交易规模突破150亿元。", "建设海外仓。"]), e5.embed_query("规模")])
    assert found.shape == (3, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-4)


def test_embedded_model_puts_a_question_nearest_to_its_passage(e5):
    goal, warehouse = e5.embed_documents(["交易规模突破150亿元。", "支持企业建设海外仓。"])
    question = e5.embed_query("交易规模要做到多少")
    assert np.dot(question, goal) > np.dot(question, warehouse)


def test_embedded_model_sees_no_more_than_it_was_trained_for(e5):
    long = "跨境电商交易规模。" * 120
    assert e5.embed_query(long) == e5.embed_query(long + "另一件事" * 100)
    assert e5.embed_query("跨境电商" * 20) != e5.embed_query("跨境电商" * 20 + "另一件事")


def test_embedded_model_reads_past_a_nul(e5):
    assert e5.embed_query("枣庄\0海外仓") == e5.embed_query("枣庄 海外仓")


# --- an endpoint -----------------------------------------------------------------------------------------------------


def test_endpoint_gets_batches_of_the_configured_size_and_the_key_as_bearer(server):
    texts = [f"第{n}条" for n in range(7)]
    found = endpoint(server.url, embedding_batch_size=3).embed_documents(texts)
    assert np.array(found) == pytest.approx(np.array([vector_of(t, 8) for t in texts]), abs=1e-6)
    assert server.sizes == [3, 3, 1]
    for headers, body in server.requests:
        assert headers["authorization"] == f"Bearer {KEY}"
        assert body["model"] == "bge-m3"


def test_endpoint_gets_text_not_token_numbers(server):
    endpoint(server.url).embed_query("枣庄")
    assert server.requests[0][1]["input"] == ["枣庄"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_endpoint_is_asked_again_after_a_passing_failure(server, status):
    server.script = [says(status, {"error": {"message": "busy"}})]
    assert len(endpoint(server.url, embedding_retries=1).embed_documents(["甲"])) == 1
    assert server.sizes == [1, 1]


def test_endpoint_that_keeps_failing_is_given_up_after_the_configured_retries(server):
    server.script = [says(500, {"error": {"message": f"key {KEY} upset me"}})] * 5
    assert "没有正常应答(HTTP 500)" in failure(endpoint(server.url, embedding_retries=1), ["甲"])
    assert server.sizes == [1, 1]


def test_wrong_key_is_not_repeated_though_the_endpoint_does(server):
    server.script = [says(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})]
    message = failure(endpoint(server.url), ["甲"])
    assert "HTTP 401" in message
    assert "TIAOWEN_EMBEDDING_API_KEY" in message


def test_endpoint_that_does_not_answer_in_time(server):
    def hang(server: EmbeddingServer, texts: list[str]) -> tuple[int, bytes]:
        server.released.wait()
        return 200, b"{}"

    server.script = [hang]
    message = failure(endpoint(server.url, embedding_timeout=0.2), ["甲"])
    server.released.set()
    assert "超时,期限见 TIAOWEN_EMBEDDING_TIMEOUT" in message


def test_endpoint_that_is_not_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    message = failure(endpoint(f"http://127.0.0.1:{port}/v1"), ["甲"])
    assert "连接不上" in message
    assert "TIAOWEN_EMBEDDING_BASE_URL" in message


@pytest.mark.parametrize(
    "reply",
    [
        says(200, b'{"object": "list", "data": ['),
        says(200, b""),
        says(200, b"<html>welcome</html>"),
        says(200, b"null"),
        says(200, {"error": {"message": "model not found"}}),
        says(200, {"object": "list", "data": []}),
        says(200, {"object": "list", "data": [{"index": 0}, {"index": 1}]}),
        vectors([0.1, 0.2]),
        vectors([0.1, 0.2], [0.3, 0.4], [0.5, 0.6]),
        vectors([0.1, 0.2], [0.3]),
        vectors([0.1, None], [0.3, 0.4]),
        vectors(["x", "y"], ["z", "z"]),
        vectors([0.1, float("nan")], [0.3, 0.4]),
        vectors([], []),
    ],
    ids=[
        "cut JSON", "empty", "web page", "null", "error as 200", "no vectors", "no numbers", "too few", "too many",
        "two lengths", "hole", "words", "not a number", "no dimensions",
    ],
)  # fmt: skip
def test_reply_that_is_not_two_vectors(server, reply):
    server.script = [reply]
    message = failure(endpoint(server.url), ["甲", "乙"])
    assert "TIAOWEN_EMBEDDING_MODEL" in message


def test_question_gets_the_same_care_as_passages(server):
    server.script = [says(200, {"object": "list", "data": []})]
    with pytest.raises(EmbeddingError, match="TIAOWEN_EMBEDDING_MODEL"):
        endpoint(server.url).embed_query("枣庄")


def test_address_of_another_path(server):
    assert "HTTP 404" in failure(endpoint(server.url.removesuffix("/v1")), ["甲"])


def test_identity_tells_endpoints_and_models_apart_and_holds_no_key(server):
    one, two = endpoint(server.url), endpoint(server.url, embedding_model="other")
    assert one.identity != two.identity
    assert KEY not in one.identity
