"""Second factors: codes of a phone (TOTP, RFC 6238), and recovery codes for when it is lost."""

import hmac
import secrets
from base64 import b32encode
from typing import Final
from uuid import UUID

import pyotp
from sqlmodel import col, delete, or_, update
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import now_of
from dianchi.access.people_tables import PersonRow, RecoveryRow
from dianchi.access.sealing import Seal
from dianchi.ports import Clock

STEP_S: Final = 30
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
_AROUND: Final = (-1, 0, 1)
"""A phone's clock may be one step off."""


class Codes:
    """Gives phones their secret, and tells whether a code is good."""

    def __init__(self, seal: Seal, clock: Clock) -> None:
        self._seal = seal
        self._clock = clock

    async def begin(self, session: AsyncSession, person: PersonRow) -> str:
        """A new secret for a phone, good once a code of it was seen; within a transaction."""
        secret = pyotp.random_base32()
        person.totp_secret = self._seal.close(secret.encode(), person.id.bytes)
        person.totp_since = person.totp_step = None
        session.add(person)
        return secret

    def address_of(self, secret: str, login: str, host: str) -> str:
        """What the QR code of a secret says to the phone."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"dianchi {host}")

    async def confirm(self, session: AsyncSession, person: PersonRow, code: str) -> list[str]:
        """Takes a phone into use, by its first code; the recovery codes, seen this once.

        None come back where the code is wrong.
        """
        if not await self._phone(session, person, code):
            return []
        person.totp_since = now_of(self._clock)
        session.add(person)
        await forget_recovery(session, person.id)
        codes = [_new_recovery() for _ in range(RECOVERY_CODES)]
        session.add_all(RecoveryRow(person=person.id, digest=self._digest(one)) for one in codes)
        return codes

    async def good(self, session: AsyncSession, person: PersonRow, code: str) -> bool:
        """Whether a code is good, of the phone or for recovery; none is good twice."""
        if person.totp_since is None:
            return False
        return await self._phone(session, person, code) or await self._recover(
            session, person, code
        )

    async def _phone(self, session: AsyncSession, person: PersonRow, code: str) -> bool:
        step = self._step_of(person, "".join(code.split()))
        if step is None:
            return False
        later = or_(col(PersonRow.totp_step).is_(None), col(PersonRow.totp_step) < step)
        mine = update(PersonRow).where(col(PersonRow.id) == person.id, later)
        # Compared in the database: of two requests with one code, one is refused.
        return (await session.exec(mine.values(totp_step=step))).rowcount == 1

    def _step_of(self, person: PersonRow, code: str) -> int | None:
        """The time step that a code belongs to; None for a wrong one."""
        sealed = person.totp_secret
        secret = self._seal.open(sealed, person.id.bytes) if sealed else None
        if secret is None:
            return None
        now, totp = self._clock.now_us() // (STEP_S * 1_000_000), pyotp.TOTP(secret.decode())
        steps = [now + by for by in _AROUND]
        fit = [
            step
            for step in steps
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        ]
        return max(fit, default=None)

    async def _recover(self, session: AsyncSession, person: PersonRow, code: str) -> bool:
        mine = update(RecoveryRow).where(
            col(RecoveryRow.person) == person.id,
            col(RecoveryRow.digest) == self._digest(code),
            col(RecoveryRow.used_at).is_(None),
        )
        used = await session.exec(mine.values(used_at=now_of(self._clock)))
        return used.rowcount == 1

    def _digest(self, code: str) -> bytes:
        return self._seal.mark("".join(code.split()).replace("-", "").upper().encode())


async def forget_recovery(session: AsyncSession, person: UUID) -> None:
    """Forgets the recovery codes of a person, within a transaction."""
    await session.exec(delete(RecoveryRow).where(col(RecoveryRow.person) == person))


def _new_recovery() -> str:
    """80 random bits in four groups."""
    text = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
