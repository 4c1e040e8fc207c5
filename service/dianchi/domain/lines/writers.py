"""One function for each type that writes more than its own line, in the order of the catalogue."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from dianchi.domain.lines.resolving import id_of, issuer_of, named
from dianchi.domain.lines.streams import (
    Data,
    Key,
    KeyKind,
    Line,
    Stream,
    batch_subject,
    handover_name,
    lot_subject,
    pickup_subject,
    recall_subject,
    site_subject,
)
from dianchi.domain.registry import Registry


def _total(masses: list[str | None]) -> str | None:
    if any(mass is None for mass in masses):
        return None
    return format(sum((Decimal(mass) for mass in masses if mass), Decimal(0)).normalize(), "f")


def _without(data: Data, *members: str) -> Data:
    return {name: value for name, value in data.items() if name not in members}


def _born(battery: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    if "modules" not in data and "lots" not in data:
        return [Line(Stream.BATTERY, str(battery), data)]
    keys = [Key(KeyKind.CHILD, module) for module in data.get("modules", ())]
    keys += [
        Key(KeyKind.LOT, lot_subject(issuer_of(lot, organisation, registry), lot["lot"]))
        for lot in data.get("lots", ())
    ]
    return [Line(Stream.BATTERY, str(battery), data, _distinct(keys))]


def _distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once: a list may name a lot twice, or one asset in two ways."""
    return tuple(dict.fromkeys(keys))


def _lot_declared(_: str | None, data: Data, organisation: str, __: Registry) -> list[Line]:
    return [Line(Stream.LOT, lot_subject(organisation, data["lot"]), data)]


