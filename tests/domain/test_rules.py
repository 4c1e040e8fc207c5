"""Dated rules: which duty, floor or ban holds on which day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain import events
from dianchi.domain.dated import in_force
from dianchi.domain.deadlines import Rule, Standing, due, standing
from dianchi.domain.rules import RULES
from dianchi.domain.vocabulary import APPLICATIONS, CHEMISTRIES, MASS_BASES, PROCESSES
from dianchi.domain.working_days import CalendarYear, WorkingCalendar
from dianchi.exchange.working_calendar import working_calendar

OLD = date(2026, 3, 31)
NEW = date(2026, 4, 1)
CALENDAR = working_calendar()


def only(rules: tuple[Rule, ...], rule_id: str) -> Rule:
    (found,) = (rule for rule in rules if rule.id == rule_id)
    return found


# --- regimes and duties -----------------------------------------------------------------------


def test_a_business_date_has_one_regime() -> None:
    regimes = {on: RULES.regime(on) for on in (date(2018, 7, 31), date(2018, 8, 1), OLD, NEW)}
    ids = [regime and regime.id for regime in regimes.values()]
    assert ids == [None, "CN-2018", "CN-2018", "CN-2026"]


def test_an_inbound_report_of_2025_is_judged_by_the_old_rule_and_of_may_2026_by_order_73() -> None:
    old = only(RULES.deadlines("received", "recycler", date(2025, 6, 2)), "RECYCLE_IN")
    new = only(RULES.deadlines("received", "recycler", date(2026, 5, 6)), "UTIL_IN")
    assert (old.article, old.binding) == ("Art. 15", "statutory")
    assert (new.article, new.binding) == ("Art. 24(7)", "statutory")
    assert due(old, date(2025, 6, 2), CALENDAR) == date(2025, 7, 14)
    assert due(new, date(2026, 5, 6), CALENDAR) == date(2026, 6, 5)


def test_an_outlet_had_no_upload_duty_of_its_own_in_2018() -> None:
    rule = only(RULES.deadlines("collected", "outlet", OLD, safety_class="A"), "OUTLET_IN")
    assert (rule.bearer, rule.reporter, rule.owed_to) == ("vehicle_maker", "outlet", "national")


def test_a_duty_without_an_article_is_a_house_rule() -> None:
    for rule in RULES.duties:
        seen = rule.mark in {"V", "V2"} and rule.article != ""
        assert (rule.binding == "statutory") is seen
    assert only(RULES.deadlines("sold", "dealer", NEW), "SALE_REPORT").binding == "house"


def test_only_a_vehicle_makes_a_vehicle_report_due() -> None:
    assert RULES.deadlines("installed", "vehicle_maker", NEW, host_kind="base_station") == ()
    only(RULES.deadlines("installed", "vehicle_maker", NEW, host_kind="vehicle"), "VEH_REPORT")


def test_a_hand_over_is_acknowledged_by_its_receiver_within_seven_days() -> None:
    rule = only(RULES.deadlines("dispatched", "workshop", NEW), "HANDOVER_ACK")
    assert rule.met_by == {"received", "declined", "returned"}
    assert not rule.met_by_recording
    assert (rule.bearer, rule.owed_to, rule.amount) == ("receiver", "house", 7)


@pytest.mark.parametrize(("safety", "days"), [("A", 90), ("B", 30), ("C", 5), ("unassessed", 30)])
def test_storage_time_depends_on_the_safety_class(safety: str, days: int) -> None:
    rules = RULES.deadlines("collected", "outlet", NEW, safety_class=safety)
    assert only(rules, "OUTLET_STORAGE").amount == days


def test_a_dangerous_battery_does_not_wait_for_the_end_of_a_holiday() -> None:
    rules = RULES.deadlines("collected", "outlet", date(2025, 9, 27), safety_class="C")
    storage = only(rules, "OUTLET_STORAGE")
    assert due(storage, date(2025, 9, 27), CALENDAR) == date(2025, 10, 2)


def test_a_term_that_ends_in_a_holiday_ends_on_the_next_working_day() -> None:
    rule = only(RULES.deadlines("dispatched", "workshop", date(2025, 9, 25)), "HANDOVER_ACK")
    assert due(rule, date(2025, 9, 25), CALENDAR) == date(2025, 10, 9)


def test_a_worked_weekend_shortens_a_term_of_working_days() -> None:
    worked = WorkingCalendar(
        {2025: CalendarYear(frozenset(), frozenset({date(2025, 6, 7)}), official=True)}
    )
    rule = only(RULES.deadlines("received", "utilizer", date(2025, 6, 2)), "SL_WASTE")
    assert due(rule, date(2025, 6, 2), WorkingCalendar()) == date(2025, 6, 23)
    assert due(rule, date(2025, 6, 2), worked) == date(2025, 6, 20)


@given(st.sampled_from(RULES.duties), st.dates())
def test_no_duty_is_due_before_its_trigger_nor_raises(rule: Rule, day: date) -> None:
    assert due(rule, day, CALENDAR) >= day


def test_duties_name_event_types_that_exist() -> None:
    named = {t for rule in RULES.duties for t in rule.trigger.types | rule.met_by}
    assert named <= set(events.CATALOGUE)


def test_a_duty_is_due_then_due_soon_then_overdue_then_late() -> None:
    start, last = date(2026, 5, 1), date(2026, 5, 31)

    def on(day: int, met: int | None = None) -> Standing:
        met_on = None if met is None else start + timedelta(days=met)
        return standing(
            start, last, met_on=met_on, today=start + timedelta(days=day), soon=Decimal("0.2")
        )

    assert [on(23), on(24), on(30), on(31)] == ["due", "due_soon", "due_soon", "overdue"]
    assert [on(40, met=30), on(40, met=31)] == ["met", "late"]


# --- floors, bans, limits ---------------------------------------------------------------------


def test_the_lithium_floor_rose_with_the_2024_edition() -> None:
    floors = [RULES.floor("lithium", "hydro", on) for on in (date(2024, 6, 1), date(2026, 6, 1))]
    assert [floor and floor.share for floor in floors] == [Decimal("0.85"), Decimal("0.90")]
    assert RULES.floor("lithium", "crush", NEW) is None


def test_copper_has_a_floor_only_since_the_2024_edition() -> None:
    assert RULES.floor("copper", "crush", date(2024, 6, 1)) is None
    assert RULES.floor("copper", "crush", NEW) is not None


def test_use_in_e_bikes_is_prohibited_from_2026_04_01() -> None:
    assert RULES.prohibited("e_bike", OLD) is None
    ban = RULES.prohibited("e_bike", NEW)
    assert ban is not None
    assert ban.article == "Art. 22"


def test_low_speed_vehicles_are_not_prohibited_until_someone_reads_so() -> None:
    assert RULES.prohibited("low_speed_ev", NEW) is None


def test_ternary_cells_are_prohibited_in_storage_stations_only() -> None:
    assert RULES.prohibited("energy_storage", NEW, "nmc") is not None
    assert RULES.prohibited("energy_storage", NEW, "lfp") is None
    assert RULES.prohibited("energy_storage", NEW) is None
    assert RULES.prohibited("base_station", NEW, "nmc") is None


def test_outlet_limits_are_house_rules_after_the_repeal() -> None:
    before, after = (RULES.outlet_limit("collection", on) for on in (OLD, NEW))
    assert before is not None
    assert after is not None
    assert (before.binding, after.binding) == ("statutory", "house")
    assert before.most_stock_kg == after.most_stock_kg == 5000


def test_tolerance_widens_with_the_mass_basis_and_an_estimate_stays_low() -> None:
    rows = [RULES.tolerance(basis, NEW) for basis in MASS_BASES]
    assert [row.basis for row in rows] == list(MASS_BASES)
    assert rows == sorted(rows, key=lambda row: (row.share, row.kg))
    assert RULES.tolerance("estimated", NEW).worst == "low"
    assert RULES.tolerance("unheard of", NEW).basis == "estimated"


@pytest.mark.parametrize(
    ("chemistry", "energy", "mass", "plausible"),
    [("lfp", "50", "400", True), ("lfp", "50", "200", False), ("other", "1", "900", True)],
)
def test_energy_per_mass_lies_in_the_window_of_the_chemistry(
    chemistry: str, energy: str, mass: str, *, plausible: bool
) -> None:
    assert RULES.plausible_density(chemistry, Decimal(energy), Decimal(mass), NEW) is plausible


@pytest.mark.parametrize(
    ("chemistry", "voltage", "plausible"),
    [
        ("lfp", "51.2", True),
        ("lfp", "48", True),
        ("lfp", "50", False),
        ("lfp", "2.5", False),
        ("nmc", "350.4", True),
        ("nimh", "7.0", False),
        ("other", "1", True),
    ],
)
def test_the_nominal_voltage_is_a_whole_number_of_cells(
    chemistry: str, voltage: str, *, plausible: bool
) -> None:
    assert RULES.plausible_voltage(chemistry, Decimal(voltage), NEW) is plausible


@given(st.dates(), st.sampled_from(sorted({row.id for row in RULES.numbers})))
def test_every_threshold_has_a_value_on_every_day(on: date, name: str) -> None:
    assert RULES.number(name, on) > 0


def test_rows_speak_of_words_that_exist_and_never_overlap() -> None:
    assert {row.application for row in RULES.prohibitions} <= set(APPLICATIONS)
    assert {row.chemistry for row in RULES.windows} <= set(CHEMISTRIES)
    assert {row.process for row in RULES.floors} <= set(PROCESSES)
    for on in (date(2019, 1, 1), date(2024, 12, 31), date(2025, 1, 1), NEW):
        keys = [(row.metal, row.process) for row in RULES.floors if in_force(row, on)]
        assert len(keys) == len(set(keys))
