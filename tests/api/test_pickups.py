"""A pickup asked for and answered, as the outlet, whom it asked and its regulator see it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from support.api import Api, StillClock, api_over, code

pytestmark = pytest.mark.asyncio
DAY_US = 86_400_000_000


@pytest.fixture
async def clock() -> StillClock:
    """A clock on 2026-03-02 at noon in China, the day on which the outlet asks."""
    return StillClock(int(datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp() * 1e6))


@pytest.fixture
async def api(database: str, clock: StillClock) -> AsyncIterator[Api]:
    async with api_over(database, clock) as made:
        yield made


async def full_store(api: Api) -> None:
    site = {"number": "S1", "name": "安宁网点", "kind": "collection", "capacity_kg": "500"}
    await api.http.post("/v1/sites", json=site, headers=await api.headers("outlet"))
    for serial in (1, 2):
        await api.report(
            "outlet", "collected", "2026-03-01", battery=code(serial), site="S1", source="person",
            safety_class="A", label_legible=True, mass_kg="390",
        )  # fmt: skip


async def ask(api: Api, number: str = "P1", **more: Any) -> dict[str, Any]:
    return await api.report(
        "outlet", "pickup_requested", "2026-03-02", site="S1", pickup=number,
        batteries=[code(1), code(2)], to=await api.organisation("utilizer"), **more,
    )  # fmt: skip


async def answer(api: Api, number: str = "P1", by: str = "utilizer", **told: Any) -> dict[str, Any]:
    return await api.report(
        by, "pickup_answered", "2026-03-02", pickup=number,
        requester=await api.organisation("outlet"), **{"answer": "accept", **told},
    )  # fmt: skip


async def listed(api: Api, role: str, **query: Any) -> list[dict[str, Any]]:
    await api.settle()
    return list((await api.get("/v1/pickups", role, **query))["items"])


async def withdraw(api: Api, role: str, report: dict[str, Any]) -> None:
    body = {"event_id": str(uuid4()), "type": "corrected", "occurred_at": "2026-03-02"}
    told = {"event_id": report["event_id"], "reason": "写错了"}
    assert (await api.post(role, body | {"data": told})).status_code == 201


def numbers(items: list[dict[str, Any]]) -> list[str]:
    return [each["pickup"] for each in items]


async def over(api: Api) -> list[dict[str, Any]]:
    await api.settle()
    return list((await api.get("/v1/findings", code="over_stock"))["items"])


async def test_too_much_in_store_names_the_addressee_when_the_term_is_over_until_it_answers(
    api: Api, clock: StillClock
) -> None:
    await full_store(api)
    asked = await ask(api)
    [before] = await over(api)

    clock.at_us += 8 * DAY_US
    [silent] = await over(api)
    await answer(api)
    [answered] = await over(api)

    assert "示范utilizer" not in before["text"]["zh"]
    assert "示范utilizer" in silent["text"]["zh"]
    assert silent["evidence"] == [asked["event_id"]]
    assert "示范utilizer" not in answered["text"]["zh"]


async def test_a_request_moves_nothing(api: Api) -> None:
    await full_store(api)

    await ask(api)

    battery = await api.get(f"/v1/batteries/{code(1)}")
    assert (battery["stage"], battery["site"]) == ("collected", "S1")


async def test_whoever_asks_for_what_another_has_is_told(api: Api) -> None:
    await full_store(api)

    told = await api.report(
        "outlet", "pickup_requested", "2026-03-02", by="别的网点", pickup="P1",
        batteries=[code(1)], to="某某公司",
    )  # fmt: skip
    battery = await api.get(f"/v1/batteries/{code(1)}")

    assert told["event_id"]
    assert "not_holder" in {finding["code"] for finding in battery["findings"]}


async def test_whoever_was_asked_reads_the_request_and_a_stranger_who_answers_does_not(
    api: Api,
) -> None:
    await full_store(api)
    asked = await ask(api)
    outlet = await api.organisation("outlet")
    await api.report(
        "recycler", "pickup_answered", "2026-03-02", pickup="P1", answer="accept", requester=outlet
    )
    path = f"/v1/events/{asked['event_id']}?battery=pickup:{outlet}:P1"

    addressee = await api.http.get(path, headers=await api.headers("utilizer"))
    stranger = await api.http.get(path, headers=await api.headers("recycler"))

    assert (addressee.status_code, stranger.status_code) == (200, 404)


async def test_a_maker_asks_for_no_pickup_and_a_refusal_says_why(api: Api) -> None:
    told = {"pickup": "P1", "batteries": [code(1)], "to": "某某公司"}
    body = {"event_id": "019a0000-0000-7000-8000-000000000001", "occurred_at": "2026-03-02"}

    by_maker = await api.post("maker", body | {"type": "pickup_requested", "data": told})
    answer = {"pickup": "P1", "requester": "某某公司", "answer": "refuse"}
    silent = await api.post("maker", body | {"type": "pickup_answered", "data": answer})

    assert (by_maker.status_code, by_maker.json()["code"]) == (403, "role_not_allowed")
    assert silent.json()["errors"][0]["pointer"] == "/data/reason"


async def test_whoever_was_asked_sees_what_it_has_not_answered_and_until_when(api: Api) -> None:
    await full_store(api)
    asked = await ask(api)
    await ask(api, "P2")
    await answer(api, "P2")

    [item] = await listed(api, "utilizer", state="open", side="addressee")

    assert item["event_id"] == asked["event_id"]
    assert (item["requester"]["name"], item["site"]["name"]) == ("示范outlet", "安宁网点")
    assert item["batteries"] == [code(1), code(2)]
    assert (item["asked_at"][:10], item["answer_by"]) == ("2026-03-01", "2026-03-09")
    assert (item["state"], item["answer"]) == ("open", None)


async def test_whoever_asked_sees_what_was_answered_and_with_which_reason(api: Api) -> None:
    await full_store(api)
    await ask(api)
    await answer(api, answer="refuse", reason="本月已满")

    [item] = await listed(api, "outlet", state="answered", side="requester")

    assert (item["answer"], item["reason"]) == ("refuse", "本月已满")
    assert item["addressee"]["name"] == "示范utilizer"


async def test_who_does_not_answer_within_the_term_is_silent(api: Api, clock: StillClock) -> None:
    await full_store(api)
    await ask(api)
    clock.at_us += 7 * DAY_US
    in_time = await listed(api, "outlet", state="silent")

    clock.at_us += DAY_US
    [late] = await listed(api, "outlet", state="silent")
    still_open = await listed(api, "outlet", state="open")

    assert in_time == []
    assert (late["state"], numbers(still_open)) == ("silent", ["P1"])


async def test_what_was_recorded_late_leaves_whoever_was_asked_the_whole_term(
    api: Api, clock: StillClock
) -> None:
    await full_store(api)
    clock.at_us += 20 * DAY_US
    await ask(api)

    [item] = await listed(api, "utilizer")

    assert (item["asked_at"][:10], item["answer_by"]) == ("2026-03-01", "2026-03-29")


async def test_a_stranger_sees_no_pickup_not_even_by_answering_it(api: Api) -> None:
    await full_store(api)
    await ask(api)
    await answer(api, by="recycler")

    strangers = await listed(api, "recycler")
    [open_] = await listed(api, "utilizer", state="open")

    assert (strangers, open_["pickup"]) == ([], "P1")


async def test_a_withdrawn_request_is_gone_and_a_withdrawn_answer_leaves_it_open(api: Api) -> None:
    await full_store(api)
    asked = await ask(api)
    await ask(api, "P2")
    answered = await answer(api, "P2")
    assert len(await listed(api, "outlet")) == 2

    await withdraw(api, "outlet", asked)
    await withdraw(api, "utilizer", answered)

    [item] = await listed(api, "outlet")
    assert (item["pickup"], item["state"], item["answer"]) == ("P2", "open", None)


async def test_pages_hold_every_pickup_once_the_newest_first(api: Api) -> None:
    await full_store(api)
    for each in range(5):
        await ask(api, f"P{each}")
    await api.settle()
    found, cursor = list[str](), None

    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await api.get("/v1/pickups", "utilizer", **query)
        found += numbers(page["items"])
        cursor = page["next"]
        if cursor is None:
            break

    assert sorted(found) == [f"P{each}" for each in range(5)]
    refused = await api.http.get(
        "/v1/pickups", params={"cursor": "W10"}, headers=await api.headers("utilizer")
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/cursor")


async def test_an_addressee_that_is_not_registered_is_called_as_it_was_told(api: Api) -> None:
    await full_store(api)
    await api.report(
        "outlet", "pickup_requested", "2026-03-02", site="S1", pickup="P9", batteries=[code(1)],
        to={"external": True, "name": "外省某厂", "province": "51"},
    )  # fmt: skip

    [item] = await listed(api, "outlet")

    assert item["addressee"] == {"id": None, "name": "外省某厂"}


async def test_rebuilding_makes_the_same_list(api: Api) -> None:
    await full_store(api)
    await ask(api)
    before = await listed(api, "outlet")
    await api.look("DELETE FROM pickup")
    await api.look("UPDATE projection SET version = 0 WHERE name = 'views'")

    assert await listed(api, "outlet") == before
