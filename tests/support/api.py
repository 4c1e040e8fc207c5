"""The service as its users meet it: over HTTP, with keys, on a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.api.app import with_door
from dianchi.api.services import Services
from dianchi.cli.log import publisher
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ports import Clock
from dianchi.settings import Settings, load
from dianchi.store.readers import Readers, open_readers
from dianchi.views.runner import Projector
from dianchi.wiring import application, opened

ENROLLED = datetime(2026, 1, 1, tzinfo=UTC)
VIN = "LSVAA4182E2184847"


@dataclass(slots=True)
class StillClock:
    """A clock that a test moves by hand."""

    at_us: int

    def now_us(self) -> int:
        """UTC microseconds since 1970."""
        return self.at_us


@dataclass(slots=True)
class Api:
    """A client with a key for each role it needed, made on first use."""

    http: httpx.AsyncClient
    services: Services
    dsn: str
    database: Readers
    """The database with all rights, to look into it."""
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    _projector: Projector | None = None
    publisher: Publisher | None = None
    state: State = field(default_factory=State)
    """Of the application: what it serves with may be replaced."""
    app: FastAPI | None = None

    async def key(self, role: str, name: str | None = None) -> str:
        """A key of an organisation of this name (by default named after its role)."""
        name = name or f"示范{role}"
        if (role, name) not in self.keys:
            async with self.services.make_session() as session:
                row = await enrol(session, Enrolment(name, prefecture="530100"), ENROLLED)
                key = await add_key(session, self.services.ring, row.id, KeyTerms(role), ENROLLED)
            await self.services.registry.refresh()
            self.keys[role, name] = key
        return self.keys[role, name]

    async def headers(self, role: str, name: str | None = None, **more: str) -> dict[str, str]:
        """The headers of a request by this role."""
        return {"authorization": f"Bearer {await self.key(role, name)}", **more}

    async def organisation(self, role: str, name: str | None = None) -> str:
        """The id of the organisation behind a key."""
        answer = await self.http.get("/v1/me", headers=await self.headers(role, name))
        return str(answer.json()["organisation"])

    async def post(self, role: str, report: Any, name: str | None = None) -> httpx.Response:
        """Posts one report."""
        return await self.http.post(
            "/v1/events", json=report, headers=await self.headers(role, name)
        )

    async def report(self, role: str, kind: str, when: str, **told: Any) -> dict[str, Any]:
        """Posts a report that must be taken: `battery`, `site`, `by` (a firm) and data members."""
        by = told.pop("by", None)
        body = {"event_id": str(uuid4()), "type": kind, "occurred_at": when}
        body |= {name: told.pop(name) for name in ("battery", "site", "event_id") if name in told}
        answer = await self.post(role, body | {"data": told}, by)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def get(self, path: str, role: str = "regulator", **query: Any) -> Any:
        """Reads something that must be there."""
        answer = await self.http.get(path, params=query, headers=await self.headers(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def look(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        """Looks into the database, or changes it, with all rights."""
        return await self.database.fetch(query, *parameters)

    async def settle(self) -> None:
        """Lets the log and the views catch up with what was reported."""
        sequencer = Sequencer(self.dsn, publisher=self.publisher)
        await sequencer.drain()
        await sequencer.publish()
        await sequencer.close()
        projector = Projector(
            self.dsn,
            self.services.registry.knowing,
            self.services.rules,
            self.services.calendar,
            self.services.clock,
        )
        while await projector.step():
            pass
        await projector.close()


@asynccontextmanager
async def api_over(dsn: str, clock: Clock | None = None, **more: Any) -> AsyncIterator[Api]:
    """The whole service in this process over a migrated database."""
    keys = {
        "vin_key": "11" * 32,
        "key_pepper": "22" * 32,
        "personal_key": "33" * 32,
        "log_key": "01" * 32,
        "token_key": f"{'02' * 32},{'03' * 32}",
    }
    with TemporaryDirectory() as folder:
        settings = load(
            database_url=dsn, data_dir=Path(folder), public_host="t.ynbat.cn", **keys, **more
        )
        async with _api_of(settings, dsn, clock) as api:
            yield api


@asynccontextmanager
async def _api_of(settings: Settings, dsn: str, clock: Clock | None) -> AsyncIterator[Api]:
    async with opened(settings, dsn, clock) as services:
        app = application()
        app.state.services = services
        transport = httpx.ASGITransport(app=with_door(app), raise_app_exceptions=False)
        database = await open_readers(dsn, most=4, role="none")
        async with (
            database,
            httpx.AsyncClient(transport=transport, base_url="http://test") as http,
        ):
            yield Api(
                http,
                services,
                dsn,
                database,
                publisher=publisher(settings),
                state=app.state,
                app=app,
            )


def code(serial: int, *, made: str = "E61", letter: str = "B", vendor: str = "001") -> str:
    """A GB/T 34014 code of a pack: 2024-06-01 unless told otherwise."""
    return f"{vendor}P{letter}1A00DZ5K2{made}{serial:07d}"


def produced(serial: int, **changes: Any) -> dict[str, Any]:
    """A plausible birth report of a 51.5 kWh LFP pack."""
    data = {
        "model": "DC-515",
        "chemistry": "lfp",
        "rated_capacity_ah": "140",
        "rated_energy_kwh": "51.5",
        "nominal_voltage_v": "368",
        "mass_kg": "390",
    }
    return {
        "event_id": str(uuid4()),
        "type": "produced",
        "battery": code(serial),
        "occurred_at": "2024-06-01T10:00:00+08:00",
        "data": data,
    } | changes
