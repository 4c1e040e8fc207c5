"""What operators do at the desk: send packs off, sell them, connect their systems."""

import os
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from dianchi.domain.identifiers import uscc_check
from support.desk import Desk
from support.phone import Outlet, code_of

GOOD: Final = code_of(9700)
BAD: Final = code_of(9701)
FIRST: Final = "91440300DEMX00001"
USCC: Final = FIRST + uscc_check(FIRST)
PHOTOS: Final = os.environ.get("DIANCHI_SCREENS")


@pytest.fixture(scope="module")
def packs(outlet: Outlet) -> None:
    """Two packs in store: one that may leave, one of class C."""
    for code, safety in ((GOOD, "A"), (BAD, "C")):
        data = {"source": "person", "safety_class": safety, "label_legible": True, "mass_kg": "390"}
        told = {"event_id": str(uuid4()), "type": "collected", "battery": code,
                "occurred_at": "2026-11-02T09:30:00+08:00", "data": data}  # fmt: skip
        outlet.ask("POST", "/v1/events", told=told)


def look(page: Page, name: str) -> None:
    """Keeps a picture of the screen, where somebody wants to look at it."""
    if PHOTOS:
        page.screenshot(path=Path(PHOTOS) / f"{name}.png", full_page=True)


def choose(page: Page, label: str, option: str) -> None:
    """Chooses in a list."""
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")


@pytest.mark.usefixtures("packs")
def test_what_may_leave_leaves_and_a_stranger_confirms_it(
    desk: Desk, clerk: str, outlet: Outlet
) -> None:
    """Given a pack of class C in the load, then it stays here, and the other one is confirmed."""
    page = desk.page
    page.goto(f"{desk.url}/console/leaving")
    desk.sign_in(clerk)
    page.get_by_test_id("packs").fill(f"{desk.url}/B/{GOOD}\n{BAD[:4]} {BAD[4:]}，{GOOD}\n")
    expect(page.get_by_test_id("pack-count")).to_contain_text("2")
    page.get_by_text("省外或未登记").click()
    page.get_by_test_id("outside-name").fill("广东示例再生")
    choose(page, "所在省份", "广东省")
    page.get_by_label("转移备案号").fill("粤环转〔2026〕8号")
    page.get_by_test_id("check").click()
    expect(page.get_by_test_id("count-stop_advised")).to_contain_text("1")
    expect(page.get_by_test_id("checked")).to_contain_text("预处理前不得包装")
    look(page, "leaving")
    assert desk.faults() == []
    number = page.get_by_test_id("handover").input_value()
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("gone")).to_contain_text(number)
    look(page, "gone")
    page.get_by_role("link", name="给接收单位发一次性签收链接").click()
    page.get_by_test_id("link-make").click()
    link = page.get_by_test_id("once").locator(".once").inner_text()
    expect(page.get_by_test_id("links")).to_contain_text("等待答复")
    answered(desk, link)
    page.reload()
    expect(page.get_by_test_id("links")).to_contain_text("已答复")
    look(page, "receipts")
    assert desk.faults() == []
    events = [outlet.ask("GET", f"/v1/batteries/{code}/history")["items"] for code in (GOOD, BAD)]
    assert [each[-1]["type"] for each in events] == ["dispatched", "collected"]


def answered(desk: Desk, link: str) -> None:
    """The receiver confirms, on a phone without a session."""
    assert desk.page.context.browser
    context = desk.page.context.browser.new_context()
    page = context.new_page()
    page.goto(f"{desk.url}/receipts/{link.rpartition('/')[2]}")
    page.check("input[name=decision][value=confirmed]")
    page.fill("input[name=organisation]", "广东示例再生")
    page.fill("input[name=uscc]", USCC)
    page.locator("form button").last.click()
    page.wait_for_load_state()
    context.close()


@pytest.mark.usefixtures("packs")
def test_an_asset_pack_is_tried_frozen_opened_by_whom_it_names_and_taken_back(
    desk: Desk, clerk: str, outlet: Outlet
) -> None:
    page = desk.page
    page.goto(f"{desk.url}/console/packs")
    desk.sign_in(clerk)
    page.get_by_test_id("pack-preview").click()
    expect(page.get_by_test_id("figures")).to_be_visible()
    page.get_by_test_id("pack-title").fill("一季度退役包")
    page.get_by_role("combobox", name="谁可以打开", exact=True).fill("麒麟")
    page.get_by_role("option", name="曲靖麒麟回收网点").click()
    page.locator("h1").click()
    look(page, "packs")
    assert desk.faults() == []
    page.get_by_test_id("pack-freeze").click()
    expect(page.get_by_test_id("pack-state")).to_have_text("可打开")
    number = page.url.rpartition("/")[2]
    seen = outlet.ask("GET", f"/v1/asset-packs/{number}", key=outlet.other)
    assert BAD in [item["battery"] for item in seen["sheet"]["items"]]
    page.reload()
    expect(page.get_by_test_id("openings")).to_contain_text("曲靖麒麟回收网点")
    look(page, "pack")
    assert desk.faults() == []
    page.get_by_test_id("pack-revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="收回").click()
    expect(page.get_by_test_id("pack-state")).to_have_text("已收回")


def test_a_system_and_a_webhook_are_made_watched_and_stopped(
    desk: Desk, clerk: str, outlet: Outlet
) -> None:
    page = desk.page
    page.goto(f"{desk.url}/console/keys")
    desk.sign_in(clerk)
    page.get_by_test_id("system-name").fill("资产系统")
    page.get_by_test_id("system-make").click()
    expect(page.get_by_test_id("once")).to_contain_text('"d":')
    row = page.get_by_test_id("systems").locator("tr", has_text="资产系统")
    expect(row).to_contain_text("有效")
    look(page, "keys")
    assert desk.faults() == []
    page.goto(f"{desk.url}/console/hooks")
    page.get_by_test_id("hook-url").fill("http://127.0.0.1/inner")
    page.get_by_test_id("hook-make").click()
    expect(page.get_by_role("alert")).to_contain_text("https")
    page.get_by_test_id("hook-url").fill("https://erp.example.com/dianchi")
    page.get_by_test_id("hook-make").click()
    expect(page.get_by_test_id("once")).to_contain_text("whsec_")
    look(page, "hooks")
    page.get_by_role("link", name="https://erp.example.com/dianchi").click()
    page.get_by_test_id("hook-test").click()
    expect(page.get_by_test_id("deliveries")).to_contain_text("测试")
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_test_id("hook-state")).to_have_text("已暂停")
    look(page, "hook")
    assert desk.faults() == []
    assert [one["state"] for one in outlet.ask("GET", "/v1/webhooks")["items"]] == ["paused"]
