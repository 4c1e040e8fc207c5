"""At an officer's desk: what a site can treat, and a demonstration project, are noted."""

from playwright.sync_api import Page, expect

from support.desk import Desk
from support.phone import Outlet
from web.test_board import officer
from web.test_cases import look, pick_day

__all__ = ("officer",)


def choose(page: Page, label: str, option: str) -> None:
    """Chooses in a list, by typing where it is searched."""
    field = page.get_by_role("combobox", name=label, exact=True)
    field.click(force=True)
    if field.is_editable():
        field.fill(option)
    page.get_by_role("option", name=option).first.click()
    page.keyboard.press("Escape")


def note(page: Page, document: str) -> None:
    """Names the document and its days, and sends the form; it is empty afterwards."""
    field = page.get_by_role("textbox", name="依据文件", exact=True)
    field.fill(document)
    pick_day(page, "文件日期", "2026-01-05")
    pick_day(page, "生效", "2026-01-10")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(field).to_have_value("")


def test_an_officer_notes_a_capacity_and_a_project_of_the_same_site(
    officer: Desk, outlet: Outlet
) -> None:
    """Given a site on record, when both are noted, then both registers name their document."""
    page, send = officer.page, officer.page.get_by_role("button", name="登记", exact=True)
    page.goto(f"{officer.url}/console/capacities?lang=zh")
    choose(page, "单位", outlet.name)
    choose(page, "场所", "官渡一号库")
    choose(page, "工艺", "拆解")
    page.get_by_role("spinbutton", name="建成（吨/年）").fill("1200.5")
    expect(send).to_be_disabled()
    look(page, "note-capacity")
    note(page, "云环审〔2026〕1号")
    expect(page.get_by_test_id("register")).to_contain_text("云环审〔2026〕1号")
    expect(page.get_by_test_id("register")).to_contain_text("1,201")

    page.goto(f"{officer.url}/console/projects?lang=zh")
    page.get_by_role("textbox", name="项目名称").fill("官渡梯次利用示范")
    choose(page, "用途", "梯次利用")
    choose(page, "单位", outlet.name)
    choose(page, "场所", "官渡一号库")
    look(page, "note-project")
    note(page, "云工信示范〔2026〕2号")
    expect(page.get_by_test_id("projects")).to_contain_text("官渡梯次利用示范")
    expect(page.get_by_test_id("projects")).to_contain_text("云工信示范〔2026〕2号")
