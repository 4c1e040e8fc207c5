"""Puts what stood in clear into `personal`, each value under a key of its own."""

from collections.abc import Sequence
from typing import Final

from dianchi.store.connect import Queryable
from dianchi.store.vault import Vault

_PUT: Final = """
INSERT INTO personal (reference, kind, kek, wrapped, sealed)
SELECT r, $2, $3, w, s FROM unnest($1::text[], $4::bytea[], $5::bytea[]) t(r, w, s)
    ON CONFLICT DO NOTHING
"""


async def lock_up(
    connection: Queryable, vault: Vault, kind: str, values: Sequence[tuple[str, str]]
) -> None:
    """Puts pairs of reference and value there; one that is there already stays as it is."""
    locked = [vault.lock(reference, value) for reference, value in values]
    references = [one.reference for one in locked]
    wrapped, sealed = [one.wrapped for one in locked], [one.sealed for one in locked]
    await connection.execute(_PUT, references, kind, vault.current, wrapped, sealed)
