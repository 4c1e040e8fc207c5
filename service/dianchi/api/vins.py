"""VINs of the erasable table, put back for those who may see them."""

from collections.abc import Iterable
from typing import Any

from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.store.lives import SQL


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
        if place["vin_ref"] in vins:
            place["id" if "kind" in place else "vin"] = vins[place["vin_ref"]]


async def vins_of(references: set[str], services: Services) -> dict[str, str]:
    """The VINs behind references, as far as they were not erased."""
    if not references:
        return {}
    rows = await services.keeper.fetch(SQL["vins"], list(references))
    return {row["vin_ref"]: row["vin"] for row in rows}
