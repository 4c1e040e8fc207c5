"""The drill: a stolen key is revoked under load, at one of two services over one database."""

import asyncio
import os
import time
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import uuid4

import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key, key_id
from support.api import ENROLLED, Api, api_over, code

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
SECONDS: Final = float(os.environ.get("DIANCHI_DRILL_SECONDS") or 1)
CLIENTS: Final = 8
WITHIN_S: Final = 5.0
AFTER_S: Final = 0.5
# Each its own: what late reports of one long life cost is another question.
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with one key: when it was sent, and what it was answered."""

    key: str
    sent: float
    status: int


class Drill:
    """Clients that report and read with a key until they are told to stop."""

    def __init__(self, services: list[Api]) -> None:
        self.services = services
        self.asked: list[Asked] = []
        self.until = float("inf")

    async def client(self, key: str, number: int) -> None:
        turn = number
        while time.monotonic() < self.until:
            api = self.services[turn % len(self.services)]
            turn += 1
            sent = time.monotonic()
            status = await (report if turn % 4 < 2 else read)(api, key)
            self.asked.append(Asked(key, sent, status))
            await asyncio.sleep(0.005)

    def of(self, key: str, since: float, before: float) -> set[int]:
        """What requests with a key that were sent in this time were answered."""
        return {one.status for one in self.asked if one.key == key and since <= one.sent < before}


async def report(api: Api, key: str) -> int:
    body = {
        "event_id": str(uuid4()),
        "type": "inspected",
        "battery": code(next(NUMBERS)),
        "occurred_at": "2026-01-02",
        "data": {"soh_percent": "90"},
    }
    headers = {"authorization": f"Bearer {key}"}
    return (await api.http.post("/v1/events", json=body, headers=headers)).status_code


async def read(api: Api, key: str) -> int:
    headers = {"authorization": f"Bearer {key}"}
    return (await api.http.get("/v1/me", headers=headers)).status_code


async def new_key(api: Api) -> str:
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment("示范outlet"), ENROLLED)
        return await add_key(session, api.services.ring, row.id, KeyTerms("outlet"), ENROLLED)


@pytest.mark.drill
async def test_a_stolen_key_is_accepted_nowhere_after_five_seconds(database: str) -> None:
    async with api_over(database) as one, api_over(database) as other:
        stolen, kept = await new_key(one), await new_key(one)
        drill = Drill([one, other])
        using = [stolen] * CLIENTS + [kept] * 2
        clients = [asyncio.create_task(drill.client(key, n)) for n, key in enumerate(using)]
        await asyncio.sleep(SECONDS)

        asked = time.monotonic()
        answer = await one.http.post(
            f"/v1/keys/{key_id(one.services.ring.digest(stolen))}/revoke",
            json={"reason": "被盗"},
            headers=await one.headers("regulator"),
        )
        answered = time.monotonic()
        drill.until = answered + WITHIN_S + AFTER_S
        await asyncio.gather(*clients)

        assert answer.status_code == 200, answer.text
        end = float("inf")
        assert drill.of(stolen, 0, asked) <= {200, 201}
        assert {200, 201} <= drill.of(stolen, 0, end)
        assert drill.of(stolen, answered + WITHIN_S, end) == {401}
        assert drill.of(kept, 0, asked) == {200, 201}
        assert drill.of(kept, answered + WITHIN_S, end) == {200, 201}
        assert drill.of(kept, 0, end) == {200, 201}
