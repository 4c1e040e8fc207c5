"""What no single member of a report can see: checks of one member against another."""

from collections.abc import Callable
from typing import Final

from dianchi.domain.faults import Json, refuse
from dianchi.domain.members import missing
from dianchi.domain.refusals import Refused, Text


def _check_sold(_: str | None, data: dict[str, Json]) -> None:
    if "vin_ref" not in data and not ("application" in data and "buyer_kind" in data):
        raise refuse(
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
        raise refuse(
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
        raise refuse(
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
            raise refuse(
                "invalid_value",
                f"{pointer}/{place}",
                name,
                Text("同一份上报里出现两次", "appears twice in one report"),
                Text("请删除重复的一行", "remove the repeated line"),
            )
        seen.add(name)


def counted_at(site: str | None, counted: str) -> str:
    """A count happens where it counts."""
    if site is not None and site != counted:
        raise refuse(
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
        raise refuse(
            "invalid_value",
            f"/data/modules_in/{places[0]}",
            data["modules_in"][places[0]],
            Text("同时写在换下和换上", "is in modules_out as well"),
            Text("请从其中一处删除", "leave it out of one of the two"),
        )


def _check_removed(battery: str | None, data: dict[str, Json]) -> None:
    if battery == data.get("replaced_by"):
        raise refuse(
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
        raise refuse(
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
            raise refuse(
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
        raise refuse(
            "invalid_value",
            "/data/name",
            data["name"],
            Text("与 battery 相同", "is the same name as battery"),
            Text("请填写另一个名称", "send the other name"),
        )


def _check_counted(_: str | None, data: dict[str, Json]) -> None:
    _check_once(data["batteries"], "/data/batteries")


def _check_pickup(_: str | None, data: dict[str, Json]) -> None:
    _check_once(data["batteries"], "/data/batteries")


def _check_answer(_: str | None, data: dict[str, Json]) -> None:
    if data["answer"] == "refuse" and "reason" not in data:
        raise refuse(
            "missing_field",
            "/data/reason",
            None,
            Text("不接受时缺少原因", "a refusal says why"),
            Text("请补上 reason", "add reason"),
        )


def _check_recall(_: str | None, data: dict[str, Json]) -> None:
    """A recall concerns something, and a list of names is a selector by itself."""
    selector = data["selector"]
    if not selector or ("names" in selector and len(selector) > 1):
        raise refuse(
            "invalid_value",
            "/data/selector",
            selector,
            Text(
                "要写明召回哪些电池；写了 names 就不能再写其他条件",
                "says which batteries are called back; names stand alone",
            ),
            Text(
                "如 maker 与 produced_from、produced_to，或只写 names",
                "for example maker with produced_from and produced_to, or names alone",
            ),
        )
    _check_once(selector.get("names", []), "/data/selector/names")
    for first, last in (("produced_from", "produced_to"), ("codes_from", "codes_to")):
        if first in selector and last in selector and selector[first] > selector[last]:
            raise refuse(
                "invalid_value",
                f"/data/selector/{last}",
                selector[last],
                Text(f"早于或小于 {first}", f"lies before {first}"),
                Text("请核对起止", "check the first and the last"),
            )


CHECKS: Final[dict[str, Callable[[str | None, dict[str, Json]], None]]] = {
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
    "recall_opened": _check_recall,
    "pickup_requested": _check_pickup,
    "pickup_answered": _check_answer,
}
