"""Nothing is lost and nothing is doubled, whatever dies."""

from threading import Event, Timer
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Page, Route, expect

from support.phone import MakePhone, Outlet, code_of, gun, sent, take_in, unsent
from support.process import Service
from support.tap import Tap

MANY = 50
Death = Literal["unheard", "at work", "half answered"]
DEATHS: Final[tuple[Death, ...]] = ("unheard", "at work", "half answered")
THIRD: Final = 3
AT_WORK_S: Final = 0.005


def receive_offline(page: Page, codes: list[str]) -> None:
    """Takes packs in on the screen for that."""
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").wait_for()
    for code in codes:
        take_in(page, code)


def own(events: list[dict[str, Any]], device: str) -> list[dict[str, Any]]:
    """Those that this device reported."""
    return [each for each in events if (each.get("device") or {}).get("id") == device]


def must_be_whole(outlet: Outlet, device: str, codes: list[str], more: dict[str, int]) -> None:
    """Each once, in the order of the phone, with the time of the phone and of the service."""
    found = []
    for code in codes:
        (event,) = own(outlet.waits_for(code, 1 + more.get(code, 0)), device)
        found.append(event)
    assert [each["device"]["sequence"] for each in found] == list(range(1, len(codes) + 1))
    recorded = [each["recorded_at"] for each in found]
    assert recorded == sorted(recorded)
    assert all(each["device"]["clock"] and each["occurred_at"] for each in found)
    assert all(each["occurred_at"] < each["recorded_at"] for each in found)


