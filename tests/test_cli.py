"""The command line as a user meets it: what is on stdout, what on stderr, and the exit code."""

import json
import logging
import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result
from fakes import FIGURE, NOTICE_ID, FakePipeline, notice

import server.serve
from rag.errors import IndexBusy
from rag.pipeline import Pipeline
from server.cli import main
from server.logs import OURS, configure_logging
from server.serve import bind

COMMANDS = ("index", "ask", "search", "show", "serve")


@pytest.fixture
def pipeline(monkeypatch, tmp_path) -> FakePipeline:
    """A fake behind ``Pipeline.open``, which reports progress like a first build."""
    fake = FakePipeline()
    fake.opened_with = []

    def open_(cls, settings, progress=None, *, rebuild=False):
        fake.opened_with.append(rebuild)
        progress(3, 7)
        progress(7, 7)
        return fake

    monkeypatch.chdir(tmp_path)  # no .env of the developer's
    monkeypatch.setattr(Pipeline, "open", classmethod(open_))
    monkeypatch.setattr("rag.corpus.load_corpus", lambda settings: {NOTICE_ID: notice()})
    return fake


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("", *OURS)]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, args, input=stdin, prog_name="tiaowen")


def test_ask_prints_the_answer_then_its_numbered_citations(pipeline):
    result = run("ask", "甲市的目标")
    assert result.exit_code == 0
    assert result.stdout == "突破100亿元[1]。\n\n[1] 甲方案 · 一1  “交易规模突破100亿元”\n"
    assert "建索引" in result.stderr


def test_a_refusal_shows_related_clauses_and_is_no_failure(pipeline):
    result = run("ask", "天气")
    assert result.exit_code == 0
    assert result.stdout.startswith("这个问题不在收录的通知范围内。\n\n相关条款:\n  - 甲方案 · 一1  “")
    assert "可以这样问:\n  - 甲市的交易规模目标是多少?" in result.stdout


def test_ask_passes_filters_and_engine_and_tells_of_a_fallback_on_stderr(pipeline):
    result = run("ask", "目标", "--zone", "甲", "--zone", "乙", "--notice", NOTICE_ID, "--engine", "llm")
    request = pipeline.asked[0]
    assert (request.zones, request.notices, request.engine) == (("甲", "乙"), (NOTICE_ID,), "llm")
    assert "没有设置语言模型" in result.stderr
    assert "没有设置语言模型" not in result.stdout


def test_json_on_stdout_is_the_wire_format(pipeline):
    body = json.loads(run("ask", "目标", "--json", "--engine", "llm").stdout)
    assert body["citations"][0]["clause_id"] == FIGURE
    assert body["fallback"] == {"from": "llm", "reason": "没有设置语言模型"}
    assert [c["clause_id"] for c in json.loads(run("search", "目标", "-k", "1", "--json").stdout)["clauses"]]
    assert json.loads(run("show", FIGURE, "--json").stdout)["parent"] == f"{NOTICE_ID}.jia.1"
    assert json.loads(run("index", "--json").stdout)["clauses"] == 7
    assert "\\u" not in run("ask", "目标", "--json").stdout


def test_search_lists_hits_best_first(pipeline):
    lines = run("search", "目标", "-k", "2", "--zone", "甲").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [f"1. {NOTICE_ID}.jia.title", f"2. {NOTICE_ID}.jia.1"]


def test_show_needs_no_index(pipeline):
    result = run("show", FIGURE)
    assert result.stdout.splitlines()[1:3] == ["一、主要目标 › 1.交易规模", "责任单位:省商务厅、甲市政府"]
    assert notice().clauses[3].text in result.stdout
    assert pipeline.opened_with == []


def test_index_prints_a_summary_and_can_rebuild(pipeline):
    assert "索引已建好:1 篇通知,2 个地区,7 条条款,7 个索引块" in run("index").stdout
    run("index", "--rebuild")
    assert pipeline.opened_with == [False, True]


def test_question_from_stdin(pipeline):
    assert run("ask", "-", stdin="甲市的目标\n").exit_code == 0
    assert pipeline.asked[0].question == "甲市的目标"
    run("search", "-", stdin="目标")


