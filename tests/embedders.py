"""Embedders for tests: one that computes, fails and counts on demand, and a server that speaks OpenAI's protocol."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from rag.errors import EmbeddingError

Reply = Callable[["EmbeddingServer", list[str]], tuple[int, bytes]]


def vector_of(text: str, size: int) -> list[float]:
    """A unit vector that depends on the text alone."""
    seed = int.from_bytes(sha256(text.encode()).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=size)
    return (vector / np.linalg.norm(vector)).tolist()


class FakeEmbedder:
    """Counts what it is asked; raises once ``fail_after`` passages are done."""

    def __init__(self, size: int = 8, identity: str = "fake", fail_after: int | None = None) -> None:
        self.size = size
        self.identity = identity
        self.fail_after = fail_after
        self.batches: list[list[str]] = []

    @property
    def passages(self) -> int:
        return sum(map(len, self.batches))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self.fail_after is not None and self.passages >= self.fail_after:
            raise EmbeddingError("嵌入端点没有应答。")
        self.batches.append(texts)
        return [vector_of(text, self.size) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return vector_of(text, self.size)


class EmbeddingServer(ThreadingHTTPServer):
    """``POST /v1/embeddings`` on a free port of this machine.

    Attributes:
        script: replies to the next requests, in order; when it is used up, requests are answered properly.
        requests: headers and bodies received.
        released: set at the end, for replies that keep the client waiting.
    """

    daemon_threads = True

    def __init__(self, size: int = 8) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.size = size
        self.script: list[Reply] = []
        self.requests: list[tuple[dict[str, str], dict]] = []
        self.released = threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that has hung up is part of the test."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def sizes(self) -> list[int]:
        return [len(body["input"]) for _, body in self.requests]

    def proper(self, texts: list[str], encoding: str = "float") -> tuple[int, bytes]:
        data = [
            {"object": "embedding", "index": n, "embedding": encoded(vector_of(text, self.size), encoding)}
            for n, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return 200, json.dumps({"object": "list", "data": data, "model": "m", "usage": usage}).encode()


def encoded(vector: list[float], encoding: str) -> list[float] | str:
    return vector if encoding == "float" else base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
        if self.path != "/v1/embeddings":
            status, reply = 404, b'{"error": {"message": "no such path"}}'
        elif self.server.script:
            status, reply = self.server.script.pop(0)(self.server, body["input"])
        else:
            status, reply = self.server.proper(body["input"], body.get("encoding_format", "float"))
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if reply.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def embedding_server(size: int = 8) -> Iterator[EmbeddingServer]:
    with EmbeddingServer(size) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
