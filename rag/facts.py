"""Fact tables, made from the clauses when a notice is read; every row with its clause and span.

Counting, comparing, ranking and "which zones" questions are answered from these and from all clauses, never from the
nearest few.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rag.indicators import Indicator, indicators
from rag.industries import Industry, industries
from rag.lexicon import normalise
from rag.types import Clause

_BRANCH = re.compile("分(?:行|公司)$")


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One unit in the unit list of one clause; ``rank`` is its place in the list, from 1."""

    clause: Clause
    unit: str
    rank: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All fact rows of the corpus in printed order."""

    indicators: tuple[Indicator, ...]
    responsibilities: tuple[Responsibility, ...]
    places: tuple[Industry, ...]

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> Self:
        """The rows of some clauses."""
        read = tuple(clauses)
        units = (Responsibility(c, unit, n) for c in read for n, unit in enumerate(c.units, 1))
        return cls(indicators(read), tuple(units), industries(read))


def unit_matches(alias: str, unit: str) -> bool:
    """True if an alias names a unit: in full, by its end (商务厅, or 海关 for a kind), or a branch by its head office."""
    short, printed = normalise(alias.strip()), normalise(unit)
    if len(short) < 2:  # 局 and 厅 name no unit
        return False
    return printed.endswith(short) or bool(printed.startswith(short) and _BRANCH.search(printed))
