"""Reports that somebody owes and that are not here, as the reports of others show.

A receipt shows that its sender handed over; work on a battery shows that whoever does it took it
in. Nobody is asked for what nothing shows.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dianchi.domain.life import Event
from dianchi.domain.measures import business_day
from dianchi.domain.members import party_key
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.terms import Term, report_terms
from dianchi.domain.working_days import WorkingCalendar

_WORK: Final = frozenset(("assessed", "disassembled", "recycled"))
_ANSWERS: Final = frozenset(("received", "declined", "returned"))


class Shown(NamedTuple):
    """A duty to report of an organisation, and the report of another matter that shows it."""

    term: Term
    event: Event
    organisation: str


def unreported(
    told: Sequence[Event], registry: Registry, rules: Rules, calendar: WorkingCalendar
) -> Iterator[Shown]:
    """The reports that are missing in a life, by its events in order.

    The term counts from the business date of what shows it: the latest day on which it can have
    happened. Who is not registered here owes nothing here.
    """
    sent: Event | None = None
    handed = {event.handover for event in told if event.type == "dispatched"}
    for event in told:
        if event.type == "dispatched":
            sent = event
        elif event.type in _ANSWERS:
            sent = None
            if event.type == "received" and event.handover not in handed:
                sender = party_key(event.data["sender"])
                yield from _owes(event, sender, "dispatched", registry, rules, calendar)
        elif sent is not None and event.type in _WORK:
            if event.organisation == party_key(sent.data["receiver"]):
                yield from _owes(event, event.organisation, "received", registry, rules, calendar)
            sent = None


def _owes(
    event: Event,
    organisation: str,
    event_type: str,
    registry: Registry,
    rules: Rules,
    calendar: WorkingCalendar,
) -> Iterator[Shown]:
    """The duty to report this; of an organisation with several roles, the one due last."""
    firm = registry.organisations.get(organisation)
    terms = [
        term
        for role in (firm.roles if firm else ())
        for term in report_terms(event_type, role, business_day(event), rules, calendar)
        if not term.rule.met_by
    ]
    if terms:
        last = max(terms, key=lambda term: (term.last, term.rule.id))
        yield Shown(last, event, organisation)
