"""Until when something shown to others stands: a last day near enough."""

from datetime import date, datetime, timedelta

from dianchi.api.problems import refuse
from dianchi.domain.working_days import business_date, ends_at


def end_of(expires_on: date | None, now: datetime, *, days: int, most: int) -> datetime:
    """The end of the last day (+08:00).

    Args:
        expires_on: the last day that was asked for.
        now: the present.
        days: how many days ahead it is where none was asked for.
        most: how many it may be.

    Raises:
        Refused: it is past, or too far ahead.
    """
    today = business_date(now)
    last = expires_on or today + timedelta(days=days)
    if not today <= last <= today + timedelta(days=most):
        raise refuse(
            "invalid_value",
            (f"截止日应在今天起 {most} 天内", f"it ends within {most} days from today"),
            ("请改正 expires_on", "mend `expires_on`"),
            pointer="/expires_on",
            value=str(last),
        )
    return ends_at(last)
