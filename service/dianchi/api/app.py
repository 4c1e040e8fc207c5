"""The application: routes, problems, the document that describes them."""

from collections.abc import Callable
from typing import Any, Final, cast

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException

from dianchi.api.annex import Annex
from dianchi.api.apps import app_routes
from dianchi.api.courtesies import Courteous
from dianchi.api.door import Door, Handler, failed, kind_of_path, language, post_event
from dianchi.api.headers import Asgi
from dianchi.api.history import get_history
from dianchi.api.pages import account, answering, complaining, entering, provider, waiting
from dianchi.api.problems import MEDIA_TYPE, problem_bytes, refuse
from dianchi.api.routes import (
    applications,
    asset_packs,
    audit,
    batteries,
    boards,
    bundles,
    capacities,
    case_papers,
    cases,
    clients,
    complaints,
    conformity,
    counts,
    courses,
    demonstrations,
    devices,
    erasures,
    evaluations,
    events,
    exports,
    factors,
    feed,
    findings,
    handovers,
    keys,
    labels,
    layouts,
    mandates,
    maps,
    monthly,
    national,
    national_forms,
    national_items,
    oauth,
    obligations,
    operations,
    outside_receipts,
    own_device,
    people,
    photos,
    pickups,
    problems,
    proposals,
    recalls,
    receipts,
    registry,
    reports,
    sandboxes,
    saved_queries,
    search,
    sessions,
    setting_aside,
    signing,
    signing_policy,
    sites,
    slips,
    statistics,
    transfers,
    upload_files,
    upload_receipts,
    uploads,
    webhooks,
    work_lists,
    work_plans,
)
from dianchi.api.routes import (
    log as log_routes,
)
from dianchi.api.routes.batch import post_batch
from dianchi.api.services import Services
from dianchi.api.turnstile import Turnstile
from dianchi.api.validation import fault_of
from dianchi.api.viewer import viewer_routes
from dianchi.domain.refusals import Refused

VERSION: Final = "0.1.0"
# Narrower paths come before those that take any name.
_MODULES: Final = (
    events,
    reports,
    receipts,
    slips,
    boards,
    bundles,
    capacities,
    demonstrations,
    factors,
    labels,
    layouts,
    maps,
    national_forms,
    exports,
    saved_queries,
    monthly,
    evaluations,
    obligations,
    courses,
    batteries,
    findings,
    search,
    cases,
    case_papers,
    statistics,
    feed,
    webhooks,
    national,
    national_items,
    log_routes,
    registry,
    applications,
    complaints,
    sites,
    keys,
    signing,
    signing_policy,
    own_device,
    devices,
    photos,
    upload_files,
    upload_receipts,
    uploads,
    counts,
    pickups,
    recalls,
    setting_aside,
    handovers,
    asset_packs,
    outside_receipts,
    work_plans,
    work_lists,
    transfers,
    sandboxes,
    conformity,
    mandates,
    erasures,
    audit,
    sessions,
    people,
    proposals,
    clients,
    oauth,
    entering,
    provider,
    account,
    waiting,
    complaining,
    answering,
    operations,
    problems,
)
log = structlog.get_logger()


def create_app(services: Services | None = None, *others: APIRouter) -> FastAPI:
    """The framework's part of the service; `app.state.services` may be set later."""
    app = FastAPI(
        title="dianchi 滇池",
        version=VERSION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        description="全生命周期监管: the life of every traction battery in Yunnan.",
    )
    app.state.services = services
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(asyncpg.CharacterNotInRepertoireError, _not_storable)
    app.add_exception_handler(Exception, _failed)
    # As they are: `include_router` makes each route once more at its first request, 50 ms each.
    for router in (*(module.router for module in _MODULES), *others):
        app.router.routes.extend(router.routes)
    app.router.routes.extend(viewer_routes("/openapi.json"))
    app.router.routes.extend(app_routes())
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def with_door(app: FastAPI) -> Asgi:
    """The whole service: sandboxes apart, the turnstile, the hot routes, then the framework."""
    hot: dict[tuple[str, str], Handler] = {
        ("POST", "/v1/events"): post_event,
        ("POST", "/v1/events/batch"): post_batch,
    }

    def services() -> Services | None:
        return cast("Services | None", app.state.services)

    door = Door(app, services, hot, history=get_history)
    return Annex(Courteous(Turnstile(door, services)), services)


def _document(app: FastAPI) -> dict[str, Any]:
    if not app.openapi_schema:
        document = get_openapi(
            title=app.title, version=app.version, routes=app.routes, description=app.description
        )
        schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["key"] = {"type": "http", "scheme": "bearer"}
        document["security"] = [{"key": []}]
        for path, operations_of in document["paths"].items():
            if path.startswith(("/B/", "/R/", "/log/", "/conformity/")):
                for operation in operations_of.values():
                    operation["security"] = []
        app.openapi_schema = document
    return app.openapi_schema


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
