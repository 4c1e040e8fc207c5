"""What an officer asks of one pack: find it, read its life, see its family, prove it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from support.desk import Desk
from support.phone import Outlet, code_of

PACK, OTHER, OURS = code_of(9800), code_of(9811), code_of(9820)
MODULES: Final = tuple(f"serial:安宁:M{number}" for number in range(1, 10))
PRODUCT: Final = "serial:安宁:SET-1"
UTILIZER: Final = "安宁综合利用"
TAKEN_IN: Final = {"source": "person", "safety_class": "A", "label_legible": True, "mass_kg": "390"}
PHOTOS: Final = os.environ.get("DIANCHI_SCREENS")


def report(outlet: Outlet, kind: str, at: str, battery: str | None, **data: Any) -> str:
    """Reports something, as the outlet or with the key of another; its event id."""
    key, more = data.pop("key", None), {"battery": battery} if battery else {}
    told = {"event_id": str(uuid4()), "type": kind, "occurred_at": at, **more, "data": data}
    outlet.ask("POST", "/v1/events", key=key, told=told)
    return str(told["event_id"])


def look(page: Page, name: str) -> None:
    """Keeps a picture of the screen, where somebody wants to look at it."""
    if PHOTOS:
        page.screenshot(path=Path(PHOTOS) / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def lived(outlet: Outlet) -> str:
    """A pack that came in, was tested wrongly and then rightly, and lay for a year."""
    report(outlet, "collected", "2025-01-06T09:30:00+08:00", PACK, **TAKEN_IN)
    wrong = report(outlet, "inspected", "2025-02-01T09:30:00+08:00", PACK, soh_percent="18")
    report(outlet, "corrected", "2025-02-02", None, event_id=wrong, reason="读错了一位")
    last = report(outlet, "inspected", "2026-02-03T09:30:00+08:00", PACK, soh_percent="81")
    report(outlet, "collected", "2026-02-01T09:30:00+08:00", OTHER, **TAKEN_IN)
    outlet.waits_for(PACK, 4)
    return last


@pytest.mark.usefixtures("lived")
def test_pasted_codes_are_sorted_and_one_of_them_tells_its_life(desk: Desk, clerk: str) -> None:
    """Given codes with mistakes, then each is found, near or missing; a life shows what is odd."""
    page = desk.page
    page.goto(f"{desk.url}/console/search")
    desk.sign_in(clerk)
    page.get_by_test_id("terms").fill(f"{desk.url}/B/{PACK}/R2\n{OTHER.replace('0', 'O')}\n你好")
    page.get_by_test_id("find").click()
    for outcome, count in (("found", "1"), ("not_found", "2"), ("ambiguous", "0")):
        expect(page.get_by_test_id(f"count-{outcome}")).to_contain_text(count)
    expect(page.get_by_test_id("found").get_by_role("link", name=OTHER)).to_be_visible()
    with page.expect_download() as table:
        page.get_by_test_id("find-export").click()
    assert PACK in table.value.path().read_text(encoding="utf-8-sig")
    assert desk.faults() == []
    look(page, "search")
    page.get_by_test_id("found").get_by_role("link", name=PACK).click()
    expect(page.get_by_text("扫到的是标签修订 2，现行的是首次标签")).to_be_visible()
    life = page.get_by_test_id("timeline")
    expect(life.get_by_test_id("gap")).to_have_text("其间 367 天没有记录")
    expect(life.get_by_test_id("corrections")).to_contain_text("读错了一位")
    expect(life.locator("[data-stage=collected]")).to_contain_text("网点在库")
    expect(page.get_by_test_id("head")).to_contain_text("网点在库")
    assert desk.faults() == []
    look(page, "life")
    earlier_and_printed(page)


def earlier_and_printed(page: Page) -> None:
    """As it stood before the second test, two days compared, and on paper."""
    page.get_by_role("combobox", name="发生截至").fill("2025-03-01")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("earlier")).to_contain_text("2025-03-01")
    expect(page.get_by_test_id("timeline")).not_to_contain_text("健康度（%）81")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("compared")).to_contain_text("81%")
    page.get_by_test_id("earlier").get_by_role("button").click()
    expect(page.get_by_test_id("timeline")).to_contain_text("健康度（%）81")
    page.emulate_media(media="print")
    expect(page.locator(".onpaper")).to_contain_text("打印于")
    for hidden in (page.locator(".menu"), page.get_by_test_id("when")):
        expect(hidden).to_be_hidden()
    page.emulate_media(media="screen")


@pytest.mark.usefixtures("lived")
def test_the_box_above_leads_straight_to_a_pack_and_remembers_no_vehicle(
    desk: Desk, clerk: str
) -> None:
    page = desk.page
    page.goto(f"{desk.url}/console")
    desk.sign_in(clerk)
    box = page.locator("form[role=search] input")
    for typed in ("LSVAA4182E2184847", f" {PACK[:6].lower()} {PACK[6:]}"):
        box.fill(typed)
        box.press("Enter")
        page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("timeline")).to_contain_text("健康度（%）81")
    page.goto(f"{desk.url}/console/search")
    expect(page.get_by_test_id("lately")).to_contain_text(PACK[6:])
    expect(page.get_by_test_id("lately")).not_to_contain_text("LSV")


@pytest.fixture(scope="module")
def taken_apart(outlet: Outlet) -> None:
    """A pack of 390 kg of which 9 modules of 50 kg are told, one of them in a product."""
    for path, told in (
        ("/v1/organisations", {"name": UTILIZER, "prefecture": "530100"}),
        ("/v1/keys", {"organisation": UTILIZER, "role": "utilizer"}),
    ):
        answer = outlet.ask("POST", path, key=outlet.regulator, told=told)
    key = str(answer["key"])
    report(outlet, "declared", "2025-01-06", OURS, key=key, stage="collected",
           basis="opening_stock", mass_kg="390")  # fmt: skip
    children = [{"battery": name, "mass_kg": "50"} for name in MODULES]
    report(outlet, "disassembled", "2025-03-01", OURS, key=key, children=children,
           other_mass_kg="10")  # fmt: skip
    report(outlet, "repurposed", "2025-04-01", PRODUCT, key=key, parents=[MODULES[0]],
           application="base_station", rated_capacity_ah="100", rated_energy_kwh="5",
           mass_kg="50")  # fmt: skip


@pytest.mark.usefixtures("taken_apart")
def test_a_family_is_drawn_with_masses_groups_and_what_cannot_be(
    desk: Desk, invite: Callable[[str, str, str], str]
) -> None:
    """Given more mass taken out than there was, then it is red; alike modules are one box."""
    page = desk.page
    page.goto(f"{desk.url}/console/batteries/{OURS}/genealogy")
    desk.sign_in(invite(UTILIZER, "utilizer", "王工"))
    graph = page.get_by_test_id("family-graph")
    expect(page.get_by_test_id("family-alarm")).to_contain_text("1 处")
    expect(graph).to_contain_text("超量：450 > 390 kg")
    expect(page.get_by_test_id("family-count")).to_contain_text("已合并 1 组")
    assert desk.faults() == []
    look(page, "genealogy")
    graph.locator("[data-box]", has_text="8 个电池").click()
    expect(graph.locator("[data-box]")).to_have_count(11)
    with page.expect_download() as drawn:
        page.get_by_test_id("svg").click()
    assert "<svg" in drawn.value.path().read_text(encoding="utf-8")
    page.get_by_test_id("as-table").click()
    expect(page.get_by_test_id("family-table").locator("tbody tr")).to_have_count(10)
    assert desk.faults() == []


def test_a_proof_is_believed_and_a_changed_answer_is_not(
    desk: Desk, clerk: str, lived: str
) -> None:
    """Given a server that lies in one byte, then the page says which step does not fit."""
    page = desk.page
    page.goto(f"{desk.url}/console/proof?event={lived}")
    desk.sign_in(clerk)
    expect(page.get_by_test_id("now")).to_contain_text("核对通过")
    expect(page.get_by_test_id("proven")).to_contain_text("核对通过")
    page.get_by_test_id("proof-battery").fill(PACK)
    page.get_by_test_id("proof-life").click()
    expect(page.get_by_test_id("life-checked")).to_contain_text("4 条全部在日志中")
    assert desk.faults() == []
    look(page, "proof")
    refused(page, "**/v1/events/*representation=leaf*", ('"81"', '"91"'), "inclusion", "被改动过")
    refused(page, "**/v1/events/*/receipt*", ("index ", "index 1"), "inclusion", "被改动过")
    refused(page, "**/v1/events/*representation=leaf*", (lived, str(uuid4())), "hash", "另一条")
    page.route("**/log/checkpoint", lambda route: changed(route, ("/log\n", "/log\n1")))
    page.get_by_test_id("again").click()
    step = page.get_by_test_id("now").locator("[data-step=signature]")
    expect(step).to_contain_text("签名与内容不符")
    look(page, "refused")


def refused(page: Page, path: str, change: tuple[str, str], step: str, why: str) -> None:
    """With this answer changed, the check of one event fails at this step."""
    page.route(path, lambda route: changed(route, change))
    page.get_by_test_id("prove").click()
    proven = page.get_by_test_id("proven")
    expect(proven.locator(f"[data-step={step}]")).to_contain_text(why)
    expect(proven.get_by_test_id("verdict")).to_have_text("核对不通过")
    page.unroute(path)
    page.get_by_test_id("prove").click()
    expect(proven.get_by_test_id("verdict")).to_have_text("核对通过")


def changed(route: Route, change: tuple[str, str]) -> None:
    """The answer of the service with something else in it."""
    answer = route.fetch()
    assert change[0] in answer.text()
    route.fulfill(response=answer, body=answer.text().replace(*change, 1))
