"""What every request passes before any app sees it, API and page alike: an id, one log line, a body limit.

Pure ASGI, so that streamed responses pass through untouched.
"""

import logging
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import Problem, internal, problem_response

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024  # bytes


class RequestEdge:
    """Gives each request an id (``X-Request-Id``), logs it without query and body, and lets no exception out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        status = 0
        start = time.perf_counter()

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_marked)
        except Exception:
            # frameworks raise again what they have answered: a 4xx was the client's doing and is no event
            if not 0 < status < 500:
                log.exception("unexpected error, request %s", request_id)
            if not status:
                await problem_response(internal(), scope)(scope, receive, send_marked)
        finally:
            elapsed = (time.perf_counter() - start) * 1000
            log.debug("%s %r %d %.0f ms %s", scope["method"], scope["path"], status, elapsed, request_id)


class BodyLimit:
    """Refuses bodies over ``limit`` bytes with 413, whether announced or sent in chunks without a length.

    The body is read before the app is called: it is small by definition, and a limit that strikes while an app is
    reading would surface as whatever that app makes of a broken read.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await self._read(scope, receive)
        if body is None:
            problem = Problem("body-too-large", f"请求体超过 {self.limit // 1024} KB;请缩短后再发。")
            # the rest of the body is not read, so the connection cannot carry another request
            problem.headers["Connection"] = "close"
            await problem_response(problem, scope)(scope, receive, send)
            return
        pending: Message | None = {"type": "http.request", "body": body, "more_body": False}

        async def replay() -> Message:
            nonlocal pending
            if pending is None:
                return await receive()
            message, pending = pending, None
            return message

        await self.app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None if it is too large."""
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self.limit:
            return None
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":  # the client is gone
                return b"".join(parts)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.limit:
                return None
            if not message.get("more_body", False):
                return b"".join(parts)
