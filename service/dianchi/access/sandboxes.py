"""Which firm has a sandbox, and which generation of it: kept in the true database, as firms are.

What is in a sandbox lies in a database of its own, which goes when the sandbox is emptied.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dianchi.store.readers import Readers

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 10
_COLUMNS: Final = "id, organisation, generation, made_at, ready_at, used_at"
_FIND: Final = f"SELECT {_COLUMNS} FROM sandbox WHERE organisation = $1"  # noqa: S608 - constants
_NAMED: Final = f"SELECT {_COLUMNS} FROM sandbox WHERE id = $1"  # noqa: S608 - constants
_ADD: Final = """
INSERT INTO sandbox (id, organisation, generation, made_at, used_at) VALUES ($1, $2, 1, $3, $3)
ON CONFLICT (organisation) DO NOTHING
"""
_RENEW: Final = """
UPDATE sandbox SET generation = generation + 1, ready_at = NULL, used_at = $2 WHERE id = $1
"""
_READY: Final = "UPDATE sandbox SET ready_at = $3 WHERE id = $1 AND generation = $2"
_USED: Final = "UPDATE sandbox SET used_at = $2 WHERE id = $1 AND used_at < $2"
_IDLE: Final = f"SELECT {_COLUMNS} FROM sandbox WHERE used_at < $1"  # noqa: S608 - constants
_ALL: Final = f"SELECT {_COLUMNS} FROM sandbox"  # noqa: S608 - constants
_FORGET: Final = "DELETE FROM sandbox WHERE id = $1 AND generation = $2"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox of a firm.

    Attributes:
        id: stands in its address.
        generation: grows each time it is emptied.
        ready_at: since when it can be used; None while it is being prepared.
        used_at: when it was last used, to the hour.
    """

    id: str
    organisation: str
    generation: int
    made_at: datetime
    ready_at: datetime | None
    used_at: datetime

    @property
    def database(self) -> str:
        """The database that holds this generation."""
        return f"sandbox_{self.id}_{self.generation}"


def _read(row: Mapping[str, Any] | None) -> Sandbox | None:
    return None if row is None else Sandbox(**dict(row))


class Sandboxes:
    """The list of sandboxes."""

    def __init__(self, registrar: Readers) -> None:
        self._registrar = registrar

    async def of(self, organisation: str) -> Sandbox | None:
        """The sandbox of a firm."""
        return _read(await self._registrar.fetchrow(_FIND, organisation))

    async def named(self, told: str) -> Sandbox | None:
        """The sandbox of an id."""
        return _read(await self._registrar.fetchrow(_NAMED, told))

    async def add(self, organisation: str, now: datetime) -> Sandbox:
        """The sandbox of a firm, noted when it has none."""
        new = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        await self._registrar.fetchval(_ADD, new, organisation, now)
        found = await self.of(organisation)
        assert found is not None  # noqa: S101 - it was just noted
        return found

    async def renew(self, sandbox: Sandbox, now: datetime) -> Sandbox:
        """The next generation of a sandbox, which is to be prepared."""
        await self._registrar.fetchval(_RENEW, sandbox.id, now)
        found = await self.of(sandbox.organisation)
        assert found is not None  # noqa: S101 - it is not forgotten meanwhile
        return found

    async def ready(self, sandbox: Sandbox, now: datetime) -> None:
        """It can be used from now on."""
        await self._registrar.fetchval(_READY, sandbox.id, sandbox.generation, now)

    async def used(self, sandbox: Sandbox, now: datetime) -> None:
        """It is in use."""
        await self._registrar.fetchval(_USED, sandbox.id, now)

    async def unused_since(self, then: datetime) -> list[Sandbox]:
        """Those that nobody used since."""
        return [Sandbox(**dict(row)) for row in await self._registrar.fetch(_IDLE, then)]

    async def all(self) -> list[Sandbox]:
        """Every sandbox there is."""
        return [Sandbox(**dict(row)) for row in await self._registrar.fetch(_ALL)]

    async def forget(self, sandbox: Sandbox) -> None:
        """It is gone; unless it was renewed meanwhile."""
        await self._registrar.fetchval(_FORGET, sandbox.id, sandbox.generation)
