"""`GET /v1/batteries/{name}/course`: where each event of a life left the battery."""

from typing import Final

from fastapi import APIRouter, Response

from dianchi.api.bodies.batteries import CourseBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.history import not_by_then
from dianchi.api.naming import canonical_name, moment_of, moment_us
from dianchi.api.routes.batteries import Name
from dianchi.api.sight import absent, must_see
from dianchi.domain.course import Left, course
from dianchi.domain.life import fold
from dianchi.domain.vocabulary import label
from dianchi.exchange.json_out import encode
from dianchi.store.lives import read_life

router = APIRouter(prefix="/v1/batteries", tags=["batteries"])
LONGEST: Final = 5_000
"""Of one answer: the first so many events."""


@router.get(
    "/{name:path}/course",
    response_model=CourseBody,
    responses=problems(401, 403, 404, 422),
    summary="Where each event of a life left the battery",
)
async def get_course(
    services: ServicesDep,
    reporter: ReporterDep,
    name: Name,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Response:
    """The stage and holder after each event, in the order of the history; for who sees all of it.

    `as_of` and `known_at` are those of the history.
    """
    canonical = canonical_name(name, await services.registry.current())
    await must_see(services, reporter, canonical, name)
    until, known = moment_us(as_of, "as_of"), moment_of(known_at, "known_at")
    async with services.seeing(reporter).acquire() as connection:
        stored = await read_life(connection, canonical, known_at=known)
    told = [e for e in stored.events if until is None or e.occurred_us <= until] if stored else []
    if not told:
        raise absent(name) if as_of is None and known_at is None else not_by_then(name)
    left = course(fold(told, services.rules), services.rules)
    items = [_item(each) for each in left[:LONGEST]]
    return Response(
        encode({"items": items, "truncated": len(left) > LONGEST}), media_type="application/json"
    )


def _item(each: Left) -> dict[str, object]:
    return {
        "event_id": each.event_id,
        "reported_as": each.subject,
        "stage": each.stage,
        "stage_text": {"zh": label(each.stage, "zh"), "en": label(each.stage, "en")},
        "holder": each.holder,
        "counts": each.counts,
    }
