"""Floors that a release must not fall below; they are committed in ``floors.json``."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

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
        sets: the bounds are for the questions of these sets together; none named: for every table by itself.
        min: figure name → lowest value that passes.
        max: figure name → highest value that passes.
        ok: category → lowest share of ``ok``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sets: tuple[str, ...] = ()
    min: dict[str, Share]
    max: dict[str, float]
    ok: dict[Category, Share]

    @property
    def title(self) -> str:
        """Title of the one table that the bounds are for; empty if they are for every table."""
        return "+".join(self.sets)


_FILE = TypeAdapter(tuple[Floors, ...])


def load_floors(path: Path = PATH) -> tuple[Floors, ...]:
    """The committed floors.

    Raises:
        FloorError: unreadable, a wrong value, or a figure that does not exist.
    """
    try:
        floors = _FILE.validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FloorError(f"底线文件 {path} 有误:{error};请改正。") from error
    unknown = sorted({name for each in floors for name in (*each.min, *each.max)} - _NAMES)
    if unknown:
        raise FloorError(f"底线文件 {path} 中没有这样的指标:{'、'.join(unknown)};请改正。")
    return floors


def verdicts(
    floors: Iterable[Floors], tables: Mapping[str, Sequence[Result]]
) -> tuple[dict[str, list[str]], list[str]]:
    """Holds every table against the bounds that are for it.

    Args:
        floors: the committed ones.
        tables: results by title.

    Returns:
        Missed bounds by title, and names of bounds that nothing could be held against; the title of a table
        that is not there stands for all its bounds.
    """
    missed: dict[str, list[str]] = {title: [] for title in tables}
    missing = []
    for each in floors:
        chosen = {title: found for title, found in tables.items() if each.title in {"", title}}
        for title, results in chosen.items():
            missed[title] += breaches(each, results)
        every = [result for results in chosen.values() for result in results]
        if each.sets and not every:
            missing.append(each.title)
        else:
            missing += [f"{each.title}:{name}" if each.sets else name for name in unmeasured(each, every)]
    return missed, missing


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
