"""Events of short stories, for tests of what spans lives, reads the registry or the clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dianchi.domain.fields import CHINA
from dianchi.domain.life import Event, Folded, fold
from dianchi.domain.rules import RULES

PACK = "001PE0A0000001D1K0000001"
OTHER_PACK = "001PE0A0000001D1K0000002"
MODULE = "001ME0A0000001D1K0000009"
OUTLET = "O1UTLETAAAAA"
RECYCLER = "ORECYCLERAAA"
MAKER = "OMAKERAAAAAA"
VIN = "vinref-1"
VEHICLE = {"kind": "vehicle", "vin_ref": VIN}
RATINGS = {
    "model": "P1",
    "chemistry": "lfp",
    "rated_capacity_ah": "100",
    "rated_energy_kwh": "32",
    "nominal_voltage_v": "320",
    "mass_kg": "250",
}
TAKEN_IN = {"source": "person", "safety_class": "A", "label_legible": True}


def at(day: str, clock: str = "09:00") -> int:
    """UTC microseconds of a time in China."""
    moment = datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=CHINA)
    return int(moment.timestamp()) * 1_000_000


def days_after(day: str, days: int, clock: str = "09:00") -> int:
    return at(str(datetime.fromisoformat(day).date() + timedelta(days=days)), clock)


def event(
    kind: str,
    day: str,
    data: Mapping[str, object] | None = None,
    /,
    *,
    subject: str = PACK,
    by: str = OUTLET,
    role: str = "outlet",
    clock: str = "09:00",
    event_id: str = "",
    by_day: bool = False,
    site: str | None = None,
    recorded_us: int | None = None,
) -> Event:
    """One event, recorded when it happened unless `recorded_us` says otherwise."""
    return Event(
        event_id=event_id or f"{kind}-{day}-{clock}-{by}",
        type=kind,
        subject=subject,
        occurred_us=at(day, clock),
        by_day=by_day,
        organisation=by,
        role=role,
        site=site,
        data=data or {},
        recorded_us=at(day, clock) if recorded_us is None else recorded_us,
    )


def produced(day: str = "2024-01-10", subject: str = PACK, **data: object) -> Event:
    return event(
        "produced",
        day,
        RATINGS | data,
        subject=subject,
        by=MAKER,
        role="maker",
        event_id=f"produced-{subject}",
    )


def installed(day: str, subject: str = PACK, **data: object) -> Event:
    return event(
        "installed",
        day,
        {"host": VEHICLE} | data,
        subject=subject,
        by="OVEHICLEAAAA",
        role="vehicle_maker",
        event_id=f"installed-{subject}-{day}",
    )


def collected(day: str, /, *, clock: str = "09:00", subject: str = PACK, **data: object) -> Event:
    return event(
        "collected",
        day,
        TAKEN_IN | data,
        clock=clock,
        subject=subject,
        event_id=f"collected-{subject}-{day}",
    )


def dispatched(day: str, count: int = 1, subject: str = PACK, **data: object) -> Event:
    told = {"handover": "H1", "receiver": RECYCLER, "count": count} | data
    return event("dispatched", day, told, subject=subject, event_id=f"dispatched-{day}")


def received(day: str, count: int = 1, subject: str = PACK, **data: object) -> Event:
    told = {"handover": "H1", "sender": OUTLET, "count": count} | data
    return event(
        "received",
        day,
        told,
        subject=subject,
        by=RECYCLER,
        role="recycler",
        event_id=f"received-{day}-{subject}",
    )


def corrects(target: Event, day: str, **data: object) -> Event:
    return event(
        "corrected",
        day,
        {"event_id": target.event_id, "reason": "typo"} | data,
        subject=target.subject,
        by=target.organisation,
        role=target.role,
    )


def life_of(*events: Event) -> Folded:
    return fold(events, RULES)
