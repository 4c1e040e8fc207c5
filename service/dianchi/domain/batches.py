"""Whether the material of a recycling batch or of a lot adds up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event
from dianchi.domain.lines import lot_subject
from dianchi.domain.materials import (
    ZERO,
    Output,
    Rate,
    Recovery,
    batch_balance,
    contained,
    recovered,
    recovery,
)
from dianchi.domain.measures import business_day
from dianchi.domain.members import party_key
from dianchi.domain.rules import Rules

Facts = Mapping[str, Any]
_PER_CENT: Final = Decimal(100)
_TENTH: Final = Decimal("0.1")
_BY_ASSAY: Final = frozenset(("black_mass", "cathode_powder", "anode_powder", "other"))
_IN_FOILS: Final = frozenset(("copper", "aluminium"))


def _kg(mass: Decimal) -> str:
    return format(mass, "f")


def _sum(masses: Iterable[Any]) -> Decimal:
    return sum((Decimal(mass) for mass in masses), ZERO)


# --- batches -------------------------------------------------------------------------------------


def batch_findings(
    events: Iterable[Event], inputs: Mapping[str, Facts], rules: Rules
) -> list[Finding]:
    """What does not add up in one batch.

    Args:
        events: the uncorrected events of the batch's own stream, in any order.
        inputs: by the subject of each battery or lot that went in, its `mass_kg` as entered and
            its `chemistry` (a battery) or `material` (a lot), where known.
        rules: for the balance and the floors, by business date.
    """
    runs = sorted((e for e in events if e.type == "recycled"), key=lambda event: event.key)
    if not runs:
        return []
    return [*_imbalance(runs, rules), *_recovery(runs, inputs, rules)]


def _imbalance(runs: Sequence[Event], rules: Rules) -> Iterator[Finding]:
    inputs_kg = _sum(run.data["inputs_mass_kg"] for run in runs)
    outputs_kg = _sum(line["mass_kg"] for run in runs for line in run.data["outputs"])
    residue_kg = _sum(run.data["residue_kg"] for run in runs)
    balance = batch_balance(inputs_kg, outputs_kg, residue_kg, rules, business_day(runs[0]))
    if not balance.holds:
        yield Finding(
            "batch_imbalance",
            _ids(runs),
            {
                "batch": runs[0].data["batch"],
                "inputs_kg": _kg(inputs_kg),
                "outputs_kg": _kg(balance.found_kg),
            },
        )


def _ids(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(event.event_id for event in events)


def _recovery(
    runs: Sequence[Event], inputs: Mapping[str, Facts], rules: Rules
) -> Iterator[Finding]:
    """The worst metal above 100 % and the worst below its floor.

    Inputs of unknown content make what went in a lower bound: then nothing is above it. Powders
    hold metal that only an assay knows: then only the metals of the foils can be low.
    """
    metals = metals_of(runs, inputs)
    on, process = business_day(runs[0]), runs[0].data["process"]
    rates = recovery(metals.went_in, metals.came_out, process, rules, on)
    above = [rate for rate in rates if rate.verdict is Recovery.ABOVE_ALL and metals.complete]
    low = [
        rate
        for rate in rates
        if rate.verdict is Recovery.BELOW_FLOOR and (rate.metal in _IN_FOILS or not metals.hidden)
    ]
    if above:
        yield _rated(runs, max(above, key=lambda rate: (rate.share, rate.metal)))
    if low:
        yield _rated(runs, min(low, key=lambda rate: (rate.share, rate.metal)))


class Metals(NamedTuple):
    """The metals of a batch, by kg.

    Attributes:
        complete: what went in is known of everything that did.
        hidden: some of what came out holds metal that only an assay knows.
    """

    went_in: Mapping[str, Decimal]
    came_out: Mapping[str, Decimal]
    complete: bool
    hidden: bool

    @property
    def is_known(self) -> bool:
        """Whether both sides are known wholly."""
        return self.complete and not self.hidden


def metals_of(runs: Sequence[Event], inputs: Mapping[str, Facts]) -> Metals:
    """What went into a batch and came out of it; runs and inputs as for `batch_findings`."""
    on = business_day(runs[0])
    went_in, complete = _went_in(inputs, on)
    complete = complete and len(inputs) >= sum(run.data["count"] for run in runs)
    outputs = [line for run in runs for line in run.data["outputs"]]
    hidden = any(line["material"] in _BY_ASSAY for line in outputs)
    return Metals(went_in, recovered(map(_output, outputs), on), complete, hidden)


def _went_in(inputs: Mapping[str, Facts], on: date) -> tuple[dict[str, Decimal], bool]:
    """The metal known to have gone in, and whether that is all of it."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    complete = True
    for facts in inputs.values():
        metals = _content(facts, on)
        complete = complete and bool(metals)
        for metal, kg in metals.items():
            total[metal] += kg
    return dict(total), complete


