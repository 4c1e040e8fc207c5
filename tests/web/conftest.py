"""The service as a process of its own, an outlet, and a phone of the outlet."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from support.desk import Desk, command_link, invited
from support.phone import CAMERA, MakePhone, Outlet, Phone, chromium
from support.process import Service

Invite = Callable[[str, str, str], str]
"""Of a firm, in a role, by a name: the login."""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives browsers.

    It keeps an event loop running in this thread, beside which no test of another module could run
    its own: so it ends with the module.
    """
    chromium()
    # A busy machine hashes a password for some seconds.
    expect.set_options(timeout=20_000)
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


@pytest.fixture(scope="module")
def window(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-background-networking"]
    )
    yield browser
    browser.close()


@pytest.fixture
def desk(window: Browser, outlet: Outlet) -> Iterator[Desk]:
    """A window without cookies; at the end it spoke to our host only, and nothing was blocked."""
    context = window.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    made = Desk(page, outlet.service.url, [], [])
    page.on("request", lambda one: made.strangers.append(one.url))
    page.on("pageerror", lambda error: made.troubles.append(str(error)))
    page.on(
        "console",
        lambda said: made.troubles.append(said.text) if "Content Security" in said.text else None,
    )
    yield made
    context.close()
    assert [url for url in made.strangers if not url.startswith((made.url, "data:"))] == []
    assert made.troubles == []


def _administrator(window: Browser, outlet: Outlet) -> Desk:
    """A window of a new administrator of the platform."""
    made = Desk(window.new_context().new_page(), outlet.service.url, [], [])
    made.follow(command_link(outlet, "admin-link"), f"root.{uuid4().hex[:8]}")
    made.add_phone()
    return made


@pytest.fixture(scope="module")
def administrator(window: Browser, outlet: Outlet) -> Iterator[Desk]:
    """A window of an administrator of the platform."""
    made = _administrator(window, outlet)
    yield made
    made.page.context.close()


@pytest.fixture(scope="module")
def office(window: Browser, outlet: Outlet, administrator: Desk) -> Any:
    """The cookies of an officer of the province."""
    if outlet.office is None:
        told = {
            "organisation": "示范regulator",
            "role": "regulator",
            "name": "杨敏",
            "manages": True,
        }
        link = invited(administrator, outlet, told)
        context = window.new_context()
        desk = Desk(context.new_page(), outlet.service.url, [], [])
        desk.follow(link, f"yang.{uuid4().hex[:8]}")
        desk.add_phone()
        outlet.office = context.storage_state()
        context.close()
    return outlet.office


@pytest.fixture(scope="module")
def clerk(invite: Invite, outlet: Outlet) -> str:
    """The login of somebody of the outlet, invited by the platform's administrator."""
    return invite(outlet.name, "outlet", "李静")


@pytest.fixture(scope="module")
def invite(window: Browser, outlet: Outlet) -> Invite:
    """Lets the platform's administrator invite somebody of a firm; answers the login."""
    tail = uuid4().hex[:8]
    context = window.new_context()
    first = Desk(context.new_page(), outlet.service.url, [], [])
    first.follow(command_link(outlet, "admin-link"), f"root.{tail}")
    first.add_phone()
    cookies = context.storage_state()
    context.close()

    def invited(firm: str, role: str, name: str) -> str:
        login = f"{role}.{uuid4().hex[:8]}"
        root = window.new_context(storage_state=cookies)
        guest = {"organisation": firm, "role": role, "name": name, "manages": True}
        headers = {"origin": first.url, "x-dianchi-request": "1"}
        told_of = root.request.post(f"{first.url}/v1/people", data=guest, headers=headers)
        path = told_of.json()["link"].partition("/welcome/")[2]
        root.close()
        second = window.new_context()
        Desk(second.new_page(), first.url, [], []).follow(f"{first.url}/welcome/{path}", login)
        second.close()
        return login

    return invited
