"""Rows in slices: packed to be kept, unpacked to be worked on; the same for their results."""

import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from dianchi.exchange.sheets.headers import Cell

Row = tuple[int, list[Cell]]
"""The number of a row in its file, from 1, and its cells."""
_LEVEL: Final = 1


class Result(msgspec.Struct, omit_defaults=True):
    """What became of a row.

    Attributes:
        row: its number in the file.
        outcome: of `upload.TALLIES`.
        event_id: of the report that it makes.
        battery: the name that it gives.
        faults: as `jobs.fault_json` tells them, each with its `column`.
        findings: codes of what does not fit, where it was taken.
        same_as: the first row that makes the same report.
    """

    row: int
    outcome: str
    event_id: str | None = None
    battery: str | None = None
    faults: list[dict[str, Any]] = []
    findings: list[str] = []
    same_as: int | None = None


_encode: Final = msgspec.json.Encoder().encode
_rows: Final = msgspec.json.Decoder(list[tuple[int, list[Any]]])
_results: Final = msgspec.json.Decoder(list[Result])


def pack(rows: Sequence[Row] | Sequence[Result]) -> bytes:
    """Rows or results as they are kept."""
    return zlib.compress(_encode(rows), _LEVEL)


def unpack_rows(packed: bytes) -> list[Row]:
    """The rows."""
    return _rows.decode(zlib.decompress(packed))


def unpack_results(packed: bytes) -> list[Result]:
    """The results."""
    return _results.decode(zlib.decompress(packed))
