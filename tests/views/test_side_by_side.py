"""A rebuild beside the rows that are read: all old until all new, row for row the same."""

import asyncio
from typing import Any, Final

import asyncpg
import pytest

from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.views import rebuilding, runner
from dianchi.views.assessing import Law
from dianchi.views.placing import put_in_place
from dianchi.views.projecting import Now
from dianchi.views.rebuilding import connect, rebuild_lives
from support.reports import (
    CAR_MAKER,
    DISMANTLER,
    MAKER,
    OUTLET,
    RECYCLER,
    collected,
    corrected,
    dispatched,
    identified,
    installed,
    pack,
    produced,
    received,
    recycled,
    sold,
)
from support.views import Views

LIVES: Final = 24
SIZE: Final = 4
ALL: Final = (
    *("battery", "finding", "obligation", "obligation_tally", "contribution", "tally"),
    *("firm", "doubtful", "crowd", "recall", "pickup"),
)
TIMES: Final = frozenset(("log_index", "opened_at", "judged_at"))
"""What says when somebody looked, not what is so."""
# One statement, so one moment: what a page of lists, a dashboard and a firm's duties show.
SNAPSHOT: Final = """
SELECT (SELECT array_agg(stage ORDER BY name) FROM battery) AS stages,
       (SELECT count(*) FROM finding WHERE is_open) AS findings,
       (SELECT count(*) FROM obligation) AS obligations,
       (SELECT sum(rows) FROM obligation_tally) AS over,
       (SELECT sum(things) FROM tally) AS things,
       (SELECT sum(a) FROM contribution, unnest(amounts) a) AS amounts,
       (SELECT version FROM projection WHERE name = 'views') AS version
"""
# Rows of an earlier version: everything in them is to be written otherwise.
OLDER: Final = """
UPDATE battery SET stage = 'of_old';
DELETE FROM finding WHERE subject < (SELECT max(subject) FROM finding);
DELETE FROM obligation; DELETE FROM obligation_tally;
UPDATE contribution SET amounts = array[1, 1, 1, 1], cells = cells[1:1];
UPDATE tally SET things = 1;
UPDATE projection SET version = 1 WHERE name = 'views'
"""
HOLDERS: Final = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
async def province(views: Views) -> Views:
    """Lives of every kind, followed step by step."""
    packs = [pack(number) for number in range(1, LIVES + 1)]
    told: list[tuple[Any, Any]] = [(produced(each), MAKER) for each in packs]
    told += [(installed(packs[0]), CAR_MAKER), (sold(packs[0]), CAR_MAKER)]
    told += [(collected(each), OUTLET) for each in packs[1:]]
    told += [(collected("tmp:1-1"), OUTLET), (identified("tmp:1-1", packs[0]), OUTLET)]
    told += [(dispatched(*packs[1:9]), OUTLET), (received(*packs[1:8]), RECYCLER)]
    lithium = {"lot": "R1", "material": "lithium_carbonate", "mass_kg": "30"}
    told.append((recycled(packs[1], packs[2], outputs=[lithium]), RECYCLER))
    wrong = collected(packs[-1], at="2026-07-01T09:00")
    told += [(wrong, DISMANTLER), (corrected(wrong), DISMANTLER)]
    for place in range(0, len(told), 9):
        for raw, who in told[place : place + 9]:
            await views.record.send(raw, who)
        await views.follow()
    return views


