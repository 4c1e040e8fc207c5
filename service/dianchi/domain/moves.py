"""What each type of event does to a life: one function per type, in the order of a life.

A move that the table of `standing` does not know is still made, and opens `broken_chain`: what a
lawful reporter says is a fact, and a contradiction is a finding.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from dianchi.domain import measures
from dianchi.domain.fields import chinese_day
from dianchi.domain.members import is_organisation_id, party_key
from dianchi.domain.rules import Rules
from dianchi.domain.standing import (
    FINAL,
    HOSTED,
    STORED,
    Away,
    Ended,
    Hosted,
    Moving,
    Resting,
    Standing,
    is_legal,
)
from dianchi.domain.vocabulary import FACTS

if TYPE_CHECKING:
    from dianchi.domain.life import Event, Life

MISFITS: Final = frozenset(
    ("broken_chain", "duplicate_code", "activity_after_end", "handover_mismatch")
)
_BIRTHS: Final = frozenset(("produced", "imported", "repurposed"))
_OPENS_WITHOUT_PLACE: Final = frozenset(
    (
        "inspected",
        "owner_changed",
        "repaired",
        "relabelled",
        "identified",
        "incident",
        "released",
        "counted",
    )
)
_ORIGINS: Final = frozenset(("produced", "imported", "declared", "repurposed", "voided"))
_CUSTODY: Final = frozenset(
    (
        "made",
        "removed",
        "retired",
        "collected",
        "at_utilizer",
        "assessed",
        "product",
        "second_life",
    )
)

_USED: Final = frozenset(
    ("in_use", "second_life", "removed", "retired", "collected", "at_utilizer", "assessed")
)
_TAKES_WASTE: Final = frozenset(("outlet", "dismantler", "workshop", "swap_operator"))
_SITE_ROLES: Final = frozenset(("site_operator", "swap_operator"))

_Move = Callable[["Life", "Event", Rules], None]


def move(life: "Life", event: "Event", rules: Rules) -> None:
    """Folds what the event says of stage, holder, host, ratings and measures."""
    if life.standing.stage in FINAL:
        _after_the_end(life, event, rules)
        return
    if life.count == 0:
        _open(life, event)
    measures.check_age(life, event)
    _MOVES[event.type](life, event, rules)
    if event.site is not None:
        life.site = event.site
    life.reporter = event.organisation


def _after_the_end(life: "Life", event: "Event", rules: Rules) -> None:
    """What is final stays as it is; only a name, and the same name born again, say something."""
    if event.type == "identified" or (event.type in _BIRTHS and life.birth is not None):
        _MOVES[event.type](life, event, rules)
        return
    life.find(
        "activity_after_end",
        life.last_event,
        event.event_id,
        stage=life.stage,
        type=event.type,
    )


def _open(life: "Life", event: "Event") -> None:
    if event.type in _ORIGINS and "product" not in event.data:
        return
    if "parent" in event.data or "pack" in event.data:
        return  # a part that was taken out of a battery
    unplaced = event.type in _OPENS_WITHOUT_PLACE
    life.find("unknown_battery" if unplaced else "unknown_origin", event.event_id, type=event.type)


def _go(life: "Life", event: "Event", after: Standing, *, checked: bool = True) -> None:
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
    life.standing = after
    life.since_us = event.occurred_us
    if after.stage in _USED:
        life.used = True


def _hosted(stage: str, host: dict[str, Any]) -> Hosted:
    return Hosted(stage, host["kind"], host.get("vin_ref") or host["id"])


def _learn(life: "Life", event: "Event", *, firm: bool) -> None:
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


def _not_holder(life: "Life", event: "Event") -> None:
    if life.holder is not None and life.holder != event.organisation:
        life.find(
            "not_holder",
            life.last_event,
            event.event_id,
            holder=life.holder,
            reporter=event.organisation,
            type=event.type,
        )


# --- beginnings ----------------------------------------------------------------------------------


def _born(life: "Life", event: "Event", rules: Rules) -> None:
    if life.birth is not None:
        _born_again(life, event)
        return
    begun = life.count > 0 and life.stage != "unknown"
    if begun and life.declared is None:
        life.find(
            "broken_chain",
            life.last_event,
            event.event_id,
            before=life.stage,
            after="made",
            type=event.type,
        )
    _bear(life, event)
    measures.check_ratings(life, event, rules)
    if not begun:
        _go(life, event, Resting("made"))
        life.holder = event.organisation


def _bear(life: "Life", event: "Event") -> None:
    life.settle("unknown_origin", "unknown_battery")
    life.birth, life.birth_digest = event.event_id, digest(event.data)
    life.maker = event.organisation
    _learn(life, event, firm=True)


def _born_again(life: "Life", event: "Event") -> None:
    """The birth that happened first stands; another is a repeat, or another battery."""
    if life.maker == event.organisation and life.birth_digest == digest(event.data):
        life.find("duplicate_report", life.birth, event.event_id)
        return
    life.find(
        "duplicate_code",
        life.birth,
        event.event_id,
        first=life.maker,
        second=event.organisation,
    )


def _declared(life: "Life", event: "Event", _: Rules) -> None:
    data = event.data
    stage = data["stage"]
    life.settle("unknown_origin", "unknown_battery")
    life.declared = life.declared or event.event_id
    _learn(life, event, firm=False)
    if "owner" in data:
        life.owner = data["owner"]
    host = data.get("host")
    after = _hosted(stage, host) if host and stage in HOSTED else Resting(stage)
    expected = life.stage in ("unknown", "made", stage)
    if stage != "unknown" and not (life.stage == stage and host is None):
        _go(life, event, after, checked=not expected)
    at_site = stage in HOSTED and event.role in _SITE_ROLES
    if life.holder is None and (at_site or (event.role != "regulator" and stage in _CUSTODY)):
        life.holder = event.organisation


# --- use -----------------------------------------------------------------------------------------


def _installed(life: "Life", event: "Event", rules: Rules) -> None:
    host = event.data["host"]
    second = life.product or life.used
    stage = {"vehicle": "installed", "swap_pool": "in_use"}.get(
        host["kind"], "second_life" if second else "in_use"
    )
    after = _hosted(stage, host)
    measures.check_use(life, event, host["kind"], rules)
    here = life.standing
    if isinstance(here, Hosted):
        if (here.kind, here.host) != (after.kind, after.host):
            life.find(
                "duplicate_code",
                life.last_event,
                event.event_id,
                first=here.kind,
                second=after.kind,
            )
            _go(life, event, after, checked=False)
    else:
        delivered = life.stage == "collected" and not life.used
        _go(life, event, after, checked=not delivered)
    life.holder = event.organisation


def _sold(life: "Life", event: "Event", rules: Rules) -> None:
    if "application" in event.data:
        measures.check_use(life, event, event.data["application"], rules)
    vin = event.data.get("vin_ref")
    here = life.standing
    if isinstance(here, Hosted) and here.kind == "vehicle" and vin is not None and vin != here.host:
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    if isinstance(here, Hosted) or not life.product:
        stage = "second_life" if life.stage == "second_life" else "in_use"
        after: Standing = Resting(stage)
        if vin is not None:
            after = Hosted(stage, "vehicle", vin)
        elif isinstance(here, Hosted):
            after = here._replace(stage=stage)
        _go(life, event, after, checked=life.stage != stage)
    life.sold_in = event.data["prefecture"]
    life.holder = None


def _owner_changed(life: "Life", event: "Event", _: Rules) -> None:
    life.owner = event.data["to"]


def _inspected(life: "Life", event: "Event", rules: Rules) -> None:
    measures.check_soh(life, event, rules)
    measures.note_safety(life, event, event.data.get("safety_class"), rules)


def _repaired(life: "Life", event: "Event", _: Rules) -> None:
    if "pack" in event.data:
        _go(life, event, Resting("removed"), checked=life.stage != "made")
        life.holder = event.organisation
        return
    life.soh = None
    life.mass = None


def _removed(life: "Life", event: "Event", rules: Rules) -> None:
    told = _hosted(life.stage, event.data["host"])
    here = life.standing
    if isinstance(here, Hosted) and (here.kind, here.host) != (told.kind, told.host):
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    _go(life, event, Resting("removed"))
    life.holder = event.organisation
    measures.check_soh(life, event, rules)


def _scrapped(life: "Life", event: "Event", _: Rules) -> None:
    here = life.standing
    if isinstance(here, Hosted) and here.host != event.data["vin_ref"]:
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    already = life.stage == "removed"
    if not already:
        _go(life, event, Resting("removed"))
    life.holder = event.organisation


def _retired(life: "Life", event: "Event", rules: Rules) -> None:
    if life.stage != "retired":
        _go(life, event, Resting("retired"))
    if life.holder is None:
        life.holder = event.organisation
    measures.check_soh(life, event, rules)


# --- custody -------------------------------------------------------------------------------------


def _collected(life: "Life", event: "Event", rules: Rules) -> None:
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
        _go(life, event, Resting("collected"), checked=not held)
    life.holder = event.organisation
    if "mass_kg" in data:
        measures.weigh(life, event, data["mass_kg"], data.get("mass_basis", "weighed"), rules)
    measures.note_safety(life, event, data["safety_class"], rules)


def _dispatched(life: "Life", event: "Event", rules: Rules) -> None:
    data = event.data
    _not_holder(life, event)
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
    _go(life, event, moving)
    life.handed = None
    if life.holder is None:
        life.holder = event.organisation
    if "mass_kg" in data:
        measures.weigh(life, event, data["mass_kg"], basis, rules)


def _back_to(life: "Life") -> str:
    here = life.standing
    if isinstance(here, Moving):
        return here.before
    return "collected" if here.stage == "unknown" else here.stage


def _is_side_of(sent: Standing | None, event: "Event") -> bool:
    return isinstance(sent, Moving) and event.handover == (sent.sender, sent.handover)


def _received(life: "Life", event: "Event", rules: Rules) -> None:
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
        life.handed = None
        if known:
            _not_dispatched(life, event)
    same = life.stage == stage and life.holder == event.organisation
    _go(life, event, Resting(stage), checked=not same)
    life.used = used
    life.holder = event.organisation
    if "mass_kg" in event.data:
        measures.weigh(
            life, event, event.data["mass_kg"], event.data.get("mass_basis", "weighed"), rules
        )


def _not_dispatched(life: "Life", event: "Event") -> None:
    life.find(
        "handover_mismatch",
        life.last_event,
        event.event_id,
        handover=event.data["handover"],
        what="not_dispatched",
    )


def _compare_sides(life: "Life", event: "Event", sent: Moving, rules: Rules) -> None:
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


def _check_receiver(life: "Life", event: "Event", sent: Moving) -> None:
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


def _sent_back(life: "Life", event: "Event", _: Rules) -> None:
    sent = life.standing if _is_side_of(life.standing, event) else life.handed
    life.handed = None
    if isinstance(sent, Moving) and _is_side_of(sent, event):
        _check_receiver(life, event, sent)
        _go(life, event, Resting(sent.before), checked=False)
        life.holder = sent.sender
        return
    if life.stage != "unknown":
        _not_dispatched(life, event)
    _go(life, event, Resting("collected"), checked=False)
    life.holder = party_key(event.data["sender"])


# --- second life and recycling -------------------------------------------------------------------


def _assessed(life: "Life", event: "Event", rules: Rules) -> None:
    _not_holder(life, event)
    if life.stage != "assessed":
        _go(life, event, Resting("assessed"))
    life.holder = event.organisation
    measures.check_residual(life, event, rules)


def _disassembled(life: "Life", event: "Event", rules: Rules) -> None:
    if "parent" in event.data:
        _go(life, event, Resting("at_utilizer"))
        life.used = True
        life.holder = event.organisation
        if "mass_kg" in event.data:
            life.mass, life.mass_basis = event.data["mass_kg"], "weighed"
            life.mass_event = event.event_id
        return
    _not_holder(life, event)
    measures.check_parts(life, event, rules)
    _go(life, event, Ended("disassembled", None))


def _repurposed(life: "Life", event: "Event", rules: Rules) -> None:
    if "product" in event.data:
        _not_holder(life, event)
        _go(life, event, Ended("consumed", event.data["product"]))
        return
    if life.birth is not None:
        _born_again(life, event)
        return
    if life.count > 0 and life.stage != "unknown":
        life.find(
            "duplicate_code",
            life.last_event,
            event.event_id,
            first=life.holder,
            second=event.organisation,
        )
    _bear(life, event)
    life.product = True
    _go(life, event, Resting("product"), checked=False)
    life.used = False
    life.holder = event.organisation
    measures.check_use(life, event, event.data["application"], rules)


def _recycled(life: "Life", event: "Event", rules: Rules) -> None:
    _not_holder(life, event)
    measures.weigh(life, event, event.data["mass_kg"], "weighed", rules)
    _go(life, event, Ended("recycled", event.data["batch"]))
    life.holder = event.organisation


# --- names, dangers, disappearances --------------------------------------------------------------


def _relabelled(life: "Life", event: "Event", _: Rules) -> None:
    life.revision = max(life.revision, event.data["revision"])


def _identified(life: "Life", event: "Event", _: Rules) -> None:
    told = (event.subject, event.data["name"])
    names = (*life.names, *(name for name in dict.fromkeys(told) if name not in life.names))
    if sum(":" not in name for name in names) <= 1:  # else two batteries: `identity` tells
        life.names = names


def _incident(life: "Life", event: "Event", _: Rules) -> None:
    life.incidents = (*life.incidents, event.event_id)
    life.find("safety_incident", event.event_id, incident=event.data["kind"])


def _released(life: "Life", event: "Event", rules: Rules) -> None:
    incident = event.data["incident"]
    life.incidents = tuple(known for known in life.incidents if known != incident)
    life.findings = tuple(
        f for f in life.findings if f.code != "safety_incident" or incident not in f.evidence
    )
    measures.note_safety(life, event, event.data["safety_class"], rules)


def _counted(life: "Life", event: "Event", _: Rules) -> None:
    if event.role != "regulator" and life.stage in STORED:
        _not_holder(life, event)
    life.site = event.data["site"]


def _lost(life: "Life", event: "Event", _: Rules) -> None:
    _go(life, event, Away("lost", ""))
    life.find(
        "disappeared", event.event_id, what="reported_lost", day=chinese_day(event.occurred_us)
    )


def _exported(life: "Life", event: "Event", _: Rules) -> None:
    _go(life, event, Away("exported", event.data["destination"]))
    life.holder = None


def _left(life: "Life", event: "Event", _: Rules) -> None:
    _go(life, event, Away("out_of_province", event.data["province"]))


def _entered(life: "Life", event: "Event", _: Rules) -> None:
    _go(
        life,
        event,
        Resting("collected"),
        checked=life.stage not in ("in_use", "removed", "retired", "in_transit", "second_life"),
    )
    life.holder = event.organisation


def _voided(life: "Life", event: "Event", _: Rules) -> None:
    _go(life, event, Ended("voided", None))


def _nothing(life: "Life", event: "Event", _: Rules) -> None:
    """Lots, batches, sites and corrections do not move a battery."""


_MOVES: Final[dict[str, _Move]] = {
    "lot_declared": _nothing,
    "produced": _born,
    "imported": _born,
    "declared": _declared,
    "installed": _installed,
    "sold": _sold,
    "owner_changed": _owner_changed,
    "inspected": _inspected,
    "repaired": _repaired,
    "removed": _removed,
    "vehicle_scrapped": _scrapped,
    "retired": _retired,
    "collected": _collected,
    "dispatched": _dispatched,
    "received": _received,
    "declined": _sent_back,
    "returned": _sent_back,
    "assessed": _assessed,
    "disassembled": _disassembled,
    "repurposed": _repurposed,
    "recycled": _recycled,
    "disposed": _nothing,
    "relabelled": _relabelled,
    "identified": _identified,
    "incident": _incident,
    "released": _released,
    "counted": _counted,
    "lost": _lost,
    "exported": _exported,
    "left_province": _left,
    "entered": _entered,
    "voided": _voided,
    "corrected": _nothing,
}
