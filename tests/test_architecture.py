"""Imports run one way, frameworks stay at the edge, rules that are data stay out of the code."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from samples import corpus

from evals.questions import committed_sets

ROOT = Path(__file__).parent.parent
OURS = ("rag", "server", "ui", "evals")
FILES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
# A module of rag imports only what stands before it.
ORDER = (
    *(
        "types",
        "errors",
        "settings",
        "numbering",
        "amounts",
        "units",
        "parsing",
        "corpus",
        "lexicon",
        "sentences",
        "chunking",
    ),
    *(
        "indicators",
        "industries",
        "facts",
        "gazetteer",
        "english",
        "framing",
        "models",
        "vectors",
        "index",
        "cues",
        "spelling",
        "romanised",
        "covering",
        "intents",
        "unit_names",
        "references",
        "plans",
        "query",
        "dialogue",
        "retrieval",
        "evidence",
        "verdicts",
        "citations",
    ),
    *("replies", "statements", "duties", "contrast", "premises", "confirming", "extractive"),
    *("tables", "columns", "mentions", "selection", "counts", "computing", "comparing", "crossing"),
    *(
        "summaries",
        "unit_questions",
        "claims",
        "limits",
        "parts",
        "operations",
        "answering",
        "pipeline",
        "retriever",
    ),
)
MAY_IMPORT = {
    "rag": {"rag"},
    "ui": {"rag", "ui"},
    "server": {"rag", "ui", "server"},
    "evals": {"rag", "evals"},
}
LATE = ("server/cli.py", "evals.cli")  # the one import of evals from elsewhere, inside a function
EDGE = {
    "langchain": {"rag/models.py", "rag/chunking.py", "rag/index.py", "rag/vectors.py", "rag/retriever.py"},
    "chromadb": {"rag/index.py", "rag/vectors.py"},
    "tantivy": {"rag/index.py", "rag/vectors.py"},
    "fastapi": {"server/app.py", "server/facts.py", "server/page.py", "server/problems.py"},
    "gradio": {"ui/page.py", "server/page.py"},
}
MAX_LINES = 400


def place(path):
    return path.relative_to(ROOT).as_posix()


def imported(tree):
    """Names of all modules that a syntax tree imports, at its top or later."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module)
            if node.module in OURS:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def syntax(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def code(path):
    """The module without comments and docstrings, which may name a city as an example."""
    tree = syntax(path)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)


@pytest.fixture(params=FILES, ids=place)
def path(request):
    return request.param


def test_order_names_every_module_of_rag():
    assert {p.stem for p in (ROOT / "rag").glob("*.py")} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_rag_imports_run_one_way(module):
    names = {n for n in imported(syntax(ROOT / "rag" / f"{module}.py")) if n.startswith("rag.")}
    assert {n.removeprefix("rag.") for n in names} <= set(ORDER[: ORDER.index(module)])


def test_packages_import_one_way(path):
    folder = place(path).split("/")[0]
    names = {n for n in imported(syntax(path)) if n.split(".")[0] in OURS}
    foreign = {n for n in names if n.split(".")[0] not in MAY_IMPORT[folder]}
    assert foreign <= ({LATE[1]} if place(path) == LATE[0] else set())


def test_the_command_line_imports_evals_late():
    tree = syntax(ROOT / LATE[0])
    at_once = ast.Module([node for node in tree.body if not isinstance(node, ast.FunctionDef)], [])
    assert LATE[1] in imported(tree)
    assert LATE[1] not in imported(at_once)


@pytest.mark.parametrize("framework", EDGE)
def test_frameworks_stay_at_the_edge(framework):
    users = {place(p) for p in FILES if any(n.startswith(framework) for n in imported(syntax(p)))}
    assert users
    assert users <= EDGE[framework]


@pytest.mark.parametrize("path", [p for p in FILES if place(p)[:5] != "evals"], ids=place)
def test_code_holds_no_city_name(path):
    zones = {plan.zone for notice in corpus().values() for plan in notice.plans if plan.zone}
    text = code(path)
    assert not {zone for zone in zones if zone in text}


@cache
def asked():
    """Every eight characters in a row of the questions whose failures may be worked on."""
    found = set()
    for name in ("seed", "own", "readers"):
        text = committed_sets()[name].read_text(encoding="utf-8")
        turns = (turn for line in text.splitlines() for turn in json.loads(line)["turns"])
        for run in (run for turn in turns for run in re.findall("[一-鿿]{8,}", turn)):
            found |= {run[i : i + 8] for i in range(len(run) - 7)}
    return found


@pytest.mark.parametrize("path", [p for p in FILES if place(p)[:5] != "evals"], ids=place)
def test_code_holds_no_question_wording(path):
    runs = re.findall("[一-鿿]{8,}", code(path))
    assert not {run for run in runs if any(run[i : i + 8] in asked() for i in range(len(run) - 7))}


def test_modules_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_nothing_is_left_to_do(path):
    assert "TODO" not in path.read_text(encoding="utf-8")
