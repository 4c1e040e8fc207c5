"""Cases in tests: something to work, and the steps of both sides."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
import pypdfium2
import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, Api, StillClock, api_over, code

DAY_US = 86_400_000_000
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
NAMED = {
    ("UTIL_IN", "late"): "late",
    ("UTIL_IN", "unchecked"): "unchecked",
    ("HANDOVER_ACK", "overdue"): "house",
}
"""What `overdue` leaves, by duty and state."""


@pytest.fixture
async def clock() -> StillClock:
    """A clock on 2026-07-20 at noon in China."""
    return StillClock(int(datetime(2026, 7, 20, 4, tzinfo=UTC).timestamp() * 1e6))


@pytest.fixture
async def api(database: str, clock: StillClock) -> AsyncIterator[Api]:
    """The service, by that clock."""
    async with api_over(database, clock) as made:
        yield made


@pytest.fixture
async def desk(api: Api) -> "Desk":
    """An officer of the prefecture, the utilizer, and what it let pass."""
    await overdue(api)
    return Desk(api, await officer(api, "530100"), await api.headers("utilizer"))


async def overdue(api: Api) -> None:
    """What a utilizer let pass, by the clock of 2026-07-20.

    One pack it reported too late, which is a statutory duty broken; one it works on without having
    said that it came, which is 待核; one it never answered for, which is a house rule.
    """
    for serial in (1, 2, 3):
        await api.report(
            "outlet", "collected", "2026-05-04", battery=code(serial), source="person",
            safety_class="A", label_legible=True,
        )  # fmt: skip
        await api.report(
            "outlet", "dispatched", "2026-05-06", handover=f"H{serial}",
            receiver=await api.organisation("utilizer"), batteries=[{"battery": code(serial)}],
        )  # fmt: skip
    await api.report(
        "utilizer", "received", "2026-05-07", handover="H1",
        sender=await api.organisation("outlet"), batteries=[{"battery": code(1)}],
    )  # fmt: skip
    await api.report(
        "utilizer", "assessed", "2026-05-08", battery=code(2), residual_capacity_ah="90",
        method="pulse", decision="recycle",
    )  # fmt: skip
    await api.settle()


async def officer(api: Api, area: str | None) -> dict[str, str]:
    """The headers of an officer of an area."""
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(f"主管{area}", prefecture=area), ENROLLED)
        terms = KeyTerms("regulator", prefecture=area)
        key = await add_key(session, api.services.ring, row.id, terms, ENROLLED)
    await api.services.registry.refresh()
    return {"authorization": f"Bearer {key}"}


async def owed(api: Api) -> dict[str, dict[str, Any]]:
    """What the utilizer let pass: `late` by law, `unchecked` by law, `house`."""
    found = (await api.get("/v1/obligations", bearer="示范utilizer"))["items"]
    called = {NAMED.get((item["duty"], item["state"]), ""): item for item in found}
    return {name: called[name] for name in NAMED.values()}


async def finding(api: Api, named: str) -> dict[str, Any]:
    """The one finding of a code."""
    found = (await api.get("/v1/findings"))["items"]
    [one] = [each for each in found if each["code"] == named]
    return dict(one)


@dataclass(slots=True)
class Desk:
    """Both sides of a case, by their headers."""

    api: Api
    officer: dict[str, str]
    firm: dict[str, str]
    case: dict[str, Any] | None = None

    async def post(self, path: str, told: Any, by: dict[str, str] | None = None) -> httpx.Response:
        """Posts below `/v1/cases`."""
        headers = by or self.officer
        return await self.api.http.post(f"/v1/cases{path}", json=told, headers=headers)

    async def open(self, items: list[dict[str, str]], **more: Any) -> dict[str, Any]:
        """Opens a case that must be opened."""
        answer = await self.post("", {"items": items} | more)
        assert answer.status_code == 201, answer.text
        self.case = answer.json()
        return dict(answer.json())

    async def take_up(self, *what: str, **more: Any) -> dict[str, Any]:
        """Opens a case about duties, by their names in `owed`."""
        known = await owed(self.api)
        return await self.open([{"obligation": known[each]["id"]} for each in what], **more)

    async def try_step(self, step: str, **more: Any) -> httpx.Response:
        """A step of the officer on the case as it was last seen."""
        assert self.case
        told = {"step": step, "version": self.case["version"], "note": "核查"} | more
        return await self.post(f"/{self.case['id']}/steps", told)

    async def step(self, step: str, **more: Any) -> dict[str, Any]:
        """A step that must be taken."""
        answer = await self.try_step(step, **more)
        assert answer.status_code == 201, answer.text
        self.case = answer.json()
        return dict(answer.json())

    async def reply(self, note: str, **more: Any) -> dict[str, Any]:
        """The firm's word."""
        assert self.case
        told = {"version": self.case["version"], "note": note} | more
        answer = await self.post(f"/{self.case['id']}/replies", told, self.firm)
        assert answer.status_code == 201, answer.text
        self.case["version"] = answer.json()["version"]
        return dict(answer.json())

    async def attach(self, body: bytes = PDF) -> str:
        """Sends an attachment of the firm; its hash."""
        assert self.case
        digest = sha256(body).hexdigest()
        path = f"/v1/cases/{self.case['id']}/attachments/{digest}"
        answer = await self.api.http.put(path, content=body, headers=self.firm)
        assert answer.status_code == 201, answer.text
        return digest

    async def seen(self, by: dict[str, str]) -> httpx.Response:
        """The case as somebody sees it."""
        assert self.case
        return await self.api.http.get(f"/v1/cases/{self.case['id']}", headers=by)

    async def text_of(self, letter: dict[str, Any], by: dict[str, str] | None = None) -> str:
        """The text of a letter, without spaces, as the firm fetches it."""
        assert self.case
        path = f"/v1/cases/{self.case['id']}/letters/{letter['number']}.pdf"
        answer = await self.api.http.get(path, headers=by or self.firm)
        assert answer.status_code == 200, answer.text
        pages = pypdfium2.PdfDocument(answer.content)
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
