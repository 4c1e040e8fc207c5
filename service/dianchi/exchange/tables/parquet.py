"""A table as Parquet. Its library is an extra: it is larger than the rest of the service."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dianchi.exchange.language import Language
from dianchi.exchange.tables.cells import Column, Row, text_of
from dianchi.exchange.tables.telling import About

_LIBRARY: Final = "pyarrow"
_GROUP: Final = 10_000
"""Rows that are written, and so held, together."""


@lru_cache(maxsize=1)
def is_parquet_there() -> bool:
    """Whether this installation can write Parquet."""
    return find_spec(_LIBRARY) is not None


class ParquetFile:
    """A Parquet file that is being written, a group of rows at a time.

    Columns have their names for machines; counts are whole numbers, amounts doubles. What it is
    stands in the metadata of the file.
    """

    def __init__(self, path: Path, _: str, columns: Sequence[Column], __: Language) -> None:
        self._arrow: Any = import_module(_LIBRARY)
        parquet: Any = import_module(f"{_LIBRARY}.parquet")
        arrow = self._arrow
        kinds = {"text": arrow.string(), "count": arrow.int64(), "amount": arrow.float64()}
        fields = [(column.name, kinds[column.kind]) for column in columns]
        self._columns = columns
        self._schema = arrow.schema(fields)
        self._writer = parquet.ParquetWriter(str(path), self._schema)
        self._waiting: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        self._waiting += rows
        if len(self._waiting) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        told = zip(*self._waiting, strict=True)
        arrays = [
            [_typed(cell, column) for cell in cells]
            for column, cells in zip(self._columns, told, strict=True)
        ]
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))
        self._waiting = []

    def close(self, about: About) -> None:
        """Ends the file, and says in it what it is."""
        if self._waiting:
            self._flush()
        told = {f"dianchi.{fact.name}": fact.value for fact in about}
        self._writer.add_key_value_metadata(told)
        self._writer.close()


def _typed(cell: Any, column: Column) -> Any:  # noqa: ANN401 - a cell
    if cell is None:
        return None
    if column.kind == "text":
        return text_of(cell)
    return int(cell) if column.kind == "count" else float(cell)
