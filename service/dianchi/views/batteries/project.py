"""Writes the list rows of batteries."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.members import party_key
from dianchi.domain.registry import Registry
from dianchi.domain.standing import Hosted, Moving
from dianchi.views.assessing import Assessed, Told
from dianchi.views.standpoint import prefecture_of


class Row(msgspec.Struct, frozen=True, gc=False):
    """The list row of a life, its members named as the columns are."""

    stream_id: UUID
    name: str
    names: list[str] | None
    stage: str
    prefecture: str
    chemistry: str
    holder: str
    reporter: str | None
    owner: Any
    site: str | None
    host_kind: str | None
    host: str | None
    model: str | None
    energy_kwh: str | None
    mass_kg: str | None
    quarantined: bool
    last_us: int
    since_us: int
    next_change_us: int | None
    maker: str | None
    safety_class: str | None
    handover: str | None
    receiver: str | None
    held: bool
    made_day: int
    remedied: list[str] | None
    log_index: int


_NAMED: Final = Row.__struct_fields__
_SAID: Final = [name for name in _NAMED if name != "log_index"]


def _upsert(source: str, behind: str) -> str:
    """A row that stays as it was is written again only where it is behind."""
    return f"""
INSERT INTO battery ({", ".join(_NAMED)}, seen_by)
SELECT {", ".join(f"n.{name}" for name in _NAMED)}, coalesce(s.seen_by, '{{}}')
  FROM {source} n LEFT JOIN stream s ON s.stream_id = n.stream_id
 WHERE NOT EXISTS (SELECT FROM battery b WHERE b.stream_id = n.stream_id
       AND ({", ".join(f"b.{name}" for name in _SAID)}, b.seen_by)
           IS NOT DISTINCT FROM ({", ".join(f"n.{name}" for name in _SAID)}, s.seen_by)
       AND NOT {behind})
    ON CONFLICT (stream_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _NAMED[1:])}, seen_by = excluded.seen_by
"""  # noqa: S608 - made of the constants above


# As JSON: twenty arrays would take three times as long to send.
_TOLD: Final = "json_populate_recordset(NULL::battery, $1::text::json)"
# The next step has to know that a row was seen.
_UPSERT: Final = _upsert(_TOLD, "(b.log_index < n.log_index)")
_LAY: Final = f"""
INSERT INTO rebuilt_battery ({", ".join(_NAMED)})
SELECT {", ".join(_NAMED)} FROM {_TOLD}
"""  # noqa: S608 - made of the constants above
_PLACE: Final = _upsert("rebuilt_battery", "false")
_GONE: Final = """
SELECT b.stream_id FROM battery b
 WHERE NOT EXISTS (SELECT FROM rebuilt_battery n WHERE n.stream_id = b.stream_id)
"""
_DROP: Final = "DELETE FROM battery WHERE stream_id = ANY ($1::uuid[])"
# By their keys: a plan made while the table was empty might look for them by their stage.
_IN_STORE: Final = """
WITH these AS MATERIALIZED (
    SELECT stage, holder, site FROM battery WHERE stream_id = ANY ($1::uuid[]))
SELECT DISTINCT holder, site FROM these WHERE stage = 'collected' AND site IS NOT NULL
"""
_json = msgspec.json.Encoder(enc_hook=str).encode


def battery_row(
    life: Told, assessed: Assessed, stream: UUID, registry: Registry, log_index: int
) -> Row:
    """The list row of a life, under the stream of its canonical name."""
    union, now = life.union, assessed.folded.life
    here = now.standing
    host = here if isinstance(here, Hosted) else None
    moving = here if isinstance(here, Moving) else None
    return Row(
        stream,
        union.canonical,
        sorted(union.names) if len(union.names) > 1 else None,
        now.stage,
        prefecture_of(now, registry) or "",
        now.facts.get("chemistry") or "",
        now.holder or "",
        now.reporter,
        now.owner,
        now.site,
        host.kind if host else None,
        host.host if host else None,
        now.facts.get("model"),
        now.facts.get("rated_energy_kwh"),
        now.mass,
        now.quarantined,
        now.last_us,
        now.since_us,
        assessed.next_change_us,
        now.maker,
        now.safety,
        moving.handover if moving else None,
        party_key(moving.receiver) if moving else None,
        now.held,
        now.made_day,
        list(now.remedied) or None,
        log_index,
    )


async def write_batteries(
    connection: Connection,
    rows: Sequence[Row],
    others: Sequence[UUID],
) -> None:
    """Writes rows.

    Args:
        connection: in a transaction.
        rows: each with the end of the log that its life was read after.
        others: the streams of the lives' other names; a life has one row only.
    """
    if not rows:
        return
    if others:
        await connection.execute(_DROP, others)
    await connection.execute(_UPSERT, _json(rows).decode())


async def lay_batteries(connection: Connection, rows: Sequence[Row]) -> None:
    """Lays rows beside those that are shown."""
    await connection.execute(_LAY, _json(rows).decode())


async def gone_batteries(connection: Connection) -> list[UUID]:
    """The streams of the rows that are shown and were not made anew."""
    return [row["stream_id"] for row in await connection.fetch(_GONE)]


async def place_batteries(connection: Connection, gone: Sequence[UUID]) -> None:
    """Puts the rows laid beside in the place of those shown, and takes out what is gone."""
    if gone:
        await connection.execute(_DROP, gone)
    await connection.execute(_PLACE)


async def stores_of(connection: Connection, streams: Iterable[UUID]) -> set[tuple[str, str]]:
    """The holders and sites where these batteries stand in store by the view."""
    rows = await connection.fetch(_IN_STORE, list(streams))
    return {(row["holder"], row["site"]) for row in rows}
