"""What one recycling batch contributes: metals recovered, and those known to have gone in."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dianchi.domain.batches import metals_of
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
from dianchi.domain.registry import Registry


def batch_contributions(
    events: Iterable[Event], inputs: Mapping[str, Mapping[str, Any]], registry: Registry
) -> dict[Cell, Amount]:
    """All that the batch adds, in the cell of its first run.

    `recovered_…` is what came out of every batch. `rated_out_…` and `rated_in_…` are of batches of
    which all that went in is known by kind and nothing that came out needs an assay: only their
    rates mean anything.

    Args:
        events: the uncorrected events of the batch's own stream, in any order.
        inputs: by subject, mass and chemistry or material of what went in (`batch_findings`).
        registry: says where the recycler is.
    """
    runs = sorted((e for e in events if e.type == "recycled"), key=lambda event: event.key)
    if not runs:
        return {}
    metals = metals_of(runs, inputs)
    counted: dict[str, Mapping[str, Decimal]] = {"recovered": metals.came_out}
    if metals.is_known:
        counted |= {"rated_out": metals.came_out, "rated_in": metals.went_in}
    chemistry = _chemistry(inputs)
    found = _lots(runs[0], inputs, chemistry, registry)
    for what, masses in counted.items():
        for metal, *_ in METALS:
            if (mass_kg := masses.get(metal)) is not None:
                cell = _cell(f"{what}_{metal}", runs[0], chemistry, registry)
                more = Amount(1, thousandths(format(mass_kg, "f")))
                found[cell] = found.get(cell, NOTHING).plus(more)
    return found


def _lots(
    run: Event, inputs: Mapping[str, Mapping[str, Any]], chemistry: str, registry: Registry
) -> dict[Cell, Amount]:
    """The lots that went in, against the capacity of the process."""
    masses = [Decimal(told["mass_kg"]) for name, told in inputs.items() if name.startswith("lot:")]
    if not masses:
        return {}
    cell = _cell("treated_lots", run, chemistry, registry)
    by_process = cell._replace(partner=f"{run.site or ''}>{run.data['process']}")
    return {by_process: Amount(len(masses), thousandths(format(sum(masses), "f")))}


def _chemistry(inputs: Mapping[str, Mapping[str, Any]]) -> str:
    """The chemistry of all that went in, where it is one."""
    kinds = {facts.get("chemistry") for facts in inputs.values()}
    [only] = kinds if len(kinds) == 1 else [None]
    return only or ""


def _cell(measure: str, run: Event, chemistry: str, registry: Registry) -> Cell:
    place = place_of(registry, run.organisation, run.site)
    return Cell(measure, month_of(run), *place, chemistry, run.organisation, "")
