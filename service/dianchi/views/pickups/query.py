"""The list of pickups: who asked whom to fetch what, and what came of it; the newest first."""

from collections.abc import Collection
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.store.readers import Lender
from dianchi.views.pages import Page, cursor_of, read_cursor, within

State = Literal["open", "silent", "answered"]
Side = Literal["requester", "addressee"]
_SELECT: Final = """
SELECT stream_id, number, event_id, requester, site, addressee, addressee_told, batteries, asked_us,
       silent_us, answer, reason, answered_us,
       CASE WHEN answer IS NOT NULL THEN 'answered' WHEN silent_us <= $1 THEN 'silent'
            ELSE 'open' END AS state
  FROM pickup
"""
_STATES: Final = {
    "open": "answer IS NULL",
    "silent": "answer IS NULL AND silent_us <= $1",
    "answered": "answer IS NOT NULL",
}
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Behind which pickup a page goes on."""

    asked_us: Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
    stream_id: UUID


async def list_pickups(  # noqa: PLR0913 - one for each filter
    readers: Lender,
    now_us: int,
    *,
    limit: int,
    after: str | None = None,
    state: State | None = None,
    side: tuple[Side, str] | None = None,
    seers: Collection[str] | None = None,
) -> Page[Record]:
    """A page of the pickups that fit all filters given.

    `side` are those in which an organisation is one of the two parties. `seers` are the
    organisations and areas that read, None for who may read all; the database shows `readers` no
    others either.

    Raises:
        Malformed: a cursor of another list, or a limit that no page has.
    """
    place: _Place | None = read_cursor(after, _Place) if after is not None else None
    told: list[object] = [now_us, within(limit) + 1]
    where = [_STATES[state]] if state else []
    if side is not None:
        told.append(side[1])
        where.append(f"{side[0]} = ${len(told)}")
    if seers is not None:
        told.append(list(seers))
        where.append(f"seen_by && ${len(told)}::text[]")
    if place is not None:
        told += [place.asked_us, place.stream_id]
        where.append(f"(asked_us, stream_id) < (${len(told) - 1}, ${len(told)})")
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    asked = f"{_SELECT}{condition} ORDER BY asked_us DESC, stream_id DESC LIMIT $2"
    async with readers.acquire() as connection:
        rows = await connection.fetch(asked, *told)
        reflected = await connection.fetchval(_REFLECTED)
    last = rows[limit - 1] if len(rows) > limit else None
    further = cursor_of([last["asked_us"], str(last["stream_id"])]) if last else None
    return Page(rows[:limit], further, reflected or 0)
