"""What does not fit between the two sides of a hand-over; a pure function of the sets given."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from dianchi.domain.findings import Finding
from dianchi.domain.life import HANDOVER_SIDES, Event, Folded
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.lines import Key, KeyKind, handover_name
from dianchi.domain.materials import handover_balance
from dianchi.domain.measures import business_day
from dianchi.domain.members import party_key
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Moving

Related = Mapping[Key, Sequence[Event]]
"""Events that share a key, by the key."""


def handover_key(event: Event) -> Key:
    """The key of the hand-over that an event is a side of."""
    sender = party_key(event.data.get("sender", event.organisation))
    return Key(KeyKind.HANDOVER, handover_name(sender, event.data["handover"]))


def handover_findings(
    folded: Folded, own: Sequence[Event], related: Related, rules: Rules
) -> Iterator[Finding]:
    """What does not fit in the hand-overs of a life.

    Args:
        folded: the life.
        own: its uncorrected events.
        related: as `links.link_findings` is given them.
        rules: for tolerances, by business date.
    """
    if folded.types.isdisjoint(HANDOVER_SIDES):
        return
    sides: dict[Key, list[Event]] = {}
    for event in own:
        if event.type in HANDOVER_SIDES:
            sides.setdefault(handover_key(event), []).append(event)
    for key, mine in sorted(sides.items()):
        reports = _reports(related.get(key, ()))
        yield from _disagreement(mine[0].data["handover"], reports, rules)
        yield from _missing(folded, mine, reports)


def _reports(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The sides of a hand-over by type, each report once, in order."""
    once = {event.event_id: event for event in sorted(events, key=lambda event: event.key)}
    reports: dict[str, list[Event]] = {}
    for event in once.values():
        reports.setdefault(event.type, []).append(event)
    return reports


def _count(reports: Mapping[str, list[Event]], kind: str) -> int:
    """How many things the reports of one type name, less the lines that were withdrawn."""
    events = reports.get(kind, [])
    ids = {event.event_id for event in events}
    lines = {
        (event.data["event_id"], event.data["battery"])
        for kind in WITHDRAWALS
        for event in reports.get(kind, ())
        if event.data.get("battery") and event.data["event_id"] in ids
    }
    return sum(int(event.data.get("count", 1)) for event in events) - len(lines)


def _disagreement(
    handover: str, reports: Mapping[str, list[Event]], rules: Rules
) -> Iterator[Finding]:
    """Counts that exceed what was sent; total masses, once nothing is still to come."""
    sent = _count(reports, "dispatched")
    taken = _count(reports, "received") + _count(reports, "declined")
    if not sent or not (taken or "returned" in reports):
        return
    evidence = tuple(
        event.event_id
        for kind in ("dispatched", "received", "declined")
        for event in reports.get(kind, ())
    )
    if taken > sent:
        yield Finding(
            "handover_mismatch",
            evidence,
            {"what": "count", "handover": handover, "sent": sent, "taken": taken},
        )
    elif taken == sent and WITHDRAWALS.isdisjoint(reports):
        yield from _mass_differs(handover, reports, evidence, rules)


def _mass_differs(
    handover: str, reports: Mapping[str, list[Event]], evidence: tuple[str, ...], rules: Rules
) -> Iterator[Finding]:
    left, came = reports["dispatched"], [*reports.get("received", ()), *reports.get("declined", ())]
    sent_kg, taken_kg = _total_kg(left), _total_kg(came)
    if sent_kg is None or taken_kg is None:
        return
    bases = [event.data.get("mass_basis", "weighed") for event in (*left, *came)]
    balance = handover_balance(sent_kg, taken_kg, bases, rules, business_day(left[0]))
    if not balance.holds:
        values = {
            "what": "total_mass",
            "handover": handover,
            "sent_kg": format(sent_kg, "f"),
            "taken_kg": format(taken_kg, "f"),
        }
        severity = "" if balance.worst == "medium" else balance.worst
        yield Finding("handover_mismatch", evidence, values, severity)


def _total_kg(events: Iterable[Event]) -> Decimal | None:
    masses = [event.data.get("total_mass_kg") for event in events]
    if None in masses:
        return None
    return sum((Decimal(mass) for mass in masses if mass is not None), Decimal(0))


def _missing(
    folded: Folded, mine: Sequence[Event], reports: Mapping[str, list[Event]]
) -> Iterator[Finding]:
    """Others of the hand-over arrived, this battery did not, and nothing was heard of it since."""
    here = folded.life.standing
    if not isinstance(here, Moving) or any(event.type != "dispatched" for event in mine):
        return
    if here.event_id not in {event.event_id for event in mine}:
        return
    receipts = [
        event for kind in ("received", "declined", "returned") for event in reports.get(kind, ())
    ]
    if receipts:
        first = min(receipts, key=lambda event: event.key)
        yield Finding(
            "handover_mismatch",
            (here.event_id, first.event_id),
            {"what": "missing_in_receipt", "handover": here.handover},
        )
