"""What one lot contributes: the material of it that makers put into new packs, by its origin.

The origin follows the lots upstream (`origins`): material that came out of used packs is recycled,
through however many batches; out of packs that were never in use it is production scrap. What
nobody told is not known, and never counted as not recycled.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from dianchi.domain.indicators.cells import (
    NOTHING,
    Amount,
    Cell,
    month_of,
    place_of,
    thousandths,
)
from dianchi.domain.indicators.measure_rows import METALS
from dianchi.domain.life_event import Event
from dianchi.domain.lines import batch_subject, lot_subject
from dianchi.domain.materials import (
    LOT_ORIGIN_SHARES,
    LotSource,
    Output,
    recovered,
    shares_of,
)
from dianchi.domain.measures import business_day
from dianchi.domain.members import party_key
from dianchi.domain.registry import Registry

_BORN: Final = frozenset(("produced", "imported"))
_COUNTED: Final = frozenset(metal for metal, *_ in METALS)
MATERIAL: Final = "material"
"""The material itself, whatever it is, beside the metals in it."""


class Origin(NamedTuple):
    """Of a lot, the share that is recycled and the share of which the origin is known."""

    recycled: Decimal
    known: Decimal


def lot_source(own: Iterable[Event]) -> LotSource:
    """Where a lot comes from, by its own uncorrected events: batches, or what it is declared as."""
    parts: list[tuple[str, Decimal]] = []
    for event in own:
        if event.type == "recycled" and "output" in event.data:
            mass_kg = Decimal(event.data["output"]["mass_kg"])
            parts.append((batch_subject(event.organisation, event.data["batch"]), mass_kg))
        elif event.type == "lot_declared":
            mass_kg = Decimal(event.data["mass_kg"])
            parts.append((declared_node(event.data["origin"]), mass_kg))
    return LotSource(parents=tuple(parts)) if parts else LotSource()


def batch_source(inputs: Iterable[Event]) -> LotSource:
    """Where what comes out of a batch comes from, by the lines of what went in."""
    parts = tuple((event.subject, Decimal(event.data["mass_kg"])) for event in inputs)
    return LotSource(parents=parts) if parts else LotSource()


PACKS: Final[Mapping[str, LotSource]] = {
    "recycled_used": LotSource(LOT_ORIGIN_SHARES["consumer_waste"]),
    "recycled_new": LotSource(LOT_ORIGIN_SHARES["production_scrap"]),
}
"""A battery that went into a batch, by the measure that counts it there; of others, as those of
which nobody told anything, the origin is not known."""


def declared_node(origin: str) -> str:
    """The node that stands for all that was declared with an origin."""
    return f"declared:{origin}"


DECLARED: Final[Mapping[str, LotSource]] = {
    declared_node(origin): LotSource(share) for origin, share in LOT_ORIGIN_SHARES.items()
}


def origin_of(subject: str, sources: Mapping[str, LotSource]) -> Origin:
    """The origin of a lot by all that lies upstream of it; not known where nothing is told."""
    return Origin(*shares_of(subject, {**DECLARED, **sources}))


def lot_contributions(
    subject: str, births: Iterable[Event], origin: Origin, registry: Registry
) -> dict[Cell, Amount]:
    """All that a lot adds, in the cells of the packs that it went into.

    Args:
        subject: the name of the lot's stream.
        births: the uncorrected events that name the lot.
        origin: of the lot.
        registry: says where the makers are.
    """
    found: dict[Cell, Amount] = {}
    for birth in births:
        if birth.type not in _BORN:
            continue
        for line in birth.data.get("lots", ()):
            if _is_of(line, birth, subject):
                _add(found, line, birth, origin, registry)
    return found


def _is_of(line: Mapping[str, Any], birth: Event, subject: str) -> bool:
    issuer = party_key(line["issuer"]) if "issuer" in line else birth.organisation
    return lot_subject(issuer, line["lot"]) == subject


def _add(
    found: dict[Cell, Amount],
    line: Mapping[str, Any],
    birth: Event,
    origin: Origin,
    registry: Registry,
) -> None:
    place = place_of(registry, birth.organisation, birth.site)
    chemistry, month = birth.data.get("chemistry") or "", month_of(birth)
    for word, mass_kg in _masses(line, birth).items():
        for kind, share in zip(("recycled", "known"), origin, strict=True):
            if share > 0:
                measure = f"new_{kind}_{word}"
                cell = Cell(measure, month, *place, chemistry, birth.organisation, "")
                more = Amount(1, thousandths(format(mass_kg * share, "f")))
                found[cell] = found.get(cell, NOTHING).plus(more)


def _masses(line: Mapping[str, Any], birth: Event) -> dict[str, Decimal]:
    mass_kg = Decimal(line["mass_kg"])
    metals = recovered([Output(line["material"], mass_kg)], business_day(birth))
    return {MATERIAL: mass_kg} | {
        metal: kg for metal, kg in metals.items() if metal in _COUNTED and kg > 0
    }
