"""USCC, VIN, prefectures and provinces: parsed or refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianchi.domain.identifiers import (
    PROVINCES,
    YUNNAN,
    Prefecture,
    Vin,
    distance_km,
    is_uscc,
    parse_prefecture,
    parse_province,
    parse_uscc,
    parse_vin,
    uscc_check,
    vin_check,
)
from dianchi.domain.refusals import Malformed

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"


def test_the_credit_codes_of_known_companies_are_read() -> None:
    for code in ("91440300708461136T", "91350900587527783P", "91110000802100433B"):
        assert parse_uscc(f" {code[:9].lower()} {code[9:]}\n") == code


@given(
    st.text(_USCC, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(_USCC, min_size=9, max_size=9),
    st.integers(0, 16),
    st.sampled_from(_USCC),
)
def test_a_credit_code_with_one_wrong_character_is_refused(
    head: str, area: str, body: str, place: int, other: str
) -> None:
    first = head + area + body
    code = first + uscc_check(first)
    assert parse_uscc(code) == code
    wrong = code[:place] + other + code[place + 1 :]
    assert is_uscc(wrong) is (wrong == code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91440300708461136", "17"),
        ("91440300708461136I", "no I, O, S, V, Z"),
        ("91440300708461136A", "check character"),
    ],
)
def test_a_refused_credit_code_says_why(code: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_uscc(code)
    assert said in refused.value.what.en
    assert refused.value.code == "invalid_value"


def test_known_vins_are_read() -> None:
    assert parse_vin("1m8gdm9axkp042788") == Vin("1M8GDM9AXKP042788", check_digit_ok=True)
    assert parse_vin("1HGCM82633A004352").check_digit_ok


@given(st.text(_VIN, min_size=16, max_size=16))
def test_a_vin_of_china_needs_its_check_digit(body: str) -> None:
    draft = "L" + body[:7] + "0" + body[8:]
    right = draft[:8] + vin_check(draft) + draft[9:]
    assert parse_vin(right).check_digit_ok
    wrong = right[:8] + ("1" if right[8] != "1" else "2") + right[9:]
    with pytest.raises(Malformed, match="check digit"):
        parse_vin(wrong)
    foreign = "1" + wrong[1:]
    assert parse_vin(foreign).check_digit_ok is (vin_check(foreign) == foreign[8])


@pytest.mark.parametrize("text", ["", "1HGCM82633A00435", "1HGCM82633A0O4352", "*" * 17])
def test_what_cannot_be_a_vin_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_vin(text)


@given(st.text())
def test_identifiers_raise_nothing_but_malformed(text: str) -> None:
    for parse in (parse_uscc, parse_vin, parse_prefecture, parse_province):
        with suppress(Malformed):
            parse(text)


def test_every_prefecture_of_yunnan_is_found_by_each_of_its_names() -> None:
    assert len(YUNNAN) == 16
    for prefecture in YUNNAN:
        for text in (prefecture.code, prefecture.zh, prefecture.en, prefecture.en.lower()):
            assert parse_prefecture(text) is prefecture


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("红河州", "532500"),
        ("昆明", "530100"),
        ("Honghe Prefecture", "532500"),
        ("Kunming City", "530100"),
        ("Puer", "530800"),
        ("Deqen", "533400"),
        ("530181", "530100"),
    ],
)
def test_usual_short_names_and_county_codes_are_understood(text: str, code: str) -> None:
    assert parse_prefecture(text).code == code


@pytest.mark.parametrize("text", ["", "530200", "530000", "滇中新区", "成都市", "510100"])
def test_what_is_no_prefecture_of_yunnan_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_prefecture(text)


def test_every_province_is_found_by_each_of_its_names() -> None:
    assert len(PROVINCES) == 34
    for province in PROVINCES:
        for text in (province.code, province.code + "0000", province.zh, province.en):
            assert parse_province(text) is province
    assert parse_province("四川").code == "51"


@given(st.sampled_from(YUNNAN), st.sampled_from(YUNNAN))
def test_distance_is_symmetric_and_within_the_province(a: Prefecture, b: Prefecture) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a))
    assert (distance_km(a, b) == 0) is (a is b)
    assert distance_km(a, b) < 900


def test_kunming_and_qujing_are_about_120_km_apart() -> None:
    assert 100 < distance_km(parse_prefecture("昆明市"), parse_prefecture("曲靖市")) < 140
