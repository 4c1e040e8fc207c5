"""The table by which a firm registers its sites: base stations, by the tens of thousands."""

from typing import Any, Final

from dianchi.domain import vocabulary as words
from dianchi.domain.areas import FUNCTIONAL_AREAS
from dianchi.domain.counties import COUNTIES
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Text
from dianchi.exchange.sheets.columns import Column, Kind, labelled

SITE: Final = "site"
"""What rows make that register sites, where others make a report of some type."""


def _as_told(values: dict[str, str], _: str) -> dict[str, Any]:
    return values


STATIONS: Final = Kind(
    SITE,
    Text("站点登记", "sites registered"),
    (
        Column(
            "number",
            Text("站址编码", "site code"),
            (
                *("站点编码", "站址编号", "站点编号", "基站编码", "基站编号", "机房编码", "编码"),
                *("场所编号", "siteid", "sitecode", "siteno"),
            ),
            "number",
            needed=True,
            example="KM-BTS0001",
        ),
        Column(
            "name",
            Text("站址名称", "site name"),
            ("站点名称", "基站名称", "机房名称", "场所名称", "名称", "sitename"),
            needed=True,
            example="昆明五华翠湖基站",
        ),
        Column(
            "kind",
            Text("场所类型", "kind of site"),
            ("类型", "站址类型", "站点类型", "场景", "sitekind"),
            words=labelled(words.SITE_KINDS),
            needed=True,
            default="base_station",
            example="通信基站",
        ),
        Column(
            "prefecture",
            Text("州市", "prefecture"),
            ("市", "地市", "所属地市", "州(市)", "city"),
            choices=tuple(prefecture.zh for prefecture in YUNNAN),
            example="昆明市",
        ),
        Column(
            "county",
            Text("区县", "county"),
            ("县", "所属区县", "区(县)", "县区", "县(市、区)", "district"),
            choices=tuple(county.zh for county in COUNTIES if county.valid_to is None),
            example="五华区",
        ),
        Column(
            "functional",
            Text("功能区", "functional area"),
            ("新区",),
            words={area.word: area.label for area in FUNCTIONAL_AREAS},
        ),
        Column(
            "area_m2",
            Text("面积(m²)", "area (m²)"),
            ("面积", "机房面积", "占地面积"),
            "decimal",
            example="25",
        ),
        Column(
            "capacity_kg",
            Text("贮存能力(kg)", "capacity (kg)"),
            ("贮存能力", "储存能力", "容量"),
            "decimal",
        ),
        Column(
            "opened_on",
            Text("启用日期", "opened on"),
            ("入网日期", "建成日期", "开通日期", "投运日期"),
            "moment",
            example="2019-05-01",
        ),
        Column(
            "closed_on",
            Text("停用日期", "closed on"),
            ("退网日期", "拆站日期", "关闭日期"),
            "moment",
        ),
    ),
    (),
    _as_told,
)
"""Areas and capacities as `POST /v1/sites` takes them; permits and principals only it takes."""
