"""Exports, saved queries and the evaluation in a real browser."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import openpyxl
import pypdfium2
from playwright.sync_api import Locator, Page, expect

from support.desk import Desk
from support.phone import Outlet, code_of

CODE = code_of(9760)


def newest(page: Page, form: str) -> Locator:
    """Where the newest file of a form is fetched: other lists may be there as well."""
    rows = page.get_by_test_id("exports").get_by_role("row").filter(has_text=form)
    return rows.get_by_test_id("export-file").first


def test_a_list_is_taken_out_saved_and_taken_out_again(
    desk: Desk, clerk: str, outlet: Outlet
) -> None:
    """Given a clerk before a list, then a click makes a file, and a name makes it again."""
    told = {
        "event_id": str(uuid4()),
        "type": "collected",
        "battery": CODE,
        "occurred_at": "2026-03-02T09:30:00+08:00",
        "data": {"source": "person", "safety_class": "C", "label_legible": True, "mass_kg": "390"},
    }
    outlet.ask("POST", "/v1/events", told=told)
    page = desk.page
    page.goto(f"{desk.url}/console/obligations")
    desk.sign_in(clerk)
    expect(page.get_by_test_id("obligations")).to_contain_text(CODE)
    page.get_by_test_id("export").click()
    page.get_by_test_id("export-save").click()
    page.get_by_test_id("query-name").fill("超期清单")
    page.get_by_test_id("query-save").click()
    queries = page.get_by_test_id("queries")
    expect(queries).to_contain_text("状态 超期未办")
    queries.get_by_role("button", name="Excel").click()
    with page.expect_download() as taken:
        newest(page, "Excel").click()
    book = openpyxl.load_workbook(BytesIO(Path(taken.value.path()).read_bytes()))
    rows, about = book.worksheets
    assert CODE in {row[0] for row in rows.values}
    assert dict(about.values)["查询"] == "责任期限 (obligations?state=overdue)"
    expect(page.get_by_test_id("exports")).to_contain_text("已完成")


def test_a_list_is_taken_out_as_a_paper(desk: Desk, clerk: str, outlet: Outlet) -> None:
    """Given a clerk before the batteries, then a click makes a PDF with them and what it is of."""
    battery = code_of(9962)
    told = {
        "event_id": str(uuid4()),
        "type": "collected",
        "battery": battery,
        "occurred_at": "2026-03-02T09:30:00+08:00",
        "data": {"source": "person", "safety_class": "A", "label_legible": True},
    }
    outlet.ask("POST", "/v1/events", told=told)
    page = desk.page
    page.goto(f"{desk.url}/console/batteries?stage=collected")
    desk.sign_in(clerk)
    page.get_by_test_id("export").click()
    page.get_by_test_id("export-pdf").click()
    with page.expect_download() as taken:
        newest(page, "PDF").click()
    sheets = pypdfium2.PdfDocument(taken.value.path())
    said = "".join("".join(one.get_textpage().get_text_range().split()) for one in sheets)
    assert battery in said
    assert "查询电池清单(batteries?stage=collected)" in said

    page.get_by_test_id("export-form").get_by_text("PDF", exact=True).click()
    expect(page.get_by_test_id("paper-hint")).to_contain_text("最多 5,000 行")
    assert desk.faults() == []


def test_a_firm_reads_its_evaluation(desk: Desk, clerk: str) -> None:
    page = desk.page
    page.goto(f"{desk.url}/console/organisations")
    desk.sign_in(clerk)
    expect(page.get_by_test_id("rates")).to_contain_text("完整率（接入后首见）")
    with page.expect_download() as sheet:
        page.get_by_test_id("evaluation-pdf").click()
    assert Path(sheet.value.path()).read_bytes().startswith(b"%PDF")
    found = []
    for place in ("reports", "organisations"):
        page.goto(f"{desk.url}/console/{place}?lang=en")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        found += [f"{place}: {one}" for one in desk.faults()]
    assert found == []
