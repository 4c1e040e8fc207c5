"""Counts by maker, vehicle maker, site, process and stage, once more from raw events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from dianchi.domain.life import Event
from dianchi.domain.registry import Registry
from support.recount import DECLARED_OUT, TAKERS, TREATS, Key, Told

TREATMENTS: Final = {"disassembled": "disassemble", "repurposed": "repurpose"}
IN_USE: Final = ("in_use", "installed", "second_life")
PLAIN: Final = {
    "removed": "removed", "vehicle_scrapped": "removed", "retired": "retired",
    "collected": "collected", "assessed": "assessed", "left_province": "out_of_province",
    "entered": "collected", "exported": "exported", "lost": "lost", "voided": "voided",
    "recycled": "recycled", "disassembled": "disassembled", "repurposed": "consumed",
}  # fmt: skip
Wide = tuple[str, str, str, str, str]
"""A key of `recount`, and the other end."""


class Counted(NamedTuple):
    """Packs and grams."""

    things: Counter[Wide]
    grams: Counter[Wide]


def recount_wider(lives: Iterable[Sequence[Event]], registry: Registry) -> Counted:
    """All lives, each given by its events in any order."""
    counted = Counted(Counter(), Counter())
    for events in lives:
        life = Told(events, registry)
        for at, key, other in (*_of(life), *_moved(life)):
            wide = (*key, other)
            counted.things[wide] += 1
            counted.grams[wide] += int(Decimal(life.mass[at]) * 1000)
    return counted


def _of(life: Told) -> Iterator[tuple[int, Key, str]]:
    receipts = life.first_receipts()
    if life.all:
        yield 0, life.key("seen_of", life.all[0]), _maker(life)
    for at, e in enumerate(life.events):
        if e.type == "sold" and "vin_ref" in e.data:
            yield at, life.key("sold_of", e, e.data["prefecture"]), _fitter(life, at)
        brought = at in receipts and e.role in TAKERS and e.role not in TREATS
        if e.type == "collected" or (brought and not life.is_new(at)):
            yield at, life.key("taken_in", e), e.site or ""
        if e.type == "recycled" or (life.is_end(e) and e.type in TREATMENTS):
            process = TREATMENTS.get(e.type) or e.data["process"]
            yield at, life.key("treated", e), f"{e.site or ''}>{process}"
        if life.is_end(e) and e.type in TREATMENTS:
            measure = "disassembled" if e.type == "disassembled" else "consumed"
            yield at, life.key(measure, e), ""


def _maker(life: Told) -> str:
    for e in life.all:
        if e.event_id == life.born:
            return e.organisation
    code = min((e.subject for e in life.all if ":" not in e.subject), default="")
    return f"vendor:{code[:3]}" if code else ""


def _fitter(life: Told, at: int) -> str:
    fitted = [
        e.organisation
        for e in life.events[:at]
        if e.type == "installed"
        and e.role == "vehicle_maker"
        and e.data["host"]["kind"] == "vehicle"
    ]
    seller = life.events[at]
    return fitted[-1] if fitted else seller.organisation * (seller.role == "vehicle_maker")


def _moved(life: Told) -> Iterator[tuple[int, Key, str]]:
    """Pairs of a stage and another one after it."""
    stage = "unknown"
    for at in range(len(life.events)):
        now = _stage(life, at, stage)
        if now != stage:
            yield at, life.key("moved", life.events[at]), f"{stage}>{now}"
            stage = now


def _stage(life: Told, at: int, before: str) -> str:
    """The stage behind an event."""
    e = life.events[at]
    if e.event_id == life.born:
        born = "product" if e.type == "repurposed" else "made"
        return born if born == "product" or before == "unknown" else before
    if "parent" in e.data:
        return "at_utilizer"
    if e.type in PLAIN:
        return PLAIN[e.type] if e.type not in TREATMENTS or life.is_end(e) else before
    return _by_what_is_told(life, at, before)


def _by_what_is_told(life: Told, at: int, before: str) -> str:
    e = life.events[at]
    match e.type:
        case "declared" if e.data["stage"] != "unknown":
            return str(e.data["stage"])
        case "sold" if before not in {"product", "second_life"}:
            return "in_use"
        case "installed":
            second = "second_life" if _was_used(life, at) else "in_use"
            hosts = {"vehicle": "installed", "swap_pool": "in_use"}
            return hosts.get(e.data["host"]["kind"], second)
        case "received" if at in life.first_receipts():
            return "at_utilizer" if e.role in TREATS else "collected"
        case "declined" | "returned" if _came_back(life, at):
            return "collected"
    return before


def _was_used(life: Told, at: int) -> bool:
    """Whether something says that it was used, or that it is a product of used ones."""
    for place, e in enumerate(life.events[:at]):
        if e.event_id == life.born and e.type == "repurposed":
            return True
        if e.type in ("installed", "sold", "removed", "retired", "vehicle_scrapped", "collected"):
            return True
        if e.type == "declared" and e.data["stage"] in (*IN_USE, *DECLARED_OUT):
            return True
        taken = e.type == "received" and place in life.first_receipts()
        if "parent" in e.data or (taken and (e.role in TREATS or not life.is_new(place))):
            return True
    return False


def _came_back(life: Told, at: int) -> bool:
    """Whether what is sent back had left a store, as the latest that was sent."""
    sent = [place for place in range(at) if life.events[place].type == "dispatched"]
    if not sent or life.events[sent[-1]].handover != life.events[at].handover:
        return False
    return _in_store(life, sent[-1])


def _in_store(life: Told, at: int) -> bool:
    inside = False
    for place, e in enumerate(life.events[:at]):
        brought = place in life.first_receipts()
        declared = e.type == "declared" and e.data["stage"] == "collected"
        if e.type in ("collected", "entered") or declared or (brought and e.role not in TREATS):
            inside = True
        elif (
            e.type in ("dispatched", "left_province", "exported", "sold", "installed", "lost")
            or (brought and e.role in TREATS)
            or life.is_end(e)
            or life.is_use(place, e)
        ):
            inside = False
        elif e.type in ("declined", "returned"):
            inside = _came_back(life, place)
    return inside


def recount_lots(
    runs: Iterable[Mapping[str, Any]], inputs: Mapping[tuple[str, str], list[Any]]
) -> Counter[str]:
    """By site and process, the grams of lots that went into batches."""
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    for run in sorted(runs, key=lambda each: str(each["occurred_at"])):
        first.setdefault((run["organisation"], run["data"]["batch"]), run)
    found: Counter[str] = Counter()
    for batch, run in first.items():
        for line in inputs.get(batch, ()):
            where = f"{run.get('site') or ''}>{run['data']['process']}"
            found[where] += int(Decimal(line["mass_kg"]) * 1000)
    return found
