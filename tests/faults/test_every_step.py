"""kill -9 at every message to PostgreSQL and every write to a file; then a new process starts.

Nothing that was acknowledged is lost, the log is dense, `fsck` is clean, the guard lets the
database pass, and every checkpoint ever signed is continued by the newest one. A fixed sample here;
every step, before it, under way and after it, in the drills. To drill another operation, add it to
`OPERATIONS`.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.wiring import opened
from support.api import ENROLLED, code, produced
from support.erasing import erase
from support.ground import Ground, standing
from support.mortal import Moment
from support.mortals import PAUSE_S, Mortal
from support.process import free_port
from support.reports import OUTLET, counted, inspected, pack, report

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
WHOLE: Final = "DIANCHI_DRILL_SECONDS" in os.environ
MOMENTS: Final[tuple[Moment, ...]] = ("before", "sent", "after")
OUTLIVED: Final = 9
"""So many processes in a row that end before their step is due: there are no further steps.

One alone may be lucky: the steps of a server depend on what it has in its caches.
"""
_serials: Final = count(1)
Point = tuple[int | str, Moment]


@pytest.fixture
async def ground(database: str, data_dir: Path) -> AsyncIterator[Ground]:
    async with standing(database, data_dir) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that is killed in its course.

    Attributes:
        kill: prepares it, lets it run and die at a step (0: not at all), and answers the process.
        sampled: the points of the short form.
        met: words of steps that a whole run must have died at.
        begins: words of the first step that is part of it; those of the start come before.
    """

    kill: Callable[[Ground, int | str, Moment], Awaitable[Mortal]]
    sampled: tuple[Point, ...]
    met: tuple[str, ...]
    moments: tuple[Moment, ...] = MOMENTS
    begins: str = ""

    def every_point(self, steps: list[str]) -> Iterator[Point]:
        """Without end: whoever asks stops when processes outlive their steps.

        Args:
            steps: of a run that nobody killed.
        """
        first = next(n for n, words in enumerate(steps, 1) if self.begins in words)
        return ((step, moment) for step in count(first) for moment in self.moments)


# --- append: the server, as clients meet it ---------------------------------------------------


