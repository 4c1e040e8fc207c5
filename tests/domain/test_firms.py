"""What a firm or a site shows: stock, bursts, silence."""

from datetime import date
from decimal import Decimal

import pytest

from dianchi.domain.firms import (
    Crowd,
    burst,
    doubts,
    over_stock,
    silent_firm,
    smallest_burst,
)
from dianchi.domain.rules import RULES
from domain.givens import at, days_after


@pytest.mark.parametrize(
    ("kind", "kg", "opens"),
    [
        ("collection", "5000", False),
        ("collection", "5000.1", True),
        ("central", "90000", False),
        ("plant", "90000", False),
    ],
)
def test_a_collection_outlet_holds_five_tonnes(kind: str, kg: str, *, opens: bool) -> None:
    assert (over_stock(kind, Decimal(kg), date(2026, 5, 1), RULES) is not None) is opens


@pytest.mark.parametrize(
    ("kind", "room", "kg", "most"),
    [
        ("central", "40000", "40000", None),
        ("central", "40000", "40000.1", "40000"),
        ("plant", "100", "101", "100"),
        ("collection", "4000", "4500", "4000"),
        ("collection", "9000", "8000", "5000"),
    ],
)
def test_a_site_holds_no_more_than_the_room_it_told_whatever_the_law_allows(
    kind: str, room: str, kg: str, most: str | None
) -> None:
    found = over_stock(kind, Decimal(kg), date(2026, 5, 1), RULES, room)

    assert (found.values["most_kg"] if found else None) == most
    if found is not None:
        assert ("what" in found.values) is (most == room)


def test_a_firm_without_a_report_in_ninety_days_is_silent() -> None:
    assert silent_firm("F", at("2026-01-01"), days_after("2026-01-01", 90), RULES) is None
    found = silent_firm("F", at("2026-01-01"), days_after("2026-01-01", 91), RULES)
    assert found is not None
    assert found.values == {"firm": "F", "since": "2026-01-01", "days": 90}


@pytest.mark.parametrize(
    ("kind", "days", "found"),
    [
        ("relabelled", 0, ("relabel_burst",)),
        ("inspected", 30, ()),
        ("inspected", 31, ("backdate_burst",)),
        ("relabelled", 31, ("relabel_burst", "backdate_burst")),
        ("declared", 900, ()),
        ("corrected", 900, ()),
    ],
)
def test_labels_and_reports_of_long_ago_are_doubtful_but_old_stock_is_not(
    kind: str, days: int, found: tuple[str, ...]
) -> None:
    assert doubts(kind, at("2026-05-04"), days_after("2026-05-04", days), RULES) == found


@pytest.mark.parametrize(("code", "most"), [("relabel_burst", 20), ("backdate_burst", 50)])
def test_more_doubtful_reports_on_a_day_than_honest_work_gives_are_a_burst(
    code: str, most: int
) -> None:
    assert burst("F", Crowd(code, 20_577, most, ("e1",)), RULES) is None
    found = burst("F", Crowd(code, 20_577, most + 1, ("e1",)), RULES)
    assert found is not None
    assert (found.code, found.evidence) == (code, ("e1",))
    assert (found.values["day"], found.values["count"]) == ("2026-05-04", most + 1)
    assert smallest_burst(RULES) <= most
