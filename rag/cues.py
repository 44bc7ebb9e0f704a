"""Cues: wordings by which questions show what they ask, from ``rag/data/cues.json``, which an office can extend."""

import re
from collections.abc import Iterable
from functools import cache

from rag.lexicon import data_file


@cache
def cue(*names: str) -> re.Pattern[str]:
    """One pattern for the lists of these names, longer wordings first.

    Raises:
        KeyError: the file has no such list.
    """
    return any_of(wording for name in names for wording in wordings(name))


def wordings(name: str) -> list[str]:
    """The list of that name as it stands in the file."""
    table: dict[str, list[str]] = data_file("cues", dict[str, list[str]])
    return table[name]


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for several, longer ones first."""
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)))


def plain_wordings() -> list[str]:
    """The wordings of all lists that are no patterns, in the order of the file."""
    table: dict[str, list[str]] = data_file("cues", dict[str, list[str]])
    return [w for listed in table.values() for w in listed if re.escape(w) == w]
