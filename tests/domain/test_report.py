"""Reading a report: what is refused, where, why and with which way out; and the canonical form."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Refused
from dianchi.domain.report import Report, read_report, read_stored
from domain.lives import OTHER, PACK
from domain.reporting import (
    CAR,
    DATA,
    EVENT_ID,
    FOREIGN_VIN,
    GOOD_VIN,
    WITHOUT_VIN,
    but,
    raw,
    read,
    refusal,
    seal,
)


def test_the_examples_name_every_type_of_the_catalogue() -> None:
    assert list(DATA) == list(CATALOGUE)


# --- the canonical form ---


@pytest.mark.parametrize("kind", DATA)
def test_a_stored_report_is_the_report_that_was_read(kind: str) -> None:
    report = read(raw(kind))
    stored = read_stored(json.loads(json.dumps(report.canonical())))
    assert stored.canonical() == report.canonical()
    assert (stored.occurred_us, stored.by_day) == (report.occurred_us, report.by_day)


@pytest.mark.parametrize("kind", WITHOUT_VIN)
def test_reading_the_canonical_form_again_changes_nothing(kind: str) -> None:
    canonical = read(raw(kind, site=" S1 ", device={"clock": "2026-06-01", "offset_ms": -3}))
    assert read(canonical.canonical()).canonical() == canonical.canonical()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (but("produced", mass_kg="1.50"), but("produced", mass_kg=Decimal("1.5"))),
        (but("produced", mass_kg="150"), but("produced", mass_kg=Decimal("1.5E+2"))),
        (but("produced", mass_kg="0.00015"), but("produced", mass_kg=Decimal("1.5E-4"))),
        (but("assessed", residual_capacity_ah="-0.0"), but("assessed", residual_capacity_ah=0)),
        (raw(battery=PACK), raw(battery=f"  {PACK[:8].lower()} {PACK[8:].lower()}\n")),
        (raw(battery="tmp:KM01-7"), raw(battery="TMP: km01-7")),
        (raw(event_id=EVENT_ID), raw(event_id=EVENT_ID.upper())),
        (raw(), raw(occurred_at="2026-06-01T01:30:00.000Z")),
        (raw(), raw(occurred_at="2026-06-01t01:30:00z")),
        (raw(), raw(site=None, device=None)),
        (but("sold", prefecture="530100"), but("sold", prefecture="昆明")),
    ],
)
def test_two_ways_to_say_the_same_are_one_canonical_form(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert read(one).canonical() == read(other).canonical()


def test_the_order_of_members_does_not_matter() -> None:
    given = raw()
    turned = dict(reversed(given.items())) | {"data": dict(reversed(given["data"].items()))}
    assert read(turned).canonical() == read(given).canonical()


def test_a_day_is_kept_as_a_day_and_begins_at_midnight_in_china() -> None:
    report = read(raw(occurred_at="2026-06-01"))
    assert (report.occurred_at, report.by_day) == ("2026-06-01", True)
    assert report.occurred_us == read(raw(occurred_at="2026-05-31T16:00:00Z")).occurred_us


def test_a_vin_is_kept_as_its_reference_only() -> None:
    report = read(raw("installed", {"host": CAR}))
    assert report.data == {"host": {"kind": "vehicle", "vin_ref": seal(GOOD_VIN)}}
    assert dict(report.vins) == {seal(GOOD_VIN): GOOD_VIN}
    assert GOOD_VIN not in json.dumps(report.canonical())


def test_a_foreign_vin_with_a_wrong_check_digit_is_marked() -> None:
    sold = raw("sold", {"prefecture": "530100", "vin": FOREIGN_VIN})
    assert read(sold).data["vin_suspect"] is True
    fitted = raw("installed", {"host": {"kind": "vehicle", "id": FOREIGN_VIN}})
    assert read(fitted).data["vin_suspect"] is True
    assert "vin_suspect" not in read(raw("vehicle_scrapped")).data


def test_a_signature_may_hold_by_chance_what_looks_like_a_labelled_vin_or_a_telephone() -> None:
    """The head of one key's signatures is always the same: chance would refuse all of them."""
    for chance in (f"eyJVIN{GOOD_VIN}..QUJD", "eyJTEL..A-13812345678_B"):
        assert read(raw("inspected") | {"signature": chance}).signature == chance


@pytest.mark.parametrize("given", ["", "a b..c", "a..\u0661", "签名", "a" * 1001, 7])
def test_a_signature_is_characters_of_a_jws(given: Any) -> None:
    assert refusal(raw("inspected") | {"signature": given}) == ("invalid_value", "/signature")


def test_a_count_happens_at_the_site_it_counts() -> None:
    assert read(raw("counted")).site == "S1"
    assert refusal(raw("counted", site="S2")) == ("invalid_value", "/site")


# --- what is refused ---


# --- anything at all ---

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from([PACK, OTHER, EVENT_ID, "2026-06-01", "1.5", "lfp", "vehicle", GOOD_VIN]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["battery", "kind", "id", "external", "name", "lot", "mass_kg", "\ud800"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@st.composite
def almost_reports(draw: st.DrawFn) -> object:
    kind = draw(st.sampled_from(list(CATALOGUE)))
    given = raw(kind)
    names = st.sampled_from([*(member.name for member in CATALOGUE[kind].members), "x/~"])
    for name in draw(st.lists(names, max_size=3)):
        given["data"][name] = draw(JSON)
    for name in draw(
        st.lists(st.sampled_from([*given, "battery", "site", "device", ""]), max_size=1)
    ):
        given[name] = draw(JSON)
    return given


def read_or_answer(given_json: object) -> Report | None:
    """The report, or None when it was refused with an answer that can be sent."""
    try:
        return read_report(given_json, seal)
    except Refused as refused:
        faults = refused.faults
    assert faults
    for fault in faults:
        told = [fault.code, fault.pointer, fault.value, *fault.what, *fault.way_out]
        json.dumps(told, ensure_ascii=False).encode()
    return None


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(JSON | almost_reports())
@example({})
@example(but("produced", mass_kg=10**5000))
def test_arbitrary_json_is_read_or_refused_and_never_anything_else(given_json: object) -> None:
    report = read_or_answer(given_json)
    if report is None:
        return
    canonical = report.canonical()
    json.dumps(canonical, ensure_ascii=False).encode()
    if not report.vins:
        assert read_report(canonical, seal).canonical() == canonical
