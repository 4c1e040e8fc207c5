"""The console in a real browser: let in, look something up, make a key, in both languages."""

import re
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import expect

from support.desk import Desk
from support.integrator import Integrator
from support.phone import Outlet, code_of, collected

CODE: Final = code_of(9600)
LISTED: Final = code_of(9601)


@pytest.fixture(scope="module")
def taken_in(outlet: Outlet) -> str:
    """A pack that the outlet took in and of which nothing else happens."""
    outlet.ask("POST", "/v1/events", told=collected(CODE))
    return CODE


def test_nobody_sees_the_console_without_signing_in_and_then_lands_where_they_wanted(
    desk: Desk, clerk: str, taken_in: str
) -> None:
    """Given a link to a battery, when its reader signs in, then the battery is shown."""
    desk.page.goto(f"{desk.url}/console/batteries/{taken_in}")
    expect(desk.page.get_by_test_id("sign-in")).to_be_visible()
    expect(desk.page.get_by_test_id("timeline")).to_have_count(0)
    desk.sign_in(clerk)
    expect(desk.page.get_by_test_id("timeline")).to_contain_text("回收入库")
    expect(desk.page.get_by_test_id("stage")).to_have_text("网点在库")


def test_a_wrong_password_says_what_to_do(desk: Desk, clerk: str) -> None:
    desk.page.goto(f"{desk.url}/console")
    desk.page.fill("input[name=login]", clerk)
    desk.page.fill("input[name=password]", "wrong otter 37 plum")
    desk.page.get_by_test_id("sign-in").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("登录名、密码或验证码不对")


def test_the_search_forgives_addresses_spaces_case_and_letters_that_no_code_holds(
    desk: Desk, clerk: str, taken_in: str
) -> None:
    desk.page.goto(f"{desk.url}/console")
    desk.sign_in(clerk)
    box = desk.page.locator("form[role=search] input")
    for typed in (
        f"{desk.url}/B/{taken_in}",
        f" {taken_in[:4].lower()} {taken_in[4:]} ",
    ):
        box.fill(typed)
        box.press("Enter")
        expect(desk.page.get_by_test_id("timeline")).to_contain_text("390")
        desk.page.goto(f"{desk.url}/console")
    box.fill(taken_in.replace("0", "O"))
    box.press("Enter")
    desk.page.get_by_text("您要找的是不是").get_by_role("link", name=taken_in).click()
    expect(desk.page.get_by_test_id("timeline")).to_contain_text("390")


def test_a_key_revoked_at_the_desk_opens_nothing_any_more(
    desk: Desk, clerk: str, outlet: Outlet
) -> None:
    told = {"organisation": outlet.name, "role": "outlet"}
    lost = outlet.ask("POST", "/v1/keys", key=outlet.regulator, told=told)["key"]
    desk.page.goto(f"{desk.url}/console/keys")
    desk.sign_in(clerk)
    row = desk.page.get_by_test_id("keys").locator("tr", has_text=lost[:10])
    row.get_by_role("button", name="停用").click()
    desk.page.get_by_role("dialog").get_by_role("textbox").fill("手机丢失")
    desk.page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    refused = httpx.get(f"{desk.url}/v1/me", headers={"authorization": f"Bearer {lost}"})
    assert refused.status_code == 401


def test_what_is_overdue_is_counted_at_home_and_leads_to_its_rule_and_its_battery(
    desk: Desk, clerk: str, taken_in: str
) -> None:
    """Given a dangerous pack that nobody fetched, when its store looks, then it is told by when."""
    desk.page.goto(f"{desk.url}/console")
    desk.sign_in(clerk)
    desk.page.get_by_test_id("obligation-counts").get_by_role("link", name="超期未办").click()
    row = desk.page.get_by_test_id("obligations").locator("tr", has_text=taken_in)
    expect(row).to_contain_text("2026-03-07")
    row.locator(".el-table__expand-icon").click()
    expect(desk.page.get_by_test_id("obligations")).to_contain_text("期限5 天")
    row.get_by_role("link", name=taken_in).click()
    expect(desk.page.get_by_test_id("obligations")).to_contain_text("网点贮存时间")


