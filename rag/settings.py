"""All settings, read from ``TIAOWEN_*`` environment variables and a ``.env`` file in the working folder.

Environment wins over ``.env``. Unknown ``TIAOWEN_`` names are refused, so that a typing mistake cannot pass in silence;
other names in ``.env`` belong to others. An empty value means the same as none.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from rag.errors import SettingsError

PREFIX = "TIAOWEN_"
# Whoever writes a password into the address would see it again in messages.
_URL = r"^https?://[^/@\s]+(/\S*)?$"
# pydantic error types → what to do about it; their own messages are English.
_ADVICE = {
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "greater_than": "应大于 {gt:g}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le:g}",
    "literal_error": "应为 {expected} 之一",
    "string_pattern_mismatch": "应为 http:// 或 https:// 开头的地址,不含用户名和密码",
}


class Settings(BaseSettings):
    """Every setting with its default, bounds and (in ``description``) its line in the README's table."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8-sig",  # editors on Windows put a mark before the first name
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("tiaowen", appauthor=False)),
        description="索引等可写数据所在的目录",
    )
    corpus_dir: Path | None = Field(
        default=None, description="语料目录(manifest.json 与 notices/);不设则用随包安装的语料"
    )
    host: str = Field(default="127.0.0.1", description="服务监听的地址")
    port: int = Field(default=8000, ge=0, le=65535, description="服务监听的端口;0 表示任选空闲端口")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="日志级别(写到标准错误)"
    )
    chunk_tokens: int = Field(
        default=400, ge=100, le=480, description="每个索引块(含上下文)的 cl100k 词元上限"
    )
    embedding_base_url: str | None = Field(
        default=None,
        pattern=_URL,
        description="OpenAI 兼容嵌入端点,如 http://127.0.0.1:8080/v1;不设则用内置模型",
    )
    embedding_model: str = Field(
        default="multilingual-e5-small", min_length=1, description="嵌入模型名(端点用)"
    )
    embedding_api_key: SecretStr | None = Field(default=None, description="嵌入端点的密钥")
    embedding_timeout: float = Field(default=30.0, gt=0, le=600, description="嵌入端点单次请求超时,秒")
    embedding_retries: int = Field(default=2, ge=0, le=10, description="嵌入端点失败后的重试次数")
    embedding_batch_size: int = Field(default=32, ge=1, le=2048, description="建索引时一批嵌入的块数")
    page_concurrency: int = Field(default=8, ge=1, le=256, description="问答页同时处理的提问数")

    @field_validator("data_dir", "corpus_dir")
    @classmethod
    def _home(cls, path: Path | None) -> Path | None:
        """No shell expands ``~`` in a ``.env`` file."""
        return path.expanduser() if path else None


def load_settings(**overrides: Any) -> Settings:
    """Settings from environment, ``.env`` and ``overrides`` (which win).

    Raises:
        SettingsError: unknown name or value out of bounds; the message lists each one, never a value.
    """
    try:
        names = {name.upper() for name in (*os.environ, *DotEnvSettingsSource(Settings).env_vars)}
        unknown = sorted(filter(_is_unknown, names))
        if unknown:
            raise SettingsError(f"未知的设置 {'、'.join(unknown)};可用的设置见 README 的设置表。")
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()} {_advice(e)}" for e in error.errors()]
        raise SettingsError("设置有误:" + ";".join(lines) + "。可用的设置见 README 的设置表。") from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError("读不了当前目录的 .env 文件;它应为可读的 UTF-8 文本。") from None


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields


def _advice(error: Mapping[str, Any]) -> str:
    return _ADVICE.get(error["type"], "取值无效").format(**error.get("ctx", {}))
