"""The kinds of tables that are read, and the columns of each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.refusals import Text
from dianchi.exchange.sheets.columns import (
    ASSET,
    CODE,
    HOST,
    HOST_KIND,
    RETIREMENT,
    SCOPE,
    SCOPE_COLUMN,
    SITE,
    SOH,
    Column,
    Kind,
    day,
    labelled,
    measure,
    reason,
    said,
)
from dianchi.exchange.sheets.national import FLAT
from dianchi.exchange.sheets.stations import STATIONS
from dianchi.exchange.sheets.transfers import REMOVAL, TRANSFERS

REPORTS: Final = "reports"
"""Files of one JSON report per line: there is nothing to understand about columns."""
NATIONAL: Final = "national"
"""Files of the nested form of the national interface: what it says is understood as it is read."""
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "retired": Kind(
            "retired",
            Text("退役", "retired"),
            (
                CODE,
                ASSET,
                day("退役日期", "retired on", "退网日期", "报废日期", "下电日期", "retiredat"),
                reason(RETIREMENT, "capacity_low", "退役原因", "报废原因", "退网原因"),
                SOH,
                SITE,
                HOST,
                HOST_KIND,
                SCOPE_COLUMN,
            ),
        ),
        "removed": Kind(
            "removed",
            Text("拆下", "removed"),
            (
                CODE,
                ASSET,
                day("拆下日期", "removed on", "拆除日期", "下站日期", "removedat"),
                Column(
                    HOST.target,
                    HOST.title,
                    HOST.names,
                    HOST.read,
                    needed=True,
                    example=HOST.example,
                ),
                HOST_KIND,
                reason(REMOVAL, "end_of_life", "拆下原因", "拆除原因"),
                SOH,
                SITE,
                SCOPE_COLUMN,
            ),
        ),
        "declared": Kind(
            "declared",
            Text("存量登记", "existing stock declared"),
            (
                CODE,
                ASSET,
                day("登记日期", "declared on", "盘点日期", "启用日期", "入网日期"),
                Column(
                    "data/stage",
                    said("stage"),
                    ("状态", "使用状态", "资产状态"),
                    words={
                        "second_life": Text("梯次利用中", "second life"),
                        "in_use": Text("在用", "in use"),
                        "retired": Text("已退役", "retired"),
                    },
                    needed=True,
                    default="second_life",
                    example="梯次利用中",
                ),
                Column(
                    "data/basis",
                    Text("登记依据", "basis"),
                    ("依据",),
                    words=labelled(words.DECLARED_BASES),
                    needed=True,
                    default="opening_stock",
                ),
                Column(
                    "data/chemistry",
                    said("chemistry"),
                    ("电池化学体系", "正极材料", "chemistry"),
                    words=labelled(words.CHEMISTRIES),
                    example="磷酸铁锂",
                ),
                Column("data/model", said("model"), ("电池型号", "规格型号", "产品型号")),
                measure("rated_capacity_ah", "额定容量", "容量", example="100"),
                measure("rated_energy_kwh", "额定能量", "电量", example="4.8"),
                measure("mass_kg", "质量", "重量", example="42"),
                Column(
                    "data/host/id",
                    Text("安装站址", "installed at"),
                    ("所在站址", "安装位置", "host", "location"),
                    "number",
                    example="KM-BTS0001",
                ),
                HOST_KIND,
                Column(
                    SCOPE,
                    SCOPE_COLUMN.title,
                    tuple(n for n in SCOPE_COLUMN.names if "化学" not in n and n != "chemistry"),
                    example="锂电池",
                ),
            ),
        ),
        **TRANSFERS,
        **FLAT,
        "sites": STATIONS,
    }
)
