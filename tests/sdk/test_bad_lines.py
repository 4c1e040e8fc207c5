"""The drill: over a line that resets, stalls, cuts and repeats, N reports become N events."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from dianchi_client import AsyncClient, Client, Retries, Row, Tally
from support.faulty import Faulty
from support.process import Service
from support.sources import recorded, sets

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
WHOLE: Final = "DIANCHI_DRILL_SECONDS" in os.environ
MANY: Final = 100_000 if WHOLE else 1_500
ROWS: Final = 500 if WHOLE else 40
PATIENT: Final = Retries(total_s=600, first_s=0.01, cap_s=0.05)
TRY_S: Final = 10.0 if WHOLE else 1.0
"""How long a try may take: a stalled one is given up after that."""
RUN: Final = """
import sys
sys.path[:0] = {path!r}
from dianchi_client import Client
from support.sources import sets
def tell(rows, tally):
    print(tally.total, flush=True)
with Client({url!r}, {key!r}) as client:
    client.report_many(sets("K", {count}), journal={journal!r}, most=25, tell=tell)
"""


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_many_reports_over_a_bad_line_become_as_many_events(
    service: Service, key: str, sdk_data_dir: Path
) -> None:
    told: list[Row] = []

    with (
        Faulty(service.port, seed=3) as line,
        Client(line.url, key, retries=PATIENT, timeout_s=TRY_S) as client,
    ):
        tally = client.report_many(
            sets("M", MANY), most=ROWS, tell=lambda rows, _: told.extend(rows)
        )

    assert (tally.total, tally.refused) == (MANY, 0)
    assert [row.place for row in told] == list(range(1, MANY + 1))
    assert recorded(sdk_data_dir, "M") == (MANY, MANY)
    assert line.met.keys() >= set(Faulty.KINDS)
    # What a broken answer told of was recorded before: the service itself says so.
    assert tally.duplicate > 0


@pytest.mark.drill
@pytest.mark.timeout(3600)
async def test_single_reports_of_many_tasks_over_a_bad_line_become_as_many_events(
    service: Service, key: str, sdk_data_dir: Path
) -> None:
    count = 2_000 if WHOLE else 72
    reports = sets("S", count)
    ids: list[str] = []

    async def work(client: AsyncClient) -> None:
        for report in reports:
            answer = await client.report(report)
            ids.append(answer["event_id"])

    with Faulty(service.port, seed=4) as line:
        async with AsyncClient(line.url, key, retries=PATIENT, timeout_s=TRY_S) as client:
            await asyncio.gather(*(work(client) for _ in range(8)))

    assert len(set(ids)) == count
    assert recorded(sdk_data_dir, "S") == (count, count)
    assert line.met.keys() >= set(Faulty.KINDS)


def test_a_client_killed_in_the_middle_goes_on_by_its_journal(
    service: Service, key: str, sdk_data_dir: Path, tmp_path: Path
) -> None:
    count, journal = 1_000, tmp_path / "run.journal"
    code = RUN.format(path=sys.path, url=service.url, key=key, journal=str(journal), count=count)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        while int(run.stdout.readline() or count) < count // 4:
            pass
        run.send_signal(signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL
    events, _ = recorded(sdk_data_dir, "K")
    assert count // 4 <= events < count

    with Client(service.url, key) as client:
        tally = client.report_many(sets("K", count), journal=journal)

    assert recorded(sdk_data_dir, "K") == (count, count)
    assert (tally.recorded, tally.refused) == (count, 0)
    # Only the batch that was under way may have been sent twice.
    assert tally.before >= count // 4
    assert tally.duplicate <= 25
    with Client(service.url, key) as client:
        assert client.report_many(sets("K", count), journal=journal) == Tally(before=count)
