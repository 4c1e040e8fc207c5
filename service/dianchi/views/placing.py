"""Puts the rows that were made beside in the place of those that are shown, all at once.

Nothing is renamed and no table is locked: what is the same stays as it is, what differs is written,
and readers see the old rows until the whole is committed.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from asyncpg import Connection

from dianchi.domain.lines import Stream
from dianchi.views.batteries.project import gone_batteries, place_batteries
from dianchi.views.findings.project import place_findings
from dianchi.views.findings.subjects import Subject, mark, site_subject
from dianchi.views.firms.beside import place_firms
from dianchi.views.indicators.beside import place_counts
from dianchi.views.obligations.project import place_obligations
from dianchi.views.pickups.project import project_pickups
from dianchi.views.projecting import Now, judging
from dianchi.views.recalls.project import project_recalls

_AT_ONCE: Final = 1_000
# Here every table is read whole, once; otherwise the views' plans are made for keys.
_WHOLE: Final = """
SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_material = on;
SET LOCAL enable_nestloop = off; SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL work_mem = '64MB'
"""
_BY_KEYS: Final = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_nestloop = on;
SET LOCAL plan_cache_mode = force_generic_plan
"""
_OTHERS: Final = "SELECT kind, name FROM stream WHERE kind = ANY ($1::smallint[])"
_LOOKED_AT: Final = frozenset((int(Stream.LOT), int(Stream.BATCH)))
_STORES: Final = """
SELECT holder, site FROM battery WHERE stage = 'collected' AND site IS NOT NULL
 UNION
SELECT holder, site FROM rebuilt_battery WHERE stage = 'collected' AND site IS NOT NULL
"""
_BEGAN: Final = """
SELECT stream_id FROM log_entry
 WHERE stream_id = ANY ($1::uuid[]) AND version = 1 AND log_index < $2
"""


async def put_in_place(connection: Connection, now: Now) -> None:
    """Shows what was made beside, of the log below `now.log_index`.

    In the caller's transaction, which had better do nothing else for long. Lots, batches and sites
    are marked to be looked at.
    """
    streams = [int(each) for each in (Stream.LOT, Stream.BATCH, Stream.PICKUP, Stream.RECALL)]
    await connection.execute(_WHOLE)
    others = [(row["kind"], row["name"]) for row in await connection.fetch(_OTHERS, streams)]
    stores = [site_subject(row["holder"], row["site"]) for row in await connection.fetch(_STORES)]
    await _place(connection, now)
    await connection.execute(_BY_KEYS)
    await _follow(connection, others, now)
    sites = [site for site in stores if _registered(site, now)]
    await _mark(connection, [each for each in others if each[0] in _LOOKED_AT] + sites, now.now_us)


def _registered(site: Subject, now: Now) -> bool:
    _, holder, number = site[1].split(":", 2)
    return (holder, number) in now.law.registry.sites


async def _place(connection: Connection, now: Now) -> None:
    gone = await gone_batteries(connection)
    began = [row["stream_id"] for row in await connection.fetch(_BEGAN, gone, now.log_index)]
    # What began later was not made anew yet: it stays until the log is followed to there.
    spared = list(set(gone).difference(began))
    await place_batteries(connection, began)
    await place_findings(connection, spared)
    await place_obligations(connection, judging(now), spared)
    await place_counts(connection, spared)
    await place_firms(connection, now.log_index, now.now_us)


async def _follow(connection: Connection, others: Sequence[Subject], now: Now) -> None:
    """Pickups and recalls are few: they are written as they are when the log is followed."""
    for some in _some(others):
        pickups = [name for kind, name in some if kind == Stream.PICKUP]
        await project_pickups(connection, pickups, now.law.rules)
        recalls = [name for kind, name in some if kind == Stream.RECALL]
        await project_recalls(connection, recalls)


async def _mark(connection: Connection, subjects: Sequence[Subject], now_us: int) -> None:
    for some in _some(subjects):
        await mark(connection, some, now_us)


def _some(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    return (subjects[at : at + _AT_ONCE] for at in range(0, len(subjects), _AT_ONCE))
