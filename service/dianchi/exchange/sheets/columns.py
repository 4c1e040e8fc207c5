"""Columns: what they may be called, where their values go, and what many tables have in common.

What a column is called in exports of asset systems is data: a name that was met is added here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dianchi.domain import vocabulary as words
from dianchi.domain.member_names import MEMBER_NAMES
from dianchi.domain.refusals import Text
from dianchi.domain.words import Words

SCOPE: Final = "scope"
"""The column that tells lead-acid sets, which are hazardous waste and not traced here."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind.

    Attributes:
        target: where its value goes in the report, as a path; or `asset`, `scope`.
        title: what templates call it.
        names: what else it is called, without spaces and units.
        read: a reader of `values`.
        words: what it may hold, by its Chinese and English labels.
        choices: what templates offer besides `words`, where other ways of writing it are read, too.
        needed: whether a report lacks something without it; alternatives are told by `kinds`.
        default: what is meant where the table has no such column.
        example: for templates.
    """

    target: str
    title: Text
    names: tuple[str, ...] = ()
    read: str = "text"
    words: Mapping[str, Text] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    needed: bool = False
    default: str | None = None
    example: str = ""

    @property
    def offered(self) -> list[str]:
        """What drop-down lists of templates have."""
        return [*(label.zh for label in self.words.values()), *self.choices]


Shape = Callable[[dict[str, str], str], dict[str, Any]]
"""Makes of what a row says, by target, and of the organisation's id, the members of a report."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rows of a table tell.

    Attributes:
        type: of the reports that they make; `site` where they register sites.
        title: what templates call it.
        columns: that are understood.
        either: of these targets a row needs one at least.
        shape: what is made of a row, where its members are not simply put where they belong.
    """

    type: str
    title: Text
    columns: tuple[Column, ...]
    either: tuple[str, ...] = ("battery", "asset")
    shape: Shape | None = None

    def column(self, target: str) -> Column | None:
        """The column of a target."""
        return next((each for each in self.columns if each.target == target), None)


def members_of(kind: str, values: Mapping[str, str]) -> dict[str, Any]:
    """A report of a type, its values put where their targets say."""
    members: dict[str, Any] = {"type": kind, "data": {}}
    for target, value in values.items():
        *folders, name = target.split("/")
        place = members
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = value
    return members


def said(member: str) -> Text:
    """What a member is called everywhere, as the head of a column."""
    name = MEMBER_NAMES[member]
    return Text(name.zh, name.en[0].lower() + name.en[1:])


def labelled(listed: Words) -> dict[str, Text]:
    """The labels of open or closed vocabulary, by word."""
    return {row.word: row.label for row in listed.rows}


RETIREMENT: Final = {
    "capacity_low": Text("容量不足", "capacity low"),
    "accident": Text("事故", "accident"),
    "vehicle_scrapped": Text("车辆报废", "vehicle scrapped"),
    "site_closed": Text("站点关闭", "site closed"),
    "recall": Text("召回", "recall"),
}
CODE: Final = Column(
    "battery",
    Text("电池编码", "battery code"),
    (
        "编码",
        "国标码",
        "国家编码",
        "电池国标编码",
        "溯源编码",
        "电池溯源编码",
        "电池包编码",
        "电池组编码",
        "电池码",
        "24位编码",
        "gb/t34014",
        "code",
        "batteryid",
        "packcode",
        "gbcode",
    ),
    "code",
    example="001PE0010000BBE610000001",
)
ASSET: Final = Column(
    "asset",
    Text("资产编号", "asset number"),
    (
        "资产编码",
        "资产卡片编号",
        "设备编号",
        "设备编码",
        "资产标签号",
        "资产号",
        "assetno",
        "assetid",
        "asset",
        "tag",
    ),
    "number",
    example="KM-000123",
)
SCOPE_COLUMN: Final = Column(
    SCOPE,
    Text("电池类型", "battery type"),
    ("类型", "电池种类", "蓄电池类型", "电池类别", "化学体系", "chemistry", "batterykind", "type"),
    example="磷酸铁锂",
)
SITE: Final = Column(
    "site",
    Text("站址编码", "site code"),
    ("站点编码", "站址编号", "站点编号", "基站编码", "基站编号", "机房编码", "所在站址", "site"),
    "number",
    example="KM-BTS0001",
)
HOST: Final = Column(
    "data/host/id",
    Text("拆出站址", "removed from"),
    ("安装站址", "原站址", "安装位置", "原安装位置", "host", "hostid", "location"),
    "number",
    example="KM-BTS0001",
)
HOST_KIND: Final = Column(
    "data/host/kind",
    Text("站址类型", "kind of site"),
    ("场景", "安装场景", "站点类型", "hostkind"),
    words=labelled(words.HOSTS),
    default="base_station",
    example="通信基站",
)
SOH: Final = Column(
    "data/soh_percent",
    said("soh_percent"),
    ("soh", "剩余容量", "剩余容量比例", "健康度", "健康状态", "容量保持率", "残余容量"),
    "percent",
    example="72.5",
)


def day(zh: str, en: str, *names: str) -> Column:
    """The day on which it happened, which every report needs."""
    return Column(
        "occurred_at",
        Text(zh, en),
        ("日期", "时间", "date", "occurredat", *names),
        "moment",
        needed=True,
        example="2026-06-01",
    )


def reason(meanings: Mapping[str, Text], default: str, *names: str) -> Column:
    """Why it happened: by label, else in words of one's own."""
    return Column(
        "data/reason",
        said("reason"),
        ("事由", "说明", *names),
        words=meanings,
        needed=True,
        default=default,
        example=meanings[default].zh,
    )


def measure(member: str, *names: str, example: str = "") -> Column:
    """A decimal of the data, in the unit that its title names."""
    return Column(f"data/{member}", said(member), names, "decimal", example=example)
