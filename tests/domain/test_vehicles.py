"""Which batteries a vehicle has, and what does not fit."""

from itertools import permutations

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event
from dianchi.domain.lines import Key, KeyKind
from dianchi.domain.links import link_findings
from dianchi.domain.rules import RULES
from dianchi.domain.vehicles import vehicle_findings
from domain.givens import (
    OTHER_PACK,
    PACK,
    VEHICLE,
    VIN,
    collected,
    event,
    installed,
    life_of,
    produced,
)


def linked(own: list[Event], *of_vehicle: Event) -> list[Finding]:
    """The findings that a battery's own life shows of the vehicle."""
    return link_findings(life_of(*own), {Key(KeyKind.VIN, VIN): of_vehicle}, RULES)


def scrapped(day: str, *, subject: str | None = None) -> Event:
    data = {"vin_ref": VIN, "certificate": "C1", "battery_present": subject is not None}
    return event(
        "vehicle_scrapped",
        day,
        data,
        subject=subject or f"vin:{VIN}",
        by="ODISMANTLERA",
        role="dismantler",
    )


def removed(day: str, subject: str = PACK, **data: object) -> Event:
    return event(
        "removed",
        day,
        {"host": VEHICLE, "reason": "replacement"} | data,
        subject=subject,
        by="OWORKSHOPAAA",
        role="workshop",
    )


def test_a_vehicle_scrapped_without_its_battery_is_shown_on_the_battery() -> None:
    own = [produced(), installed("2024-02-01")]
    (finding,) = linked(own, own[1], scrapped("2026-05-01"))
    assert finding.code == "vehicle_without_battery"
    assert finding.evidence == (own[1].event_id, scrapped("2026-05-01").event_id)


def test_what_a_life_itself_says_of_a_vehicle_need_not_be_given_again() -> None:
    own = [produced(), installed("2024-02-01")]
    assert linked(own, scrapped("2026-05-01")) == linked(own, own[1], scrapped("2026-05-01"))
    assert linked(own, scrapped("2026-05-01"))


def test_a_removal_explains_the_missing_battery_whenever_it_is_reported() -> None:
    fitted, gone = installed("2024-02-01"), scrapped("2026-05-01")
    for day in ("2026-03-01", "2026-05-20"):
        for events in permutations([fitted, gone, removed(day)]):
            assert vehicle_findings(events) == []


def test_swap_capable_vehicles_are_scrapped_without_battery() -> None:
    assert (
        vehicle_findings([installed("2024-02-01", swap_capable=True), scrapped("2026-05-01")]) == []
    )


def test_the_removal_of_an_older_battery_does_not_explain_the_one_that_replaced_it() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-02-01", replaced_by=OTHER_PACK),
        scrapped("2026-05-01"),
    ]
    (one,) = vehicle_findings(events)
    assert one.batteries == {OTHER_PACK}


def test_a_vehicle_nobody_knew_is_shown_on_the_vehicle_alone() -> None:
    (one,) = vehicle_findings([scrapped("2026-05-01")])
    assert one.batteries == frozenset()
    assert one.finding.evidence == (scrapped("2026-05-01").event_id,)


def test_a_battery_found_elsewhere_later_closes_the_finding_on_it() -> None:
    own = [
        produced(),
        installed("2024-02-01"),
        event("retired", "2026-06-01", {"reason": "accident"}, role="outlet"),
    ]
    assert linked(own, own[1], scrapped("2026-05-01")) == []


def test_another_battery_in_the_scrapped_vehicle_is_a_mismatch_on_both() -> None:
    fitted, found = installed("2024-02-01"), scrapped("2026-05-01", subject=OTHER_PACK)
    for own in ([produced(), fitted], [produced(subject=OTHER_PACK), found]):
        (finding,) = linked(own, fitted, found)
        assert finding.code == "code_mismatch"
        assert finding.values["found"] == OTHER_PACK
        assert finding.values["known"] == PACK


def test_a_record_of_the_replacement_explains_the_other_battery() -> None:
    fitted, found = installed("2024-02-01"), scrapped("2026-05-01", subject=OTHER_PACK)
    for explained in (
        [removed("2025-01-01", replaced_by=OTHER_PACK)],
        [removed("2025-01-01"), installed("2025-01-02", OTHER_PACK)],
    ):
        assert vehicle_findings([fitted, found, *explained]) == []


def test_the_first_battery_in_the_scrapped_vehicle_after_its_replacement_is_a_mismatch() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-01-01", replaced_by=OTHER_PACK),
        scrapped("2026-05-01", subject=PACK),
    ]
    assert [one.finding.code for one in vehicle_findings(events)] == ["code_mismatch"]


def test_a_replaced_battery_may_be_collected_with_the_vin_it_came_from() -> None:
    events = [
        installed("2024-02-01"),
        removed("2025-01-01", replaced_by=OTHER_PACK),
        collected("2025-01-05", vin_ref=VIN),
    ]
    assert vehicle_findings(events) == []


def test_a_battery_collected_from_a_vehicle_that_had_another_is_a_mismatch() -> None:
    events = [installed("2024-02-01"), collected("2026-01-05", subject=OTHER_PACK, vin_ref=VIN)]
    assert [one.finding.code for one in vehicle_findings(events)] == ["code_mismatch"]


def test_a_battery_without_readable_code_is_no_mismatch() -> None:
    events = [installed("2024-02-01"), scrapped("2026-05-01", subject="tmp:K-1")]
    assert vehicle_findings(events) == []


def test_both_packs_of_a_bus_may_be_removed_before_it_is_scrapped() -> None:
    events = [
        installed("2024-02-01"),
        installed("2024-02-01", OTHER_PACK),
        removed("2026-04-30"),
        scrapped("2026-05-01", subject=PACK),
    ]
    assert vehicle_findings(events) == []
