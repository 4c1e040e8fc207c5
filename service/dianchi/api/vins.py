"""VINs of the erasable table, put back for those who may see them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.store.lives import SQL
from dianchi.store.vault import Locked


class Put(NamedTuple):
    """What stands behind a reference: the VIN, or that it was erased."""

    vin: str | None
    erased: bool


def may_see_vin(reporter: Reporter, organisation: str) -> bool:
    """Who reads a VIN back: the regulator, and the organisation that reported it."""
    return reporter.role == "regulator" or reporter.organisation == organisation


async def put_vins_back(
    envelopes: Iterable[dict[str, Any]], reporter: Reporter, services: Services
) -> None:
    """Puts VINs beside their references, in the events where this reader may see them."""
    places = [
        place
        for envelope in envelopes
        if may_see_vin(reporter, envelope["organisation"])
        for place in (envelope["data"], envelope["data"].get("host") or {})
        if "vin_ref" in place
    ]
    vins = await vins_of({place["vin_ref"] for place in places}, services)
    for place in places:
        found = vins.get(place["vin_ref"])
        if found is not None:
            place["id" if "kind" in place else "vin"] = found.vin
            if found.erased:
                place["erased"] = True


async def vins_of(references: set[str], services: Services) -> dict[str, Put]:
    """The VINs behind references, and which of them were erased."""
    if not references:
        return {}
    rows = await services.readers.fetch(SQL["personal"], list(references))
    return {row["reference"]: _put(row, services) for row in rows}


def _put(row: Any, services: Services) -> Put:  # noqa: ANN401 - a row of `personal`
    reference, kek, wrapped, sealed, erased_at = row
    if erased_at is not None:
        return Put(None, erased=True)
    return Put(services.vault.open(Locked(reference, kek, wrapped, sealed)), erased=False)
