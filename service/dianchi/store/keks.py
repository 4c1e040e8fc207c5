"""The keys that wrap: known by their ids in the database, changed in parts."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from dianchi.store.connect import connect_as
from dianchi.store.readers import Readers
from dianchi.store.rights import KEEPER
from dianchi.store.vault import KeyGoneError, Locked, Vault

CHUNK: Final = 2000
_NOTE: Final = "INSERT INTO kek (id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_IDS: Final = "SELECT id FROM kek ORDER BY since"
# By the key of the table, so that it ends; whoever erases or rotates meanwhile is waited for.
_OLD: Final = """
SELECT reference, kek, wrapped, sealed FROM personal
 WHERE reference > $1 AND kek <> $2 ORDER BY reference LIMIT $3 FOR NO KEY UPDATE
"""
_REWRAP: Final = """
UPDATE personal p SET kek = $2, wrapped = t.w
  FROM unnest($1::text[], $3::bytea[]) t(r, w) WHERE p.reference = t.r
"""
_FORGET: Final = """
DELETE FROM kek WHERE id <> $1 AND NOT EXISTS (SELECT FROM personal WHERE kek = id)
"""


async def must_have_keys(readers: Readers, vault: Vault, now: datetime) -> None:
    """Notes the newest key in the database, which must know no key that this process lacks.

    Raises:
        KeyGoneError: it does; what that key wraps could not be read.
    """
    known = {row["id"] for row in await readers.fetch(_IDS)}
    lost = sorted(known - vault.ids)
    if lost:
        raise KeyGoneError(
            f"the database holds values under the key {lost[0]}, which is not among the keys given:"
            " restore personal-key.json from a backup, or add the key to DIANCHI_PERSONAL_KEY"
        )
    if vault.current not in known:
        await readers.fetch(_NOTE, vault.current, now)


async def rotate(dsn: str, vault: Vault, say: Callable[[int], None]) -> int:
    """Wraps every data key by the newest key; how many. Stopped, it goes on where it was.

    Args:
        dsn: of a migrated database; services beside must all have the newest key already.
        vault: has the newest key and those before it.
        say: told after each chunk how many were wrapped anew so far.

    Raises:
        KeyGoneError: a value is wrapped by a key that the vault lacks.
    """
    connection = await connect_as(KEEPER, dsn)
    done, last = 0, ""
    try:
        while True:
            async with connection.transaction():
                rows = await connection.fetch(_OLD, last, vault.current, CHUNK)
                anew = [vault.rewrapped(Locked(*row)) for row in rows]
                references, wrapped = [one.reference for one in anew], [one.wrapped for one in anew]
                await connection.execute(_REWRAP, references, vault.current, wrapped)
            if not rows:
                await connection.execute(_FORGET, vault.current)
                return done
            done, last = done + len(rows), references[-1]
            say(done)
    finally:
        await connection.close()