async def append(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """Reports over HTTP until the server is gone; what was not answered is sent again."""
    key = await key_of(ground)
    unsure = told()
    server = ground.mortals.start("serve", step, moment, port=free_port())
    await asyncio.to_thread(send, ground, server, key, unsure)
    if server.status is None:
        server.end()
    await ground.note_signed()
    if unsure:
        again = ground.mortals.start("serve", port=free_port())
        await asyncio.to_thread(send, ground, again, key, unsure)
        assert unsure == []
        assert again.end() == 0
    return server


async def key_of(ground: Ground) -> str:
    async with (
        opened(ground.settings, ground.dsn) as services,
        services.make_session() as session,
    ):
        firm = await enrol(session, Enrolment("示范maker"), ENROLLED)
        return await add_key(session, services.ring, firm.id, KeyTerms("maker"), ENROLLED)


def told() -> list[tuple[str, Any]]:
    """Every way of appending: alone, again, of many things, in batches, taken back."""
    one, two, three = (code(next(_serials)) for _ in range(3))
    birth = produced(0, battery=one)
    check = inspected(one)
    lot = {"lot": f"L{next(_serials)}", "material": "nickel_sulfate", "mass_kg": "5"}
    return [
        ("events", birth),
        ("events", check),
        ("events", birth),
        ("events/batch", [produced(0, battery=two), inspected(one)]),
        ("events/batch?mode=atomic", [produced(0, battery=three), inspected(two)]),
        ("events", counted(one, two)),
        ("events", report("lot_declared", "2026-05-01", data=lot | {"origin": "purchased"})),
        ("events", report("corrected", "2026-06-01", event_id=None, data=taken_back(check))),
    ]


def taken_back(target: dict[str, Any]) -> dict[str, Any]:
    return {"event_id": target["event_id"], "reason": "wrong"}


def send(ground: Ground, server: Mortal, key: str, unsure: list[tuple[str, Any]]) -> None:
    """Sends in order what was not answered yet, as long as the server lives."""
    headers = {"authorization": f"Bearer {key}"}
    url = f"http://127.0.0.1:{server.job.port}"
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        while unsure:
            path, body = unsure[0]
            try:
                answer = client.post(f"/v1/{path}", json=body)
            except httpx.TransportError:
                if server.status is not None:
                    return
                time.sleep(PAUSE_S)
                continue
            if answer.status_code == 503:
                continue
            assert answer.status_code in (200, 201), answer.text
            ground.acknowledged |= ids_of(answer.json())
            del unsure[0]


def ids_of(answer: dict[str, Any]) -> set[str]:
    if "results" not in answer:
        return {answer["event_id"]}
    assert all(row["outcome"] in ("accepted", "duplicate") for row in answer["results"]), answer
    return {row["event_id"] for row in answer["results"]}


# --- sequence and publish: what the worker does -----------------------------------------------


async def place(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """Places, hashes and signs; the log grows before a new process takes over."""
    await more(ground, 5)
    placing = ground.mortals.start("place", step, moment)
    await asyncio.to_thread(placing.wait)
    await ground.note_signed()
    # Of what was signed when it died, the new process finds itself further on or not.
    if moment != "after":
        await more(ground, 2)
    return placing


async def more(ground: Ground, events: int) -> None:
    rows = [inspected(pack(next(_serials) % 9), "2026-03-01") for _ in range(events)]
    batch = await ground.record.batch([*rows, counted(pack(1), pack(2))], OUTLET)
    ground.acknowledged |= {row["event_id"] for row in rows}
    assert batch is not None


async def follow(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """The whole worker, its views beside the log."""
    await more(ground, 5)
    worker = ground.mortals.start("follow", step, moment)
    wanted = await ground.record.count("event")
    while worker.status is None and await ground.record.count("log_entry") < wanted:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3 if worker.status is None else 0)
    if worker.status is None:
        worker.end()
    await ground.note_signed()
    return worker


ASKED: Final = "SELECT organisation, role, prefecture, scopes"
"""How a server begins to answer: it looks the key up."""
WRITE: Final = "bind_execute: -- One statement, wholly"
DRAIN: Final = "bind_execute: WITH oldest"
NOTE: Final = "bind_execute: INSERT INTO audit"
GONE: Final = "bind_execute: UPDATE personal"
DECIDED: Final = "bind_execute: INSERT INTO erasure_decision"
KEEP: Final = "bind_execute: INSERT INTO log_checkpoint"
OPERATIONS: Final = {
    "append": Operation(
        append,
        ((WRITE, "sent"), ("COMMIT", "sent")),
        (WRITE, "locked in ascending", "COMMIT"),
        ("sent", "after"),
        ASKED,
    ),
    "place": Operation(
        place,
        (
            (DRAIN, "sent"),
            ("COMMIT", "after"),
            ("replace", "before"),
            (KEEP, "after"),
            ("write", "sent"),
        ),
        (DRAIN, "INSERT INTO log_tile", "COMMIT", "fsync", KEEP, "write"),
    ),
    "erase": Operation(
        erase,
        ((NOTE, "after"), (GONE, "after"), (DECIDED, "after")),
        (NOTE, "INSERT INTO erasure ", GONE, DECIDED, "COMMIT"),
        ("sent", "after"),
        ASKED,
    ),
    "follow": Operation(follow, ((DRAIN, "sent"),), (DRAIN, "projection"), ("sent",)),
}


async def survived(ground: Ground, operation: Operation, point: Point) -> Mortal:
    """Kills at a point; a new process starts and finishes; all must be whole."""
    died = await operation.kill(ground, *point)
    after = ground.mortals.start("place")
    assert await asyncio.to_thread(after.wait) == 0, point
    await ground.must_be_whole()
    return died


@pytest.mark.drill
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("name", OPERATIONS)
async def test_whoever_is_killed_at_any_step_leaves_a_whole_record(
    name: str, ground: Ground
) -> None:
    operation = OPERATIONS[name]
    points = iter(operation.sampled)
    if WHOLE:
        # Later ones find a log that was signed.
        points = operation.every_point((await survived(ground, operation, (0, "after"))).steps)
    ends: list[str] = []
    outlived = 0
    for point in points:
        died = await survived(ground, operation, point)
        killed = died.status == -signal.SIGKILL
        outlived = 0 if killed else outlived + 1
        ends += died.steps[-1:] if killed else []
        if outlived >= OUTLIVED:
            break
    await ground.must_be_one_history()
    assert len(ends) >= len(operation.sampled)
    if WHOLE:
        for words in operation.met:
            assert any(words in end for end in ends), f"nothing died at {words}"
