"""The API app: routes of HTTP contract v1 over one pipeline. Errors are in ``problems``, wire models in ``schemas``."""

import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any, Literal, TypeVar, cast

import anyio.to_thread
import orjson
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from rag.errors import NotFound
from rag.pipeline import Pipeline
from server import facts
from server.catalogue import ClauseInTreeOut, NoticeOut, NoticesOut, NoticeTextOut
from server.problems import MEDIA_TYPE, Problem, install_handlers
from server.schemas import AnswerOut, AskIn, FoundOut, Out, RetrieveIn, RetrieveOut

# Questions answered at the same time; more threads than this only take turns on the interpreter and the embedder.
WORKERS = 4

T = TypeVar("T")


class HealthOut(Out):
    """Reply of ``GET /healthz`` and ``GET /readyz``."""

    status: Literal["ok", "ready"]


class _JsonRequest(Request):
    async def json(self) -> Any:
        """The body by orjson, which also refuses NaN, lone surrogates and nesting too deep to handle."""
        return orjson.loads(await self.body())


class _JsonRoute(APIRoute):
    """A route that takes a JSON body or none at all."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind a check of the content type."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
            if self.body_field is not None and kind != "application/json":
                raise Problem(
                    "unsupported-media-type", "请求体须为 JSON;请设 Content-Type: application/json。"
                )
            return await handle(_JsonRequest(request.scope, request.receive))

        return checked


def create_api() -> FastAPI:
    """The API app.

    It answers 503 until ``app.state.pipeline`` is set to an open pipeline; ``/readyz`` does so until ``app.state.ready``
    says that the page is served, too.
    """
    app = FastAPIOffline(
        title="条问 Tiaowen",
        description="对政策通知提问;答案中的每一句都引用原文条款。错误一律为 RFC 9457 问题文档。",
        version="1",
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/assets",
        swagger_ui_parameters={"validatorUrl": None},  # else the page may call a public validator
        redirect_slashes=False,
    )
    app.state.pipeline = None
    app.state.ready = False
    app.state.workers = CapacityLimiter(WORKERS)
    install_handlers(app)
    app.include_router(_health)
    app.include_router(_v1)
    app.include_router(
        facts.router,
        dependencies=[Depends(_pipeline)],
        responses=dict.fromkeys((406, 422, 503), _PROBLEM),
    )
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    return app


async def _pipeline(request: Request) -> Pipeline:
    pipeline = request.app.state.pipeline
    if pipeline is None:
        raise _not_ready()
    return cast(Pipeline, pipeline)


def _not_ready() -> Problem:
    return Problem("not-ready", "服务正在启动(打开或建立索引);请稍后再试。", {"Retry-After": "1"})


Opened = Annotated[Pipeline, Depends(_pipeline)]
_PROBLEM = {
    "description": "问题文档",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_health = APIRouter(tags=["状态"])
_v1 = APIRouter(prefix="/v1", tags=["问答"], route_class=_JsonRoute)


@_health.get("/healthz", summary="进程是否活着")
async def healthz() -> HealthOut:
    """Always 200: the process is there and its event loop turns."""
    return HealthOut(status="ok")


@_health.get("/readyz", summary="能否回答问题", responses={503: _PROBLEM})
async def readyz(request: Request) -> HealthOut:
    """200 once questions are answered and the page is served, 503 before."""
    if not request.app.state.ready:
        raise _not_ready()
    return HealthOut(status="ready")


@_v1.post("/ask", summary="提问", responses=dict.fromkeys((400, 413, 415, 422, 503), _PROBLEM))
async def ask(body: AskIn, pipeline: Opened, request: Request) -> AnswerOut:
    """Answer one question with citations."""
    if body.stream:
        raise Problem("streaming-unavailable", "暂不支持流式输出;请去掉 stream 或设为 false。")
    start = time.perf_counter()
    answer = await _in_thread(request, pipeline.ask, body.to_request())
    return AnswerOut.of(
        answer,
        trace=body.trace,
        request_id=request.state.request_id,
        total_ms=_since(start),
    )


@_v1.post("/retrieve", summary="检索条款", responses=dict.fromkeys((400, 413, 415, 422, 503), _PROBLEM))
async def retrieve(body: RetrieveIn, pipeline: Opened, request: Request) -> RetrieveOut:
    """The clauses nearest to a question, best first."""
    start = time.perf_counter()
    search = partial(pipeline.retrieve, body.question, k=body.k, **body.filters())
    found = await _in_thread(request, search)
    return RetrieveOut(
        clauses=[FoundOut.of(f) for f in found],
        request_id=request.state.request_id,
        timings_ms={"total": _since(start)},
    )


@_v1.get("/notices", summary="通知目录", responses={503: _PROBLEM})
async def notices(pipeline: Opened) -> NoticesOut:
    """All notices, and the zone names that filters take."""
    return NoticesOut(
        notices=[NoticeOut.of(n) for n in pipeline.notices.values()], zones=list(pipeline.zones)
    )


@_v1.get("/notices/{notice_id}", summary="通知全文", responses={404: _PROBLEM, 503: _PROBLEM})
async def notice(notice_id: str, pipeline: Opened) -> NoticeTextOut:
    """One notice with its text as published."""
    found = pipeline.notices.get(notice_id)
    if found is None:
        raise Problem("unknown-notice", "没有这篇通知;可用的 id 见 GET /v1/notices。")
    return NoticeTextOut.of(found)


@_v1.get("/clauses/{clause_id}", summary="一条条款", responses={404: _PROBLEM, 503: _PROBLEM})
async def clause(clause_id: str, pipeline: Opened) -> ClauseInTreeOut:
    """One clause with its place in the tree."""
    try:
        found = pipeline.clause(clause_id)
    except NotFound as error:
        raise Problem("unknown-clause", str(error)) from None
    return ClauseInTreeOut.of(found, pipeline.notices[found.notice_id])


async def _in_thread(request: Request, work: Callable[..., T], *args: Any) -> T:
    """Run blocking work beside the event loop, at most ``WORKERS`` at a time; the rest wait their turn."""
    return await anyio.to_thread.run_sync(work, *args, limiter=request.app.state.workers)


def _since(start: float) -> float:
    """Milliseconds since a ``perf_counter`` reading."""
    return round((time.perf_counter() - start) * 1000, 3)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The framework's document with our problem schema in place of its own error model."""
    if not app.openapi_schema:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = _PROBLEM_SCHEMA
        for operations in document["paths"].values():
            for operation in operations.values():
                # the framework adds its own 422 wherever there is a parameter, also where it cannot happen
                replies = operation["responses"]
                if "application/json" in replies.get("422", {}).get("content", {}):
                    del replies["422"]
        app.openapi_schema = document
    return app.openapi_schema


_PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457 问题文档;另可带 valid(可用的取值)和 errors(各项错误)",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "稳定的错误类别,如 /problems/unknown-zone"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "原因和办法,中文"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "valid": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
