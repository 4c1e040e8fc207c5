"""The counties of Yunnan: how many, where, and what they were called before."""

from collections import Counter
from datetime import date

import pytest

from dianchi.domain.areas import parse_area
from dianchi.domain.counties import COUNTIES, counties_on, county_of
from dianchi.domain.places import YUNNAN
from dianchi.exchange.lettering import letters

TODAY = date(2026, 11, 29)
COUNTS = {
    "昆明市": 14, "曲靖市": 9, "玉溪市": 9, "保山市": 5, "昭通市": 11, "丽江市": 5, "普洱市": 10,
    "临沧市": 8, "楚雄彝族自治州": 10, "红河哈尼族彝族自治州": 13, "文山壮族苗族自治州": 8,
    "西双版纳傣族自治州": 3, "大理白族自治州": 12, "德宏傣族景颇族自治州": 5, "怒江傈僳族自治州": 4,
    "迪庆藏族自治州": 3,
}  # fmt: skip


def test_the_129_counties_lie_in_the_16_prefectures() -> None:
    found = Counter(county.prefecture for county in counties_on(TODAY))

    assert {place.zh: found[place.code] for place in YUNNAN} == COUNTS
    assert found.total() == sum(COUNTS.values()) == 129


@pytest.mark.parametrize("year", [2000, 2012, 2017, 2019, 2026])
def test_in_every_year_there_were_as_many(year: int) -> None:
    assert len(counties_on(date(year, 6, 1))) == 129


def test_every_code_is_one_county_and_every_name_one_of_its_day() -> None:
    assert len({county.code for county in COUNTIES}) == len(COUNTIES)
    assert len({county.zh for county in counties_on(TODAY)}) == 129
    assert {parse_area(county.code) for county in COUNTIES} == {c.code for c in COUNTIES}


def test_a_code_that_was_given_up_still_has_its_name() -> None:
    before, now = county_of("530422"), county_of("530481")

    assert before is not None
    assert now is not None
    assert (before.zh, before.valid_to) == ("澄江县", date(2019, 11, 30))
    assert (now.zh, now.valid_from) == ("澄江市", date(2019, 12, 1))


def test_names_of_autonomous_counties_are_whole() -> None:
    autonomous = [county for county in counties_on(TODAY) if county.zh.endswith("自治县")]

    assert len(autonomous) == 29
    assert all("族" in county.zh for county in autonomous)


def test_the_labels_font_has_every_character_of_every_name() -> None:
    font = letters("sans")
    told = {each.zh for each in COUNTIES} | {each.zh for each in YUNNAN}

    assert font is not None
    assert [each for each in "".join(told) if ord(each) not in font.names] == []
