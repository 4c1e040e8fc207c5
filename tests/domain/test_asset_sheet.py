"""The data sheet of an asset pack: what a life says of a battery, and what many say together."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from dianchi.domain.asset_sheet import Health, Item, Wanted, item_of, method_label, sheet_of
from dianchi.domain.life import Event, fold
from dianchi.domain.rules import RULES
from domain.givens import OUTLET, PACK, RATINGS, TAKEN_IN, at, event

NOW: Final = at("2026-11-01")
ITEM: Final = Item("P", "collected", "lfp", Decimal(32), None, None, None, 0, quarantined=False,
                   last_event="e")  # fmt: skip


def item(*events: Event) -> Item:
    return item_of(PACK, frozenset((PACK,)), fold(events, RULES), NOW)


def test_a_state_of_health_says_who_found_it_how_and_when() -> None:
    found = item(
        event("collected", "2026-05-01", TAKEN_IN),
        event("inspected", "2026-06-01", {"soh_percent": "81.5"}),
    )

    assert found.tested == Health(Decimal("81.5"), "reported:inspected", OUTLET, date(2026, 6, 1))


def test_a_measured_capacity_counts_over_the_rating_with_its_method() -> None:
    found = item(
        event("produced", "2021-05-01", RATINGS, role="maker"),
        event("inspected", "2026-06-01", {"soh_percent": "90"}),
        event("assessed", "2026-07-01", {"residual_capacity_ah": "72.5", "method": "GB/T 34015",
              "decision": "reuse"}, role="utilizer"),
    )  # fmt: skip

    assert found.tested is not None
    assert (found.tested.soh, found.tested.method) == (Decimal("72.5"), "GB/T 34015")


def test_what_was_measured_before_other_modules_came_in_says_nothing() -> None:
    found = item(
        event("collected", "2026-05-01", TAKEN_IN),
        event("inspected", "2026-06-01", {"soh_percent": "81.5"}),
        event("repaired", "2026-06-02", {"modules_out": [], "modules_in": ["M1"], "reason": "x"},
              role="workshop"),
    )  # fmt: skip

    assert found.tested is None


def test_a_withdrawn_report_does_not_count() -> None:
    found = item(
        event("collected", "2026-05-01", TAKEN_IN),
        event("incident", "2026-05-02", {"kind": "smoke"}, event_id="i"),
        event("corrected", "2026-05-03", {"event_id": "i", "reason": "x"}),
    )

    assert found.incidents == 0


def test_the_recorded_share_is_whole_only_for_who_was_born_here() -> None:
    born = item(event("produced", "2021-05-01", RATINGS, role="maker"))
    # Made on 2023-01-01 by its code (D11); first seen here halfway.
    half = item_of(
        "001PB1A00DZ5K2D110000001",
        frozenset(),
        fold(
            [event("collected", "2024-12-01", TAKEN_IN, subject="001PB1A00DZ5K2D110000001")], RULES
        ),
        NOW,
    )
    unknown = item_of(
        "serial:X:1", frozenset(),
        fold([event("collected", "2026-05-01", TAKEN_IN, subject="serial:X:1")], RULES), NOW,
    )  # fmt: skip

    assert born.recorded_share == 1
    assert half.recorded_share == Decimal("0.500")
    assert unknown.recorded_share is None


@pytest.mark.parametrize(
    ("soh", "band"),
    [("49.9", "<50"), ("50", "50-60"), ("79.9", "70-80"), ("80", "80-90"), ("100", "100+"),
     ("112", "100+")],
)  # fmt: skip
def test_a_band_holds_its_lower_end_and_not_its_upper(soh: str, band: str) -> None:
    told = sheet_of([replace(ITEM, tested=Health(Decimal(soh), "pulse", OUTLET, date(2026, 6, 1)))])

    assert told["soh"] == [{"soh_percent": band, "method": "pulse", "count": 1}]


def test_the_figures_say_what_they_leave_out() -> None:
    tested = replace(ITEM, tested=Health(Decimal(85), "pulse", OUTLET, date(2026, 6, 1)))
    told = sheet_of(
        [ITEM, replace(tested, energy_kwh=None, recorded_share=Decimal("0.5"), incidents=2)]
    )

    assert (told["count"], told["energy_kwh"], told["without_energy"]) == (2, "32", 1)
    assert (told["recorded_share"], told["unknown_age"]) == ("0.5", 1)
    assert (told["incidents"], told["with_incidents"]) == (2, 1)
    assert [row["soh_percent"] for row in told["soh"]] == ["80-90", None]


def test_a_range_of_health_leaves_out_what_was_never_tested() -> None:
    tested = replace(ITEM, tested=Health(Decimal(80), "pulse", OUTLET, date(2026, 6, 1)))

    assert Wanted(soh_least=Decimal(80), soh_most=Decimal(80)).takes(tested)
    assert not Wanted(soh_least=Decimal("80.1")).takes(tested)
    assert not Wanted(soh_most=Decimal("79.9")).takes(tested)
    assert not Wanted(soh_least=Decimal(0)).takes(ITEM)


def test_retired_since_a_day_takes_that_day_and_later() -> None:
    retired = replace(ITEM, retired_on=date(2026, 5, 1))

    assert Wanted(retired_since=date(2026, 5, 1)).takes(retired)
    assert not Wanted(retired_since=date(2026, 5, 2)).takes(retired)
    assert not Wanted(retired_since=date(2020, 1, 1)).takes(ITEM)


def test_a_method_that_nobody_told_is_said_so() -> None:
    assert "方法未写明" in method_label("reported:inspected", "zh")
    assert method_label("reported:inspected", "en") == "told when inspected, method not said"
    assert method_label("GB/T 34015", "en") == "GB/T 34015"
    assert method_label(None, "en") == "not tested"
