"""The application: routes, problems, the document that describes them."""

from typing import Any, Final, cast

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from dianchi.api.annex import Annex
from dianchi.api.apps import app_routes
from dianchi.api.courtesies import Courteous
from dianchi.api.door import Door, Handler, post_event
from dianchi.api.headers import Asgi
from dianchi.api.history import get_history
from dianchi.api.pages import account, answering, complaining, entering, provider, waiting
from dianchi.api.refusing import add_handlers
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
from dianchi.api.viewer import viewer_routes

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
    add_handlers(app)
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
