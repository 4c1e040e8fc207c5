"""Findings at an officer's desk, by who made the report that shows them and by place."""

from typing import Final
from uuid import uuid4

from playwright.sync_api import expect

from support.desk import Desk
from support.phone import Outlet, code_of
from web.test_board import officer
from web.test_cases import look
from web.test_notes import choose

__all__ = ("officer",)
CODE: Final = code_of(9970)


def test_an_officer_narrows_findings_to_a_firm_and_to_a_prefecture(
    officer: Desk, outlet: Outlet
) -> None:
    """Given a pack whose health rises, then it stands under its firm, and under no other place."""
    for day, soh in (("2026-03-02", "70"), ("2026-03-03", "95")):
        told = {
            "event_id": str(uuid4()), "type": "inspected", "battery": CODE,
            "occurred_at": f"{day}T09:30:00+08:00", "data": {"soh_percent": soh},
        }  # fmt: skip
        outlet.ask("POST", "/v1/events", told=told)
    page, table = officer.page, officer.page.get_by_test_id("findings")

    page.goto(f"{officer.url}/console/findings?lang=zh")
    choose(page, "上报单位", outlet.name)
    choose(page, "类别", "健康度")
    expect(table).to_contain_text(CODE)
    look(page, "findings-of-a-firm")
    choose(page, "地区", "玉溪市")
    expect(table).not_to_contain_text(CODE)
    assert officer.faults() == []
