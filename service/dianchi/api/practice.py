"""Sandboxes as routes meet them: the host that opens them, and what a sandbox knows of itself."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from dianchi.access.conformity import Runs
from dianchi.access.sandboxes import Sandbox
from dianchi.api.headers import Asgi
from dianchi.domain.registry import Organisation

if TYPE_CHECKING:
    from dianchi.api.services import Services

BASE: Final = "dianchi.base"
"""In the scope of a request to a sandbox: what stands before its paths."""


class Progress(NamedTuple):
    """How far a sandbox is prepared: reports of its synthetic province, of how many."""

    done: int
    total: int
    failed: bool = False


class Entered(NamedTuple):
    """An open sandbox: its services, and the application that answers in it."""

    services: "Services"
    app: Asgi


class Host(Protocol):
    """Whoever keeps sandboxes apart from the true record, each in a database of its own."""

    def prepare(self, sandbox: Sandbox, firm: Organisation) -> None:
        """Begins to prepare a sandbox, unless that is under way."""
        ...

    def progress(self, sandbox: Sandbox) -> Progress:
        """How far it is."""
        ...

    def entered(self, named: str) -> AbstractAsyncContextManager[Entered]:
        """The sandbox of an id, open for as long as the block lasts.

        Raises:
            Refused: there is none, or it is not ready.
        """
        ...

    async def drop(self, sandbox: Sandbox) -> None:
        """Deletes what is in a generation of a sandbox, for good."""
        ...


@dataclass(slots=True)
class Slow:
    """Batteries whose next report is answered 429, so that a system shows that it waits."""

    ticks: Callable[[], float] = time.monotonic
    _asked: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, wait_s: int) -> None:
        """Has the reports of a battery turned away until one comes after the wait."""
        self._asked[name] = wait_s

    def wait_s(self, names: Iterable[str]) -> int | None:
        """How long whoever reports of these has to wait; None where they may pass.

        Who comes before it is over is told to wait again, as long as the first time.
        """
        held = [name for name in names if name in self._asked and not self._served(name)]
        if not held:
            return None
        now = self.ticks()
        for name in held:
            self._until[name] = now + self._asked[name]
        return max(self._asked[name] for name in held)

    def _served(self, name: str) -> bool:
        until = self._until.get(name)
        if until is None or self.ticks() < until:
            return False
        del self._asked[name], self._until[name]
        return True


@dataclass(frozen=True, slots=True)
class Home:
    """What a sandbox knows of itself.

    Attributes:
        runs: of the true database, where they are kept.
        true_address: of the true service.
        slow: see there.
    """

    sandbox: Sandbox
    runs: Runs
    true_address: str
    slow: Slow = field(default_factory=Slow)

    @property
    def address(self) -> str:
        """Where this sandbox is reached."""
        return address_of(self.sandbox, self.true_address)


def address_of(sandbox: Sandbox, true_address: str) -> str:
    """Where a sandbox is reached."""
    return f"{true_address}/sandbox/{sandbox.id}"
