"""The table by which an operator tells of its own sets that it moved to its own sites (利旧调拨).

One table, sent once for what came down at the old site and once for what was fitted at the new one:
sets that were down already are sent for the second only. Nothing changes hands, so no row makes a
hand-over (decision 0049). What asset systems call these columns was not published: the names are
guesses, and data (decision 0065).
"""

from collections.abc import Mapping
from typing import Any, Final

from dianchi.domain import vocabulary as words
from dianchi.domain.refusals import Text
from dianchi.exchange.sheets.columns import (
    ASSET,
    CODE,
    SCOPE_COLUMN,
    SOH,
    Column,
    Kind,
    day,
    labelled,
    members_of,
    reason,
)

REMOVAL: Final = {
    "end_of_life": Text("寿命到期", "end of life"),
    "replacement": Text("更换", "replacement"),
    "repair": Text("维修", "repair"),
    "accident": Text("事故", "accident"),
    "upgrade": Text("升级改造", "upgrade"),
    "site_closed": Text("站点关闭", "site closed"),
    "internal_reuse": Text("利旧调拨", "re-use at another site"),
}
_HOST: Final = "data/host/id"
_HOST_KIND: Final = "data/host/kind"
_DOWN: Final = "removed_on"
_FROM: Final = Text("调出站址", "moved from")
_FROM_NAMES: Final = (
    *("调出站点", "调出站址编码", "调出站点编码", "调出机房", "调出位置", "调出地点"),
    *("源站址", "原站址", "原站址编码", "原所在站址", "拆出站址", "移出站址", "旧站址"),
    *("from", "fromsite", "source", "sourcesite", "oldsite"),
)
_TO: Final = Text("调入站址", "moved to")
_TO_NAMES: Final = (
    *("调入站点", "调入站址编码", "调入站点编码", "调入机房", "调入位置", "调入地点"),
    *("目标站址", "目的站址", "新站址", "新站址编码", "利旧站址", "利旧站点", "使用站址"),
    *("to", "tosite", "target", "targetsite", "destination", "newsite"),
)


def _came_down(values: dict[str, str], organisation: str) -> dict[str, Any]:
    """Of the old site; on the day of the transfer, unless they came down on a day of their own."""
    values["occurred_at"] = values.pop(_DOWN, "") or values.get("occurred_at", "")
    return _moved("removed", values, organisation)


def _was_fitted(values: dict[str, str], organisation: str) -> dict[str, Any]:
    """At the new site."""
    return _moved("installed", values, organisation)


def _moved(kind: str, values: Mapping[str, str], organisation: str) -> dict[str, Any]:
    told = {name: value for name, value in values.items() if value}
    if asset := told.pop("asset", None):
        told.setdefault("battery", f"asset:{organisation}:{asset}")
    if _HOST in told:
        told["site"] = told[_HOST]
    return members_of(kind, told)


def _place(title: Text, names: tuple[str, ...], example: str) -> Column:
    return Column(_HOST, title, names, "number", needed=True, example=example)


def _kind_of_place(title: Text, *names: str) -> Column:
    hosts = labelled(words.HOSTS)
    return Column(
        _HOST_KIND, title, names, words=hosts, needed=True, default="base_station",
        example="通信基站",
    )  # fmt: skip


_MOVED_ON: Final = (
    *("调拨时间", "调拨日", "利旧日期", "调入日期", "安装日期", "上站日期", "启用日期"),
    *("movedat", "transferredon", "transferdate", "installedon"),
)
TRANSFERS: Final[Mapping[str, Kind]] = {
    "transferred_out": Kind(
        "removed",
        Text("利旧调拨（调出）", "transfer (taken down)"),
        (
            CODE,
            ASSET,
            day("调拨日期", "moved on", *_MOVED_ON),
            Column(
                _DOWN,
                Text("拆下日期", "removed on"),
                ("拆除日期", "调出日期", "下站日期", "下电日期", "removedat", "removeddate"),
                "moment",
                example="2026-05-28",
            ),
            _place(_FROM, _FROM_NAMES, "KM-BTS0001"),
            _kind_of_place(
                Text("调出场所类型", "kind of site moved from"), "调出场景", "原场景", "sourcekind"
            ),
            SOH,
            reason(REMOVAL, "internal_reuse", "调拨原因", "利旧原因", "拆下原因", "调出原因"),
            SCOPE_COLUMN,
        ),
        shape=_came_down,
    ),
    "transferred_in": Kind(
        "installed",
        Text("利旧调拨（调入）", "transfer (fitted)"),
        (
            CODE,
            ASSET,
            day("调拨日期", "moved on", *_MOVED_ON),
            _place(_TO, _TO_NAMES, "KM-BTS0002"),
            _kind_of_place(
                Text("调入场所类型", "kind of site moved to"),
                *(
                    "调入场景",
                    "利旧场景",
                    "新场景",
                    "用途",
                    "梯次用途",
                    "targetkind",
                    "application",
                ),
            ),
            SCOPE_COLUMN,
        ),
        shape=_was_fitted,
    ),
}
