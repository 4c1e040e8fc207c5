"""The monthly report of an area (月报), of the JSON that answers show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from dianchi.exchange.language import Language
from dianchi.exchange.report_tables import (
    FINDINGS,
    OWED,
    Columns,
    finding_rows,
    moment_facts,
    number,
    owed_rows,
    rate_of,
)
from dianchi.exchange.reports import Report, Share, Value

_MOST_FLOWS: Final = 30
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "动力电池流向监测月报 {month} {area}",
        "month": "月份", "area": "范围", "none": "本月没有。", "notes": "指标定义与说明",
        "indicators": "一、指标", "flows": "二、流向", "stages": "三、阶段流转",
        "owed": "四、法定义务（本月到期）", "findings": "五、异常", "outlets": "六、回收网点",
        "taken": "七、归集量居前的单位", "content": "八、新电池再生料含量",
        "savings": "九、节材降碳（估算）", "unknown": "未知",
        "saved_by": "{name}（估算，{table}）",
        "factors": "估算所用因子表：{name}，版本 {version}，来源：{source}，自 {valid_from} 起。",
        "how": "同一月份、同一日志序号，内容与文件逐字节相同；谁在何时取得，见审计日志。"
        "到期判断以“数据截至”之日为准；待核指应报国家平台、本平台未能核对的。",
        "kunit": "质量单位为千克；没有分母的比率不显示。",
    },
    "en": {
        "title": "Traction batteries, monthly report {month} {area}",
        "month": "Month", "area": "Area", "none": "None this month.",
        "notes": "Definitions and notes",
        "indicators": "1 Indicators", "flows": "2 Flows", "stages": "3 Between stages",
        "owed": "4 Statutory duties due this month", "findings": "5 Findings",
        "outlets": "6 Outlets", "taken": "7 Who took in most",
        "content": "8 Recycled content of new packs",
        "savings": "9 Material and CO2 saved (estimate)", "unknown": "unknown",
        "saved_by": "{name} (estimate, {table})",
        "factors": "Factors of the estimate: {name}, version {version}, from {source}, since"
        " {valid_from}.",
        "how": "The same month and log index give the same content and file, byte for byte;"
        " the audit log says who took it when. Terms are judged by the day of `As of`; unchecked is"
        " what is owed to the national platform and was not checked there.",
        "kunit": "Masses are kilograms; a rate with nothing below the line is not shown.",
    },
}  # fmt: skip
_COLUMNS: Final[Mapping[str, Columns]] = {
    "indicators": Columns(
        ("指标", "数值", "单位", "分子", "分母"),
        ("Indicator", "Value", "Unit", "Above", "Below"),
        (0.40, 0.16, 0.10, 0.17, 0.17),
    ),
    "flows": Columns(
        ("方向", "从", "到", "只", "千克"),
        ("Way", "From", "To", "Packs", "kg"),
        (0.12, 0.30, 0.30, 0.12, 0.16),
    ),
    "stages": Columns(
        ("从", "到", "只", "千克"), ("From", "To", "Packs", "kg"), (0.34, 0.34, 0.14, 0.18)
    ),
    "owed": OWED,
    "findings": FINDINGS,
    "outlets": Columns(("类别", "数量"), ("Kind", "Number"), (0.70, 0.30)),
    "taken": Columns(("单位", "只", "千克"), ("Organisation", "Packs", "kg"), (0.60, 0.18, 0.22)),
    "content": Columns(
        ("金属", "至少", "来源未知", "再生（千克）", "所含（千克）"),
        ("Metal", "At least", "Unknown origin", "Recycled, kg", "Held, kg"),
        (0.28, 0.16, 0.18, 0.19, 0.19),
    ),
    "savings": Columns(
        ("来自", "数量", "单位", "节材（估算，千克）", "减碳（估算，千克）"),
        ("By", "Amount", "Unit", "Material, kg (estimate)", "CO2, kg (estimate)"),
        (0.41, 0.10, 0.07, 0.21, 0.21),
    ),
}
_UNITS: Final = {
    "zh": {"share": "比率", "days": "天", "kg": "千克", "packs": "只"},
    "en": {"share": "share", "days": "days", "kg": "kg", "packs": "packs"},
}


def monthly_report(told: Mapping[str, Any], language: Language) -> Report:
    """The report as facts and tables.

    Args:
        told: its members, as JSON has them.
        language: of the report.
    """
    words = _WORDS[language]
    tables = _tables(told, language)
    title = words["title"].format(month=told["month"], area=told["area_name"][language])
    sections = [
        _COLUMNS[name].section(words, name, rows, language) for name, rows in tables.items()
    ]
    notes = [("", words["how"]), ("", words["kunit"])] + [
        (row["name"][language], row["definition"][language])
        for row in (*told["indicators"], told["recycled_content"], told["savings"])
        if row is not None
    ]
    notes += [("", words["factors"].format(**each)) for each in _factors(told)]
    at = datetime.fromisoformat(told["as_of"] or f"{told['month']}-01T00:00:00Z")
    return Report(title, _facts(told, language), sections, notes, words["notes"], at, language)


def _factors(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return told["savings"]["tables"] if told["savings"] else ()


def _facts(told: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    words = _WORDS[language]
    named = [(words["month"], told["month"]), (words["area"], told["area_name"][language])]
    return named + moment_facts(told, language)


def _tables(told: Mapping[str, Any], language: Language) -> dict[str, list[list[Value]]]:
    units = _UNITS[language]
    return {
        "indicators": [
            [
                row["name"][language], rate_of(row), units[row["unit"]],
                number(row["numerator"]), number(row["denominator"]),
            ]
            for row in told["indicators"]
        ],
        "flows": [
            [
                row["way"][language], row["origin_name"][language], row["target_name"][language],
                row["packs"], number(row["mass_kg"]),
            ]
            for row in told["flows"][:_MOST_FLOWS]
        ],
        "stages": [
            [
                row["origin_name"][language], row["target_name"][language], row["packs"],
                number(row["mass_kg"]),
            ]
            for row in told["stages"]
        ],
        "owed": owed_rows(told, language),
        "findings": finding_rows(told, language),
        "outlets": [[row["name"][language], row["number"]] for row in told["outlets"]],
        "taken": [[row["name"], row["packs"], number(row["mass_kg"])] for row in told["taken_in"]],
        "content": [
            [
                row["name"][language], _share(row["share"]) or _WORDS[language]["unknown"],
                _share(row["unknown_share"]), number(row["recycled_kg"]), number(row["held_kg"]),
            ]
            for row in told["recycled_content"]["metals"]
            if row["unknown_share"] is not None
        ],
        **_savings(told, language),
    }  # fmt: skip


def _share(told: str | None) -> Share | None:
    return None if told is None else Share(Decimal(told))


def _savings(told: Mapping[str, Any], language: Language) -> dict[str, list[list[Value]]]:
    """Estimates, each with the table it was made by; no section where no table is set."""
    if told["savings"] is None:
        return {}
    named = _WORDS[language]["saved_by"]
    return {
        "savings": [
            [
                named.format(name=row["name"][language], table=row["table"]),
                number(row["amount"]), row["unit"], number(row["material_kg"]),
                number(row["co2e_kg"]),
            ]
            for row in told["savings"]["rows"]
        ]
    }  # fmt: skip
