"""What a life adds to the indicators: a function of what holds, and taken back by corrections."""

from datetime import date
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianchi.domain.dated import in_force
from dianchi.domain.indicators.batches import batch_contributions
from dianchi.domain.indicators.cells import Amount, Cell, cell_id
from dianchi.domain.indicators.lives import life_contributions
from dianchi.domain.indicators.rows import INDICATORS
from dianchi.domain.indicators.values import MEASURE_OF, measures_of, value
from dianchi.domain.life import Event, fold
from dianchi.domain.registry import Organisation, Permit, Registry, Site
from dianchi.domain.rules import RULES
from domain import givens
from domain.lives import any_life, plausible_life

LAW = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
PERMIT = Permit("comprehensive_utilization", date(2025, 1, 1), date(2027, 1, 1))
REGISTRY = Registry(
    organisations={
        firm.id: firm
        for firm in (
            Organisation(givens.MAKER, "maker", province="44"),
            Organisation(
                givens.OUTLET, "outlet", prefecture="530100", onboarded_on=date(2020, 1, 1)
            ),
            Organisation(givens.RECYCLER, "recycler", prefecture="530400", permits=(PERMIT,)),
            Organisation("OVEHICLEAAAA", "cars", prefecture="530300"),
        )
    },
    sites={
        (givens.OUTLET, "S1"): Site(
            givens.OUTLET, "S1", "安宁店", "collection", "530100", county="530181"
        )
    },
)
A_LIFE = (
    givens.produced(),
    givens.installed("2024-02-01"),
    givens.event(
        "sold", "2024-02-10", {"prefecture": "530300"}, by="OVEHICLEAAAA", role="vehicle_maker"
    ),
    givens.event("collected", "2026-05-01", givens.TAKEN_IN, site="S1"),
    givens.dispatched("2026-05-11", mass_kg="248.5"),
    givens.received("2026-06-01", mass_kg="248.5"),
    givens.event(
        "recycled",
        "2026-06-20",
        {"batch": "B1", "process": "hydro", "count": 1, "mass_kg": "240"},
        by=givens.RECYCLER,
        role="recycler",
    ),
)


def found(*events: Event, registry: Registry = REGISTRY) -> dict[Cell, Amount]:
    return life_contributions(fold(events, RULES), registry).found


def counted(adds: dict[Cell, Amount], measure: str) -> list[tuple[int, str, str, int, int]]:
    """Month, prefecture, partner, things and grams of a measure."""
    return sorted(
        (cell.month, cell.prefecture, cell.partner, amount.things, amount.mass_g)
        for cell, amount in adds.items()
        if cell.measure == measure
    )


def test_each_step_of_a_life_counts_in_its_own_month_and_place() -> None:
    adds = found(*A_LIFE)

    assert counted(adds, "made") == [(202401, "44", "", 1, 250_000)]
    assert counted(adds, "sold") == [(202402, "530300", "", 1, 250_000)]
    assert counted(adds, "retired") == counted(adds, "gathered")
    assert counted(adds, "gathered") == [(202605, "530100", "", 1, 250_000)]
    assert counted(adds, "sent") == counted(adds, "closed")
    assert counted(adds, "closed") == [(202605, "530100", "", 1, 248_500)]
    assert counted(adds, "left") == [(202605, "530100", "530400", 1, 248_500)]
    assert counted(adds, "came") == [(202606, "530400", "530100", 1, 248_500)]
    assert counted(adds, "properly_received") == [(202606, "530400", "", 1, 248_500)]
    assert counted(adds, "recycled") == [(202606, "530400", "", 1, 240_000)]
    assert counted(adds, "inflow") == counted(adds, "outflow") == []
    [stay] = [amount for cell, amount in adds.items() if cell.measure == "stayed"]
    assert stay.stay_s == 10 * 86_400
    assert {cell.county for cell in adds if cell.measure == "gathered"} == {"530181"}
    assert {cell.measure for cell in adds} <= set(MEASURE_OF)


def test_a_pack_that_was_never_used_is_no_retired_pack() -> None:
    sent = givens.event(
        "dispatched",
        "2026-05-11",
        {"handover": "H1", "receiver": givens.RECYCLER, "count": 1},
        by=givens.MAKER,
        role="maker",
    )
    taken = givens.received("2026-05-20", sender=givens.MAKER)

    adds = found(givens.produced(), sent, taken)

    assert counted(adds, "retired") == counted(adds, "gathered") == []
    assert counted(adds, "inflow") == [(202605, "530400", "44", 1, 250_000)]
    assert counted(adds, "left") == []


def recycled(day: str = "2026-06-20") -> Event:
    told = {"batch": "B1", "process": "hydro", "count": 1, "mass_kg": "240"}
    return givens.event("recycled", day, told, by=givens.RECYCLER, role="recycler")


def test_scrap_that_passes_from_one_who_treats_to_another_is_not_used_by_that() -> None:
    taken = givens.received("2026-05-20", sender=givens.MAKER)
    again = givens.event(
        "received", "2026-05-25", {"handover": "H2", "sender": givens.RECYCLER, "count": 1},
        by=givens.RECYCLER, role="recycler",
    )  # fmt: skip

    adds = found(givens.produced(), taken, again, recycled())

    assert counted(adds, "retired") == counted(adds, "recycled_used") == []
    assert counted(adds, "recycled_new") == [(202606, "530400", "", 1, 240_000)]