@pytest.mark.parametrize(
    "args", [("ask", "目标", "--zone", "丙"), ("ask", " "), ("show", "nope"), ("ask", "\udcff")]
)
def test_what_the_user_can_fix_is_exit_1_with_a_sentence_on_stderr(pipeline, args):
    result = run(*args)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert re.search(r"^错误:.*。$", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr


def test_stdin_that_is_not_utf8(pipeline):
    assert run("ask", "-", stdin="目标".encode("gb18030")).exit_code == 1


def test_broken_settings_are_exit_1(pipeline, monkeypatch):
    monkeypatch.setenv("TIAOWEN_PROT", "1")
    result = run("ask", "目标")
    assert result.exit_code == 1
    assert "TIAOWEN_PROT" in result.stderr


def test_errors_of_the_pipeline_are_exit_1(pipeline, monkeypatch):
    def fail(*args, **kwargs):
        raise IndexBusy("另一个进程正在建索引。")

    monkeypatch.setattr(Pipeline, "open", fail)
    result = run("index")
    assert (result.exit_code, result.stderr) == (1, "错误:另一个进程正在建索引。\n")


def test_ctrl_c_is_130(pipeline, monkeypatch):
    def interrupt(request):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "ask", interrupt)
    result = run("ask", "目标")
    assert (result.exit_code, result.stdout) == (130, "")


def test_unexpected_errors_are_not_hidden(pipeline):
    assert isinstance(run("ask", "崩溃").exception, ZeroDivisionError)


WRONG_USAGE = [
    ("ask",), ("show",), ("serv",), ("ask", "--zon", "x"), ("search", "x", "-k", "0"), ("search", "x", "-k", "y"),
    ("ask", "x", "--engine", "y"), ("ask", "x", "y"), ("ask", "x", "--zone"), ("serve", "--port", "70000"),
    ("index", "--json=1"),
]  # fmt: skip


@pytest.mark.parametrize("args", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_exit_2_in_chinese(args):
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "错误:" in result.stderr
    assert _english(result.stderr) == set()


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_chinese(command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert _english(result.stdout) == set()


def test_version():
    assert re.fullmatch(r"tiaowen \d\S+\n", run("--version").stdout)


def _english(text: str) -> set[str]:
    """Words that are neither options, commands, literal values nor abbreviations."""
    text = re.sub(r"'[^']*'|--?[a-z]+(-[a-z]+)*", " ", text)
    words = set(re.findall(r"[A-Za-z]{2,}", text))
    return words - {*COMMANDS, "eval", "tiaowen", "auto", "extractive", "llm", "HTTP", "JSON", "id"}


def test_eval_passes_everything_on(pipeline, monkeypatch):
    seen = []

    @click.command()
    @click.option("--only")
    @click.option("--json", "as_json", is_flag=True)
    @click.argument("files", nargs=-1)
    @click.pass_context
    def eval_command(ctx, only, as_json, files):
        seen.append((only, as_json, files))
        ctx.exit(1)

    module = types.ModuleType("evals.cli")
    module.eval_command = eval_command
    monkeypatch.setitem(sys.modules, "evals.cli", module)
    assert run("eval", "a", "--only", "unit", "--json", "b").exit_code == 1
    assert seen == [("unit", True, ("a", "b"))]
    assert run("eval", "--nope").exit_code == 2
    assert "--only" in run("eval", "--help").stdout


def test_debug_level_is_for_our_own_messages_only():
    configure_logging("debug")
    assert logging.getLogger("server.edge").isEnabledFor(logging.DEBUG)
    for chatty in ("openai", "httpcore", "httpx", "chromadb", "uvicorn"):
        assert not logging.getLogger(chatty).isEnabledFor(logging.INFO)


# --- serve -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_only_loopback_is_served(pipeline, host):
    result = run("serve", "--host", host, "--port", "0")
    assert result.exit_code == 1
    assert "127.0.0.1" in result.stderr


def test_port_in_use_is_a_clear_error(pipeline):
    with bind("127.0.0.1", 0) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "已被占用" in result.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_port_0_takes_a_free_one(host):
    with bind(host, 0) as listener:
        assert listener.getsockname()[1] > 0


def test_serve_prints_the_address_alone_on_stdout(pipeline, monkeypatch):
    def fake_serve(settings, progress, announce):
        announce(f"http://{settings.host}:{settings.port}")

    monkeypatch.setattr(server.serve, "serve", fake_serve)
    assert run("serve", "--port", "8123").stdout == "http://127.0.0.1:8123\n"
    assert json.loads(run("serve", "--port", "8123", "--json").stdout) == {"url": "http://127.0.0.1:8123"}


# --- as a process ----------------------------------------------------------------------------------------------------


def test_help_imports_nothing_heavy():
    code = "import sys, server.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("pydantic", "fastapi", "gradio", "langchain_core", "chromadb", "numpy", "tqdm"):
        assert f"'{heavy}'" not in loaded


def test_a_closed_pipe_is_quiet():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "--help"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert done.stderr == b""
