"""One port, two apps: API paths go to the API app, everything else to the page.

(Gradio mounted inside the API app would turn 405 into 404 and swallow problem documents.)
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from server.edge import BodyLimit, RequestEdge
from server.problems import Problem, problem_response

API_PATHS = ("/v1", "/mcp", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/embed")


class Dispatcher:
    """ASGI app over both apps; runs both lifespans.

    It serves at once: ``prepare`` runs in a thread of its own meanwhile, and until it has returned the page, page requests
    get 503 (the API app speaks for itself).

    Args:
        api: the API app.
        prepare: blocking; makes the API app ready and returns the page.
        on_end_of_start: called once in the event loop when the page is served or ``failure`` is set.

    Attributes:
        page: the page once it is served.
        failure: what ``prepare`` raised; the process should then end.
    """

    def __init__(
        self, api: Starlette, prepare: Callable[[], Starlette], on_end_of_start: Callable[[], None]
    ) -> None:
        self.api = api
        self.page: Starlette | None = None
        self.failure: BaseException | None = None
        self._prepare = prepare
        self._on_end_of_start = on_end_of_start
        self._app: ASGIApp = RequestEdge(BodyLimit(self._dispatch))
        self._lifespans = Router(lifespan=self._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app = self._lifespans if scope["type"] == "lifespan" else self._app
        await app(scope, receive, send)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # neither app has any
            await send({"type": "websocket.close", "code": 1000})
            return
        app: ASGIApp
        if is_api_path(scope["path"]):
            app = self.api
        elif self.page is not None:
            app = self.page
        else:
            app = problem_response(
                Problem("not-ready", "服务正在启动;请稍后刷新。", {"Retry-After": "1"}), scope
            )
        await app(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: Router) -> AsyncIterator[None]:
        stop = asyncio.Event()
        async with self.api.router.lifespan_context(self.api):
            start = asyncio.create_task(self._start(stop))
            yield
            stop.set()
            if self.page is None:
                start.cancel()
            await asyncio.gather(start, return_exceptions=True)

    async def _start(self, stop: asyncio.Event) -> None:
        """Prepare, then serve the page inside its own lifespan until ``stop``."""
        try:
            page = await _in_daemon_thread(self._prepare)
            async with page.router.lifespan_context(page):
                self.page = page
                self._on_end_of_start()
                await stop.wait()
        except Exception as error:
            self.failure = error
            self._on_end_of_start()
        finally:
            self.page = None


def is_api_path(path: str) -> bool:
    """True for the API's paths and what is below them, not for ``/v1x``."""
    return path in API_PATHS or path.startswith(tuple(prefix + "/" for prefix in API_PATHS))


async def _in_daemon_thread(work: Callable[[], Starlette]) -> Starlette:
    """Run blocking work in a thread that does not keep a stopping process alive: an index build may take minutes, and is
    safe to break off.
    """
    future: Future[Starlette] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="start", daemon=True).start()
    return await asyncio.wrap_future(future)
