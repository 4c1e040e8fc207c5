"""Reading one report: JSON members in, canonical report or every fault of it out.

Nothing here looks at a life or a registry. The canonical report is what the SHA-256 of a report is
taken over, so that a repeat with the same meaning (spaces, case, `1.50` for `1.5`) is a repeat.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dianchi.domain.codes import parse_battery
from dianchi.domain.events import CATALOGUE, MOST_BATTERIES, EventType
from dianchi.domain.fields import (
    FaultsFound,
    Json,
    Reading,
    instant,
    microseconds,
    moved,
    uuid_text,
)
from dianchi.domain.members import missing, unknown
from dianchi.domain.refusals import Fault, Malformed, Refused, Text

_COMMON: Final = dict.fromkeys(
    ("event_id", "type", "battery", "occurred_at", "site", "device", "data")
)
_LONGEST_SITE: Final = 80


@dataclass(frozen=True, slots=True)
class Report:
    """One canonical report, before anyone looked at who sent it.

    `occurred_us` are UTC microseconds; `by_day` says that only the Chinese calendar day is known.
    `offset_ms` is how far the device's clock runs behind the server's, as measured on the device.
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
        raise Refused(
            Fault(
                "invalid_value",
                "",
                raw,
                Text("上报必须是一个 JSON 对象", "a report must be a JSON object"),
                Text("请用 {…} 包起来", "send {…}"),
            )
        )
    faults: list[Fault] = []
    reading = Reading(seal)
    kind = _kind(raw, faults)
    event_id = _taken(raw, "event_id", uuid_text, faults)
    occurred = _taken(raw, "occurred_at", instant, faults)
    battery = _battery(raw, kind, faults)
    site = _taken(raw, "site", _site, faults, needed=False)
    device = _taken(raw, "device", _device, faults, needed=False)
    data = _data(raw, kind, reading, faults)
    faults.extend(unknown(name, raw[name], _COMMON) for name in raw if name not in _COMMON)
    if faults or kind is None:
        raise Refused(*faults)
    _check_whole(kind, battery, data)
    moment, moment_us, by_day = occurred
    return Report(
        event_id, kind, battery, moment, moment_us, by_day, site, device, data, reading.vins
    )


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
    read: Callable[[Json], Json],
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
        return read(value)
    except Malformed as error:
        faults.append(Fault(error.code, f"/{name}", value, error.what, error.way_out))
    except FaultsFound as found:
        faults.extend(moved(found.faults, f"/{name}"))
    return None


def _battery(raw: dict[str, Json], kind: EventType | None, faults: list[Fault]) -> str | None:
    value = raw.get("battery")
    if value is None:
        if kind is not None and kind.subject == "battery":
            faults.append(missing("battery"))
        return None
    if kind is not None and kind.subject == "none":
        faults.append(
            Fault(
                "unknown_field",
                "/battery",
                value,
                Text(f"{kind.zh}不带 battery", f"{kind.name} takes no battery here"),
                Text("请删除 battery，写在 data 里", "leave it out; data names them"),
            )
        )
        return None
    name: str | None = _taken(raw, "battery", _battery_name, faults)
    return name


def _battery_name(value: Json) -> str:
    if type(value) is not str:
        raise Malformed(
            "invalid_code",
            Text("电池编码必须是文字", "a battery name is text"),
            Text("请加引号", "put it in quotes"),
        )
    return str(parse_battery(value))


def _site(value: Json) -> str:
    if (
        type(value) is not str
        or not 0 < len(value.strip()) <= _LONGEST_SITE
        or not value.isprintable()
    ):
        raise Malformed(
            "invalid_value",
            Text("站点应为 1–80 个可见字符", "a site is 1 to 80 visible characters"),
            Text("请填写站点编号", "send the site's number"),
        )
    return value.strip()


def _device(value: Json) -> dict[str, Json]:
    if (
        type(value) is not dict
        or set(value) != {"clock", "offset_ms"}
        or type(value["offset_ms"]) is not int
        or abs(value["offset_ms"]) > 10**12
    ):
        raise Malformed(
            "invalid_value",
            Text("device 应为 {clock, offset_ms}", "device must be {clock, offset_ms}"),
            Text(
                "clock 是设备时间，offset_ms 是整数毫秒",
                "clock is the device's time, offset_ms a whole number of milliseconds",
            ),
        )
    try:
        clock = instant(value["clock"])[0]
    except Malformed as error:
        raise FaultsFound(
            [Fault(error.code, "/clock", value["clock"], error.what, error.way_out)]
        ) from None
    return {"clock": clock, "offset_ms": value["offset_ms"]}


def _data(
    raw: dict[str, Json], kind: EventType | None, reading: Reading, faults: list[Fault]
) -> dict[str, Json]:
    if kind is None:
        return {}
    value = raw.get("data")
    try:
        return kind.read({} if value is None else value, reading)
    except Malformed as error:
        faults.append(Fault(error.code, "/data", value, error.what, error.way_out))
    except FaultsFound as found:
        faults.extend(moved(found.faults, "/data"))
    return {}


def read_stored(canonical: dict[str, Json]) -> Report:
    """The report that `Report.canonical` wrote."""
    moment = canonical["occurred_at"]
    return Report(
        canonical["event_id"],
        CATALOGUE[canonical["type"]],
        canonical.get("battery"),
        moment,
        microseconds(moment),
        len(moment) == len("2026-06-01"),
        canonical.get("site"),
        canonical.get("device"),
        canonical["data"],
        {},
    )


# --- what no single member can see ---------------------------------------------------------------


def _refuse(code: str, pointer: str, value: Json, what: Text, way_out: Text) -> Refused:
    return Refused(Fault(code, pointer, value, what, way_out))


def _check_whole(kind: EventType, battery: str | None, data: dict[str, Json]) -> None:
    check = _CHECKS.get(kind.name)
    if check is not None:
        check(battery, data)


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


def _check_once(names: list[str], pointer: str) -> None:
    if len(names) > MOST_BATTERIES:
        raise _refuse(
            "too_many_rows",
            pointer,
            len(names),
            Text("一份上报最多 1000 只电池", "a report may name 1,000 batteries"),
            Text("请分成多次上报", "split it into several reports"),
        )
    seen: set[str] = set()
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
        raise Refused(missing("data/batteries"))
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
    _check_once([str(battery), *names], "/data/children")


def _check_repurposed(battery: str | None, data: dict[str, Json]) -> None:
    _check_once([str(battery), *data["parents"]], "/data/parents")


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
    "sold": _check_sold,
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
