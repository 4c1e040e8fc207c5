"""The turns of a walk over a life: what each event adds to the counts, and where it leads."""

from collections.abc import Callable, Mapping
from typing import Final

from dianchi.domain.fields import microseconds
from dianchi.domain.indicators.cells import Place
from dianchi.domain.indicators.walk import Walk
from dianchi.domain.life_event import Event
from dianchi.domain.measures import business_day
from dianchi.domain.permits import permits_at, valid_permit

_TREATS: Final = frozenset(("utilizer", "recycler"))
_TAKES_WASTE: Final = _TREATS | {"outlet", "dismantler"}
_KNOWN_RETIRED: Final = frozenset(("retired", "collected", "at_utilizer", "assessed"))
_KNOWN_GATHERED: Final = _KNOWN_RETIRED - {"retired"}
_NEW: Final = frozenset(("made", "product", "at_utilizer"))
"""Where a pack that was never in use may stand: scrap goes on from one who treats it to another."""
_HOSTS: Final[Mapping[str, str]] = {"vehicle": "installed", "swap_pool": "in_use"}
_Turn = Callable[[Walk, Event], None]


def _born(walk: Walk, event: Event) -> None:
    if event.event_id != walk.life.birth:
        return
    walk.born = True
    for measure in ("made", "made_of_lots") if event.data.get("lots") else ("made",):
        walk.add(measure, event)
    if walk.stage == "unknown":
        walk.go("made", event)


def _declared(walk: Walk, event: Event) -> None:
    stage = event.data["stage"]
    if stage in _KNOWN_RETIRED:
        walk.retire(event)
    if stage in _KNOWN_GATHERED:
        walk.once("gathered", event)
    if stage in ("in_use", "installed", "second_life"):
        walk.use()
    if stage != "unknown":
        walk.go(stage, event)
    if stage == "collected":
        since = event.data.get("since")
        walk.store(event, microseconds(since) if since else event.occurred_us)


def _installed(walk: Walk, event: Event) -> None:
    if event.role == "vehicle_maker" and event.data["host"]["kind"] == "vehicle":
        walk.fitted_by = event.organisation
    second = "second_life" if walk.used or walk.product else "in_use"
    walk.leave_store(event)
    walk.use()
    walk.go(_HOSTS.get(event.data["host"]["kind"], second), event)


def _sold(walk: Walk, event: Event) -> None:
    where = Place(event.data["prefecture"])
    walk.add("sold", event, place=where)
    if "vin_ref" in event.data:
        seller = event.organisation if event.role == "vehicle_maker" else ""
        walk.add("sold_of", event, place=where, partner=walk.fitted_by or seller)
    walk.leave_store(event)
    if walk.stage != "product":
        walk.use()
        walk.go("second_life" if walk.stage == "second_life" else "in_use", event)


def _removed(walk: Walk, event: Event) -> None:
    walk.used = walk.worn = True
    walk.go("removed", event)


def _scrapped(walk: Walk, event: Event) -> None:
    walk.retire(event)
    walk.go("removed", event)


def _retired(walk: Walk, event: Event) -> None:
    walk.retire(event)
    walk.go("retired", event)


def _collected(walk: Walk, event: Event) -> None:
    walk.retire(event)
    walk.once("gathered", event)
    walk.add("taken_in", event, partner=event.site or "")
    walk.go("collected", event)
    walk.store(event, event.occurred_us)


def _dispatched(walk: Walk, event: Event) -> None:
    walk.add("sent", event)
    if event.handover in walk.answered:
        walk.add("closed", event)
    to = walk.place_of_party(event.data["receiver"])
    if to != walk.place(event).prefecture:
        walk.cross("left", event, to)
    walk.sent = event if walk.leave_store(event) else None


