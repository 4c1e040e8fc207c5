"""Names of people and contacts of applicants: each under a data key of its own, destroyed alone.

They stand in `personal` beside the VINs; the registrar's policy there shows it these kinds only.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.store.readers import Lender
from dianchi.store.vault import Locked, Vault

ADMIN_NAME: Final = "平台管理员"
"""What the platform's administrator is called while nobody gave a name: it names no one."""
_KEEP: Final = text(
    "INSERT INTO personal (reference, kind, kek, wrapped, sealed)"
    " VALUES (:reference, :kind, :kek, :wrapped, :sealed) ON CONFLICT DO NOTHING"
)
_READ: Final = """
SELECT reference, kek, wrapped, sealed FROM personal
 WHERE reference = ANY ($1::text[]) AND erased_at IS NULL
"""
_DESTROY: Final = text(
    "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = :at"
    " WHERE reference = :reference AND erased_at IS NULL"
)


class Kind(StrEnum):
    """What of somebody is kept; the word stands before the id in the reference."""

    NAME = "name"
    CONTACT = "contact"


class Whose(NamedTuple):
    """Whose value it is: a person's name, or the contact of an application."""

    kind: Kind
    id: UUID | str

    @property
    def reference(self) -> str:
        """Under what it stands; bound into what is encrypted."""
        return f"{self.kind}:{self.id}"


async def keep(session: AsyncSession, vault: Vault, whose: Whose, value: str) -> None:
    """Stores a value within a transaction; what is there already, even erased, stays."""
    locked = vault.lock(whose.reference, value)
    await run(session, _KEEP, locked._asdict() | {"kind": str(whose.kind)})


async def opened(readers: Lender, vault: Vault, all_of: Iterable[Whose]) -> dict[Whose, str]:
    """The values that are wanted, in one trip; erased ones are left out."""
    wanted = {one.reference: one for one in all_of}
    if not wanted:
        return {}
    rows = await readers.fetch(_READ, list(wanted))
    return {wanted[row["reference"]]: vault.open(Locked(*row)) for row in rows}


async def destroy(session: AsyncSession, reference: str, now: datetime) -> None:
    """Destroys value and data key within a transaction; the reference stays as a tombstone."""
    await run(session, _DESTROY, {"reference": reference, "at": now})


async def run(session: AsyncSession, statement: TextClause, told: dict[str, Any]) -> Any:  # noqa: ANN401 - rows
    """Runs a statement in the transaction of a session."""
    return await (await session.connection()).execute(statement, told)
