"""The flat file that firms prepare for the national platform, read as reports of this service.

Of its form of today nothing was published (study of the domain, 4): known are the fields of what a
dismantler sends off (code of the pack, day out of store, receiver and its unified social credit
code), and that code, model and date of production are told of packs, modules and cells. The other
names of columns are guesses, and data: see decision 0050.
"""

from collections.abc import Mapping
from typing import Any, Final

from dianchi.domain.places import PROVINCES
from dianchi.domain.refusals import Text
from dianchi.exchange.sheets.columns import (
    ASSET,
    CODE,
    RETIREMENT,
    SCOPE_COLUMN,
    SITE,
    SOH,
    Column,
    Kind,
    day,
    members_of,
    reason,
)

_EITHER: Final = ("battery", "module", "cell", "asset")
_NUMBER: Final = "data/handover"
_CODES: Final = (
    Column(
        CODE.target,
        Text("电池包编码", "code of the pack"),
        ("包编码", "动力蓄电池包编码", "动力电池包编码", "蓄电池包编码", *CODE.names),
        CODE.read,
        example=CODE.example,
    ),
    Column(
        "module",
        Text("模块编码", "code of the module"),
        ("模组编码", "蓄电池模块编码", "modulecode", "moduleid"),
        CODE.read,
    ),
    Column(
        "cell",
        Text("单体编码", "code of the cell"),
        ("电芯编码", "单体蓄电池编码", "cellcode", "cellid"),
        CODE.read,
    ),
    ASSET,
)


def _retired(values: dict[str, str], organisation: str) -> dict[str, Any]:
    return members_of("retired", _named(values, organisation))


def _sent(values: dict[str, str], organisation: str) -> dict[str, Any]:
    """What left on one day for one receiver is one hand-over, where the file does not number it."""
    receiver = _receiver(values)
    values.setdefault(_NUMBER, _hand_over(values, receiver))
    members = members_of("dispatched", _named(values, organisation))
    if receiver:
        members["data"]["receiver"] = receiver
    return members


def _named(values: dict[str, str], organisation: str) -> dict[str, str]:
    """The battery is the largest thing that the row names."""
    names = [values.pop(target, "") for target in _EITHER]
    if names[-1]:
        names[-1] = f"asset:{organisation}:{names[-1]}"
    name = next((each for each in names if each), "")
    return {**values, "battery": name} if name else values


def _receiver(values: dict[str, str]) -> str | dict[str, Any] | None:
    """A firm is known by its code; with its province it is told whole, as one from outside."""
    told = {
        member: value
        for member in ("name", "uscc", "province")
        if (value := values.pop(f"data/receiver/{member}", ""))
    }
    if {"name", "province"} <= told.keys():
        return {"external": True, **told}
    return told.get("uscc") or told.get("name")


def _hand_over(values: Mapping[str, str], receiver: str | dict[str, Any] | None) -> str:
    told = receiver.get("uscc", receiver["name"]) if isinstance(receiver, dict) else receiver or ""
    return f"CK-{values.get('occurred_at', '')[:10]}-{told}"[:60]


FLAT: Final[Mapping[str, Kind]] = {
    "national_retired": Kind(
        "retired",
        Text("国家平台表（退役）", "national file (retired)"),
        (
            *_CODES,
            day("退役日期", "retired on", "报废日期", "拆卸日期", "下车日期"),
            reason(RETIREMENT, "capacity_low", "退役原因", "报废原因"),
            SOH,
            SITE,
            SCOPE_COLUMN,
        ),
        _EITHER,
        _retired,
    ),
    "national_out": Kind(
        "dispatched",
        Text("国家平台表（出库）", "national file (out of store)"),
        (
            *_CODES,
            day("出库日期", "out of store on", "移交日期", "发货日期", "出库时间"),
            Column(
                "data/receiver/name",
                Text("去向企业名称", "receiver"),
                ("去向企业", "接收企业名称", "接收企业", "接收单位", "去向单位", "receivername"),
                needed=True,
                example="云南某再生资源有限公司",
            ),
            Column(
                "data/receiver/uscc",
                Text("去向企业统一社会信用代码", "receiver's social credit code"),
                (
                    *("统一社会信用代码", "接收企业统一社会信用代码", "去向企业信用代码"),
                    *("信用代码", "社会信用代码", "uscc"),
                ),
                "number",
                example="91530100MA6K00001X",
            ),
            Column(
                "data/receiver/province",
                Text("去向省份", "receiver's province"),
                ("省份", "去向省", "接收企业所在省"),
                choices=tuple(province.zh for province in PROVINCES),
            ),
            Column(
                _NUMBER,
                Text("移交单号", "hand-over number"),
                ("出库单号", "批次号", "批次", "handoverno"),
                "number",
            ),
            SITE,
            SCOPE_COLUMN,
        ),
        _EITHER,
        _sent,
    ),
}
