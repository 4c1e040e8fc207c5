"""What the scanner costs on a weak link, in bytes on the wire."""

from typing import Any

from support.phone import MakePhone, Outlet
from support.tap import Tap

TYPING, ALL = 100_000, 600_000
HEADS = 2_000
"""The worker is asked for its version: one answer without a body."""


def test_typing_needs_a_hundred_kilobytes_all_six_hundred_and_later_nothing(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given a first visit, then a second one."""
    tap = Tap(outlet.service.port)
    mine = phone(url=tap.url)
    page = mine.start()
    loaded: list[int] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def note(told: dict[str, Any]) -> None:
        loaded.append(int(told["encodedDataLength"]))

    network.on("Network.loadingFinished", note)
    mine.bind(page, outlet.enrolment()["code"])
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-type").click()
    page.get_by_test_id("type-code").wait_for()
    for_typing = sum(loaded)
    mine.keeps_itself(page)
    in_all = tap.sent
    page.goto("about:blank")
    before = tap.sent
    mine.open(page)
    page.get_by_test_id("pin").wait_for()
    page.wait_for_timeout(1_000)
    later = tap.sent - before
    tap.close()

    assert for_typing <= TYPING
    assert in_all < ALL
    assert later < HEADS
