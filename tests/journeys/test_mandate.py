"""A tower operator has a crew report for it: as far as it said, until it says no more."""

import asyncio
import itertools
import json
import time
from typing import Any, Final

from support.api import Api, api_over, code
from support.mandates import CREW, TOWER, born, give, retired, revoke, sent, stations

WITHIN_S: Final = 5.0
CLIENTS: Final = 4


async def told(api: Api, kind: str, serial: int, site: str) -> Any:
    """What the crew is answered who finds a set at a station, takes it down or retires it."""
    report = retired(serial, site, type=kind)
    if kind == "removed":
        host = {"kind": "base_station", "id": site}
        report["data"] = {"host": host, "reason": "end_of_life"}
    return await sent(api, report)


class Crew:
    """Clients that report retired sets in turn, each until it is refused."""

    def __init__(self, *services: Api) -> None:
        self.services = services
        self.busy = asyncio.Event()
        self.accepted: list[float] = []
        self._serials = itertools.count(100)

    async def client(self, number: int) -> None:
        """Reports over one of the services; keeps when each report was sent that was taken."""
        while True:
            at = time.monotonic()
            answer = await sent(
                self.services[number % len(self.services)], retired(next(self._serials), "BTS1")
            )
            if answer.status_code != 201:
                assert answer.json()["code"] == "mandate_missing"
                return
            self.accepted.append(at)
            if len(self.accepted) >= 2 * CLIENTS:
                self.busy.set()


async def test_a_crew_reports_at_two_sites_is_refused_at_a_third_and_stopped_under_load(
    database: str,
) -> None:
    async with api_over(database) as here, api_over(database) as there:
        await stations(here)
        await born(here, 1, 2, 3)
        given = await give(here, types=["removed", "retired"], sites=["BTS1", "BTS2"])
        there.keys["workshop", CREW] = await here.key("workshop", CREW)
        await there.services.registry.refresh()

        for serial, site in ((1, "BTS1"), (2, "BTS2")):
            for kind in ("removed", "retired"):
                answer = await told(here, kind, serial, site)
                assert answer.status_code == 201, answer.text
        third = await told(here, "removed", 3, "BTS3")
        assert (third.status_code, third.json()["code"]) == (403, "mandate_missing")
        assert "BTS3" in third.json()["detail"]

        crowd = Crew(here, there)
        clients = [asyncio.create_task(crowd.client(n)) for n in range(CLIENTS)]
        await crowd.busy.wait()
        assert (await revoke(here, given["id"])).status_code == 200
        revoked = time.monotonic()
        await asyncio.gather(*clients)
        assert max(crowd.accepted) < revoked + WITHIN_S

        lines = await exported(here, given["id"])
        crew = await here.organisation("workshop", CREW)
        assert {line["agent"] for line in lines} == {crew}
        assert {(line["reported_as"], line["type"]) for line in lines} >= {
            (code(serial), kind) for serial in (1, 2) for kind in ("removed", "retired")
        }
        assert code(3) not in {line["reported_as"] for line in lines}
        history = (await here.get(f"/v1/batteries/{code(1)}/history"))["items"]
        assert [event.get("agent") for event in history] == [None, crew, crew]


async def exported(api: Api, mandate: str) -> list[dict[str, Any]]:
    """What the tower operator takes home."""
    headers = await api.headers("site_operator", TOWER)
    answer = await api.http.get(f"/v1/mandates/{mandate}/export", headers=headers)
    return [json.loads(line) for line in answer.text.splitlines()]
