"""The scanner in a real browser: opened, bound, killed, read."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, expect

from support.process import Service

PIN = "271828"
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
NEVER = 60_000
# Done when the screen of before is no longer there.
_SHOW = """hash => new Promise(done => {
  if (location.hash === hash) return done()
  addEventListener('hashchange', () => setTimeout(done), {once: true})
  location.hash = hash
})"""


def chromium() -> str:
    """Where the browser is; without one the test says that it could not run, on CI it fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is missing")
    if found is None:
        pytest.skip("needs chromium: apt-get install chromium fonts-noto-cjk")
    return found


def code_of(number: int) -> str:
    """A battery's code."""
    return f"001PB1A00DZ5K2E61{number:07}"


@dataclass(slots=True)
class Outlet:
    """An outlet and the service it reports to."""

    service: Service
    name: str
    key: str
    regulator: str
    other: str
    """The key of another outlet."""
    office: Any = None
    """The cookies of an officer of the province, once one was let in: the first is let in once."""

    def ask(self, method: str, path: str, *, key: str | None = None, told: Any = None) -> Any:
        """Asks the service, by default with the outlet's own key."""
        headers = {"authorization": f"Bearer {key or self.key}"}
        answer = httpx.request(
            method, f"{self.service.url}{path}", headers=headers, json=told, timeout=60
        )
        assert answer.is_success, answer.text
        return answer.json()

    def add_site(self) -> None:
        """Registers the place where it works."""
        told = {"number": "KM-01", "name": "官渡一号库", "kind": "central", "county": "530111"}
        self.ask("POST", "/v1/sites", told=told)

    def enrolment(self, site: str | None = None) -> dict[str, Any]:
        """A new device: its number and the code that binds a phone."""
        told = {"name": "一号扫码机"} | ({"site": site} if site else {})
        return dict(self.ask("POST", "/v1/devices", told=told))

    def history(self, battery: str) -> list[dict[str, Any]]:
        """The life of a battery as the regulator reads it."""
        path = f"/v1/batteries/{battery}/history"
        return list(self.ask("GET", path, key=self.regulator)["items"])

    def fetch(self, path: str) -> bytes:
        """A file of the service, with the outlet's own key."""
        headers = {"authorization": f"Bearer {self.key}"}
        answer = httpx.get(f"{self.service.url}{path}", headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.content

    def finds(self, code: str, many: int, among: Collection[str]) -> list[dict[str, Any]]:
        """The open findings of one kind among some packs, for the regulator, once so many."""
        deadline = time.monotonic() + 20
        path = f"/v1/findings?code={code}&state=open&limit=50"
        found: list[dict[str, Any]] = []
        while len(found) < many and time.monotonic() < deadline:
            items = self.ask("GET", path, key=self.regulator)["items"]
            found = [each for each in items if each["battery"] in among]
            time.sleep(0.2)
        return found

    def waits_for(self, battery: str, events: int) -> list[dict[str, Any]]:
        """Its history once it has so many events, placed in the log."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(AssertionError):
                found = self.history(battery)
                if len(found) == events and all(each["log_index"] is not None for each in found):
                    return found
            time.sleep(0.1)
        raise AssertionError(f"{battery}: {self.history(battery)}")


@dataclass
class Phone:
    """A browser of one's own, whose process can be killed and started again on the same profile."""

    playwright: Playwright
    profile: Path
    url: str
    flags: Iterable[str] = CAMERA
    strangers: list[str] = field(default_factory=list)
    """Requests to other hosts."""
    _child: subprocess.Popen[bytes] | None = None
    _browser: Browser | None = None

    def start(self) -> Page:
        """Starts the browser; answers its page."""
        told = self.profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        self._child = subprocess.Popen(
            [
                *(chromium(), "--headless=new", "--no-sandbox", "--remote-debugging-port=0"),
                *(f"--user-data-dir={self.profile}", "--window-size=360,640", "--lang=zh-CN"),
                *("--no-first-run", "--disable-background-networking", "--mute-audio"),
                *self.flags,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while not (told.exists() and told.read_text().count("\n")):
            assert time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.05)
        port = told.read_text().splitlines()[0]
        self._browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = self._browser.contexts[0]
        context.on("request", self._note)
        page = context.pages[0]
        page.set_viewport_size({"width": 360, "height": 640})
        page.set_default_timeout(30_000)
        return page

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:", "about:", "chrome")):
            self.strangers.append(request.url)

    def kill(self) -> None:
        """Ends the browser as an empty battery does."""
        assert self._child is not None
        os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        with suppress(Exception):
            assert self._browser is not None
            self._browser.close()

    def open(self, page: Page, hash_: str = "") -> None:
        """Goes to a screen."""
        page.goto(f"{self.url}/scan{hash_}")

    def show(self, page: Page, screen: str) -> None:
        """Goes to a screen of the app that is open, and waits until it is there."""
        page.evaluate(_SHOW, f"#/{screen}")
        page.locator("main h1").wait_for()

    def bind(self, page: Page, code: str) -> None:
        """Binds it with the code of a device, by the link that the administrator shows."""
        self.open(page, f"#enrol={code}")
        page.get_by_test_id("pin").fill(PIN)
        page.get_by_test_id("pin-again").fill(PIN)
        page.get_by_test_id("sign-in").click()
        page.get_by_test_id("tile-lookup").wait_for()

    def unlock(self, page: Page) -> None:
        """Signs in again."""
        page.get_by_test_id("pin").fill(PIN)
        page.get_by_test_id("sign-in").click()
        page.get_by_test_id("tile-lookup").wait_for()

    def keeps_itself(self, page: Page) -> None:
        """Waits until the whole app is on the phone."""
        page.evaluate(
            """new Promise(ready => {
              const look = () => navigator.serviceWorker.controller ? ready() : setTimeout(look, 50)
              look()
            })"""
        )


MakePhone = Callable[..., Phone]


def gun(page: Page, *texts: str) -> None:
    """What a hand-held scanner does: types quickly, ends with Enter.

    Its keys carry the time at which they were struck, as those of a real one do, however late the
    page comes to them.
    """
    page.evaluate(
        """texts => {
          let struck = performance.now()
          for (const text of texts)
            for (const key of [...text, 'Enter']) {
              const event = new KeyboardEvent('keydown', {key, bubbles: true})
              Object.defineProperty(event, 'timeStamp', {value: struck += 5})
              document.body.dispatchEvent(event)
            }
        }""",
        list(texts),
    )


def collected(battery: str) -> dict[str, Any]:
    """The report that a dangerous pack of 390 kg came in."""
    return {
        "event_id": str(uuid4()),
        "type": "collected",
        "battery": battery,
        "occurred_at": "2026-03-02T09:30:00+08:00",
        "data": {"source": "person", "safety_class": "C", "label_legible": True, "mass_kg": "390"},
    }


def take_in(page: Page, battery: str) -> None:
    """Takes a sound pack in, read by a hand-held scanner, on the screen for that."""
    gun(page, battery)
    save(page, battery)


def save(page: Page, battery: str) -> None:
    """Fills in that nothing is wrong with it, and saves."""
    page.get_by_test_id("condition-none").click()
    page.get_by_test_id("receive-submit").click()
    # What was saved is shown until the next one is scanned, which a camera may do at once.
    form = page.get_by_test_id("receive-form")
    expect(form.locator(f"[aria-label='{battery}']")).to_have_count(0, timeout=NEVER)


def unsent(page: Page) -> int:
    """How many wait on the phone."""
    return int(page.get_by_test_id("outbox-count").inner_text())


def sent(page: Page) -> None:
    """Waits until nothing waits any more."""
    expect(page.get_by_test_id("outbox-count")).to_have_text("0", timeout=NEVER)