def test_a_pack_that_came_out_of_use_is_recycled_as_a_used_one() -> None:
    adds = found(*A_LIFE)

    assert len(counted(adds, "recycled_used")) == 1
    assert counted(adds, "recycled_new") == []


def test_of_a_pack_of_which_only_the_end_is_told_nobody_knows_whether_it_was_used() -> None:
    adds = found(recycled())

    assert len(counted(adds, "recycled")) == 1
    assert counted(adds, "recycled_used") == counted(adds, "recycled_new") == []


def test_a_way_between_two_places_outside_is_no_flow_of_the_province() -> None:
    there = {"external": True, "name": "外省车厂", "province": "45"}
    sent = givens.event(
        "dispatched",
        "2026-05-11",
        {"handover": "H1", "receiver": there, "count": 1},
        by=givens.MAKER,
        role="maker",
    )
    back = givens.event(
        "received",
        "2026-06-11",
        {"handover": "H2", "sender": there, "count": 1},
        by=givens.MAKER,
        role="maker",
    )

    adds = found(givens.produced(), sent, back)

    ways = {"inflow", "outflow", "came", "left"}
    assert {cell.measure for cell in adds} & ways == set()
    assert counted(adds, "sent") == [(202605, "44", "", 1, 250_000)]


def test_a_report_that_names_one_pack_twice_counts_it_once() -> None:
    """Given a pack sent under its code and a temporary label, then both were the same one."""
    twice = [
        givens.event(
            "dispatched",
            "2026-05-11",
            {"handover": "H1", "receiver": givens.RECYCLER, "count": 2},
            subject=name,
            event_id="sent-1",
        )
        for name in (givens.PACK, "tmp:1-1")
    ]
    same = givens.event("identified", "2026-05-12", {"name": givens.PACK}, subject="tmp:1-1")

    adds = found(givens.collected("2026-05-01"), *twice, same)

    assert counted(adds, "sent") == [(202605, "530100", "", 1, 0)]


def test_a_pack_that_went_back_into_use_retires_again() -> None:
    again = givens.event(
        "retired", "2026-09-01", {"reason": "capacity_low"}, by="OVEHICLEAAAA", role="vehicle_maker"
    )

    adds = found(*A_LIFE[:4], givens.installed("2026-07-01"), again)

    assert [row[0] for row in counted(adds, "retired")] == [202605, 202609]
    assert [row[0] for row in counted(adds, "stayed")] == [202607]


def test_received_without_a_permit_that_day_is_not_proper() -> None:
    late = givens.received("2027-03-01", mass_kg="248.5")

    assert counted(found(*A_LIFE[:5], late), "properly_received") == []
    assert counted(found(*A_LIFE[:5], late), "utilizer_in") != []


def test_a_chain_that_begins_in_the_middle_is_seen_but_not_whole() -> None:
    adds = found(*A_LIFE[3:5])

    assert counted(adds, "seen_onboarded") == [(202605, "530100", "", 1, 248_500)]
    assert counted(adds, "unbroken") == counted(adds, "unbroken_onboarded") == []


@LAW
@given(st.one_of(any_life(), plausible_life()), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events: list[Event], random: Random) -> None:
    told = found(*events)
    random.shuffle(events)
    assert found(*events) == told


@LAW
@given(plausible_life(), st.randoms(use_true_random=False))
def test_a_correction_takes_back_exactly_what_it_corrects(
    events: list[Event], random: Random
) -> None:
    wrong = random.choice(events)
    if wrong.type in ("corrected", "set_aside", "identified"):
        return
    correction = givens.corrects(wrong, "2027-01-01")
    rest = [event for event in events if event is not wrong]

    assert found(*events, correction) == found(*rest)


def test_a_batch_counts_metals_and_rates_them_where_all_is_known() -> None:
    told = {
        "batch": "B1", "process": "hydro", "count": 1, "inputs_mass_kg": "1000", "residue_kg": "1",
        "outputs": [{"lot": "R1", "material": "lithium_carbonate", "mass_kg": "40"}],
    }  # fmt: skip
    run = givens.event("recycled", "2026-06-20", told, by=givens.RECYCLER, role="recycler")
    known = {"P": {"chemistry": "lfp", "mass_kg": "1000"}}

    adds = batch_contributions([run], known, REGISTRY)
    unknown = batch_contributions([run], {"P": {"mass_kg": "1000"}}, REGISTRY)

    assert counted(adds, "recovered_lithium") == [(202606, "530400", "", 1, 7_516)]
    assert counted(adds, "rated_in_lithium") == [(202606, "530400", "", 1, 9_000)]
    assert {cell.measure for cell in unknown} == {"recovered_lithium"}
    [rate] = [row for row in INDICATORS if row.id == "lithium_recovery_rate"]
    sums = {cell.measure: amount for cell, amount in adds.items()}
    assert (value(rate, sums), value(rate, {})) == ("0.8351", None)


def test_every_indicator_is_made_of_measures_that_are_counted_and_is_in_force() -> None:
    assert measures_of(INDICATORS) <= set(MEASURE_OF)
    assert all(in_force(row, date(2026, 11, 30)) for row in INDICATORS)
    assert len({row.id for row in INDICATORS}) == len(INDICATORS)


def test_the_number_of_a_cell_never_changes() -> None:
    cell = Cell("made", 202401, "530100", "", "", "lfp", "O1", "")
    assert cell_id(cell) == 303_226_670_438_586_420
