"""Parties and asset names of a report, as the registry knows them."""

from typing import Any, Final

from dianchi.domain.lines.streams import Data
from dianchi.domain.members import party_key
from dianchi.domain.registry import Registry

PARTIES: Final = frozenset(
    (
        "receiver",
        "sender",
        "to",
        "owner",
        "supplier",
        "source_organisation",
        "carrier",
        "issuer",
        "requester",
    )
)
HAS_PARTIES: Final = frozenset(
    (
        "lot_declared",
        "produced",
        "imported",
        "declared",
        "owner_changed",
        "collected",
        "dispatched",
        "received",
        "declined",
        "returned",
        "recycled",
        "disposed",
        "pickup_requested",
        "pickup_answered",
        "recall_closed",
        "remedied",
    )
)


_NAME_MEMBERS: Final = frozenset(("battery", "name", "replaced_by"))
_NAME_LISTS: Final = frozenset(("batteries", "modules", "modules_out", "modules_in", "parents"))


def named(name: str, registry: Registry) -> str:
    """A battery's name; an asset's with the id of its organisation."""
    if not name.startswith("asset:"):
        return name
    _, organisation, number = name.split(":", 2)
    return f"asset:{id_of(organisation, registry)}:{number}"


def renamed(data: Data, registry: Registry) -> Data:
    """Data whose asset names carry the ids of their organisations."""
    told: Data = {}
    for member, value in data.items():
        if member in _NAME_MEMBERS and isinstance(value, str):
            told[member] = named(value, registry)
        elif isinstance(value, list):
            names = member in _NAME_LISTS
            told[member] = [
                renamed(item, registry)
                if isinstance(item, dict)
                else named(item, registry)
                if names
                else item
                for item in value
            ]
        else:
            told[member] = value
    return told


def resolved(data: Data, registry: Registry) -> Data:
    """Data whose registered parties are ids; the others stay as given."""
    if not any(name in PARTIES or type(value) is list for name, value in data.items()):
        return data
    return {
        name: _resolved_value(value, registry, party=name in PARTIES)
        for name, value in data.items()
    }


def _resolved_value(value: Any, registry: Registry, *, party: bool) -> Any:  # noqa: ANN401 - JSON
    if party:
        known = registry.organisation(value)
        return known.id if known else value
    if isinstance(value, list):
        return [resolved(item, registry) if isinstance(item, dict) else item for item in value]
    return value


def id_of(party: Any, registry: Registry) -> str:  # noqa: ANN401 - a canonical JSON party
    """The id of a party; who is not registered has the id to be kept on registration."""
    known = registry.organisation(party)
    return known.id if known else party_key(party)


def issuer_of(line: Data, organisation: str, registry: Registry) -> str:
    """Who issued the lot of a line: by default whoever reports."""
    issuer = line.get("issuer")
    return id_of(issuer, registry) if issuer is not None else organisation
