"""Lives of thousands of events: who makes them pays, the others go on."""

import asyncio
from dataclasses import dataclass

import pytest

from dianchi.access.flood import Buckets
from dianchi.domain.refusals import Refused
from dianchi.recording.outcomes import Recorded
from dianchi.recording.round import FREE_EVENTS
from support.record import Record
from support.reports import MAKER, OUTLET, Raw, inspected, pack, produced

MOST = 3 * FREE_EVENTS
LONG, DAY = pack(1), "2026-03-01"


@dataclass
class Ticks:
    """Seconds that only a test lets pass."""

    at: float = 0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def ticks(record: Record) -> Ticks:
    """An account of three long lives, one event more every second; a life just short of long."""
    ticks = Ticks()
    record.gatherer.tolls._accounts = Buckets(MOST, 1, ticks)
    await record.batch([same_day() for _ in range(FREE_EVENTS)], OUTLET)
    return ticks


def same_day() -> Raw:
    return inspected(LONG, DAY)


async def until_refused(record: Record) -> Refused:
    for _ in range(10):
        try:
            await record.send(same_day(), OUTLET)
        except Refused as refused:
            return refused
    raise AssertionError("never refused")


@pytest.mark.usefixtures("ticks")
async def test_who_reports_late_into_a_long_life_is_sent_away_for_a_while(record: Record) -> None:
    refused = await until_refused(record)
    [fault] = refused.faults
    assert (refused.code, type(fault.value)) == ("too_many_requests", int)
    # 65 + 66 + 67 are the last of what there was, 68 are owed.
    assert len(await record.events(LONG)) == FREE_EVENTS + 3
    assert fault.value == 65 + 66 + 67 - MOST


@pytest.mark.usefixtures("ticks")
async def test_the_others_report_on_about_the_same_battery(record: Record) -> None:
    await until_refused(record)
    await record.send(produced(pack(2)), MAKER)
    await record.send(produced(LONG), MAKER)


async def test_once_the_time_has_passed_it_goes_on(record: Record, ticks: Ticks) -> None:
    refused = await until_refused(record)
    ticks.at += int(str(refused.faults[0].value))
    await record.send(same_day(), OUTLET)


async def test_a_batch_waits_and_loses_nothing(record: Record, ticks: Ticks) -> None:
    refused = await until_refused(record)
    before = len(await record.events(LONG))
    sending = asyncio.create_task(record.batch([same_day()], OUTLET))
    await asyncio.sleep(0.05)
    assert len(await record.events(LONG)) == before
    ticks.at += int(str(refused.faults[0].value))
    [outcome] = (await sending).outcomes
    assert isinstance(outcome, Recorded)


async def test_reports_that_simply_follow_cost_nothing(record: Record, ticks: Ticks) -> None:
    for number in range(FREE_EVENTS):
        await record.send(inspected(LONG, f"2026-04-01T{number // 60:02}:{number % 60:02}"), OUTLET)
    assert record.gatherer.tolls._accounts.owed_s(OUTLET.organisation) == 0
    assert ticks.at == 0


async def test_a_round_of_many_reports_about_one_life_pays_for_it_once(record: Record) -> None:
    record.gatherer.tolls._accounts = Buckets(MOST, 1, Ticks())
    await record.batch([same_day() for _ in range(250)], OUTLET)
    assert record.gatherer.tolls._accounts.owed_s(OUTLET.organisation) == 250 - MOST
