"""Cases over HTTP: opened once, worked step by step to their end, apart from findings."""

from uuid import uuid4

import pytest

from support.api import StillClock, code
from support.cases import DAY_US, Desk, api, clock, desk, finding, owed

__all__ = ("api", "clock", "desk")
pytestmark = pytest.mark.asyncio


async def test_a_case_goes_from_an_overdue_duty_to_its_end_and_each_step_is_kept(
    desk: Desk, clock: StillClock
) -> None:
    case = await desk.take_up("unchecked", note="台账不符")
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


async def test_two_officers_do_not_decide_past_each_other_and_a_repeat_changes_nothing(
    desk: Desk,
) -> None:
    case = await desk.take_up("late")
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


async def test_a_case_that_was_opened_is_found_again_though_its_finding_is_gone(desk: Desk) -> None:
    one = await finding(desk.api, "handover_open")
    told = {"id": str(uuid4()), "items": [{"finding": one["id"]}]}

    first = await desk.post("", told)
    await desk.api.look("DELETE FROM finding")
    again = await desk.post("", told)
    other = await desk.post("", told | {"note": "另一说法"})

    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert again.json()["number"] == first.json()["number"]
    assert (other.status_code, other.json()["code"]) == (409, "request_conflict")


async def test_a_dismissed_finding_says_so_beside_its_own_state_and_false_alarms_are_counted(
    desk: Desk,
) -> None:
    one = await finding(desk.api, "handover_open")
    await desk.open([{"finding": one["id"]}])
    await desk.step("dismiss", note="对方已书面确认", false_alarm=True)

    now = await finding(desk.api, "handover_open")
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


async def test_what_a_step_lacks_or_has_too_much_is_named(desk: Desk) -> None:
    await desk.take_up("late")

    refused = await desk.try_step("ask", settled=True)
    past = await desk.try_step("ask", due_on="2026-07-01")
    odd = await desk.try_step("recheck", settled=True)

    assert {(f["code"], f["pointer"]) for f in refused.json()["errors"]} == {
        ("missing_field", "/due_on"), ("unknown_field", "/settled"),
    }  # fmt: skip
    assert past.json()["errors"][0]["pointer"] == "/due_on"
    assert odd.json()["code"] == "step_not_lawful"
    assert "督促" in odd.json()["errors"][0]["way_out"]["zh"]