def _owner_changed(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    names = data.get("batteries") or [battery]
    shared = _without(data, "batteries") | {"count": len(names)}
    return [Line(Stream.BATTERY, name, shared) for name in names]


def _repaired(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    lines = [
        Line(
            Stream.BATTERY,
            str(battery),
            data,
            _distinct(Key(KeyKind.CHILD, name) for name in data["modules_in"]),
        )
    ]
    lines += [
        Line(Stream.BATTERY, name, {"pack": battery, "reason": data["reason"]})
        for name in data["modules_out"]
    ]
    return lines


def _scrapped(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    key = (Key(KeyKind.VIN, data["vin_ref"]),)
    if battery is None:
        return [Line(Stream.VEHICLE, f"vin:{data['vin_ref']}", data, key)]
    return [Line(Stream.BATTERY, battery, data, key)]


def _handed(battery: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    lots = data.get("lots", [])
    batteries = data.get("batteries") or ([{"battery": battery}] if battery else [])
    if battery is not None and not lots and "total_mass_kg" in data:
        batteries = [{"battery": battery, "mass_kg": data["total_mass_kg"]}]
    issuer = id_of(data["sender"], registry) if "sender" in data else organisation
    total = data.get("total_mass_kg") or _total([x.get("mass_kg") for x in [*batteries, *lots]])
    shared = _without(data, "batteries", "lots") | {"count": len(batteries) + len(lots)}
    if total is not None:
        shared["total_mass_kg"] = total
    lines = [
        Line(Stream.BATTERY, line["battery"], shared | _without(line, "battery"))
        for line in batteries
    ]
    lines += [
        Line(
            Stream.LOT,
            lot_subject(issuer_of(line, organisation, registry), line["lot"]),
            shared | line,
        )
        for line in lots
    ]
    return marked(lines, Key(KeyKind.HANDOVER, handover_name(issuer, data["handover"])))


def marked(lines: list[Line], key: Key) -> list[Line]:
    """Puts the key on the first line by name: one per report is enough to find the report."""
    first = min(range(len(lines)), key=lambda place: lines[place].subject)
    line = lines[first]
    lines[first] = Line(line.stream, line.subject, line.data, (*line.keys, key))
    return lines


def _disassembled(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    children = data["children"]
    shared: Data = {"count": len(children), "other_mass_kg": data["other_mass_kg"]}
    total = _total([child.get("mass_kg") for child in children])
    if total is not None:
        shared["children_mass_kg"] = total
    lines = [Line(Stream.BATTERY, str(battery), shared)]
    for child in children:
        own = {"parent": battery} | _without(child, "battery")
        lines.append(
            Line(Stream.BATTERY, child["battery"], own, (Key(KeyKind.PARENT, str(battery)),))
        )
    return lines


def _repurposed(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    parents = data["parents"]
    product = Line(
        Stream.BATTERY, str(battery), _without(data, "parents") | {"count": len(parents)}
    )
    key = (Key(KeyKind.CHILD, str(battery)),)
    own: Data = {"product": battery, "application": data["application"], "count": len(parents)}
    return [product, *(Line(Stream.BATTERY, parent, own, key) for parent in parents)]


def _recycled(_: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    inputs, outputs = data["inputs"], data["outputs"]
    batch = batch_subject(organisation, data["batch"])
    key = (Key(KeyKind.BATCH, batch),)
    own: Data = {"batch": data["batch"], "process": data["process"], "count": len(inputs)}
    lines = [
        Line(
            Stream.BATCH,
            batch,
            _without(data, "inputs")
            | {
                "count": len(inputs),
                "inputs_mass_kg": _total([line["mass_kg"] for line in inputs]),
            },
            key,
        )
    ]
    for line in inputs:
        entering = own | {"mass_kg": line["mass_kg"]}
        if "battery" in line:
            lines.append(Line(Stream.BATTERY, line["battery"], entering, key))
        else:
            subject = lot_subject(issuer_of(line, organisation, registry), line["lot"])
            lines.append(Line(Stream.LOT, subject, entering | {"lot": line["lot"]}, key))
    lines += [
        Line(Stream.LOT, lot_subject(organisation, line["lot"]), own | {"output": line}, key)
        for line in outputs
    ]
    return lines


def _disposed(_: str | None, data: Data, organisation: str, __: Registry) -> list[Line]:
    batch = batch_subject(organisation, data["batch"])
    return [Line(Stream.BATCH, batch, data, (Key(KeyKind.BATCH, batch),))]


def _identified(battery: str | None, data: Data, _: str, __: Registry) -> list[Line]:
    pair = (str(battery), data["name"])
    keys = tuple(Key(KeyKind.ALIAS, name) for name in pair)
    return [
        Line(Stream.BATTERY, pair[0], data, keys),
        Line(Stream.BATTERY, pair[1], {"name": pair[0], "mirrored": True}, keys),
    ]


def _corrected(*_: object) -> list[Line]:
    return []


def _pickup_requested(_: str | None, data: Data, organisation: str, __: Registry) -> list[Line]:
    shared = _without(data, "batteries") | {"count": len(data["batteries"])}
    subject = pickup_subject(organisation, data["pickup"])
    lines = [Line(Stream.BATTERY, name, shared) for name in data["batteries"]]
    return [Line(Stream.PICKUP, subject, shared), *marked(lines, Key(KeyKind.PICKUP, subject))]


def _pickup_answered(_: str | None, data: Data, __: str, registry: Registry) -> list[Line]:
    subject = pickup_subject(id_of(data["requester"], registry), data["pickup"])
    return [Line(Stream.PICKUP, subject, data, (Key(KeyKind.PICKUP, subject),))]


def _recall_opened(_: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    """One line, however many batteries it concerns: a recall is matched when these are read."""
    selector = dict(data["selector"])
    if "maker" in selector:
        selector["maker"] = id_of(selector["maker"], registry)
    if "names" in selector:
        selector["names"] = [named(name, registry) for name in selector["names"]]
    subject = recall_subject(organisation, data["recall"])
    return [_of_recall(subject, data | {"selector": selector})]


def _recall_closed(_: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    return [
        _of_recall(recall_subject(issuer_of(data, organisation, registry), data["recall"]), data)
    ]


def _of_recall(subject: str, data: Data) -> Line:
    return Line(Stream.RECALL, subject, data, (Key(KeyKind.RECALL, subject),))


def _remedied(battery: str | None, data: Data, organisation: str, registry: Registry) -> list[Line]:
    issuer = issuer_of(data, organisation, registry)
    key = Key(KeyKind.RECALL, recall_subject(issuer, data["recall"]))
    return [Line(Stream.BATTERY, str(battery), data | {"issuer": issuer}, (key,))]


def photo_keys(digests: Iterable[str]) -> tuple[Key, ...]:
    """The keys by which photos and drawn signatures find the report that names them."""
    return _distinct(Key(KeyKind.PHOTO, digest) for digest in digests)


def _counted(_: str | None, data: Data, organisation: str, __: Registry) -> list[Line]:
    shared = _without(data, "batteries") | {"count": len(data["batteries"])}
    keys = photo_keys(data.get("signatures", ()))
    return [
        Line(Stream.SITE, site_subject(organisation, data["site"]), shared, keys),
        *(Line(Stream.BATTERY, name, shared) for name in data["batteries"]),
    ]


WRITERS: Final[dict[str, Callable[[str | None, Data, str, Registry], list[Line]]]] = {
    "lot_declared": _lot_declared,
    "produced": _born,
    "imported": _born,
    "owner_changed": _owner_changed,
    "repaired": _repaired,
    "vehicle_scrapped": _scrapped,
    "dispatched": _handed,
    "received": _handed,
    "declined": _handed,
    "returned": _handed,
    "disassembled": _disassembled,
    "repurposed": _repurposed,
    "recycled": _recycled,
    "disposed": _disposed,
    "identified": _identified,
    "counted": _counted,
    "pickup_requested": _pickup_requested,
    "pickup_answered": _pickup_answered,
    "recall_opened": _recall_opened,
    "recall_closed": _recall_closed,
    "remedied": _remedied,
    "set_aside": _corrected,
    "corrected": _corrected,
}
