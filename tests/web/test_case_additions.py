"""At the desks of two officers: a duty joins an open case, an attachment is erased by both."""

from hashlib import sha256
from time import sleep
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from support.desk import Desk
from support.phone import Outlet, code_of
from web.test_acts import officers
from web.test_cases import day, look, pick_day

__all__ = ("officers",)
FIRST, CODE = code_of(9610), code_of(9611)
FIRM: Final = "红河示范综合利用"
PDF: Final = b"%PDF-1.7\n2 0 obj << >> endobj\n%%EOF\n"


@pytest.fixture(scope="module")
def key(outlet: Outlet) -> str:
    """A key of the firm, which was sent two packs and says nothing of them."""
    headers = {"authorization": f"Bearer {outlet.regulator}"}
    made: Any = None
    told: dict[str, Any]
    for path, told in (
        ("/v1/organisations", {"name": FIRM, "prefecture": "532500"}),
        ("/v1/keys", {"organisation": FIRM, "role": "utilizer"}),
    ):
        made = httpx.post(f"{outlet.service.url}{path}", json=told, headers=headers, timeout=60)
        made.raise_for_status()
    firm = str(made.json()["key"])
    its = outlet.ask("GET", "/v1/me", key=firm)["organisation"]
    came_in = {"source": "person", "safety_class": "A", "label_legible": True}
    for code, slip in ((FIRST, "B1"), (CODE, "B2")):
        report(outlet, outlet.key, "collected", 30, battery=code, data=came_in)
        sent = {"handover": slip, "receiver": its, "batteries": [{"battery": code}]}
        report(outlet, outlet.key, "dispatched", 20, data=sent)
    return firm


def report(outlet: Outlet, key: str, kind: str, back: int, **more: Any) -> None:
    """A report of what happened so many days ago."""
    told = {"event_id": str(uuid4()), "type": kind, "occurred_at": day(back), **more}
    outlet.ask("POST", "/v1/events", key=key, told=told)


@pytest.fixture
def case(outlet: Outlet, key: str) -> dict[str, Any]:
    """A case about one of its duties, in which it replied with a file, and met the duty."""
    first = owed(outlet, "overdue")
    told = {"items": [{"obligation": first["id"]}]}
    made = outlet.ask("POST", "/v1/cases", key=outlet.regulator, told=told)
    step = {"version": 1, "step": "ask", "note": "请说明", "due_on": day(-9)}
    outlet.ask("POST", f"/v1/cases/{made['id']}/steps", key=outlet.regulator, told=step)
    digest = sha256(PDF).hexdigest()
    httpx.put(
        f"{outlet.service.url}/v1/cases/{made['id']}/attachments/{digest}", content=PDF,
        headers={"authorization": f"Bearer {key}"}, timeout=60,
    ).raise_for_status()  # fmt: skip
    reply = {
        "version": 2, "note": "见附件", "attachments": [{"sha256": digest, "name": "张三.pdf"}],
    }  # fmt: skip
    outlet.ask("POST", f"/v1/cases/{made['id']}/replies", key=key, told=reply)
    me = outlet.ask("GET", "/v1/me")["organisation"]
    came = {"handover": "B1", "sender": me, "batteries": [{"battery": FIRST}]}
    report(outlet, key, "received", 1, data=came)
    owed(outlet, "late")
    return dict(made)


def owed(outlet: Outlet, state: str) -> dict[str, Any]:
    """What the firm owes of the first pack, once the views say it is so."""
    for _ in range(120):
        path = f"/v1/obligations?bearer={FIRM}&battery={FIRST}"
        for each in outlet.ask("GET", path, key=outlet.regulator)["items"]:
            if (each["duty"], each["state"]) == ("HANDOVER_ACK", state):
                return dict(each)
        sleep(0.5)
    raise AssertionError(f"nothing was {state}")


@pytest.mark.timeout(240)
def test_a_duty_joins_an_open_case_and_two_officers_erase_a_file_of_it(
    officers: tuple[Desk, Desk],
    case: dict[str, Any],
) -> None:
    """Given a case that was replied to, when an officer adds a duty, then the firm is asked."""
    one, other = officers
    added(one, case["number"])
    erased(one, other)


def added(one: Desk, number: str) -> None:
    """The duty is ticked in the list, and joins the case with a letter."""
    page = one.page
    page.goto(f"{one.url}/console/obligations")
    page.get_by_role("combobox", name="单位").fill(FIRM)
    with page.expect_response(lambda answer: "bearer=" in answer.url and "limit=" in answer.url):
        page.get_by_role("option", name=FIRM).click()
    page.get_by_test_id("obligations").locator("tr", has_text=CODE).locator(".el-checkbox").click()
    page.get_by_test_id("case-new").click()
    page.get_by_test_id("case-into").click()
    page.get_by_role("option").filter(has_text=number).click()
    page.get_by_test_id("added-note").fill("又有一项移交未签收，请一并说明。")
    pick_day(page, "期限", day(-12))
    look(page, "case-into")
    assert one.faults() == []
    page.get_by_test_id("case-go").click()

    expect(page.get_by_test_id("case-state")).to_have_text("待企业答复")
    expect(page.get_by_test_id("case-steps")).to_contain_text("增补事项")
    expect(page.get_by_test_id("case-things")).to_contain_text("移交签收")
    expect(page.get_by_test_id("case-settled-note")).to_contain_text("2 项中现有 1 项已了结")


def erased(one: Desk, other: Desk) -> None:
    """One officer asks, the other approves; the name is gone as well."""
    page = one.page
    page.get_by_test_id("attachment-erase").click()
    page.get_by_test_id("erasure-document").fill("云工信函〔2026〕15号")
    assert one.faults() == []
    page.get_by_test_id("erasure-ask").click()
    expect(page.get_by_test_id("erasure-waiting")).to_contain_text("由另一名监管人员批准")

    other.page.goto(page.url)
    other.page.get_by_test_id("erasure-approve").click()
    other.page.get_by_role("tooltip").get_by_role("button", name="批准并删除").click()
    expect(other.page.get_by_test_id("attachment-erased")).to_contain_text("附件已按要求删除")
    expect(other.page.get_by_test_id("case-steps")).not_to_contain_text("张三.pdf")
    look(other.page, "attachment-erased")
    assert other.faults() == []
