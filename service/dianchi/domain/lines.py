"""What a report writes: one line into the stream of each thing it is about.

Each line carries its own facts, the shared scalars, and the total count and mass of the report,
never the whole list. Its keys let lives find each other: hand-overs, vehicles, lots, batches,
parents and children, joined names.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final, NamedTuple

from dianchi.domain.members import party_key
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.report import Report

Data = dict[str, Any]


class Stream(IntEnum):
    """The kinds of streams; the numbers stand in the database.

    Nothing is written into an organisation: it only is what findings may be about.
    """

    BATTERY = 1
    VEHICLE = 2
    LOT = 3
    BATCH = 4
    SITE = 5
    ORGANISATION = 6


class KeyKind(IntEnum):
    """The kinds of keys by which events of different streams share a thing."""

    HANDOVER = 1
    VIN = 2
    LOT = 3
    BATCH = 4
    PARENT = 5
    CHILD = 6
    ALIAS = 7
    REPORT = 8
    TARGET = 9

    # Keys are looked up all the time, and an enumeration hashes its name in Python.
    __hash__ = int.__hash__


class Key(NamedTuple):
    """One thing an event shares with others."""

    kind: KeyKind
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event to be: the stream it goes into, its data and its keys."""

    stream: Stream
    subject: str
    data: Data
    keys: tuple[Key, ...] = ()


PARTIES: Final = frozenset(
    ("receiver", "sender", "to", "owner", "supplier", "source_organisation", "carrier", "issuer")
)
_HAS_PARTIES: Final = frozenset(
    (
        "lot_declared",
        "produced",
        "imported",
        "declared",
        "owner_changed",
        "collected",
        "dispatched",
        "received",
        "declined",
        "returned",
        "recycled",
        "disposed",
    )
)


def lot_subject(issuer: str, lot: str) -> str:
    """The name of a lot's stream; lots are unique per issuer."""
    return f"lot:{issuer}:{lot}"


def batch_subject(issuer: str, batch: str) -> str:
    """The name of a batch's stream; batches are unique per issuer."""
    return f"batch:{issuer}:{batch}"


def organisation_subject(organisation: str) -> str:
    """The name of an organisation as the subject of findings, by its id."""
    return f"organisation:{organisation}"


def handover_name(issuer: str, handover: str) -> str:
    """A hand-over is named by its sender."""
    return f"{issuer}:{handover}"


def lines_of(report: Report, organisation: str, registry: Registry) -> list[Line]:
    """The lines of a report by `organisation`, parties and asset names resolved.

    Registered parties become their ids; the others stay as given. A `corrected` has none here:
    its streams are those of its target (`correction_lines`).

    Raises:
        Refused: when two names or lots turn out to be one, as far as the registry knows.
    """
    battery, data = report.battery, report.data
    if report.assets:
        battery = _named(battery, registry) if battery else None
        data = _renamed(data, registry)
    if report.kind.name in _HAS_PARTIES:
        data = _resolved(data, registry)
    write = _WRITERS.get(report.kind.name)
    if write is None:
        return [Line(Stream.BATTERY, str(battery), data, _own_keys(data))]
    return _each_once(write(battery, data, organisation, registry))


def correction_lines(
    data: Data, targets: Iterable[tuple[Stream, str]], handover: Key | None = None
) -> list[Line]:
    """The lines of a `corrected`: one into each stream that loses its event.

    Each carries the key of what it withdraws; the first by name also that of the hand-over it
    takes a side out of, so that the other side sees it.
    """
    key = Key(KeyKind.TARGET, data["event_id"])
    lines = [Line(stream, subject, data, (key,)) for stream, subject in targets]
    return _marked(lines, handover) if handover is not None and lines else lines


