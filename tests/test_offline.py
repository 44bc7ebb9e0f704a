"""Where only loopback exists: index, serve, ask, and the page in a browser."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

QUOTE = "枣庄市跨境电商交易规模突破150亿元"


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    """What a whole run in the closed network saw, from an empty data folder on."""
    folder = tmp_path_factory.mktemp("closed")
    rootless = [] if os.geteuid() == 0 else ["--map-root-user", "--user"]
    script = Path(__file__).parent / "closed_network.py"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIAOWEN_")}
    done = subprocess.run(
        ["unshare", "--net", *rootless, sys.executable, str(script)],
        env={**environment, "TIAOWEN_DATA_DIR": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_there_is_no_way_out(seen):
    assert seen["way_out"] == "Network is unreachable"


def test_index_is_built(seen):
    assert seen["index"]["built"]
    assert seen["index"]["chunks"] > 300


def test_command_line_answers(seen):
    assert seen["ask"]["citations"][0]["quote"] == QUOTE


def test_http_answers(seen):
    assert seen["http"]["status"] == "answered"
    assert seen["http"]["citations"][0]["quote"] == QUOTE


def test_page_answers_and_marks_the_quote(seen):
    assert "150亿元" in seen["browser"]["answer"]
    assert seen["browser"]["marked"] == QUOTE


def test_no_request_of_the_page_or_the_docs_fails_or_leaves(seen):
    assert seen["browser"]["complaints"] == []
