"""The page's wording, read from ``texts.toml`` beside this file, which an office may edit."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from rag.errors import SettingsError
from rag.types import Status

_FILE = "texts.toml"
_EXAMPLES = {"opening", "units", "parts", "measures"}


@dataclass(frozen=True, slots=True)
class Texts:
    """Every phrase of the page that is not an answer; ``examples`` are templates, see :mod:`ui.examples`."""

    title: str
    tagline: str
    intro: str
    examples_head: str
    placeholder: str
    zone_label: str
    zone_none: str
    pending: str
    disclaimer: str
    related_head: str
    suggestions_head: str
    source_head: str
    source_empty: str
    failure: str
    badges: dict[str, str]
    examples: dict[str, str]


@cache
def load_texts() -> Texts:
    """The wording, checked.

    Raises:
        SettingsError: the file is not TOML, or has a missing or an unknown key.
    """
    try:
        data = tomllib.loads(files("ui").joinpath(_FILE).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{_FILE} 不是有效的 TOML:{error}") from error
    return parse_texts(data)


def parse_texts(data: dict[str, object]) -> Texts:
    """Texts from parsed TOML. Raises SettingsError with the wrong keys named."""
    wrong = _differing({field.name for field in fields(Texts)}, data, "")
    wrong += _differing({status.value for status in Status}, data.get("badges"), "badges.")
    wrong += _differing(_EXAMPLES, data.get("examples"), "examples.")
    if wrong:
        raise SettingsError(f"{_FILE} 中缺少或多出了这些键:{'、'.join(wrong)}。")
    return Texts(**data)  # type: ignore[arg-type]


def _differing(wanted: set[str], found: object, prefix: str) -> list[str]:
    keys = set(found) if isinstance(found, dict) else set()
    return sorted(prefix + key for key in wanted ^ keys)
