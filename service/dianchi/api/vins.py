"""VINs of the erasable table, put back for those who may see them."""

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

import structlog
from fastapi import Query

from dianchi.access.keys import now_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.purposes import MOST_AN_HOUR, PURPOSES
from dianchi.domain.refusals import Refused
from dianchi.domain.working_days import CHINA
from dianchi.store.lives import SQL
from dianchi.store.vault import Locked

log = structlog.get_logger()
Purpose = Annotated[
    str | None,
    Query(
        max_length=40,
        description=f"for a regulator who has to see VINs, one of: {', '.join(PURPOSES)}",
    ),
]
"""The parameter of whatever shows VINs; such reading is noted."""


class Put(NamedTuple):
    """What stands behind a reference: the VIN, or that it was erased."""

    vin: str | None
    erased: bool


class VinReader(NamedTuple):
    """Who reads, and what for: a regulator who says nothing sees references only."""

    reporter: Reporter
    purpose: str | None

    def may_see_vin(self, organisation: str) -> bool:
        """Who reads a VIN back: who reported it, and a regulator for a purpose; no phone."""
        if self.reporter.device is not None:
            return False
        if self.reporter.organisation == organisation:
            return True
        return self.reporter.role == "regulator" and self.purpose is not None


def vin_reader(reporter: Reporter, purpose: str | None, services: Services) -> VinReader:
    """How this reader sees VINs.

    Raises:
        Refused: there is no such purpose.
    """
    known = PURPOSES.on(now_of(services.clock).astimezone(CHINA).date())
    if purpose is not None and purpose not in known:
        listed = ", ".join(known)
        raise refuse(
            "invalid_value",
            ("没有这个目的", "there is no such purpose"),
            (f"请选择：{listed}", f"choose one of: {listed}"),
            pointer="/purpose",
            value=purpose,
        )
    return VinReader(reporter, purpose)


async def put_vins_back(
    envelopes: Iterable[dict[str, Any]], reader: VinReader, services: Services
) -> None:
    """Puts VINs beside their references, in the events where this reader may see them.

    Raises:
        Refused: these are more than the reader may have within an hour.
    """
    places = [
        (place, envelope["organisation"])
        for envelope in envelopes
        if reader.may_see_vin(envelope["organisation"])
        for place in (envelope["data"], envelope["data"].get("host") or {})
        if "vin_ref" in place
    ]
    vins = await vins_of({(place["vin_ref"], whose) for place, whose in places}, reader, services)
    for place, _ in places:
        found = vins.get(place["vin_ref"])
        if found is not None:
            place["id" if "kind" in place else "vin"] = found.vin
            if found.erased:
                place["erased"] = True


async def vins_of(
    wanted: set[tuple[str, str]], reader: VinReader, services: Services
) -> dict[str, Put]:
    """The VINs behind references (with who reported them), and which of them were erased.

    Raises:
        Refused: these are more than the reader may have within an hour.
    """
    if not wanted:
        return {}
    of_others = sorted({ref for ref, whose in wanted if whose != reader.reporter.organisation})
    if not services.allowance.take(reader.reporter.organisation, len(of_others)):
        raise _too_many()
    rows = await services.keeper.fetch(SQL["personal"], list({ref for ref, _ in wanted}))
    if of_others:
        log.info(
            "personal values read",
            organisation=reader.reporter.organisation,
            purpose=reader.purpose,
            references=of_others,
        )
    return {row["reference"]: _put(row, services) for row in rows}


def _too_many() -> Refused:
    return refuse(
        "too_many_requests",
        (
            f"一小时内读取的车辆识别代号超过 {MOST_AN_HOUR} 个",
            f"more than {MOST_AN_HOUR} VINs were read within an hour",
        ),
        ("请一小时后再读，或不带 purpose", "go on in an hour, or without a purpose"),
        pointer="/purpose",
    )


def _put(row: Any, services: Services) -> Put:  # noqa: ANN401 - a row of `personal`
    reference, kek, wrapped, sealed, erased_at = row
    if erased_at is not None:
        return Put(None, erased=True)
    return Put(services.vault.open(Locked(reference, kek, wrapped, sealed)), erased=False)
