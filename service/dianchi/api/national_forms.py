"""The nested form for an answer: a battery, with the vehicle that it is in by the same reports."""

from dataclasses import dataclass
from typing import Any

from dianchi.api.services import Services
from dianchi.api.vins import VinReader, vins_of
from dianchi.domain.sight import eyes_of
from dianchi.exchange.national.form import (
    Written,
    gaps_json,
    models_of,
    pack_form,
    vehicle_form,
)
from dianchi.exchange.national.profiles import NEWEST, PROFILES
from dianchi.views.vehicles.query import Pack, pack, packs_in

PROFILE = PROFILES[NEWEST]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes forms for a caller.

    Attributes:
        services: of the service.
        reader: who asks, and what for.
        own: only by its own reports, so that every VIN is one that it reported.
    """

    services: Services
    reader: VinReader
    own: bool

    async def battery(self, name: str) -> tuple[str | None, dict[str, Any]]:
        """The `vin_ref` of the vehicle that a battery is in, if in one; and the document.

        Args:
            name: canonical; the caller sees its life.
        """
        found, vin_ref, beside = await self._look(name)
        if vin_ref is None:
            written = pack_form(PROFILE, found)
            return None, _document([], [written], [found])
        form = await self.vehicle(vin_ref, beside)
        return vin_ref, _document([form], [], beside)

    async def _look(self, name: str) -> tuple[Pack, str | None, list[Pack]]:
        eyes, rules = eyes_of(self.reader.reporter), self.services.rules
        by = self.reader.reporter.organisation if self.own else None
        async with self.services.readers.acquire() as connection:
            found = await pack(connection, name, rules, eyes)
            for vin_ref in sorted(found.vins):
                beside = await packs_in(connection, vin_ref, rules, eyes, by)
                if any(one.name == found.name for one in beside):
                    return found, vin_ref, beside
        return found, None, []

    async def vehicle(self, vin_ref: str, packs: list[Pack]) -> Written:
        """A vehicle with its packs, with its VIN where the caller may read it."""
        whose = self.reader.reporter.organisation if self.own else ""
        if not self.reader.may_see_vin(whose):
            return vehicle_form(PROFILE, None, packs, {}, hidden=True)
        put = (await vins_of({(vin_ref, whose)}, self.reader, self.services)).get(vin_ref)
        return vehicle_form(PROFILE, put and put.vin, packs, {})


def _document(vehicles: list[Written], loose: list[Written], packs: list[Pack]) -> dict[str, Any]:
    gaps = [
        gap._replace(pointer=f"/{member}/{place}{gap.pointer}")
        for member, written in (("vehicles", vehicles), ("packs", loose))
        for place, form in enumerate(written)
        for gap in form.gaps
    ]
    return {
        "profile": PROFILE.name,
        "models": models_of(packs),
        "vehicles": [form.members for form in vehicles],
        "packs": [form.members for form in loose],
        "gaps": gaps_json(gaps),
    }
