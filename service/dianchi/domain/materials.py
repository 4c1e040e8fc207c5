"""Mass balance of hand-overs, disassembly and recycling, and the recycled content of new packs.

Pure arithmetic over decimals; the numbers are dated rows. It judges nothing as a breach: floors
hold per firm and process over 12 months, a single batch is information (domain study 6, 14).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from dianchi.domain.dated import in_force
from dianchi.domain.limits import Severity
from dianchi.domain.metal_content import IN_MATERIALS, IN_PACKS, Content
from dianchi.domain.rules import Rules

ZERO: Final = Decimal(0)
_WHOLE_PERCENT: Final = Decimal(100)
_SEVERITIES: Final[tuple[Severity, ...]] = ("info", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Balance:
    """Two masses that should be equal, and how far they may differ."""

    expected_kg: Decimal
    found_kg: Decimal
    allowed_kg: Decimal
    worst: Severity = "medium"

    @property
    def difference_kg(self) -> Decimal:
        """Found minus expected: negative where mass vanished."""
        return self.found_kg - self.expected_kg

    @property
    def holds(self) -> bool:
        """Whether the difference is within what is allowed."""
        return abs(self.difference_kg) <= self.allowed_kg


def handover_balance(
    sent_kg: Decimal, received_kg: Decimal, bases: Iterable[str], rules: Rules, on: date
) -> Balance:
    """What left against what came, max(1 %, 2 kg) when weighed, wider by the less exact basis."""
    rows = [rules.tolerance(basis, on) for basis in bases] or [rules.tolerance("weighed", on)]
    allowed = max(max(row.share * sent_kg, row.kg) for row in rows)
    worst = min((row.worst for row in rows), key=_SEVERITIES.index)
    return Balance(sent_kg, received_kg, allowed, worst)


def batch_balance(
    inputs_kg: Decimal,
    outputs_kg: Decimal,
    residue_kg: Decimal,
    rules: Rules,
    on: date,
    *,
    declared_loss_kg: Decimal = ZERO,
) -> Balance:
    """Outputs, residue and declared loss of a recycling batch against its inputs, within 3 %."""
    allowed = inputs_kg * rules.number("batch_balance_share", on)
    return Balance(inputs_kg, outputs_kg + residue_kg + declared_loss_kg, allowed)


def disassembly_holds(
    parent_kg: Decimal, children_kg: Iterable[Decimal], other_kg: Decimal, rules: Rules, on: date
) -> bool:
    """Whether parts and other material weigh no more than 1.02 of the parent."""
    factor = rules.number("disassembly_factor", on)
    return sum(children_kg, other_kg) <= parent_kg * factor


def contained(chemistry: str, mass_kg: Decimal, on: date) -> dict[str, Decimal]:
    """The metals in packs of a chemistry, by kg; empty for a chemistry without rows."""
    return _content(IN_PACKS, chemistry, mass_kg, on)


@dataclass(frozen=True, slots=True)
class Output:
    """A material that a batch gave, with its purity where it was assayed."""

    material: str
    mass_kg: Decimal
    purity_percent: Decimal | None = None


def recovered(outputs: Iterable[Output], on: date) -> dict[str, Decimal]:
    """The metals in the outputs of a batch, by kg; powders and black mass count nothing."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for output in outputs:
        pure_kg = output.mass_kg
        if output.purity_percent is not None:
            pure_kg = pure_kg * output.purity_percent / _WHOLE_PERCENT
        for metal, kg in _content(IN_MATERIALS, output.material, pure_kg, on).items():
            total[metal] += kg
    return dict(total)


def _content(rows: Sequence[Content], of: str, mass_kg: Decimal, on: date) -> dict[str, Decimal]:
    holding = (row for row in rows if row.of == of and in_force(row, on))
    ordered = sorted(holding, key=lambda row: row.valid_from)
    return {row.metal: row.share * mass_kg for row in ordered}


class Recovery(StrEnum):
    """How a recovery rate stands."""

    WITHIN = "within"
    BELOW_FLOOR = "recovery_low"
    ABOVE_ALL = "recovery_over_100"


@dataclass(frozen=True, slots=True)
class Rate:
    """The recovery of one metal; `floor` is None where no rule names one."""

    metal: str
    contained_kg: Decimal
    recovered_kg: Decimal
    floor: Decimal | None
    verdict: Recovery

    @property
    def share(self) -> Decimal:
        """Recovered per contained."""
        return self.recovered_kg / self.contained_kg


def recovery(
    contained_kg: Mapping[str, Decimal],
    recovered_kg: Mapping[str, Decimal],
    process: str,
    rules: Rules,
    on: date,
) -> tuple[Rate, ...]:
    """The rate of every metal that went in, by name; above 100 % there was undeclared input.

    A metal that did not come out at all is judged only where the process has a floor for it.
    """
    most = rules.number("recovery_most", on)
    return tuple(
        _rate(metal, kg, recovered_kg.get(metal, ZERO), _floor(metal, process, rules, on), most)
        for metal, kg in sorted(contained_kg.items())
        if kg > 0
    )


