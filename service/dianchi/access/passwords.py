"""Passwords: judged, hashed with argon2id by few threads, and compared."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from dianchi.access.flood import TooMany
from dianchi.domain.dated import latest
from dianchi.domain.people import LONGEST_PASSWORD, SHORTEST_PASSWORD
from dianchi.domain.refusals import Malformed, Text

AT_ONCE: Final = max(1, (os.cpu_count() or 1) // 4)
"""So many threads hash: three quarters of the cores stay with those that report."""
WAITING: Final = 16
"""How many may wait for a thread; whoever comes then is sent away, unhashed."""
_GUESSES: Final = 10**9
_JUDGED: Final = 72
_NICE: Final = 10
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Cost:
    """What argon2id spends on one password, and from when."""

    valid_from: date
    memory_kib: int
    passes: int
    lanes: int
    valid_to: date | None = None


COSTS: Final = (
    # OWASP asks for 46 MiB and one pass or more; this is about 0.1 s of one core of 2026.
    Cost(date(2026, 1, 1), 64 * 1024, 2, 1),
)


def check_password(password: str, login: str, *known: str) -> None:
    """Whether a password will do: long, not the login, not a common one. Nothing else is asked.

    Args:
        password: the new one.
        login: of the person.
        known: other words that somebody would try first: name, organisation.

    Raises:
        Malformed: it will not do, and why.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise _malformed(
            f"密码须为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符",
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
        )
    if password.casefold() == login.casefold():
        raise _malformed("密码不能与登录名相同", "the password must not be the login")
    # Its lists of common passwords take some megabytes: only where a password is set.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    words = [login, *known, "dianchi", "滇池"]
    if zxcvbn(password[:_JUDGED], user_inputs=words)["guesses"] < _GUESSES:
        raise _malformed(
            "这个密码很常见，容易被猜到", "this password is a common one and soon guessed"
        )


def _malformed(zh: str, en: str) -> Malformed:
    way_out = Text("请用几个不相干的词连成一句", "use a few words that have nothing in common")
    return Malformed("invalid_value", Text(zh, en), way_out)


def _step_back() -> None:
    """Lets the threads of this pool wait for those that answer requests (Linux: per thread)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


class Hasher:
    """Hashes and compares, `AT_ONCE`; `hashed` and `peak` are for measurements."""

    def __init__(self, today: Callable[[], date], costs: tuple[Cost, ...] = COSTS) -> None:
        self._today = today
        self._costs = costs
        self._threads = ThreadPoolExecutor(AT_ONCE, "argon2", initializer=_step_back)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._running = 0
        self.hashed = 0
        self.peak = 0
        self._nobody: str | None = None

    async def aclose(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def judge(self, password: str, login: str, *known: str) -> None:
        """The same as `check_password`, in these threads: its lists take a moment.

        Raises:
            Malformed: it will not do.
            TooMany: too many are waiting.
        """
        await self._run(lambda: check_password(password, login, *known), hashes=0)

    async def hash(self, password: str) -> str:
        """The hash under which a password is stored.

        Raises:
            TooMany: too many are waiting.
        """
        return await self._run(lambda: self._argon().hash(password))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; nobody's costs as much as somebody's.

        Raises:
            TooMany: too many are waiting.
        """
        if self._nobody is None:
            # Whoever comes first pays for it, known or not.
            self._nobody = await self.hash("nobody has this password")
        compared = stored or self._nobody
        return await self._run(lambda: _fits(self._argon(), compared, password)) and bool(stored)

    def grew(self, stored: str) -> bool:
        """Whether a hash costs less than is asked today."""
        return self._argon().check_needs_rehash(stored)

    def _argon(self) -> PasswordHasher:
        cost = latest(self._costs, self._today()) or self._costs[0]
        return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)

    def check_room(self) -> None:
        """Whether one more may wait.

        Raises:
            TooMany: no.
        """
        if self._waiting >= WAITING:
            raise TooMany(2)

    async def _run(self, work: Callable[[], Result], *, hashes: int = 1) -> Result:
        self.check_room()
        self._waiting += 1
        try:
            async with self._turn:
                self.hashed += hashes
                self._running += 1
                self.peak = max(self.peak, self._running)
                try:
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(self._threads, work)
                finally:
                    self._running -= 1
        finally:
            self._waiting -= 1


def _fits(argon: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return argon.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
