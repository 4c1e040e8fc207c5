"""For those who run the service: health, readiness, metrics."""

from contextlib import suppress

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dianchi.api.metrics import look
from dianchi.api.services import Services
from dianchi.exchange.json_out import encode

router = APIRouter(tags=["operations"], include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """The database answers."""
    services: Services | None = request.app.state.services
    try:
        state = await look(services) if services else None
    except Exception:  # noqa: BLE001 - whatever it is, we are not ready
        state = None
    if state is None:
        return Response(b'{"status":"not ready"}', 503, media_type="application/json")
    return Response(encode({"status": "ready", **state}), media_type="application/json")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus metrics; those of the process alone while the database does not answer."""
    services: Services | None = request.app.state.services
    if services is not None:
        with suppress(Exception):
            await look(services)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
