"""A tower operator, its sites, its crew, and what the crew sends in its name."""

from typing import Any, Final
from uuid import uuid4

import httpx

from support.api import Api, code, produced

TOWER: Final = "云南铁塔示范"
CREW: Final = "某代维公司示范"
STATIONS: Final = ("BTS1", "BTS2", "BTS3")


async def stations(api: Api) -> None:
    """Registers the stations of the tower operator, and its crew."""
    for number in STATIONS:
        told = {"number": number, "name": f"{number} 基站", "kind": "base_station"}
        answer = await api.http.post(
            "/v1/sites",
            json=told | {"county": "530181" if number == "BTS1" else "530381"},
            headers=await api.headers("site_operator", TOWER),
        )
        assert answer.status_code == 201, answer.text
    await api.key("workshop", CREW)


async def give(api: Api, status: int = 201, **told: Any) -> dict[str, Any]:
    """What the tower operator is answered who mandates its crew."""
    told = {"agent": CREW, "types": ["removed", "retired"], "valid_to": "2099-12-31"} | told
    answer = await api.http.post(
        "/v1/mandates", json=told, headers=await api.headers("site_operator", TOWER)
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def revoke(api: Api, named: str, role: str = "site_operator", by: str = TOWER) -> Any:
    """The answer to whoever revokes a mandate."""
    return await api.http.post(f"/v1/mandates/{named}/revoke", headers=await api.headers(role, by))


def retired(serial: int = 1, site: str | None = "BTS1", **changes: Any) -> dict[str, Any]:
    """A set that the crew found at the end of its life, in the name of the tower operator."""
    told: dict[str, Any] = {
        "event_id": str(uuid4()),
        "type": "retired",
        "battery": code(serial),
        "occurred_at": "2026-01-02",
        "data": {"reason": "capacity_low"},
        "on_behalf_of": TOWER,
    }
    return told | ({} if site is None else {"site": site}) | changes


async def sent(api: Api, report: dict[str, Any], name: str = CREW) -> httpx.Response:
    """The answer to a report of the crew, or of another."""
    role = "site_operator" if name == TOWER else "workshop"
    return await api.post(role, report, name)


async def born(api: Api, *serials: int) -> None:
    """Has batteries that can be retired."""
    for serial in serials:
        assert (await api.post("maker", produced(serial))).status_code == 201
