"""Months as numbers such as 202611, and the days they begin and end on."""

from datetime import date, timedelta

_YEAR = 12


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 100, month % 100, 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    years, at = divmod(month // 100 * _YEAR + month % 100, _YEAR)
    return date(years, at + 1, 1) - timedelta(days=1)
