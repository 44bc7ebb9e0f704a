"""Manifest and published texts → parsed notices; nothing enters whose checksum differs."""

import hashlib
import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from rag.errors import CorpusError
from rag.parsing import parse_notice
from rag.settings import Settings
from rag.types import Notice, NoticeMeta


def corpus_dir(settings: Settings) -> Path:
    """Folder with ``manifest.json`` and ``notices/``: the configured one, else the one inside the package."""
    return settings.corpus_dir or Path(str(files("corpus")))


def load_corpus(settings: Settings) -> dict[str, Notice]:
    """Notices by id in manifest order.

    Raises:
        CorpusError: the manifest or a text is missing or broken, or a text's sha256 is not the manifest's.
    """
    folder = corpus_dir(settings)
    path = folder / "manifest.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["notices"]
        metas = [_meta(entry) for entry in entries]
    except FileNotFoundError:
        raise CorpusError(f"找不到语料清单 {path};请检查 TIAOWEN_CORPUS_DIR。") from None
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"语料清单 {path} 有误:{error!r};请按 corpus/manifest.json 的格式修正。") from error
    if not metas:
        raise CorpusError(f"语料清单 {path} 中没有文件;请至少列出一份。")
    if len({meta.id for meta in metas}) != len(metas):
        raise CorpusError(f"语料清单 {path} 中有重复的 id;请改正。")
    return {meta.id: parse_notice(_text(folder, meta), meta) for meta in metas}


def _meta(entry: dict[str, Any]) -> NoticeMeta:
    meta = NoticeMeta(**{**entry, "date": date.fromisoformat(entry["date"])})
    if not meta.id or not meta.id.isascii() or set("/.# ") & set(meta.id):
        raise ValueError(f"id {meta.id!r} 只能用字母、数字和连字符")
    return meta


def _text(folder: Path, meta: NoticeMeta) -> str:
    path = folder / "notices" / meta.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"读不到正文 {path}:{error.strerror};请补上文件或改清单。") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != meta.sha256:
        raise CorpusError(f"正文 {path} 与清单不符(sha256 {digest});请恢复原文,或核对后更新清单。")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"正文 {path} 不是 UTF-8 编码;请转换后更新清单。") from error
