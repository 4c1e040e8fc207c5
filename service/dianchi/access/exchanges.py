"""What a sandbox received: kept in its own database, and gone with it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from asyncpg import Record

from dianchi.domain.conformity.exchanges import Exchange
from dianchi.store.readers import Readers

_ADD: Final = "INSERT INTO sandbox_exchange (began_us, at_us, told) VALUES ($1, $2, $3)"
_READ: Final = """
SELECT number, began_us, at_us, told FROM sandbox_exchange WHERE began_us >= $1 ORDER BY number
"""
_FIXED: Final = ("number", "began_us", "at_us")
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


async def note(registrar: Readers, began_us: int, at_us: int, told: Mapping[str, Any]) -> None:
    """Keeps one exchange; `told` holds the other members of `Exchange`."""
    await registrar.fetchval(_ADD, began_us, at_us, msgspec.json.encode(told))


async def exchanges_since(registrar: Readers, since_us: int) -> list[Exchange]:
    """The exchanges that began since a moment, in the order of their answers."""
    return [_read(row) for row in await registrar.fetch(_READ, since_us)]


def _read(row: Record) -> Exchange:
    told = {name: row[name] for name in _FIXED} | _decode(row["told"])
    return msgspec.convert(told, Exchange)
