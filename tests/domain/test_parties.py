"""What the registry says against the parties and places of a life."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dianchi.domain.codes import decode, parse_battery
from dianchi.domain.dated import ALWAYS
from dianchi.domain.findings import Finding, render, severity_of
from dianchi.domain.life import Event
from dianchi.domain.parties import party_findings, with_onboarding
from dianchi.domain.registry import Organisation, Permit, Registry, Site
from dianchi.domain.rules import RULES
from dianchi.domain.vendors import Vendor
from domain.givens import (
    OUTLET,
    PACK,
    RECYCLER,
    collected,
    corrects,
    dispatched,
    event,
    life_of,
    produced,
)

PERMIT = Permit("environment", date(2025, 1, 1), date(2026, 1, 1))


def registry_of(
    name: str = "滇再生", role: str = "recycler", permits: tuple[Permit, ...] = ()
) -> Registry:
    known = Organisation(RECYCLER, name, roles=frozenset((role,)), permits=permits)
    outlet = Organisation(
        OUTLET,
        "官渡网点",
        prefecture="530100",
        roles=frozenset(("outlet",)),
        onboarded_on=date(2026, 4, 1),
    )
    sites = [
        Site(OUTLET, "KM", "官渡", "outlet", "530100"),
        Site(OUTLET, "ZT", "昭阳", "outlet", "530600"),
        Site(OUTLET, "X", "?", "outlet"),
    ]
    return Registry(
        {o.id: o for o in (known, outlet)},
        {(site.organisation, site.number): site for site in sites},
    )


def found(registry: Registry, *events: Event) -> list[Finding]:
    return party_findings(life_of(*events), registry, RULES)


# --- unknown parties -------------------------------------------------------------------------


def test_a_party_that_is_not_registered_is_a_finding_until_it_registers() -> None:
    events = [collected("2026-04-05"), dispatched("2026-04-10", receiver="甲公司")]
    (finding,) = found(registry_of(), *events)
    assert finding.code == "unknown_party"
    assert render(finding, "zh") == "甲公司 没有在本平台登记。"
    assert found(registry_of(name="甲公司"), *events) == []


def test_an_external_party_is_not_unknown() -> None:
    outside = {"external": True, "name": "川动力", "province": "51"}
    assert found(registry_of(), collected("2026-04-05", source_organisation=outside)) == []


def test_a_withdrawn_report_names_nobody() -> None:
    wrong = collected("2026-04-05", source_organisation="甲公司")
    assert len(found(registry_of(), wrong)) == 1
    assert found(registry_of(), wrong, corrects(wrong, "2026-04-06")) == []


# --- receivers -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["outlet", "dismantler", "utilizer", "recycler", "vehicle_maker"])
def test_waste_may_go_to_those_who_may_take_it(role: str) -> None:
    registry = registry_of(role=role)
    assert found(registry, collected("2026-04-05"), dispatched("2026-04-10")) == []


def test_waste_that_goes_to_a_dealer_went_to_an_illegal_receiver() -> None:
    registry = registry_of(role="dealer")
    (finding,) = found(registry, collected("2026-04-05"), dispatched("2026-04-10"))
    assert (finding.code, severity_of(finding)) == ("illegal_receiver", "high")
    assert "滇再生" in render(finding, "zh")


def test_a_new_battery_may_go_to_a_dealer() -> None:
    sent = event(
        "dispatched",
        "2026-04-10",
        {"handover": "H1", "receiver": RECYCLER, "count": 1},
        by="OMAKERAAAAAA",
        role="maker",
    )
    assert found(registry_of(role="dealer"), produced(), sent) == []


def test_permits_on_file_must_hold_on_the_day_of_the_handover() -> None:
    registry = registry_of(permits=(PERMIT,))
    for day, what in (("2026-01-01", []), ("2026-01-02", ["permit"])):
        events = [collected("2025-12-05"), dispatched(day)]
        assert [f.values.get("what") for f in found(registry, *events)] == what


def test_a_permit_of_a_site_entitles_its_organisation_and_never_accuses_it() -> None:
    events = [collected("2026-01-01"), dispatched("2026-01-01", receiver=RECYCLER)]
    later = [collected("2026-01-02"), dispatched("2026-01-02", receiver=RECYCLER)]
    plant = Site(RECYCLER, "P1", "工厂", "plant", permits=(PERMIT,))
    dealer, recycler = registry_of(role="dealer"), registry_of()
    with_plant = [replace(one, sites={(RECYCLER, "P1"): plant}) for one in (dealer, recycler)]

    assert [f.code for f in found(dealer, *events)] == ["illegal_receiver"]
    assert [found(one, *events) for one in with_plant] == [[], []]
    assert [f.code for f in found(with_plant[0], *later)] == ["illegal_receiver"]
    assert found(with_plant[1], *later) == []


def test_a_permit_entitles_whatever_the_role() -> None:
    registry = registry_of(role="dealer", permits=(PERMIT,))
    assert found(registry, collected("2025-12-05"), dispatched("2025-12-10")) == []


@pytest.mark.parametrize(
    ("more", "filing", "codes"),
    [
        ({}, {}, ["illegal_receiver"]),
        ({"uscc": "91510100MA6K00000X"}, {}, []),
        ({}, {"transfer_filing": "滇转2026-1"}, []),
    ],
)
def test_an_external_receiver_needs_a_credit_code_or_a_transfer_filing(
    more: dict[str, str], filing: dict[str, str], codes: list[str]
) -> None:
    outside = {"external": True, "name": "川再生", "province": "51"} | more
    findings = found(
        registry_of(),
        collected("2026-04-05"),
        dispatched("2026-04-10", 1, PACK, receiver=outside, **filing),
    )
    assert [f.code for f in findings] == codes
    assert all(severity_of(f) == "low" for f in findings)


# --- distances and VINs ----------------------------------------------------------------------


def seen(site: str | None, clock: str, *, by_day: bool = False, by: str = OUTLET) -> Event:
    return event(
        "inspected", "2026-04-05", {"cycles": 1}, clock=clock, site=site, by_day=by_day, by=by
    )


def test_two_far_sites_within_an_hour_are_impossible() -> None:
    (finding,) = found(registry_of(), seen("KM", "09:00"), seen("ZT", "10:00"))
    assert (finding.code, finding.values["minutes"]) == ("impossible_travel", 60)
    assert render(finding, "zh").startswith("60 分钟内从昆明市到昭通市")


def test_the_road_between_two_far_sites_takes_its_time() -> None:
    assert found(registry_of(), seen("KM", "09:00"), seen("ZT", "12:00")) == []


def test_only_registered_sites_at_known_times_say_where_a_battery_was() -> None:
    for other in (
        seen("ZT", "10:00", by_day=True),
        seen("X", "10:00"),
        seen("??", "10:00"),
        seen(None, "10:00"),
        seen("ZT", "10:00", by=RECYCLER),
    ):
        assert found(registry_of(), seen("KM", "09:00"), other) == []


def test_desk_work_is_no_journey() -> None:
    sold = event(
        "owner_changed", "2026-04-05", {"to": OUTLET, "basis": "sale"}, clock="10:00", site="ZT"
    )
    assert found(registry_of(), seen("KM", "09:00"), sold) == []


def test_a_vin_with_a_wrong_check_digit_is_a_finding() -> None:
    doubtful = collected("2026-04-05", vin_ref="v", vin_suspect=True)
    codes = [f.code for f in (*found(registry_of(), doubtful), *life_of(doubtful).life.findings)]
    assert codes.count("vin_check_digit") == 1


# --- newcomers -------------------------------------------------------------------------------


def test_unknown_origin_is_information_while_its_reporter_is_new_here() -> None:
    folded = life_of(collected("2026-04-05"))
    reporters = {e.event_id: e.organisation for e in folded.order}

    def severity(now: date, registry: Registry) -> str:
        return with_onboarding(folded.life.findings, reporters, registry, now, RULES)[0].severity

    assert severity(date(2026, 9, 28), registry_of()) == "info"
    assert severity(date(2026, 9, 29), registry_of()) == "medium"
    assert severity(date(2026, 4, 6), Registry()) == "medium"


def test_other_findings_keep_their_severity() -> None:
    other = [Finding("mass_gain", ("e1",), {}, "low")]
    assert with_onboarding(other, {}, Registry(), date(2026, 4, 6), RULES) == other


# --- vendors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["001", "04Q", "02Y", "081", "00P", "0HB"])
def test_the_vendors_of_published_tables_are_known(code: str) -> None:
    assert found(Registry(), produced(subject=f"{code}{PACK[3:]}")) == []


def test_an_unknown_vendor_is_information_on_the_first_report_of_its_code() -> None:
    name = f"9T7{PACK[3:]}"
    first, later = produced(subject=name), collected("2026-04-05", subject=name)
    [finding] = found(Registry(), later, first)
    assert (finding.code, finding.evidence) == ("unknown_vendor", (first.event_id,))
    assert finding.values == {"vendor": "9T7", "name": name}
    assert severity_of(finding) == "info"


def test_a_vendor_is_known_for_the_days_on_which_it_had_the_code() -> None:
    name = f"9T7{PACK[3:]}"
    [made] = (day for day in decode(parse_battery(name)).made if day.year < 2030)  # type: ignore[union-attr] # a code
    for first, last, known in (
        (made, made, True),
        (made + timedelta(days=1), None, False),
        (ALWAYS, made - timedelta(days=1), False),
    ):
        registry = Registry(vendors={"9T7": Vendor("9T7", "某厂", first, last)})
        assert (found(registry, produced(subject=name)) == []) is known


def test_a_name_of_another_scheme_has_no_vendor_to_know() -> None:
    assert found(Registry(), collected("2026-04-05", subject="serial:9T7:1")) == []
