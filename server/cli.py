"""``tiaowen``: result on stdout, everything else on stderr.

Exit codes: 0 done (a refusal is an answer), 1 what the user can fix, 2 wrong usage, 130 Ctrl-C. Nothing heavy is imported
before a command needs it.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from rag.errors import InvalidQuestion, NotFound, TiaowenError
from server.chinese import speak_chinese

if TYPE_CHECKING:
    from pydantic import BaseModel

    from rag.pipeline import Pipeline
    from rag.settings import Settings

speak_chinese()


class _Command(click.Command):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **kwargs})


class _Group(click.Group):
    command_class = _Command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; our own errors and Ctrl-C become exit codes."""
        if hasattr(sys.stdout, "reconfigure"):  # a terminal that lacks a character shows ? instead of failing
            sys.stdout.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except TiaowenError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            click.echo("已中断。", err=True)
            ctx.exit(130)


@click.group(
    cls=_Group,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="tiaowen", prog_name="tiaowen")
def main() -> None:
    """条问:对政策通知提问,答案中的每一句都引用原文条款。"""


_as_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果。")
_question = click.argument("question", metavar="问题")
_zones = click.option("--zone", "zones", multiple=True, metavar="地区", help="只在这个地区中找;可重复。")
_notices = click.option(
    "--notice", "notices", multiple=True, metavar="通知", help="只在这篇通知(id)中找;可重复。"
)


@main.command()
@click.option("--rebuild", is_flag=True, help="即使没有变化也重建。")
@_as_json
def index(rebuild: bool, as_json: bool) -> None:
    """建立或更新索引。"""
    start = time.perf_counter()
    pipeline = _open(_settings(), rebuild=rebuild)
    seconds = round(time.perf_counter() - start, 1)
    report = pipeline.report
    clauses = sum(len(notice.clauses) for notice in pipeline.notices.values())
    facts = {
        "built": report.built,
        "notices": len(pipeline.notices),
        "zones": len(pipeline.zones),
        "clauses": clauses,
        "chunks": report.chunks,
        "fingerprint": report.fingerprint,
        "seconds": seconds,
    }
    state = "已建好" if report.built else "没有变化"
    line = (
        f"索引{state}:{facts['notices']} 篇通知,{facts['zones']} 个地区,{clauses} 条条款,"
        f"{report.chunks} 个索引块;用时 {seconds} 秒。"
    )
    click.echo(_dump(facts) if as_json else line)


@main.command()
@_question
@_zones
@_notices
@click.option(
    "--engine",
    type=click.Choice(["auto", "extractive", "llm"]),
    default="auto",
    metavar="引擎",
    help="作答方式:auto、extractive(摘录)或 llm(语言模型)。",
)
@_as_json
def ask(question: str, zones: tuple[str, ...], notices: tuple[str, ...], engine: Any, as_json: bool) -> None:
    """提一个问题;问题写作 - 时从标准输入读取。"""
    from rag.types import AskRequest
    from server.render import answer_text
    from server.schemas import AnswerOut

    request = AskRequest(_read(question), zones=zones or None, notices=notices or None, engine=engine)
    pipeline = _open(_settings())
    start = time.perf_counter()
    answer = pipeline.ask(request)
    if answer.fallback:
        click.echo(f"已改用摘录方式作答:{answer.fallback.reason}", err=True)
    total_ms = (time.perf_counter() - start) * 1000
    wire = AnswerOut.of(answer, trace=False, request_id=uuid4().hex, total_ms=total_ms)
    click.echo(_wire(wire) if as_json else answer_text(answer))


@main.command()
@_question
@click.option("-k", type=click.IntRange(1, 50), default=5, metavar="条数", help="最多几条,默认 5。")
@_zones
@_notices
@_as_json
def search(question: str, k: int, zones: tuple[str, ...], notices: tuple[str, ...], as_json: bool) -> None:
    """检索与问题最相近的条款;问题写作 - 时从标准输入读取。"""
    from server.render import hits_text
    from server.schemas import FoundOut, RetrieveOut

    text = _read(question)
    pipeline = _open(_settings())
    start = time.perf_counter()
    found = pipeline.retrieve(text, zones=zones or None, notices=notices or None, k=k)
    timings = {"total": round((time.perf_counter() - start) * 1000, 3)}
    wire = RetrieveOut(clauses=[FoundOut.of(f) for f in found], request_id=uuid4().hex, timings_ms=timings)
    click.echo(_wire(wire) if as_json else hits_text(found))


@main.command()
@click.argument("clause_id", metavar="条款编号")
@_as_json
def show(clause_id: str, as_json: bool) -> None:
    """显示一条条款的原文;不需要索引。"""
    from rag.corpus import load_corpus
    from server.catalogue import ClauseInTreeOut
    from server.render import clause_text

    for notice in load_corpus(_settings()).values():
        for clause in notice.clauses:
            if clause.id == clause_id:
                click.echo(_wire(ClauseInTreeOut.of(clause, notice)) if as_json else clause_text(clause))
                return
    raise NotFound(f"没有编号为 {clause_id} 的条款;可用 tiaowen search 查找编号。")


@main.command()
@click.option("--host", metavar="地址", help="监听的地址,默认取自设置;只能是本机地址。")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="端口", help="监听的端口,默认取自设置;0 为任选。"
)
@_as_json
def serve(host: str | None, port: int | None, as_json: bool) -> None:
    """启动服务:问答页、HTTP 接口和接口文档。"""
    from server.serve import serve as run

    given = {"host": host, "port": port}
    settings = _settings(**{name: value for name, value in given.items() if value is not None})

    def announce(url: str) -> None:
        click.echo(_dump({"url": url}) if as_json else url)

    with _progress() as progress:
        run(settings, progress, announce)


@main.command(
    "eval",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.pass_context
def evaluate(ctx: click.Context) -> None:
    """用固定的问题集评测;选项见 tiaowen eval --help。"""
    _settings()
    from evals.cli import eval_command

    with eval_command.make_context("tiaowen eval", list(ctx.args)) as inner:
        eval_command.invoke(inner)


def _settings(**overrides: Any) -> "Settings":
    from rag.settings import load_settings
    from server.logs import configure_logging

    settings = load_settings(**overrides)
    configure_logging(settings.log_level)
    return settings


def _open(settings: "Settings", *, rebuild: bool = False) -> "Pipeline":
    from rag.pipeline import Pipeline

    with _progress() as progress:
        return Pipeline.open(settings, progress, rebuild=rebuild)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr from the first chunk to the last; none at all if there is nothing to embed."""
    from tqdm import tqdm

    bar: tqdm[Any] | None = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, desc="建索引", unit="块", file=sys.stderr)
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


def _read(question: str) -> str:
    """The question as given, or all of stdin for ``-``.

    Raises:
        InvalidQuestion: it is not UTF-8 text.
    """
    try:
        if question == "-":
            return sys.stdin.buffer.read().decode("utf-8").strip()
        question.encode("utf-8")  # bytes of another encoding arrive as lone surrogates
    except UnicodeError:
        raise InvalidQuestion("问题不是 UTF-8 编码的文字;请转换编码后再试。") from None
    return question


def _wire(model: "BaseModel") -> str:
    return _dump(model.model_dump(mode="json", by_alias=True))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
