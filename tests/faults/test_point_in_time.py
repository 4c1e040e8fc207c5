"""A backup with its WAL, restored to a point in time: proven whole, or refused if it ends early.

Done with the programs that come with the service, as docs/how-to/operate-the-log.md tells it.
"""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from dianchi.cli.log import guard_log, publisher, wanted_log
from dianchi.ledger.errors import LogError
from dianchi.ledger.fsck import fsck
from dianchi.ledger.published import PublishedLog
from dianchi.ledger.sequencer import Sequencer
from dianchi.store.cluster import Cluster
from dianchi.store.home import SUPERUSER, open_home
from dianchi.store.migrate import migrate
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.tree import verify_consistency
from support.logs import ORIGIN
from support.mortal import settings_of
from support.record import recording
from support.reports import OUTLET, inspected, pack

ARCHIVING: Final = """
ALTER SYSTEM SET archive_mode = on;
ALTER SYSTEM SET archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f';
"""
ARCHIVED: Final = """
SELECT last_archived_wal >= '{0}' FROM pg_stat_archiver WHERE last_archived_wal IS NOT NULL
"""
RESTORING: Final = """
restore_command = 'cp {archive}/%f "%p"'
recovery_target_timeline = 'current'
archive_mode = off
"""


async def reported(dsn: str, log: Path, count: int) -> Checkpoint:
    """So many reports, placed and signed; the checkpoint over them."""
    async with recording(dsn) as record:
        rows = [inspected(pack(n % 7), f"2026-03-{1 + n % 28:02}") for n in range(count)]
        await record.batch(rows, OUTLET)
    sequencer = Sequencer(dsn, publisher=publisher(settings_of(dsn, log)))
    await sequencer.drain()
    await sequencer.publish()
    await sequencer.close()
    last = wanted_log(settings_of(dsn, log)).signer
    assert last is not None
    return last


def backed_up(server: Cluster, home_of: Path) -> Path:
    """A base backup of the running server."""
    home = open_home(home_of)
    base = home.root / "base"
    socket = str(server._socket_dir)
    command = ("pg_basebackup", "-D", base, "-h", socket, "-U", SUPERUSER, "-c", "fast")
    done = home.run(*command, secret=home.password)
    assert done.returncode == 0, done.stderr
    verified = home.run("pg_verifybackup", base)
    assert verified.returncode == 0, verified.stderr
    return base


def now_of(server: Cluster) -> str:
    """The server's time; what is committed later is later."""
    at = server.execute("SELECT clock_timestamp()")
    time.sleep(0.01)
    return at


def archive_the_rest(server: Cluster) -> None:
    """Closes the last segment of WAL and waits until it is in the archive."""
    last = server.execute("SELECT pg_walfile_name(pg_switch_wal())")
    deadline = time.monotonic() + 60
    while server.execute(ARCHIVED.format(last)) != "t":
        assert time.monotonic() < deadline, "the last WAL is not archived"
        time.sleep(0.05)


@contextmanager
def restored(base: Path, archive: Path, to: Path, until: str | None = None) -> Iterator[str]:
    """The backup in a new data folder, replayed until a time or to its end; its address."""
    home = open_home(to)
    shutil.copytree(base, home.data)
    shutil.copy(base.parent / "password", home.root / "password")
    told = RESTORING.format(archive=archive)
    if until is not None:
        told += f"recovery_target_time = '{until}'\nrecovery_target_action = 'promote'\n"
    with (home.data / "postgresql.auto.conf").open("a") as settings:
        settings.write(told)
    (home.data / "recovery.signal").touch()
    for path in (home.root / "password", home.data, *home.data.rglob("*")):
        shutil.chown(path, home.account.uid, home.account.gid)
    with Cluster.start(to) as server:
        while server.execute("SELECT pg_is_in_recovery()") == "t":
            time.sleep(0.05)
        yield server.dsn
    shutil.rmtree(to / "postgres")


@pytest.mark.drill
@pytest.mark.timeout(400)
async def test_a_restore_proves_itself_or_is_refused_where_it_ends_before_the_last_checkpoint(
    data_dir: Path,
) -> None:
    log, first_home = data_dir / "log", data_dir / "first"
    for folder in (log, first_home):
        folder.mkdir(mode=0o755)
    archive = open_home(first_home).root / "archive"
    open_home(first_home).account.make_own(archive)
    with Cluster.start(first_home) as server:
        server.execute(ARCHIVING.format(archive=archive))
    with Cluster.start(first_home) as server:
        await asyncio.to_thread(migrate, server.dsn)
        await reported(server.dsn, log, 300)
        base = backed_up(server, first_home)
        early = await reported(server.dsn, log, 30)
        between = now_of(server)
        last = await reported(server.dsn, log, 40)
        archive_the_rest(server)
    kept = (log / "checkpoints.jsonl").read_bytes()

    with restored(base, archive, data_dir / "whole") as dsn:
        await must_be_the_log(dsn, log, early, last)
    with restored(base, archive, data_dir / "early", between) as dsn:
        await must_be_refused(dsn, log, early)

    assert (log / "checkpoints.jsonl").read_bytes() == kept
    assert wanted_log(settings_of("", log)).signer == last


async def must_be_the_log(dsn: str, log: Path, early: Checkpoint, last: Checkpoint) -> None:
    """The guard lets it pass, `fsck` finds nothing, and it continues what was published."""
    settings = settings_of(dsn, log)
    await guard_log(settings, dsn)
    found = await fsck(dsn, wanted_log(settings), lambda *_: None)
    assert (found.faults, found.events, found.root) == ([], last.size, last.root)
    async with recording(dsn) as record:
        proof = await PublishedLog(record.readers, ORIGIN, (), ()).consistency(
            early.size, last.size
        )
    verify_consistency(early.size, last.size, early.root, last.root, proof)


async def must_be_refused(dsn: str, log: Path, early: Checkpoint) -> None:
    """It is whole as far as it goes; nothing is written to it and nothing signed."""
    settings = settings_of(dsn, log)
    with pytest.raises(LogError, match=f"ends at {early.size} events"):
        await guard_log(settings, dsn)
    with pytest.raises(LogError, match=f"ends at {early.size} events"):
        await Sequencer(dsn, publisher=publisher(settings)).open()
    found = await fsck(dsn, wanted_log(settings), lambda *_: None)
    assert (found.events, found.root) == (early.size, early.root)
    assert {fault.code for fault in found.faults} == {"behind", "checkpoint_gone"}
