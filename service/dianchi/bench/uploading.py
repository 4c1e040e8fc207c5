"""Files: committed by the worker, against the same rows from memory; and who waits meanwhile.

A file is announced, sent and read before its window begins: what is measured is the commit. Others
report one by one at a steady rate, once while nothing else is going on and once beside a file.
"""

import asyncio
import contextlib
import http.client
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from dianchi.bench import material, processes
from dianchi.bench.client import NotServedError, post
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample, waits_ms
from dianchi.bench.helper import Helper
from dianchi.bench.over_http import OverHttp
from dianchi.bench.pacing import steady
from dianchi.uploads.files import PART_BYTES

FIRST: Final = 6_500_000
"""Where the packs that are born by files begin."""
BATCH: Final = 10_000
"""Rows of one batch from memory."""
RATE: Final = 100.0
"""Reports a second of those who wait meanwhile."""
_SHARE: Final = 50
"""Of so many rows of a file, one report of others."""
_LOOK_S: Final = 0.1
_MIB: Final = 2**20
_BORN: Final = "maker"


class Files:
    """Windows of files over HTTP. Every pack is reported once in a run."""

    def __init__(self, field: Field, over: OverHttp, others: Helper) -> None:
        self._field = field
        self._over = over
        self._others = others
        self._author = material.Author(13)
        self._next = FIRST
        self._key = over.running.keys[_BORN]
        self._idle: int | None = None
        """Bytes before the first file, all else at work: what works on files is not there."""

    async def from_memory(self) -> Sample:
        """The rows in batches of 10,000 at most, one after the other."""
        rows = self._rows(self._field.scale.filed)
        some = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        bodies = [b"[%b]" % b",".join(each) for each in some]
        requests = [post("/v1/events/batch", self._key, body) for body in bodies]
        return (await self._over.window(requests, 1, len(rows)))[0]

    async def from_file(self) -> Sample:
        """The same number of rows as a file of NDJSON, committed by the worker."""
        count = self._field.scale.filed
        if self._idle is None:
            await self._field.settle()
            self._idle = self._memory()
        began = time.perf_counter()
        upload = await self._read(self._rows(count))
        sent_s = time.perf_counter() - began
        await self._field.settle()
        running = self._over.running
        server, worker, meter = running.server_us, running.worker_us, self._field.meter()
        async with self._watched() as highest:
            seconds = await self._committed(upload, count)
        sample = meter.sample(count)
        other = {
            "worker_us": (running.worker_us - worker) / count,
            "above_idle_mib": (highest[0] - self._idle) / _MIB,
            "read_per_s": count / sent_s,
        }
        python = (running.server_us - server) / count
        return replace(sample, seconds=seconds, python_us=python, other=other)

    async def quiet(self) -> Sample:
        """Single reports at a steady rate while nothing else is going on."""
        return await self._steady(self._posts())

    async def beside(self) -> Sample:
        """The same while a file is committed, from its beginning on."""
        count = self._field.scale.filed
        posts, upload = self._posts(), await self._read(self._rows(count))
        await self._field.settle()
        committing = asyncio.create_task(self._committed(upload, count))
        sample = await self._steady(posts)
        if committing.done():
            self._field.say("the file was committed before the others had reported")
        await committing
        return sample

    def _posts(self) -> list[bytes]:
        rows = self._rows(max(self._field.scale.filed // _SHARE, 1))
        return [post("/v1/events", self._key, row) for row in rows]

    async def _steady(self, posts: Sequence[bytes]) -> Sample:
        meter = self._field.meter()
        port = self._over.running.port
        waits = await asyncio.to_thread(self._others.call, steady, port, posts, RATE)
        p50, p99 = waits_ms(waits)
        return replace(meter.sample(len(posts)), p50_ms=p50, p99_ms=p99)

    def _rows(self, count: int) -> list[bytes]:
        first, self._next = self._next, self._next + count
        raws = material.births(self._author, first, count)
        return [json.dumps(raw, separators=(",", ":")).encode() for _, raw in raws]

    async def _read(self, rows: Sequence[bytes]) -> str:
        """The id of a file that is sent and read."""
        body = b"\n".join(rows)
        told = {
            "name": "rows.ndjson",
            "size": len(body),
            "sha256": sha256(body).hexdigest(),
            "type": "reports",
        }
        upload = str((await self._ask("POST", "", json.dumps(told).encode()))["id"])
        for number, at in enumerate(range(0, len(body), PART_BYTES)):
            part = body[at : at + PART_BYTES]
            digest = sha256(part).hexdigest()
            await self._ask("PUT", f"/{upload}/parts/{number}?sha256={digest}", part)
        await self._until(upload, "read")
        return upload

    async def _committed(self, upload: str, count: int) -> float:
        """Commits a file; the seconds from the request to its end, by one clock."""
        began = time.time()
        await self._ask("POST", f"/{upload}/commit", b"{}")
        shown = await self._until(upload, "committed")
        if shown["committed"]["accepted"] != count:
            raise NotServedError(f"{shown['committed']} of {count} rows")
        return datetime.fromisoformat(shown["ended_at"]).timestamp() - began

    async def _until(self, upload: str, state: str) -> dict[str, Any]:
        while True:
            shown = await self._ask("GET", f"/{upload}")
            if shown["state"] == state:
                return shown
            if shown["state"] == "failed":
                raise NotServedError(str(shown["problem"]))
            await asyncio.sleep(_LOOK_S)

    async def _ask(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        return await asyncio.to_thread(self._asked, method, path, body)

    def _asked(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._over.running.port, timeout=60)
        kind = "application/octet-stream" if method == "PUT" else "application/json"
        headers = {"authorization": f"Bearer {self._key}", "content-type": kind}
        try:
            connection.request(method, f"/v1/uploads{path}", body, headers)
            answer = connection.getresponse()
            told = answer.read()
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise NotServedError(told[-600:].decode(errors="replace"))
        return dict(json.loads(told))

    def _memory(self) -> int:
        """Bytes in memory of the worker with what it started to work on files."""
        return sum(map(processes.resident, processes.children(self._over.running.pid)))

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[list[int]]:
        """The most memory that it took at one look of many."""
        highest = [self._memory()]

        async def look() -> None:
            while True:
                await asyncio.sleep(_LOOK_S / 2)
                highest[0] = max(highest[0], self._memory())

        looking = asyncio.create_task(look())
        try:
            yield highest
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking
