"""Files as firms send them: tidy, ugly, and meant to do harm."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from support.api import code

COLUMNS = (
    "序号",
    "资产编号",
    "电池编码",
    "退役日期",
    "退役原因",
    "SOH(%)",
    "站址编码",
    "电池类型",
    "备注",
)


def workbook(
    rows: Iterable[Sequence[Any]], columns: Sequence[str] = COLUMNS, *, title: str | None = None
) -> bytes:
    """A tidy workbook, or with a title over all and groups over some of its columns."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet("资产")
        day = book.add_format({"num_format": "yyyy/m/d"})
        top = 0 if title is None else _two_storeys(sheet, columns, title)
        for at, column in enumerate(columns):
            sheet.write_string(top, at, column)
        for number, row in enumerate(rows, top + 1):
            for at, value in enumerate(row):
                _write(sheet, number, at, value, day)
    return body.getvalue()


def _two_storeys(sheet: Any, columns: Sequence[str], title: str) -> int:
    sheet.merge_range(0, 0, 0, len(columns) - 1, title)
    sheet.merge_range(1, 1, 1, 2, "电池信息")
    sheet.merge_range(1, 3, 1, len(columns) - 1, "退役信息")
    return 2


def _write(sheet: Any, number: int, at: int, value: Any, day: Any) -> None:
    if isinstance(value, date | datetime):
        sheet.write_datetime(number, at, value, day)
    elif isinstance(value, str):
        sheet.write_string(number, at, value)
    elif value is not None:
        sheet.write(number, at, value)


def table(
    rows: Iterable[Sequence[Any]],
    columns: Sequence[str] = COLUMNS,
    *,
    encoding: str = "utf-8",
    separator: str = ",",
) -> bytes:
    """A table as text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue().encode(encoding)


def zipped(**entries: bytes) -> bytes:
    """An archive with these files, well packed; `__` stands for `/`, `_x_` for a dot."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_x_", "."), content)
    return body.getvalue()


def open_document(rows: Iterable[Sequence[str]]) -> bytes:
    """A small table as ODS."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Sheet1">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<m><f m:media-type="{kind}"/></m>'
    return zipped(
        mimetype=kind.encode(),
        **{"META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()},
    )


def retired_row(serial: int, **changes: Any) -> list[Any]:
    """A row of a tower operator's export that can be recorded."""
    told = {
        "序号": serial,
        "资产编号": f"KM-{serial}",
        "电池编码": code(serial),
        "退役日期": date(2026, 6, 1),
        "退役原因": "容量不足",
        "SOH(%)": 72.5,
        "站址编码": "KM-BTS0001",
        "电池类型": "磷酸铁锂",
        "备注": None,
    } | changes
    return [told[name] for name in COLUMNS]
