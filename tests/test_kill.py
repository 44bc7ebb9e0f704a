"""kill -9 at random moments of indexing: what was there still answers, what was done is not done again."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

SEED = 20230518
KILLS = 10
QUESTION = "枣庄2025年跨境电商交易规模要做到多少"
TIAOWEN = [sys.executable, "-c", "from server.cli import main; main()"]
MARK = bytes(383 * 4) + b"\0\0\x80?"  # a unit vector of 384 that no text has


class Tiaowen:
    """The command with its own data folder, and another corpus where that is wanted."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        self._cwd = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TIAOWEN_")}
        self._env = {**clean, "TIAOWEN_DATA_DIR": str(self.data), "TIAOWEN_EMBEDDING_BATCH_SIZE": "4"}

    def start(self, *arguments: str, corpus: Path | None = None) -> subprocess.Popen:
        more = {"TIAOWEN_CORPUS_DIR": str(corpus)} if corpus else {}
        return subprocess.Popen(
            [*TIAOWEN, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._cwd,
            env={**self._env, **more},
        )

    def run(self, *arguments: str, corpus: Path | None = None) -> tuple[dict, str]:
        """The JSON result of a command that must succeed, and what it said on stderr."""
        process = self.start(*arguments, "--json", corpus=corpus)
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
        return json.loads(out), err

    def kill(
        self, moment: float, *arguments: str, corpus: Path | None = None, embedding: bool = False
    ) -> bool:
        """Start a command and kill it after ``moment`` seconds; False if it had ended by then.

        Args:
            embedding: count from the moment when its bar appears.
        """
        process = self.start(*arguments, corpus=corpus)
        if embedding:
            process.stderr.read(1)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        process.kill()
        process.communicate()
        return process.returncode == -signal.SIGKILL

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        process = self.start("serve", "--port", "0")
        try:
            with httpx.Client(base_url=process.stdout.readline().strip(), timeout=60) as client:
                yield client
        finally:
            process.kill()
            process.communicate()

    def store(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.data / "vectors.sqlite3"))

    def stored(self) -> int:
        if not (self.data / "vectors.sqlite3").exists():
            return 0
        with self.store() as store, suppress(sqlite3.OperationalError):  # killed before the table was made
            return store.execute("SELECT count(*) FROM vectors").fetchone()[0]
        return 0

    def generations(self) -> list[str]:
        return [path.name for path in (self.data / "index").iterdir() if path.is_dir()]

    def live(self) -> str:
        return (self.data / "index" / "CURRENT").read_text(encoding="utf-8")


@pytest.fixture
def tiaowen(tmp_path) -> Tiaowen:
    return Tiaowen(tmp_path)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """A corpus of 600 clauses, no two alike: half a minute to embed, so there is something to interrupt."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "notices").mkdir()
    draw = random.Random(SEED)
    words = [
        "平台",
        "仓储",
        "物流",
        "支付",
        "信用",
        "监管",
        "培训",
        "金融",
        "品牌",
        "园区",
        "产业带",
        "海外仓",
    ]
    lines = ["甲市跨境电子商务综合试验区实施方案", "一、主要任务"]
    for n in range(1, 601):
        done = "、".join(draw.sample(words, 6))
        lines.append(f"{n}.第{n}项任务。到2025年,完善{done}建设,新增企业{draw.randrange(10, 9999)}家。")
    text = "\n".join(lines) + "\n"
    (folder / "notices" / "large.txt").write_text(text, encoding="utf-8")
    entry = {
        "id": "large",
        "title": lines[0],
        "issuer": "甲市人民政府",
        "number": None,
        "date": "2023-05-18",
        "source": "测试",
        "file": "large.txt",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "status": "in_force",
    }
    (folder / "manifest.json").write_text(json.dumps({"notices": [entry]}), encoding="utf-8")
    return folder


def moments(low: float, high: float) -> Iterator[float]:
    """Random moments in seconds, more than are needed: a command may end before it is killed."""
    draw = random.Random(SEED)
    for _ in range(3 * KILLS):
        moment = round(draw.uniform(low, high), 2)
        print(f"seed {SEED}: killed after {moment} s")
        yield moment


def same(answer: dict) -> dict:
    """An answer without what differs between two replies."""
    return {name: value for name, value in answer.items() if name not in ("request_id", "timings_ms")}


def test_old_index_answers_while_rebuilds_and_a_new_corpus_are_killed(tiaowen, large, pytestconfig, pipeline):
    known = pytestconfig.cache.mkdir("tiaowen") / "vectors.sqlite3"
    with closing(sqlite3.connect(known)) as source, tiaowen.store() as target:
        source.backup(target)  # nothing to embed: all the time goes into what is to be interrupted
    assert tiaowen.run("index")[0]["built"]
    start = time.perf_counter()
    assert tiaowen.run("index", "--rebuild")[0]["built"]
    whole = time.perf_counter() - start
    with tiaowen.serving() as client:
        before = same(client.post("/v1/ask", json={"question": QUESTION}).json())
        assert before["status"] == "answered"
        killed = 0
        for n, moment in enumerate(moments(0.2 * whole, whole)):
            corpus = large if n % 3 == 2 else None
            killed += tiaowen.kill(moment, "index", *([] if corpus else ["--rebuild"]), corpus=corpus)
            assert same(client.post("/v1/ask", json={"question": QUESTION}).json()) == before
            assert same(tiaowen.run("ask", QUESTION)[0]) == before
            if killed == KILLS:
                break
        assert killed == KILLS
        _, err = tiaowen.run("index")
        assert "建索引" not in err  # no bar: nothing was embedded
        assert same(client.post("/v1/ask", json={"question": QUESTION}).json()) == before
    tiaowen.run("index")
    assert tiaowen.generations() == [tiaowen.live()]
    assert same(tiaowen.run("ask", QUESTION)[0]) == before


def test_first_build_killed_again_and_again_loses_no_finished_batch(tiaowen, large):
    killed, most = 0, 0
    for n, moment in enumerate(moments(0.2, 2.5)):
        killed += tiaowen.kill(moment, "index", corpus=large, embedding=n % 3 > 0)
        assert tiaowen.stored() >= most
        most = tiaowen.stored()
        if killed == KILLS:
            break
    assert killed == KILLS
    assert most > 0
    with tiaowen.store() as store, store:
        store.execute("UPDATE vectors SET vector = ?", [MARK])
    report, _ = tiaowen.run("index", corpus=large)
    assert report["built"]
    assert tiaowen.stored() == report["chunks"]
    with tiaowen.store() as store:
        kept = store.execute("SELECT count(*) FROM vectors WHERE vector = ?", [MARK]).fetchone()[0]
    assert kept == most  # whatever had been stored was not embedded again
    assert tiaowen.generations() == [tiaowen.live()]
    assert len(tiaowen.run("search", "海外仓", corpus=large)[0]["clauses"]) == 5
