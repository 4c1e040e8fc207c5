"""Phones: enrolled by an outlet, claimed, and talking with their own key."""

from dataclasses import dataclass
from typing import Any

import httpx

from support.api import Api


@dataclass(slots=True)
class Phone:
    """A claimed device."""

    http: httpx.AsyncClient
    told: dict[str, Any]
    """What claiming it answered."""

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.told['key']}", **more}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Reads."""
        return await self.http.get(path, headers=self._headers(headers))

    async def post(self, path: str, told: Any, **headers: str) -> httpx.Response:
        """Sends JSON."""
        return await self.http.post(path, json=told, headers=self._headers(headers))

    async def put(self, path: str, body: bytes, kind: str = "image/jpeg") -> httpx.Response:
        """Sends bytes."""
        headers = self._headers({"content-type": kind})
        return await self.http.put(path, content=body, headers=headers)


async def enrolled(api: Api, *, name: str | None = None, **told: Any) -> dict[str, Any]:
    """A device that an outlet of this name enrolled."""
    answer = await api.http.post(
        "/v1/devices", json={"name": "一号机"} | told, headers=await api.headers("outlet", name)
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def claimed(api: Api, code: str, app: str = "1.0.0") -> Phone:
    """The phone that has this code."""
    answer = await api.http.post("/v1/devices/claim", json={"code": code, "app": app})
    assert answer.status_code == 200, answer.text
    return Phone(api.http, dict(answer.json()))


async def phone_of(api: Api, name: str | None = None, **told: Any) -> Phone:
    """A phone of an outlet."""
    return await claimed(api, (await enrolled(api, name=name, **told))["code"])
