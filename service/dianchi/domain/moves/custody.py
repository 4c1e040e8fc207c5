"""Who takes a battery in, and how it passes from hand to hand."""

from decimal import Decimal
from typing import Final

from dianchi.domain import measures
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.members import is_organisation_id, party_key
from dianchi.domain.moves.steps import go, not_holder
from dianchi.domain.rules import Rules
from dianchi.domain.standing import STORED, Hosted, Moving, Resting, Standing

_TAKES_WASTE: Final = frozenset(("outlet", "dismantler", "workshop", "swap_operator"))


def collected(life: Life, event: Event, rules: Rules) -> None:
    """Taken in by an outlet or a dismantler."""
    data = event.data
    here = life.standing
    held = life.stage in STORED and life.holder not in (None, event.organisation)
    if held:
        life.find(
            "duplicate_code",
            life.last_event,
            event.event_id,
            first=life.holder,
            second=event.organisation,
        )
    vin = data.get("vin_ref")
    if vin and isinstance(here, Hosted) and here.kind == "vehicle" and here.host != vin:
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    if held or life.stage != "collected":
        go(life, event, Resting("collected"), checked=not held)
    life.holder = event.organisation
    if "mass_kg" in data:
        measures.weigh(life, event, data["mass_kg"], data.get("mass_basis", "weighed"), rules)
    measures.note_safety(life, event, data["safety_class"], rules)


def dispatched(life: Life, event: Event, rules: Rules) -> None:
    """On its way under a hand-over; its sender answers for it until it arrives."""
    data = event.data
    not_holder(life, event)
    basis = data.get("mass_basis", "weighed")
    moving = Moving(
        "in_transit",
        data["handover"],
        event.organisation,
        data["receiver"],
        _back_to(life),
        event.event_id,
        event.occurred_us,
        data.get("mass_kg"),
        basis,
    )
    go(life, event, moving)
    life.handed = None
    if life.holder is None:
        life.holder = event.organisation
    if "mass_kg" in data:
        measures.weigh(life, event, data["mass_kg"], basis, rules)


def _back_to(life: Life) -> str:
    here = life.standing
    if isinstance(here, Moving):
        return here.before
    return "collected" if here.stage == "unknown" else here.stage


def _is_side_of(sent: Standing | None, event: Event) -> bool:
    return isinstance(sent, Moving) and event.handover == (sent.sender, sent.handover)


def received(life: Life, event: Event, rules: Rules) -> None:
    """Arrived: with a utilizer or recycler, else in store."""
    stage = "at_utilizer" if event.role in ("utilizer", "recycler") else "collected"
    here = life.standing
    used = life.used or stage == "at_utilizer" or event.role in _TAKES_WASTE
    known = life.stage != "unknown"
    again = _is_side_of(life.handed, event) and life.holder == event.organisation
    if isinstance(here, Moving) and _is_side_of(here, event):
        life.handed = here
        _compare_sides(life, event, here, rules)
    elif again and known:
        life.find("duplicate_report", life.last_event, event.event_id)
        return
    else:
        taken = _is_side_of(life.handed, event)
        life.handed = None
        if known:
            _unexpected(life, event, "taken_already" if taken else "not_dispatched")
    same = life.stage == stage and life.holder == event.organisation
    go(life, event, Resting(stage), checked=not same)
    life.used = used
    life.holder = event.organisation
    if "mass_kg" in event.data:
        measures.weigh(
            life, event, event.data["mass_kg"], event.data.get("mass_basis", "weighed"), rules
        )


def _unexpected(life: Life, event: Event, what: str) -> None:
    life.find(
        "handover_mismatch",
        life.last_event,
        event.event_id,
        handover=event.data["handover"],
        what=what,
    )


def _compare_sides(life: Life, event: Event, sent: Moving, rules: Rules) -> None:
    _check_receiver(life, event, sent)
    taken = event.data.get("mass_kg")
    if sent.mass_kg and taken:
        basis = event.data.get("mass_basis", "weighed")
        allowed = measures.tolerance(sent.mass_kg, (sent.mass_basis, basis), event, rules)
        if abs(Decimal(taken) - Decimal(sent.mass_kg)) > allowed:
            severity = "low" if "estimated" in (sent.mass_basis, basis) else ""
            life.find(
                "handover_mismatch",
                sent.event_id,
                event.event_id,
                severity=severity,
                handover=sent.handover,
                what="mass",
                sent_kg=sent.mass_kg,
                taken_kg=taken,
            )


def _check_receiver(life: Life, event: Event, sent: Moving) -> None:
    """Only a registered receiver can be told from another; names may change until then."""
    named = sent.receiver
    if isinstance(named, str) and is_organisation_id(named) and named != event.organisation:
        life.find(
            "handover_mismatch",
            sent.event_id,
            event.event_id,
            handover=sent.handover,
            what="other_receiver",
        )


def sent_back(life: Life, event: Event, _: Rules) -> None:
    """Declined or returned: back with the sender, as it was before."""
    sent = life.standing if _is_side_of(life.standing, event) else life.handed
    life.handed = None
    if isinstance(sent, Moving) and _is_side_of(sent, event):
        _check_receiver(life, event, sent)
        go(life, event, Resting(sent.before), checked=False)
        life.holder = sent.sender
        return
    if life.stage != "unknown":
        _unexpected(life, event, "not_dispatched")
    go(life, event, Resting("collected"), checked=False)
    life.holder = party_key(event.data["sender"])
