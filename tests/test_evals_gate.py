"""The real pipeline over all committed questions stays above the committed floors."""

import json

import pytest
from click.testing import CliRunner

from evals.cli import ALL, eval_command
from evals.questions import committed_sets

pytestmark = pytest.mark.slow


def test_floors_hold_over_all_committed_questions(tmp_path, monkeypatch):
    monkeypatch.setenv("TIAOWEN_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(eval_command, ["--gate", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert "没有题可测的底线" not in done.stderr
    out = json.loads(done.stdout)
    sets = list(committed_sets())
    assert list(out["tables"]) == ([*sets, ALL] if len(sets) > 1 else sets)
    assert len(list((tmp_path / "runs").iterdir())) == 1
