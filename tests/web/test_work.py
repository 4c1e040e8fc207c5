"""A list of packs to take out: made at the desk, worked off on a phone without a link."""

from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from support.desk import Desk
from support.phone import MakePhone, Outlet, code_of, collected, gun, sent

HERE, THERE, LEFT = (code_of(9770 + number) for number in range(3))
STATION: Final = "KM-01"


@pytest.fixture
def list_number(desk: Desk, clerk: str, outlet: Outlet) -> str:
    """A list of two packs and one that is not written out, made from pasted lines."""
    for battery in (HERE, THERE, LEFT):
        outlet.ask("POST", "/v1/events", told=collected(battery))
    page = desk.page
    page.goto(f"{desk.url}/console/work-lists")
    desk.sign_in(clerk)
    page.get_by_test_id("work-new").click()
    page.get_by_test_id("plan-name").fill("腾退一号库")
    page.get_by_test_id("work-plan").locator(".el-select", has_text="拆下").first.click()
    page.get_by_role("option", name="退役").click()
    page.get_by_test_id("plan-text").fill(f"{STATION}\t{HERE}\n{STATION}\t{THERE}")
    page.get_by_test_id("plan-look").click()
    expect(page.get_by_test_id("plan-rows").locator("tbody tr")).to_have_count(2)
    page.get_by_test_id("plan-make").click()
    expect(page.get_by_test_id("work-state")).to_be_visible()
    return page.locator(".titled .mono").inner_text()


def tally(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_test_id("work-tallies").locator("div", has_text=name).locator("dd")


@pytest.mark.timeout(240)
def test_a_list_is_worked_off_offline_and_ticked_at_the_desk(
    desk: Desk, list_number: str, outlet: Outlet, phone: MakePhone
) -> None:
    """Given a list, when a crew scans one pack of it and one that is not on it, offline."""
    mine = phone()
    page = mine.start()
    mine.bind(page, outlet.enrolment(STATION)["code"])
    mine.keeps_itself(page)
    page.get_by_test_id("tile-work").click()
    page.get_by_test_id("work-list").filter(has_text=list_number).click()
    page.context.set_offline(True)
    page.get_by_test_id("work-station").click()
    gun(page, HERE)
    expect(page.get_by_test_id("work-saved")).to_be_visible()
    gun(page, LEFT)
    page.get_by_test_id("work-still").click()
    rows = page.get_by_test_id("work-row")
    expect(rows.filter(has=page.locator(f"[aria-label='{HERE}']"))).to_have_attribute(
        "data-state", "done"
    )
    expect(page.get_by_test_id("outbox-count")).to_have_text("2")
    page.context.set_offline(False)
    sent(page)

    expect(tally(desk, "已完成")).to_have_text("1", timeout=60_000)
    expect(tally(desk, "剩余")).to_have_text("1")
    expect(desk.page.get_by_test_id("work-beside")).to_contain_text(LEFT)
    told = outlet.waits_for(HERE, 2)[-1]
    assert (told["type"], told["data"]["reason"] != "") == ("retired", True)
