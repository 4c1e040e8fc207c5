"""Reports of facts and tables, as a paper and as a workbook: the same content, the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final, NamedTuple

import xlsxwriter

from dianchi.exchange.language import Language
from dianchi.exchange.paper import Paper


class Share(NamedTuple):
    """A share of one, shown as percent."""

    of_one: Decimal


Value = str | int | Decimal | Share | None
_NUMBERS: Final = (int, Decimal, Share)
_SAFE: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_SMALL: Final = 3.0
_INDENT: Final = 36
_SUBHEAD: Final = 4.4
_WIDTHS: Final = 110
"""Characters across a sheet of a workbook."""
_NOTHING: Final = "—"
_TAB: Final = 31
"""Characters that a workbook allows in the name of a sheet."""
_COLON: Final[Mapping[Language, str]] = {"zh": "：", "en": ": "}
_SHEETS: Final[Mapping[Language, tuple[str, str]]] = {
    "zh": ("概要", "说明"),
    "en": ("Summary", "Notes"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title; `shares` are those of the columns in its width, with a sum of 1."""

    title: str
    heads: Sequence[str]
    shares: Sequence[float]
    rows: Sequence[Sequence[Value]]
    empty: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says.

    Attributes:
        facts: names and values that stand at its head.
        notes: paragraphs at its end, each a name and a text.
        at: what it says of when it was made: a time of its content, not of its printing.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    notes: Sequence[tuple[str, str]]
    notes_title: str
    at: datetime
    language: Language


def report_pdf(report: Report) -> bytes:
    """The report on A4."""
    paper = Paper(report.title, foot=report.title)
    paper.heading(report.title)
    for name, value in report.facts:
        paper.pair(name, value, indent=_INDENT)
    for section in report.sections:
        paper.space()
        paper.heading(section.title, _SUBHEAD)
        if section.rows:
            rows = [[_text(cell) for cell in row] for row in section.rows]
            paper.table(section.heads, rows, section.shares, right=_numeric(section))
        else:
            paper.text(section.empty)
        if section.note:
            paper.text(section.note, _SMALL)
    paper.space()
    paper.heading(report.notes_title, _SUBHEAD)
    for name, text in report.notes:
        paper.text(f"{name}{_COLON[report.language]}{text}" if name else text, _SMALL)
    return paper.pdf(report.at)


def report_xlsx(report: Report) -> bytes:
    """The report as a workbook: a sheet for its head, one for each table, one for its notes."""
    body = BytesIO()
    with xlsxwriter.Workbook(body, _SAFE) as book:
        book.set_properties({"title": report.title, "created": report.at.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bg_color": "#0F766E", "font_color": "#FFFFFF"})
        text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        styles = head, text, book.add_format({"num_format": "0.00%"})
        about = book.add_worksheet(_SHEETS[report.language][0])
        _fill(about, (report.title, ""), report.facts, (0.3, 0.7), styles)
        for section in report.sections:
            sheet = book.add_worksheet(_tab(section.title))
            _fill(sheet, section.heads, section.rows, section.shares, styles)
        notes = book.add_worksheet(_SHEETS[report.language][1])
        _fill(notes, (report.notes_title, ""), report.notes, (0.2, 0.8), styles)
    return body.getvalue()


def _tab(title: str) -> str:
    """As much of a title as the name of a sheet may hold, in whole words."""
    return title if len(title) <= _TAB else title[: _TAB + 1].rpartition(" ")[0] or title[:_TAB]


def _numeric(section: Section) -> list[int]:
    """The columns of numbers, by place."""
    columns = zip(*section.rows, strict=True)
    return [
        place
        for place, cells in enumerate(columns)
        if all(cell is None or isinstance(cell, _NUMBERS) for cell in cells)
    ]


def _fill(
    sheet: Any,  # noqa: ANN401 - of a workbook
    heads: Sequence[str],
    rows: Sequence[Sequence[Value]],
    shares: Sequence[float],
    styles: tuple[Any, Any, Any],
) -> None:
    head, text, percent = styles
    sheet.freeze_panes(1, 0)
    for place, (title, share) in enumerate(zip(heads, shares, strict=True)):
        sheet.set_column(place, place, round(_WIDTHS * share))
        sheet.write_string(0, place, title, head)
    for at, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, Share):
                sheet.write_number(at, place, float(cell.of_one), percent)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(at, place, float(cell))
            elif cell is not None:
                sheet.write_string(at, place, cell, text)


def _text(cell: Value) -> str:
    if cell is None:
        return _NOTHING
    if isinstance(cell, Share):
        return f"{cell.of_one:.2%}"
    return f"{cell:,}" if isinstance(cell, int | Decimal) else cell
