"""What the ledger costs: one server with nobody behind it, with the log, with the whole worker.

Who follows is started for each window in a process of its own, at the priority of the worker, and
is given what waits before the window begins.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import asyncpg

from dianchi.bench.client import get
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample, waits_ms
from dianchi.bench.helper import Helper
from dianchi.bench.over_http import OverHttp
from dianchi.bench.pacing import EVERY, pace
from dianchi.bench.processes import cpu_us
from dianchi.bench.service import unfollowed
from dianchi.bench.watching import watching
from dianchi.ledger.fsck import Wanted, fsck
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.signer import FileSigner
from dianchi.settings import LogIdentity, Settings, log_identity
from dianchi.worker.process import run_worker
from dianchi_client.note import SigningKey
from dianchi_client.policy import Policy
from dianchi_client.verify import verify

LOAD: Final = 0.6
"""At which part of the highest rate receipts are waited for."""
_LOOK_S: Final = 0.05
_WAITING: Final = "SELECT EXISTS (SELECT FROM outbox)"
_HELD: Final = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


class Followed:
    """Windows of one server that others follow, or nobody does."""

    def __init__(
        self, field: Field, over: OverHttp, settings: Settings, watch: asyncpg.Connection
    ) -> None:
        self._field = field
        self._over = over
        self._settings = settings
        self._watch = watch
        # Three contenders share the packs.
        self._count = max(field.scale.singles // 2, 1)

    async def alone(self) -> Sample:
        """Nobody follows: what is recorded waits."""
        return await self._over.existing(self._count)

    async def logged(self) -> Sample:
        """Placed, hashed and signed meanwhile."""
        return await self._beside(views=False)

    async def followed(self) -> Sample:
        """The whole worker: the views, too."""
        return await self._beside(views=True)

    async def _beside(self, *, views: bool) -> Sample:
        async with self._following(views=views) as pid:
            before = cpu_us([pid])
            sample = await self._over.existing(self._count)
            used = (cpu_us([pid]) - before) / sample.count
        return replace(sample, other=sample.other | {"worker_us": used})

    async def receipts(self, rate: float) -> Sample:
        """Seconds from the answer to a report until its receipt, which is then verified.

        And `seen_p99_ms`: until the views showed it.
        """
        told = self._over.new_packs(self._field.scale.singles)
        key = self._over.running.keys["maker"]
        asks = [get(f"/v1/events/{event_id}/receipt", key) for event_id, _ in told]
        posts = [request for _, request in told]
        dsn = self._settings.database_url
        async with self._following(views=True), watching(dsn) as watch:
            meter = self._field.meter()
            port = self._over.running.port
            paced = await asyncio.to_thread(self._over.client.call, pace, port, posts, asks, rate)
            sample = meter.sample(len(posts), paced.waits_s)
            _, seen_ms = waits_ms(await watch.lags_s([each for each, _ in told], paced.answered))
        for place, receipt in paced.receipts.items():
            self._must_verify(told[place][0], receipt)
        if len(paced.receipts) != -(-len(posts) // EVERY):
            raise AssertionError("not every receipt that was waited for came")
        return replace(sample, seconds=paced.seconds, other={"seen_p99_ms": seen_ms or 0.0})

    def _must_verify(self, event_id: str, receipt: bytes) -> None:
        _, leaf = self._over.running.ask(f"/v1/events/{event_id}?representation=leaf")
        identity = _identity(self._settings)
        keys = [str(SigningKey(identity.origin, seed).verifier) for seed in identity.seeds]
        verify(receipt, leaf, Policy.of_keys(keys), int(time.time()))

    async def fsck(self) -> Sample:
        """Every event read again and hashed."""
        identity = _identity(self._settings)
        signer, file = _signer(self._settings)
        keys = [SigningKey(identity.origin, seed).verifier for seed in identity.seeds]
        wanted = Wanted(identity.origin, keys, file, signer.last())
        meter = self._field.meter()
        found = await fsck(self._settings.database_url, wanted, lambda *_: None)
        sample = meter.sample(found.events)
        if found.faults:
            raise AssertionError(found.faults)
        return sample

    @asynccontextmanager
    async def _following(self, *, views: bool) -> AsyncIterator[int]:
        """A process that follows, once it has caught up; ended as by kill -9."""
        with Helper() as helper:
            helper.begin(_follow, self._settings, views=views)
            while await self._behind(views=views):  # noqa: ASYNC110 - another process
                await asyncio.sleep(_LOOK_S)
            self._field.beside.append(helper.pid)
            try:
                await self._field.settle()
                yield helper.pid
            finally:
                self._field.beside.remove(helper.pid)

    async def _behind(self, *, views: bool) -> bool:
        if await self._watch.fetchval(_HELD) < 1 + views:
            return True
        return bool(await self._watch.fetchval(_WAITING))


@asynccontextmanager
async def following(field: Field, dsn: str) -> AsyncIterator[Followed]:
    """The server over a database, and a generator to drive it."""
    field.say("starting the server without its worker")
    watch = await asyncpg.connect(dsn)
    try:
        async with unfollowed(dsn, field.folder) as (running, settings):
            field.beside.append(running.pid)
            with Helper() as client:
                yield Followed(field, OverHttp(field, client, running, 0), settings, watch)
            field.beside.remove(running.pid)
    finally:
        await watch.close()


def _identity(settings: Settings) -> LogIdentity:
    identity = log_identity(settings)
    assert identity is not None  # noqa: S101 - the run gave a key
    return identity


def _signer(settings: Settings) -> tuple[FileSigner, CheckpointFile]:
    identity = _identity(settings)
    signer = FileSigner(settings.data_dir, identity.origin, identity.seeds)
    return signer, CheckpointFile(settings.data_dir)


def _follow(settings: Settings, *, views: bool) -> None:
    publisher = Publisher(*_signer(settings))
    if views:
        run_worker(publisher, settings.database_url)
        return
    os.nice(19)
    asyncio.run(Sequencer(settings.database_url, publisher=publisher).run())
