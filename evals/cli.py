"""``tiaowen eval``: tables on stdout (or JSON), the rest on stderr; exit code 1 when the gate fails."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from evals.gate import Floors, load_floors, verdicts
from evals.metrics import Result, by_category, by_tag, figures_of
from evals.questions import QuestionError, Sources, committed_sets, load_questions
from evals.record import make_folder, make_record, write_record
from evals.report import failures, markdown, table
from evals.runner import Progress, Row, row_out, run
from rag.corpus import load_corpus
from rag.settings import load_settings

ALL = "全部"


@click.command(
    options_metavar="[选项]",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="用固定的问题集评测,打印各类指标,并写下评测记录。",
)
@click.option("--set", "names", multiple=True, metavar="题集", help="只用这个题集;可重复。不写则用全部题集。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果。")
@click.option("--markdown", "as_markdown", is_flag=True, help="表格用 Markdown 写。")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="目录",
    help="评测记录写到这个目录;默认为数据目录下的 runs。",
)
@click.option("--gate", is_flag=True, help="有指标低于底线时退出码为 1。")
@click.option("--failures", "show_failures", is_flag=True, help="逐题列出不合格的题及原因。")
@click.pass_context
def eval_command(
    ctx: click.Context,
    names: tuple[str, ...],
    as_json: bool,
    as_markdown: bool,
    out: Path | None,
    gate: bool,
    show_failures: bool,
) -> None:
    """Examines the pipeline; see the help text for users above."""
    settings = load_settings()
    files = chosen_sets(names)
    floors = load_floors()
    notices = load_corpus(settings)
    sources = Sources.of(notices)
    sets = {name: load_questions(path, sources) for name, path in files.items()}
    folder = make_folder(out or settings.data_dir / "runs")

    from rag.pipeline import Pipeline  # brings in the models, which a fault in a file must not wait for

    with _bar("建索引", "块") as progress:
        pipeline = Pipeline.open(settings, progress)
    with _bar("评测", "次") as progress:
        rows = run(sets, pipeline, sources, progress)

    tables = tables_of(rows, floors)
    missed, missing = verdicts(floors, tables)
    summary = summary_of(tables, missed)
    record = make_record(
        rows, summary, files=files, notices=notices, settings=settings, system=pipeline.versions
    )
    path = write_record(record, folder)
    failed = [row for row in rows if not (row.result.score and row.result.score.ok)]
    if as_json:
        extra = {"failures": [row_out(row) for row in failed]} if show_failures else {}
        click.echo(json.dumps({**summary, "record": str(path), **extra}, ensure_ascii=False))
    else:
        show = markdown if as_markdown else table
        click.echo("\n\n".join(show(title, results) for title, results in tables.items()))
        if show_failures and failed:
            click.echo(f"\n不合格 {len(failed)} 题\n\n{failures(failed)}")
    click.echo(f"评测记录:{path}", err=True)
    _warn(missed, missing)
    if gate and any(missed.values()):
        ctx.exit(1)


def _warn(missed: Mapping[str, Sequence[str]], missing: Sequence[str]) -> None:
    """Says on stderr what is below a floor, and which floors nothing was held against."""
    for name in missing:
        click.echo(f"没有题可测的底线:{name}", err=True)
    for title, found in missed.items():
        for breach in found:
            click.echo(f"未达底线({title}):{breach}", err=True)


def chosen_sets(names: Sequence[str]) -> dict[str, Path]:
    """Files of the named sets, each once; of all committed sets if none is named.

    Raises:
        QuestionError: there is no such set, or none at all.
    """
    known = committed_sets()
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise QuestionError(f"没有题集 {'、'.join(unknown)};可用的题集:{'、'.join(known) or '无'}。")
    return {name: known[name] for name in dict.fromkeys(names or known)}


def tables_of(rows: Sequence[Row], floors: Iterable[Floors]) -> dict[str, list[Result]]:
    """Results by set, of sets that have bounds together, and of all together where there are several sets."""
    tables: dict[str, list[Result]] = {}
    for row in rows:
        tables.setdefault(row.set, []).append(row.result)
    together = [each for each in floors if len(each.sets) > 1 and set(each.sets) <= tables.keys()]
    joint = {each.title: [row.result for row in rows if row.set in each.sets] for each in together}
    return tables if len(tables) == 1 else {**tables, **joint, ALL: [row.result for row in rows]}


def summary_of(tables: Mapping[str, Sequence[Result]], missed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Figures by table, in total, by category and by tag, and the floors they miss, as plain JSON values."""
    return {
        "tables": {
            title: {
                "total": figures_of(results),
                "categories": {cat: figures_of(group) for cat, group in by_category(results).items()},
                "tags": {tag: figures_of(found) for tag, found in by_tag(results).items()},
            }
            for title, results in tables.items()
        },
        "below_floor": {title: list(found) for title, found in missed.items()},
    }


@contextmanager
def _bar(label: str, unit: str) -> Iterator[Progress]:
    """A bar on stderr from the first step to the last; none if there is nothing to do."""
    from tqdm import tqdm

    bar: tqdm[Any] | None = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, desc=label, unit=unit, file=sys.stderr, mininterval=0.5)
        bar.update(done - bar.n)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()
