"""What the READMEs say is so."""

import json
import re
from pathlib import Path

import pytest

from rag.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")
SECTIONS = {
    "README.md": ["Start", "How it works", "API", "Page", "Evals", "Settings", "Development", "Limits"],
    "README.zh.md": ["开始使用", "工作原理", "接口", "问答页", "评测", "设置", "开发", "限制"],
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_rows(name: str) -> dict[str, tuple[str, str]]:
    table = re.search(r"<!-- settings -->\n(.*?)<!-- /settings -->", text(name), re.S)
    assert table, f"{name} has no settings table"
    cells = [line.strip("|").split("|") for line in table.group(1).splitlines()[2:]]
    return {row[0].strip(" `"): (row[1].strip(" `"), row[2].strip()) for row in cells}


@pytest.mark.parametrize("name", READMES)
def test_settings_table_names_every_setting_and_its_default(name: str) -> None:
    rows = settings_rows(name)
    assert list(rows) == [PREFIX + field.upper() for field in Settings.model_fields]
    for field, info in Settings.model_fields.items():
        if field == "data_dir":  # depends on the machine
            continue
        assert rows[PREFIX + field.upper()][0] == ("" if info.default is None else str(info.default))


def test_chinese_settings_table_has_the_descriptions() -> None:
    rows = settings_rows("README.zh.md")
    for field, info in Settings.model_fields.items():
        assert rows[PREFIX + field.upper()][1] == info.description


@pytest.mark.parametrize("name", READMES)
def test_order_of_sections(name: str) -> None:
    assert re.findall(r"^## (.+)$", text(name), re.M) == SECTIONS[name]


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", text(name))
    assert targets
    assert not [target for target in targets if "://" not in target and not (ROOT / target).exists()]


@pytest.mark.parametrize("name", READMES)
def test_make_targets_exist(name: str) -> None:
    targets = set(re.findall(r"^    make ([a-z]+)", text(name), re.M))
    assert {"run", "test", "check", "eval", "bench"} <= targets
    rules = re.findall(r"^([a-z-]+):", text("Makefile"), re.M)
    assert targets <= set(rules)


@pytest.mark.parametrize("name", READMES)
def test_commands_exist(name: str) -> None:
    from server.cli import main

    named = set(re.findall(r"tiaowen ([a-z]+)", text(name)))
    assert named
    assert named <= set(main.commands)


@pytest.mark.parametrize("name", READMES)
def test_curl_example_is_a_valid_request(name: str) -> None:
    from server.schemas import AskIn

    body = re.search(r"-d '(.+)'", text(name))
    assert body
    assert AskIn.model_validate(json.loads(body.group(1))).question


@pytest.mark.parametrize("name", READMES)
def test_the_answer_shown_is_the_one_given(name: str, pipeline) -> None:
    from rag.types import AskRequest

    shown = re.findall(r"^> (.+)$", text(name), re.M)
    answer = pipeline.ask(AskRequest(shown[0].strip("*")))
    assert shown[1] == answer.text
    assert answer.citations[0].quote in shown[2]
    assert answer.citations[0].clause.label in shown[2]
