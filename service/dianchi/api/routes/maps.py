"""The approved map, where whoever runs the service gave one."""

from typing import Final

from fastapi import APIRouter, Response

from dianchi.api.bodies.boards import MapBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.exchange.json_out import encode

router = APIRouter(prefix="/v1/map", tags=["statistics"])
_KEEP: Final = {"cache-control": "private, max-age=3600"}


@router.get(
    "", response_model=MapBody, responses=problems(401, 403), summary="An approved map, if any"
)
async def get_map(services: ServicesDep, _: ReporterDep) -> Response:
    """The map that may be shown, with its approval number, which must stand beside it."""
    told = services.map
    answer = {
        "approval": told.approval if told else None,
        "geojson": told.geojson if told else None,
    }
    return Response(encode(answer), media_type="application/json", headers=_KEEP)