def _content(facts: Facts, on: date) -> dict[str, Decimal]:
    mass_kg = Decimal(facts["mass_kg"])
    if facts.get("material"):
        return recovered([Output(facts["material"], mass_kg)], on)
    return contained(facts["chemistry"], mass_kg, on) if facts.get("chemistry") else {}


def _output(line: Facts) -> Output:
    purity = line.get("purity_percent")
    return Output(line["material"], Decimal(line["mass_kg"]), Decimal(purity) if purity else None)


def _rated(runs: Sequence[Event], rate: Rate) -> Finding:
    floor = None if rate.floor is None else _percent(rate.floor)
    return Finding(
        rate.verdict.value,
        _ids(runs),
        {
            "batch": runs[0].data["batch"],
            "metal": rate.metal,
            "percent": _percent(rate.share),
            "floor_percent": floor,
        },
    )


def _percent(share: Decimal) -> str:
    return _kg((share * _PER_CENT).quantize(_TENTH))


# --- lots ----------------------------------------------------------------------------------------


def lot_findings(subject: str, events: Iterable[Event], rules: Rules) -> list[Finding]:
    """Whether more of a lot was given away and used than there was, by anybody who had some of it.

    Args:
        subject: the name of the lot's stream.
        events: the uncorrected events of that stream and those that carry the lot's key (births
            of batteries it went into), in any order.
        rules: for the tolerance of a weighed mass, by business date.
    """
    ordered = sorted({(e.event_id, e.subject): e for e in events}.values(), key=lambda e: e.key)
    came: defaultdict[str, Decimal] = defaultdict(Decimal)
    gone: defaultdict[str, Decimal] = defaultdict(Decimal)
    made = used = ZERO
    beginnings: list[Event] = []
    for event in ordered:
        for holder, mass_kg, kind in _movements(subject, event):
            (gone if kind in ("given", "used") else came)[holder] += mass_kg
            made += mass_kg if kind == "made" else ZERO
            used += mass_kg if kind == "used" else ZERO
            beginnings += [event] if kind == "made" else []
    if not beginnings:
        return []
    spent = [(made, used), *((came[holder], gone[holder]) for holder in sorted(came))]
    share = rules.tolerance("weighed", business_day(ordered[0])).share
    over = [(had, out) for had, out in spent if out > had * (1 + share)]
    return [_overdrawn(subject, beginnings, over)] if over else []


def _overdrawn(
    subject: str, beginnings: Iterable[Event], over: Iterable[tuple[Decimal, Decimal]]
) -> Finding:
    had, out = max(over, key=lambda pair: (pair[1] - pair[0], pair))
    number = subject.rpartition(":")[2]
    return Finding(
        "lot_overdrawn",
        _ids(beginnings),
        {"lot": number, "mass_kg": _kg(had), "drawn_kg": _kg(out)},
    )


_STOCK: Final[dict[str, tuple[str, ...]]] = {
    "lot_declared": ("made",),
    "dispatched": ("given",),
    "received": ("taken",),
    "declined": ("back",),
    "returned": ("back", "given"),
}


def _movements(subject: str, event: Event) -> Iterator[tuple[str, Decimal, str]]:
    """Whose stock of the lot an event changes, by how much: made, taken, back, given or used."""
    data, holder = event.data, event.organisation
    for kind in _STOCK.get(event.type, ()):
        yield (
            party_key(data["sender"]) if kind == "back" else holder,
            Decimal(data["mass_kg"]),
            kind,
        )
    if event.type == "recycled":
        output = data.get("output")
        yield holder, Decimal((output or data)["mass_kg"]), "made" if output else "used"
    for line in data.get("lots", ()):
        if lot_subject(_issuer(line, holder), line["lot"]) == subject:
            yield holder, Decimal(line["mass_kg"]), "used"


def _issuer(line: Facts, holder: str) -> str:
    return party_key(line["issuer"]) if "issuer" in line else holder
