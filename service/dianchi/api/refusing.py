"""What the framework answers where something is refused, invalid, nowhere or broken."""

from collections.abc import Callable

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from dianchi.api.door import failed, kind_of_path, language
from dianchi.api.problems import MEDIA_TYPE, problem_bytes, refuse
from dianchi.api.validation import fault_of
from dianchi.domain.refusals import Refused

log = structlog.get_logger()


def add_handlers(app: FastAPI) -> None:
    """Lets an application answer every refusal and fault as a problem (RFC 9457)."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(asyncpg.CharacterNotInRepertoireError, _not_storable)
    app.add_exception_handler(Exception, _failed)


def _answer(request: Request, refused: Refused) -> Response:
    status, body = problem_bytes(refused, language(request.scope))
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - HTTP
    told = refused.faults[0]
    if told.code == "receipt_not_ready":
        headers["retry-after"] = "1"
    if told.code in ("too_many_tries", "too_many_requests") and type(told.value) is int:
        headers["retry-after"] = str(told.value)
    return Response(body, status, headers, media_type=MEDIA_TYPE)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - registered for this class
    return _answer(request, error)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    faults = [fault_of(found) for found in error.errors()]
    return _answer(request, Refused(*faults))


def _not_storable(request: Request, _: Exception) -> Response:
    """A query, or a cursor of nobody's, holds a NUL."""
    refused = refuse(
        "invalid_value",
        ("查询中有不可用的字符 U+0000", "the query holds the character U+0000"),
        ("请删除不可见字符", "remove the invisible characters"),
    )
    return _answer(request, refused)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    codes: dict[int, Callable[[], Refused]] = {404: _no_page, 405: _no_method}
    make = codes.get(error.status_code)
    if make is None:
        log.warning("unexpected status", status=error.status_code)
    refused = (
        make()
        if make
        else refuse(
            "malformed_json",
            ("请求无法读取", "cannot be read"),
            ("请检查请求", "check the request"),
        )
    )
    response = _answer(request, refused)
    if error.headers:
        response.headers.update(error.headers)
    return response


def _no_page() -> Refused:
    return refuse(
        "not_found",
        ("没有这个地址", "there is nothing at this address"),
        ("接口目录见 /docs", "see /docs for what there is"),
    )


def _no_method() -> Refused:
    return refuse(
        "method_not_allowed",
        ("这个地址不支持该方法", "the address does not take this method"),
        ("接口目录见 /docs", "see /docs for what there is"),
    )


def _failed(request: Request, error: Exception) -> Response:
    log.error("request failed", path=kind_of_path(request.url.path), exc_info=error)
    return _answer(request, failed(request.scope))
