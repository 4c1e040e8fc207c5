"""A work list as a workbook: a row for each set, with who reported it when."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from dianchi.exchange.paper import local_text

_STATES: Final = {
    "open": "待拆 open",
    "done": "已完成 done",
    "gone": "已由他人上报 reported by others",
    "not_found": "没找到 not found",
    "beside": "不在单上 not on the list",
}
COLUMNS: Final = (
    ("序号 No.", 8),
    ("站点 Station", 18),
    ("站点名称 Name", 24),
    ("电池 Battery", 30),
    ("应拆 Expected", 10),
    ("状态 State", 24),
    ("完成的电池 Done by the set", 30),
    ("上报 Report", 12),
    ("时间 Time", 26),
    ("单位 By", 26),
    ("设备 Device", 16),
    ("没找到，因为 Not found, because", 36),
    ("日志序号 Log index", 12),
)
_SAFE: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def work_xlsx(told: Mapping[str, Any]) -> bytes:
    """A workbook of two sheets: what the list says, and its rows.

    Args:
        told: the list with its rows, as answers show it.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _SAFE) as book:
        # What people typed never becomes a formula.
        text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF"})
        sheet = book.add_worksheet("派工单 Work list")
        sheet.freeze_panes(1, 1)
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        lines = list(_lines(told))
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(line):
                if isinstance(value, int):
                    sheet.write_number(row, column, value)
                elif value:
                    sheet.write_string(row, column, value, text)
        sheet.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
        figures = book.add_worksheet("概要 Summary")
        figures.set_column(0, 0, 24)
        figures.set_column(1, 1, 60)
        for row, (name, value) in enumerate(_facts(told)):
            figures.write_string(row, 0, name, head)
            figures.write_string(row, 1, value, text)
    return file.getvalue()


def _lines(told: Mapping[str, Any]) -> Iterator[Sequence[str | int | None]]:
    for row in told["rows"]:
        at = (row["place"], row["station"], row["station_name"], row["battery"], row["expected"])
        note = row["note"]["why"] if row["note"] else None
        for tick in row["ticks"] or [None]:
            yield (*at, _STATES[row["state"]], *_ticked(tick), note, tick and tick["log_index"])
    for tick in told["beside"]:
        nothing = (None, None, None, None, None)
        yield (*nothing, _STATES["beside"], *_ticked(tick), None, tick["log_index"])


def _ticked(tick: Mapping[str, Any] | None) -> Sequence[str | None]:
    if tick is None:
        return (None,) * 5
    by = tick["agent_name"] or tick["agent"] or tick["organisation_name"] or tick["organisation"]
    return (
        tick["battery"],
        tick["type"],
        _moment(tick["occurred_at"]),
        by,
        tick["device_name"] or tick["device"],
    )


def _moment(told: str) -> str:
    return told if len(told) == len("2026-01-01") else local_text(told)


def _facts(told: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    counted = told["tallies"]
    return (
        ("编号 Number", told["number"]),
        ("名称 Name", told["name"]),
        ("派工单位 Owner", told["owner_name"] or told["owner"]),
        ("作业单位 Crew", told["crew_name"] or told["crew"]),
        ("期限 Due", told["due"]),
        ("应拆 Sets", str(counted["sets"])),
        ("已完成 Done", str(counted["done"])),
        ("没找到 Not found", str(counted["not_found"])),
        ("已由他人上报 By others", str(counted["gone"])),
        ("剩余 Left", str(counted["left"])),
        ("截至日志 As of log index", str(told["log_index"])),
    )
