"""A fleet of vehicles, a connection to a stand-in of the national platform, and who pushes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from dianchi.cli.national import pusher
from dianchi.demo.national_platform import Platform
from dianchi.domain.identifiers import vin_check
from dianchi.exchange.national.wire import Credentials
from dianchi.national.pusher import Pusher
from dianchi.ports import Clock
from dianchi.settings import Settings, load
from support.api import Api, StillClock, code, produced

OWNER: Final = "vehicle_maker"
CREDENTIALS: Final = Credentials("L4Tr/S-U", "fJqH4hYBwUf5hft5")
DAY: Final = "2024-06-10"
SECRETS: Final = {"vin_key": "11" * 32, "key_pepper": "22" * 32, "personal_key": "33" * 32}


NOON: Final = int(datetime(2024, 6, 12, 4, tzinfo=UTC).timestamp() * 1e6)
"""UTC microseconds, two days after `DAY`."""


class Moving(StillClock):
    """A clock that tests put forward."""

    def forward(self, **told: float) -> None:
        """Lets so much time pass."""
        self.at_us += timedelta(**told) // timedelta(microseconds=1)


def vin(number: int) -> str:
    """A VIN with the right check digit."""
    raw = f"LSVAA4180E2{number:06d}"
    return raw[:8] + vin_check(raw) + raw[9:]


def fitted(number: int, day: str = DAY, battery: str | None = None) -> dict[str, Any]:
    """The pack of this number was fitted into the vehicle of this number."""
    return {
        "event_id": str(uuid4()),
        "type": "installed",
        "battery": battery or code(number),
        "occurred_at": day,
        "data": {"host": {"kind": "vehicle", "id": vin(number)}},
    }


async def fleet(api: Api, *numbers: int, born: bool = True) -> None:
    """Packs that their maker reported, each fitted into a vehicle."""
    births = [produced(number) for number in numbers] if born else []
    for role, reports in (("maker", births), (OWNER, [fitted(number) for number in numbers])):
        for at in range(0, len(reports), 5_000):
            headers = await api.headers(role)
            told = await api.http.post(
                "/v1/events/batch", json=reports[at : at + 5_000], headers=headers
            )
            assert told.json()["refused"] == 0, told.text[:1000]
    await api.settle()


async def connect(api: Api, url: str, **told: Any) -> dict[str, Any]:
    """The vehicle maker's connection, from the beginning of the log, without a rate to wait for."""
    body = {
        "url": url,
        "after": -1,
        "per_minute": 60_000,
        "credentials": {"token": CREDENTIALS.token, "key": CREDENTIALS.key},
    } | told
    headers = await api.headers(OWNER)
    answer = await api.http.put("/v1/national/connection", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def connection(api: Api) -> Any:
    """How the connection stands."""
    return await api.get("/v1/national/connection", OWNER)


async def items(api: Api, **query: Any) -> Any:
    """Vehicles that are owed."""
    return (await api.get("/v1/national/items", OWNER, **query))["items"]


async def act(api: Api, what: str, **told: Any) -> Any:
    """Does something with the connection or a vehicle."""
    headers = await api.headers(OWNER)
    answer = await api.http.post(f"/v1/national/{what}", json=told or None, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settings_over(dsn: str, folder: str) -> Settings:
    """The settings of a worker beside `api_over`."""
    return load(database_url=dsn, data_dir=Path(folder), webhook_loopback=True, **SECRETS)


@asynccontextmanager
async def pushing(dsn: str, clock: Clock | None = None) -> AsyncIterator[Pusher]:
    """Who pushes, in this process."""
    with TemporaryDirectory() as folder:
        async with pusher(settings_over(dsn, folder), dsn, clock) as made:
            yield made


async def push(api: Api, clock: Clock | None = None, count: int = 1) -> None:
    """Pushes what is due now; several work beside each other, as workers do."""

    async def work() -> None:
        async with pushing(api.dsn, clock) as one:
            await one.work_off()

    await asyncio.gather(*(work() for _ in range(count)))


async def work(api: Api, clock: Moving, **later: float) -> None:
    """Pushes what is due after so much time."""
    # The least of a rate passes in any case.
    clock.forward(seconds=1)
    clock.forward(**later)
    await push(api, clock)


def platform() -> Platform:
    """A platform that issued the credentials."""
    return Platform(CREDENTIALS)
