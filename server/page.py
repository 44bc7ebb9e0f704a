"""The Gradio page as an ASGI app with a small surface.

Gradio brings dozens of routes: calls by name, uploads, file serving, proxying, monitoring, code editing. The page needs a
handful, listed here; all others answer with a problem document, so that a new Gradio release cannot open a door.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.problems import Problem, problem_response

if TYPE_CHECKING:
    import gradio

log = logging.getLogger(__name__)

_API = "/gradio_api/"
_FILES = ("/assets/", "/static/", "/svelte/")
_EXACT = frozenset({"/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json"})
# What the page's own script calls: the event queue and the session's heartbeat.
_API_EXACT = frozenset({
    "app_id", "cancel", "info", "login_check", "queue/data", "queue/join", "reset", "startup-events", "theme.css",
})  # fmt: skip
_API_BELOW = ("heartbeat/",)
_OFF: Mapping[str, Any] = {
    "footer_links": [],
    "run_history": False,
    "show_error": False,
    "ssr_mode": False,
    "enable_monitoring": False,
    "mcp_server": False,
    "pwa": False,
}


class PageSurface:
    """Lets through what the page needs; ``pages`` are the routes of further pages of the same Blocks."""

    def __init__(self, app: ASGIApp, pages: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.exact = _EXACT | pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and (problem := self._refusal(scope["path"])):
            await problem_response(problem, scope)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, path: str) -> Problem | None:
        if path.startswith(_API + "upload"):
            return Problem("uploads-refused", "本服务不接受上传文件;请把问题写成文字。")
        if path.startswith(_API):
            name = path.removeprefix(_API)
            allowed = name in _API_EXACT or name.startswith(_API_BELOW)
        else:
            allowed = path in self.exact or path.startswith(_FILES)
        # no file of Gradio's has such a name, and its file routes fail on some of them
        odd = "\0" in path or ".." in path or len(path) > 1000
        return (
            None
            if allowed and not odd
            else Problem("not-found", "没有这个地址;问答页在 /,接口文档在 /docs。")
        )


def create_page(build: Callable[[], "gradio.Blocks"], options: Mapping[str, Any]) -> FastAPI:
    """An ASGI app that serves a page at ``/``.

    Whatever the page's author set, no endpoint can be called by name, and nothing of ``_OFF`` is on.

    Args:
        build: makes the page. Not to be called from a running event loop.
        options: its look, as arguments of ``gradio.mount_gradio_app``.
    """

    async def create() -> FastAPI:
        return _mount(build(), options)

    # Outside an event loop Gradio makes one for every lock it creates, and never closes it.
    return asyncio.run(create())


def _mount(blocks: "gradio.Blocks", options: Mapping[str, Any]) -> FastAPI:
    import gradio

    for function in blocks.fns.values():
        function.api_visibility = "private"
    no_docs: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}
    host = FastAPI(**no_docs)
    app_kwargs = {**no_docs, "exception_handlers": {Exception: _bad_request}}
    gradio.mount_gradio_app(host, blocks, path="/", **{**options, **_OFF}, app_kwargs=app_kwargs)
    host.add_middleware(PageSurface, pages=frozenset(f"/{route}" for route, _, _ in blocks.pages))
    return host


async def _bad_request(request: Request, error: Exception) -> Response:
    """Our handlers run in Gradio's queue, which reports their errors itself; what fails here is Gradio's own reading of a
    request, which it checks by running into KeyError and the like.
    """
    log.warning("page request not understood: %r", error)
    return problem_response(Problem("bad-request", "页面请求无法处理;请刷新页面后重试。"), request.scope)
