"""Requests to fetch batteries (收运申请): whom they were put to, and which were never answered."""

from collections.abc import Iterable

from dianchi.domain.fields import Json
from dianchi.domain.life import Event
from dianchi.domain.members import party_key


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


def named(party: Json) -> str:
    """What a sentence calls a party: its id where it has one, else the name that was told."""
    return str(party["name"]) if isinstance(party, dict) else str(party)
