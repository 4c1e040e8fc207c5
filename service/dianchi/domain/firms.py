"""Findings about a site or an organisation rather than a battery: stock, bursts, silence."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from dianchi.domain.fields import chinese_day
from dianchi.domain.findings import Finding
from dianchi.domain.life_event import Event
from dianchi.domain.pickups import named
from dianchi.domain.rules import Rules

_DAY_US: Final = 86_400_000_000
_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_OF_BEFORE: Final = frozenset(("declared", "corrected"))
_DAY_LENGTH: Final = len("2026-06-01")
MOST_EVIDENCE: Final = 20


def _date(moment_us: int) -> date:
    return _EPOCH_DAY + timedelta(days=chinese_day(moment_us))


def over_stock(
    site_kind: str,
    total_kg: Decimal,
    on: date,
    rules: Rules,
    capacity_kg: str | None = None,
    silent: Sequence[Event] = (),
) -> Finding | None:
    """More in store than a site of this kind may hold on a date, or than it has room for.

    A room that was told is the site's own and binds whatever its kind; of both, the less counts.
    Where somebody was asked to fetch from the site and is `silent`, the finding names them.
    """
    limit = rules.outlet_limit(site_kind, on)
    lawful = limit.most_stock_kg if limit is not None else None
    most = most_stock(site_kind, on, rules, capacity_kg)
    if most is None or total_kg <= most:
        return None
    values = {"total_kg": format(total_kg, "f"), "most_kg": format(most, "f")}
    what = "capacity" if most != lawful else ""
    if silent:
        first = silent[0]
        values |= {"addressee": named(first.data["to"]), "day": str(_date(first.occurred_us))}
        what = f"{what}_asked".removeprefix("_")
    house = limit is not None and limit.binding != "statutory" and most == lawful
    evidence = tuple(event.event_id for event in silent[:MOST_EVIDENCE])
    told = values | {"what": what} if what else values
    return Finding("over_stock", evidence, told, "low" if house else "")


def most_stock(site_kind: str, on: date, rules: Rules, capacity_kg: str | None) -> Decimal | None:
    """What a site may hold, in kg: the less of its lawful limit and its room; None: no limit."""
    limit = rules.outlet_limit(site_kind, on)
    lawful = limit.most_stock_kg if limit is not None else None
    room = None if capacity_kg is None else Decimal(capacity_kg)
    return min((each for each in (lawful, room) if each is not None), default=None)


def silent_firm(firm: str, last_us: int, now_us: int, rules: Rules) -> Finding | None:
    """A firm without a report for too long (僵尸企业).

    Args:
        firm: its name.
        last_us: when its last report was recorded; before its first, when it registered.
        now_us: the time, UTC microseconds.
        rules: for the number of days.
    """
    days = int(rules.number("silent_firm_days", _date(now_us)))
    if chinese_day(now_us) - chinese_day(last_us) <= days:
        return None
    values = {"firm": firm, "since": str(_date(last_us)), "days": days}
    return Finding("silent_firm", (), values)


def doubts(kind: str, occurred_us: int, recorded_us: int, rules: Rules) -> tuple[str, ...]:
    """The bursts that a report may be part of: it puts on a label, or tells of long ago.

    Declarations of stock from before are not back-dated, and corrections mend.
    """
    found = ("relabel_burst",) if kind == "relabelled" else ()
    gap_us = recorded_us - occurred_us
    if kind in _OF_BEFORE or gap_us <= _DAY_US:
        return found
    is_old = gap_us > rules.number("backdate_days", _date(recorded_us)) * _DAY_US
    return (*found, "backdate_burst") if is_old else found


def may_be_doubted(kind: str, occurred_us: int, recorded_us: int) -> bool:
    """Whether `doubts` may find something, seen at a glance."""
    return recorded_us - occurred_us > _DAY_US or kind == "relabelled"


def is_plain(kind: str, occurred_at: str, recorded_at: str) -> bool:
    """Whether canonical instants show at a glance that nothing is to be doubted.

    Most reports are recorded on the day they tell of: no moment has to be worked out for them.
    """
    return kind != "relabelled" and occurred_at[:_DAY_LENGTH] >= recorded_at[:_DAY_LENGTH]


class Crowd(NamedTuple):
    """The doubtful reports that one organisation made on one day.

    Days are those of recording, since that is when somebody sat and typed.

    Attributes:
        code: of the burst that they may be.
        day: the Chinese calendar day, counted from 1970-01-01.
        reports: how many, however many batteries each is about.
        first: the ids of the first of them, at most `MOST_EVIDENCE`.
    """

    code: str
    day: int
    reports: int
    first: tuple[str, ...]


def burst(firm: str, crowd: Crowd, rules: Rules) -> Finding | None:
    """More doubtful reports on one day than a firm makes by honest work."""
    on = _EPOCH_DAY + timedelta(days=crowd.day)
    if crowd.reports <= rules.number(f"{crowd.code}_per_day", on):
        return None
    values = {"firm": firm, "day": str(on), "count": crowd.reports}
    if crowd.code == "backdate_burst":
        values["days"] = int(rules.number("backdate_days", on))
    return Finding(crowd.code, crowd.first, values)


def smallest_burst(rules: Rules) -> int:
    """The number of reports on a day above which there may be a burst, by any row of any date."""
    return int(min(row.value for row in rules.numbers if row.id.endswith("_burst_per_day")))
