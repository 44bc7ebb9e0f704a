"""Floors: read, held against, and missed by every kind of bad system; the real pipeline stays above the committed ones."""

import json

import pytest
from click.testing import CliRunner
from evals_samples import (
    QUESTIONS,
    SOURCES,
    AlwaysRefuse,
    Bookish,
    CopyTopClause,
    Gold,
    OneAnswer,
    WrongClause,
)

from evals.cli import ALL, eval_command
from evals.gate import FloorError, Floors, breaches, load_floors, unmeasured, verdicts
from evals.questions import Sources, committed_sets, load_questions
from evals.runner import run
from rag.corpus import load_corpus
from rag.settings import load_settings

EVERY, *SINGLE = load_floors()
(RELEASE,) = [floors for floors in SINGLE if len(floors.sets) > 1]


class Broken(Gold):
    def ask(self, request):
        raise ZeroDivisionError


def results(system):
    return [row.result for row in run({"demo": QUESTIONS}, system, SOURCES)]


def names(found):
    return [breach.split(" = ")[0] for breach in found]


def test_breaches():
    floors = Floors(
        min={"quote_exactness": 1.0, "mrr": 0.9, "citation_precision": 0.5},
        max={"over_refused": 0.1},
        ok={"fact": 0.85, "english": 1},
    )
    assert breaches(floors, results(Gold())) == []
    assert breaches(floors, results(AlwaysRefuse())) == [
        "mrr = 0,低于底线 0.9",
        "over_refused = 1,高于上限 0.1",
        "类别 fact 的 ok = 0,低于底线 0.85",
    ]
    assert unmeasured(floors, results(Gold())) == ["ok:english"]
    assert unmeasured(floors, results(AlwaysRefuse())) == [
        "quote_exactness",
        "citation_precision",
        "ok:english",
    ]


def test_a_bound_that_is_just_reached_holds():
    floors = Floors(min={"ok": 0.2}, max={"over_refused": 1.0}, ok={"unanswerable": 1.0})
    assert breaches(floors, results(AlwaysRefuse())) == []


def test_bounds_for_every_table_and_for_some_sets():
    good, bad = results(Gold()), results(AlwaysRefuse())
    every = Floors(min={"answer": 0.5}, max={}, ok={})
    one = Floors(sets=("b",), min={}, max={}, ok={"fact": 0.5, "english": 1})
    joint = Floors(sets=("a", "b"), min={"ok": 0.7}, max={}, ok={})
    absent = Floors(sets=("c",), min={"ok": 0.7}, max={}, ok={})
    missed, missing = verdicts((every, one, joint, absent), {"a": good, "b": bad, "a+b": good + bad})
    assert missed == {
        "a": [],
        "b": ["answer = 0.2,低于底线 0.5", "类别 fact 的 ok = 0,低于底线 0.5"],
        "a+b": ["ok = 0.6,低于底线 0.7"],
    }
    assert missing == ["b:ok:english", "c"]


@pytest.mark.parametrize(
    ("system", "figures"),
    [
        (AlwaysRefuse, ["ok", "answer", "citation_recall", "over_refused"]),
        (CopyTopClause, ["ok", "answer", "citation_precision", "refused"]),
        (OneAnswer, ["ok", "answer", "citation_recall", "citation_precision", "quote_recall", "refused"]),
        (WrongClause, ["ok", "citation_recall", "citation_precision", "quote_recall"]),
        (Broken, ["errors"]),
    ],
)
def test_committed_floors_of_every_table_catch_bad_systems(system, figures):
    assert set(figures) <= set(names(breaches(EVERY, results(system()))))
    assert breaches(EVERY, results(Gold())) == []


@pytest.mark.parametrize(
    ("system", "figures"),
    [
        (AlwaysRefuse, ["ok", "citation_recall", "quote_recall", "truthfulness", "over_refused"]),
        (OneAnswer, ["ok", "citation_recall", "citation_precision", "refused", "truthfulness"]),
        (Bookish, ["ok", "paraphrase_agreement", "over_refused"]),
    ],
)
def test_bars_of_the_release_catch_bad_systems(system, figures):
    assert set(figures) <= set(names(breaches(RELEASE, results(system()))))
    assert breaches(RELEASE, results(Gold())) == []


def test_bars_of_the_release_are_these():
    assert RELEASE.sets == ("seed", "own", "readers")
    assert RELEASE.min == {
        "ok": 0.92,
        "citation_recall": 0.97,
        "citation_precision": 0.95,
        "quote_recall": 0.9,
        "refused": 0.95,
        "truthfulness": 0.85,
        "paraphrase_agreement": 0.92,
    }
    assert RELEASE.max == {"over_refused": 0.02}
    assert set(RELEASE.ok.values()) == {0.85}


def test_every_category_of_twenty_has_its_bar():
    sources = Sources.of(load_corpus(load_settings()))
    files = committed_sets()
    cats = [question.cat for name in RELEASE.sets for question in load_questions(files[name], sources)]
    assert set(RELEASE.ok) == {cat for cat in cats if cats.count(cat) >= 20}
    assert {name for floors in SINGLE for name in floors.sets} <= files.keys()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '[{"min": {"nonsense": 1}, "max": {}, "ok": {}}]',
        '[{"min": {}, "max": {}, "ok": {"riddle": 1}}]',
        '[{"min": {}, "max": {}, "ok": {}, "set": ["seed"]}]',
        "[{}]",
        "{}",
    ],
)
def test_broken_floors(tmp_path, text):
    path = tmp_path / "floors.json"
    path.write_text(text)
    with pytest.raises(FloorError, match="底线文件"):
        load_floors(path)


@pytest.mark.slow
def test_floors_hold_over_all_committed_questions(tmp_path, monkeypatch):
    monkeypatch.setenv("TIAOWEN_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(eval_command, ["--gate", "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert "没有题可测的底线" not in done.stderr
    out = json.loads(done.stdout)
    assert list(out["tables"]) == [*committed_sets(), RELEASE.title, ALL]
    assert len(list((tmp_path / "runs").iterdir())) == 1