def test_fifty_packs_outlive_the_server_the_page_the_browser_and_an_unheard_answer(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given all of them die, one while it answers, then every report is there once, in order.

    Another outlet has reported one of the packs meanwhile: both reports stand.
    """
    codes = [code_of(1000 + each) for each in range(MANY)]
    mine, device = phone(), outlet.enrolment("KM-01")
    page = mine.start()
    mine.bind(page, device["code"])
    mine.keeps_itself(page)

    outlet.service.kill()
    page.reload()
    mine.unlock(page)
    receive_offline(page, codes)
    assert unsent(page) == MANY
    mine.kill()
    page = mine.start()
    mine.open(page)
    mine.unlock(page)
    assert unsent(page) == MANY
    dying = _Dying(outlet, codes[7])
    page.route("**/v1/events/batch*", dying)
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    for _ in range(600):
        if dying.heard:
            break
        page.wait_for_timeout(100)
    page.unroute("**/v1/events/batch*")
    assert 0 < dying.heard <= unsent(page)
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    sent(page)

    must_be_whole(outlet, device["device"], codes, {codes[7]: 1})
    must_be_doubted(outlet, page, codes[7])


def must_be_doubted(outlet: Outlet, page: Page, code: str) -> None:
    """The regulator and the clerk see that somebody else reported the pack, too."""
    life = outlet.ask("GET", f"/v1/batteries/{code}", key=outlet.regulator)
    assert "duplicate_code" in {each["code"] for each in life["findings"]}
    page.get_by_test_id("outbox-count").click()
    told = page.locator("li.sent", has=page.locator(f"[aria-label='{code}']"))
    expect(told.locator("summary")).to_be_visible()


class _Dying:
    """Lets the service hear a batch, then kills it: the phone never gets the answer."""

    def __init__(self, outlet: Outlet, code: str) -> None:
        self.outlet = outlet
        self.code = code
        self.heard = 0

    def __call__(self, route: Route) -> None:
        heard: Any = route.request.post_data_json
        report_elsewhere(self.outlet, self.code)
        route.fetch()
        self.outlet.service.kill()
        self.heard = len(heard)
        route.abort()


def report_elsewhere(outlet: Outlet, code: str) -> None:
    """Another outlet says that it took the same pack in."""
    told = {
        "event_id": f"01996a6e-0000-7000-8000-00000{code[-7:]}",
        "type": "collected",
        "battery": code,
        "occurred_at": "2026-06-01T09:30:00+08:00",
        "data": {"source": "person", "safety_class": "A", "label_legible": True},
    }
    outlet.ask("POST", "/v1/events", key=outlet.other, told=told)


@pytest.mark.timeout(600)
def test_a_service_that_dies_again_and_again_in_the_middle_of_the_sync_loses_nothing(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given 50 packs wait, and the service is killed at three moments of sending them.

    Before it has heard a batch, while it works on one, and when half of an answer has left. Another
    outlet reports one of the packs that wait meanwhile. Then each is there once, in order.
    """
    codes = [code_of(2000 + each) for each in range(MANY)]
    hitman = _Hitman(outlet.service)
    tap = Tap(outlet.service.port, hitman)
    mine, device = phone(url=tap.url), outlet.enrolment("KM-01")
    page = mine.start()
    mine.bind(page, device["code"])
    outlet.service.kill()
    receive_offline(page, codes)
    assert unsent(page) == MANY
    left = [MANY]

    for death in DEATHS:
        hitman.hire(death)
        outlet.service.start()
        if death == "at work":
            report_elsewhere(outlet, codes[-1])
        page.evaluate("dispatchEvent(new Event('online'))")
        hitman.wait()
        expect(page.get_by_test_id("sync-state")).to_have_attribute("data-state", "offline")
        left.append(unsent(page))
    hitman.hire(None)
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    sent(page)
    tap.close()

    assert MANY > left[1] > left[2] > left[3] > 0
    must_be_whole(outlet, device["device"], codes, {codes[-1]: 1})
    must_be_doubted(outlet, page, codes[-1])


class _Hitman:
    """Meddles with a pipe: kills the service at a moment of the third batch from now."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._death: Death | None = None
        self._batches = 0
        self._dead = Event()

    def hire(self, death: Death | None) -> None:
        """From now on, this is how the service dies; None lets it live."""
        self._dead.clear()
        self._death, self._batches = death, 0

    def wait(self) -> None:
        """Until it is dead."""
        assert self._dead.wait(30)

    def __call__(self, data: bytes, from_service: bool) -> bytes:  # noqa: FBT001 - as `Meddle` has it
        if self._dead.is_set():
            return b""
        self._batches += data.startswith(b"POST /v1/events/batch")
        if self._death is None or self._batches < THIRD:
            return data
        if self._death == "unheard":
            self._kill()
            return b""
        if self._death == "at work" and not from_service:
            Timer(AT_WORK_S, self._kill).start()
        elif self._death == "half answered" and b'"results"' in data:
            self._kill()
            return data[: len(data) // 2]
        return data

    def _kill(self) -> None:
        if not self._dead.is_set():
            self._service.kill()
            self._dead.set()


def test_a_pack_taken_in_an_hour_ago_is_not_taken_in_again_by_chance(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given a pack that was taken in today, when it is scanned again, then the clerk is asked."""
    code = code_of(3000)
    mine = phone()
    page = mine.start()
    mine.bind(page, outlet.enrolment()["code"])
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").wait_for()
    take_in(page, code)

    gun(page, code)
    page.get_by_test_id("receive-already").wait_for()

    assert page.get_by_test_id("receive-form").count() == 0


@pytest.mark.parametrize("wrong", [4])
def test_wrong_pins_wait_longer_and_longer_also_after_a_reload(
    outlet: Outlet, phone: MakePhone, wrong: int
) -> None:
    """Given wrong PINs, when the page is opened again, then the wait is still there."""
    mine = phone()
    page = mine.start()
    mine.bind(page, outlet.enrolment()["code"])
    page.reload()
    for _ in range(wrong - 1):
        page.get_by_test_id("pin").fill("111222")
        page.get_by_test_id("sign-in").click()
        page.get_by_role("alert").wait_for()
        expect(page.get_by_test_id("pin")).to_have_value("")
    page.reload()
    page.get_by_test_id("pin").fill("271828")
    page.get_by_test_id("sign-in").click()
    page.get_by_role("alert").wait_for()

    assert page.get_by_test_id("sign-in").is_disabled()
