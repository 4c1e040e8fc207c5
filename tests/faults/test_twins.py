"""Several sequencers at once, one of them frozen and woken: one log, and nothing stale in it.

The short form freezes the leader for two seconds and at a few chosen steps, and has its session
ended by hand; the drills freeze it for thirty seconds, in which the server ends its session, and at
every step.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from dianchi.ledger.sequencer import LOCK
from support.ground import Ground, notes_of, standing
from support.mortal import Moment
from support.mortals import Mortal
from support.reports import OUTLET, counted, inspected, pack

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
WHOLE: Final = "DIANCHI_DRILL_SECONDS" in os.environ
FROZEN_S: Final = 30.0 if WHOLE else 2.0
MOMENTS: Final[tuple[Moment, ...]] = ("before", "sent", "after")
KEEP: Final = "bind_execute: INSERT INTO log_checkpoint"
SAMPLED: Final[tuple[tuple[str, Moment], ...]] = (
    ("bind_execute: WITH oldest", "sent"),
    ("COMMIT", "after"),
    ("fsync", "before"),
    ("write", "sent"),
    (KEEP, "before"),
)
LEADER: Final = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted
   AND l.classid::bigint << 32 | l.objid::bigint = $1
"""
END: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
SIGNED: Final = "SELECT coalesce(max(size), 0) AS size FROM log_checkpoint"
_serials: Final = count(1)


@pytest.fixture
async def ground(database: str, data_dir: Path) -> AsyncIterator[Ground]:
    async with standing(database, data_dir) as made:
        yield made


async def more(ground: Ground, events: int = 3) -> None:
    rows = [inspected(pack(next(_serials) % 9), "2026-03-01") for _ in range(events)]
    await ground.record.batch([*rows, counted(pack(1), pack(2))], OUTLET)
    ground.acknowledged |= {row["event_id"] for row in rows}


async def all_signed(ground: Ground) -> None:
    """Waits until every event is placed, and the last one is under a stored checkpoint."""
    deadline = time.monotonic() + 60
    while not await signed(ground):
        assert time.monotonic() < deadline, "nobody goes on with the log"
        await asyncio.sleep(0.02)


async def leader_of(ground: Ground) -> str:
    """The name of the one that holds the sequencer's lock."""
    while True:
        rows = await ground.record.rows(LEADER, LOCK)
        if rows:
            return str(rows[0]["application_name"])
        await asyncio.sleep(0.02)


async def frozen_at(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """A twin that froze at a step, or was through before it came to it."""
    twin = ground.mortals.start("twin", step, moment, freeze=True, name="frozen")
    deadline = time.monotonic() + 30
    while not twin.frozen and not await signed(ground):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
    return twin


async def signed(ground: Ground) -> bool:
    [row] = await ground.record.rows(SIGNED)
    return bool(row["size"] == await ground.record.count("event"))


async def woken(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """One freezes at a step and loses its session, another goes on, the first is woken."""
    await more(ground)
    first = await frozen_at(ground, step, moment)
    await ground.record.rows(END, "frozen")
    await more(ground)
    second = ground.mortals.start("twin", name="second")
    await leader_of(ground)
    # Who was frozen while it had the signer's store in hand is waited for: nobody else signs.
    waited = asyncio.create_task(all_signed(ground))
    await asyncio.wait([waited], timeout=1.0)
    before = notes_of(ground.folder)
    first.send(signal.SIGCONT)
    await waited
    await more(ground)
    await all_signed(ground)
    assert first.status is None, first.steps[-5:]
    assert second.status is None, second.steps[-5:]
    assert notes_of(ground.folder)[: len(before)] == before
    for twin in (first, second):
        twin.end()
    await ground.must_be_whole()
    return first


async def every_point(ground: Ground) -> list[tuple[int, Moment]]:
    """Every step until its checkpoint is in the file, of one that continues a signed log."""
    steps: list[str] = []
    for _ in range(2):
        await more(ground)
        shown = ground.mortals.start("twin")
        await all_signed(ground)
        shown.end()
        steps = shown.steps
    last = max(n for n, words in enumerate(steps, 1) if KEEP in words) + 2
    return [(n, moment) for n in range(1, last + 1) for moment in MOMENTS]


@pytest.mark.drill
@pytest.mark.timeout(1800)
async def test_whoever_is_frozen_at_any_step_writes_nothing_stale_when_woken(
    ground: Ground,
) -> None:
    for step, moment in await every_point(ground) if WHOLE else SAMPLED:
        await woken(ground, step, moment)
    await ground.must_be_one_history()


@pytest.mark.drill
@pytest.mark.timeout(300)
async def test_three_sequencers_whose_leader_is_frozen_and_woken_keep_one_log(
    ground: Ground,
) -> None:
    twins = {name: ground.mortals.start("follow", name=name) for name in ("one", "two", "three")}
    await more(ground)
    await all_signed(ground)
    leader = await leader_of(ground)

    twins[leader].send(signal.SIGSTOP)
    until = time.monotonic() + FROZEN_S
    if not WHOLE:
        await ground.record.rows(END, leader)
    while time.monotonic() < until:
        await more(ground)
        await asyncio.sleep(0.05)
    await all_signed(ground)
    assert await leader_of(ground) != leader
    await ground.note_signed()
    twins[leader].send(signal.SIGCONT)
    for _ in range(10):
        await more(ground)
        await asyncio.sleep(0.05)
    await all_signed(ground)

    assert [twin.status for twin in twins.values()] == [None, None, None]
    assert [twin.end() for twin in twins.values()] == [0, 0, 0]
    await ground.must_be_whole()
    await ground.must_be_one_history()
