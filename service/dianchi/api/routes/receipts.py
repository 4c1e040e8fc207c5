"""`GET /v1/events/{event_id}/receipt`: what proves, offline, that an event is in the log."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Response

from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.routes.events import find_line
from dianchi_client.receipt import MEDIA_TYPE

router = APIRouter(prefix="/v1", tags=["events"])
_RECEIPT: Final[dict[str, Any]] = {"content": {"text/plain": {"schema": {"type": "string"}}}}


@router.get(
    "/events/{event_id}/receipt",
    response_class=Response,
    responses={200: _RECEIPT, **problems(400, 401, 403, 404, 409, 422)},
    summary="The receipt of an event",
)
async def get_receipt(
    services: ServicesDep, reporter: ReporterDep, event_id: UUID, battery: str | None = None
) -> Response:
    """A `.tlog-proof` file (c2sp.org/tlog-proof), verified by `dianchi-client verify`."""
    registry = await services.registry.current()
    async with services.seeing(reporter).acquire() as connection:
        line = await find_line(connection, event_id, battery, registry, reporter)
    index = line["log_index"]
    receipt = None if index is None else await services.log.receipt(index)
    if receipt is None:
        raise refuse(
            "receipt_not_ready",
            ("收据尚未就绪：事件已保存，正等待写入日志", "stored, but not in a signed log yet"),
            ("请一秒后再取", "ask again in a second"),
            pointer="/event_id",
            value=str(event_id),
        )
    name = f'attachment; filename="{event_id}.tlog-proof"'
    return Response(bytes(receipt), media_type=MEDIA_TYPE, headers={"content-disposition": name})
