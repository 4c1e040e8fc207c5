"""Cases over HTTP: a case is taken up again as it was left, whatever was dismissed in between."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from support.api import Api, StillClock, api_over
from support.cases import Desk, officer, overdue

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    """The service on 2026-07-20 at noon in China."""
    clock = StillClock(int(datetime(2026, 7, 20, 4, tzinfo=UTC).timestamp() * 1e6))
    async with api_over(database, clock) as made:
        yield made


async def two_duties(api: Api) -> list[dict[str, Any]]:
    """Two duties of the utilizer that one case may be about."""
    found = (await api.get("/v1/obligations", bearer="示范utilizer", duty="UTIL_IN"))["items"]
    return [{"obligation": each["id"]} for each in found[:2]]


async def test_a_case_is_reopened_that_took_up_again_what_it_had_dismissed(api: Api) -> None:
    await overdue(api)
    desk = Desk(api, await officer(api, "530100"), await api.headers("utilizer"))
    first, second = await two_duties(api)
    await desk.open([first, second])
    await desk.step("dismiss", items=[1], false_alarm=True)
    assert desk.case is not None
    added = await desk.post(
        f"/{desk.case['id']}/items", {"version": desk.case["version"], "items": [first]}
    )
    desk.case = added.json()
    await desk.step("dismiss", false_alarm=False)
    await desk.step("close")

    again = await desk.step("reopen")

    assert again["state"] == "opened"
    outcomes = {each["place"]: each["outcome"] for each in again["things"]}
    assert outcomes == {1: "false_alarm", 2: None, 3: None}
    held = await api.look("SELECT place FROM case_item WHERE released_at IS NULL ORDER BY place")
    assert [row["place"] for row in held] == [2, 3]


async def test_a_firm_is_shown_what_was_added_to_a_reopened_case_once_it_is_asked(
    api: Api,
) -> None:
    """Given a case that the firm knows, when it is reopened and grows, then not before a letter."""
    await overdue(api)
    desk = Desk(api, await officer(api, "530100"), await api.headers("utilizer"))
    first, second = await two_duties(api)
    await desk.open([first])
    await desk.step("ask", due_on="2026-07-30")
    await desk.step("dismiss", false_alarm=False)
    await desk.step("close")
    await desk.step("reopen")
    assert desk.case is not None
    added = await desk.post(
        f"/{desk.case['id']}/items", {"version": desk.case["version"], "items": [second]}
    )
    desk.case = added.json()

    before = (await desk.seen(desk.firm)).json()
    [listed] = (await api.http.get("/v1/cases", headers=desk.firm)).json()["items"]
    async with api.services.own_readers.seeing([desk.case["firm"]]).acquire() as reader:
        rows = await reader.fetchval("SELECT count(*) FROM case_item")
    whole = (await desk.seen(desk.officer)).json()
    await desk.step("ask", due_on="2026-08-30")
    after = (await desk.seen(desk.firm)).json()

    assert [each["place"] for each in before["things"]] == [1]
    assert "add" not in [step["step"] for step in before["steps"]]
    assert (before["items"], listed["items"], rows, whole["items"]) == (1, 1, 1, 2)
    assert ([each["place"] for each in after["things"]], after["items"]) == ([1, 2], 2)
