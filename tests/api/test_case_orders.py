"""Cases over HTTP: what is ordered and recorded, of whom, and not before the firm is heard."""

from uuid import uuid4

import pytest

from dianchi.api import case_steps
from support.api import StillClock, code
from support.cases import DAY_US, Desk, api, clock, desk, finding, officer

__all__ = ("api", "clock", "desk")
pytestmark = pytest.mark.asyncio


async def test_only_statutory_duties_are_named_as_violations(desk: Desk) -> None:
    await desk.take_up("late", "unchecked", "house")
    await desk.step("ask", due_on="2026-07-30", note="请于期限内答复")
    await desk.reply("情况属实")
    case = await desk.step("order", due_on="2026-08-10", basis="《暂行办法》第二十四条")
    letter = case["steps"][-1]["letter"]

    told = await desk.text_of(letter)

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
    await desk.take_up("unchecked", "house")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("确未上报国家平台")
    order = {"due_on": "2026-08-10", "basis": "《暂行办法》第二十四条"}

    alone = await desk.try_step("order", **order)
    house = await desk.try_step("order", items=[2], **order)
    named = await desk.try_step("order", items=[1], **order)

    assert (alone.status_code, house.status_code, named.status_code) == (409, 409, 201)
    assert house.json()["errors"][0]["pointer"] == "/items"


async def test_house_rules_alone_are_reminded_of_and_never_ordered(desk: Desk) -> None:
    await desk.take_up("house")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("稍后签收")

    refused = await desk.try_step("order", due_on="2026-08-10", basis="平台约定")

    assert (refused.status_code, refused.json()["code"]) == (409, "no_breach")


async def test_a_firm_is_heard_before_anything_is_ordered(desk: Desk, clock: StillClock) -> None:
    await desk.take_up("late")
    early = await desk.try_step("order", due_on="2026-08-10", basis="依据")
    asked = await desk.step("ask", due_on="2026-07-30")
    still = await desk.try_step("order", due_on="2026-08-10", basis="依据")
    clock.at_us += 11 * DAY_US
    later = (await desk.seen(desk.officer)).json()
    over = await desk.try_step("order", due_on="2026-08-10", basis="依据")

    assert (early.status_code, still.status_code, over.status_code) == (409, 409, 201)
    assert "2026-07-30" in still.json()["detail"]
    offered = [{step["step"] for step in case["next"]} for case in (asked, later)]
    assert [each & {"order", "set_aside", "refer"} for each in offered] == [
        {"refer"},
        {"order", "set_aside", "refer"},
    ]


async def test_what_is_decided_against_a_firm_is_offered_once_it_replied(desk: Desk) -> None:
    await desk.take_up("late")
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("情况属实")

    offered = {step["step"] for step in (await desk.seen(desk.officer)).json()["next"]}

    assert {"order", "set_aside"} <= offered


async def test_a_letter_has_room_for_the_seal_around_who_sends_it_and_when(desk: Desk) -> None:
    """GB/T 9704-2012, 7.3.5: the authority above the date, at the lower right, under the seal."""
    await desk.take_up("late")
    case = await desk.step("ask", due_on="2026-07-30")

    told = await desk.text_of(case["steps"][-1]["letter"])

    assert "（盖章）主管5301002026年7月20日" in told


async def test_what_is_ordered_referred_and_held_stands_in_the_life_by_the_number_of_the_case(
    desk: Desk,
) -> None:
    await desk.take_up("unchecked")
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
    await desk.take_up("unchecked")
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


@pytest.mark.parametrize("by", ["another officer", "the next step"])
async def test_whoever_works_a_case_next_records_the_act_that_a_crash_kept_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """Given nobody repeats the step, when the case is seen or goes on, then the log has its act."""
    await desk.take_up("unchecked")
    assert desk.case

    async def dies(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(case_steps, "record_acts", dies)
        assert (await desk.try_step("hold", basis="第三十条")).status_code == 500
    if by == "the next step":
        desk.case["version"] = 2
        await desk.step("note")
    else:
        assert (await desk.seen(await officer(desk.api, None))).status_code == 200

    history = await desk.api.get(f"/v1/batteries/{code(2)}/history")
    [held] = [event for event in history["items"] if event["type"] == "hold_placed"]
    assert held["organisation"] == (await desk.seen(desk.officer)).json()["opened_by"]
    assert (await desk.api.get(f"/v1/batteries/{code(2)}"))["held"]


async def test_an_officer_orders_nothing_about_a_battery_that_it_does_not_see(desk: Desk) -> None:
    """Given a case of a firm of here, when its battery is seen elsewhere only, then no step."""
    await desk.take_up("unchecked")
    await desk.api.look("UPDATE stream SET seen_by = '{530300}'")

    refused = await desk.try_step("hold", basis="第三十条")

    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await desk.seen(desk.officer)).json()["version"] == 1


async def test_a_report_is_set_aside_in_a_case_once_two_officers_decided_it(desk: Desk) -> None:
    one = await finding(desk.api, "not_holder")
    await desk.open([{"finding": one["id"]}])
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("误报余能评估")

    refused = await desk.try_step("set_aside", events=one["evidence"][-1:])

    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
