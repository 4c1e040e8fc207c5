"""What is looked at before a file is opened: what it is, and whether opening it would do harm."""

import mmap
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Final

from dianchi.exchange.sheets.faults import (
    damaged,
    encrypted,
    suspicious,
    unknown_format,
    with_macros,
)

MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 1024**3
"""Bytes; a million rows of twelve columns are about 600 MB of XML."""
MOST_RATIO: Final = 200
"""Times; honest tables shrink by 10 to 40, a bomb by a thousand."""
_FREE: Final = 16 * 1024 * 1024
"""Bytes unpacked that harm nobody, however well they were packed."""
_ENCRYPTED: Final = 1
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Format(StrEnum):
    """What a file is, by its bytes; names are not believed."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    NDJSON = "ndjson"


def format_of(path: Path, name: str) -> Format:
    """What a file is, once it is seen to be harmless.

    Args:
        path: where it lies.
        name: as its sender calls it; tells nothing but text from lines of JSON.

    Raises:
        Refused: `unknown_format`, `file_encrypted`, `file_has_macros`, `file_suspicious` or
            `file_damaged`.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_ZIP):
        return _zipped(path, name)
    if head.startswith(_OLE):
        return _ole(path)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unknown_format(name)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise unknown_format(name)
    return Format.NDJSON if text.startswith(b"{") else Format.CSV


def _zipped(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries, path.stat().st_size)
            names = {entry.filename for entry in entries}
            if any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise encrypted()
            if "META-INF/manifest.xml" in names:
                return _ods(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise damaged(str(error)) from None
    if any(_is_program(entry) for entry in names):
        raise with_macros()
    if "xl/workbook.xml" not in names:
        raise unknown_format(name)
    return Format.XLSX


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise suspicious(
            (f"压缩包内有 {len(entries)} 个文件", f"holds {len(entries)} files"), len(entries)
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED or (unpacked > _FREE and unpacked > MOST_RATIO * size):
        raise suspicious(
            (f"{size} 字节会展开成 {unpacked} 字节", f"{size} bytes unpack to {unpacked}"), unpacked
        )


def _is_program(entry: str) -> bool:
    told = entry.lower()
    return told.endswith("vbaproject.bin") or told.startswith(("xl/macrosheets/", "xl/activex/"))


def _ods(archive: zipfile.ZipFile, names: set[str]) -> Format:
    manifest = archive.read("META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise encrypted()
    if any(entry.startswith(("Basic/", "Scripts/")) for entry in names):
        raise with_macros()
    if b"opendocument.spreadsheet" not in manifest:
        raise unknown_format("")
    return Format.ODS


def _ole(path: Path) -> Format:
    """An old workbook, or a new one that Excel wrapped to encrypt it: names are UTF-16 in it."""
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body,
    ):
        if _has(body, "EncryptedPackage"):
            raise encrypted()
        if _has(body, "_VBA_PROJECT"):
            raise with_macros()
        if not (_has(body, "Workbook") or _has(body, "Book")):
            raise unknown_format(path.name)
    return Format.XLS


def _has(body: mmap.mmap, name: str) -> bool:
    return body.find(name.encode("utf-16-le")) >= 0
