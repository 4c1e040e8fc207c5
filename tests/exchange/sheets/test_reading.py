"""Files of firms become a header and rows, or are refused for a reason that helps."""

import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets import guards, reading
from dianchi.exchange.sheets.child import MOST_MEMORY
from dianchi.exchange.sheets.guards import Format
from dianchi.exchange.sheets.mapping import is_known
from dianchi.exchange.sheets.process import Opened, Row, read_apart
from support.sheets import COLUMNS, open_document, table, workbook, zipped

ROW = (
    1,
    "KM-1",
    "001PE0010000BBE610000001",
    date(2026, 6, 1),
    "容量不足",
    72.5,
    "S-1",
    "磷酸铁锂",
    None,
)


def read(body: bytes, folder: Path, name: str = "export") -> tuple[Format, list[str], list[Row]]:
    path = folder / "file"
    path.write_bytes(body)
    kind, found = reading.open_table(path, name, is_known)
    return kind, found.header.columns, list(found.rows)


def refusal(body: bytes, folder: Path) -> str:
    with pytest.raises(Refused) as refused:
        read(body, folder)
    assert refused.value.faults[0].way_out.zh
    return refused.value.code


def test_a_tidy_workbook_is_read_with_the_numbers_of_its_rows(tmp_path: Path) -> None:
    kind, columns, rows = read(workbook([ROW, [None] * 9, ROW]), tmp_path)

    assert (kind, columns) == (Format.XLSX, list(COLUMNS))
    assert [number for number, _ in rows] == [2, 4]
    assert rows[0][1] == [
        *ROW[:3],
        "2026-06-01",
        *ROW[4:],
    ]


def test_a_header_under_a_title_and_in_two_storeys_is_found(tmp_path: Path) -> None:
    _, columns, rows = read(workbook([ROW], title="云南铁塔退役电池台账"), tmp_path)

    assert columns == [
        "序号",
        "电池信息/资产编号",
        "电池信息/电池编码",
        *(f"退役信息/{name}" for name in COLUMNS[3:]),
    ]
    assert [(number, cells[1]) for number, cells in rows] == [(4, "KM-1")]


def test_what_excel_did_to_cells_stays_visible(tmp_path: Path) -> None:
    cells = [1, "KM-1", 1.23e15, datetime(2026, 6, 1, 9, 30), 0.1 + 0.2, True]  # noqa: DTZ001
    _, _, rows = read(workbook([cells]), tmp_path)

    assert rows[0][1][2:6] == [1.23e15, "2026-06-01T09:30:00", 0.3, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_however_it_is_encoded(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [[*ROW[:8], "含,逗号;和\n换行"]]
    kind, columns, found = read(table(rows, encoding=encoding, separator=separator), tmp_path)

    assert (kind, columns) == (Format.CSV, list(COLUMNS))
    assert found[0][1][7:] == ["磷酸铁锂", "含,逗号;和\n换行"]


def test_a_code_kept_as_text_for_excel_is_text(tmp_path: Path) -> None:
    _, _, rows = read('资产编号,电池编码\n="001",="0012"\n'.encode(), tmp_path)
    assert rows[0][1] == ["001", "0012"]


def test_open_documents_are_read(tmp_path: Path) -> None:
    kind, columns, rows = read(
        open_document([["资产编号", "退役日期"], ["KM-1", "2026-06-01"]]), tmp_path
    )
    assert (kind, columns) == (Format.ODS, ["资产编号", "退役日期"])
    assert rows == [(2, ["KM-1", "2026-06-01"])]


def test_lines_of_json_are_rows_of_one_cell(tmp_path: Path) -> None:
    kind, columns, rows = read(b'\xef\xbb\xbf{"a":1}\n\n{"b":"\xe7\x94\xb5"}\n', tmp_path)
    assert (kind, columns) == (Format.NDJSON, [])
    assert rows == [(1, ['{"a":1}']), (3, ['{"b":"电"}'])]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "unknown_format"),
        (b"%PDF-1.7\0", "unknown_format"),
        (zipped(readme_x_txt=b"hello"), "unknown_format"),
        (zipped(xl__workbook_x_xml=b"<a/>", xl__vbaProject_x_bin=b"x"), "file_has_macros"),
        (zipped(xl__workbook_x_xml=b"<a/>"), "file_damaged"),
        (workbook([ROW])[:3000], "file_damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), "file_has_macros"),
        (OLE + "WordDocument".encode("utf-16-le"), "unknown_format"),
        ("列".encode()[:2] + b"\xff,1\n", "unknown_encoding"),
        (b"1,2\n3,4\n", "no_header"),
    ],
)
def test_what_is_no_table_is_refused_by_its_reason(tmp_path: Path, body: bytes, code: str) -> None:
    if code == "no_header":
        body = b"1,1\n1,1\n"
    assert refusal(body, tmp_path) == code


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    bomb = zipped(xl__workbook_x_xml=bytes(64 * 1024 * 1024))
    crowd = zipped(**{f"e{n}": b"" for n in range(guards.MOST_ENTRIES + 1)})

    assert refusal(bomb, tmp_path) == "file_suspicious"
    assert refusal(crowd, tmp_path) == "file_suspicious"


def test_too_many_rows_or_columns_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    wide = [f"列{n}" for n in range(reading.MOST_COLUMNS + 1)]

    assert refusal(table([ROW] * 4), tmp_path) == "too_many_rows"
    assert refusal(table([], wide), tmp_path) == "too_many_columns"
    assert len(read(table([ROW] * 3), tmp_path)[2]) == 3


async def told(body: bytes, folder: Path) -> list[Opened | Row]:
    path = folder / "file"
    path.write_bytes(body)
    return [each async for each in read_apart(path, "退役.xlsx")]


async def test_a_process_of_its_own_tells_the_same(tmp_path: Path) -> None:
    opened, *rows = await told(workbook([ROW] * 3), tmp_path)

    assert isinstance(opened, Opened)
    assert (opened.format, opened.sheet, opened.columns) == ("xlsx", "资产", list(COLUMNS))
    assert [row[0] for row in rows] == [2, 3, 4]


async def test_its_refusals_arrive_as_refusals(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        await told(zipped(readme_x_txt=b"hello"), tmp_path)
    assert refused.value.code == "unknown_format"


async def test_a_sheet_that_unpacks_into_all_memory_ends_its_own_process_only(
    tmp_path: Path,
) -> None:
    """A sheet of nothing but empty cells passes every look at the archive."""
    row = b'<row r="1"><c r="XFD1"/></row>' + b"".join(
        b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in (1_048_575, 1_048_576)
    )
    good = workbook([ROW])
    path = tmp_path / "good.xlsx"
    path.write_bytes(good)
    parts = _entries(path)
    sheet = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = (
        sheet + row.replace(b"/>", b"><v>1</v></c>", 1) + b"</sheetData></worksheet>"
    )

    with pytest.raises(Refused) as refused:
        await told(zipped(**parts), tmp_path)

    assert refused.value.code in {"file_damaged", "file_suspicious", "no_header"}
    assert os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 4 > MOST_MEMORY


def _entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
