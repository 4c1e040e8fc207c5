"""A firm of the true service, as it meets its sandbox."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from support.process import Service

PATIENCE_S = 180


@dataclass(slots=True)
class Firm:
    """A firm of the true service: its key there, and what it asks."""

    service: Service
    key: str
    regulator: str
    http: httpx.Client

    def sandbox(self) -> dict[str, Any]:
        """Its sandbox, ready."""
        answer = self.http.post("/v1/sandbox")
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        deadline = time.monotonic() + PATIENCE_S
        while (told := self.http.get("/v1/sandbox").json())["state"] != "ready":
            assert told["state"] == "preparing", told
            assert time.monotonic() < deadline, told
            time.sleep(0.3)
        return dict(told)

    def sandbox_key(self, role: str) -> dict[str, Any]:
        """A key of its sandbox."""
        answer = self.http.post("/v1/sandbox/keys", json={"role": role})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return dict(answer.json())

    def as_regulator(self, path: str) -> httpx.Response:
        """What the province reads."""
        headers = {"authorization": f"Bearer {self.regulator}"}
        return httpx.get(f"{self.service.url}{path}", headers=headers, timeout=30)
