"""The steps that moves are made of: going to a stage, learning ratings, telling who holds."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.standing import Hosted, Standing, is_legal
from dianchi.domain.vocabulary import FACTS

_USED: Final = frozenset(
    ("in_use", "second_life", "removed", "retired", "collected", "at_utilizer", "assessed")
)


def go(life: Life, event: Event, after: Standing, *, checked: bool = True) -> None:
    """Moves the life to a stage; a move that `standing` does not know opens `broken_chain`."""
    before = life.standing.stage
    if checked and not is_legal(before, after.stage):
        life.find(
            "broken_chain",
            life.last_event,
            event.event_id,
            before=before,
            after=after.stage,
            type=event.type,
        )
    if before == "lost":
        life.settle("disappeared")
    elif before == "unknown" and life.findings:
        _place(life)
    life.standing = after
    life.since_us = event.occurred_us
    if after.stage in _USED:
        life.used = True


def _place(life: Life) -> None:
    """Now it is known where the battery is, though still not where it came from."""
    life.findings = tuple(
        replace(found, code="unknown_origin") if found.code == "unknown_battery" else found
        for found in life.findings
    )


def hosted(stage: str, host: dict[str, Any]) -> Hosted:
    """The standing of a battery that is in a host."""
    return Hosted(stage, host["kind"], host.get("vin_ref") or host["id"])


def learn(life: Life, event: Event, *, firm: bool) -> None:
    """Takes ratings over: firm ones replace what was declared, others only fill gaps."""
    data = event.data
    told = {name: data[name] for name in FACTS if name in data}
    if told:
        life.facts = {**life.facts, **told} if firm else {**told, **life.facts}
    if "mass_kg" in data and (firm or life.mass is None):
        life.mass, life.mass_basis = data["mass_kg"], "nameplate"
        life.mass_event = None if firm or life.birth is None else event.event_id


def digest(told: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that stand for what an event said."""
    lines = "\n".join([f"{name}={_ordered(told[name])}" for name in sorted(told)])
    return blake2b(lines.encode(), digest_size=8).hexdigest()


def _ordered(told: Any) -> Any:  # noqa: ANN401 - any canonical JSON value
    if type(told) is str:
        return told
    if isinstance(told, dict):
        return [(name, _ordered(told[name])) for name in sorted(told)]
    return [_ordered(item) for item in told] if isinstance(told, list | tuple) else told


def not_holder(life: Life, event: Event) -> None:
    """Opens `not_holder` where somebody else than the reporter has the battery."""
    if life.holder is not None and life.holder != event.organisation:
        life.find(
            "not_holder",
            life.last_event,
            event.event_id,
            holder=life.holder,
            reporter=event.organisation,
            type=event.type,
        )
