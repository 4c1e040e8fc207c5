"""Looks for many terms at once, as one caller is shown what they name."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from dianchi.access.slips import events_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.terms import Term
from dianchi.domain.admit import Reporter
from dianchi.domain.callers import Caller, caller_of
from dianchi.domain.fields import instant_text
from dianchi.domain.lookalikes import mendings, neighbours, readings
from dianchi.domain.passing import acts_for
from dianchi.domain.purposes import MOST_REFERRED
from dianchi.domain.registry import Registry
from dianchi.domain.sight import eyes_of
from dianchi.uploads.receipts import uploads_of
from dianchi.views.search.query import (
    Found,
    batteries_in,
    batteries_named,
    names_like,
    things_reported,
)

SEVERITIES: Final = ("info", "low", "medium", "high")
_MOST_NEIGHBOURHOODS: Final = 20
"""So many terms that were not found are looked for with any one mistake; others misread only."""
_MOST_NEAR: Final = 10
_NOTED_AT_ONCE: Final = 8


@dataclass(slots=True)
class Haul:
    """What the terms lead to.

    Attributes:
        batteries: by the name asked for.
        vehicles: names of batteries by VIN.
        events: the lines that the caller may read, by the id of the report.
        slips: events by the number of the slip.
        uploads: whose the receipts of files are, and of which upload.
        near: codes on record like a term, by the term's text.
    """

    batteries: dict[str, Found] = field(default_factory=dict)
    vehicles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    events: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)
    slips: Mapping[str, UUID] = field(default_factory=dict)
    uploads: Mapping[str, tuple[str, UUID]] = field(default_factory=dict)
    near: Mapping[str, Sequence[str]] = field(default_factory=dict)


async def haul(terms: Sequence[Term], services: Services, reporter: Reporter) -> Haul:
    """Everything that the terms name and the caller is shown, in few trips."""
    found, eyes, shown = Haul(), eyes_of(reporter), services.seeing(reporter)
    me = reporter.organisation
    found.vehicles = await _vehicles(terms, services, reporter)
    if numbers := _named(terms, "receipt"):
        found.slips = await events_of(services.registrar, numbers)
        found.uploads = await uploads_of(services.uploader, numbers)
    if ids := {*map(UUID, _named(terms, "event")), *found.slips.values()}:
        found.events = await things_reported(shown, ids, eyes, me)
    names = dict.fromkeys(_named(terms, "battery"))
    names |= dict.fromkeys(name for some in found.vehicles.values() for name in sorted(some))
    names |= dict.fromkeys(line["reported_as"] for lines in found.events.values() for line in lines)
    if names:
        async with services.readers.acquire() as connection:
            found.batteries = await batteries_named(connection, shown, list(names), eyes, me)
    found.near = await _near(terms, found, services, reporter)
    return found


def _named(terms: Iterable[Term], kind: str) -> list[str]:
    return [term.name for term in terms if term.kind == kind and term.name is not None]


async def _vehicles(
    terms: Sequence[Term], services: Services, reporter: Reporter
) -> Mapping[str, frozenset[str]]:
    """Names by VIN. Each VIN counts as if its reference had been asked for, and is noted so.

    Raises:
        Refused: these are more than the caller may have within an hour.
    """
    vins = dict.fromkeys(_named(terms, "vehicle"))
    if not vins:
        return {}
    if not services.references.take(reporter.organisation, len(vins)):
        raise _too_many()
    refs = {services.seals.refer(vin): vin for vin in vins}
    await services.audit.note(reporter, "POST /v1/search", f"vin_ref {' '.join(refs)}")
    async with services.readers.acquire() as connection:
        found = await batteries_in(connection, list(refs))
    return {refs[ref]: names for ref, names in found.items()}


def _too_many() -> Exception:
    return refuse(
        "too_many_requests",
        (
            f"一小时内最多按车辆识别代号查找 {MOST_REFERRED} 次",
            f"{MOST_REFERRED} VINs may be looked for within an hour",
        ),
        ("请一小时后再试，或按电池编码查找", "go on in an hour, or look for codes of batteries"),
        pointer="/terms",
    )


async def _near(
    terms: Iterable[Term], found: Haul, services: Services, reporter: Reporter
) -> Mapping[str, Sequence[str]]:
    lost = dict.fromkeys(t.plain for t in terms if t.plain and t.name not in found.batteries)
    guesses = {
        plain: neighbours(plain) if place < _MOST_NEIGHBOURHOODS else readings(plain)
        for place, plain in enumerate(lost)
    }
    every = frozenset[str]().union(*guesses.values())
    if not every:
        return {}
    known = await names_like(services.seeing(reporter), every, eyes_of(reporter))
    return {plain: _nearest(plain, some & known) for plain, some in guesses.items()}


def _nearest(plain: str, known: frozenset[str]) -> Sequence[str]:
    """Of codes on record those that were merely misread; else those that look alike; else all."""
    grades = (mendings(plain) & known, readings(plain) & known, known)
    return sorted(next(filter(None, grades), ()))[:_MOST_NEAR]


async def note_found(found: Haul, services: Services, reporter: Reporter) -> None:
    """Writes down which lives were shown to an authority or an auditor, a few to an entry."""
    if caller_of(reporter) is Caller.ORGANISATION:
        return
    names = sorted({each.battery for each in found.batteries.values()})
    parts = (names[at : at + _NOTED_AT_ONCE] for at in range(0, len(names), _NOTED_AT_ONCE))
    # Together: then they are stored and sealed as one batch.
    notes = (services.audit.note(reporter, "POST /v1/search", " ".join(some)) for some in parts)
    await asyncio.gather(*notes)


def found_json(
    terms: Sequence[Term], found: Haul, reporter: Reporter, registry: Registry
) -> dict[str, Any]:
    """The answer but for how far the log is reflected."""
    items = [_item(term, found, reporter, registry) for term in terms]
    counts = Counter(item["outcome"] for item in items)
    return {
        "items": items,
        "counts": {name: counts[name] for name in ("found", "not_found", "ambiguous")},
    }


def _item(term: Term, found: Haul, reporter: Reporter, registry: Registry) -> dict[str, Any]:
    batteries = _batteries(term, found)
    paper = _paper(term, found, reporter, registry)
    hits = len(batteries) if term.kind in ("battery", "vehicle") else 0
    hits = max(hits, len(term.firms), paper is not None, bool(_lines(term, found)))
    near = [] if hits else found.near.get(term.plain, [])
    doubt = hits > 1 or len(near) > 1
    return {
        "term": term.given,
        "kind": term.kind,
        "outcome": "ambiguous" if doubt else "found" if hits else "not_found",
        "label": term.label,
        "batteries": [_battery_json(each, registry) for each in batteries],
        "firms": [
            {"id": f.id, "name": f.name, "uscc": f.uscc, "prefecture": f.prefecture}
            for f in term.firms
        ],
        "paper": paper,
        "near": near,
        "fault": None if hits or not term.fault else {"zh": term.fault.zh, "en": term.fault.en},
    }


def _lines(term: Term, found: Haul) -> Sequence[dict[str, Any]]:
    """Of the report that a term leads to."""
    if term.kind == "event" and term.name:
        return found.events.get(UUID(term.name), ())
    slip = found.slips.get(term.name or "") if term.kind == "receipt" else None
    return found.events.get(slip, ()) if slip else ()


def _batteries(term: Term, found: Haul) -> list[Found]:
    names: Collection[str] = (term.name,) if term.kind == "battery" and term.name else ()
    if term.kind == "vehicle":
        names = sorted(found.vehicles.get(term.name or "", ()))
    else:
        names = [*names, *(line["reported_as"] for line in _lines(term, found))]
    seen = {found.batteries[name].battery: found.batteries[name] for name in names
            if name in found.batteries}  # fmt: skip
    return list(seen.values())


def _paper(
    term: Term, found: Haul, reporter: Reporter, registry: Registry
) -> dict[str, Any] | None:
    """A slip of a report that the caller may read; a receipt of a firm that it may act for."""
    if term.kind != "receipt" or term.name is None:
        return None
    told = {"number": term.name, "check": f"/R/{term.name}", "event_id": None, "upload": None}
    if lines := _lines(term, found):
        return told | {"event_id": lines[0]["event_id"]}
    whose, upload = found.uploads.get(term.name, (None, None))
    if whose is None or not acts_for(reporter, registry.organisations.get(whose), whose):
        return None
    return told | {"upload": str(upload) if whose == reporter.organisation else None}


def _battery_json(each: Found, registry: Registry) -> dict[str, Any]:
    return {
        "battery": each.battery,
        "sees": "whole" if each.whole else "own_reports",
        "stage": each.stage,
        "holder": each.holder,
        "holder_name": registry.names.get(each.holder or ""),
        "prefecture": each.prefecture,
        "site": each.site,
        "quarantined": each.quarantined,
        "last_event_at": None if each.last_us is None else instant_text(each.last_us),
        "findings": len(each.findings),
        "worst": max(each.findings, key=SEVERITIES.index, default=None),
    }
