"""The console in a real browser: a window, and who sits before it."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyotp
from playwright.sync_api import Page

from support.phone import Outlet

AXE: Final = Path(__file__).resolve().parents[2] / "clients/web/node_modules/axe-core/axe.min.js"
AXE_RUN: Final = """axe.run({resultTypes: ['violations']}).then(
  found => found.violations.flatMap(each => each.nodes.map(node => `${each.id} ${node.html}`)))"""
PASSWORD: Final = "plum otter 37 granite"


@dataclass(slots=True)
class Desk:
    """A browser window at a desk, and whom it met."""

    page: Page
    url: str
    strangers: list[str]
    troubles: list[str]

    def follow(self, link: str, login: str) -> None:
        """Follows a one-time link and sets login and password."""
        self.page.goto(link)
        for field, value in (("login", login), ("password", PASSWORD), ("again", PASSWORD)):
            self.page.fill(f"input[name={field}]", value)
        self._send("form button")

    def add_phone(self) -> None:
        """Adds an authenticator as the page asks."""
        self.page.goto(f"{self.url}/account/phone")
        self._send("form[action*='/account/phone'] button")
        secret = self.page.get_by_text(re.compile(r"^[A-Z2-7]{32}$")).text_content()
        assert secret
        self.page.fill("input[name=code]", pyotp.TOTP(secret).now())
        self._send("form[action*='/account/phone/confirm'] button")

    def _send(self, button: str) -> None:
        """Sends a form of a page without script, and waits for the page that answers."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    def sign_in(self, login: str) -> None:
        """Signs in at the console."""
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.get_by_test_id("sign-in").click()

    def faults(self) -> list[str]:
        """What axe finds on the page as it stands, once colours have stopped to change."""
        self.page.wait_for_timeout(400)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return [str(one)[:200] for one in self.page.evaluate(AXE_RUN)]


def command_link(outlet: Outlet, *command: str) -> str:
    """Runs a command at the machine of the service; the one-time link that it prints."""
    told = subprocess.run(
        [sys.executable, "-m", "dianchi", *command, "--data-dir", str(outlet.service.data_dir)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    link = re.search(r"/welcome/\S+", told.stdout)
    assert link, told.stdout
    return f"{outlet.service.url}{link[0]}"


def invited(by: Desk, outlet: Outlet, guest: dict[str, Any]) -> str:
    """The link by which a guest sets login and password.

    Of regulators all but the first wait for a second person, here by hand at the machine.
    """
    headers = {"origin": by.url, "x-dianchi-request": "1"}
    answer = by.page.request.post(f"{by.url}/v1/people", data=guest, headers=headers)
    told: dict[str, Any] = answer.json()
    if "link" not in told:
        return command_link(outlet, "person", "confirm", told["id"])
    return f"{by.url}/welcome/{told['link'].partition('/welcome/')[2]}"
