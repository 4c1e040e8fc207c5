"""The nested form: vehicle, packs, modules, cells; written from what the record knows.

What is not known is left out, never guessed, and listed as a gap.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from dianchi.exchange.json_out import encode
from dianchi.exchange.national.gaps import GAPS, Gap
from dianchi.exchange.national.profiles import Profile
from dianchi.views.vehicles.query import Pack, Part, Sale

_RATINGS: Final = (
    "chemistry",
    "rated_capacity_ah",
    "rated_energy_kwh",
    "nominal_voltage_v",
    "mass_kg",
)
"""What our own reading of the form takes up again, by model; the platform is not sent it."""


class Written(NamedTuple):
    """A part of the form, and what is missing in it."""

    members: dict[str, Any]
    gaps: list[Gap]

    @property
    def blocked(self) -> Gap | None:
        """The gap for which nothing may be sent."""
        return next((gap for gap in self.gaps if gap.blocks), None)


def vehicle_form(
    profile: Profile,
    vin: str | None,
    packs: Iterable[Pack],
    told: Mapping[str, str],
    *,
    hidden: bool = False,
    sale: Sale | None = None,
) -> Written:
    """A vehicle with its packs.

    Args:
        profile: how the form is written.
        vin: None where it was erased, or is hidden.
        packs: in their order.
        told: members of the vehicle that its organisation gave by hand.
        hidden: the VIN is not shown to who asks.
        sale: where and to what kind of owner it was sold; nobody is named.
    """
    names = profile.members
    members: dict[str, Any] = {}
    gaps: list[Gap] = []
    if vin is None:
        code = "vin_not_shown" if hidden else "vin_erased"
        gaps.append(Gap(f"/{names.vin[0]}", code, blocks=True))
    else:
        members[names.vin[0]] = vin
    for name in profile.vehicle:
        if name in told:
            members[name] = told[name]
        else:
            gaps.append(Gap(f"/{name}", "vehicle_member_unknown"))
    if sale is not None:
        gaps += _sale(profile, members, sale)
    written = [pack_form(profile, one) for one in packs]
    where = f"/{names.packs[0]}"
    if not written:
        gaps.append(Gap(where, "no_packs", blocks=True))
    members[names.packs[0]] = [one.members for one in written]
    for place, one in enumerate(written):
        gaps += [gap._replace(pointer=f"{where}/{place}{gap.pointer}") for gap in one.gaps]
    return Written(members, gaps)


def _sale(profile: Profile, members: dict[str, Any], sale: Sale) -> list[Gap]:
    names = profile.sale
    members[names.day], members[names.area] = sale.day.isoformat(), sale.prefecture
    if sale.buyer is None:
        return [Gap(f"/{names.buyer}", "buyer_unknown")]
    members[names.buyer] = sale.buyer
    return []


def pack_form(profile: Profile, pack: Pack) -> Written:
    """A pack with its modules."""
    names = profile.members
    members: dict[str, Any] = {names.code[0]: pack.name}
    gaps: list[Gap] = []
    if ":" in pack.name:
        gaps.append(Gap(f"/{names.code[0]}", "no_national_code", blocks=True))
    if not pack.shown:
        return Written(members, [*gaps, Gap("", "not_shown")])
    gaps += _model_and_day(profile, members, pack.model, pack.made)
    gaps.append(Gap(f"/{names.order[0]}", "order_unknown"))
    where = f"/{names.modules[0]}"
    if not pack.modules:
        gaps.append(Gap(where, "modules_unknown"))
        return Written(members, gaps)
    written = [_module_form(profile, one) for one in pack.modules]
    members[names.modules[0]] = [one.members for one in written]
    for place, one in enumerate(written):
        gaps += [gap._replace(pointer=f"{where}/{place}{gap.pointer}") for gap in one.gaps]
    return Written(members, gaps)


def _module_form(profile: Profile, part: Part) -> Written:
    names = profile.members
    members: dict[str, Any] = {names.code[0]: part.name}
    gaps = _model_and_day(profile, members, part.model, part.made)
    gaps.append(Gap(f"/{names.cells[0]}", "cells_unknown"))
    gaps.append(Gap(f"/{names.cell_model[0]}", "cell_model_unknown"))
    return Written(members, gaps)


def _model_and_day(
    profile: Profile, members: dict[str, Any], model: str | None, made: date | None
) -> list[Gap]:
    names = profile.members
    gaps = []
    if model is None:
        gaps.append(Gap(f"/{names.model[0]}", "model_unknown"))
    else:
        members[names.model[0]] = model
    if made is None:
        gaps.append(Gap(f"/{names.day[0]}", "day_unknown"))
    else:
        members[names.day[0]] = made.isoformat()
    return gaps


def models_of(packs: Iterable[Pack]) -> dict[str, dict[str, str]]:
    """The ratings of the models that these packs have, for whoever reads the form back."""
    return {
        pack.model: {name: pack.facts[name] for name in _RATINGS if name in pack.facts}
        for pack in packs
        if pack.model is not None
    }


def vehicles_json(*vehicles: Written) -> bytes:
    """What is sent: an array of vehicles, in one order of members each time."""
    return encode([vehicle.members for vehicle in vehicles])


def gaps_json(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps as answers tell them."""
    return [
        {
            "pointer": gap.pointer,
            "code": gap.code,
            "blocks": gap.blocks,
            "message": GAPS[gap.code].what._asdict(),
            "way_out": GAPS[gap.code].way_out._asdict(),
        }
        for gap in gaps
    ]
