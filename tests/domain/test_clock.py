"""Late, overdue, open and silent: what the clock opens, and when."""

from dataclasses import replace
from datetime import date

import pytest

from dianchi.domain.clock import clock_findings, next_change_us, openings
from dianchi.domain.deadlines import Trigger
from dianchi.domain.findings import Finding, kind_of, render, severity_of
from dianchi.domain.life import Event
from dianchi.domain.registry import NOBODY, Organisation, Registry
from dianchi.domain.rules import RULES, Rules
from dianchi.domain.working_days import WorkingCalendar
from domain.givens import (
    OUTLET,
    RECYCLER,
    at,
    collected,
    corrects,
    days_after,
    dispatched,
    event,
    installed,
    life_of,
    produced,
    received,
)

CALENDAR = WorkingCalendar()
OUTSIDE = {"external": True, "name": "川再生", "province": "51"}


def open_at(
    day: str,
    *events: Event,
    clock: str = "09:00",
    registry: Registry = NOBODY,
    rules: Rules = RULES,
) -> list[Finding]:
    every = openings(life_of(*events), registry, rules, CALENDAR)
    found = clock_findings(every, at(day, clock))
    assert all(kind_of(finding).kind == "clock" for finding in found)
    return found


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


# --- late and overdue reports ----------------------------------------------------------------


def test_a_report_recorded_after_its_term_is_late() -> None:
    late = replace(received("2026-05-04"), recorded_us=at("2026-07-06"))
    (finding,) = open_at("2026-07-06", late)
    assert (finding.code, finding.evidence) == ("late_report", (late.event_id,))
    assert (
        render(finding, "zh")
        == "接收应在 2026-06-03 前上报，实际 2026-07-06 上报，晚 33 天（综合利用企业入库上报）。"
    )
    assert severity_of(finding) == "medium"


def test_a_report_is_in_time_until_midnight_of_its_last_day() -> None:
    for recorded, found in (
        (at("2026-06-03", "23:59"), []),
        (days_after("2026-06-03", 1, "00:00"), ["late_report"]),
    ):
        report = replace(received("2026-05-04"), recorded_us=recorded)
        assert codes(open_at("2026-07-06", report)) == found


def test_a_late_report_of_a_house_rule_is_a_reminder() -> None:
    late = replace(collected("2026-05-04"), recorded_us=at("2026-07-06"))
    (finding,) = open_at("2026-07-06", late)
    assert severity_of(finding) == "low"


def test_a_late_report_of_before_its_firm_was_here_weighs_less() -> None:
    registry = Registry({RECYCLER: Organisation(RECYCLER, "滇再生", onboarded_on=date(2026, 7, 1))})
    late = replace(received("2026-05-04"), recorded_us=at("2026-07-06"))
    (finding,) = open_at("2026-07-06", late, registry=registry)
    assert severity_of(finding) == "low"


def test_the_regime_of_the_business_date_gives_the_term() -> None:
    sold = replace(installed("2026-03-02"), recorded_us=at("2026-03-24"))
    (finding,) = open_at("2026-03-24", produced(), sold)
    assert finding.values["due"] == "2026-03-23"  # 15 working days, CN-2018
    assert (
        open_at(
            "2026-04-21", produced(), replace(installed("2026-04-01"), recorded_us=at("2026-04-21"))
        )
        == []
    )


@pytest.mark.parametrize("link", [{}, {"replacement": "again"}])
def test_a_correction_of_a_report_in_time_is_not_late(link: dict[str, str]) -> None:
    day = "2026-05-05" if link else "2026-05-04"
    first = received("2026-05-04")
    again = replace(received(day), event_id="again", recorded_us=at("2026-07-06"))
    assert codes(open_at("2026-07-06", again)) == ["late_report"]
    assert open_at("2026-07-06", first, corrects(first, "2026-07-06", **link), again) == []


@pytest.mark.parametrize("basis", ["opening_stock", "national_import", "before_coding"])
@pytest.mark.parametrize("stage", ["in_use", "removed", "collected", "at_utilizer"])
def test_a_declaration_of_old_stock_opens_no_clock(stage: str, basis: str) -> None:
    since = {} if stage == "collected" else {"since": "2021-01-01"}
    stock = event(
        "declared",
        "2026-04-05",
        {"stage": stage, "basis": basis} | since,
        recorded_us=at("2026-07-05"),
    )
    assert open_at("2026-05-01", stock) == []


def test_a_duty_to_follow_up_is_overdue_until_it_is_met() -> None:
    (assess, *_), follow = RULES.duties, Trigger(frozenset(("received",)))
    duty = replace(
        assess,
        id="ASSESS",
        trigger=follow,
        met_by=frozenset(("assessed",)),
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )
    rules = Rules(duties=(duty,))
    (finding,) = open_at("2026-08-01", received("2026-05-04"), rules=rules)
    assert (finding.code, finding.values["rule"]) == ("overdue_report", "ASSESS")
    met = event(
        "assessed",
        "2026-07-01",
        {"residual_capacity_ah": "80", "method": "pulse", "decision": "reuse"},
        by=RECYCLER,
        role="utilizer",
    )
    assert open_at("2026-08-01", received("2026-05-04"), met, rules=rules) == []


# --- hand-overs ------------------------------------------------------------------------------


