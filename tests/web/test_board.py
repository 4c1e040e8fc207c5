"""The dashboard at an officer's desk: numbers, a tile that opens its list, layout, capacities."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from support.desk import Desk, command_link, invited
from support.phone import Outlet, code_of

DAYS: Final = 10


@pytest.fixture
def officer(desk: Desk, window: Browser, outlet: Outlet) -> Desk:
    """A desk at which an officer of the province has signed in."""
    desk.follow(_link(outlet, window), f"officer.{uuid4().hex[:8]}")
    desk.add_phone()
    return desk


def _link(outlet: Outlet, window: Browser) -> str:
    """A link for somebody of the authority whose key the outlet's tests use."""
    context = window.new_context()
    root = Desk(context.new_page(), outlet.service.url, [], [])
    root.follow(command_link(outlet, "admin-link"), f"root.{uuid4().hex[:8]}")
    root.add_phone()
    me = outlet.ask("GET", "/v1/me", key=outlet.regulator)
    guest = {"organisation": me["organisation"], "role": "regulator", "name": "张云"}
    link = invited(root, outlet, guest)
    context.close()
    return link


def _take_in(outlet: Outlet, serial: int) -> str:
    battery = code_of(serial)
    day = datetime.now(UTC) - timedelta(days=DAYS)
    told = {
        "event_id": str(uuid4()), "type": "collected", "battery": battery, "site": "KM-01",
        "occurred_at": day.isoformat(timespec="seconds"),
        "data": {
            "source": "person", "safety_class": "A", "label_legible": True, "mass_kg": "415.5",
        },
    }  # fmt: skip
    outlet.ask("POST", "/v1/events", told=told)
    return battery


def _leaf_to(page: Page, battery: str) -> None:
    """Reads on in the list until the pack stands there, however many came before it."""
    row, more = page.get_by_role("link", name=battery), page.get_by_role("button", name="再看一些")
    expect(row.or_(more).first).to_be_visible()
    while not row.is_visible():
        with page.expect_response("**/v1/statistics/**"):
            more.click()
        expect(row.or_(more).first).to_be_visible()


def _open_once_counted(page: Page, url: str) -> None:
    """Opens the board until it counts what came in: it is there sooner than the views may be."""
    kunming = page.get_by_test_id("tiles").locator("[data-code='530100'] b")
    for _ in range(20):
        page.goto(url)
        expect(kunming).to_be_visible()
        if kunming.text_content() != "—":
            return
    pytest.fail("nothing is counted")


def test_an_officer_sees_the_numbers_opens_a_tile_and_reads_the_packs_behind_it(
    officer: Desk, outlet: Outlet
) -> None:
    """Given a pack that came in at Kunming, when its tile is opened, then the pack stands there."""
    battery = _take_in(outlet, 9640)
    page, found = officer.page, []
    tile = page.get_by_test_id("tiles").locator("[data-code='530100']")
    _open_once_counted(page, f"{officer.url}/console/board")
    expect(page.get_by_test_id("tiles").locator("[data-code='533400']")).to_contain_text("无上报")
    expect(page.locator("[data-indicator=gathered_kg]")).to_contain_text("吨")
    expect(page.get_by_test_id("as-of")).to_contain_text("截至日志第")
    expect(page.locator(".chart svg").first).to_be_visible()
    found += officer.faults()
    for table in page.get_by_text("表", exact=True).all():
        table.click()
    found += officer.faults()
    tile.click()
    _leaf_to(page, battery)
    found += officer.faults()
    page.get_by_role("link", name=battery).click()
    expect(page.get_by_test_id("timeline")).to_contain_text("回收入库")
    for place, part in (
        *(("layout", "places"), ("capacities", "register"), ("projects", "projects")),
        *(("factors", "factors"), ("board", "content")),
    ):
        page.goto(f"{officer.url}/console/{place}?lang=en")
        expect(page.get_by_test_id(part)).to_be_visible()
        page.wait_for_load_state("networkidle")
        found += [f"{place}: {one}" for one in officer.faults()]
    assert found == []


FIRST_BYTES: Final = 150_000
"""On the wire until numbers stand there and filters answer: the page, its scripts and styles."""
FIRST_REQUESTS: Final = 12
DRAWING: Final = "charts-"


def test_numbers_and_filters_answer_before_a_chart_is_loaded(officer: Desk, outlet: Outlet) -> None:
    """Given a line on which the drawings never come, when a filter is chosen, then it is answered.

    And what had to come before was little: at a desk of 2012 every script costs its time.
    """
    _take_in(outlet, 9641)
    page, held, sizes = officer.page, [], _sizes(officer.page)
    page.route(lambda url: DRAWING in url, lambda route: held.append(route))  # noqa: PLW0108 - it is marked
    page.goto(f"{officer.url}/console/board")
    expect(page.locator("[data-indicator=gathered_kg] b")).to_be_visible()
    first = [(url, size) for url, size in sizes.items() if "/v1/" not in url]
    with page.expect_response("**/v1/statistics/board?**chemistry=lfp**"):
        page.get_by_label("化学体系", exact=True).select_option("lfp")
    expect(page).to_have_url(re.compile("chemistry=lfp"))
    page.get_by_role("radio", name="表").first.check(force=True)
    expect(page.get_by_role("region", name="逐月走势")).to_be_visible()

    assert len(first) <= FIRST_REQUESTS, first
    assert sum(size for _, size in first) <= FIRST_BYTES, first
    assert not [url for url, _ in first if "kit-" in url or DRAWING in url]
    assert page.locator(".chart svg").count() == 0

    for route in held:
        route.continue_()
    expect(page.locator(".chart svg").first).to_be_visible()


def test_a_dashboard_without_an_answer_says_so_and_asks_again(officer: Desk) -> None:
    """Given a service that is out of reach, then the page says so and asks again when told to."""
    page = officer.page
    page.route("**/v1/statistics/board**", lambda route: route.abort())
    page.goto(f"{officer.url}/console/board")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    assert officer.faults() == []
    page.unroute("**/v1/statistics/board**")
    alert.get_by_role("button").click()
    expect(page.get_by_test_id("figures")).to_be_visible()


def _sizes(page: Page) -> dict[str, int]:
    """Bytes on the wire by address, filled as they come."""
    sizes: dict[str, int] = {}
    urls: dict[str, str] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def known(told: dict[str, Any]) -> None:
        urls[told["requestId"]] = told["response"]["url"]

    def came(told: dict[str, Any]) -> None:
        if url := urls.get(told["requestId"]):
            sizes[url] = int(told["encodedDataLength"])

    network.on("Network.responseReceived", known)
    network.on("Network.loadingFinished", came)
    return sizes
