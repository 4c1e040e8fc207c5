"""One search for everything that has a name or a number, two hundred at once."""

from fastapi import APIRouter, Response

from dianchi.api.bodies.search import SearchFound, SearchWish
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.batteries import reflected
from dianchi.api.searching import found_json, haul, note_found
from dianchi.api.terms import read_term
from dianchi.exchange.json_out import encode
from dianchi.views.search.query import REFLECTED

router = APIRouter(prefix="/v1", tags=["search"])


@router.post(
    "/search",
    response_model=SearchFound,
    responses=problems(400, 401, 403, 413, 422, 429),
    summary="Look for batteries, vehicles, firms and papers",
)
async def post_search(services: ServicesDep, reporter: ReporterDep, wish: SearchWish) -> Response:
    """Up to 200 terms, each read as what it most likely is; what is not found gets proposals.

    Another's battery answers as one that is not there. VINs count as `vin_ref` asked of
    `POST /v1/events/canonical`: 500 within an hour.
    """
    registry = await services.registry.current()
    terms = [read_term(term, registry) for term in wish.terms]
    # Before the rest: what comes in between may be told already.
    end = await services.readers.fetchval(REFLECTED)
    found = await haul(terms, services, reporter)
    await note_found(found, services, reporter)
    told = found_json(terms, found, reporter, registry)
    told["log_index"] = reflected(end or 0)
    return Response(encode(told), media_type="application/json")
