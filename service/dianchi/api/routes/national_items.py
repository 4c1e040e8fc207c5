"""The vehicles that an organisation owes to the national platform, and what became of them."""
# ruff: noqa: FAST003 - `own_item` reads the id of the path

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Record
from fastapi import APIRouter, Depends, Path, Query

from dianchi.access.keys import now_of
from dianchi.api.bodies.national import (
    ItemPage,
    ItemRead,
    ItemState,
    Resend,
    ResendMany,
    Resent,
    SetAside,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.cursors import page_place
from dianchi.api.deps import ServicesDep
from dianchi.api.national_words import item_json
from dianchi.api.problems import checked, refuse
from dianchi.api.routes.national import FoundDep, member
from dianchi.api.services import Services
from dianchi.domain.working_days import CHINA
from dianchi.exchange.national.profiles import PROFILES
from dianchi.national import listing
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/national/items", tags=["national platform"])


async def own_item(
    services: ServicesDep, connection: FoundDep, item: Annotated[UUID, Path(alias="id")]
) -> Record:
    """The vehicle that a path names.

    Raises:
        Refused: `not_found`: there is none, or it is another's.
    """
    row = await listing.one(services.registrar, connection["id"], _today(services), item)
    if row is None:
        raise refuse(
            "not_found",
            ("没有这一项", "there is no such vehicle"),
            ("id 见 GET /v1/national/items", "the ids are in GET /v1/national/items"),
            pointer="/id",
            value=str(item),
        )
    return row


ItemDep = Annotated[Record, Depends(own_item)]


@router.get("", responses=problems(400, 401, 403, 404, 422), summary="What is owed and was sent")
async def get_items(
    services: ServicesDep,
    connection: FoundDep,
    state: ItemState | None = None,
    late: bool = False,  # noqa: FBT001, FBT002 - a query
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> ItemPage:
    """Vehicles by state, or those that are late; what was told of last first."""
    behind = page_place(cursor, tuple[int, str]) or listing.FIRST
    rows = await listing.listed(
        services.registrar,
        connection["id"],
        _today(services),
        state=state,
        late=late,
        behind=behind,
        most=limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursor_of((last["log_index"], last["vehicle"]))
    items = [_shown(row, connection) for row in rows[:limit]]
    return ItemPage(items=items, next=following)


@router.post("/resend", responses=problems(400, 401, 403, 404, 422), summary="Send many again")
async def post_resend_many(services: ServicesDep, connection: FoundDep, told: ResendMany) -> Resent:
    """Sends all that were refused again, or withheld; or those of them with one code."""
    count = await listing.send_all_again(
        services.registrar, connection["id"], told.state, told.code, now_of(services.clock)
    )
    return Resent(count=count)


@router.get("/{id}", responses=problems(400, 401, 403, 404, 422), summary="A vehicle that is owed")
async def get_item(connection: FoundDep, found: ItemDep) -> ItemRead:
    """What became of it, what the platform said, what the form lacks."""
    return _shown(found, connection)


@router.post("/{id}/resend", responses=problems(400, 401, 403, 404, 422), summary="Send it again")
async def post_resend(
    services: ServicesDep, connection: FoundDep, found: ItemDep, told: Resend
) -> ItemRead:
    """Sends it again, with what was missing; nothing is sent where the platform has just this."""
    profile = PROFILES[connection["profile"]]
    for name in told.values:
        checked(name, f"values/{name}", lambda text: member(profile, text))
    given = {**msgspec.json.decode(found["given"]), **told.values}
    now = now_of(services.clock)
    await listing.send_again(services.registrar, connection["id"], found["id"], given, now)
    return _shown(await own_item(services, connection, found["id"]), connection)


@router.post(
    "/{id}/set-aside", responses=problems(400, 401, 403, 404, 409, 422), summary="Set it aside"
)
async def post_set_aside(
    services: ServicesDep, connection: FoundDep, found: ItemDep, told: SetAside
) -> ItemRead:
    """Closes what was settled at the platform itself; a new report opens it again."""
    done = await listing.set_aside(services.registrar, connection["id"], found["id"], told.reason)
    if not done:
        raise refuse(
            "already_decided",
            ("平台已接收，无需搁置", "the platform took it: there is nothing to set aside"),
            ("请刷新列表", "read the list again"),
            pointer="/id",
        )
    return _shown(await own_item(services, connection, found["id"]), connection)


def _today(services: Services) -> date:
    return now_of(services.clock).astimezone(CHINA).date()


def _shown(row: Record, connection: Record) -> ItemRead:
    return ItemRead(**item_json(row, connection["profile"]))
