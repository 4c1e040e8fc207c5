"""What a phone needs to answer without a network: what is in store, and what is on its way."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from asyncpg import Record

from dianchi.domain.fields import instant_text
from dianchi.domain.lines import Stream
from dianchi.domain.registry import Registry
from dianchi.store.names import stream_id
from dianchi.store.readers import Lender

MOST: Final = 50_000
"""Batteries of one store, and as many that are expected: more than a phone is there for."""
KEPT: Final = ("made", "removed", "retired", "collected", "at_utilizer", "assessed", "product")
"""The stages in which a battery is in its holder's hands."""
_TAKEN_IN: Final = frozenset(("collected", "at_utilizer"))
_STOCK: Final = """
SELECT b.name, b.names, b.stage, b.since_us, b.mass_kg, b.safety_class, b.quarantined, b.chemistry,
       b.energy_kwh, b.maker,
       array(SELECT f.code FROM finding f
              WHERE f.subject_id = b.stream_id AND f.is_open ORDER BY f.code) AS findings
  FROM battery b
 WHERE b.holder = $1 AND b.stage = ANY ($2::text[]) AND ($3::text IS NULL OR b.site = $3)
 ORDER BY b.since_us DESC, b.name LIMIT $4
"""
_EXPECTED: Final = """
SELECT name, handover, holder, since_us, mass_kg FROM battery
 WHERE stage = 'in_transit' AND receiver = $1 ORDER BY since_us DESC, name LIMIT $2
"""
_OVER: Final = """
SELECT said FROM finding WHERE subject_id = $1 AND code = 'over_stock' AND is_open
"""
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"
Row = dict[str, Any]


class Store(NamedTuple):
    """What is in store, what is expected by hand-over, and what of it is too much.

    Attributes:
        stock: by name.
        expected: by the hand-over's sender and number.
        over: the values of the finding `over_stock` of the site.
        lists: work lists to be worked off, by their id; whoever plans them adds them.
        complete: nothing was left out.
        log_index: up to where the log is reflected.
    """

    stock: dict[str, Row]
    expected: dict[str, Row]
    over: Row | None
    log_index: int
    complete: bool
    lists: Mapping[str, Row] = MappingProxyType({})


async def read_store(
    readers: Lender, organisation: str, site: str | None, registry: Registry
) -> Store:
    """The store of an organisation, of all its sites or of one.

    Args:
        readers: that read for whoever asks.
        organisation: who holds.
        site: the number of a site; None for all.
        registry: for names.
    """
    over = stream_id(Stream.SITE, f"site:{organisation}:{site}")
    async with readers.acquire() as connection:
        # Before the rest: what comes in between is told again, not left out.
        reflected = await connection.fetchval(_REFLECTED)
        stock = await connection.fetch(_STOCK, organisation, KEPT, site, MOST + 1)
        expected = await connection.fetch(_EXPECTED, organisation, MOST + 1)
        said = await connection.fetchval(_OVER, over) if site is not None else None
    return Store(
        {row["name"]: _in_store(row, registry) for row in stock[:MOST]},
        _by_handover(expected[:MOST], registry),
        msgspec.json.decode(said) if said else None,
        reflected or 0,
        max(len(stock), len(expected)) <= MOST,
    )


def _in_store(row: Record, registry: Registry) -> Row:
    since = instant_text(row["since_us"])
    return {
        "battery": row["name"],
        "names": row["names"] or [row["name"]],
        "stage": row["stage"],
        "since": since,
        "mass_kg": _number(row["mass_kg"]),
        "safety_class": row["safety_class"],
        "quarantined": row["quarantined"],
        "chemistry": row["chemistry"] or None,
        "rated_energy_kwh": _number(row["energy_kwh"]),
        "maker": registry.names.get(row["maker"], row["maker"]),
        "received_at": since if row["stage"] in _TAKEN_IN else None,
        "findings": sorted(set(row["findings"])),
    }


def _number(number: Any) -> str | None:  # noqa: ANN401 - a numeric of the database
    return format(number, "f") if number is not None else None


def _by_handover(rows: list[Record], registry: Registry) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        sender = row["holder"]
        one = found.setdefault(
            f"{sender}:{row['handover']}",
            {
                "handover": row["handover"],
                "sender": {"id": sender, "name": registry.names.get(sender, sender)},
                "dispatched_at": instant_text(row["since_us"]),
                "batteries": [],
            },
        )
        one["batteries"].append({"battery": row["name"], "mass_kg": _number(row["mass_kg"])})
    return found
