"""The service over HTTP: single reports, batches, histories."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from dianchi.bench import material
from dianchi.bench.client import Driven, NotServedError, drive, get, post
from dianchi.bench.field import Field
from dianchi.bench.figures import Sample, waits_ms
from dianchi.bench.helper import Helper
from dianchi.bench.raw import IN_FLIGHT
from dianchi.bench.service import Running

BIRTHS: Final = 6_000_000
"""Where the packs that are born over HTTP begin."""


class OverHttp:
    """Windows over HTTP. As in process, every pack is reported once in a run."""

    def __init__(self, field: Field, client: Helper, running: Running, first: int) -> None:
        self._field = field
        self.client = client
        self.running = running
        self._author = material.Author(11)
        self._next_existing = first
        self._next_birth = BIRTHS

    async def existing(self, count: int | None = None) -> Sample:
        """A mix of types from five keys, each report about another pack on record."""
        count, first = count or self._field.scale.singles, self._next_existing
        self._next_existing += count
        return await self._singles(material.existing(self._author, first, count))

    async def births(self) -> Sample:
        """New packs."""
        count, first = self._field.scale.singles, self._next_birth
        self._next_birth += count
        return await self._singles(material.births(self._author, first, count))

    def new_packs(self, count: int) -> list[tuple[str, bytes]]:
        """So many births that were not reported yet: the id of each, and its request."""
        raws = [raw for _, raw in material.births(self._author, self._next_birth, count)]
        self._next_birth += count
        key = self.running.keys["maker"]
        return [(raw["event_id"], post("/v1/events", key, _json(raw))) for raw in raws]

    async def batch(self) -> Sample:
        """One request with a batch of births."""
        count, first = self._field.scale.batch, self._next_birth
        self._next_birth += count
        rows = [raw for _, raw in material.births(self._author, first, count)]
        request = post("/v1/events/batch", self.running.keys["maker"], _json(rows))
        sample, driven = await self.window([request], 1, count)
        accepted = json.loads(driven.body)["accepted"]
        if accepted != count:
            raise NotServedError(f"{accepted} of {count} rows were accepted")
        return sample

    async def window(
        self, requests: Sequence[bytes], connections: int, count: int
    ) -> tuple[Sample, Driven]:
        """Drives the service; CPU of the server, the worker and the generator apart."""
        running = self.running
        server, worker = running.server_us, running.worker_us
        meter = self._field.meter()
        driven = await asyncio.to_thread(
            self.client.call, drive, running.port, requests, connections
        )
        sample = meter.sample(count)
        driven.must_succeed()
        p50, p99 = waits_ms(driven.waits_s)
        other = {
            "worker_us": (running.worker_us - worker) / count,
            "client_us": driven.cpu_us / count,
        }
        return replace(
            sample,
            seconds=driven.seconds,
            p50_ms=p50,
            p99_ms=p99,
            other=other,
            python_us=(running.server_us - server) / count,
        ), driven

    async def _singles(self, raws: Iterable[tuple[str, material.Raw]]) -> Sample:
        keys = self.running.keys
        requests = [post("/v1/events", keys[role], _json(raw)) for role, raw in raws]
        return (await self.window(requests, IN_FLIGHT, len(requests)))[0]


class Histories:
    """Windows of histories of a hundred events, from the service or from memory."""

    def __init__(self, over: OverHttp, paths: Sequence[str], key: str, count: int) -> None:
        self._over = over
        self._requests = [get(paths[n % len(paths)], key) for n in range(count)]

    async def window(self) -> Sample:
        """One window."""
        return (await self._over.window(self._requests, IN_FLIGHT, len(self._requests)))[0]


def _json(value: Any) -> bytes:  # noqa: ANN401 - a report or rows of them
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
