"""Two officers set a report aside: whatever happens in between, row and record say the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from api.test_acts import ACT, an_officer, battery, collect
from dianchi.access import setting_aside
from dianchi.api import asides
from support.api import Api, code
from support.lives import QUJING, enrolled, officer
from support.people import Browser, browser_at

pytestmark = pytest.mark.asyncio
SET = b'%"type":"set_aside"%'


@asynccontextmanager
async def proposed(api: Api) -> AsyncIterator[tuple[Browser, Browser, str]]:
    """Who proposed to set a wrong loss aside, another officer, and the proposal."""
    await collect(api)
    wrong = await api.report("outlet", "lost", "2026-01-08", battery=code(1), since="2026-01-07")
    wish = {"event_id": wrong["event_id"], "battery": code(1), **ACT}
    async with browser_at(api) as one, browser_at(api) as other:
        await an_officer(api, one, "chen")
        await an_officer(api, other, "wang")
        answer = await one.json("POST", "/v1/set-aside", **wish)
        assert answer.status_code == 201, answer.text
        yield one, other, f"/v1/set-aside/{answer.json()['id']}"


async def test_a_confirmation_that_a_crash_cut_in_two_is_repeated(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given the log has the decision and the proposal does not, then a repeat mends that."""

    async def crash(*_: Any) -> bool:
        raise OSError

    async with proposed(api) as (_, other, path):
        with monkeypatch.context() as cut:
            cut.setattr(asides, "decide", crash)
            assert (await other.json("POST", f"{path}/confirm")).status_code == 500
        assert (await battery(api))["stage"] == "collected"

        again = await other.json("POST", f"{path}/confirm")

        assert (again.status_code, again.json().get("state")) == (200, "confirmed"), again.text
        [[told]] = await api.look(
            "SELECT count(DISTINCT event_id) FROM event WHERE body LIKE $1", SET
        )
        assert told == 1


async def test_what_waits_elsewhere_crowds_out_nothing_of_an_officers_own_area(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more proposals than one list holds, all older, then a prefecture still sees its own."""
    for module in (asides, setting_aside):
        monkeypatch.setattr(module, "LISTED", 2)
    await enrolled(api, "outlet", "曲靖网点", QUJING)
    await enrolled(api, *officer(QUJING), QUJING)
    await collect(api)
    mine = {"source": "person", "safety_class": "A", "label_legible": True}
    await api.report("outlet", "collected", "2026-01-06", by="曲靖网点", battery=code(2), **mine)
    await api.settle()
    for day, name in enumerate([code(1)] * 5 + [code(2)], 1):
        async with api.services.make_session() as session:
            await setting_aside.propose(
                session, event_id=uuid4(), battery=name, **ACT, organisation="O1",
                made_at=datetime(2026, 2, day, tzinfo=UTC), made_by=uuid4(),
            )  # fmt: skip

    answer = await api.http.get("/v1/set-aside", headers=await api.headers(*officer(QUJING)))

    assert [each["battery"] for each in answer.json()["items"]] == [code(2)], answer.text
    assert len((await api.get("/v1/set-aside"))["items"]) == 2


async def test_of_a_confirmation_and_a_withdrawal_at_the_same_moment_one_counts(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, record, begun = (
        type(api.services.recorder),
        api.services.recorder.record,
        asyncio.Event(),
    )

    async def slowly(_: Any, report: Any, reporter: Any) -> Any:
        begun.set()
        await asyncio.sleep(0.5)
        return await record(report, reporter)

    async with proposed(api) as (one, other, path):
        monkeypatch.setattr(recorder, "record", slowly)
        confirming = asyncio.create_task(other.json("POST", f"{path}/confirm"))
        await begun.wait()
        withdrawn = await one.json("POST", f"{path}/decline")
        confirmed = await confirming

    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "already_decided")
    assert (await battery(api))["stage"] == "collected"