def _each_once(lines: list[Line]) -> list[Line]:
    """No stream gets two lines of one report: two ways to write one party may hide a repeat."""
    if len({(line.stream, line.subject) for line in lines}) == len(lines):
        return lines
    subjects = [line.subject for line in lines]
    repeated = next(name for name in subjects if subjects.count(name) > 1)
    what = Text("同一份上报里出现两次", "appears twice in one report")
    way_out = Text("请删除重复的一行", "remove the repeated line")
    raise Refused(Fault("invalid_value", "/data", repeated, what, way_out))


def _named(name: str, registry: Registry) -> str:
    if not name.startswith("asset:"):
        return name
    _, organisation, number = name.split(":", 2)
    return f"asset:{_id_of(organisation, registry)}:{number}"


_NAME_MEMBERS: Final = frozenset(("battery", "name", "replaced_by"))
_NAME_LISTS: Final = frozenset(("batteries", "modules", "modules_out", "modules_in", "parents"))


def _renamed(data: Data, registry: Registry) -> Data:
    renamed: Data = {}
    for member, value in data.items():
        if member in _NAME_MEMBERS and isinstance(value, str):
            renamed[member] = _named(value, registry)
        elif isinstance(value, list):
            names = member in _NAME_LISTS
            renamed[member] = [
                _renamed(item, registry)
                if isinstance(item, dict)
                else _named(item, registry)
                if names
                else item
                for item in value
            ]
        else:
            renamed[member] = value
    return renamed


def _resolved(data: Data, registry: Registry) -> Data:
    if not any(name in PARTIES or type(value) is list for name, value in data.items()):
        return data
    return {
        name: _resolved_value(value, registry, party=name in PARTIES)
        for name, value in data.items()
    }


def _resolved_value(value: Any, registry: Registry, *, party: bool) -> Any:  # noqa: ANN401 - JSON
    if party:
        known = registry.organisation(value)
        return known.id if known else value
    if isinstance(value, list):
        return [_resolved(item, registry) if isinstance(item, dict) else item for item in value]
    return value


def _own_keys(data: Data) -> tuple[Key, ...]:
    if "vin_ref" in data:
        return (Key(KeyKind.VIN, data["vin_ref"]),)
    host = data.get("host")
    if host is not None and "vin_ref" in host:
        return (Key(KeyKind.VIN, host["vin_ref"]),)
    return ()


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
        Key(KeyKind.LOT, lot_subject(_issuer(lot, organisation, registry), lot["lot"]))
        for lot in data.get("lots", ())
    ]
    return [Line(Stream.BATTERY, str(battery), data, _distinct(keys))]


def _distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once: a list may name a lot twice, or one asset in two ways."""
    return tuple(dict.fromkeys(keys))


def _id_of(party: Any, registry: Registry) -> str:  # noqa: ANN401 - a canonical JSON party
    """The id of a party; who is not registered has the id to be kept on registration."""
    known = registry.organisation(party)
    return known.id if known else party_key(party)


def _issuer(line: Data, organisation: str, registry: Registry) -> str:
    issuer = line.get("issuer")
    return _id_of(issuer, registry) if issuer is not None else organisation


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
    issuer = _id_of(data["sender"], registry) if "sender" in data else organisation
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
            lot_subject(_issuer(line, organisation, registry), line["lot"]),
            shared | line,
        )
        for line in lots
    ]
    return _marked(lines, Key(KeyKind.HANDOVER, handover_name(issuer, data["handover"])))


def _marked(lines: list[Line], key: Key) -> list[Line]:
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
            subject = lot_subject(_issuer(line, organisation, registry), line["lot"])
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


def _counted(_: str | None, data: Data, organisation: str, __: Registry) -> list[Line]:
    shared = _without(data, "batteries") | {"count": len(data["batteries"])}
    return [
        Line(Stream.SITE, f"site:{organisation}:{data['site']}", shared),
        *(Line(Stream.BATTERY, name, shared) for name in data["batteries"]),
    ]


_WRITERS: Final[dict[str, Callable[[str | None, Data, str, Registry], list[Line]]]] = {
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
    "corrected": _corrected,
}
