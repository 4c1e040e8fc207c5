"""What may be told of a site, looked at the same way whoever tells it: a request, or a file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, TypeVar

from dianchi.domain.areas import find_county, parse_county, parse_functional
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.kinds import without_vin
from dianchi.domain.personal import without_personal
from dianchi.domain.refusals import Fault, Malformed, Refused, Text
from dianchi.domain.registry import Site
from dianchi.domain.vocabulary import SITE_KINDS

LONGEST_NUMBER: Final = 80
LONGEST_NAME: Final = 120
PLAIN: Final = r"^[^\x00-\x1f\x7f]+$"
"""One line, without control characters."""
MOST_DIGITS: Final = 12
MOST_PLACES: Final = 3
"""Of an area or a capacity: digits altogether, and after the point."""
OUTLET_KINDS: Final = ("collection", "central")
"""The kinds of sites that are outlets (网点)."""
_PLAIN: Final = re.compile(PLAIN)
Value = TypeVar("Value")


class Term(NamedTuple):
    """A time that must not end before it begins: its pointer, what it is, first and last day."""

    pointer: str
    what: Text
    first: date | None
    last: date | None


def check_kind(kind: str) -> str:
    """The kind of a site.

    Raises:
        Malformed: there is no such kind.
    """
    if kind in SITE_KINDS.always:
        return kind
    listed = ", ".join(SITE_KINDS)
    raise Malformed(
        "invalid_value",
        Text("没有这种场所类型", "there is no such kind of site"),
        Text(f"可用：{listed}", f"use one of: {listed}"),
    )


def check_terms(terms: Iterable[Term]) -> None:
    """Sees to it that nothing ends before it begins.

    Raises:
        Refused: something does.
    """
    for pointer, what, first, last in terms:
        if first is not None and last is not None and last < first:
            raise Refused(
                Fault(
                    "invalid_value",
                    pointer,
                    str(last),
                    Text(f"{what.zh}在开始之前就已结束", f"{what.en} ends before it begins"),
                    Text(f"请填写 {first} 或以后的日期", f"send {first} or a later day"),
                )
            )


def site_term(first: date | None, last: date | None) -> Term:
    """The term of a site itself."""
    return Term("/closed_on", Text("场所", "the site"), first, last)


def place_of(prefecture: str | None, county: str | None) -> tuple[str | None, str | None]:
    """The codes of a prefecture and of a county that were told; of the county where only that was.

    Raises:
        Refused: one is none, or the county is not in the prefecture.
    """
    given = checked(prefecture, "/prefecture", lambda text: parse_prefecture(text).code)
    known = checked(county, "/county", parse_county)
    of_county = None if known is None else f"{known[:4]}00"
    if given is not None and of_county is not None and given != of_county:
        raise Refused(
            Fault(
                "invalid_value",
                "/county",
                known,
                Text(f"区县 {known} 不在 {given}", f"county {known} is not in {given}"),
                Text(f"它属于 {of_county}；请更正其一", f"it is in {of_county}; mend one of them"),
            )
        )
    return given or of_county, known


def checked(text: str | None, pointer: str, parse: Callable[[str], Value]) -> Value | None:
    """A member that may be missing, parsed; what is wrong with it points at it.

    Raises:
        Refused: what `parse` found malformed.
    """
    if text is None:
        return None
    try:
        return parse(text)
    except Malformed as error:
        told = None if error.conceals else text
        raise Refused(Fault(error.code, pointer, told, error.what, error.way_out)) from None


def site_told(
    told: Mapping[str, str], organisation: str, known: Callable[[str], Site | None]
) -> Site:
    """A site from the texts of a row: what the row does not say stays as it is on record.

    Args:
        told: by member of a site; a prefecture or county by code or name.
        organisation: whose site it is.
        known: the site of a number, as it is on record.

    Raises:
        Refused: a value is none, or something that a new site needs is missing.
    """
    faults: list[Fault] = []
    number = _noted(faults, told, "number", _number)
    before = known(number) if number is not None else None
    facts: dict[str, Any] = {
        member: value
        for member, parse in _MEMBERS.items()
        if (value := _noted(faults, told, member, parse)) is not None
    }
    try:
        facts |= _place(told, before)
    except Refused as refused:
        faults += refused.faults
    needed = ("number",) if before is not None else ("number", "name", "kind")
    faults += [_missing(member) for member in needed if not told.get(member)]
    if faults or number is None:
        raise Refused(*faults)
    site = replace(before or Site(organisation, number, "", "", None), **facts)
    check_terms([site_term(site.opened_on, site.closed_on)])
    return site


def _noted(
    faults: list[Fault], told: Mapping[str, str], member: str, parse: Callable[[str], Value]
) -> Value | None:
    try:
        return checked(told.get(member), f"/{member}", parse)
    except Refused as refused:
        faults += refused.faults
        return None


def _place(told: Mapping[str, str], before: Site | None) -> dict[str, str | None]:
    if "prefecture" not in told and "county" not in told:
        return {}
    given = told.get("prefecture")
    county = checked(told.get("county"), "/county", lambda text: find_county(text, given))
    prefecture, county = place_of(given, county)
    if county is None and before is not None and before.prefecture == prefecture:
        county = before.county
    return {"prefecture": prefecture, "county": county}


def _number(text: str) -> str:
    plain = _line(text, LONGEST_NUMBER)
    return without_personal(without_vin(plain, number=True), number=True)


def _name(text: str) -> str:
    return without_personal(without_vin(_line(text, LONGEST_NAME)))


def _line(text: str, longest: int) -> str:
    if len(text) <= longest and _PLAIN.match(text):
        return text
    raise Malformed(
        "invalid_value",
        Text(f"超过 {longest} 个字符或含控制字符", f"over {longest} characters, or not one line"),
        Text("请缩短，并写成一行", "shorten it, in one line"),
    )


def _quantity(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    whole = value.is_finite() and value > 0
    if whole and value == round(value, MOST_PLACES) and value < 10 ** (MOST_DIGITS - MOST_PLACES):
        return format(value.normalize(), "f")
    raise Malformed(
        "invalid_value",
        Text(f"“{text[:40]}”不是正数", f"'{text[:40]}' is no positive number"),
        Text(
            f"请填大于 0 的数，最多 {MOST_PLACES} 位小数",
            f"give a number above 0 with at most {MOST_PLACES} decimals",
        ),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed(
            "invalid_date",
            Text(f"“{text[:40]}”不是日期", f"'{text[:40]}' is no day"),
            Text("请写成 2026-06-01", "write 2026-06-01"),
        ) from None


def _missing(member: str) -> Fault:
    return Fault(
        "missing_field",
        f"/{member}",
        None,
        Text("这是新场所，缺少此项", "the site is new, and this is missing"),
        Text("请填写", "fill it in"),
    )


_MEMBERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": _name,
    "kind": check_kind,
    "functional": parse_functional,
    "area_m2": _quantity,
    "capacity_kg": _quantity,
    "opened_on": _day,
    "closed_on": _day,
}
