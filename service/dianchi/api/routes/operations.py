"""For those who run the service: health, readiness, metrics."""

from asyncpg import Record
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dianchi.api.services import Services
from dianchi.exchange.json_out import encode

router = APIRouter(tags=["operations"], include_in_schema=False)
_BEHIND = """
SELECT (SELECT max(log_index) FROM log_entry) AS last,
       (SELECT min(log_index) - 1 FROM projection) AS seen, (SELECT count(*) FROM outbox) AS waiting
"""


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """The database answers."""
    services: Services | None = request.app.state.services
    row = await _behind(services) if services else None
    if row is None:
        return Response(b'{"status":"not ready"}', 503, media_type="application/json")
    state = {
        "status": "ready",
        "log_index": row["last"],
        "views_at": row["seen"],
        "outbox": row["waiting"],
    }
    return Response(encode(state), media_type="application/json")


async def _behind(services: Services) -> Record | None:
    try:
        return await services.readers.fetchrow(_BEHIND, timeout=5)
    except Exception:  # noqa: BLE001 - whatever it is, we are not ready
        return None


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
