"""A worker that is killed in the middle of a file: another goes on, and every row counts once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from dianchi.uploads import reading, working
from support.api import Api, api_over, code
from support.sheets import table
from support.uploads import Firm, tallies, working_on

ROWS: Final = 20_000 if "DIANCHI_DRILL_SECONDS" in os.environ else 8_000
COLUMNS: Final = ("电池编码", "退役日期", "退役原因")
BODY: Final = """
import functools, sys
from dianchi.cli.filing import turns_at_files
from dianchi.worker.filing import run_files
from support.uploads import settings_over
run_files(functools.partial(turns_at_files, settings_over(sys.argv[1], sys.argv[2]), sys.argv[1]))
"""
DONE: Final = "SELECT done, lease_by IS NOT NULL AS held FROM upload WHERE state = 'committing'"
SILENT: Final = "UPDATE upload SET lease_until = clock_timestamp() - interval '1 second'"
EVENTS: Final = "SELECT count(*), count(DISTINCT stream_id) FROM event"


@pytest.fixture
async def firm(database: str) -> AsyncIterator[Firm]:
    async with api_over(database) as api, working_on(database) as runner:
        yield Firm(api, runner)


def sets(count: int) -> bytes:
    """A file in which every tenth row stands twice."""
    rows = [[code(n), "2026-06-01", "容量不足"] for n in range(1, count + 1)]
    return table([*rows, *rows[::10]], COLUMNS)


async def killed_at(api: Api, dsn: str, folder: Path, rows: int) -> None:
    """A worker of its own process that ends by SIGKILL once so many rows are done."""
    child = subprocess.Popen(  # noqa: ASYNC220 - it is to be killed by its id
        [sys.executable, "-c", BODY, dsn, str(folder)],
        env=os.environ | {"PYTHONPATH": "tests"},
        stdin=subprocess.PIPE,
    )
    try:
        while True:
            found = await api.look(DONE)
            if found and found[0]["held"] and found[0]["done"] >= rows:
                return
            assert child.poll() is None
            await asyncio.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        await asyncio.to_thread(child.communicate)


@pytest.mark.drill
async def test_another_worker_finishes_what_a_killed_one_began(
    firm: Firm, database: str, tmp_path: Path
) -> None:
    upload = await firm.send(sets(ROWS))
    await firm.ask("POST", f"/{upload}/commit", json={})
    await killed_at(firm.api, database, tmp_path, ROWS * 4 // 10)
    assert await firm.runner.once() is False, "it was taken from somebody who may still be at it"

    await firm.api.look(SILENT)
    await firm.work()

    done = await firm.shown(upload)
    assert (done["state"], done["done"]) == ("committed", done["rows"])
    assert tallies(done, "committed") == {"accepted": ROWS, "duplicate": -(-ROWS // 10)}
    assert tuple((await firm.api.look(EVENTS))[0]) == (ROWS, ROWS)


@pytest.mark.parametrize("rows", [500, 5], ids=["one slice", "slices taken one by one, then four"])
async def test_what_a_killed_worker_recorded_and_did_not_note_counts_as_recorded(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(reading, "SLICE", rows)
    upload = await firm.send(sets(20))
    await firm.ask("POST", f"/{upload}/commit", json={})
    claim = working._claim

    async def die(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(working, "_claim", die)
    with monkeypatch.context() as other:
        other.setattr(working, "AT_ONCE", 1)
        with pytest.raises(ConnectionError):
            await firm.runner.once()
    monkeypatch.setattr(working, "_claim", claim)
    # The next are under way while the results of these are kept.
    assert (await firm.api.look(EVENTS))[0][0] == min(2 * rows, 20)
    await firm.work()

    assert tallies(await firm.shown(upload), "committed") == {"accepted": 20, "duplicate": 2}


@pytest.mark.parametrize("error", [ValueError("a bug"), asyncpg.DataError("a value")])
async def test_a_file_that_the_service_cannot_work_on_ends_alone(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    upload = await firm.send(sets(3))
    await firm.ask("POST", f"/{upload}/commit", json={})

    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(working.Work, "turn", fail)
    await firm.work()
    shown = await firm.shown(upload)

    assert (shown["state"], shown["problem"]["errors"][0]["code"]) == ("failed", "internal_error")


async def test_a_worker_that_lost_its_turn_writes_nothing_more(firm: Firm) -> None:
    upload = await firm.send(sets(20))
    await firm.ask("POST", f"/{upload}/commit", json={})
    batch = firm.runner._record.recorder.batch

    async def slow(*asked: object) -> object:
        await firm.api.look("UPDATE upload SET lease_by = gen_random_uuid()")
        return await batch(*asked)  # type: ignore[arg-type] # as it was asked

    firm.runner._record.recorder.batch = slow  # type: ignore[method-assign,assignment] # for one turn
    assert await firm.runner.once() is True
    firm.runner._record.recorder.batch = batch  # type: ignore[method-assign] # as before
    assert (await firm.shown(upload))["done"] == 0

    await firm.api.look(SILENT)
    await firm.work()
    assert tallies(await firm.shown(upload), "committed") == {"accepted": 20, "duplicate": 2}
