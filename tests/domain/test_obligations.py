"""What is owed: when it begins, what meets it, what is over and what nobody checked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.deadlines import Standing
from dianchi.domain.life import Event
from dianchi.domain.obligations import Obligation, obligations_of, standing_of
from dianchi.domain.registry import NOBODY, Organisation, Registry
from dianchi.domain.rule_set import rule_set
from dianchi.domain.rules import RULES, Rules
from dianchi.domain.working_days import CalendarYear, WorkingCalendar, workdays_between
from domain.givens import (
    OUTLET,
    RECYCLER,
    at,
    collected,
    corrects,
    dispatched,
    event,
    installed,
    life_of,
    produced,
    received,
)

CALENDAR = WorkingCalendar()
SOON = Decimal("0.2")
HERE = Registry(
    {
        OUTLET: Organisation(OUTLET, "滇网点", roles=frozenset(("outlet",))),
        RECYCLER: Organisation(RECYCLER, "滇再生", roles=frozenset(("recycler",))),
    }
)


def owed(*events: Event, registry: Registry = HERE, rules: Rules = RULES) -> list[Obligation]:
    return obligations_of(life_of(*events), registry, rules, CALENDAR)


def states(day: str, every: Sequence[Obligation]) -> dict[str, str]:
    today = date.fromisoformat(day)
    return {one.rule.id: standing_of(one, today, SOON).value for one in every}


def late(told: Event, day: str) -> Event:
    return replace(told, recorded_us=at(day))


def test_a_report_in_time_meets_its_own_duty_and_starts_the_next() -> None:
    every = owed(collected("2026-05-04"))
    assert states("2026-05-04", every) == {"OUTLET_IN": "met", "OUTLET_STORAGE": "due"}
    assert states("2026-07-20", every)["OUTLET_STORAGE"] == "due_soon"
    assert states("2026-08-03", every)["OUTLET_STORAGE"] == "overdue"


def test_a_report_after_its_term_is_late_for_ever() -> None:
    every = owed(late(received("2026-05-04"), "2026-07-06"), dispatched("2026-05-03"))
    assert states("2027-01-01", every)["UTIL_IN"] == "late"


def test_a_clock_that_is_ahead_meets_no_duty_before_it_began() -> None:
    told = event("collected", "2026-05-05", {"safety_class": "A"}, clock="00:03")
    taken = owed(replace(told, recorded_us=at("2026-05-04", "23:58")))[0]
    assert (taken.met_on, taken.start) == (date(2026, 5, 5), date(2026, 5, 5))


def test_what_began_before_its_reporter_was_here_is_checked_elsewhere() -> None:
    firm = replace(HERE.organisations[RECYCLER], onboarded_on=date(2026, 6, 1))
    told = late(received("2026-05-04"), "2026-07-06")
    every = owed(told, registry=Registry({RECYCLER: firm}))
    assert states("2026-07-06", every)["UTIL_IN"] == "unchecked"


def test_a_hand_over_is_overdue_until_it_is_answered_and_then_met_or_late() -> None:
    sent = [collected("2026-05-04"), dispatched("2026-05-05")]
    assert states("2026-05-12", owed(*sent))["HANDOVER_ACK"] == "due_soon"
    assert states("2026-05-13", owed(*sent))["HANDOVER_ACK"] == "overdue"
    assert states("2026-09-01", owed(*sent, received("2026-05-12")))["HANDOVER_ACK"] == "met"
    assert states("2026-09-01", owed(*sent, received("2026-05-13")))["HANDOVER_ACK"] == "late"


def test_whoever_is_not_registered_here_cannot_be_overdue_here() -> None:
    abroad = dispatched("2026-05-05", receiver={"external": True, "name": "川再生"})
    every = owed(collected("2026-05-04"), abroad)
    assert states("2026-09-01", every)["HANDOVER_ACK"] == "unchecked"


def test_a_hand_over_lapses_when_the_battery_moved_on_without_an_answer() -> None:
    again = dispatched("2026-06-01", handover="H2")
    every = owed(collected("2026-05-04"), dispatched("2026-05-05"), again)
    told = [standing_of(one, date(2026, 9, 1), SOON) for one in every if one.rule.id[0] == "H"]
    assert told == [Standing.LAPSED, Standing.OVERDUE]


def test_a_time_in_store_is_met_by_the_hand_over_and_lapses_without_one() -> None:
    store = collected("2026-05-04", safety_class="B")
    assert states("2027-01-01", owed(store, dispatched("2026-06-03")))["OUTLET_STORAGE"] == "met"
    assert states("2027-01-01", owed(store, dispatched("2026-06-04")))["OUTLET_STORAGE"] == "late"
    gone = event("lost", "2026-05-20", {"since": "2026-05-19"})
    assert states("2027-01-01", owed(store, gone))["OUTLET_STORAGE"] == "lapsed"


def test_a_receipt_shows_that_the_senders_report_is_missing() -> None:
    [missing] = [one for one in owed(received("2026-05-04")) if one.is_unreported]
    assert (missing.rule.id, missing.bearer, str(missing.due)) == (
        "OUTLET_OUT",
        OUTLET,
        "2026-06-03",
    )
    assert standing_of(missing, date(2026, 6, 4), SOON) == Standing.UNCHECKED
    told = [dispatched("2026-05-03"), received("2026-05-04")]
    assert [one for one in owed(*told) if one.is_unreported] == []
    assert [one for one in owed(received("2026-05-04"), registry=NOBODY) if one.is_unreported] == []


def test_work_on_a_battery_shows_that_its_receipt_is_missing() -> None:
    sent = [collected("2026-05-04"), dispatched("2026-05-05")]
    told = {"batch": "B1", "process": "hydro", "mass_kg": "250"}
    work = event("recycled", "2026-05-09", told, by=RECYCLER, role="recycler")
    [missing] = [one for one in owed(*sent, work) if one.is_unreported]
    assert (missing.rule.id, missing.bearer) == ("UTIL_IN", RECYCLER)


def test_in_2018_the_vehicle_maker_answers_for_its_outlet() -> None:
    every = owed(produced(), installed("2024-02-01"), collected("2025-06-02"))
    [taken] = [one for one in every if one.rule.id == "OUTLET_IN"]
    assert (taken.rule.regime, taken.bearer, taken.reporter) == ("CN-2018", "OVEHICLEAAAA", OUTLET)
    [unnamed] = [one for one in owed(collected("2025-06-02")) if one.rule.id == "OUTLET_IN"]
    assert (unnamed.bearer, unnamed.reporter) == ("", OUTLET)


def test_a_correction_reopens_what_was_met() -> None:
    sent, answer = dispatched("2026-05-05"), received("2026-05-06")
    told = [collected("2026-05-04"), sent, answer]
    assert states("2026-06-01", owed(*told))["HANDOVER_ACK"] == "met"
    assert states("2026-06-01", owed(*told, corrects(answer, "2026-05-20")))["HANDOVER_ACK"] == (
        "overdue"
    )


# --- for any life --------------------------------------------------------------------------------

_FIRST = date(2026, 4, 1)
_days = st.integers(0, 120).map(lambda n: str(_FIRST + timedelta(days=n)))
_lags = st.integers(0, 60)


@st.composite
def _lives(draw: st.DrawFn) -> list[Event]:
    """A store, a hand-over and a receipt on any days, told after any time, some withdrawn."""
    told: list[Event] = [
        collected(draw(_days), safety_class=draw(st.sampled_from("ABC"))),
        dispatched(draw(_days)),
        received(draw(_days)),
    ]
    kept = [one for one in told if draw(st.booleans())]
    aged = [
        replace(one, recorded_us=one.occurred_us + draw(_lags) * 86_400_000_000) for one in kept
    ]
    withdrawn = [one for one in aged if draw(st.integers(0, 3)) == 0]
    return aged + [corrects(one, f"2026-09-0{n}") for n, one in enumerate(withdrawn, 1)]


@given(_lives(), st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_what_is_owed(told: list[Event], chance: object) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a Random
    assert owed(*shuffled) == owed(*told)


@given(_lives(), _days)
def test_nothing_is_met_before_it_began_and_states_follow_the_days(
    told: list[Event], day: str
) -> None:
    today = date.fromisoformat(day)
    for one in owed(*told):
        assert one.start <= one.due
        assert one.met_on is None or one.met_on >= one.start
        assert one.ended_on is None or one.ended_on >= one.start
        state = standing_of(one, today, SOON)
        if one.is_open:
            assert (state in {Standing.DUE, Standing.DUE_SOON}) == (today <= one.due)
        assert standing_of(one, today + timedelta(days=400), SOON) not in {
            Standing.DUE,
            Standing.DUE_SOON,
        }


@given(_lives(), _days)
def test_a_rule_that_ends_changes_what_begins_later_and_nothing_before(
    told: list[Event], last: str
) -> None:
    end = date.fromisoformat(last)
    ended = [replace(rule, valid_to=rule.valid_to or end) for rule in RULES.duties]
    shorter = [
        replace(rule, valid_from=end + timedelta(days=1), amount=1)
        for rule in RULES.duties
        if rule.valid_to is None
    ]
    before, after = owed(*told), owed(*told, rules=Rules(duties=(*ended, *shorter)))
    assert [one.due for one in before if one.start <= end] == [
        one.due for one in after if one.start <= end
    ]
    assert all(one.due <= one.start + timedelta(days=4) for one in after if one.start > end)


# --- the set of rules ----------------------------------------------------------------------------


def test_another_term_or_another_holiday_is_another_rule_set() -> None:
    other = Rules(duties=(replace(RULES.duties[0], amount=16), *RULES.duties[1:]))
    off = CalendarYear(frozenset((date(2027, 2, 8),)), frozenset(), official=True)
    names = {
        rule_set(RULES, CALENDAR),
        rule_set(other, CALENDAR),
        rule_set(RULES, WorkingCalendar({2027: off})),
    }
    assert len(names) == 3
    assert rule_set(Rules(), WorkingCalendar()) == rule_set(RULES, CALENDAR)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        ("2026-05-01", "2026-05-04", 1),
        ("2026-05-04", "2026-05-01", -1),
        ("2025-12-31", "2026-01-05", 3),
    ],
)
def test_working_days_between_two_days_count_the_last(earlier: str, later: str, days: int) -> None:
    told = date.fromisoformat(earlier), date.fromisoformat(later)
    assert workdays_between(*told, CALENDAR) == days
