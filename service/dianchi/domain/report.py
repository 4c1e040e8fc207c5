"""Reading one report: JSON members in, canonical report or every fault of it out.

Nothing here looks at a life or a registry. The canonical report is what the SHA-256 of a report is
taken over, so that a repeat with the same meaning (spaces, case, `1.50` for `1.5`) is a repeat.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dianchi.domain.events import CATALOGUE, EventType
from dianchi.domain.faults import FaultsFound, Json, bad, faults_at, refuse, refused, wrong_type
from dianchi.domain.fields import BATTERY, INSTANT, Reading, integer, text, uuid_text
from dianchi.domain.members import members_of, missing, optional, reader, required, unknown
from dianchi.domain.moments import instant, microseconds
from dianchi.domain.refusals import Fault, Malformed, Text
from dianchi.domain.whole import CHECKS, counted_at

_COMMON: Final = dict.fromkeys(
    (
        "event_id",
        "type",
        "battery",
        "occurred_at",
        "site",
        "device",
        "on_behalf_of",
        "data",
        "signature",
    )
)
MOST_SIGNATURE: Final = 1000
"""Characters of a signature."""
_MOST_OFFSET_MS: Final = 10**12
_MOST_SEQUENCE: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The clock of the reporting device, how far it was seen to be off; which one, which report."""

    clock: str = required(INSTANT)
    offset_ms: int = required(integer(-_MOST_OFFSET_MS, _MOST_OFFSET_MS))
    id: str | None = optional(text(40, number=True))
    sequence: int | None = optional(integer(1, _MOST_SEQUENCE))


_read_device: Final = reader(members_of(Device))
_read_site: Final = text(80, number=True).read
_SIGNATURE: Final = re.compile(rf"[A-Za-z0-9_.-]{{1,{MOST_SIGNATURE}}}", re.ASCII)
_read_principal: Final = text(120).read


@dataclass(slots=True)
class Report:
    """One canonical report, before anyone looked at who sent it.

    `occurred_us` are UTC microseconds; `by_day` says that only the Chinese calendar day is known.
    Never changed once made; it is not frozen because freezing costs more than reading a decimal.
    `offset_ms` is how far the device's clock runs behind the server's, as measured on the device.
    `assets` says that a name in it needs the registry; `vins` are the VINs by their `vin_ref`.
    `signature` is what was sent as one: nobody has looked at it here.
    `on_behalf_of` is the organisation in whose name somebody else sends it, as it was told.
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
    signature: str | None = None
    on_behalf_of: str | None = None

    def canonical(self) -> dict[str, Json]:
        """The members that the SHA-256 of the report covers."""
        members: dict[str, Json] = {
            "data": self.data,
            "event_id": self.event_id,
            "occurred_at": self.occurred_at,
            "type": self.kind.name,
        }
        for name in ("battery", "device", "on_behalf_of", "site"):
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
        raise refuse("invalid_value", "", raw, what, Text("请用 {…} 包起来", "send {…}"))
    faults: list[Fault] = []
    reading = Reading(seal)
    kind = _kind(raw, faults)
    event_id = _taken(raw, "event_id", _read_id, reading, faults)
    occurred = _taken(raw, "occurred_at", _read_occurred, reading, faults)
    if occurred is not None:
        reading.occurred_us = occurred[1]
    battery = _battery(raw, kind, reading, faults)
    site = _taken(raw, "site", _read_site, reading, faults, needed=False)
    device = _taken(raw, "device", _read_device, reading, faults, needed=False)
    principal = _taken(raw, "on_behalf_of", _read_principal, reading, faults, needed=False)
    data = _data(raw, kind, reading, faults)
    signature = (
        _taken(raw, "signature", _read_signature, reading, faults, needed=False)
        if "signature" in raw
        else None
    )
    if not raw.keys() <= _COMMON.keys():
        faults.extend(unknown(name, raw[name], _COMMON) for name in raw if name not in _COMMON)
    if faults or kind is None:
        raise refused(faults)
    check = CHECKS.get(kind.name)
    if check is not None:
        check(battery, data)
    if reading.vin_suspect:
        data["vin_suspect"] = True
    if kind.name == "counted":
        site = counted_at(site, data["site"])
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
        signature,
        principal,
    )


def _read_id(value: Json, _: Reading) -> str:
    return uuid_text(value)


def _read_signature(value: Json, _: Reading) -> str:
    """Random characters: among them stands, once in a while, what looks like a labelled VIN."""
    if type(value) is not str:
        raise wrong_type(value, "文字", "text")
    if not _SIGNATURE.fullmatch(value):
        raise bad(
            f"不是分离式 JWS 签名（base64url，最多 {MOST_SIGNATURE} 个字符）",
            f"is not a detached JWS (base64url, at most {MOST_SIGNATURE} characters)",
            "请按 头部..签名 的形式重新提交",
            "send it as header..signature",
        )
    return value


def _read_occurred(value: Json, _: Reading) -> tuple[str, int, bool]:
    return instant(value)


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
        canonical.get("on_behalf_of"),
    )
