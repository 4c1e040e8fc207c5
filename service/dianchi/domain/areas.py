"""Areas of officers and the departments they sit in: province, prefecture, county, new area.

An area is named by its code: `53`, `530100`, `530181` (GB/T 2260), or the word of a functional
area, which has no code there. Any six digits within a prefecture are a county, named (`counties`)
or new: a service that is older than a code must not refuse who is there.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from dianchi.domain.counties import counties_named
from dianchi.domain.dated import in_force
from dianchi.domain.deadlines import Mark
from dianchi.domain.places import YUNNAN, parse_prefecture, parse_province
from dianchi.domain.refusals import Malformed, Text
from dianchi.domain.vocabulary import read_words
from dianchi.domain.words import Words

PROVINCE: Final = "53"
_COUNTY: Final = re.compile("53[0-9]{4}", re.ASCII)
_PREFECTURES: Final = frozenset(prefecture.code for prefecture in YUNNAN)


@dataclass(frozen=True, slots=True)
class FunctionalArea:
    """An area with an administration but without a code of GB/T 2260.

    `whole` are the counties that lie in it entirely. Of those in `partly` it holds some places
    only, and each of these must say so itself.
    """

    word: str
    label: Text
    whole: frozenset[str]
    partly: frozenset[str]
    valid_from: date
    valid_to: date | None
    mark: Mark


FUNCTIONAL_AREAS: Final = (
    FunctionalArea(
        "dianzhong",
        Text("滇中新区", "Dianzhong New Area"),
        frozenset(("530181", "530127")),
        frozenset(("530111",)),
        date(2015, 9, 7),
        None,
        "R-h",
    ),
)
"""安宁 530181 and 嵩明 530127, and the part of 官渡 530111 around the airport."""

DEPARTMENTS: Final = Words(
    tuple(
        read_words("""