async def shown(views: Views, *, written: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view with when it was written; or only what holds, without times."""
    what = "*, xmin::text AS written" if written else "*"
    found = {}
    for table in ALL:
        rows = await views.record.rows(f"SELECT {what} FROM {table}")  # noqa: S608 - our own names
        rows = [row for row in rows if written or row.get("closed_at") is None]
        kept = [{k: v for k, v in row.items() if written or k not in TIMES} for row in rows]
        found[table] = sorted(tuple(map(str, row.values())) for row in kept)
    return found


async def test_a_rebuild_writes_nothing_where_every_row_is_right(province: Views) -> None:
    before = await shown(province, written=True)
    counted = ("obligation_tally", "firm", "crowd", "recall", "pickup")  # small: written anew
    assert all(before[table] for table in ("battery", "finding", "obligation", "contribution"))

    await province.projector.rebuild()

    after = await shown(province, written=True)
    assert {t: rows for t, rows in after.items() if t not in counted} == {
        t: rows for t, rows in before.items() if t not in counted
    }


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "by two processes"])
async def test_row_for_row_it_makes_what_following_made(
    province: Views, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    monkeypatch.setattr(rebuilding, "WORTH_SHARING", 1 if shared else 1_000_000)
    monkeypatch.setattr(rebuild_lives, "__defaults__", (SIZE,))
    before = await shown(province)
    assert len(before["battery"]) == LIVES

    await province.record.execute(f"TRUNCATE {', '.join(ALL)}, unsettled, projection")
    await province.follow()

    after = await shown(province)
    differ = {t: (set(before[t]) - set(after[t]), set(after[t]) - set(before[t])) for t in ALL}
    assert {t: d for t, d in differ.items() if any(d)} == {}


async def test_no_reader_sees_a_half_list(
    province: Views, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_lives, "__defaults__", (1,))
    new = tuple((await province.record.rows(SNAPSHOT))[0])
    await province.record.execute(OLDER)
    old = tuple((await province.record.rows(SNAPSHOT))[0])
    assert all(one != other for one, other in zip(old, new, strict=True))
    seen: list[tuple[Any, ...]] = []

    over = asyncio.Event()

    async def read() -> None:
        connection = await asyncpg.connect(database)
        while not over.is_set() or seen[-1] == old:
            [moment] = await connection.fetch(SNAPSHOT)
            seen.append(tuple(moment))
        await connection.close()

    async def report() -> None:
        for number in range(LIVES + 1, LIVES + 4):
            await province.record.send(produced(pack(number)), MAKER)

    reading = asyncio.create_task(read())
    await asyncio.gather(province.projector.rebuild(), report())
    over.set()
    await asyncio.wait_for(reading, 10)

    assert seen.count(old) > 5
    assert set(map(str, seen)) == {str(old), str(new)}
    await province.follow()
    assert len(await province.batteries()) == LIVES + 3


async def test_a_rebuild_that_is_cut_leaves_everything_as_it_was_and_begins_again(
    province: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_lives, "__defaults__", (1,))
    new = await shown(province)
    await province.record.execute(OLDER)
    old = await shown(province)

    cut = asyncio.create_task(province.projector.rebuild())
    while not await province.record.rows("SELECT FROM rebuilt_battery"):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await province.record.rows(f"SELECT pg_terminate_backend(pid) FROM ({HOLDERS}) h")  # noqa: S608
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await cut

    assert await shown(province) == old
    await province.follow()
    assert await shown(province) == new


async def test_what_breaks_while_rows_change_places_changes_none(
    province: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    await province.record.execute(OLDER)
    old = await shown(province)

    async def broken(*_: object) -> None:
        msg = "in the middle of it"
        raise ConnectionError(msg)

    with monkeypatch.context() as breaking:
        breaking.setattr(runner, "put_in_place", _then(put_in_place, broken))
        with pytest.raises(ConnectionError, match="in the middle"):
            await province.projector.rebuild()

    assert await shown(province) == old


def _then(first: Any, second: Any) -> Any:
    async def both(*arguments: object) -> None:
        await first(*arguments)
        await second(*arguments)

    return both


async def test_a_finding_that_goes_on_under_another_name_keeps_its_time(views: Views) -> None:
    await views.record.send(collected("tmp:1-2"), OUTLET)
    await views.follow()
    [before] = await views.findings(code="unknown_origin")
    await views.record.send(identified("tmp:1-2", pack(40)), OUTLET)
    await views.sequencer.drain()

    await views.projector.rebuild()

    [after] = await views.findings(code="unknown_origin")
    assert (after.battery, after.opened_at) == (pack(40), before.opened_at)
    assert len(await views.record.rows("SELECT FROM finding WHERE code = 'unknown_origin'")) == 1


async def test_what_began_after_the_end_of_a_rebuild_stays(province: Views, database: str) -> None:
    before = await shown(province)
    rows = await province.record.rows("SELECT max(log_index) AS last FROM log_entry")
    await province.record.send(produced(pack(50)), MAKER)
    await province.follow()
    law = Law(province.record.registry[-1], RULES, working_calendar())
    now = Now(law, province.record.clock.now_us(), rows[0]["last"] + 1, None)

    connection, reader = await connect(database), await connect(database)
    await rebuild_lives(database, connection, reader, now, SIZE)
    async with connection.transaction():
        await put_in_place(connection, now)
    await connection.close()
    await reader.close()

    assert len(await province.batteries()) == LIVES + 1
    assert len((await shown(province))["obligation"]) == len(before["obligation"]) + len(
        await province.record.rows("SELECT FROM obligation WHERE battery = $1", pack(50))
    )