def _received(walk: Walk, event: Event) -> None:
    if event.handover in walk.taken:
        return
    walk.taken.add(event.handover)
    came_from = walk.sender_place(event)
    if came_from != walk.place(event).prefecture:
        walk.cross("came", event, came_from)
    new = walk.stage in _NEW and not (walk.worn or walk.part)
    if event.role in _TAKES_WASTE and not new:
        _taken_as_waste(walk, event)
    if event.role in _TREATS:
        _treated(walk, event)
        walk.leave_store(event)
        walk.go("at_utilizer", event)
    else:
        walk.go("collected", event)
        walk.store(event, event.occurred_us)


def _taken_as_waste(walk: Walk, event: Event) -> None:
    walk.retire(event)
    walk.once("gathered", event)
    if event.role not in _TREATS:
        walk.add("taken_in", event, partner=event.site or "")
    elif _is_permitted(walk, event):
        walk.once("properly_received", event)


def _treated(walk: Walk, event: Event) -> None:
    walk.used = True
    walk.once("utilizer_in", event)
    if event.role == "recycler":
        walk.once("recycler_in", event)


def _is_permitted(walk: Walk, event: Event) -> bool:
    """Whether whoever took it in holds a permit that was valid on that day, as registered."""
    firm = walk.registry.organisations.get(event.organisation)
    if firm is None:
        return False
    site = walk.registry.sites.get((firm.id, event.site)) if event.site else None
    permits = permits_at(walk.registry, firm, site)
    return valid_permit(permits, business_day(event)) is not None


def _sent_back(walk: Walk, event: Event) -> None:
    """Back in the store that it had left, if it had."""
    sent = walk.sent
    if sent is not None and event.handover == sent.handover:
        walk.go("collected", event)
        walk.store(sent, event.occurred_us)


def _assessed(walk: Walk, event: Event) -> None:
    walk.once("assessed", event)
    walk.go("assessed", event)


def _disassembled(walk: Walk, event: Event) -> None:
    if "parent" in event.data:
        walk.take_out(event.role)
        walk.go("at_utilizer", event)
        return
    walk.add("disassembled", event)
    _treat(walk, event, "disassemble")
    walk.end("disassembled", event)


def _repurposed(walk: Walk, event: Event) -> None:
    if "product" in event.data:
        walk.add("consumed", event)
        _treat(walk, event, "repurpose")
        walk.end("consumed", event)
    elif event.event_id == walk.life.birth:
        walk.add("second_life_made", event)
        walk.product = walk.born = True
        walk.used = False
        walk.go("product", event)


def _recycled(walk: Walk, event: Event) -> None:
    walk.add("recycled", event)
    if walk.worn or walk.part or walk.product:
        walk.add("recycled_used", event)
    elif walk.born:
        walk.add("recycled_new", event)
    _treat(walk, event, event.data["process"])
    walk.end("recycled", event)


def _treat(walk: Walk, event: Event, process: str) -> None:
    walk.add("treated", event, partner=f"{event.site or ''}>{process}")


def _left_province(walk: Walk, event: Event) -> None:
    walk.cross("left", event, event.data["province"])
    walk.leave_store(event)
    walk.go("out_of_province", event)


def _entered(walk: Walk, event: Event) -> None:
    walk.cross("came", event, event.data["province"])
    walk.go("collected", event)
    walk.store(event, event.occurred_us)


def _exported(walk: Walk, event: Event) -> None:
    walk.leave_store(event)
    walk.go("exported", event)


def _lost(walk: Walk, event: Event) -> None:
    walk.stored = None
    walk.go("lost", event)


def _voided(walk: Walk, event: Event) -> None:
    walk.end("voided", event)


TURNS: Final[Mapping[str, _Turn]] = {
    "produced": _born,
    "imported": _born,
    "declared": _declared,
    "installed": _installed,
    "sold": _sold,
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
    "left_province": _left_province,
    "entered": _entered,
    "exported": _exported,
    "lost": _lost,
    "voided": _voided,
}
"""By the type of the event; others move nothing that is counted."""