industry | 工业和信息化 | industry and information technology
commerce | 商务 | commerce
ecology | 生态环境 | ecology and environment
transport | 交通运输 | transport
market | 市场监管 | market regulation
emergency | 应急管理 | emergency management
""")
    )
)
_FUNCTIONAL: Final = {
    known: row.word
    for row in FUNCTIONAL_AREAS
    for known in (row.word, row.label.zh, row.label.en.casefold())
}


def parse_area(text: str) -> str:
    """The code of an area of Yunnan, by code or name.

    Raises:
        Malformed: there is no such area here.
    """
    # A county that were not seen to be one would become its whole prefecture.
    told = " ".join(unicodedata.normalize("NFKC", text).split())
    functional = _FUNCTIONAL.get(told.casefold())
    if functional is not None:
        return functional
    if _COUNTY.fullmatch(told) and not told.endswith("00"):
        return parse_county(told)
    try:
        return parse_prefecture(told).code
    except Malformed:
        if _is_yunnan(told):
            return PROVINCE
        raise _no_area(told) from None


def _is_yunnan(told: str) -> bool:
    try:
        return parse_province(told).code == PROVINCE
    except Malformed:
        return False


def _no_area(told: str) -> Malformed:
    return Malformed(
        "invalid_value",
        Text(f"“{told[:40]}”不是云南的区域", f"'{told[:40]}' is no area of Yunnan"),
        Text(
            "请填写省 53、州市 530100、区县 530181 或 滇中新区",
            "give the province 53, a prefecture 530100, a county 530181, or dianzhong",
        ),
    )


def parse_county(text: str) -> str:
    """The six-digit code of a county of Yunnan.

    Raises:
        Malformed: it is none, or its prefecture does not exist.
    """
    told = text.strip()
    known = _COUNTY.fullmatch(told) and not told.endswith("00")
    if known and f"{told[:4]}00" in _PREFECTURES:
        return told
    raise Malformed(
        "invalid_value",
        Text(f"“{told[:40]}”不是云南的区县代码", f"'{told[:40]}' is no code of a Yunnan county"),
        Text("请填写 GB/T 2260 的六位代码，例如 530181", "give six digits such as 530181"),
    )


def find_county(text: str, prefecture: str | None = None) -> str:
    """The code of a county of Yunnan, by code or name.

    Args:
        text: six digits, or its name of today or before.
        prefecture: told beside it, by code or name; tells two of one name apart.

    Raises:
        Malformed: there is none, or more than one.
    """
    told = text.strip()
    if told.isascii() and told.isdigit():
        return parse_county(told)
    named = counties_named(told)
    if len(named) > 1 and prefecture is not None:
        within = parse_prefecture(prefecture).code
        named = [county for county in named if county.prefecture == within]
    if len(named) == 1:
        return named[0].code
    if named:
        codes = ", ".join(county.code for county in named)
        what = Text(f"“{told[:40]}”不止一处", f"'{told[:40]}' is more than one county")
        raise Malformed(
            "invalid_value", what, Text(f"请改填代码：{codes}", f"give its code: {codes}")
        )
    raise Malformed(
        "invalid_value",
        Text(f"“{told[:40]}”不是云南的区县", f"'{told[:40]}' is no county of Yunnan"),
        Text("请填名称或六位代码，例如 安宁市、530181", "give a name or six digits, as 530181"),
    )


def parse_functional(text: str) -> str:
    """The word of a functional area, by word or name.

    Raises:
        Malformed: there is no such area.
    """
    found = _FUNCTIONAL.get(" ".join(text.split()).casefold())
    if found is not None:
        return found
    listed = ", ".join(row.word for row in FUNCTIONAL_AREAS)
    raise Malformed(
        "invalid_value",
        Text(f"“{text[:40]}”不是功能区", f"'{text[:40]}' is no functional area"),
        Text(f"可用：{listed}", f"use one of: {listed}"),
    )


def parse_department(text: str) -> str:
    """The word of a department of the authorities.

    Raises:
        Malformed: there is no such department.
    """
    if text in DEPARTMENTS.always:
        return text
    listed = ", ".join(DEPARTMENTS)
    raise Malformed(
        "invalid_value",
        Text(f"“{text[:40]}”不是部门", f"'{text[:40]}' is no department"),
        Text(f"可用：{listed}", f"use one of: {listed}"),
    )


def areas_of(
    prefecture: str | None, county: str | None = None, functional: str | None = None
) -> frozenset[str]:
    """The codes that a place says it lies in; the province always among them.

    Args:
        prefecture: of the place; None where not told, then that of its county.
        county: its six digits.
        functional: the functional area that it says it is in.
    """
    of_county = None if county is None else f"{county[:4]}00"
    told = PROVINCE, prefecture, of_county, county, functional
    return frozenset(code for code in told if code is not None)


def members(area: str, on: date | None = None) -> frozenset[str]:
    """The codes that show by themselves that a place lies in an area.

    The counties of a prefecture are not among them: a place in one is in its prefecture, too.

    Args:
        area: its code.
        on: the day asked for; None: whatever the day.
    """
    if area == PROVINCE:
        return _PREFECTURES | {PROVINCE}
    whole = (row.whole for row in _rows(on) if row.word == area)
    return frozenset((area,)).union(*whole)


def covers(
    area: str,
    prefecture: str | None,
    county: str | None = None,
    functional: str | None = None,
    on: date | None = None,
) -> bool:
    """Whether a place lies in an area; whatever is recorded here concerns the province."""
    return not members(area, on).isdisjoint(areas_of(prefecture, county, functional))


def within(inner: str, outer: str | None) -> bool:
    """Whether an area lies in another; in the province (None) every area does."""
    if outer in (None, PROVINCE, inner):
        return True
    county = inner if _COUNTY.fullmatch(inner) and not inner.endswith("00") else None
    return county is not None and covers(str(outer), f"{county[:4]}00", county)


def _rows(on: date | None) -> list[FunctionalArea]:
    return [row for row in FUNCTIONAL_AREAS if on is None or in_force(row, on)]
