"""Cases over HTTP: seen by whom they concern, and of the firm that they are about."""

from hashlib import sha256

import pytest

from support.cases import PDF, Desk, api, clock, desk, finding, officer, owed

__all__ = ("api", "clock", "desk")
pytestmark = pytest.mark.asyncio


async def test_a_firm_sees_its_case_from_the_moment_it_is_asked_and_nothing_internal(
    desk: Desk,
) -> None:
    await desk.take_up("late", note="内部看法")
    before = await desk.seen(desk.firm)
    await desk.step("note", note="先问再说")
    await desk.step("ask", due_on="2026-07-30")
    told = (await desk.seen(desk.firm)).json()

    assert before.status_code == 404
    assert "内部看法" not in str(told)
    assert "先问再说" not in str(told)
    assert [step["step"] for step in told["steps"]] == ["ask"]
    assert [step["step"] for step in told["next"]] == ["reply"]
    stranger = await desk.seen(await desk.api.headers("recycler"))
    elsewhere = await desk.seen(await officer(desk.api, "530300"))
    province = await desk.seen(await officer(desk.api, None))
    assert (stranger.status_code, elsewhere.status_code) == (404, 404)
    assert province.status_code == 200


async def test_the_database_itself_shows_a_firm_no_case_of_others_and_no_internal_step(
    desk: Desk,
) -> None:
    await desk.take_up("late", note="内部看法")
    own = await desk.api.organisation("utilizer")
    other = await desk.api.organisation("recycler")
    tables = ("case_file", "case_item", "case_step", "case_letter")

    async def rows(*eyes: str) -> list[int]:
        async with desk.api.services.own_readers.seeing(eyes).acquire() as reader:
            return [
                await reader.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
                for table in tables
            ]

    assert await rows(own) == [0, 0, 0, 0]
    await desk.step("ask", due_on="2026-07-30")
    assert await rows(own) == [1, 1, 1, 1]
    assert await rows("530100") == [1, 1, 2, 1]
    assert await rows(other) == await rows("530300") == [0, 0, 0, 0]


async def test_a_case_is_of_one_firm_and_of_what_the_officer_sees(desk: Desk) -> None:
    known = await owed(desk.api)
    everything = await desk.api.get("/v1/obligations")
    outlets = next(i for i in everything["items"] if i["bearer"]["name"] == "示范outlet")
    items = [{"obligation": known["late"]["id"]}, {"obligation": outlets["id"]}]

    two = await desk.post("", {"items": items})
    elsewhere = await desk.post("", {"items": items[:1]}, await officer(desk.api, "530300"))
    firm = await desk.post("", {"items": items[:1]}, desk.firm)

    assert (two.status_code, two.json()["code"]) == (422, "one_firm")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "invalid_value")
    assert firm.status_code == 403


async def test_attachments_are_told_by_content_kept_by_hash_and_never_served_as_a_page(
    desk: Desk,
) -> None:
    case = await desk.take_up("late")
    await desk.step("ask", due_on="2026-07-30")
    page = b"<html><script>alert(1)</script>"

    async def put(body: bytes, digest: str) -> int:
        path = f"/v1/cases/{case['id']}/attachments/{digest}"
        answer = await desk.api.http.put(path, content=body, headers=desk.firm)
        return int(answer.status_code)

    digest = await desk.attach()
    unsent = await desk.post(
        f"/{case['id']}/replies",
        {"version": 2, "note": "见附件", "attachments": [{"sha256": "0" * 64, "name": "a.pdf"}]},
        desk.firm,
    )
    path = f"/v1/cases/{case['id']}/attachments/{digest}"
    before = await desk.api.http.get(path, headers=desk.officer)
    await desk.reply("见附件", attachments=[{"sha256": digest, "name": "说明.pdf"}])
    shown = await desk.api.http.get(path, headers=desk.officer)
    stranger = await desk.api.http.get(path, headers=await desk.api.headers("recycler"))

    assert await put(page, sha256(page).hexdigest()) == 422
    assert await put(PDF, "0" * 64) == 422
    assert await put(PDF, digest) == 200
    assert unsent.json()["errors"][0]["pointer"] == "/attachments/0/sha256"
    assert (before.status_code, shown.status_code, stranger.status_code) == (404, 200, 404)
    assert shown.content == PDF
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_no_firm_is_told_by_a_case_what_others_reported(desk: Desk) -> None:
    one = await finding(desk.api, "not_holder")
    await desk.api.organisation("recycler")

    refused = await desk.post("", {"items": [{"finding": one["id"]}], "firm": "示范recycler"})

    assert (refused.status_code, refused.json()["code"]) == (422, "one_firm")
