"""``tiaowen serve`` as a process: starting, being ready, stopping. The pipeline is the fake, the page is the real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

_PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from fakes import FakePipeline
from rag.errors import CorpusError
from rag.pipeline import Pipeline
from server.cli import main

def open_(cls, settings, progress=None, *, rebuild=False):
    print("opening", file=sys.stderr, flush=True)
    if {wait}:
        sys.stdin.read()
    if {fail}:
        raise CorpusError("语料有误。")
    return FakePipeline()

Pipeline.open = classmethod(open_)
main()
"""


@contextmanager
def serving(
    tmp_path: Path, *, wait: bool = False, fail: bool = False, port: int = 0
) -> Iterator[subprocess.Popen]:
    program = _PROGRAM.format(tests=str(Path(__file__).parent), wait=wait, fail=fail)
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if not k.startswith("TIAOWEN_")},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_start_serve_and_stop_on_sigterm(tmp_path):
    with serving(tmp_path) as process:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        with httpx.Client(base_url=url) as client:
            assert client.get("/readyz").json() == {"status": "ready"}
            assert client.post("/v1/ask", json={"question": "目标"}).json()["status"] == "answered"
            assert "条问" in client.get("/").text
            assert client.put("/v1/ask").status_code == 405
            with client.stream("GET", "/gradio_api/heartbeat/s"):  # an open page does not hold up the stop
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
        assert process.stdout.read() == ""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_stop_while_the_pipeline_is_still_opening(tmp_path, sent, code):
    with serving(tmp_path, wait=True) as process:
        assert process.stderr.readline() == "opening\n"
        process.send_signal(sent)
        assert process.wait(20) == code
        assert process.stdout.read() == ""


def test_a_pipeline_that_cannot_open_ends_the_process_with_its_message(tmp_path):
    with serving(tmp_path, fail=True) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert err == "opening\n错误:语料有误。\n"
