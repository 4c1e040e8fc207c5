"""A case from an overdue duty to its end, at the desks of an officer and of a firm."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from support.desk import Desk, invited
from support.phone import Outlet, code_of

CODE: Final = code_of(9900)
FIRM: Final = "云南示范综合利用"
PHOTOS: Final = os.environ.get("DIANCHI_SCREENS")
PDF: Final = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


class Sides(NamedTuple):
    """The windows of an officer and of somebody of the firm."""

    officer: Desk
    firm: Desk


def look(page: Page, name: str) -> None:
    """Keeps a picture of the screen, where somebody wants to look at it."""
    if PHOTOS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(PHOTOS) / f"{name}.png", full_page=True)


def day(back: int) -> str:
    """So many days ago, in China."""
    return str((datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=back))


@pytest.fixture(scope="module")
def key(outlet: Outlet) -> str:
    """A key of a utilizer."""
    headers = {"authorization": f"Bearer {outlet.regulator}"}
    made: Any = None
    for path, told in (
        ("/v1/organisations", {"name": FIRM, "prefecture": "530400"}),
        ("/v1/keys", {"organisation": FIRM, "role": "utilizer"}),
    ):
        made = httpx.post(f"{outlet.service.url}{path}", json=told, headers=headers, timeout=60)
        made.raise_for_status()
    return str(made.json()["key"])


def report(outlet: Outlet, key: str, kind: str, back: int, **data: Any) -> None:
    """A report of what happened so many days ago."""
    told = {"event_id": str(uuid4()), "type": kind, "occurred_at": day(back), "data": data}
    if kind == "collected":
        told["battery"] = CODE
    outlet.ask("POST", "/v1/events", key=key, told=told)


@pytest.fixture(scope="module")
def overdue(outlet: Outlet, key: str) -> None:
    """A pack that the firm took in and told too late, and that now waits for it once more."""
    me = outlet.ask("GET", "/v1/me")["organisation"]
    firm = outlet.ask("GET", "/v1/me", key=key)["organisation"]
    packs = [{"battery": CODE}]
    report(
        outlet, outlet.key, "collected", 100,
        source="person", safety_class="A", label_legible=True,
    )  # fmt: skip
    report(outlet, outlet.key, "dispatched", 99, handover="A1", receiver=firm, batteries=packs)
    report(outlet, key, "received", 98, handover="A1", sender=me, batteries=packs)
    report(outlet, key, "dispatched", 90, handover="A2", receiver=me, batteries=packs)
    report(outlet, outlet.key, "received", 89, handover="A2", sender=firm, batteries=packs)
    report(outlet, outlet.key, "dispatched", 20, handover="A3", receiver=firm, batteries=packs)


@pytest.fixture
def sides(
    window: Browser, outlet: Outlet, administrator: Desk, office: Any, key: str
) -> Iterator[Sides]:
    assert key
    size: Any = {"width": 1366, "height": 768}
    contexts = [
        window.new_context(viewport=size, locale="zh-CN", storage_state=state)
        for state in (office, None)
    ]
    officer, firm = (Desk(each.new_page(), outlet.service.url, [], []) for each in contexts)
    guest = {"organisation": FIRM, "role": "utilizer", "name": "赵磊", "manages": True}
    firm.follow(invited(administrator, outlet, guest), f"zhao.{uuid4().hex[:8]}")
    yield Sides(officer, firm)
    for each in contexts:
        each.close()


def pick_day(page: Page, label: str, when: str) -> None:
    """Types a day."""
    page.get_by_role("combobox", name=label, exact=True).fill(when)
    page.keyboard.press("Enter")


@pytest.mark.usefixtures("overdue")
@pytest.mark.timeout(240)
def test_a_case_is_opened_from_an_overdue_duty_answered_ordered_looked_at_again_and_closed(
    sides: Sides, outlet: Outlet, key: str, tmp_path: Path
) -> None:
    page = sides.officer.page
    opened(sides.officer)
    asked(page)
    replied(sides.firm, tmp_path)
    told = ordered(page)
    broken, _, rest = told.partition("提醒事项")
    assert "责令改正通知书" in broken
    assert FIRM in broken
    assert "综合利用企业入库上报" in broken
    assert "经核查未按期办理" in broken
    assert "移交签收" not in broken
    assert "移交签收" in rest
    me = outlet.ask("GET", "/v1/me")["organisation"]
    report(outlet, key, "received", 0, handover="A3", sender=me, batteries=[{"battery": CODE}])
    closed(page)
    look(page, "case-closed")
    assert sides.officer.faults() == []
    page.goto(f"{sides.officer.url}/console/cases?state=all")
    expect(page.get_by_test_id("case-outcomes")).to_contain_text("责令改正 1")
    look(page, "cases")
    assert sides.officer.faults() == []
    page.goto(f"{sides.officer.url}/console")
    expect(page.get_by_test_id("case-counts")).to_be_visible()
    look(page, "home")


def opened(officer: Desk) -> None:
    """From the list of what is overdue, with another duty of the same battery."""
    page = officer.page
    page.goto(f"{officer.url}/console/obligations")
    # Of one firm: whatever else is overdue may fill the first page.
    page.get_by_role("combobox", name="单位").fill(FIRM)
    with page.expect_response(lambda answer: "bearer=" in answer.url and "limit=" in answer.url):
        page.get_by_role("option", name=FIRM).click()
    assert _tops(page, ".filters > *") == 1
    row = page.get_by_test_id("obligations").locator("tr", has_text=CODE)
    row.locator(".el-checkbox").click()
    page.get_by_test_id("case-new").click()
    opening = page.get_by_test_id("case-open")
    opening.locator(".el-checkbox", has_text="责任 · 综合利用企业入库上报").click()
    look(page, "case-open")
    assert officer.faults() == []
    page.get_by_test_id("case-note").fill("台账核查发现")
    page.get_by_test_id("case-go").click()
    expect(page.get_by_test_id("case-state")).to_have_text("待办理")
    expect(page.get_by_test_id("case-things")).to_contain_text("移交签收")


def _tops(page: Page, what: str) -> int:
    """In how many lines things stand, by their middles."""
    boxes = [one.bounding_box() for one in page.locator(what).all()]
    return len({round(box["y"] + box["height"] / 2) // 8 for box in boxes if box})


def asked(page: Page) -> None:
    """The firm is asked, by when."""
    page.get_by_test_id("step-ask").click()
    page.get_by_test_id("case-said").fill("请说明 A3 为何未签收、A1 为何迟报。")
    pick_day(page, "期限", day(-10))
    look(page, "case-ask")
    page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-state")).to_have_text("待企业答复")


def replied(firm: Desk, folder: Path) -> None:
    """The firm finds its case, without what is internal, and replies with a file."""
    page = firm.page
    page.goto(f"{firm.url}/console/cases")
    page.get_by_test_id("cases").get_by_role("link").first.click()
    expect(page.get_by_test_id("case-steps")).to_contain_text("A3 为何未签收")
    expect(page.get_by_test_id("case-steps")).not_to_contain_text("台账核查发现")
    page.get_by_test_id("case-said").fill("系统升级期间漏报，材料见附件。")
    file = folder / "情况说明.pdf"
    file.write_bytes(PDF)
    page.get_by_test_id("case-file").set_input_files(file)
    expect(page.get_by_test_id("case-form")).to_contain_text("情况说明.pdf")
    look(page, "case-reply")
    assert firm.faults() == []
    page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-state")).to_have_text("企业已答复")


def ordered(page: Page) -> str:
    """The officer reads the file and orders a correction; what the letter says."""
    page.reload()
    with page.expect_download() as given:
        page.get_by_role("link", name="情况说明.pdf").click()
    assert Path(given.value.path()).read_bytes() == PDF
    page.get_by_test_id("step-order").click()
    page.get_by_test_id("case-said").fill("限期签收并补齐记录")
    page.get_by_role("combobox", name="依据", exact=True).fill("《暂行办法》第二十四条")
    page.keyboard.press("Enter")
    pick_day(page, "期限", day(-5))
    # Its placeholder lies over it.
    page.get_by_role("combobox", name="所涉事项", exact=True).click(force=True)
    page.get_by_role("option", name="综合利用企业入库上报").click()
    page.keyboard.press("Escape")
    look(page, "case-order")
    page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-state")).to_have_text("责令改正中")
    with page.expect_download() as taken:
        page.get_by_test_id("case-letter").last.click()
    keep_pdf(Path(taken.value.path()))
    return read(Path(taken.value.path()))


def closed(page: Page) -> None:
    """Looked at again once both duties had settled by themselves, and closed."""
    expect(settled(page)).to_have_count(2, timeout=30_000)
    page.get_by_test_id("step-recheck").click()
    page.get_by_test_id("case-said").fill("已签收，记录已补齐")
    page.get_by_test_id("case-settled").get_by_text("是").click()
    page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-state")).to_have_text("回头看通过")
    expect(page.get_by_test_id("case-steps")).to_contain_text("2 项中有 2 项已自行了结")
    page.get_by_test_id("step-close").click()
    page.get_by_test_id("case-said").fill("办结")
    page.get_by_test_id("case-take").click()
    expect(page.get_by_test_id("case-state")).to_have_text("已结案")


def settled(page: Page) -> Any:
    """What has closed by itself, once the views know."""
    for _ in range(20):
        page.reload()
        page.get_by_test_id("case-things").wait_for()
        if page.get_by_test_id("case-things").locator(".el-tag--success").count() == 2:
            break
        page.wait_for_timeout(300)
    return page.get_by_test_id("case-things").locator(".el-tag--success")


def read(path: Path) -> str:
    """The text of a PDF, without spaces."""
    pages = pypdfium2.PdfDocument(path)
    return "".join("".join(one.get_textpage().get_text_range().split()) for one in pages)


def keep_pdf(path: Path) -> None:
    """Keeps a picture of the letter, where somebody wants to look at it."""
    if PHOTOS:
        picture = pypdfium2.PdfDocument(path)[0].render(scale=1.5).to_pil()
        picture.save(Path(PHOTOS) / "letter.png")
