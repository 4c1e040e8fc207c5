"""Writes the list rows of batteries."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.lines import Stream
from dianchi.domain.registry import Registry
from dianchi.domain.standing import Hosted
from dianchi.store.names import stream_id
from dianchi.views.assessing import Assessed, Told
from dianchi.views.standpoint import prefecture_of

_COLUMNS: Final = (
    ("stream_id", "uuid"),
    ("name", "text"),
    ("names", "text"),
    ("stage", "text"),
    ("prefecture", "text"),
    ("chemistry", "text"),
    ("holder", "text"),
    ("reporter", "text"),
    ("owner", "text"),
    ("site", "text"),
    ("host_kind", "text"),
    ("host", "text"),
    ("model", "text"),
    ("energy_kwh", "numeric"),
    ("mass_kg", "numeric"),
    ("quarantined", "boolean"),
    ("last_us", "bigint"),
    ("since_us", "bigint"),
    ("next_change_us", "bigint"),
    ("log_index", "bigint"),
)
# Names hold no control characters (codes.parse_battery).
_SEPARATOR: Final = "\n"
_CAST: Final = {"names": "string_to_array(n.names, E'\\n')", "owner": "n.owner::jsonb"}
_NAMED: Final = [name for name, _ in _COLUMNS]
_COMPARED: Final = [name for name in _NAMED if name != "log_index"]
# A row that stays as it was is written again only where the next step has to know that it was seen.
_UPSERT: Final = f"""
INSERT INTO battery AS b ({", ".join(_NAMED)})
SELECT {", ".join(_CAST.get(name, f"n.{name}") for name in _NAMED)}
  FROM unnest({", ".join(f"${n}::{kind}[]" for n, (_, kind) in enumerate(_COLUMNS, 1))})
       n({", ".join(_NAMED)})
    ON CONFLICT (stream_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _NAMED[1:])}
 WHERE ({", ".join(f"b.{name}" for name in _COMPARED)})
       IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _COMPARED)})
    OR excluded.log_index > b.log_index AND ${len(_COLUMNS) + 1}
"""  # noqa: S608 - made of the constants above
_DROP: Final = "DELETE FROM battery WHERE stream_id = ANY ($1::uuid[])"
_IN_STORE: Final = """
SELECT DISTINCT holder, site FROM battery
 WHERE stream_id = ANY ($1::uuid[]) AND stage = 'collected' AND site IS NOT NULL
"""
_json = msgspec.json.Encoder().encode

Row = tuple[Any, ...]


def battery_row(life: Told, assessed: Assessed, registry: Registry, log_index: int) -> Row:
    """The list row of a life, in the order of the columns."""
    union, now = life.union, assessed.folded.life
    here = now.standing
    host = here if isinstance(here, Hosted) else None
    return (
        stream_id(Stream.BATTERY, union.canonical),
        union.canonical,
        _SEPARATOR.join(sorted(union.names)) if len(union.names) > 1 else None,
        now.stage,
        prefecture_of(now, registry) or "",
        now.facts.get("chemistry") or "",
        now.holder or "",
        now.reporter,
        _json(now.owner).decode() if now.owner is not None else None,
        now.site,
        host.kind if host else None,
        host.host if host else None,
        now.facts.get("model"),
        _decimal(now.facts.get("rated_energy_kwh")),
        _decimal(now.mass),
        now.quarantined,
        now.last_us,
        now.since_us,
        assessed.next_change_us,
        log_index,
    )


def _decimal(told: str | None) -> Decimal | None:
    return Decimal(told) if told is not None else None


async def write_batteries(
    connection: Connection,
    rows: Sequence[Row],
    members: Iterable[frozenset[UUID]],
    *,
    following: bool,
) -> None:
    """Writes rows.

    Args:
        connection: in a transaction.
        rows: each with the end of the log that its life was read after.
        members: the streams of each life, which has one row only.
        following: the log is being followed, so that it matters how far a row has seen it.
    """
    if not rows:
        return
    canonical = {row[0] for row in rows}
    others = [stream for streams in members for stream in streams if stream not in canonical]
    if others:
        await connection.execute(_DROP, others)
    columns = (list(column) for column in zip(*rows, strict=True))
    await connection.execute(_UPSERT, *columns, following)


async def stores_of(connection: Connection, streams: Iterable[UUID]) -> set[tuple[str, str]]:
    """The holders and sites where these batteries stand in store by the view."""
    rows = await connection.fetch(_IN_STORE, list(streams))
    return {(row["holder"], row["site"]) for row in rows}
