"""Whether personal values are what reports brought, and gone only where two hands erased them.

The proofs of the log cover references, not values: this is what tells of a change to the values.
"""

from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag

from dianchi.domain.lines import KeyKind
from dianchi.store.connect import connect_as
from dianchi.store.names import key_id
from dianchi.store.rights import KEEPER
from dianchi.store.vault import KeyGoneError, Locked, Vault

_CHUNK: Final = 5000
_VALUES: Final = """
SELECT reference, kek, wrapped, sealed, erased_at IS NOT NULL AS erased FROM personal
 WHERE reference > $1 ORDER BY reference LIMIT $2
"""
_NAMED: Final = "SELECT DISTINCT key FROM event_key WHERE kind = $1"
_UNDECIDED: Final = """
SELECT reference FROM personal p WHERE erased_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM erasure e JOIN erasure_decision d ON d.erasure = e.id
     WHERE e.reference = p.reference AND d.decision = 'approved' AND d.decided_at = p.erased_at)
"""
_KEPT: Final = """
SELECT e.reference FROM erasure e JOIN erasure_decision d ON d.erasure = e.id
  LEFT JOIN personal p ON p.reference = e.reference
 WHERE d.decision = 'approved' AND p.erased_at IS NULL
"""


class Values(NamedTuple):
    """What a check of the personal values found.

    Attributes:
        whole: how many open to what their reference stands for.
        erased: how many are gone by an approved request.
        changed: references whose value does not open, or is another one.
        undecided: references whose value is gone without an approved request.
        kept: references whose value should be gone by one.
        missing: how many references that reports hold have no row at all.
    """

    whole: int
    erased: int
    changed: list[str]
    undecided: list[str]
    kept: list[str]
    missing: int

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not (self.changed or self.undecided or self.kept or self.missing)


async def check_values(dsn: str, vault: Vault, refer: Callable[[str], str]) -> Values:
    """Opens every value and compares erasures with their decisions.

    Args:
        dsn: of the database.
        vault: has every key that wraps a value.
        refer: a value's reference.
    """
    connection = await connect_as(KEEPER, dsn)
    whole, erased, changed, last = 0, 0, list[str](), ""
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            named: set[UUID] = {row["key"] for row in await connection.fetch(_NAMED, KeyKind.VIN)}
            while rows := await connection.fetch(_VALUES, last, _CHUNK):
                for *locked, gone in rows:
                    good = gone or _stands_for(vault, Locked(*locked), refer)
                    whole, erased = whole + (good and not gone), erased + gone
                    changed += [] if good else [locked[0]]
                    named.discard(key_id(KeyKind.VIN, locked[0]))
                last = rows[-1]["reference"]
            undecided = [row["reference"] for row in await connection.fetch(_UNDECIDED)]
            kept = [row["reference"] for row in await connection.fetch(_KEPT)]
    finally:
        await connection.close()
    return Values(whole, erased - len(undecided), changed, undecided, kept, len(named))


def _stands_for(vault: Vault, locked: Locked, refer: Callable[[str], str]) -> bool:
    try:
        return refer(vault.open(locked)) == locked.reference
    except (KeyGoneError, InvalidTag, ValueError):
        return False
