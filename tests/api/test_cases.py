"""Cases over HTTP: worked step by step, seen by whom they concern, apart from findings."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest

from dianchi.api import case_steps
from support.api import Api, StillClock, api_over, code
from support.cases import PDF, Desk, officer, overdue

pytestmark = pytest.mark.asyncio
DAY_US = 86_400_000_000


@pytest.fixture
async def clock() -> StillClock:
    """A clock on 2026-07-20 at noon in China."""
    return StillClock(int(datetime(2026, 7, 20, 4, tzinfo=UTC).timestamp() * 1e6))


@pytest.fixture
async def api(database: str, clock: StillClock) -> AsyncIterator[Api]:
    async with api_over(database, clock) as made:
        yield made


@pytest.fixture
async def desk(api: Api) -> Desk:
    """An officer of the prefecture, the utilizer, and what it let pass."""
    await overdue(api)
    return Desk(api, await officer(api, "530100"), await api.headers("utilizer"))


NAMED = {
    ("UTIL_IN", "late"): "late",
    ("UTIL_IN", "unchecked"): "unchecked",
    ("HANDOVER_ACK", "overdue"): "house",
}


async def owed(api: Api) -> dict[str, dict[str, Any]]:
    """What the utilizer let pass: `late` by law, `unchecked` by law, `house`."""
    found = (await api.get("/v1/obligations", bearer="示范utilizer"))["items"]
    called = {NAMED.get((item["duty"], item["state"]), ""): item for item in found}
    return {name: called[name] for name in NAMED.values()}


async def findings(api: Api) -> list[dict[str, Any]]:
    return list((await api.get("/v1/findings"))["items"])


async def opened(desk: Desk, *what: str, **more: Any) -> dict[str, Any]:
    known = await owed(desk.api)
    return await desk.open([{"obligation": known[each]["id"]} for each in what], **more)


async def text_of(desk: Desk, letter: dict[str, Any], by: dict[str, str]) -> str:
    assert desk.case
    path = f"/v1/cases/{desk.case['id']}/letters/{letter['number']}.pdf"
    answer = await desk.api.http.get(path, headers=by)
    assert answer.status_code == 200, answer.text
    pages = pypdfium2.PdfDocument(answer.content)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


async def test_a_case_goes_from_an_overdue_duty_to_its_end_and_each_step_is_kept(
    desk: Desk, clock: StillClock
) -> None:
    case = await opened(desk, "unchecked", note="台账不符")
    assert (case["state"], case["firm_name"], case["items"]) == ("opened", "示范utilizer", 1)

    await desk.step("ask", due_on="2026-07-30", note="请说明为何未报入库")
    digest = await desk.attach()
    told = await desk.reply(
        "系统升级期间漏报，现已补报。", attachments=[{"sha256": digest, "name": "情况说明.pdf"}]
    )
    assert [step["step"] for step in told["steps"]] == ["ask", "reply"]
    await desk.step("order", due_on="2026-08-10", basis="《暂行办法》第二十四条", items=[1])
    await desk.api.report(
        "utilizer", "received", "2026-05-07", handover="H2",
        sender=await desk.api.organisation("outlet"), batteries=[{"battery": code(2)}],
    )  # fmt: skip
    await desk.api.settle()
    clock.at_us += 22 * DAY_US
    [waiting] = (
        await desk.api.http.get("/v1/cases", params={"due": "recheck"}, headers=desk.officer)
    ).json()["items"]
    assert (waiting["to_recheck"], waiting["overdue"]) == (True, True)
    again = await desk.step("recheck", settled=True, note="已补报")
    assert again["steps"][-1]["told"]["seen"] == {"settled": 1, "of": 1}
    assert again["things"][0]["now"]["settled"] is True
    ended = await desk.step("close", note="办结")

    assert [step["state"] for step in ended["steps"]] == [
        "opened", "asked", "replied", "ordered", "rechecked", "closed",
    ]  # fmt: skip
    assert [step["text"]["zh"] for step in ended["next"] if step["step"] == "reopen"]


async def test_a_firm_sees_its_case_from_the_moment_it_is_asked_and_nothing_internal(
    desk: Desk,
) -> None:
    await opened(desk, "late", note="内部看法")
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
    await opened(desk, "late", note="内部看法")
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


async def test_only_statutory_duties_are_named_as_violations(desk: Desk) -> None:
    await opened(desk, "late", "unchecked", "house")
    await desk.step("ask", due_on="2026-07-30", note="请于期限内答复")
    await desk.reply("情况属实")
    case = await desk.step("order", due_on="2026-08-10", basis="《暂行办法》第二十四条")
    letter = case["steps"][-1]["letter"]

    told = await text_of(desk, letter, desk.firm)

    broken, _, rest = told.partition("提醒事项")
    assert "责令改正通知书" in told
    assert "示范utilizer" in broken
    assert (broken.count("综合利用企业入库上报"), rest.count("综合利用企业入库上报")) == (1, 1)
    assert "六部门令第73号)第24条第7项" in broken
    assert "移交签收" not in broken
    assert "移交签收" in rest
    assert [thing["outcome"] for thing in case["things"]] == ["ordered", None, None]
    page = await desk.api.http.get(f"/R/{letter['number']}", headers={"accept": "application/json"})
    assert page.json()["sha256"] == letter["sha256"]
    assert "示范utilizer" not in page.text


async def test_what_was_not_checked_is_named_once_the_firm_was_heard_and_an_officer_says_so(
    desk: Desk,
) -> None:
    await opened(desk, "unchecked", "house")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("确未上报国家平台")
    order = {"due_on": "2026-08-10", "basis": "《暂行办法》第二十四条"}

    alone = await desk.try_step("order", **order)
    house = await desk.try_step("order", items=[2], **order)
    named = await desk.try_step("order", items=[1], **order)

    assert (alone.status_code, house.status_code, named.status_code) == (409, 409, 201)
    assert house.json()["errors"][0]["pointer"] == "/items"


async def test_house_rules_alone_are_reminded_of_and_never_ordered(desk: Desk) -> None:
    await opened(desk, "house")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("稍后签收")

    refused = await desk.try_step("order", due_on="2026-08-10", basis="平台约定")

    assert (refused.status_code, refused.json()["code"]) == (409, "no_breach")


async def test_a_firm_is_heard_before_anything_is_ordered(desk: Desk, clock: StillClock) -> None:
    await opened(desk, "late")
    early = await desk.try_step("order", due_on="2026-08-10", basis="依据")
    await desk.step("ask", due_on="2026-07-30")
    still = await desk.try_step("order", due_on="2026-08-10", basis="依据")
    clock.at_us += 11 * DAY_US
    over = await desk.try_step("order", due_on="2026-08-10", basis="依据")

    assert (early.status_code, still.status_code, over.status_code) == (409, 409, 201)
    assert "2026-07-30" in still.json()["detail"]


async def test_two_officers_do_not_decide_past_each_other_and_a_repeat_changes_nothing(
    desk: Desk,
) -> None:
    case = await opened(desk, "late")
    step = {
        "id": str(uuid4()),
        "step": "dismiss",
        "version": 1,
        "note": "误报",
        "false_alarm": True,
    }

    first = await desk.post(f"/{case['id']}/steps", step)
    again = await desk.post(f"/{case['id']}/steps", step)
    other = await desk.post(f"/{case['id']}/steps", step | {"note": "另一说法"})
    late = await desk.post(f"/{case['id']}/steps", {"step": "close", "version": 1, "note": "办结"})

    assert [each.status_code for each in (first, again, other, late)] == [201, 200, 409, 409]
    assert other.json()["code"] == "request_conflict"
    assert late.json()["code"] == "case_changed"
    assert again.json()["version"] == 2


async def test_the_same_case_is_opened_once_and_nothing_is_worked_twice(desk: Desk) -> None:
    ref = (await owed(desk.api))["late"]["id"]
    told = {"id": str(uuid4()), "items": [{"obligation": ref}]}

    first, again = [await desk.post("", told) for _ in range(2)]
    other = await desk.post("", {"items": [{"obligation": ref}]})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["number"] == again.json()["number"]
    assert other.json()["errors"][0]["value"] == first.json()["number"]


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


async def test_a_dismissed_finding_says_so_beside_its_own_state_and_false_alarms_are_counted(
    desk: Desk,
) -> None:
    [one] = [each for each in await findings(desk.api) if each["code"] == "handover_open"]
    await desk.open([{"finding": one["id"]}])
    await desk.step("dismiss", note="对方已书面确认", false_alarm=True)

    [now] = [each for each in await findings(desk.api) if each["id"] == one["id"]]
    counted = (await desk.api.http.get("/v1/cases/outcomes", headers=desk.officer)).json()["items"]

    assert now["closed_at"] is None
    assert (now["case"]["state"], now["case"]["outcome"]) == ("dismissed", "false_alarm")
    [of_code] = [each for each in counted if each["code"] == one["code"]]
    assert (of_code["worked"], of_code["false_alarms"]) == (1, 1)
    firms = [
        each["case"]
        for each in (await desk.api.get("/v1/findings", "utilizer"))["items"]
        if each["id"] == one["id"]
    ]
    assert firms in ([], [None])


async def test_attachments_are_told_by_content_kept_by_hash_and_never_served_as_a_page(
    desk: Desk,
) -> None:
    case = await opened(desk, "late")
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


async def test_what_a_step_lacks_or_has_too_much_is_named(desk: Desk) -> None:
    await opened(desk, "late")

    refused = await desk.try_step("ask", settled=True)
    past = await desk.try_step("ask", due_on="2026-07-01")
    odd = await desk.try_step("recheck", settled=True)

    assert {(f["code"], f["pointer"]) for f in refused.json()["errors"]} == {
        ("missing_field", "/due_on"), ("unknown_field", "/settled"),
    }  # fmt: skip
    assert past.json()["errors"][0]["pointer"] == "/due_on"
    assert odd.json()["code"] == "step_not_lawful"
    assert "督促" in odd.json()["errors"][0]["way_out"]["zh"]


async def test_what_is_ordered_referred_and_held_stands_in_the_life_by_the_number_of_the_case(
    desk: Desk,
) -> None:
    await opened(desk, "unchecked")
    held = await desk.step("hold", basis="《暂行办法》第三十条", note="待查")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("确未上报")
    case = await desk.step(
        "order", due_on="2026-08-10", basis="《暂行办法》第二十四条", items=[1], note="补报入库"
    )

    history = await desk.api.get(f"/v1/batteries/{code(2)}/history")
    told = {event["type"]: event for event in history["items"]}
    order = told["correction_ordered"]
    assert case["steps"][-1]["events"] == [order["event_id"]]
    assert held["steps"][-1]["events"] == [told["hold_placed"]["event_id"]]
    assert (order["data"]["case"], order["data"]["due"]) == (case["number"], "2026-08-10")
    assert order["data"]["document"] == case["steps"][-1]["letter"]["number"]
    assert (await desk.api.get(f"/v1/batteries/{code(2)}"))["held"]


async def test_a_repeat_after_a_crash_records_the_act_that_was_missing_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(desk, "unchecked")
    assert desk.case
    told = {"id": str(uuid4()), "version": 1, "step": "hold", "note": "待查", "basis": "第三十条"}

    async def dies(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(case_steps, "record_acts", dies)
        crashed = await desk.post(f"/{desk.case['id']}/steps", told)
    again = [await desk.post(f"/{desk.case['id']}/steps", told) for _ in range(2)]

    history = await desk.api.get(f"/v1/batteries/{code(2)}/history")
    assert crashed.status_code == 500
    assert [each.status_code for each in again] == [200, 200]
    assert [event["type"] for event in history["items"]].count("hold_placed") == 1


async def test_an_officer_orders_nothing_about_a_battery_that_it_does_not_see(desk: Desk) -> None:
    """Given a case of a firm of here, when its battery is seen elsewhere only, then no step."""
    await opened(desk, "unchecked")
    await desk.api.look("UPDATE stream SET seen_by = '{530300}'")

    refused = await desk.try_step("hold", basis="第三十条")

    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await desk.seen(desk.officer)).json()["version"] == 1


async def test_a_report_is_set_aside_in_a_case_once_two_officers_decided_it(desk: Desk) -> None:
    [one] = [each for each in await findings(desk.api) if each["code"] == "not_holder"]
    await desk.open([{"finding": one["id"]}])
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("误报余能评估")

    refused = await desk.try_step("set_aside", events=one["evidence"][-1:])

    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")


async def test_no_firm_is_told_by_a_case_what_others_reported(desk: Desk) -> None:
    [one] = [each for each in await findings(desk.api) if each["code"] == "not_holder"]
    await desk.api.organisation("recycler")

    refused = await desk.post("", {"items": [{"finding": one["id"]}], "firm": "示范recycler"})

    assert (refused.status_code, refused.json()["code"]) == (422, "one_firm")
