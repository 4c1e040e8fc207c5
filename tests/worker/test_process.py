"""The worker as a process: it follows the log, ends with its parent, outlives lost connections."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from dianchi.worker.process import REFUSED, _kept_up
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.memory import Memory
from support.record import Record, recording
from support.reports import pack, produced

BODY = "import sys; from dianchi.worker.process import run_worker; run_worker(None, sys.argv[1])"
SIGNING = """
import sys
from pathlib import Path
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.signer import FileSigner
from dianchi.worker.process import run_worker
folder = Path(sys.argv[2])
signer = FileSigner(folder, "t.ynbat.cn/log", [bytes(32)])
sys.exit(run_worker(Publisher(signer, CheckpointFile(folder)), sys.argv[1]))
"""
LISTED = "SELECT count(*) FROM battery"
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')
"""


@pytest.fixture
async def record(database: str) -> AsyncIterator[Record]:
    async with recording(database) as made:
        yield made


@pytest.fixture
def worker(database: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", BODY, database], stdin=subprocess.PIPE)
    yield child
    child.kill()
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


async def shown(record: Record, count: int) -> None:
    """Waits until so many batteries are listed."""
    deadline = time.monotonic() + 90  # a busy machine imports for half a minute
    while await record.readers.fetchval(LISTED) < count:
        assert time.monotonic() < deadline, "the views did not follow"
        await asyncio.sleep(0.05)


async def test_what_is_reported_is_listed_until_the_parent_is_gone(
    record: Record, worker: subprocess.Popen[bytes]
) -> None:
    await record.send(produced(pack(1)))
    await shown(record, 1)

    worker.send_signal(signal.SIGINT)  # Ctrl-C reaches the whole group; the parent decides
    await record.send(produced(pack(2)))
    await shown(record, 2)

    assert worker.stdin is not None
    worker.stdin.close()
    assert await asyncio.to_thread(worker.wait, 20) == 0


async def test_sigterm_ends_it(record: Record, worker: subprocess.Popen[bytes]) -> None:
    await record.send(produced(pack(1)))
    await shown(record, 1)
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 20) == 0


async def test_it_goes_on_after_its_connections_were_cut(
    record: Record, worker: subprocess.Popen[bytes]
) -> None:
    await record.send(produced(pack(1)))
    await shown(record, 1)

    assert await record.admin.fetchval(CUT) == 2
    await record.send(produced(pack(2)))

    await shown(record, 2)
    assert worker.poll() is None


async def test_a_connection_cut_while_it_commits_ends_nothing() -> None:
    turns: list[None] = []

    async def run() -> None:
        turns.append(None)
        if len(turns) == 1:
            raise asyncpg.InternalClientError("cannot switch to state 15")
        await asyncio.Event().wait()

    kept = asyncio.create_task(_kept_up("projector", run))
    while len(turns) < 2:
        assert not kept.done(), kept
        await asyncio.sleep(0.05)
    kept.cancel()


async def test_a_log_that_must_not_be_continued_ends_it_for_good(
    record: Record, database: str, data_dir: Path
) -> None:
    """The server does not start it again, and stops too."""
    with Memory(data_dir / "log-signer.json").changed() as seen:
        seen["t.ynbat.cn/log"] = Checkpoint("t.ynbat.cn/log", 5, bytes(32))
    await record.send(produced(pack(1)))
    command = [sys.executable, "-c", SIGNING, database, str(data_dir)]
    with subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as child:
        assert await asyncio.to_thread(child.wait, 60) == REFUSED
        assert child.stdout is not None
        assert b"a checkpoint of 5 events" in child.stdout.read()
    assert await record.count("log_entry") == 0
