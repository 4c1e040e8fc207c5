"""Builders of reports as a reporter sends them: plausible, and only saying what a test is about."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, Final
from uuid import UUID

from dianchi.domain.admit import Reporter

Raw = dict[str, Any]

MAKER: Final = Reporter("O1MAKER11111", "maker")
CAR_MAKER: Final = Reporter("O1CARMAKER11", "vehicle_maker")
OUTLET: Final = Reporter("O1OUTLET1111", "outlet")
UTILIZER: Final = Reporter("O1UTILIZER11", "utilizer")
RECYCLER: Final = Reporter("O1RECYCLER11", "recycler")
DISMANTLER: Final = Reporter("O1DISMANTLE1", "dismantler")
VIN: Final = "LSVAA4182E2184847"
RATINGS: Final[Mapping[str, str]] = {
    "model": "M-60",
    "chemistry": "lfp",
    "rated_capacity_ah": "150",
    "rated_energy_kwh": "60.5",
    "nominal_voltage_v": "403.2",
    "mass_kg": "410.5",
}
_numbers = count(1)


def identifier(number: int | None = None) -> str:
    """A new event id, or always the same one for a number."""
    text = f"event {next(_numbers) if number is None else -1 - number}"
    return str(UUID(bytes=sha256(text.encode()).digest()[:16], version=5))


def pack(number: int) -> str:
    """The code of a pack, canonical."""
    return f"001PE0A0000001D1K{number:07d}"


def report(
    kind: str,
    at: str,
    battery: str | None = None,
    *,
    event_id: str | None = None,
    site: str | None = None,
    data: Mapping[str, Any] | None = None,
    **more: Any,
) -> Raw:
    """One report; its members of data by keyword or, where they are no words, as `data`.

    `at` is a day, or a minute in China such as `2026-06-01T09:30`.
    """
    raw: Raw = {
        "event_id": event_id or identifier(),
        "type": kind,
        "occurred_at": f"{at}:00+08:00" if "T" in at else at,
        "data": {**(data or {}), **more},
    }
    if battery is not None:
        raw["battery"] = battery
    if site is not None:
        raw["site"] = site
    return raw


def produced(battery: str, at: str = "2026-01-05T09:00", **more: Any) -> Raw:
    return report("produced", at, battery, data=RATINGS, **more)


def installed(battery: str, at: str = "2026-01-10T09:00", vin: str = VIN) -> Raw:
    return report("installed", at, battery, host={"kind": "vehicle", "id": vin})


def sold(battery: str, at: str = "2026-01-20T09:00", vin: str = VIN) -> Raw:
    return report("sold", at, battery, prefecture="530100", vin=vin)


def inspected(battery: str, at: str = "2026-03-01T09:00", soh: str = "90", **more: Any) -> Raw:
    return report("inspected", at, battery, soh_percent=soh, **more)


def removed(battery: str, at: str = "2026-05-01T09:00", vin: str = VIN) -> Raw:
    host = {"kind": "vehicle", "id": vin}
    return report("removed", at, battery, host=host, reason="end_of_life")


def collected(battery: str, at: str = "2026-05-02T09:00", **more: Any) -> Raw:
    told = {"source": "person", "safety_class": "B", "label_legible": True}
    return report("collected", at, battery, data=told, **more)


def dispatched(
    *batteries: str, at: str = "2026-05-03T09:00", handover: str = "H1", receiver: str = ""
) -> Raw:
    return report(
        "dispatched",
        at,
        handover=handover,
        receiver=receiver or UTILIZER.organisation,
        batteries=_weighed(batteries),
    )


def received(
    *batteries: str, at: str = "2026-05-04T09:00", handover: str = "H1", sender: str = ""
) -> Raw:
    return report(
        "received",
        at,
        handover=handover,
        sender=sender or OUTLET.organisation,
        batteries=_weighed(batteries),
    )


def _weighed(batteries: Sequence[str]) -> list[Raw]:
    return [{"battery": name, "mass_kg": "400"} for name in batteries]


def identified(battery: str, name: str, at: str = "2026-05-05T09:00") -> Raw:
    return report("identified", at, battery, name=name)


def counted(*batteries: str, at: str = "2026-05-06T09:00", site: str = "S1") -> Raw:
    told = {"site": site, "batteries": list(batteries), "complete": True, "basis": "self"}
    return report("counted", at, data=told)


def corrected(target: Raw, at: str = "2026-06-01T09:00", **more: Any) -> Raw:
    told = {"event_id": target["event_id"], "reason": "wrong", **more}
    return report("corrected", at, data=told)


def recycled(
    *batteries: str,
    at: str = "2026-06-10T09:00",
    batch: str = "B1",
    inputs: Sequence[Raw] = (),
    outputs: Sequence[Raw] = (),
) -> Raw:
    entering = [*_weighed(batteries), *inputs]
    told = {"batch": batch, "process": "hydro", "inputs": entering, "residue_kg": "1"}
    return report("recycled", at, data=told, outputs=list(outputs))
