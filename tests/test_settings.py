"""Settings from the environment and ``.env``: precedence, refusals, and messages that show no secret."""

import os
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import PREFIX, load_settings

SECRET = "sk-very-secret"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path) -> None:
    """An empty working folder, and no setting of the developer's."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def write_env(text: str) -> None:
    Path(".env").write_text(text, encoding="utf-8")


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def test_defaults_need_nothing_and_reach_nobody():
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.embedding_base_url is None
    assert settings.data_dir.is_absolute()


def test_overrides_win_over_environment_and_that_over_the_file(monkeypatch):
    write_env("TIAOWEN_PORT=1\nTIAOWEN_HOST=::1\ntiaowen_log_level=error\n")
    monkeypatch.setenv("TIAOWEN_PORT", "2")
    assert load_settings().port == 2
    assert load_settings(port=3).port == 3
    assert (load_settings().host, load_settings().log_level) == ("::1", "error")


def test_empty_means_unset(monkeypatch):
    write_env("TIAOWEN_CORPUS_DIR=\nTIAOWEN_DATA_DIR=\nTIAOWEN_EMBEDDING_API_KEY=\n")
    monkeypatch.setenv("TIAOWEN_PORT", "")
    settings = load_settings()
    assert (settings.corpus_dir, settings.embedding_api_key, settings.port) == (None, None, 8000)
    assert settings.data_dir.is_absolute()


def test_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    write_env("TIAOWEN_DATA_DIR=~/data\n")
    assert load_settings().data_dir == Path("/home/someone/data")


def test_mark_of_windows_editors_before_the_first_name():
    write_env("\ufeffTIAOWEN_PORT=7\n")
    assert load_settings().port == 7


def test_unknown_names_are_refused_wherever_they_stand(monkeypatch):
    monkeypatch.setenv("TIAOWEN_PROT", "8000")
    write_env(f"TIAOWEN_EMBEDDING_KEY={SECRET}\n")
    assert refusal() == "未知的设置 TIAOWEN_EMBEDDING_KEY、TIAOWEN_PROT;可用的设置见 README 的设置表。"


def test_names_of_others_are_left_alone(monkeypatch):
    monkeypatch.setenv("PORT", "1")
    write_env("DATABASE_URL=x\nPORT=2\nHTTP_PROXY=y\n")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PORT", "70000", "应不大于 65535"),
        ("PORT", "x", "应为整数"),
        ("CHUNK_TOKENS", "99", "应不小于 100"),
        ("LOG_LEVEL", "loud", "应为 'debug', 'info', 'warning' or 'error' 之一"),
        ("EMBEDDING_TIMEOUT", "0", "应大于 0"),
        ("EMBEDDING_TIMEOUT", "nan", "应不大于 600"),
        ("EMBEDDING_TIMEOUT", "soon", "应为数字"),
        ("EMBEDDING_BASE_URL", "127.0.0.1:8080/v1", "应为 http:// 或 https:// 开头的地址,不含用户名和密码"),
        (
            "EMBEDDING_BASE_URL",
            f"http://me:{SECRET}@127.0.0.1/v1",
            "应为 http:// 或 https:// 开头的地址,不含用户名和密码",
        ),
    ],
)
def test_bad_values_are_named_with_advice_and_not_repeated(monkeypatch, name, value, advice):
    monkeypatch.setenv(PREFIX + name, value)
    assert refusal() == f"设置有误:TIAOWEN_{name} {advice}。可用的设置见 README 的设置表。"


def test_all_bad_values_are_listed_at_once(monkeypatch):
    monkeypatch.setenv("TIAOWEN_PORT", "x")
    monkeypatch.setenv("TIAOWEN_CHUNK_TOKENS", "9999")
    assert "TIAOWEN_PORT 应为整数;TIAOWEN_CHUNK_TOKENS 应不大于 480" in refusal()


def test_file_in_another_encoding():
    Path(".env").write_bytes("TIAOWEN_HOST=本机\n".encode("gbk"))
    assert refusal() == "读不了当前目录的 .env 文件;它应为可读的 UTF-8 文本。"


def test_the_key_is_never_printed(monkeypatch):
    monkeypatch.setenv("TIAOWEN_EMBEDDING_API_KEY", SECRET)
    settings = load_settings()
    assert settings.embedding_api_key.get_secret_value() == SECRET
    assert SECRET not in f"{settings!r}{settings}{settings.model_dump()}"
