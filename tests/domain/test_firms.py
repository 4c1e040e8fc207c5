"""What a firm or a site shows: stock, bursts, silence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dianchi.domain.firms import bursts, over_stock, silent_firm
from dianchi.domain.life import Event
from dianchi.domain.rules import RULES
from domain.givens import RATINGS, at, days_after, event


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


def test_a_firm_without_a_report_in_ninety_days_is_silent() -> None:
    assert silent_firm(at("2026-01-01"), days_after("2026-01-01", 90), RULES) is None
    assert silent_firm(at("2026-01-01"), days_after("2026-01-01", 91), RULES) is not None


def many(kind: str, number: int, recorded_us: int | None = None) -> list[Event]:
    data = RATINGS | {"revision": 1, "reason": "unreadable"}
    return [
        event(kind, "2026-05-04", data, event_id=f"e{n:03}", recorded_us=recorded_us)
        for n in range(number)
    ]


def test_more_than_twenty_relabels_on_a_day_are_a_burst() -> None:
    assert bursts(many("relabelled", 20), RULES) == []
    (finding,) = bursts(many("relabelled", 21), RULES)
    assert (finding.code, finding.values["count"]) == ("relabel_burst", 21)


def test_the_lines_of_one_report_count_once() -> None:
    lines = [replace(e, event_id="one") for e in many("relabelled", 60)]
    assert bursts(lines, RULES) == []


def test_fifty_reports_of_long_ago_in_a_day_are_a_burst_unless_they_declare_old_stock() -> None:
    late = at("2026-07-04")
    assert bursts(many("inspected", 50, late), RULES) == []
    assert [f.code for f in bursts(many("inspected", 51, late), RULES)] == ["backdate_burst"]
    assert bursts(many("declared", 51, late), RULES) == []
