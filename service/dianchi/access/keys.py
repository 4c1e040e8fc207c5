"""Bearer keys: made once, shown once, kept as a keyed hash."""

import hmac
import secrets
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

import asyncpg

from dianchi.domain.admit import Reporter
from dianchi.domain.working_days import CHINA
from dianchi.ports import Clock
from dianchi.store.readers import Readers

PREFIX: Final = "dk_"
SANDBOX_PREFIX: Final = "dk_sandbox_"
"""Of the keys of sandboxes: whoever sees one sees that it opens nothing of the true record."""
TRUSTED_S: Final = 3.0
"""How long a key is believed without asking again: a revoked key stops within this time."""
_MOST_REMEMBERED: Final = 50_000
_FIND: Final = """
SELECT organisation, role, prefecture, scopes, area, department, names, device, expires_at
  FROM api_key WHERE digest = $1 AND revoked_at IS NULL
"""


def new_key(prefix: str = PREFIX) -> str:
    """A fresh key: 160 random bits and a check, so that a mistyped key is told from a wrong one."""
    body = secrets.token_hex(20)
    return f"{prefix}{body}{zlib.crc32(body.encode()):08x}"


def looks_right(key: str, prefix: str = PREFIX) -> bool:
    """Whether the check of a key fits; no secret is needed to see that one was mistyped."""
    body, check = key.removeprefix(prefix)[:-8], key[-8:]
    return key.startswith(prefix) and f"{zlib.crc32(body.encode()):08x}" == check


def is_of_sandbox(key: str) -> bool:
    """Whether a key says that it is for a sandbox."""
    return key.startswith(SANDBOX_PREFIX)


class Expired(NamedTuple):
    """A key that was good until the end of a day (+08:00)."""

    day: date


Holder = Reporter | Expired | None
"""Whose key it is; or that it expired; None when there is none or it was revoked."""


@dataclass(slots=True)
class _Believed:
    reporter: Reporter | None
    answer: Holder
    until: float


class KeyRing:
    """Tells who a key belongs to; remembers answers for a few seconds."""

    def __init__(
        self,
        readers: Readers,
        pepper: bytes,
        clock: Clock,
        ticks: Callable[[], float] = time.monotonic,
        *,
        prefix: str = PREFIX,
    ) -> None:
        self.prefix: Final = prefix
        self._readers = readers
        self._pepper = pepper
        self._clock = clock
        self._ticks = ticks
        self._believed: dict[bytes, _Believed] = {}
        self._used: dict[bytes, datetime] = {}

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

    async def holder(self, key: str) -> Holder:
        """Whose key this is. A key in use is asked for again every few seconds: that is noted."""
        mark = self._mark(key)
        # Before the question: a key that is revoked while it is answered stops in time, too.
        asked = self._ticks()
        known = self._believed.get(mark)
        if known is not None and known.until > asked:
            return known.answer
        answer, for_s = await self._find(key)
        if len(self._believed) >= _MOST_REMEMBERED:
            self._believed.clear()
        reporter = answer if isinstance(answer, Reporter) else None
        self._believed[mark] = _Believed(reporter, answer, asked + for_s)
        return answer

    async def _find(self, key: str) -> tuple[Holder, float]:
        """What the database says, and for how many seconds that may be believed."""
        digest = self.digest(key)
        row = await self._readers.fetchrow(_FIND, digest) if self._fits(key) else None
        if row is None:
            return None, TRUSTED_S
        now, end = now_of(self._clock), row["expires_at"]
        if end is not None and end <= now:
            return Expired(last_day(end)), TRUSTED_S
        self._used[digest] = now
        left = TRUSTED_S if end is None else min(TRUSTED_S, (end - now).total_seconds())
        return reporter_in(row), left

    def _fits(self, key: str) -> bool:
        return looks_right(key, self.prefix)

    def is_foreign(self, key: str) -> bool:
        """Whether a key is of the other environment: a sandbox's here, or ours in a sandbox."""
        if not key.startswith(PREFIX):
            return False
        return is_of_sandbox(key) is not (self.prefix == SANDBOX_PREFIX)

    def take_uses(self) -> dict[bytes, datetime]:
        """When each key (by its digest) was last seen in use, since this was asked before."""
        taken, self._used = self._used, {}
        return taken


def reporter_in(row: asyncpg.Record) -> Reporter:
    """Who a row of keys, or of systems, is of."""
    return Reporter(
        row["organisation"],
        row["role"],
        row["prefecture"],
        _set(row["scopes"]),
        # A prefecture was all that a key could be bound to once.
        row["area"] or (row["prefecture"] if row["role"] == "regulator" else None),
        row["department"],
        _set(row["names"]),
        # A system has none.
        device=row.get("device"),
    )


def _set(told: list[str] | None) -> frozenset[str] | None:
    return None if told is None else frozenset(told)


def now_of(clock: Clock) -> datetime:
    """The clock's time as the database stores it."""
    return datetime.fromtimestamp(clock.now_us() / 1e6, UTC)


def end_of(day: date) -> datetime:
    """When a key that is good through this day (+08:00) expires."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)


def last_day(end: datetime) -> date:
    """The day (+08:00) at whose end a key expires."""
    return (end.astimezone(CHINA) - timedelta(microseconds=1)).date()
