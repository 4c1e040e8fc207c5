"""Reading one report: JSON members in, canonical report or every fault of it out.

Nothing here looks at a life or a registry. The canonical report is what the SHA-256 of a report is
taken over, so that a repeat with the same meaning (spaces, case, `1.50` for `1.5`) is a repeat.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dianchi.domain.events import CATALOGUE, EventType
from dianchi.domain.fields import (
    BATTERY,
    INSTANT,
    FaultsFound,
    Json,
    Reading,
    faults_at,
    instant,
    integer,
    microseconds,
    shown,
    text,
    uuid_text,
)
from dianchi.domain.members import members_of, missing, reader, required, unknown
from dianchi.domain.refusals import Fault, Malformed, Refused, Text

_COMMON: Final = dict.fromkeys(
    ("event_id", "type", "battery", "occurred_at", "site", "device", "data")
)
_MOST_FAULTS: Final = 100
_MOST_OFFSET_MS: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The clock of the reporting device, and how far it was seen to be off."""

    clock: str = required(INSTANT)
    offset_ms: int = required(integer(-_MOST_OFFSET_MS, _MOST_OFFSET_MS))


_read_device: Final = reader(members_of(Device))
_read_site: Final = text(80).read


@dataclass(slots=True)
class Report:
    """One canonical report, before anyone looked at who sent it.

    `occurred_us` are UTC microseconds; `by_day` says that only the Chinese calendar day is known.
    Never changed once made; it is not frozen because freezing costs more than reading a decimal.
    `offset_ms` is how far the device's clock runs behind the server's, as measured on the device.
    `assets` says that a name in it needs the registry; `vins` are the VINs by their `vin_ref`.
    """

    event_id: str
    kind: EventType
    battery: str | None
    occurred_at: str
    occurred_us: int
    by_day: bool
    site: str | None
    device: dict[str, Json] | None
    data: dict[str, Json]
    vins: Mapping[str, str]
    assets: bool = False

    def canonical(self) -> dict[str, Json]:
        """The members that the SHA-256 of the report covers."""
        members: dict[str, Json] = {
            "data": self.data,
            "event_id": self.event_id,
            "occurred_at": self.occurred_at,
            "type": self.kind.name,
        }
        for name in ("battery", "device", "site"):
            value = getattr(self, name)
            if value is not None:
                members[name] = value
        return members


def read_report(raw: Json, seal: Callable[[str], str]) -> Report:
    """Reads one report from decoded JSON.

    Args:
        raw: the decoded JSON value; decimals as `Decimal`, `str` or `int`, never `float`.
        seal: turns a VIN into its `vin_ref`.

    Raises:
        Refused: with every fault found, each with pointer, value and way out.
    """
    if type(raw) is not dict:
        what = Text("上报必须是一个 JSON 对象", "a report must be a JSON object")
        raise _refuse("invalid_value", "", raw, what, Text("请用 {…} 包起来", "send {…}"))
    faults: list[Fault] = []
    reading = Reading(seal)
    kind = _kind(raw, faults)
    event_id = _taken(raw, "event_id", _read_id, reading, faults)
    occurred = _taken(raw, "occurred_at", _read_occurred, reading, faults)
    battery = _battery(raw, kind, reading, faults)
    site = _taken(raw, "site", _read_site, reading, faults, needed=False)
    device = _taken(raw, "device", _read_device, reading, faults, needed=False)
    data = _data(raw, kind, reading, faults)
    if not raw.keys() <= _COMMON.keys():
        faults.extend(unknown(name, raw[name], _COMMON) for name in raw if name not in _COMMON)
    if faults or kind is None:
        raise _refused(faults)
    check = _CHECKS.get(kind.name)
    if check is not None:
        check(battery, data)
    if reading.vin_suspect:
        data["vin_suspect"] = True
    if kind.name == "counted":
        site = _counted_at(site, data["site"])
    moment, moment_us, by_day = occurred
    return Report(
        event_id,
        kind,
        battery,
        moment,
        moment_us,
        by_day,
        site,
        device,
        data,
        reading.vins,
        reading.assets,
    )


def _read_id(value: Json, _: Reading) -> str:
    return uuid_text(value)


def _read_occurred(value: Json, _: Reading) -> tuple[str, int, bool]:
    return instant(value)


def _refused(faults: list[Fault]) -> Refused:
    """The refusal, with values that any answer can carry."""
    return Refused(*(_presentable(fault) for fault in faults[:_MOST_FAULTS]))


def _presentable(fault: Fault) -> Fault:
    value = fault.value
    plain = value is None or type(value) is bool or type(value) is int
    if not plain or (type(value) is int and abs(value) > _MOST_OFFSET_MS):
        value = shown(value)
    what, way_out = fault.what, fault.way_out
    return Fault(
        fault.code,
        fault.pointer,
        value,
        Text(_encodable(what.zh), _encodable(what.en)),
        Text(_encodable(way_out.zh), _encodable(way_out.en)),
    )


def _encodable(sentence: str) -> str:
    """The sentence without halves of characters, which no answer could carry."""
    return sentence.encode("utf-8", "replace").decode()


def _kind(raw: dict[str, Json], faults: list[Fault]) -> EventType | None:
    name = raw.get("type")
    kind = CATALOGUE.get(name) if type(name) is str else None
    if kind is None and name is None:
        faults.append(missing("type"))
    elif kind is None:
        listed = ", ".join(CATALOGUE)
        faults.append(
            Fault(
                "unknown_type",
                "/type",
                name,
                Text("不认识的事件类型", "this type of event is not known"),
                Text(f"可用类型：{listed}", f"use one of: {listed}"),
            )
        )
    return kind


def _taken(
    raw: dict[str, Json],
    name: str,
    read: Callable[[Json, Reading], Json],
    reading: Reading,
    faults: list[Fault],
    *,
    needed: bool = True,
) -> Json:
    value = raw.get(name)
    if value is None:
        if needed:
            faults.append(missing(name))
        return None
    try:
        return read(value, reading)
    except (Malformed, FaultsFound) as error:
        faults.extend(faults_at(error, f"/{name}", value))
    return None


def _battery(
    raw: dict[str, Json], kind: EventType | None, reading: Reading, faults: list[Fault]
) -> str | None:
    if kind is not None and kind.subject == "none":
        if raw.get("battery") is not None:
            what = Text(f"{kind.zh}不带 battery", f"{kind.name} takes no battery here")
            way_out = Text("请删除 battery，写在 data 里", "leave it out; data names them")
            faults.append(Fault("unknown_field", "/battery", raw["battery"], what, way_out))
        return None
    needed = kind is not None and kind.subject == "battery"
    name: str | None = _taken(raw, "battery", BATTERY.read, reading, faults, needed=needed)
    return name


def _data(
    raw: dict[str, Json], kind: EventType | None, reading: Reading, faults: list[Fault]
) -> dict[str, Json]:
    if kind is None:
        return {}
    value = raw.get("data")
    try:
        return kind.read({} if value is None else value, reading)
    except (Malformed, FaultsFound) as error:
        faults.extend(faults_at(error, "/data", value))
    return {}


def read_stored(canonical: dict[str, Json]) -> Report:
    """The report that `Report.canonical` wrote."""
    moment, battery, data = canonical["occurred_at"], canonical.get("battery"), canonical["data"]
    return Report(
        canonical["event_id"],
        CATALOGUE[canonical["type"]],
        battery,
        moment,
        microseconds(moment),
        len(moment) == len("2026-06-01"),
        canonical.get("site"),
        canonical.get("device"),
        data,
        {},
        "asset:" in f"{battery} {data}",
    )


# --- what no single member can see ---------------------------------------------------------------


def _refuse(code: str, pointer: str, value: Json, what: Text, way_out: Text) -> Refused:
    return _refused([Fault(code, pointer, value, what, way_out)])


def _check_sold(_: str | None, data: dict[str, Json]) -> None:
    if "vin_ref" not in data and not ("application" in data and "buyer_kind" in data):
        raise _refuse(
            "missing_field",
            "/data/vin",
            None,
            Text(
                "需要 vin，或 application 与 buyer_kind", "needs vin, or application and buyer_kind"
            ),
            Text("请补上其一", "add one of the two"),
        )


def _check_inspected(_: str | None, data: dict[str, Json]) -> None:
    if not data:
        raise _refuse(
            "missing_field",
            "/data",
            None,
            Text("至少要有一个检测值", "needs at least one measured value"),
            Text(
                "如 soh_percent、voltage_v、safety_class",
                "for example soh_percent, voltage_v or safety_class",
            ),
        )


def _check_scrapped(battery: str | None, data: dict[str, Json]) -> None:
    if data["battery_present"] and battery is None:
        raise Refused(missing("battery"))
    if not data["battery_present"] and battery is not None:
        raise _refuse(
            "invalid_value",
            "/battery",
            battery,
            Text("电池不在车上时不写 battery", "no battery may be named when absent"),
            Text(
                "请删除 battery，或改 battery_present",
                "leave battery out, or change battery_present",
            ),
        )


def _check_once(names: list[str], pointer: str, *, besides: str | None = None) -> None:
    """No name twice in a list, nor the one the report itself is about."""
    seen = {besides}
    for place, name in enumerate(names):
        if name in seen:
            raise _refuse(
                "invalid_value",
                f"{pointer}/{place}",
                name,
                Text("同一份上报里出现两次", "appears twice in one report"),
                Text("请删除重复的一行", "remove the repeated line"),
            )
        seen.add(name)


