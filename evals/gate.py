"""Floors that a release must not fall below; they are committed in ``floors.json``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.metrics import Figures, Result, by_category, figures_of
from evals.questions import Category
from rag.errors import TiaowenError

PATH = Path(__file__).parent / "floors.json"

_NAMES = frozenset(figures_of([]))

Share = Annotated[float, Field(ge=-1, le=1)]


class FloorError(TiaowenError):
    """The floors cannot be used."""


class Floors(BaseModel):
    """Bounds on the figures over all questions of a table, and on ``ok`` by category.

    Attributes:
        min: figure name → lowest value that passes.
        max: figure name → highest value that passes.
        ok: category → lowest share of ``ok``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: dict[str, Share]
    max: dict[str, float]
    ok: dict[Category, Share]


def load_floors(path: Path = PATH) -> Floors:
    """The committed floors.

    Raises:
        FloorError: unreadable, a wrong value, or a figure that does not exist.
    """
    try:
        floors = Floors.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FloorError(f"底线文件 {path} 有误:{error};请改正。") from error
    unknown = sorted({*floors.min, *floors.max} - _NAMES)
    if unknown:
        raise FloorError(f"底线文件 {path} 中没有这样的指标:{'、'.join(unknown)};请改正。")
    return floors


def breaches(floors: Floors, results: Sequence[Result]) -> list[str]:
    """Every bound that these results miss, in Chinese; a figure without a value misses nothing."""
    figures = figures_of(results)
    found = [
        f"{name} = {_show(value)},低于底线 {_show(bound)}"
        for name, bound in floors.min.items()
        if (value := figures[name]) is not None and value < bound
    ]
    found += [
        f"{name} = {_show(value)},高于上限 {_show(bound)}"
        for name, bound in floors.max.items()
        if (value := figures[name]) is not None and value > bound
    ]
    ok = ok_by_category(results)
    return found + [
        f"类别 {cat} 的 ok = {_show(value)},低于底线 {_show(bound)}"
        for cat, bound in floors.ok.items()
        if (value := ok.get(cat)) is not None and value < bound
    ]


def unmeasured(floors: Floors, results: Sequence[Result]) -> list[str]:
    """Names of bounds that these results cannot be held against."""
    figures, ok = figures_of(results), ok_by_category(results)
    names = [name for name in (*floors.min, *floors.max) if figures[name] is None]
    return names + [f"ok:{cat}" for cat in floors.ok if ok.get(cat) is None]


def ok_by_category(results: Sequence[Result]) -> Figures:
    """Share of ``ok`` by category."""
    return {cat: figures_of(group)["ok"] for cat, group in by_category(results).items()}


def _show(value: float) -> str:
    return f"{value:.4g}"
