"""The data sheet of an asset pack as a workbook and on paper.

What others typed never becomes a formula or a link: every text is written as text.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from dianchi.domain.asset_sheet import UNKNOWN, method_label
from dianchi.domain.vocabulary import label
from dianchi.exchange.paper import Paper, local_text

COLUMNS: Final = (
    ("battery", "编码 Battery", 30),
    ("stage", "状态 Stage", 16),
    ("chemistry", "化学体系 Chemistry", 14),
    ("energy_kwh", "额定能量 Energy kWh", 14),
    ("soh_percent", "健康状态 SOH %", 12),
    ("method", "检测方法 Method", 26),
    ("tested_by", "检测单位 Tested by", 24),
    ("tested_on", "检测日期 Tested on", 14),
    ("retired_on", "退役日期 Retired on", 14),
    ("recorded_share", "记录占比 Recorded share", 12),
    ("incidents", "安全事件 Incidents", 10),
    ("quarantined", "隔离 Quarantined", 10),
    ("last_event", "最近事件 Last event", 38),
    ("log_index", "日志序号 Log index", 12),
)
_NUMBERS: Final = frozenset(
    ("energy_kwh", "soh_percent", "recorded_share", "incidents", "log_index")
)
_ON_PAPER: Final = 120
"""Batteries that a printed sheet lists; the workbook has all of them."""


def sheet_xlsx(told: Mapping[str, Any]) -> bytes:
    """A workbook of two sheets: the figures, and a row for each battery."""
    file = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, safe) as book:
        text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF"})
        figures = book.add_worksheet("概要 Summary")
        figures.set_column(0, 0, 34)
        figures.set_column(1, 1, 64)
        for row, (name, value) in enumerate(facts_of(told)):
            figures.write_string(row, 0, name, head)
            figures.write_string(row, 1, value, text)
        _list(book.add_worksheet("电池 Batteries"), told["items"], head, text)
    return file.getvalue()


def _list(
    sheet: Any,  # noqa: ANN401 - of a library without types
    items: Sequence[Mapping[str, Any]],
    head: object,
    text: object,
) -> None:
    sheet.freeze_panes(1, 1)
    for column, (_, title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    for row, item in enumerate(items, 1):
        for column, (name, _, _) in enumerate(COLUMNS):
            value = item[name]
            if value is not None and name in _NUMBERS:
                sheet.write_number(row, column, float(value))
            elif value is not None:
                sheet.write_string(row, column, _cell(name, value), text)
    sheet.autofilter(0, 0, max(len(items), 1), len(COLUMNS) - 1)


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 - a JSON scalar
    if name in ("stage", "chemistry"):
        return f"{label(value, 'zh')} {label(value, 'en')}"
    if name == "method":
        return method_label(value, "zh")
    if name == "quarantined":
        return "是 yes" if value else "否 no"
    return str(value)


def facts_of(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a sheet, in words."""
    share = told["recorded_share"]
    known = "—" if share is None else f"{float(share):.0%}"
    log = told["log"]
    return [
        ("资产包 Asset pack", told["title"]),
        ("持有单位 Owner", f"{told['owner_name'] or ''} {told['owner']}".strip()),
        ("冻结时间 Frozen at", local_text(told["frozen_at"])),
        ("数量 Batteries", str(told["count"])),
        ("额定能量 Rated energy", _energy(told)),
        ("状态 Stages", _counted(told["stages"])),
        ("化学体系 Chemistries", _counted(told["chemistries"])),
        ("记录占比 Recorded share", f"{known}{_without(told['unknown_age'])}"),
        ("安全事件 Incidents", f"{told['incidents']}（{told['with_incidents']} 只 batteries）"),
        ("隔离中 Quarantined", str(told["quarantined"])),
        ("日志 Log", f"{log['origin']} · {log['size']}" if log else "尚无签名 not signed yet"),
    ]


def _energy(told: Mapping[str, Any]) -> str:
    if told["without_energy"] == told["count"]:
        return "未知 unknown"
    return f"{told['energy_kwh']} kWh{_without(told['without_energy'])}"


def _without(count: int) -> str:
    return f"（{count} 只未知 unknown）" if count else ""


def _counted(counts: Mapping[str, int]) -> str:
    return "；".join(f"{_word(word)} {count}" for word, count in counts.items())


def _word(word: str) -> str:
    return "未知 unknown" if word == UNKNOWN else f"{label(word, 'zh')} {label(word, 'en')}"


def sheet_pdf(told: Mapping[str, Any], sha256: str, until: str) -> bytes:
    """The same on A4, with the first batteries; the workbook lists all.

    Args:
        told: the sheet, as JSON has it.
        sha256: of its canonical JSON, in hexadecimal.
        until: the last day on which it is shown.
    """
    paper = Paper(f"资产包 {told['title']}", foot=f"资产包 {told['title']}")
    paper.heading("资产包数据表  Data sheet of an asset pack")
    for name, value in facts_of(told):
        paper.pair(name, value)
    paper.pair("有效至 Shown until", until)
    paper.space()
    paper.heading("健康状态与检测方法  SOH by method", 4.4)
    rows = [
        (
            f"{row['soh_percent']} %" if row["soh_percent"] else "—",
            str(row["count"]),
            f"{method_label(row['method'], 'zh')} {method_label(row['method'], 'en')}",
        )
        for row in told["soh"]
    ]
    paper.table(("SOH", "数量 Count", "方法 Method"), rows, (0.16, 0.16, 0.68))
    _batteries(paper, told["items"])
    paper.space()
    paper.heading("说明  Notes", 4.4)
    for line in _NOTES:
        paper.text(line, 3.2)
    paper.pair("SHA-256", sha256, face="mono")
    return paper.pdf()


_NOTES: Final = (
    "数据为冻结时记录所载，不是检测承诺。记录占比：自生产以来的天数中，本平台有记录的部分。",
    "What the record said when it was frozen; no warranty.",
    "Recorded share: of the days since a battery was made, those with a record on this platform.",
    "电池的完整履历只对持有和接收单位开放，移交之后可见。",
    "Whole lives are shown to who holds a battery or is being sent it: after the hand-over.",
)


def _batteries(paper: Paper, items: Sequence[Mapping[str, Any]]) -> None:
    paper.space()
    more = f"，前 {_ON_PAPER} 只 the first {_ON_PAPER}" if len(items) > _ON_PAPER else ""
    paper.heading(f"电池 Batteries ({len(items)}{more})", 4.4)
    rows = [
        (
            item["battery"],
            item["energy_kwh"] or "—",
            item["soh_percent"] or "—",
            item["tested_on"] or "—",
            str(item["incidents"]),
        )
        for item in items[:_ON_PAPER]
    ]
    head = ("编码 Battery", "kWh", "SOH %", "检测 Tested", "事件 Inc.")
    paper.table(head, rows, (0.46, 0.12, 0.12, 0.18, 0.12), mono=(0,))