def test_a_workbook_is_checked_row_by_row_and_recorded(
    desk: Desk, clerk: str, outlet: Outlet, tmp_path: Path
) -> None:
    """Given a good row and a code that Excel broke, then one is recorded and one sent back."""
    outlet.ask("POST", "/v1/events", told=collected(LISTED))
    table = tmp_path / "退役清单.csv"
    rows = (f"{LISTED},2026-03-05,容量不足", "1.23E+15,2026-03-05,容量不足")
    table.write_text("\n".join(("电池编码,退役日期,原因", *rows)), encoding="gb18030")
    desk.page.goto(f"{desk.url}/console/uploads")
    desk.sign_in(clerk)
    desk.page.get_by_test_id("upload-file").set_input_files(table)
    desk.page.get_by_test_id("upload-plan").wait_for()
    desk.page.get_by_test_id("upload-check").click()
    expect(desk.page.get_by_test_id("upload-rows")).to_contain_text("1.23E+15", timeout=60_000)
    desk.page.get_by_test_id("upload-partial").click()
    expect(desk.page.get_by_test_id("upload-state")).to_contain_text("已记入", timeout=60_000)
    with desk.page.expect_download() as taken:
        desk.page.get_by_test_id("upload-errors").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    with desk.page.expect_download() as given:
        desk.page.get_by_test_id("upload-receipt").click()
    assert re.fullmatch(r"HZ-\d{8}-\w{8}\.pdf", given.value.suggested_filename)
    history = outlet.ask("GET", f"/v1/batteries/{LISTED}/history")
    assert [event["type"] for event in history["items"]] == ["collected", "retired"]


@pytest.mark.timeout(300)
def test_a_firm_makes_its_sandbox_itself_and_sees_tasks_tick_as_its_system_works(
    desk: Desk, clerk: str
) -> None:
    """Given a clerk who manages, then without anybody else: sandbox, key, run, and what came."""
    desk.page.goto(f"{desk.url}/console/sandbox")
    desk.sign_in(clerk)
    expect(desk.page.get_by_test_id("loud")).to_contain_text("沙盒环境")
    desk.page.get_by_test_id("make-sandbox").click()
    expect(desk.page.get_by_test_id("sandbox-address")).to_be_visible(timeout=200_000)
    desk.page.get_by_test_id("make-key").click()
    told = desk.page.get_by_test_id("sandbox-key").inner_text()
    address, key = re.findall(r"export DIANCHI_\w+=(\S+)", told)
    desk.page.get_by_test_id("begin-run").click()
    expect(desk.page.get_by_test_id("progress")).to_have_text("完成 0 / 13")
    with Integrator(address, key) as system:
        run = system.look(desk.page.url.rpartition("/")[2])
        system.do(run, "collected")
    expect(desk.page.get_by_test_id("task-collected")).to_contain_text("完成")
    desk.page.get_by_test_id("end-run").click()
    expect(desk.page.get_by_test_id("report-pdf")).to_be_visible()


def test_axe_finds_nothing_in_either_language(desk: Desk, clerk: str, taken_in: str) -> None:
    found = []
    desk.page.goto(f"{desk.url}/console")
    desk.sign_in(clerk)
    expect(desk.page.get_by_test_id("findings")).to_be_visible()
    places = ("", f"/batteries/{taken_in}", "/batteries", "/findings", "/uploads", "/leaving")
    for language in ("zh", "en"):
        for place in (
            *places,
            "/obligations",
            "/search",
            f"/batteries/{taken_in}/genealogy",
            "/proof",
            "/packs",
            "/receipts",
            "/hooks",
            "/keys",
            "/sandbox",
        ):
            desk.page.goto(f"{desk.url}/console{place}?lang={language}")
            expect(desk.page.locator("h1")).to_be_visible()
            desk.page.wait_for_load_state("networkidle")
            found += [f"{language} {place}: {one}" for one in desk.faults()]
    assert found == []
