"""A tower operator with sets at its stations, and what it and its crew do with work lists."""

from typing import Any
from uuid import uuid4

import httpx

from support.api import Api, code
from support.mandates import CREW, TOWER, give, stations

DUE = "2099-06-30"


async def planned(api: Api, *serials: int, site: str = "BTS1") -> None:
    """Stations, a crew with a mandate for two of them, and sets in use at a station."""
    await stations(api)
    await give(api, sites=["BTS1", "BTS2"])
    await fitted(api, *serials, site=site)


async def fitted(api: Api, *serials: int, site: str = "BTS1") -> None:
    """Sets of the tower operator, in use at a station."""
    for serial in serials:
        await api.report(
            "site_operator", "installed", "2025-03-01", by=TOWER, battery=code(serial), site=site,
            host={"kind": "base_station", "id": site},
        )  # fmt: skip
    await api.settle()


async def asked(api: Api, method: str, path: str, who: str = TOWER, **more: Any) -> httpx.Response:
    """The answer to the tower operator, its crew, or another."""
    role = "workshop" if who == CREW else "site_operator"
    return await api.http.request(method, path, headers=await api.headers(role, who), **more)


async def listed(api: Api, status: int = 201, **told: Any) -> dict[str, Any]:
    """What the tower operator is answered who makes a list for its crew."""
    body = {"name": "三月退役拆除", "crew": CREW, "due": DUE} | told
    answer = await asked(api, "POST", "/v1/work-lists", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def standing(api: Api, made: dict[str, Any], who: str = TOWER) -> dict[str, Any]:
    """The list as it stands, after the log was followed."""
    await api.settle()
    answer = await asked(api, "GET", f"/v1/work-lists/{made['id']}", who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def removed(serial: int, site: str = "BTS1", **more: Any) -> dict[str, Any]:
    """A set that the crew took down for the tower operator."""
    return {
        "event_id": str(uuid4()),
        "type": "removed",
        "battery": code(serial),
        "occurred_at": "2026-12-01",
        "site": site,
        "on_behalf_of": TOWER,
        "data": {"host": {"kind": "base_station", "id": site}, "reason": "end_of_life"},
    } | more
