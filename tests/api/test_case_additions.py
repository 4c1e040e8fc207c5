"""Cases over HTTP: items that are added later, what closed meanwhile, attachments erased."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from support.api import Api, StillClock, code
from support.cases import DAY_US, Desk, api, clock, desk, finding, officer, owed

__all__ = ("api", "clock", "desk")
pytestmark = pytest.mark.asyncio


async def duties(api: Api) -> list[dict[str, str]]:
    """What the utilizer let pass, as items: late, not checked, and a house rule."""
    return [{"obligation": each["id"]} for each in (await owed(api)).values()]


async def add(desk: Desk, items: list[dict[str, str]], **more: Any) -> httpx.Response:
    """Adds items to the case as it was last seen."""
    assert desk.case
    told = {"version": desk.case["version"], "items": items} | more
    answer = await desk.post(f"/{desk.case['id']}/items", told)
    if answer.status_code in {200, 201}:
        desk.case = answer.json()
    return answer


async def test_what_turns_up_later_is_added_to_the_case_once_and_is_worked_nowhere_else(
    desk: Desk,
) -> None:
    """Given an open case of a firm, when an item is added twice, then it is in it once."""
    late, unchecked, house = await duties(desk.api)
    await desk.open([late])
    step = {"id": str(uuid4()), "version": 1, "items": [unchecked, house, late, house]}
    assert desk.case
    first = await desk.post(f"/{desk.case['id']}/items", step)
    again = await desk.post(f"/{desk.case['id']}/items", step)
    desk.case = first.json()
    otherwise = await add(desk, [house])
    elsewhere = await desk.post("", {"items": [house]})

    assert [each.status_code for each in (first, again, otherwise, elsewhere)] == [
        201, 200, 200, 409,
    ]  # fmt: skip
    told = (await desk.seen(desk.officer)).json()
    assert [(one["place"], one["ref"]) for one in told["things"]] == [
        (place, ref["obligation"]) for place, ref in enumerate((late, unchecked, house), 1)
    ]
    assert (told["items"], told["version"], told["state"]) == (3, 2, "opened")
    assert (await desk.seen(desk.firm)).status_code == 404


async def test_a_firm_that_was_asked_is_asked_about_what_is_added_and_heard_before_any_order(
    desk: Desk, clock: StillClock
) -> None:
    late, unchecked, _ = await duties(desk.api)
    await desk.open([late])
    await desk.step("ask", due_on="2026-07-30", note="请说明为何迟报")
    await desk.reply("系统升级")
    assert desk.case

    silent = await add(desk, [unchecked])
    told = await add(desk, [unchecked], note="又发现一项", due_on="2026-08-05")
    soon = await desk.try_step("order", due_on="2026-08-20", basis="第二十四条", items=[1, 2])
    paper = await desk.text_of(told.json()["steps"][-1]["letter"])
    seen = (await desk.seen(desk.firm)).json()
    clock.at_us += 17 * DAY_US
    over = await desk.try_step("order", due_on="2026-08-20", basis="第二十四条", items=[1, 2])

    assert {(f["code"], f["pointer"]) for f in silent.json()["errors"]} == {
        ("missing_field", "/due_on"), ("missing_field", "/note"),
    }  # fmt: skip
    assert (told.status_code, told.json()["state"]) == (201, "asked")
    assert "又发现一项" in paper
    assert code(2) in paper
    assert code(1) not in paper
    assert [step["step"] for step in seen["steps"]] == ["ask", "reply", "add"]
    assert [thing["place"] for thing in seen["things"]] == [1, 2]
    assert [step["step"] for step in seen["next"]] == ["reply"]
    assert (soon.status_code, over.status_code) == (409, 201)


async def test_nothing_is_added_that_is_of_another_firm_worked_elsewhere_or_after_a_decision(
    desk: Desk,
) -> None:
    late, unchecked, house = await duties(desk.api)
    everything = await desk.api.get("/v1/obligations")
    outlets = next(i for i in everything["items"] if i["bearer"]["name"] == "示范outlet")
    other = await desk.open([house])
    await desk.open([late])

    strange = await add(desk, [late, {"obligation": outlets["id"]}])
    worked = await add(desk, [unchecked, house])
    absent = await add(desk, [{"finding": str(uuid4())}])
    assert desk.case
    old = await desk.post(f"/{desk.case['id']}/items", {"version": 9, "items": [unchecked]})
    await desk.step("dismiss", note="不予处理", false_alarm=False)
    decided = await add(desk, [unchecked])

    assert strange.json()["errors"][0]["pointer"] == "/items/1"
    assert (worked.status_code, worked.json()["code"]) == (409, "already_worked")
    [held] = worked.json()["errors"]
    assert (held["pointer"], held["value"]) == ("/items/1", other["number"])
    assert absent.json()["errors"][0]["pointer"] == "/items/0"
    assert old.json()["code"] == "case_changed"
    assert (decided.status_code, decided.json()["code"]) == (409, "step_not_lawful")


async def test_a_place_that_an_added_item_lies_in_sees_the_case_from_then_on(desk: Desk) -> None:
    late, unchecked, _ = await duties(desk.api)
    await desk.api.look("UPDATE obligation SET seen_by = seen_by || '{530300}'")
    elsewhere = await officer(desk.api, "530300")
    assert desk.case is None
    await desk.api.look(
        "UPDATE obligation SET seen_by = '{530100}' WHERE obligation_id = $1",
        UUID(late["obligation"]),
    )
    await desk.open([late])
    before = await desk.seen(elsewhere)
    await add(desk, [unchecked])

    assert (before.status_code, (await desk.seen(elsewhere)).status_code) == (404, 200)


async def test_a_case_that_another_took_something_of_is_not_reopened(desk: Desk) -> None:
    late, _, house = await duties(desk.api)
    closed = await desk.open([late, house])
    await desk.step("dismiss", note="误报", false_alarm=True)
    ended = await desk.step("close", note="办结")
    other = await desk.open([house])
    desk.case = ended

    refused = await desk.try_step("reopen", note="重新办理")

    assert closed["id"] == ended["id"]
    assert (refused.status_code, refused.json()["code"]) == (409, "already_worked")
    assert refused.json()["errors"][0]["value"] == other["number"]


async def test_what_closed_by_itself_meanwhile_is_said_in_the_case_and_not_ordered(
    desk: Desk,
) -> None:
    """Given a finding in a case, when later reports explain it, then nobody is ordered to."""
    desk.firm = await desk.api.headers("outlet")
    one = await finding(desk.api, "handover_open")
    await desk.open([{"finding": one["id"]}])
    await desk.step("ask", due_on="2026-07-30", note="请说明")
    await desk.api.report(
        "utilizer", "received", "2026-05-07", handover="H3",
        sender=await desk.api.organisation("outlet"), batteries=[{"battery": code(3)}],
    )  # fmt: skip
    await desk.api.report(
        "utilizer", "received", "2026-05-07", handover="H2",
        sender=await desk.api.organisation("outlet"), batteries=[{"battery": code(2)}],
    )  # fmt: skip
    await desk.api.settle()
    await desk.reply("已补签收")

    told = (await desk.seen(desk.officer)).json()
    refused = await desk.try_step("order", due_on="2026-08-10", basis="第二十四条")
    asked = await desk.step("ask", due_on="2026-08-10", note="为何迟签")

    assert told["things"][0]["now"]["state"] == "closed"
    assert (refused.status_code, refused.json()["code"]) == (409, "no_breach")
    assert "已自行关闭" in await desk.text_of(asked["steps"][-1]["letter"])