def _floor(metal: str, process: str, rules: Rules, on: date) -> Decimal | None:
    floor = rules.floor(metal, process, on)
    return None if floor is None else floor.share


def _rate(
    metal: str, contained_kg: Decimal, recovered_kg: Decimal, floor: Decimal | None, most: Decimal
) -> Rate:
    verdict = Recovery.WITHIN
    if recovered_kg > contained_kg * most:
        verdict = Recovery.ABOVE_ALL
    elif floor is not None and recovered_kg < contained_kg * floor:
        verdict = Recovery.BELOW_FLOOR
    return Rate(metal, contained_kg, recovered_kg, floor, verdict)


LOT_ORIGIN_SHARES: Final[Mapping[str, Decimal | None]] = {
    "consumer_waste": Decimal(1),
    "production_scrap": ZERO,
    "purchased": None,
    "opening_stock": None,
}
"""The recycled share of a declared lot by origin: scrap reclaimed in the process that made it is
not recycled content (ISO 14021, R-m); of what was bought or in stock it is not known."""


@dataclass(frozen=True, slots=True)
class LotSource:
    """Where a lot comes from: parent lots by mass, or a share of its own (None: not known).

    A lot recovered from batteries has `own_share` 1 and no parents. Of parents, the masses that
    went in count as weights.
    """

    own_share: Decimal | None = None
    parents: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class RecycledContent:
    """Of a mass, how much is recycled and of how much the origin is known."""

    mass_kg: Decimal
    recycled_kg: Decimal
    known_kg: Decimal

    @property
    def share(self) -> Decimal:
        """The share that is proven recycled: what is not known counts as not recycled."""
        return self.recycled_kg / self.mass_kg if self.mass_kg else ZERO

    @property
    def known_share(self) -> Decimal:
        """The share whose origin is known."""
        return self.known_kg / self.mass_kg if self.mass_kg else ZERO


def recycled_content(
    parts: Iterable[tuple[str, Decimal]], lots: Mapping[str, LotSource]
) -> RecycledContent:
    """The recycled content of a product made of these masses of lots.

    Not known are lots that are not in the mapping, and lots that descend from themselves or from
    such a lot: an answer that does not depend on where the circle is entered.
    """
    listed = tuple(parts)
    shares = _shares([lot for lot, _ in listed], lots)
    return _mixed(listed, shares)


def shares_of(lot: str, lots: Mapping[str, LotSource]) -> tuple[Decimal, Decimal]:
    """Of a lot, the share that is recycled and the share whose origin is known."""
    return _shares([lot], lots).get(lot, _UNKNOWN)


_Share = tuple[Decimal, Decimal]
_UNKNOWN: Final[_Share] = (ZERO, ZERO)


def _shares(wanted: Iterable[str], lots: Mapping[str, LotSource]) -> dict[str, _Share]:
    """The (recycled, known) share of the wanted lots and their ancestors, parents first."""
    waiting = _ancestry(wanted, lots)
    shares: dict[str, _Share] = {}
    ready = [lot for lot, parents in waiting.items() if not parents]
    children = _children(waiting)
    while ready:
        lot = ready.pop()
        shares[lot] = _share(lots.get(lot), shares)
        for child in children.get(lot, ()):
            waiting[child].discard(lot)
            if not waiting[child]:
                ready.append(child)
    return shares


def _ancestry(wanted: Iterable[str], lots: Mapping[str, LotSource]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    stack = list(wanted)
    while stack:
        lot = stack.pop()
        if lot not in found:
            source = lots.get(lot)
            found[lot] = {parent for parent, _ in source.parents} if source else set()
            stack.extend(found[lot])
    return found


def _children(parents: Mapping[str, set[str]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for lot, named in parents.items():
        for parent in named:
            found[parent].append(lot)
    return dict(found)


def _share(source: LotSource | None, shares: Mapping[str, _Share]) -> _Share:
    if source is None:
        return _UNKNOWN
    if source.parents:
        content = _mixed(source.parents, shares)
        return content.share, content.known_share
    return _UNKNOWN if source.own_share is None else (source.own_share, Decimal(1))


def _mixed(parts: Iterable[tuple[str, Decimal]], shares: Mapping[str, _Share]) -> RecycledContent:
    mass = recycled = known = ZERO
    for lot, kg in parts:
        recycled_share, known_share = shares.get(lot, _UNKNOWN)
        mass, recycled, known = mass + kg, recycled + kg * recycled_share, known + kg * known_share
    return RecycledContent(mass, recycled, known)
