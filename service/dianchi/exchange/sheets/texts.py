"""Tables as text: comma, tab or semicolon; UTF-8, UTF-16 or what Excel writes in China."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dianchi.exchange.sheets.faults import damaged, refused_file

_CHUNK: Final = 1024 * 1024
_SEPARATORS: Final = ",\t;"
_SAMPLE: Final = 64 * 1024
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def encoding_of(path: Path) -> str:
    """How the text is encoded.

    Raises:
        Refused: `unknown_encoding`.
    """
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
    for encoding in _ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise refused_file(
        "unknown_encoding",
        ("文字编码既不是 UTF-8 也不是 GB 18030", "the text is neither UTF-8 nor GB 18030"),
        ("请另存为“CSV UTF-8”再传", "save it as 'CSV UTF-8'"),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def text_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a text, one after the other.

    Raises:
        Refused: `unknown_encoding` or `file_damaged`.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        separator = separator_of(file.read(_SAMPLE))
        file.seek(0)
        try:
            for row in csv.reader(file, delimiter=separator):
                yield [_plain(cell) for cell in row]
        except csv.Error as error:
            raise damaged(str(error)) from None


def separator_of(sample: str) -> str:
    """What stands most often between the cells of the first lines; quoted text does not count."""
    outside = "".join(sample.split('"')[::2])
    return max(_SEPARATORS, key=lambda each: (outside.count(each), -_SEPARATORS.index(each)))


def _plain(cell: str) -> str:
    """Undoes what programs write to keep Excel from taking a code for a number: `="001"`."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell
