"""``pip install .``, then ``tiaowen`` from another folder: all that it needs travels in the package."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT))
    return next(folder.glob("tiaowen-*.whl"))


@pytest.fixture(scope="module")
def tiaowen(wheel, tmp_path_factory) -> Path:
    """The command in a fresh environment that has the wheel, and the dependencies installed here."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    command = folder / "bin" / "tiaowen"
    command.write_text(f"#!{folder}/bin/python\nfrom server.cli import main\nmain()\n", encoding="utf-8")
    command.chmod(0o755)
    return command


def run(*command: str, **more) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_wheel_holds_what_the_product_reads(wheel):
    names = set(ZipFile(wheel).namelist())
    for folder, endings in {
        "corpus": (".json", ".txt"),
        "rag": (".json",),
        "ui": (".css", ".js", ".svg", ".toml"),
        "evals": (".json", ".jsonl"),
    }.items():
        wanted = {
            str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.suffix in endings
        }
        assert wanted
        assert wanted <= names


def test_wheel_holds_nothing_else(wheel):
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.startswith("tiaowen-")} == {
        "corpus",
        "rag",
        "server",
        "ui",
        "evals",
    }


def test_installed_command_answers_from_any_folder(tiaowen, tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIAOWEN_")},
        "TIAOWEN_DATA_DIR": str(tmp_path / "data"),
    }
    shown = run(str(tiaowen), "show", "shandong-2023.zaozhuang.1", "--json", cwd=tmp_path, env=environment)
    assert json.loads(shown.stdout)["label"] == "枣庄方案 · 一"
    asked = run(str(tiaowen), "ask", "聊城跨电统计谁管", "--json", cwd=tmp_path, env=environment)
    assert json.loads(asked.stdout)["citations"][0]["clause_id"] == "shandong-2023.liaocheng.2.3.5"
