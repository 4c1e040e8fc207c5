"""Acts of the service: entries of the log that are no reports.

An organisation acts (it adds a signing key), the service writes. Nobody can report them, no life is
folded from them, and no correction withdraws them, so they stand beside the catalogue and not in
it. They lie in streams of kind `ORGANISATION`.
"""

from collections.abc import Mapping
from typing import Final

from dianchi.domain.events import EventType
from dianchi.domain.faults import Json
from dianchi.domain.fields import Reading


def _never(_: Json, __: Reading) -> dict[str, Json]:
    raise AssertionError("an act of the service is never read as a report")


def _act(place: int, name: str, zh: str, summary: str) -> EventType:
    return EventType(name, zh, frozenset(), "none", place, (), summary, _never)


SIGNING: Final = "signing"
"""The one key by which all acts about signing are found."""
_ROWS: Final = (
    ("signing_key_added", "登记签名密钥", "An organisation adds a key that signs its reports."),
    ("signing_key_revoked", "停用签名密钥", "A key signs nothing any more."),
    (
        "signing_required",
        "签名要求",
        "Unsigned reports of an organisation are refused, or again taken.",
    ),
)
_SEAL: Final = (
    "audit_sealed",
    "审计封存",
    "A batch of the audit log is sealed: a change of an entry shows.",
)
OUTSIDE_ANSWERED: Final = "outside_answered"
_OUTSIDE: Final = (
    OUTSIDE_ANSWERED,
    "外部签收",
    "A receiver without an account answered a hand-over by a one-time link; nobody verified it.",
)
ABOUT_SIGNING: Final = frozenset(name for name, *_ in _ROWS)
"""The acts that say whose signature is good."""
ACTS: Final[Mapping[str, EventType]] = {
    name: _act(place, name, zh, summary)
    for place, (name, zh, summary) in enumerate((*_ROWS, _SEAL, _OUTSIDE))
}
"""Every act by its name."""
