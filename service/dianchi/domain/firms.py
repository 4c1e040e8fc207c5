"""Findings about a site or an organisation rather than a battery: stock, bursts, silence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from dianchi.domain.fields import chinese_day
from dianchi.domain.findings import Finding
from dianchi.domain.life import Event
from dianchi.domain.rules import Rules

_DAY_US: Final = 86_400_000_000
_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_MOST_EVIDENCE: Final = 20


def _date(moment_us: int) -> date:
    return _EPOCH_DAY + timedelta(days=chinese_day(moment_us))


def over_stock(site_kind: str, total_kg: Decimal, on: date, rules: Rules) -> Finding | None:
    """More in store than an outlet of this kind (`collection`, `central`) may hold on a date."""
    limit = rules.outlet_limit(site_kind, on)
    if limit is None or limit.most_stock_kg is None or total_kg <= limit.most_stock_kg:
        return None
    return Finding(
        "over_stock",
        (),
        {"total_kg": format(total_kg, "f"), "most_kg": format(limit.most_stock_kg, "f")},
        "" if limit.binding == "statutory" else "low",
    )


def silent_firm(last_report_us: int, now_us: int, rules: Rules) -> Finding | None:
    """A firm without a report for too long (僵尸企业); before its first, since it registered."""
    days = int(rules.number("silent_firm_days", _date(now_us)))
    if chinese_day(now_us) - chinese_day(last_report_us) <= days:
        return None
    return Finding("silent_firm", (), {"since": str(_date(last_report_us)), "days": days})


def bursts(events: Iterable[Event], rules: Rules) -> list[Finding]:
    """Days on which one organisation relabelled, or reported of long ago, suspiciously often.

    Days are those of recording, since that is when somebody sat and typed. Evidence names the
    first events of the day. Declarations of stock from before are not back-dated.
    """
    once = {event.event_id: event for event in sorted(events, key=lambda e: e.key, reverse=True)}
    ordered = sorted(once.values(), key=lambda event: (event.recorded_us, event.key))
    return [
        *_crowded(ordered, "relabel_burst", lambda event: event.type == "relabelled", rules),
        *_crowded(ordered, "backdate_burst", lambda event: _is_backdated(event, rules), rules),
    ]


def _is_backdated(event: Event, rules: Rules) -> bool:
    days = rules.number("backdate_days", _date(event.recorded_us))
    return event.type != "declared" and event.recorded_us - event.occurred_us > days * _DAY_US


def _crowded(
    ordered: Iterable[Event], code: str, counts: Callable[[Event], bool], rules: Rules
) -> Iterator[Finding]:
    by_day: defaultdict[int, list[str]] = defaultdict(list)
    for event in ordered:
        if counts(event):
            by_day[chinese_day(event.recorded_us)].append(event.event_id)
    for day, ids in sorted(by_day.items()):
        on = _EPOCH_DAY + timedelta(days=day)
        if len(ids) > rules.number(f"{code}_per_day", on):
            values = {"day": str(on), "count": len(ids)}
            if code == "backdate_burst":
                values["days"] = int(rules.number("backdate_days", on))
            yield Finding(code, tuple(ids[:_MOST_EVIDENCE]), values)
