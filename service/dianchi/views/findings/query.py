"""The list of findings: open ones by default, the newest first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from asyncpg import Record

from dianchi.domain.findings import Finding
from dianchi.domain.identity import union
from dianchi.domain.lines import Stream
from dianchi.store.connect import Queryable
from dianchi.store.lives import joins_of
from dianchi.store.names import stream_id
from dianchi.store.readers import Lender
from dianchi.views.pages import Page, cursor_of, read_cursor, within

State = Literal["open", "closed", "all"]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LATEST_US: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_SELECT: Final = """
SELECT finding_id, subject_kind, subject, code, severity, prefecture, organisation, said, evidence,
       opened_at, closed_at, seen_by
  FROM finding
"""
_NEWEST: Final = " ORDER BY opened_at DESC, finding_id DESC LIMIT "
OPENED: Final = """
SELECT code, said, evidence, opened_at FROM finding WHERE subject_id = ANY ($1::uuid[]) AND is_open
"""
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


@dataclass(frozen=True, slots=True)
class FindingItem:
    """A finding as the list shows it.

    Attributes:
        id: by which a case names it.
        subject: the canonical name of a battery, or of a lot, batch, site or organisation.
        battery: the same for a battery, else None.
        organisation: who made the report that shows it.
        seen_by: the organisations and areas that see the subject.
    """

    id: UUID
    finding: Finding
    subject: str
    battery: str | None
    prefecture: str | None
    organisation: str | None
    opened_at: datetime
    closed_at: datetime | None
    seen_by: Collection[str]


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Behind which finding a page goes on."""

    opened_us: Annotated[int, msgspec.Meta(ge=0, le=_LATEST_US)]
    finding_id: UUID


def statement(filters: Mapping[str, object], state: State, *, further: bool) -> str:
    """The question for a page: $1 the limit, then the filters, then the place.

    All of them are two ranges of one index, open and closed ones, merged.

    Args:
        filters: by condition with a `{}` for the parameter's number.
        state: which ones.
        further: the page goes on behind a place.
    """
    where = [f"{name} ${place}" for place, name in enumerate(filters, 2)]
    if further:
        first = len(where) + 2
        where.append(f"(opened_at, finding_id) < (${first}, ${first + 1})")
    if state == "all" and _BATTERY not in filters:
        parts = [f"({_part([*where, each])}{_NEWEST}$1)" for each in ("is_open", "NOT is_open")]
        return f"{' UNION ALL '.join(parts)}{_NEWEST}$1"
    named = {"open": ["is_open"], "closed": ["NOT is_open"], "all": []}
    return f"{_part([*where, *named[state]])}{_NEWEST}$1"


def _part(where: list[str]) -> str:
    return f"{_SELECT} WHERE {' AND '.join(where)}" if where else _SELECT


_BATTERY: Final = "subject_id ="
_SEERS: Final = "seen_by &&"
_CODE: Final = "code ="
_KIND: Final = "kind ="
_ORGANISATION: Final = "organisation ="
_PREFECTURE: Final = "prefecture ="


async def list_findings(  # noqa: PLR0913 - one for each filter
    readers: Lender,
    *,
    limit: int,
    after: str | None = None,
    battery: str | None = None,
    code: str | None = None,
    kind: str | None = None,
    organisation: str | None = None,
    prefecture: str | None = None,
    state: State = "open",
    seers: Collection[str] | None = None,
) -> Page[FindingItem]:
    """A page of the findings that fit all filters given; `battery` may be any of its names.

    `seers` are the organisations and areas that read, None for who may read all; the database
    shows `readers` no others either.

    Raises:
        Malformed: a cursor of another list, or a limit that no page has.
    """
    place: _Place | None = read_cursor(after, _Place) if after is not None else None
    most = within(limit)
    async with readers.acquire() as connection:
        told: dict[str, object] = {
            _BATTERY: await subject_stream(connection, battery),
            _CODE: code,
            _KIND: kind,
            _ORGANISATION: organisation,
            _PREFECTURE: prefecture,
            _SEERS: list(seers) if seers is not None else None,
        }
        filters = {name: value for name, value in told.items() if value is not None}
        behind = (_EPOCH + place.opened_us * _MICROSECOND, place.finding_id) if place else ()
        rows = await connection.fetch(
            statement(filters, state, further=place is not None),
            most + 1,
            *filters.values(),
            *behind,
        )
        reflected = await connection.fetchval(_REFLECTED)
    further = _cursor(rows[most - 1]) if len(rows) > most else None
    return Page([_item(row) for row in rows[:most]], further, reflected or 0)


async def findings_by_id(readers: Lender, ids: Collection[UUID]) -> dict[UUID, FindingItem]:
    """Those of these findings that the reader is shown, open or closed."""
    rows = await readers.fetch(f"{_SELECT} WHERE finding_id = ANY ($1::uuid[])", list(ids))
    return {row["finding_id"]: _item(row) for row in rows}


async def opened_at(
    connection: Queryable, names: Iterable[str]
) -> dict[tuple[str, str, tuple[str, ...]], datetime]:
    """When the open findings of a battery opened, by their identity; of those listed so far.

    Args:
        connection: any connection.
        names: all names of the battery.
    """
    streams = [stream_id(Stream.BATTERY, name) for name in names]
    rows = await connection.fetch(OPENED, streams)
    return {_told(row).identity: row["opened_at"] for row in rows}


async def subject_stream(connection: Queryable, battery: str | None) -> UUID | None:
    """The stream under whose name the findings of a battery are kept."""
    if battery is None:
        return None
    joins = await joins_of(connection, [battery])
    name = battery
    if joins:
        names = {stream_id(Stream.BATTERY, each) for each in union(battery, joins, {}).names}
        name = (
            await connection.fetchval(
                "SELECT name FROM battery WHERE stream_id = ANY ($1::uuid[])", list(names)
            )
            or battery
        )
    return stream_id(Stream.BATTERY, name)


def _cursor(row: Record) -> str:
    return cursor_of([(row["opened_at"] - _EPOCH) // _MICROSECOND, str(row["finding_id"])])


def _told(row: Record) -> Finding:
    evidence = tuple(map(str, row["evidence"]))
    return Finding(row["code"], evidence, msgspec.json.decode(row["said"]))


def _item(row: Record) -> FindingItem:
    return FindingItem(
        row["finding_id"],
        replace(_told(row), severity=row["severity"]),
        row["subject"],
        row["subject"] if row["subject_kind"] == Stream.BATTERY else None,
        row["prefecture"],
        row["organisation"],
        row["opened_at"],
        row["closed_at"],
        row["seen_by"],
    )
