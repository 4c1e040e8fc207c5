"""The sentences of the frame, by the name that the templates call them."""

from typing import Final

from dianchi.domain.refusals import Text

FRAME: Final[dict[str, Text]] = {
    "lang": Text("zh-CN", "en"),
    "other_lang": Text("en", "zh"),
    "other_name": Text("English", "中文"),
    "brand_line": Text("云南动力电池可信档案", "Trusted battery records of Yunnan"),
    "synthetic": Text(
        "演示数据：此处的电池、企业和人员均为虚构。",
        "Demonstration data: batteries, companies and people here are invented.",
    ),
}
