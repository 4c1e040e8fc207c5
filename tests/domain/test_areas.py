"""Areas of officers: which places lie in them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.areas import (
    DEPARTMENTS,
    FUNCTIONAL_AREAS,
    areas_of,
    covers,
    members,
    parse_area,
    parse_county,
    parse_department,
    parse_functional,
)
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Malformed

KUNMING, QUJING, ANNING, GUANDU = "530100", "530300", "530181", "530111"
PREFECTURES = [prefecture.code for prefecture in YUNNAN]
counties = st.builds(
    lambda prefecture, n: f"{prefecture[:4]}{n:02d}",
    st.sampled_from(PREFECTURES),
    st.integers(1, 99),
) | st.sampled_from([ANNING, GUANDU, "530127"])
functional = st.sampled_from([None, *(row.word for row in FUNCTIONAL_AREAS)])
areas = st.sampled_from(["53", "dianzhong", *PREFECTURES]) | counties


@st.composite
def places(draw: st.DrawFn) -> tuple[str | None, str | None, str | None]:
    """A prefecture, a county of it, a functional area; each may be missing."""
    county = draw(st.none() | counties)
    of_county = f"{county[:4]}00" if county else draw(st.sampled_from(PREFECTURES))
    return draw(st.sampled_from([None, of_county])), county, draw(functional)


@given(areas, places())
def test_a_place_is_covered_iff_it_or_its_county_or_its_tag_lies_in_the_area(
    area: str, place: tuple[str | None, str | None, str | None]
) -> None:
    prefecture, county, tag = place
    expected = (
        area == "53"
        or area in place
        or (county is not None and area == f"{county[:4]}00")
        or (area == "dianzhong" and county in (ANNING, "530127"))
    )

    assert covers(area, *place) is expected
    assert covers(area, prefecture, county, tag) is bool(members(area) & areas_of(*place))


@given(areas)
def test_every_member_of_an_area_lies_in_it(area: str) -> None:
    assert area in members(area)
    for code in members(area) - {"53", "dianzhong"}:
        assert covers(area, code if code.endswith("00") else None, code)


def test_a_county_of_which_a_part_lies_in_the_new_area_must_say_so() -> None:
    assert not covers("dianzhong", KUNMING, GUANDU)
    assert covers("dianzhong", KUNMING, GUANDU, "dianzhong")
    assert covers("dianzhong", KUNMING, ANNING)


def test_the_new_area_holds_no_county_before_it_was_founded() -> None:
    assert not covers("dianzhong", KUNMING, ANNING, on=date(2015, 9, 6))
    assert covers("dianzhong", KUNMING, ANNING, on=date(2015, 9, 7))


def test_functional_areas_lie_in_prefectures_that_exist() -> None:
    for row in FUNCTIONAL_AREAS:
        assert {parse_county(code) for code in row.whole | row.partly} == row.whole | row.partly
        assert not row.whole & row.partly


@pytest.mark.parametrize(
    ("told", "area"),
    [
        ("53", "53"),
        ("530000", "53"),
        ("云南省", "53"),
        ("昆明", KUNMING),
        ("530100", KUNMING),
        ("530181", ANNING),
        ("５３０１８１", ANNING),
        (" 滇中新区 ", "dianzhong"),
        ("Dianzhong", "dianzhong"),
    ],
)
def test_an_area_is_known_by_code_or_name(told: str, area: str) -> None:
    assert parse_area(told) == area


@pytest.mark.parametrize("told", ["51", "四川", "530200", "530201", "5301811", ""])
def test_what_is_no_area_of_yunnan_is_refused(told: str) -> None:
    with pytest.raises(Malformed) as wrong:
        parse_area(told)

    assert wrong.value.code == "invalid_value"


@pytest.mark.parametrize("told", ["530100", "530201", "440300", "53018", "昆明"])
def test_a_county_is_six_digits_within_a_prefecture(told: str) -> None:
    with pytest.raises(Malformed):
        parse_county(told)


def test_departments_and_functional_areas_are_closed_lists() -> None:
    assert [parse_department(word) for word in DEPARTMENTS] == list(DEPARTMENTS)
    with pytest.raises(Malformed):
        parse_department("police")
    assert parse_functional("滇中新区") == "dianzhong"
    with pytest.raises(Malformed):
        parse_functional("昆明")
