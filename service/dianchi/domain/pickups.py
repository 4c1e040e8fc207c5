"""Requests to fetch batteries (收运申请): whom they were put to, and which were never answered."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from dianchi.domain.fields import Json
from dianchi.domain.life import Event
from dianchi.domain.members import party_key
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import business_date, ends_at

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def unanswered(requests: Iterable[Event], answers: Iterable[Event]) -> list[Event]:
    """The requests that whoever was asked has not answered, the latest first.

    An answer by somebody else is a fact, but none of whom was asked.
    """
    told = {
        (party_key(answer.data["requester"]), answer.data["pickup"], answer.organisation)
        for answer in answers
    }
    silent = [
        request
        for request in requests
        if (request.organisation, request.data["pickup"], party_key(request.data["to"])) not in told
    ]
    return sorted(silent, key=lambda request: request.key, reverse=True)


def answer_to(request: Event, answers: Iterable[Event]) -> Event | None:
    """The latest answer to a request by whoever was asked."""
    given = [each for each in answers if not unanswered([request], [each])]
    return max(given, key=lambda answer: answer.key, default=None)


def standing_request(events: Sequence[Event], requester: str) -> Event | None:
    """The request of a pickup's stream: of several under one number, the latest."""
    own = [e for e in events if e.type == "pickup_requested" and e.organisation == requester]
    return max(own, key=lambda request: request.key, default=None)


def last_day(request: Event, rules: Rules) -> date:
    """The last day on which whoever was asked is not yet silent (`pickup_answer_days`).

    The term begins when the request was recorded: before that nobody could answer it.
    """
    told_us = max(request.occurred_us, request.recorded_us)
    told = business_date(_EPOCH + told_us * _MICROSECOND)
    return told + timedelta(days=int(rules.number("pickup_answer_days", told)))


def silent_from_us(request: Event, rules: Rules) -> int:
    """When whoever was asked becomes silent, UTC microseconds."""
    return (ends_at(last_day(request, rules)) - _EPOCH) // _MICROSECOND


def named(party: Json) -> str:
    """What a sentence calls a party: its id where it has one, else the name that was told."""
    return str(party["name"]) if isinstance(party, dict) else str(party)
