"""Findings of one life that read the registry: parties, receivers, distances, vendors, VINs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from dianchi.domain.findings import Finding, new_only
from dianchi.domain.life import Event, Folded, Life, apply
from dianchi.domain.life_event import MARKS
from dianchi.domain.measures import business_day
from dianchi.domain.places import YUNNAN, Prefecture, distance_km
from dianchi.domain.registry import Organisation, Permit, Registry
from dianchi.domain.rules import Rules
from dianchi.domain.told import NAME_A_VEHICLE, told
from dianchi.domain.vendors import is_known

_PARTIES: Final = ("receiver", "sender", "to", "owner", "source_organisation", "supplier")
_ANY_PARTY: Final = frozenset(_PARTIES)
TAKES_WASTE: Final = frozenset(
    ("outlet", "dismantler", "utilizer", "recycler", "maker", "importer", "vehicle_maker")
)
"""Roles whose trade it is to take waste batteries over, or back."""
WASTE: Final = frozenset(
    ("removed", "retired", "collected", "in_transit", "at_utilizer", "assessed")
)
"""Stages in which a battery is waste (废旧动力电池)."""
_HANDLES_ONLY_WASTE: Final = frozenset(("outlet", "dismantler"))
_ON_PAPER: Final = frozenset(
    (
        "owner_changed",
        "sold",
        "declared",
        "vehicle_scrapped",
        "identified",
        "lost",
        "exported",
        "left_province",
        "voided",
        "corrected",
        *MARKS,
    )
)
_PREFECTURES: Final = {prefecture.code: prefecture for prefecture in YUNNAN}
_MINUTE_US: Final = 60_000_000
_MINUTES_PER_HOUR: Final = 60


def party_findings(folded: Folded, registry: Registry, rules: Rules) -> list[Finding]:
    """What the registry says against the parties and places of a life (kind `life`)."""
    own = told(folded)
    found = [
        *(
            found
            for event in own
            if not _ANY_PARTY.isdisjoint(event.data)
            for found in _unknown(event, registry)
        ),
        *(_illegally_sent(own, registry, rules) if "dispatched" in folded.types else ()),
        *_travel(own, registry, rules),
        *_unknown_vendors(own, registry),
        *(
            Finding("vin_check_digit", (event.event_id,), {"type": event.type})
            for event in own
            if event.type in NAME_A_VEHICLE and _has_suspect_vin(event.data)
        ),
    ]
    return new_only(found, known=folded.life.findings)


def _unknown(event: Event, registry: Registry) -> Iterator[Finding]:
    for member in _PARTIES:
        party = event.data.get(member)
        if isinstance(party, str) and registry.organisation(party) is None:
            yield Finding("unknown_party", (event.event_id,), {"party": party, "member": member})


def _unknown_vendors(own: Sequence[Event], registry: Registry) -> Iterator[Finding]:
    """The GB/T 34014 codes of a life whose vendor nobody knows, by the first report of each."""
    for code in sorted({event.subject for event in own if ":" not in event.subject}):
        first = min((event for event in own if event.subject == code), key=lambda e: e.key)
        if not is_known(code, business_day(first), registry.vendors):
            values = {"vendor": code[:3], "name": code}
            yield Finding("unknown_vendor", (first.event_id,), values)


def _has_suspect_vin(data: Mapping[str, Any]) -> bool:
    host = data.get("host") or {}
    return data.get("vin_suspect") is True or host.get("vin_suspect") is True


# --- receivers -----------------------------------------------------------------------------------


def _illegally_sent(own: Sequence[Event], registry: Registry, rules: Rules) -> Iterator[Finding]:
    """Dispatches to whom waste may not go, of a battery that was waste at that moment.

    What it was is found by folding once more: only where the receiver gives reason to ask.
    """
    illegal = {
        id(event): found
        for event in own
        if event.type == "dispatched" and (found := list(_illegal(event, registry)))
    }
    life = Life()
    for event in own if illegal else ():
        unknown = life.stage == "unknown" and event.role in _HANDLES_ONLY_WASTE
        if unknown or life.stage in WASTE:
            yield from illegal.get(id(event), ())
        apply(life, event, rules)


def _illegal(event: Event, registry: Registry) -> Iterator[Finding]:
    """Waste goes to outlets, dismantlers and utilizers only (Order 73, Art. 19)."""
    receiver = event.data["receiver"]
    known = registry.organisation(receiver)
    if known is not None:
        yield from _not_entitled(event, known, registry)
    elif (
        isinstance(receiver, dict)
        and not receiver.get("uscc")
        and "transfer_filing" not in event.data
    ):
        yield Finding(
            "illegal_receiver",
            (event.event_id,),
            {"what": "external", "receiver": receiver["name"]},
        )


def _not_entitled(event: Event, receiver: Organisation, registry: Registry) -> Iterator[Finding]:
    on = business_day(event)
    # A permit of one of its sites entitles; that one ran out says nothing of the organisation.
    permits = (*receiver.permits, *registry.site_permits.get(receiver.id, ()))
    if receiver.id == event.organisation or _one_holds(permits, on):
        return
    values = {"receiver": receiver.name, "day": str(on)}
    if receiver.permits:
        yield Finding("illegal_receiver", (event.event_id,), values | {"what": "permit"})
    elif receiver.roles.isdisjoint(TAKES_WASTE):
        severity = "" if receiver.roles else "low"
        yield Finding("illegal_receiver", (event.event_id,), values, severity)


def _one_holds(permits: Iterable[Permit], on: date) -> bool:
    return any(permit.valid_from <= on <= permit.valid_to for permit in permits)


# --- distances -----------------------------------------------------------------------------------


def _travel(own: Sequence[Event], registry: Registry, rules: Rules) -> Iterator[Finding]:
    """Two registered sites in different prefectures, too close in time for any road."""
    seen = sorted(
        ((event, place) for event in own if (place := _place(event, registry)) is not None),
        key=lambda pair: pair[0].key,
    )
    for (before, start), (after, goal) in pairwise(seen):
        if start == goal:
            continue
        km = Decimal(round(distance_km(start, goal)))
        minutes = (after.occurred_us - before.occurred_us) // _MINUTE_US
        if minutes < _least_minutes(km, business_day(after), rules):
            yield Finding(
                "impossible_travel",
                (before.event_id, after.event_id),
                {"start": start.zh, "goal": goal.zh, "km": str(km), "minutes": minutes},
            )


def _place(event: Event, registry: Registry) -> Prefecture | None:
    """Where the battery certainly was: at a registered site, at a known time, in Yunnan."""
    number = event.data.get("site", event.site) if event.type == "counted" else event.site
    if number is None or event.by_day or event.type in _ON_PAPER:
        return None
    site = registry.sites.get((event.organisation, number))
    return _PREFECTURES.get(site.prefecture or "") if site is not None else None


def _least_minutes(km: Decimal, on: date, rules: Rules) -> Decimal:
    road = km - rules.number("travel_slack_km", on)
    return road * _MINUTES_PER_HOUR / rules.number("travel_km_per_hour", on)


# --- newcomers -----------------------------------------------------------------------------------


def with_onboarding(
    findings: Iterable[Finding],
    reporters: Mapping[str, str],
    registry: Registry,
    now_day: date,
    rules: Rules,
) -> list[Finding]:
    """The findings with `unknown_origin` as information while its reporter is new here.

    Args:
        findings: of one life.
        reporters: the organisation of each event, by event id.
        registry: knows since when an organisation reports here.
        now_day: today in China.
        rules: for the term `onboarding_days`.
    """
    return [
        replace(finding, severity=_severity(finding, reporters, registry, now_day, rules))
        if finding.code == "unknown_origin"
        else finding
        for finding in findings
    ]


def _severity(
    finding: Finding,
    reporters: Mapping[str, str],
    registry: Registry,
    now_day: date,
    rules: Rules,
) -> str:
    reporter = registry.organisations.get(reporters.get(finding.evidence[0], ""))
    since = reporter.onboarded_on if reporter is not None else None
    term = timedelta(days=int(rules.number("onboarding_days", now_day)))
    return "info" if since is not None and now_day <= since + term else "medium"
