"""``tiaowen serve``: bind, answer health checks at once, open pipeline and page beside, stop on a signal."""

import errno
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette

from rag.errors import SettingsError
from rag.settings import Settings
from server.app import create_api
from server.dispatcher import Dispatcher

log = logging.getLogger(__name__)

# An open page holds a heartbeat connection for ever, so waiting longer only delays the stop.
_GRACE = 3  # seconds
# Nothing may leave a closed network; read by these packages when they are imported.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
}


def serve(settings: Settings, progress: Callable[[int, int], None], announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM (returns) or SIGINT (raises KeyboardInterrupt).

    Args:
        settings: where to listen and everything the pipeline needs.
        progress: called with (done, all) while the index is built.
        announce: called with the address once questions are answered and the page is served.

    Raises:
        SettingsError: the host is not loopback, or the port cannot be had.
        TiaowenError: whatever kept the pipeline from opening.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    listener = bind(settings.host, settings.port)
    with listener:
        _run(listener, settings, progress, announce)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Raises:
        SettingsError: the host is not loopback, or the port cannot be had.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise SettingsError(f"监听地址 {host!r} 不是 IP 地址;请用 127.0.0.1、::1 或 localhost。") from None
    if not address.is_loopback:
        raise SettingsError(
            f"拒绝监听 {host}:目前还没有访问密钥,只能在本机使用;请用 127.0.0.1,对外服务请经反向代理。"
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((str(address), port), family=family)
    except OSError as error:
        reason = {errno.EADDRINUSE: "已被占用", errno.EACCES: "没有使用权限"}.get(
            error.errno or 0, f"无法监听({error.strerror})"
        )
        raise SettingsError(f"{host} 的端口 {port} {reason};请用 --port 或 TIAOWEN_PORT 换一个。") from None


def _run(
    listener: socket.socket,
    settings: Settings,
    progress: Callable[[int, int], None],
    announce: Callable[[str], None],
) -> None:
    def on_end_of_start() -> None:
        if dispatcher.failure is None:
            api.state.ready = True
            announce(_url(listener))
        else:
            server.should_exit = True

    api = create_api()
    dispatcher = Dispatcher(api, lambda: _prepare(api, settings, progress), on_end_of_start)
    config = uvicorn.Config(
        dispatcher,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    # uvicorn stops gracefully on SIGTERM, then raises the signal again: by then all is done
    signal.signal(signal.SIGTERM, _exit_quietly)
    server.run(sockets=[listener])
    if dispatcher.failure is not None:
        raise dispatcher.failure


def _prepare(api: Starlette, settings: Settings, progress: Callable[[int, int], None]) -> Starlette:
    """Open the pipeline, then build the page: one after the other, in threads they only take turns on the interpreter."""
    with _permanent():
        from rag.pipeline import Pipeline
    pipeline = api.state.pipeline = Pipeline.open(settings, progress)
    with _permanent():
        from server.page import create_page
        from ui.page import build_page, mount_options

        return create_page(lambda: build_page(pipeline, settings), mount_options())


@contextmanager
def _permanent() -> Iterator[None]:
    """For work whose objects live as long as the process: no search through them for garbage, now or ever.

    Saves a tenth of the start, and later the pauses of full collections (measured: 450,000 objects).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _exit_quietly(*_: object) -> NoReturn:
    sys.exit(0)
