"""The third-party evaluation of an organisation (第三方评价), of the JSON that answers show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from dianchi.exchange.language import Language
from dianchi.exchange.monthly_report import number, rate_of
from dianchi.exchange.reports import Report, Section, Share, Value

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "第三方评价表 {name}",
        "name": "单位", "id": "编号", "roles": "角色", "period": "评价期", "scope": "所见范围",
        "as_of": "数据截至", "log_index": "日志序号", "sha256": "内容 SHA-256",
        "rates": "一、及时、完整、闭环", "owed": "二、法定义务（评价期内到期）",
        "findings": "三、异常", "recovery": "四、金属回收率与下限（供对照）", "none": "没有。",
        "notes": "定义与说明",
        "how": "各项按本平台的记录计算，定义由本平台拟定（D）；平台约定的义务不参与及时率。"
        "州市监管部门看到的只是辖区内发生的事。同一评价期、同一日志序号，内容逐字节相同。",
    },
    "en": {
        "title": "Third-party evaluation, {name}",
        "name": "Organisation", "id": "Id", "roles": "Roles", "period": "Period",
        "scope": "As seen by", "as_of": "As of", "log_index": "Log index",
        "sha256": "Content SHA-256",
        "rates": "1 In time, complete, closed", "owed": "2 Statutory duties due in the period",
        "findings": "3 Findings", "recovery": "4 Metal recovery beside the floors",
        "none": "None.", "notes": "Definitions and notes",
        "how": "All of it is worked out of the record kept here, by definitions of our own (D);"
        " house rules do not count for timeliness. An officer sees what happened in its area only."
        " The same period and log index give the same content, byte for byte.",
    },
}  # fmt: skip
_HEADS: Final[Mapping[Language, Mapping[str, Sequence[str]]]] = {
    "zh": {
        "rates": ("项目", "数值", "分子", "分母"),
        "owed": ("义务", "按期", "逾期办结", "超期未办", "未到期", "待核", "失效"),
        "findings": ("异常", "级别", "新增", "消除", "期末未消除"),
        "recovery": ("金属", "回收率", "回收千克", "投入千克", "工艺", "下限", "对照"),
    },
    "en": {
        "rates": ("What", "Value", "Above", "Below"),
        "owed": ("Duty", "Met", "Late", "Overdue", "Running", "Unchecked", "Lapsed"),
        "findings": ("Finding", "Severity", "Opened", "Closed", "Open at the end"),
        "recovery": ("Metal", "Rate", "Out kg", "In kg", "Process", "Floor", "Compared"),
    },
}
_SHARES: Final[Mapping[str, Sequence[float]]] = {
    "rates": (0.46, 0.18, 0.18, 0.18),
    "owed": (0.40, 0.09, 0.12, 0.12, 0.11, 0.08, 0.08),
    "findings": (0.44, 0.11, 0.12, 0.12, 0.21),
    "recovery": (0.10, 0.12, 0.16, 0.16, 0.18, 0.12, 0.16),
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
        Section(words[name], _HEADS[language][name], _SHARES[name], rows, words["none"])
        for name, rows in _tables(told, language).items()
    ]
    notes = [("", words["how"])] + [
        (row["name"][language], row["definition"][language])
        for row in (*told["rates"], *told["criteria"])
    ]
    at = datetime.fromisoformat(told["as_of"] or f"{told['last']}-01T00:00:00Z")
    title = words["title"].format(name=told["name"])
    return Report(title, _facts(told, language), sections, notes, words["notes"], at)


def _facts(told: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    words, index = _WORDS[language], told["log_index"]
    return [
        (words["name"], told["name"]),
        (words["id"], told["organisation"]),
        (words["roles"], "、".join(role[language] for role in told["role_names"])),
        (words["period"], f"{told['first']} – {told['last']}"),
        (words["scope"], told["scope_name"][language]),
        (words["as_of"], told["as_of_text"]),
        (words["log_index"], "—" if index is None else str(index)),
        (words["sha256"], told["sha256"]),
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
        "owed": [
            [
                row["duty_text"][language], row["met"], row["late"], row["overdue"],
                row["running"], row["unchecked"], row["lapsed"],
            ]
            for row in told["obligations"]
        ],
        "findings": [
            [
                row["title"][language], row["severity_text"][language], row["opened"],
                row["closed"], row["open"],
            ]
            for row in told["findings"]
        ],
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