def _counted_at(site: str | None, counted: str) -> str:
    """A count happens where it counts."""
    if site is not None and site != counted:
        raise _refuse(
            "invalid_value",
            "/site",
            site,
            Text("与 data.site 不同", "is another site than data.site"),
            Text("请删除 site，或与 data.site 一致", "leave it out, or repeat data.site"),
        )
    return counted


def _check_born(battery: str | None, data: dict[str, Json]) -> None:
    if "modules" in data:
        _check_once(data["modules"], "/data/modules", besides=battery)


def _check_repaired(battery: str | None, data: dict[str, Json]) -> None:
    _check_once(data["modules_out"], "/data/modules_out", besides=battery)
    _check_once(data["modules_in"], "/data/modules_in", besides=battery)
    both = set(data["modules_out"]).intersection(data["modules_in"])
    places = [i for i, name in enumerate(data["modules_in"]) if name in both]
    if places:
        raise _refuse(
            "invalid_value",
            f"/data/modules_in/{places[0]}",
            data["modules_in"][places[0]],
            Text("同时写在换下和换上", "is in modules_out as well"),
            Text("请从其中一处删除", "leave it out of one of the two"),
        )


def _check_removed(battery: str | None, data: dict[str, Json]) -> None:
    if battery == data.get("replaced_by"):
        raise _refuse(
            "invalid_value",
            "/data/replaced_by",
            battery,
            Text("与 battery 相同", "is the same name as battery"),
            Text("请填写换上的电池，或删除", "send the battery put in, or leave it out"),
        )


def _check_owner_changed(battery: str | None, data: dict[str, Json]) -> None:
    _one_way(battery, data, lots=False)
    _check_once(data.get("batteries", []), "/data/batteries")


def _check_handover(battery: str | None, data: dict[str, Json]) -> None:
    _one_way(battery, data, lots="lots" in data)
    _check_once([line["battery"] for line in data.get("batteries", [])], "/data/batteries")
    lots = [f"{line.get('issuer', '')}:{line['lot']}" for line in data.get("lots", [])]
    _check_once(lots, "/data/lots")


def _one_way(battery: str | None, data: dict[str, Json], *, lots: bool) -> None:
    if battery is None and "batteries" not in data and not lots:
        raise Refused(missing("data", "batteries"))
    if battery is not None and "batteries" in data:
        raise _refuse(
            "invalid_value",
            "/battery",
            battery,
            Text("battery 与 data.batteries 只能写一个", "use battery or data.batteries, not both"),
            Text("请删除其中一个", "leave one of them out"),
        )


def _check_disassembled(battery: str | None, data: dict[str, Json]) -> None:
    names = [line["battery"] for line in data["children"]]
    _check_once(names, "/data/children", besides=battery)


def _check_repurposed(battery: str | None, data: dict[str, Json]) -> None:
    _check_once(data["parents"], "/data/parents", besides=battery)


def _check_recycled(_: str | None, data: dict[str, Json]) -> None:
    for place, line in enumerate(data["inputs"]):
        if ("battery" in line) == ("lot" in line):
            raise _refuse(
                "invalid_value",
                f"/data/inputs/{place}",
                line,
                Text(
                    "每行写 battery 或 lot，只写一个",
                    "each input names a battery or a lot, one of them",
                ),
                Text("请改正这一行", "mend this line"),
            )
    _check_once(
        [
            line.get("battery") or f"lot:{line.get('issuer', '')}:{line['lot']}"
            for line in data["inputs"]
        ],
        "/data/inputs",
    )
    _check_once([line["lot"] for line in data["outputs"]], "/data/outputs")


def _check_identified(battery: str | None, data: dict[str, Json]) -> None:
    if battery == data["name"]:
        raise _refuse(
            "invalid_value",
            "/data/name",
            data["name"],
            Text("与 battery 相同", "is the same name as battery"),
            Text("请填写另一个名称", "send the other name"),
        )


def _check_counted(_: str | None, data: dict[str, Json]) -> None:
    _check_once(data["batteries"], "/data/batteries")


_CHECKS: Final[dict[str, Callable[[str | None, dict[str, Json]], None]]] = {
    "produced": _check_born,
    "imported": _check_born,
    "sold": _check_sold,
    "repaired": _check_repaired,
    "removed": _check_removed,
    "inspected": _check_inspected,
    "vehicle_scrapped": _check_scrapped,
    "owner_changed": _check_owner_changed,
    "dispatched": _check_handover,
    "received": _check_handover,
    "declined": _check_handover,
    "returned": _check_handover,
    "disassembled": _check_disassembled,
    "repurposed": _check_repurposed,
    "recycled": _check_recycled,
    "identified": _check_identified,
    "counted": _check_counted,
}
