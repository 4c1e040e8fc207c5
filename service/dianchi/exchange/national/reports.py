"""Reports of what the nested form says, in the words of this record.

The form knows codes, models, days and orders, and no ratings. So a pack is reported as `produced`
(or `imported`) where its maker sends it and its model's ratings stand in the same file; else as
`declared` with the basis `national_import`, which a birth joins when its maker reports it. Cells
are counted; they stand in a birth whose order code names their lot.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dianchi.domain.refusals import Fault, Malformed, Text
from dianchi.exchange.national.reading import Form, Pack, Vehicle
from dianchi.exchange.sheets.values import read_moment

_DAY: Final = len("2026-06-01")
_RATED: Final = (
    "chemistry",
    "rated_capacity_ah",
    "rated_energy_kwh",
    "nominal_voltage_v",
    "mass_kg",
)
_BIRTHS: Final = {"maker": "produced", "importer": "imported"}
_FITTER: Final = "vehicle_maker"


class Made(NamedTuple):
    """What a node of the form makes: a report, or faults; where it stands, and of which battery."""

    pointer: str
    report: dict[str, Any] | None
    faults: tuple[Fault, ...] = ()


def reports_of(form: Form, role: str) -> Iterator[Made]:
    """The reports that a file makes, in its order.

    Args:
        form: the file.
        role: of who reports.

    Raises:
        Refused: the file cannot be read on.
    """
    for vehicle in form.vehicles():
        for pack in vehicle.packs:
            yield from _of_pack(vehicle, pack, role, form)


def _of_pack(vehicle: Vehicle, pack: Pack, role: str, form: Form) -> Iterator[Made]:
    names, faults = form.members, list(pack.faults)
    day_at = f"{pack.pointer}/{names.day[0]}"
    days = [_day(vehicle.told.get("made"), f"{vehicle.pointer}/{names.made[0]}", faults)]
    days.append(_day(pack.told.get("day"), day_at, faults))
    if "code" not in pack.told:
        what = Text("电池包没有编码", "the pack has no code")
        faults.append(
            Fault("missing_field", f"{pack.pointer}/{names.code[0]}", None, what, _GIVE_CODE)
        )
    fitted, made = days
    if not faults and not (fitted or made):
        what = Text("没有生产日期或下线日期", "neither the pack nor its vehicle has a day")
        faults.append(Fault("missing_field", day_at, None, what, _GIVE_DAY))
    if faults:
        yield Made(pack.pointer, None, tuple(faults))
        return
    rated = form.models.get(pack.told.get("model", ""), {})
    vin = vehicle.told.get("vin")
    fits = vin is not None and fitted is not None and made is not None and role == _FITTER
    yield Made(pack.pointer, _entering(pack, role, (fitted, made), rated, None if fits else vin))
    if fits:
        yield Made(pack.pointer, _installed(pack, str(vin), str(fitted)))


def _entering(
    pack: Pack,
    role: str,
    days: tuple[str | None, str | None],
    rated: Mapping[str, str],
    vin: str | None,
) -> dict[str, Any]:
    """The birth of a pack, or its declaration: in a vehicle where a VIN is given."""
    fitted, made = days
    data = {name: rated[name] for name in _RATED if name in rated}
    if "model" in pack.told:
        data["model"] = pack.told["model"]
    birth = _BIRTHS.get(role)
    if birth and made and "model" in data and all(name in data for name in _RATED):
        return _report(birth, pack, made, data | _parts(pack))
    told: dict[str, Any] = {"stage": "made", "basis": "national_import", **data}
    if made is not None:
        told["since"] = made
    if vin is not None:
        told |= {"stage": "in_use", "host": {"kind": "vehicle", "id": vin}}
    return _report("declared", pack, str((vin and fitted) or made or fitted), told)


def _parts(pack: Pack) -> dict[str, Any]:
    parts: dict[str, Any] = {"modules": pack.modules} if pack.modules else {}
    if pack.cells and "order" in pack.told:
        parts["cells"] = {"count": pack.cells, "lot": pack.told["order"]}
    return parts


def _installed(pack: Pack, vin: str, day: str) -> dict[str, Any]:
    return _report("installed", pack, day, {"host": {"kind": "vehicle", "id": vin}})


def _report(kind: str, pack: Pack, day: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "battery": pack.told["code"], "occurred_at": day, "data": data}


def _day(told: str | None, pointer: str, faults: list[Fault]) -> str | None:
    if told is None:
        return None
    try:
        return read_moment(told)[:_DAY]
    except Malformed as error:
        faults.append(Fault(error.code, pointer, told, error.what, error.way_out))
        return None


_GIVE_CODE: Final = Text("请补上编码", "give its code")
_GIVE_DAY: Final = Text(
    "请补 productionDate 或 offlineProductionTime", "give productionDate or offlineProductionTime"
)
