"""Every error as an RFC 9457 problem document: a stable ``type``, a Chinese ``title`` and ``detail``, the request's id."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from rag.errors import InvalidQuestion, NotFound, TiaowenError, UnknownZone

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# kind → HTTP status and title. A kind, once published, keeps its name and status: clients branch on ``type``.
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed-json": (400, "请求体不是有效的 JSON"),
    "bad-request": (400, "请求无法处理"),
    "uploads-refused": (403, "不接受上传"),
    "not-found": (404, "没有这个地址"),
    "unknown-clause": (404, "没有这个条款"),
    "unknown-notice": (404, "没有这篇通知"),
    "method-not-allowed": (405, "不支持这种请求方法"),
    "not-acceptable": (406, "给不出所要的类型"),
    "body-too-large": (413, "请求体过大"),
    "unsupported-media-type": (415, "请求体类型不受支持"),
    "invalid-request": (422, "请求内容不符合约定"),
    "invalid-question": (422, "问题为空或过长"),
    "unknown-zone": (422, "没有这个地区"),
    "unknown-notice-filter": (422, "筛选的通知不存在"),
    "streaming-unavailable": (422, "暂不支持流式输出"),
    "internal": (500, "服务内部出错"),
    "not-ready": (503, "服务尚未就绪"),
    "backend-unavailable": (503, "后端暂时不可用"),
}
_KIND_OF_STATUS = {
    400: ("malformed-json", "请求体无法解析;请发送 UTF-8 编码的 JSON。"),
    404: ("not-found", "没有这个地址;可用的接口见 /docs。"),
    405: ("method-not-allowed", "这个地址不支持所用的请求方法;可用的方法见 Allow 响应头。"),
    413: ("body-too-large", "请求体过大;请缩短后再发。"),
}
# pydantic error types → what to do about it; their own messages are English.
_FIELD_ADVICE = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项",
    "string_type": "应为字符串",
    "string_unicode": "含有无效的 Unicode 字符",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "list_type": "应为数组",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应为 {expected} 之一",
}


class Problem(Exception):
    """An error to be sent as a problem document.

    Args:
        kind: a key of :data:`KINDS`.
        detail: a Chinese sentence that says what the caller can do.
        headers: further response headers, e.g. ``Allow``.
        members: extension members of the document, e.g. ``valid``.
    """

    def __init__(
        self, kind: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status, self.title = KINDS[kind]
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


def problem_response(problem: Problem, scope: Scope) -> Response:
    """The document for one request, ready to be awaited as an ASGI app."""
    request_id = scope.get("state", {}).get("request_id", "")
    document = {
        "type": f"/problems/{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"/requests/{request_id}",
        "request_id": request_id,
        **problem.members,
    }
    # "replace": a message that quotes the request may hold what UTF-8 cannot, and must not fail for it
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


def install_handlers(app: FastAPI) -> None:
    """Make every error of an API app a problem document."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return problem_response(error, request.scope)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return problem_response(_from_http(error), request.scope)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        return problem_response(_from_validation(error), request.scope)

    @app.exception_handler(TiaowenError)
    async def _ours(request: Request, error: TiaowenError) -> Response:
        return problem_response(_from_tiaowen(error), request.scope)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001  # logged at the edge
        return problem_response(internal(), request.scope)


def internal() -> Problem:
    """The 500: says nothing of the cause, which is in the log under the same request id."""
    return Problem("internal", "服务出现意外错误;请把 request_id 告诉管理员。")


def _from_http(error: HTTPException) -> Problem:
    kind, detail = _KIND_OF_STATUS.get(error.status_code, ("bad-request", "请求无法处理;接口文档在 /docs。"))
    return Problem(kind, detail, error.headers)


def _from_validation(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return Problem("malformed-json", "请求体不是有效的 JSON;请检查语法,并使用 UTF-8 编码。")
    if any(e["type"] == "missing" and tuple(e["loc"]) == ("body",) for e in found):
        return Problem("malformed-json", "请求体为空;请发送一个 JSON 对象。")
    errors = [{"pointer": _pointer(e["loc"]), "detail": _advice(e)} for e in found[:20]]
    first = errors[0]
    return Problem("invalid-request", f"{first['pointer'] or '请求体'}:{first['detail']}。", errors=errors)


def _pointer(loc: tuple[int | str, ...]) -> str:
    """JSON Pointer (RFC 6901) into the request body."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1")[:64] for part in loc[1:])


def _advice(error: Mapping[str, Any]) -> str:
    return _FIELD_ADVICE.get(error["type"], "取值无效").format(**error.get("ctx", {}))


def _from_tiaowen(error: TiaowenError) -> Problem:
    if isinstance(error, UnknownZone):
        return Problem("unknown-zone", str(error), valid=list(error.valid))
    if isinstance(error, InvalidQuestion):
        return Problem("invalid-question", str(error))
    if isinstance(error, NotFound):
        return Problem("unknown-notice-filter", str(error))
    log.error("backend unavailable: %s", error)
    return Problem("backend-unavailable", str(error), {"Retry-After": "5"})
