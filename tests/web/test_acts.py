"""Two officers at their desks and a phone: a hold, a report set aside, a recall that is scanned."""

from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from support.desk import Desk, command_link, invited
from support.phone import MakePhone, Outlet, code_of

CODE: Final = code_of(9750)


def desk_at(window: Browser, outlet: Outlet) -> Desk:
    context = window.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    return Desk(context.new_page(), outlet.service.url, [], [])


@pytest.fixture(scope="module")
def officers(window: Browser, outlet: Outlet) -> tuple[Desk, Desk]:
    """Two regulators of the province, whom a second person confirmed by hand."""
    tail = uuid4().hex[:8]
    admin = desk_at(window, outlet)
    admin.follow(command_link(outlet, "admin-link"), f"boss.{tail}")
    admin.add_phone()
    office = outlet.ask("GET", "/v1/me", key=outlet.regulator)["organisation"]
    made = []
    for login in ("chen", "wang"):
        guest = {"organisation": office, "role": "regulator", "name": login}
        desk = desk_at(window, outlet)
        desk.follow(invited(admin, outlet, guest), f"{login}.{tail}")
        desk.add_phone()
        made.append(desk)
    return made[0], made[1]


def decide(desk: Desk, act: str, reason: str) -> None:
    """Fills in what officers do about the battery on the page."""
    page = desk.page
    page.get_by_test_id(f"act-{act}").click()
    if act == "set_aside":
        page.get_by_test_id("act-target").click()
        page.get_by_role("option", name="去向不明").click()
    page.get_by_test_id("act-basis").click()
    page.get_by_role("option").filter(has_text="暂行办法").click()
    page.get_by_test_id("act-document").fill("滇工信核〔2026〕7号")
    page.get_by_test_id("act-reason").fill(reason)
    page.get_by_test_id("act-send").click()


def call_back(desk: Desk) -> None:
    """Opens a recall of the pack, once it was seen how many it concerns."""
    desk.page.goto(f"{desk.url}/console/recalls")
    desk.page.get_by_test_id("recall-new").click()
    desk.page.get_by_label("或：编码清单").fill(CODE)
    desk.page.get_by_test_id("recall-look").click()
    expect(desk.page.get_by_test_id("recall-seen")).to_contain_text("1 只")
    desk.page.get_by_test_id("recall-number").fill("ZH-9700")
    desk.page.get_by_test_id("recall-advice").fill("停用，联系网点")
    assert desk.faults() == []
    desk.page.get_by_test_id("recall-open").click()
    expect(desk.page.get_by_test_id("recall-form")).to_have_count(0)


def what_remains(desk: Desk) -> None:
    """From the count of a recall to the packs that were not remedied yet."""
    page = desk.page
    row = page.get_by_test_id("recalls").get_by_role("row").filter(has_text="ZH-9700")
    left = row.get_by_test_id("recall-left")
    for _ in range(20):  # the list follows the log a moment later
        if left.is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
        expect(page.get_by_test_id("recalls")).to_be_visible()
    expect(left).to_have_text("未处置 1 只")
    left.click()
    expect(page.get_by_test_id("of-recall")).to_have_text("召回 ZH-9700 · 未处置")
    expect(page.get_by_role("link", name=CODE)).to_be_visible()
    assert desk.faults() == []


def see_it(phone: MakePhone, outlet: Outlet) -> None:
    """Looks the pack up, and takes it in, on a phone."""
    scanner = phone()
    screen = scanner.start()
    scanner.bind(screen, outlet.enrolment()["code"])
    scanner.show(screen, f"lookup?battery={CODE}")
    notice = screen.get_by_test_id("recalled")
    expect(notice).to_contain_text("ZH-9700")
    expect(notice).to_contain_text("停用，联系网点")
    expect(screen.get_by_test_id("lookup-result")).to_contain_text("监管部门有风险标记")
    scanner.show(screen, f"receive?battery={CODE}")
    expect(screen.get_by_test_id("recalled")).to_contain_text("停用，联系网点")


def test_a_pack_is_held_a_report_set_aside_and_a_recall_seen_by_whoever_scans(
    officers: tuple[Desk, Desk], outlet: Outlet, phone: MakePhone
) -> None:
    """Given a pack taken in and said to be lost, when officers act, then whoever scans is told."""
    for kind, data in (
        ("collected", {"source": "person", "safety_class": "B", "label_legible": True}),
        ("lost", {"since": "2026-03-02"}),
    ):
        told = {
            "event_id": str(uuid4()), "type": kind, "battery": CODE, "data": data,
            "occurred_at": f"2026-03-02T{'10' if kind == 'lost' else '09'}:30:00+08:00",
        }  # fmt: skip
        outlet.ask("POST", "/v1/events", told=told)
    one, other = officers
    page = one.page
    page.goto(f"{one.url}/console/batteries/{CODE}")
    decide(one, "hold_placed", "核查来源")
    expect(page.get_by_test_id("held")).to_have_text("风险标记")
    expect(page.get_by_test_id("stage")).to_have_text("去向不明")
    decide(one, "set_aside", "当日在库，有过磅单")
    expect(page.get_by_test_id("aside-waiting")).to_contain_text("由另一名监管人员确认")
    assert one.faults() == []

    other.page.goto(f"{other.url}/console/batteries/{CODE}")
    other.page.get_by_test_id("aside-confirm").click()
    expect(other.page.get_by_test_id("stage")).to_have_text("网点在库")
    expect(other.page.get_by_test_id("timeline")).to_contain_text("当日在库，有过磅单")
    expect(other.page.locator(".life .gone")).to_contain_text("不予采信")

    call_back(other)
    what_remains(other)
    see_it(phone, outlet)
