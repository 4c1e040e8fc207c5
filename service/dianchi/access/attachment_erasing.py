"""Attachments of cases as something that can be erased: the bytes go, hash, size and kind stay."""

from datetime import datetime
from typing import Final, NamedTuple, Self
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.named import run
from dianchi.store.readers import Readers

_PREFIX: Final = "attachment:"
_LOCK: Final = text(
    "SELECT sha256 FROM case_attachment WHERE case_id = :case_id AND sha256 = :digest"
    " FOR NO KEY UPDATE"
)
# Both sides may have sent the same file.
_DESTROY: Final = text(
    "UPDATE case_attachment SET body = NULL, erased_at = :at"
    " WHERE case_id = :case_id AND sha256 = :digest AND erased_at IS NULL"
)

_SENT: Final = """
SELECT EXISTS (SELECT FROM case_attachment
                WHERE case_id = $1 AND sha256 = $2 AND organisation = $3)
"""


class Target(NamedTuple):
    """An attachment of a case, by its SHA-256 in hex."""

    case_id: UUID
    sha256: str

    @property
    def reference(self) -> str:
        """How requests to erase name it; no reference of a VIN looks like this."""
        return f"{beginning(self.case_id)}{self.sha256}"

    @classmethod
    def read(cls, reference: str) -> Self | None:
        """The attachment that a request names; None: it is about something else."""
        if not reference.startswith(_PREFIX):
            return None
        case_id, _, digest = reference.removeprefix(_PREFIX).partition(":")
        return cls(UUID(case_id), digest)

    async def lock(self, session: AsyncSession) -> bool:
        """Lets nobody else decide about it; whether it was ever kept."""
        return (await run(session, _LOCK, self._told())).first() is not None

    async def destroy(self, session: AsyncSession, at: datetime) -> None:
        """Erases its bytes for good."""
        await run(session, _DESTROY, self._told() | {"at": at})

    def _told(self) -> dict[str, object]:
        return {"case_id": self.case_id, "digest": bytes.fromhex(self.sha256)}


async def was_sent(keeper: Readers, target: Target, organisation: str) -> bool:
    """Whether an organisation sent it, named in a step or not."""
    digest = bytes.fromhex(target.sha256)
    return bool(await keeper.fetchval(_SENT, target.case_id, digest, organisation))


def beginning(case_id: UUID) -> str:
    """How the references of all attachments of a case begin."""
    return f"{_PREFIX}{case_id}:"
