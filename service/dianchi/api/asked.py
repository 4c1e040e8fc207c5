"""What a question about counts asks for: months, a place, a chemistry, a firm."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query

from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import one_of
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.sight import seers_of
from dianchi.domain.vocabulary import CHEMISTRIES
from dianchi.domain.working_days import business_date
from dianchi.views.indicators.query import Asked

UNKNOWN: Final = "unknown"
"""Stands for what nobody knows, where a place, a chemistry or an other end is asked for."""
MOST_MONTHS: Final = 240
_YEAR: Final = 12
# The years of which every month begins and ends on a day that can be reckoned with.
_MONTH: Final = re.compile("[12][0-9]{3}-(0[1-9]|1[0-2])", re.ASCII)
_CODE: Final = re.compile("[0-9]{2}|[0-9]{6}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def month_text(month: int) -> str:
    """A month such as 202611 as `2026-11`."""
    return f"{month // 100:04d}-{month % 100:02d}"


async def asked_for(  # noqa: PLR0913, PLR0917 - one argument for each filter
    services: ServicesDep,
    reporter: ReporterDep,
    first: Annotated[
        str | None,
        Query(alias="from", description="first month, `2026-01`; left out: 12 months in all"),
    ] = None,
    last: Annotated[
        str | None, Query(alias="to", description="last month; left out: this one")
    ] = None,
    prefecture: Annotated[
        str | None,
        Query(description="of Yunnan by code or name, two digits of a province, or `unknown`"),
    ] = None,
    chemistry: Annotated[str | None, Query(description="a word, or `unknown`")] = None,
    organisation: Annotated[str | None, Query(description="who reported: id, USCC or name")] = None,
) -> Asked:
    """The filters of a question about counts.

    Raises:
        Refused: `invalid_value`: no month, prefecture or chemistry, or too many months.
    """
    end = _month("to", last) if last else _this_month(services.clock.now_us())
    begin = _month("from", first) if first else months_back(end, _YEAR - 1)
    _check_span(begin, end, first)
    registry = await services.registry.current()
    return Asked(
        begin,
        end,
        _place(prefecture),
        "" if chemistry == UNKNOWN else one_of("chemistry", chemistry, tuple(CHEMISTRIES)),
        registry.resolve(organisation) if organisation else None,
        seers=seers_of(reporter),
    )


AskedDep = Annotated[Asked, Depends(asked_for)]


def _month(member: str, told: str) -> int:
    if _MONTH.fullmatch(told):
        return int(told[:4]) * 100 + int(told[5:])
    raise refuse(
        "invalid_value",
        (f"“{told[:40]}”不是月份", f"'{told[:40]}' is no month"),
        ("请写成 2026-01", "write it as 2026-01"),
        pointer=f"/{member}",
        value=told,
    )


def _this_month(now_us: int) -> int:
    today = business_date(_EPOCH + timedelta(microseconds=now_us))
    return today.year * 100 + today.month


def months_back(month: int, months: int) -> int:
    """The month so many months before another."""
    count = month // 100 * _YEAR + month % 100 - 1 - months
    return count // _YEAR * 100 + count % _YEAR + 1


def _check_span(begin: int, end: int, told: str | None) -> None:
    if months_back(end, MOST_MONTHS - 1) <= begin <= end:
        return
    raise refuse(
        "invalid_value",
        ("起始月份晚于结束月份，或超过 240 个月", "`from` is after `to`, or over 240 months"),
        ("请缩短时间范围", "ask for fewer months, the earlier one first"),
        pointer="/from",
        value=told or month_text(begin),
    )


def _place(told: str | None) -> str | None:
    if told is None or _CODE.fullmatch(told):
        return told
    if told == UNKNOWN:
        return ""
    try:
        return parse_prefecture(told).code
    except Malformed as error:
        raise Refused(Fault(error.code, "/prefecture", told, error.what, error.way_out)) from None
