"""What is said of a hand-over before the truck leaves: every rule that was looked at, by battery.

It advises and decides nothing: what is sent all the same is recorded, and found (design 2).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from dianchi.domain.dated import latest
from dianchi.domain.firms import over_stock
from dianchi.domain.handover_gaps import ALWAYS_OPEN
from dianchi.domain.handover_plan import Applied, Cargo, Plan, Receiver
from dianchi.domain.handover_rows import (
    HANDOVER_RULES,
    OF_IDENTITY,
    OF_TERMS,
    OUTCOMES,
    WEIGHTY,
    HandoverRule,
    Outcome,
)
from dianchi.domain.parties import TAKES_WASTE
from dianchi.domain.permits import judged, named, permits_at
from dianchi.domain.registry import Site
from dianchi.domain.standing import FINAL, HOSTED

HOME: Final = "53"
"""The province that the platform is for."""
GONE: Final = FINAL | {"lost", "exported", "out_of_province"}
"""Stages of what nobody here has in hand any more."""
_INCIDENT: Final = "safety_incident"
_SINCE_MADE: Final = "made"


def rules_on(on: date) -> dict[str, HandoverRule]:
    """The rules in force on a day, by their codes."""
    codes = dict.fromkeys(rule.code for rule in HANDOVER_RULES)
    found = {code: latest((r for r in HANDOVER_RULES if r.code == code), on) for code in codes}
    return {code: rule for code, rule in found.items() if rule is not None}


def worst(applied: Iterable[Applied]) -> Outcome:
    """The worst outcome of all; `ok` where no rule was looked at."""
    told = (OUTCOMES.index(each.saying.outcome) for each in applied)
    return OUTCOMES[max(told, default=0)]


def judge(cargoes: Iterable[Cargo], plan: Plan) -> Iterator[list[Applied]]:
    """For each battery every rule in force on the day that bears upon it."""
    standing = rules_on(plan.on)
    # The same for all of them: asked once, however many there are.
    receiver = {waste: _of_receiver(plan, is_waste=waste) for waste in (True, False)}
    for cargo in cargoes:
        told = (*_of_battery(cargo, plan), *receiver[cargo.is_waste])
        yield [each for each in told if each.rule in standing]


def _of_battery(cargo: Cargo, plan: Plan) -> Iterator[Applied]:
    yield Applied("record", "known", {"stage": cargo.stage})
    yield _custody(cargo, plan)
    if cargo.is_waste:
        yield _safety(cargo)
    yield _quarantine(cargo)
    yield Applied("hold", "placed" if cargo.held else "none", {"held": cargo.held})
    yield _recall(cargo)
    yield _findings(cargo)
    missed = _codes(code for code, _ in cargo.findings if code in OF_TERMS)
    yield Applied("deadlines", "missed" if missed else "met", {"codes": missed})
    if plan.use is not None and cargo.stage != _SINCE_MADE:
        yield _use(cargo, plan, plan.use)


def _custody(cargo: Cargo, plan: Plan) -> Applied:
    facts = {"stage": cargo.stage, "holder": plan.registry.names.get(cargo.holder, cargo.holder)}
    if cargo.stage == "in_transit":
        return Applied("custody", "moving", facts | {"handover": cargo.handover})
    if cargo.stage in GONE:
        return Applied("custody", "gone", facts)
    if cargo.holder not in ("", plan.sender):
        return Applied("custody", "other", facts)
    if cargo.stage in HOSTED:
        return Applied("custody", "hosted", facts)
    return Applied("custody", "sender" if cargo.holder else "nobody", facts)


def _safety(cargo: Cargo) -> Applied:
    known = cargo.safety_class if cargo.safety_class in ("A", "B", "C") else None
    return Applied("safety_class", known or "unknown", {"safety_class": cargo.safety_class})


def _quarantine(cargo: Cargo) -> Applied:
    told = any(code == _INCIDENT for code, _ in cargo.findings)
    # Class C quarantines by itself, and has a rule of its own.
    is_open = told or (cargo.quarantined and cargo.safety_class != "C")
    return Applied("quarantine", "open" if is_open else "none", {"quarantined": is_open})


def _recall(cargo: Cargo) -> Applied:
    open_ = _codes(cargo.recalls)
    return Applied("recall", "open" if open_ else "none", {"recalls": open_})


def _findings(cargo: Cargo) -> Applied:
    told = [each for each in cargo.findings if each[0] not in OF_TERMS | {_INCIDENT}]
    unsure = _codes(code for code, _ in told if code in OF_IDENTITY)
    if unsure:
        return Applied("findings", "identity", {"codes": unsure})
    doubtful = _codes(code for code, severity in told if severity in WEIGHTY)
    return Applied("findings", "doubt" if doubtful else "none", {"codes": doubtful})


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(sorted(set(codes)))


def _use(cargo: Cargo, plan: Plan, use: str) -> Applied:
    ban = plan.rules.prohibited(use, plan.on, cargo.chemistry)
    if ban is None:
        return Applied("prohibited_use", "allowed", {"use": use})
    since = str(ban.valid_from)
    return Applied("prohibited_use", "banned", {"use": use, "article": ban.article, "since": since})


# --- the receiver --------------------------------------------------------------------------------


def _of_receiver(plan: Plan, *, is_waste: bool) -> list[Applied]:
    receiver = plan.receiver
    if receiver is None:
        return []
    facts = {"receiver": receiver.name}
    found = [_permit(plan, receiver, is_waste=is_waste)]
    if receiver.place is not None and receiver.known is not None:
        found.append(_place(plan, receiver))
    room = room_for(plan, receiver.id, _stores(plan, receiver))
    if room is not None:
        load = format(plan.load_kg.normalize(), "f")
        found.append(Applied("capacity", room, facts | {"load_kg": load}))
    return [*found, _filing(plan, receiver, is_waste=is_waste)]


def _permit(plan: Plan, receiver: Receiver, *, is_waste: bool) -> Applied:
    facts = {"receiver": receiver.name, "day": str(plan.on)}
    if receiver.id == plan.sender:
        return Applied("receiver_permit", "own", facts)
    if not is_waste:
        return Applied("receiver_permit", "not_waste", facts)
    if receiver.known is None:
        return Applied("receiver_permit", "stranger", facts)
    permits = permits_at(plan.registry, receiver.known, receiver.site)
    if not permits:
        takes = not receiver.known.roles.isdisjoint(TAKES_WASTE)
        return Applied("receiver_permit", "unrecorded" if takes else "not_entitled", facts)
    what, permit = judged(permits, plan.on)
    return Applied("receiver_permit", what, facts | named(permit))


def _place(plan: Plan, receiver: Receiver) -> Applied:
    facts = {"receiver": receiver.name, "site": receiver.place, "day": str(plan.on)}
    if receiver.site is None:
        return Applied("receiver_site", "unknown", facts)
    return Applied("receiver_site", "open" if is_open(receiver.site, plan.on) else "closed", facts)


def is_open(site: Site, on: date) -> bool:
    """Whether a site is open on a day."""
    begun = site.opened_on is None or site.opened_on <= on
    return begun and (site.closed_on is None or on <= site.closed_on)


def _stores(plan: Plan, receiver: Receiver) -> list[Site]:
    if receiver.place is not None:
        return [receiver.site] if receiver.site is not None else []
    sites = plan.registry.sites.values()
    return [each for each in sites if each.organisation == receiver.id and is_open(each, plan.on)]


def room_for(plan: Plan, organisation: str, sites: Sequence[Site]) -> str | None:
    """Whether one of these sites takes the load: `fits`, `house`, `full`; None: nobody knows.

    `house` is above a rule of this platform only; what is on its way there is not counted.
    """
    said = {_room(plan, organisation, site) for site in sites}
    return next((each for each in ("fits", "house", "full") if each in said), None)


def _room(plan: Plan, organisation: str, site: Site) -> str | None:
    if site.capacity_kg is None and plan.rules.outlet_limit(site.kind, plan.on) is None:
        return None
    total = plan.stock.get((organisation, site.number), Decimal(0)) + plan.load_kg
    over = over_stock(site.kind, total, plan.on, plan.rules, site.capacity_kg)
    if over is None:
        return "fits"
    return "house" if over.severity == "low" else "full"


def _filing(plan: Plan, receiver: Receiver, *, is_waste: bool) -> Applied:
    facts = {"receiver": receiver.name, "province": receiver.province}
    if not is_waste:
        return Applied("transfer_filing", "not_waste", facts)
    if receiver.province == HOME:
        return Applied("transfer_filing", "within", facts)
    if receiver.province is None:
        return Applied("transfer_filing", "unknown", facts)
    if plan.transfer_filing is not None:
        return Applied("transfer_filing", "filed", facts | {"number": plan.transfer_filing})
    return Applied("transfer_filing", "missing", facts)


def gaps(plan: Plan, applied: Iterable[Applied]) -> list[str]:
    """What was not looked at, of `handover_gaps.GAPS`."""
    looked_at = {each.rule for each in applied}
    open_ = [*ALWAYS_OPEN, *(["use"] if plan.use is None else [])]
    if plan.receiver is None:
        return [*open_, "permit_scope", "receiver"]
    room = "under_way" if "capacity" in looked_at else "capacity"
    return [*open_, "permit_scope", room]
