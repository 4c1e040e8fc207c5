"""Seeded personal and secret values, and where to look for them afterwards."""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg

from dianchi.domain.personal import identity_check

VIN: Final = "LSVAA4182E2184847"
OTHER_VIN: Final = "LSVAA4184E2184848"
PHONE: Final = "13887654321"
_BORN: Final = "53010219900307123"
IDENTITY: Final = _BORN + identity_check(_BORN)
PLATE: Final = "云A7K8M9"
NAME: Final = "欧阳翠湖"
CONTACT: Final = "cuihu.ouyang@example.cn"
PERSONAL: Final = (VIN, OTHER_VIN, PHONE, IDENTITY, PLATE, NAME, CONTACT)
_TABLES: Final = """
SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'm')
   AND c.relnamespace = 'public'::regnamespace
"""


def forms(value: str) -> Iterator[bytes]:
    """A value as bytes, JSON escapes, an address, digits of a byte string, small letters."""
    for one in {value, value.lower()}:
        yield one.encode()
        yield json.dumps(one)[1:-1].encode()
        yield "".join(f"%{byte:02X}" for byte in one.encode()).encode()
        yield one.encode().hex().encode()


def found_in(content: bytes, values: Iterable[str]) -> list[str]:
    """Which of the values stand in the content, in any form."""
    return [value for value in values if any(form in content for form in forms(value))]


def files_with(folder: Path, values: Iterable[str], passed: frozenset[str]) -> dict[str, list[str]]:
    """The files below a folder that hold one of the values, whatever they are."""
    wanted = list(values)
    holding: dict[str, list[str]] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if (
                path.is_file()
                and name not in passed
                and (hit := found_in(path.read_bytes(), wanted))
            ):
                holding[str(path.relative_to(folder))] = hit
    return holding


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes):
        try:
            return value + b" " + zlib.decompress(value)
        except zlib.error:
            return value
    if isinstance(value, list | tuple):
        return b" ".join(map(_bytes_of, value))
    return str(value).encode()


async def tables_with(dsn: str, values: Iterable[str]) -> dict[str, list[str]]:
    """The columns that hold one of the values, as text or as bytes."""
    wanted, holding = list(values), dict[str, list[str]]()
    connection = await asyncpg.connect(dsn)
    try:
        for [table] in await connection.fetch(_TABLES):
            for row in await connection.fetch(f'SELECT * FROM "{table}"'):  # noqa: S608 - catalogue
                for column, value in row.items():
                    if hit := found_in(_bytes_of(value), wanted):
                        holding[f"{table}.{column}"] = hit
    finally:
        await connection.close()
    return holding
