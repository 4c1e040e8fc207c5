"""The drill: 32 writers on one battery, at two services, with repeats and late reports mixed in."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import pytest

from dianchi.recording.outcomes import Recorded
from dianchi.store.envelope import open_event
from dianchi.store.names import stream_id
from support.history_checker import Call, StoredEvent, faults
from support.record import Record, must_fit, recording
from support.reports import OUTLET, Raw, inspected, pack

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
SECONDS: Final = float(os.environ.get("DIANCHI_DRILL_SECONDS") or 3)
WRITERS: Final = 32
BATTERY: Final = pack(1)
BASE: Final = datetime(2020, 1, 1, tzinfo=UTC)


class Drill:
    """Writers that note what they saw."""

    def __init__(self, services: list[Record], seed: int) -> None:
        self.services = services
        self.random = Random(seed)
        self.calls: list[Call] = []
        self.until = time.monotonic() + SECONDS
        self.sent = 0

    def next_report(self) -> Raw:
        self.sent += 1
        late = 86_400 if self.random.random() < 0.01 else 0
        moment = BASE + timedelta(seconds=self.sent - late)
        return inspected(BATTERY) | {"occurred_at": moment.isoformat()}

    async def writer(self) -> None:
        raw = self.next_report()
        while time.monotonic() < self.until:
            turn = self.random.random()
            if turn >= 0.1:
                raw = self.next_report()
            if turn < 0.95:
                await self.send(raw)
            else:
                await asyncio.gather(self.send(raw), self.send(raw))

    async def send(self, raw: Raw) -> None:
        sent = time.monotonic()
        outcome = await self.random.choice(self.services).recorder.record(raw, OUTLET)
        version = outcome.entries[0].version if isinstance(outcome, Recorded) else None
        self.calls.append(Call(raw["event_id"], BATTERY, sent, time.monotonic(), version))


async def stored_events(record: Record) -> list[StoredEvent]:
    rows = await record.rows(
        "SELECT version, body FROM event WHERE stream_id = $1", stream_id(1, BATTERY)
    )
    return [StoredEvent(open_event(r["body"]).event_id, BATTERY, r["version"]) for r in rows]


@pytest.mark.drill
async def test_thirty_two_writers_on_one_battery_lose_double_and_reorder_nothing(
    database: str,
) -> None:
    async with recording(database) as one, recording(database) as other:
        drill = Drill([one, other], seed=32)
        await asyncio.gather(*(drill.writer() for _ in range(WRITERS)))
        stored = await stored_events(one)
        assert not faults(drill.calls, stored)
        assert len(stored) > WRITERS
        await must_fit(one)
