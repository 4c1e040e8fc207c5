"""Where a battery stands: its stage with what only that stage knows, and the legal moves.

The words are the stages of the design; the table is the study's (domain.md 12) with the design's
additions. An inspector can read `MOVES` as it stands.
"""

from typing import Any, Final, NamedTuple


class Resting(NamedTuple):
    """Made, removed, retired, collected, at a utilizer, assessed, a product, or unknown."""

    stage: str


class Hosted(NamedTuple):
    """In a vehicle, a swap pool or a site: installed, in use or in second life."""

    stage: str
    kind: str
    host: str


class Moving(NamedTuple):
    """In transit under a hand-over; `before` is the stage it goes back to when declined."""

    stage: str
    handover: str
    sender: str
    receiver: Any
    before: str
    event_id: str
    since_us: int
    mass_kg: str | None
    mass_basis: str


class Ended(NamedTuple):
    """Disassembled, consumed, recycled or voided: nothing changes any more."""

    stage: str
    into: str | None


class Away(NamedTuple):
    """Lost, exported or out of the province."""

    stage: str
    where: str


Standing = Resting | Hosted | Moving | Ended | Away
_SHAPES: Final = (Resting, Hosted, Moving, Ended, Away)

UNKNOWN: Final = Resting("unknown")
FINAL: Final = frozenset(("disassembled", "consumed", "recycled", "voided"))
HOSTED: Final = frozenset(("installed", "in_use", "second_life"))
STORED: Final = frozenset(("collected", "at_utilizer", "assessed"))
_LIVE: Final = frozenset(
    (
        "made",
        "installed",
        "in_use",
        "removed",
        "retired",
        "collected",
        "in_transit",
        "at_utilizer",
        "assessed",
        "product",
        "second_life",
        "lost",
        "exported",
        "out_of_province",
    )
)
_ANYWHERE: Final = frozenset(("lost", "out_of_province"))

MOVES: Final[dict[str, frozenset[str]]] = {
    "unknown": _LIVE | FINAL,
    "made": frozenset(("installed", "in_use", "at_utilizer", "in_transit", "exported", "voided")),
    "installed": frozenset(("in_use", "removed", "retired")),
    "in_use": frozenset(("removed", "retired", "exported")),
    "removed": frozenset(
        ("installed", "in_use", "second_life", "collected", "in_transit", "retired", "at_utilizer")
    ),
    "retired": frozenset(
        ("collected", "in_transit", "removed", "installed", "in_use", "second_life", "at_utilizer")
    ),
    "collected": frozenset(("in_transit", "retired")),
    "in_transit": frozenset(("collected", "at_utilizer")),
    "at_utilizer": frozenset(("assessed", "disassembled", "recycled", "in_transit", "collected")),
    "assessed": frozenset(("disassembled", "consumed", "recycled", "in_transit")),
    "product": frozenset(
        ("second_life", "in_use", "installed", "in_transit", "at_utilizer", "exported")
    ),
    "second_life": frozenset(("removed", "retired", "exported")),
    "lost": _LIVE | FINAL,
    "exported": frozenset(("collected",)),
    "out_of_province": frozenset(("collected",)),
    "disassembled": frozenset(),
    "consumed": frozenset(),
    "recycled": frozenset(),
    "voided": frozenset(),
}


def is_legal(before: str, after: str) -> bool:
    """Whether a battery may go from one stage to another in one step."""
    return after in MOVES[before] or (after in _ANYWHERE and before not in FINAL)


def to_row(standing: Standing) -> list[Any]:
    """The standing as a list that JSON can hold."""
    return [_SHAPES.index(type(standing)), *standing]


def from_row(row: list[Any]) -> Standing:
    """The standing that `to_row` wrote."""
    shape: Any = _SHAPES[row[0]]
    standing: Standing = shape(*row[1:])
    return standing
