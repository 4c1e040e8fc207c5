"""Bearer keys: made once, shown once, kept as a keyed hash."""

import hmac
import secrets
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import asyncpg

from dianchi.domain.admit import Reporter
from dianchi.store.readers import Readers

PREFIX: Final = "dk_"
TRUSTED_S: Final = 3.0
"""How long a key is believed without asking again: a revoked key stops within this time."""
_MOST_REMEMBERED: Final = 50_000
_FIND: Final = """
SELECT organisation, role, prefecture FROM api_key WHERE digest = $1 AND revoked_at IS NULL
"""


_LIST: Final = """
SELECT prefix, organisation, role, prefecture, made_at, revoked_at FROM api_key
 WHERE organisation = $1 ORDER BY made_at, prefix
"""


async def keys_of(readers: Readers, organisation: str) -> list[asyncpg.Record]:
    """The keys of an organisation, by their beginning; nobody can read a whole key again."""
    return list(await readers.fetch(_LIST, organisation))


def new_key() -> str:
    """A fresh key: 160 random bits and a check, so that a mistyped key is told from a wrong one."""
    body = secrets.token_hex(20)
    return f"{PREFIX}{body}{zlib.crc32(body.encode()):08x}"


def looks_right(key: str) -> bool:
    """Whether the check of a key fits; no secret is needed to see that one was mistyped."""
    body, check = key.removeprefix(PREFIX)[:-8], key[-8:]
    return key.startswith(PREFIX) and f"{zlib.crc32(body.encode()):08x}" == check


@dataclass(slots=True)
class _Believed:
    reporter: Reporter | None
    until: float


class KeyRing:
    """Tells who a key belongs to; remembers answers for a few seconds."""

    def __init__(
        self, readers: Readers, pepper: bytes, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._readers = readers
        self._pepper = pepper
        self._ticks = ticks
        self._believed: dict[bytes, _Believed] = {}

    def digest(self, key: str) -> bytes:
        """The keyed hash under which a key is stored."""
        return hmac.digest(self._pepper, key.encode(), "sha256")

    def remembered(self, key: str) -> Reporter | None:
        """The holder, when the key was seen within the last seconds: the hot path asks nobody."""
        known = self._believed.get(self._mark(key))
        return known.reporter if known is not None and known.until > self._ticks() else None

    def _mark(self, key: str) -> bytes:
        """Under what an answer is remembered here: a keyed hash too, at a quarter of the cost."""
        return blake2b(key.encode(), key=self._pepper[:64], digest_size=20).digest()

    async def holder(self, key: str) -> Reporter | None:
        """The holder of a key; None when there is none or it was revoked."""
        digest, mark = self.digest(key), self._mark(key)
        known = self._believed.get(mark)
        if known is not None and known.until > self._ticks():
            return known.reporter
        row = await self._readers.fetchrow(_FIND, digest) if looks_right(key) else None
        reporter = Reporter(row["organisation"], row["role"], row["prefecture"]) if row else None
        if len(self._believed) >= _MOST_REMEMBERED:
            self._believed.clear()
        self._believed[mark] = _Believed(reporter, self._ticks() + TRUSTED_S)
        return reporter
