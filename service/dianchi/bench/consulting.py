"""What an officer of the province asks at the console, one query after the other over HTTP.

The worker of the service makes the views of all that was loaded first, and the officer opens cases;
then nothing is written.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from dianchi.bench import databases
from dianchi.bench.client import Driven, drive, get, post
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample
from dianchi.bench.helper import Helper
from dianchi.bench.questions import QUESTIONS, Question
from dianchi.bench.service import OFFICER, Running, serving
from dianchi.views.runner import VERSION

_P95: Final = 0.95
_PAPERS_EACH: Final = 8
"""Of so many questions one is for a paper, which costs as much as all the others."""
_LOOK_S: Final = 0.5
_CASES: Final = 200
_FOUND: Final = f"/v1/findings?state=open&limit={_CASES}"
_END: Final = "SELECT coalesce(max(log_index) + 1, 0) FROM log_entry"
# By the rules and the registry of now, all of the log, and signed: papers tell of no more.
_SHOWN: Final = """
SELECT EXISTS (SELECT FROM projection WHERE name = 'views' AND version = $1 AND log_index >= $2)
   AND (SELECT count(*) FROM projection WHERE name IN ('rules', 'registry')) = 2
   AND EXISTS (SELECT FROM log_checkpoint WHERE size >= $2)
"""


class Consulting:
    """Windows of all queries."""

    def __init__(self, field: Field, running: Running, client: Helper, lives: int) -> None:
        self._field = field
        self._running = running
        self._client = client
        self._lives = lives
        self._random = random.Random(7)

    async def window(self) -> Sample:
        """Each query some times in a row over one connection; of each the 95th percentile."""
        times = self._field.scale.consulted
        meter, before = self._field.meter(), self._running.server_us
        slow: dict[str, float] = {}
        every: list[float] = []
        for name, question in QUESTIONS.items():
            waits = await self._asked(
                question, -(-times // _PAPERS_EACH) if question.paper else times
            )
            every += waits
            slow[name] = sorted(waits)[int(len(waits) * _P95)] * 1000
        sample = meter.sample(len(every), every)
        python = (self._running.server_us - before) / len(every)
        return Sample(
            sample.count,
            sample.seconds,
            python,
            sample.postgres_us,
            sample.p50_ms,
            sample.p99_ms,
            slow,
        )

    async def _asked(self, question: Question, times: int) -> Sequence[float]:
        key = self._running.keys[OFFICER]
        requests = [question.request(key, self._random, self._lives) for _ in range(times)]
        return (await self._driven(requests)).waits_s

    async def _driven(self, requests: Sequence[bytes]) -> Driven:
        port = self._running.port
        driven: Driven = await asyncio.to_thread(self._client.call, drive, port, requests, 1)
        driven.must_succeed()
        return driven

    async def open_cases(self) -> None:
        """A case of each of the findings that the officer sees first, once."""
        key = self._running.keys[OFFICER]
        page = json.loads((await self._driven([get(_FOUND, key)])).body)
        cases = [{"id": one["id"], "items": [{"finding": one["id"]}]} for one in page["items"]]
        await self._driven([post("/v1/cases", key, json.dumps(one).encode()) for one in cases])
        self._field.say(f"{len(cases)} cases opened")


@asynccontextmanager
async def consulting(field: Field, dsn: str, lives: int) -> AsyncIterator[Consulting]:
    """A service over a loaded database, once its worker has made the views."""
    connection = await asyncpg.connect(dsn)
    try:
        await databases.open_sites(connection)
        async with serving(dsn, field.folder) as running:
            field.beside = [running.pid]
            try:
                await _views_made(field, connection)
                with Helper() as client:
                    officer = Consulting(field, running, client, lives)
                    await officer.open_cases()
                    yield officer
            finally:
                field.beside = []
    finally:
        await connection.close()


async def _views_made(field: Field, connection: asyncpg.Connection) -> None:
    """Waits until the views show all of the log and all of it is signed."""
    end = await connection.fetchval(_END)
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not await connection.fetchval(_SHOWN, VERSION, end):  # noqa: ASYNC110 - rows, all three
        await asyncio.sleep(_LOOK_S)
    took_s = loop.time() - began
    field.say(
        f"views of {end:,} events made in {took_s:.0f} s, {end / max(took_s, _LOOK_S):,.0f}/s"
    )
    # As autovacuum does in its time.
    await connection.execute("VACUUM (ANALYZE)", timeout=3600)
