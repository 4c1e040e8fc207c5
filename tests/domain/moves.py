"""Moves of a life, ready made."""

from typing import Any

from dianchi.domain.life import Event, Life
from domain.lives import (
    AT_OUTLET,
    OUTLET,
    PACK,
    UTILIZER,
    dispatched,
    event,
    side,
)

NOON = "2026-06-01T12:00"
EVENING = "2026-06-01T20:00"
SENT = (*AT_OUTLET, dispatched("2026-05-03T10:00"))
AT_UTILIZER = (*SENT, side("received", "2026-05-04T10:00"))
DECLARED = {"basis": "opening_stock"}
PRODUCT = {
    "application": "base_station",
    "rated_capacity_ah": "100",
    "rated_energy_kwh": "40",
    "mass_kg": "400",
}


def assessed(at: str = "2026-05-05T10:00", **more: str) -> Event:
    told = {"residual_capacity_ah": "120", "method": "pulse", "decision": "reuse", **more}
    return event("assessed", at, UTILIZER, data=told)


def product(at: str = "2026-05-06T10:00", **more: str) -> Event:
    return event("repurposed", at, UTILIZER, data={**PRODUCT, **more}, subject=PACK)


def declared(stage: str, at: str = "2026-05-01T10:00", who: str = OUTLET, **more: Any) -> Event:
    return event("declared", at, who, data={**DECLARED, "stage": stage, **more})


def evidence(life: Life, code: str) -> list[tuple[str, ...]]:
    return [finding.evidence for finding in life.findings if finding.code == code]
