"""A pickup asked for and answered, as the outlet and its regulator see it."""

from typing import Any

import pytest

from support.api import Api, code

pytestmark = pytest.mark.asyncio


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


async def over(api: Api) -> list[dict[str, Any]]:
    await api.settle()
    return list((await api.get("/v1/findings", code="over_stock"))["items"])


async def test_too_much_in_store_names_the_silent_addressee_until_it_answers(api: Api) -> None:
    await full_store(api)
    [before] = await over(api)
    asked = await ask(api)
    [silent] = await over(api)

    await api.report(
        "utilizer", "pickup_answered", "2026-03-03", pickup="P1", answer="accept",
        requester=await api.organisation("outlet"),
    )  # fmt: skip
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
        "recycler", "pickup_answered", "2026-03-03", pickup="P1", answer="accept", requester=outlet
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
