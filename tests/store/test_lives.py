"""Reading a life under all its names, now and as the log knew it at a moment."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from dianchi.ledger.sequencer import Sequencer
from dianchi.store.lives import StoredLife, read_life
from support.record import Record, recording
from support.reports import OUTLET, collected, corrected, identified, inspected, pack, produced

PACK, LABEL, SERIAL = pack(1), "tmp:KM01-7", "serial:CATL:5"


@pytest.fixture
async def record(database: str) -> AsyncIterator[Record]:
    async with recording(database) as opened:
        yield opened


async def life(record: Record, name: str, known_at: datetime | None = None) -> StoredLife | None:
    async with record.readers.acquire() as connection:
        return await read_life(connection, name, known_at=known_at)


async def logged(record: Record, log: Sequencer) -> datetime:
    """Places what waits; the moment after."""
    await log.drain()
    [row] = await record.rows("SELECT clock_timestamp() AS moment")
    moment: datetime = row["moment"]
    return moment


async def test_nothing_is_read_of_a_name_that_nobody_reported(record: Record) -> None:
    assert await life(record, PACK) is None


async def test_a_life_is_read_whole_under_any_of_its_names(record: Record) -> None:
    await record.send(produced(PACK))
    await record.send(collected(LABEL), OUTLET)
    await record.send(identified(LABEL, SERIAL), OUTLET)
    await record.send(identified(SERIAL, PACK), OUTLET)
    for name in (PACK, LABEL, SERIAL):
        read = await life(record, name)
        assert read is not None
        assert read.union.names == {PACK, LABEL, SERIAL}
        assert read.union.canonical == PACK
        assert len(read.events) == 6


async def test_what_the_log_did_not_hold_yet_is_left_out(record: Record, database: str) -> None:
    log = Sequencer(database)
    await record.send(produced(PACK))
    await record.send(collected(LABEL), OUTLET)
    apart = await logged(record, log)
    join = identified(LABEL, PACK)
    await record.send(join, OUTLET)
    joined = await logged(record, log)
    await record.send(corrected(join), OUTLET)
    parted = await logged(record, log)
    await record.send(inspected(PACK), OUTLET)
    names, counts = [], []
    for moment in (apart, joined, parted, None):
        read = await life(record, PACK, moment)
        assert read is not None
        names.append(read.union.names)
        counts.append(len(read.events))
    assert names == [{PACK}, {PACK, LABEL}, {PACK}, {PACK}]
    assert counts == [1, 4, 3, 4]
    await log.close()


async def test_an_event_that_waits_for_its_place_has_none(record: Record, database: str) -> None:
    birth, log = produced(PACK), Sequencer(database)
    await record.send(birth)
    read = await life(record, PACK)
    assert read is not None
    key = birth["event_id"], PACK
    assert read.logged[key].log_index is None
    await log.drain()
    read = await life(record, PACK)
    assert read is not None
    assert read.logged[key].log_index == 0
    await log.close()
