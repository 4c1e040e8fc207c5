"""Attachments of cases are erased by two persons; what stays is the hash and that it was there."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from support.api import Api, StillClock
from support.cases import PDF, Desk, api, clock, officer, overdue

__all__ = ("api", "clock")
pytestmark = pytest.mark.asyncio


@pytest.fixture
async def desk(api: Api) -> Desk:
    """A case in which the firm replied with a file that names somebody."""
    await overdue(api)
    desk = Desk(api, await officer(api, "530100"), await api.headers("utilizer"))
    await desk.take_up("late")
    await desk.step("ask", due_on="2026-07-30")
    digest = await desk.attach()
    await desk.reply("见附件", attachments=[{"sha256": digest, "name": "张三身份证.pdf"}])
    return desk


DIGEST = sha256(PDF).hexdigest()


async def ask(desk: Desk, by: dict[str, str], digest: str = DIGEST) -> httpx.Response:
    """Asks to erase an attachment of the case."""
    assert desk.case
    told = {
        "attachment": {"case": desk.case["id"], "sha256": digest},
        "basis": "request_of_person",
        "document": "云工信函〔2026〕15号",
    }
    return await desk.api.http.post("/v1/erasures", json=told, headers=by)


async def decide(desk: Desk, asked: httpx.Response, by: dict[str, str]) -> httpx.Response:
    """Approves a request."""
    path = f"/v1/erasures/{asked.json()['id']}/approval"
    return await desk.api.http.post(path, headers=by)


async def fetched(desk: Desk, by: dict[str, str]) -> httpx.Response:
    """The attachment as it is given out."""
    assert desk.case
    return await desk.api.http.get(f"/v1/cases/{desk.case['id']}/attachments/{DIGEST}", headers=by)


async def attached(desk: Desk, by: dict[str, str]) -> dict[str, Any]:
    """What the case says of the attachment."""
    told = (await desk.seen(by)).json()
    [found] = [each for step in told["steps"] for each in step["attachments"]]
    return dict(found)


async def test_an_attachment_is_erased_once_a_second_officer_approves_and_its_hash_stays(
    desk: Desk, clock: StillClock
) -> None:
    """Given a file that names somebody, when two officers erase it, then hash and fact stay."""
    other = await officer(desk.api, None)
    clock.at_us += 60_000_000
    asked = await ask(desk, desk.officer)
    again = await ask(desk, desk.officer)
    alone = await decide(desk, asked, desk.officer)
    before = await fetched(desk, desk.firm)
    done = await decide(desk, asked, other)
    once_more = await decide(desk, asked, other)

    assert [each.status_code for each in (asked, again, alone, before, done, once_more)] == [
        201, 200, 403, 200, 200, 200,
    ]  # fmt: skip
    assert (asked.json()["vin_ref"], asked.json()["attachment"]["sha256"]) == (None, DIGEST)
    for by in (desk.officer, desk.firm):
        gone = await fetched(desk, by)
        assert (gone.status_code, gone.json()["code"]) == (410, "attachment_erased")
        told = await attached(desk, by)
        assert (told["sha256"], told["size"], told["name"]) == (DIGEST, len(PDF), None)
        assert told["erased_at"] is not None
    [row] = await desk.api.look("SELECT body, sha256, erased_at IS NOT NULL FROM case_attachment")
    assert tuple(row) == (b"", sha256(PDF).digest(), True)


async def test_what_was_erased_neither_comes_back_nor_is_named_by_a_step(
    desk: Desk, clock: StillClock
) -> None:
    other = await officer(desk.api, None)
    clock.at_us += 60_000_000
    await decide(desk, await ask(desk, desk.firm), other)
    assert desk.case
    path = f"/v1/cases/{desk.case['id']}/attachments/{DIGEST}"

    sent = await desk.api.http.put(path, content=PDF, headers=desk.firm)
    named = await desk.post(
        f"/{desk.case['id']}/replies",
        {"version": 3, "note": "再附", "attachments": [{"sha256": DIGEST, "name": "再附.pdf"}]},
        desk.firm,
    )

    assert (sent.status_code, sent.json()["code"]) == (410, "attachment_erased")
    assert named.json()["errors"][0]["pointer"] == "/attachments/0/sha256"


async def test_only_who_is_shown_the_attachment_asks_and_only_who_sees_the_case_decides(
    desk: Desk, clock: StillClock
) -> None:
    elsewhere, stranger = await officer(desk.api, "530300"), await desk.api.headers("recycler")
    province = await officer(desk.api, None)
    clock.at_us += 60_000_000
    refused = [await ask(desk, by) for by in (elsewhere, stranger)]
    unknown = await ask(desk, desk.officer, "0" * 64)
    asked = await ask(desk, desk.firm)
    firms = await decide(desk, asked, desk.firm)
    away = await decide(desk, asked, elsewhere)
    assert desk.case
    listed = {
        name: await desk.api.http.get("/v1/erasures", params={"case": desk.case["id"]}, headers=by)
        for name, by in {"here": province, "away": elsewhere, "firm": desk.firm}.items()
    }

    assert [each.status_code for each in (*refused, unknown)] == [404, 404, 404]
    assert (firms.status_code, away.status_code) == (403, 404)
    assert {name: len(page.json()["items"]) for name, page in listed.items()} == {
        "here": 1, "away": 0, "firm": 1,
    }  # fmt: skip
    assert (await fetched(desk, desk.firm)).status_code == 200


async def test_a_request_names_one_thing(desk: Desk) -> None:
    assert desk.case
    told = {
        "attachment": {"case": desk.case["id"], "sha256": DIGEST}, "vin_ref": "x",
        "basis": "request_of_person", "document": "1",
    }  # fmt: skip
    refused = await desk.api.http.post("/v1/erasures", json=told, headers=desk.officer)

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
