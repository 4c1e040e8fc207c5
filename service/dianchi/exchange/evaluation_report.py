"""The third-party evaluation of an organisation (第三方评价), of the JSON that answers show."""

from collections.abc import Mapping
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

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "第三方评价表 {name}",
        "name": "单位", "id": "编号", "roles": "角色", "period": "评价期", "scope": "所见范围",
        "rates": "一、及时、完整、闭环", "owed": "二、法定义务（评价期内到期）",
        "findings": "三、异常", "recovery": "四、金属回收率与下限（供对照）", "none": "没有。",
        "notes": "定义与说明",
        "how": "各项按本平台的记录计算，定义由本平台拟定（D）；平台约定的义务不参与及时率。"
        "州市监管部门看到的只是辖区内发生的事。同一评价期、同一日志序号，内容逐字节相同。",
    },
    "en": {
        "title": "Third-party evaluation, {name}",
        "name": "Organisation", "id": "Id", "roles": "Roles", "period": "Period",
        "scope": "As seen by",
        "rates": "1 In time, complete, closed", "owed": "2 Statutory duties due in the period",
        "findings": "3 Findings", "recovery": "4 Metal recovery beside the floors",
        "none": "None.", "notes": "Definitions and notes",
        "how": "All of it is worked out of the record kept here, by definitions of our own (D);"
        " house rules do not count for timeliness. An officer sees what happened in its area only."
        " The same period and log index give the same content, byte for byte.",
    },
}  # fmt: skip
_COMMA: Final[Mapping[Language, str]] = {"zh": "、", "en": ", "}
_COLUMNS: Final[Mapping[str, Columns]] = {
    "rates": Columns(
        ("项目", "数值", "分子", "分母"),
        ("What", "Value", "Above", "Below"),
        (0.46, 0.18, 0.18, 0.18),
    ),
    "owed": OWED,
    "findings": FINDINGS,
    "recovery": Columns(
        ("金属", "回收率", "回收千克", "投入千克", "工艺", "下限", "对照"),
        ("Metal", "Rate", "Out kg", "In kg", "Process", "Floor", "Compared"),
        (0.10, 0.12, 0.16, 0.16, 0.18, 0.12, 0.16),
    ),
}
_COMPARED: Final = {
    "zh": {True: "不低于下限", False: "低于下限", None: "—"},
    "en": {True: "not below", False: "below", None: "—"},
}


def evaluation_report(told: Mapping[str, Any], language: Language) -> Report:
    """The sheet as facts and tables.

    Args:
        told: its members, as JSON has them.
        language: of the sheet.
    """
    words = _WORDS[language]
    sections = [
        _COLUMNS[name].section(words, name, rows, language)
        for name, rows in _tables(told, language).items()
    ]
    notes = [("", words["how"])] + [
        (row["name"][language], row["definition"][language])
        for row in (*told["rates"], *told["criteria"])
    ]
    at = datetime.fromisoformat(told["as_of"] or f"{told['last']}-01T00:00:00Z")
    title = words["title"].format(name=told["name"])
    return Report(title, _facts(told, language), sections, notes, words["notes"], at, language)


def _facts(told: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    words = _WORDS[language]
    return [
        (words["name"], told["name"]),
        (words["id"], told["organisation"]),
        (words["roles"], _COMMA[language].join(role[language] for role in told["role_names"])),
        (words["period"], f"{told['first']} – {told['last']}"),
        (words["scope"], told["scope_name"][language]),
        *moment_facts(told, language),
    ]


def _tables(told: Mapping[str, Any], language: Language) -> dict[str, list[list[Value]]]:
    return {
        "rates": [
            [
                row["name"][language], rate_of(row), number(row["numerator"]),
                number(row["denominator"]),
            ]
            for row in told["rates"]
        ],
        "owed": owed_rows(told, language),
        "findings": finding_rows(told, language),
        "recovery": [
            [
                row["metal_name"][language], Share(Decimal(row["value"])),
                number(row["out_kg"]), number(row["in_kg"]),
                floor["process_name"][language], Share(Decimal(floor["share"])),
                _COMPARED[language][floor["kept"]],
            ]
            for row in told["recovery"]
            for floor in row["floors"]
        ],
    }  # fmt: skip
