"""Reports in another's name: covered if and only if a mandate says so."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.admit import Reporter
from dianchi.domain.areas import covers
from dianchi.domain.mandates import Deed, acting_for, covering, deed_of
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Mandate, Organisation, Registry, Site
from dianchi.domain.report import read_report
from support.record import NOW_US
from support.reports import inspected, pack, report

TOWER, CREW = "O1TOWER11111", "O1CREW111111"
TODAY = date(2026, 10, 26)
FIRMS = {
    TOWER: Organisation(TOWER, "云南铁塔", roles=frozenset(("site_operator",))),
    CREW: Organisation(CREW, "某代维公司", roles=frozenset(("workshop",))),
}
SITES = {
    (TOWER, site.number): site
    for site in (
        Site(TOWER, "AN1", "安宁一", "base_station", "530100", county="530181"),
        Site(TOWER, "GD1", "官渡一", "base_station", "530100"),
        Site(TOWER, "QJ1", "曲靖一", "base_station", "530300"),
        Site(TOWER, "??", "不详", "base_station"),
    )
}
_ID = "01997a00-0000-7000-8000-000000000001"
CREW_KEY = Reporter(CREW, "workshop")


def mandate(**changes: Any) -> Mandate:
    told = {
        "id": "M1",
        "organisation": TOWER,
        "agent": CREW,
        "role": "site_operator",
        "types": frozenset(("removed", "retired")),
        "sites": frozenset(("AN1",)),
        "area": None,
        "valid_from": TODAY,
        "valid_to": TODAY,
    }
    return Mandate(**(told | changes))


def registry_of(*mandates: Mandate) -> Registry:
    return Registry(FIRMS, SITES, mandates={(TOWER, CREW): mandates} if mandates else {})


def retired(**changes: Any) -> Any:
    return (
        report("retired", "2026-10-01", pack(1), reason="capacity_low")
        | {
            "on_behalf_of": "云南铁塔",
            "site": "AN1",
        }
        | changes
    )


def act(raw: Any, registry: Registry, who: Reporter = CREW_KEY) -> Any:
    return acting_for(read_report(raw, lambda vin: vin), who, registry, NOW_US)


def fault_of(raw: Any, registry: Registry, who: Reporter = CREW_KEY) -> Any:
    with pytest.raises(Refused) as refused:
        act(raw, registry, who)
    (fault,) = refused.value.faults
    return fault


PLACES = ["AN1", "GD1", "QJ1", "??", "NEW"]
TYPES = ["removed", "retired", "inspected"]
mandates = st.builds(
    mandate,
    id=st.sampled_from(["M1", "M2", "M3"]),
    types=st.frozensets(st.sampled_from(TYPES), min_size=1),
    sites=st.none() | st.frozensets(st.sampled_from(PLACES), min_size=1),
    area=st.sampled_from([None, "53", "530100", "530181", "dianzhong", "530300"]),
    valid_from=st.sampled_from([TODAY + timedelta(days=n) for n in (-2, -1, 0, 1)]),
    valid_to=st.sampled_from([TODAY + timedelta(days=n) for n in (-1, 0, 1)]),
)


def allows(one: Mandate, kind: str, places: frozenset[str]) -> bool:
    """The rule again, in other words."""

    def at(place: str) -> bool:
        if place in (one.sites or ()):
            return True
        site = SITES.get((TOWER, place))
        told = site is not None and one.area is not None
        return told and covers(one.area, site.prefecture, site.county, site.functional)  # type: ignore[arg-type, union-attr] # told

    anywhere = one.sites is None and one.area is None
    days = one.valid_from <= TODAY <= one.valid_to
    return days and kind in one.types and (anywhere or (bool(places) and all(map(at, places))))


@given(
    st.lists(mandates, max_size=3),
    st.sampled_from(TYPES),
    st.frozensets(st.sampled_from(PLACES), max_size=2),
)
def test_a_deed_is_covered_iff_one_mandate_covers_its_type_its_places_and_its_day(
    given_mandates: list[Mandate], kind: str, places: frozenset[str]
) -> None:
    registry = registry_of(*given_mandates)
    covered = [one for one in given_mandates if allows(one, kind, places)]
    deed = Deed(kind, places)
    if covered:
        assert covering(registry, (TOWER, CREW), deed, TODAY) == covered[0]
        return
    with pytest.raises(Refused) as refused:
        covering(registry, (TOWER, CREW), deed, TODAY)
    assert refused.value.code == "mandate_missing"


@pytest.mark.parametrize("told", ["云南铁塔", " 云南铁塔 ", TOWER])
def test_an_agent_reports_in_the_name_and_role_of_the_principal(told: str) -> None:
    acting = act(retired(on_behalf_of=told), registry_of(mandate()))

    assert (acting.reporter.organisation, acting.reporter.role) == (TOWER, "site_operator")
    assert (acting.agent, acting.mandate) == (CREW, "M1")


def test_scopes_of_the_agents_key_still_narrow_it() -> None:
    narrow = Reporter(CREW, "workshop", scopes=frozenset(("report:inspected",)))

    assert act(retired(), registry_of(mandate()), narrow).reporter.scopes == narrow.scopes


def test_a_report_in_ones_own_name_asks_for_no_mandate() -> None:
    registry = registry_of()

    assert act(inspected(pack(1)), registry).agent is None
    assert act(inspected(pack(1)) | {"on_behalf_of": CREW}, registry).agent is None


@pytest.mark.parametrize(
    ("raw", "given_mandates", "pointer", "value"),
    [
        (retired(), (), "/on_behalf_of", TOWER),
        (retired(on_behalf_of="谁"), (mandate(),), "/on_behalf_of", None),
        (retired(), (mandate(valid_to=date(2026, 10, 25)),), "/on_behalf_of", "2026-10-26"),
        (retired(), (mandate(types=frozenset(("removed",))),), "/type", "retired"),
        (retired(site="QJ1"), (mandate(),), "/site", "QJ1"),
        (retired(site=None), (mandate(),), "/site", ""),
        (retired(site="??"), (mandate(sites=None, area="530100"),), "/site", "??"),
    ],
)
def test_what_is_not_covered_is_named_with_a_way_out(
    raw: Any, given_mandates: tuple[Mandate, ...], pointer: str, value: str | None
) -> None:
    fault = fault_of(raw, registry_of(*given_mandates))

    assert (fault.code, fault.pointer) == ("mandate_missing", pointer)
    assert value is None or fault.value == value
    assert fault.way_out.zh
    assert fault.way_out.en


def test_a_host_that_is_another_registered_site_is_not_emptied_from_a_covered_one() -> None:
    host = {"kind": "base_station", "id": "QJ1"}
    raw = report("removed", "2026-10-01", pack(1), host=host, reason="end_of_life")
    raw |= {"on_behalf_of": TOWER, "site": "AN1"}
    elsewhere = raw | {"data": raw["data"] | {"host": host | {"id": "cabinet 7"}}}

    assert fault_of(raw, registry_of(mandate())).value == "AN1, QJ1"
    assert act(raw, registry_of(mandate(sites=frozenset(("AN1", "QJ1"))))).agent == CREW
    assert act(elsewhere, registry_of(mandate())).agent == CREW


def test_a_host_alone_says_where_it_is() -> None:
    host = {"kind": "base_station", "id": "AN1"}

    assert deed_of("removed", None, {"host": host}, TOWER, registry_of()).places == {"AN1"}


@pytest.mark.parametrize("role", ["auditor", "regulator"])
def test_whoever_reports_nothing_reports_nothing_for_others(role: str) -> None:
    fault = fault_of(retired(), registry_of(mandate()), Reporter(CREW, role))

    assert (fault.code, fault.pointer) == ("role_not_allowed", "/on_behalf_of")


def test_a_correction_takes_any_mandate_that_holds() -> None:
    raw = report("corrected", "2026-10-02", event_id=None, reason="错", data={"event_id": _ID})
    raw |= {"on_behalf_of": TOWER}

    assert act(raw, registry_of(mandate())).mandate == "M1"
    assert fault_of(raw, registry_of(mandate(valid_from=date(2026, 10, 27)))).value == "2026-10-26"