def test_a_handover_is_open_after_seven_days_and_vanished_after_thirty() -> None:
    events = [collected("2026-05-04"), dispatched("2026-05-06")]
    assert open_at("2026-05-13", *events, clock="23:59") == []
    assert codes(open_at("2026-05-14", *events, clock="00:00")) == ["handover_open"]
    assert codes(open_at("2026-06-06", *events)) == ["handover_open", "disappeared"]
    assert open_at("2026-06-06", *events, received("2026-06-05")) == []


def test_a_receiver_outside_has_no_account_to_acknowledge_with() -> None:
    found = open_at(
        "2026-06-06", collected("2026-05-04"), dispatched("2026-05-06", receiver=OUTSIDE)
    )
    assert [severity_of(f) for f in found] == ["low", "low"]
    assert "川再生" in render(found[0], "zh")


# --- stores ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("safety", "days", "code"),
    [
        ("A", 90, "over_time"),
        ("B", 30, "over_time"),
        ("unassessed", 30, "over_time"),
        ("C", 5, "class_c_stuck"),
    ],
)
def test_an_outlet_stores_by_the_class_of_the_battery(safety: str, days: int, code: str) -> None:
    pack = collected("2026-05-04", safety_class=safety)
    end = days_after("2026-05-04", days + 1, "00:00")
    every = openings(life_of(pack), NOBODY, RULES, CALENDAR)
    found = clock_findings(every, end)
    assert codes(found) == [code]
    assert clock_findings(every, end - 1) == []


def test_a_battery_handed_over_in_time_was_not_stored_too_long() -> None:
    events = [
        collected("2026-05-04", safety_class="C"),
        dispatched("2026-05-06"),
        received("2026-05-07"),
    ]
    assert open_at("2026-08-01", *events) == []


def test_goods_that_came_back_are_stored_anew() -> None:
    back = event(
        "declined",
        "2026-06-01",
        {"handover": "H1", "sender": OUTLET, "count": 1, "reason": "damaged"},
        by=RECYCLER,
        role="recycler",
    )
    events = [collected("2026-05-04", safety_class="B"), dispatched("2026-05-30"), back]
    assert open_at("2026-07-01", *events) == []
    assert codes(open_at("2026-07-02", *events)) == ["over_time"]


def test_the_term_of_a_battery_that_became_dangerous_counts_from_then() -> None:
    rated = event("inspected", "2026-06-01", {"safety_class": "C"})
    events = [collected("2026-05-04"), rated]
    assert open_at("2026-06-06", *events) == []
    (finding,) = open_at("2026-06-07", *events)
    assert finding.evidence == (events[0].event_id, rated.event_id)


def test_a_treated_battery_is_no_longer_stuck() -> None:
    incident = event("incident", "2026-05-05", {"kind": "leak"}, event_id="i1")
    treated = event(
        "released", "2026-05-08", {"incident": "i1", "treatment": "discharged", "safety_class": "B"}
    )
    stored = [collected("2026-05-04", safety_class="C"), incident]
    assert codes(open_at("2026-05-20", *stored)) == ["class_c_stuck"]
    assert open_at("2026-05-20", *stored, treated) == []


def test_the_same_battery_taken_in_again_does_not_restart_its_stay() -> None:
    events = [collected("2026-05-04", safety_class="B"), collected("2026-05-30", safety_class="B")]
    assert codes(open_at("2026-06-04", *events)) == ["over_time"]


def test_declared_stock_is_stored_since_it_says_or_else_since_it_was_declared() -> None:
    def declared(**since: str) -> Event:
        return event(
            "declared", "2026-04-05", {"stage": "collected", "basis": "opening_stock"} | since
        )

    assert open_at("2026-05-05", declared()) == []
    assert codes(open_at("2026-05-06", declared())) == ["over_time"]
    assert codes(open_at("2026-04-06", declared(since="2026-03-01"))) == ["over_time"]


# --- silence ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["removed", "retired"])
def test_a_battery_taken_out_and_never_heard_of_again_disappeared(kind: str) -> None:
    host = {"kind": "base_station", "id": "S1"}
    out = event(
        kind,
        "2026-01-05",
        {"host": host, "reason": "end_of_life"},
        by="OTOWERAAAAAA",
        role="site_operator",
    )
    assert open_at("2026-07-04", out) == []
    (finding,) = open_at("2026-07-05", out)
    assert (finding.code, finding.values["what"]) == ("disappeared", "silent")
    heard = event("inspected", "2026-07-01", {"cycles": 3})
    assert open_at("2026-07-05", out, heard) == []


def test_a_battery_in_use_may_be_silent_for_years() -> None:
    assert open_at("2034-01-01", produced(), installed("2024-02-01")) == []


# --- when to look again ----------------------------------------------------------------------


def test_the_next_change_is_the_next_moment_at_which_a_finding_opens() -> None:
    folded = life_of(collected("2026-05-04"), dispatched("2026-05-06"))
    every = openings(folded, NOBODY, RULES, CALENDAR)
    moments = []
    now: int | None = at("2026-05-06")
    while now is not None:
        now = next_change_us(every, now)
        if now is not None:
            moments.append(now)
            before = clock_findings(every, now - 1)
            assert len(clock_findings(every, now)) > len(before)
    assert moments == [at("2026-05-14", "00:00"), at("2026-06-06", "00:00")]


def test_a_life_without_events_waits_for_nothing() -> None:
    assert next_change_us(openings(life_of(), NOBODY, RULES, CALENDAR), 0) is None
