"""The service as a process of its own, an outlet, and a phone of the outlet."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Playwright, sync_playwright

from support.phone import CAMERA, MakePhone, Outlet, Phone, chromium
from support.process import Service


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives browsers.

    It keeps an event loop running in this thread, beside which no test of another module could run
    its own: so it ends with the module.
    """
    chromium()
    with sync_playwright() as driver:
        yield driver


def _folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    return folder


def _key(service: Service, regulator: str, name: str) -> str:
    """A key of a new outlet, made over HTTP: a process each would take seconds."""
    headers = {"authorization": f"Bearer {regulator}"}
    for path, told in (
        ("/v1/organisations", {"name": name, "prefecture": "530100"}),
        ("/v1/keys", {"organisation": name, "role": "outlet"}),
    ):
        answer = httpx.post(f"{service.url}{path}", json=told, headers=headers, timeout=60)
        answer.raise_for_status()
    return str(answer.json()["key"])


@pytest.fixture(scope="session")
def outlet() -> Iterator[Outlet]:
    """An outlet with a service that tests kill and start again."""
    chromium()
    folder = _folder("dianchi-web-")
    service = Service(folder).start()
    regulator = service.key("regulator")
    names = ("昆明官渡回收网点", "曲靖麒麟回收网点")
    own, other = (_key(service, regulator, name) for name in names)
    made = Outlet(service, names[0], own, regulator, other)
    made.add_site()
    yield made
    service.stop()
    shutil.rmtree(folder)


@pytest.fixture
def phone(playwright: Playwright, outlet: Outlet) -> Iterator[MakePhone]:
    """Makes phones; at the end none of them may have spoken to another host."""
    made: list[Phone] = []

    def make(*flags: str, url: str | None = None) -> Phone:
        profile = _folder("dianchi-phone-")
        made.append(Phone(playwright, profile, url or outlet.service.url, (*CAMERA, *flags)))
        return made[-1]

    yield make
    for each in made:
        each.kill()
        shutil.rmtree(each.profile, ignore_errors=True)
        assert each.strangers == []
