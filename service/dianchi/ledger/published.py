"""What anybody may ask of the published log: checkpoints, tiles, proofs, receipts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from dianchi.ledger.growth import read_roots, read_tiles
from dianchi.ledger.tiles import HASH, consistency_spans, inclusion_spans, width_at
from dianchi.store.readers import Readers
from dianchi_client.receipt import Receipt

# Receipts prefer a checkpoint that witnesses signed; it is among the last few, or there is none.
_LATEST: Final = """
SELECT size, root, note || convert_to(array_to_string(cosignatures, ''), 'UTF8') AS note,
       cosignatures <> '{}' AS witnessed
  FROM log_checkpoint WHERE origin = $1 AND size > $2 ORDER BY size DESC LIMIT 64
"""

_EARLIER: Final = """
SELECT c.size, c.root, c.note || convert_to(array_to_string(c.cosignatures, ''), 'UTF8') AS note,
       c.cosignatures <> '{}' AS witnessed, l.logged_at
  FROM (SELECT * FROM log_checkpoint WHERE origin = $1 AND size < $2
         ORDER BY size DESC LIMIT $3) c
  LEFT JOIN log_entry l ON l.log_index = c.size - 1 ORDER BY c.size DESC
"""


class Published(NamedTuple):
    """A published checkpoint with every signature that it has."""

    size: int
    root: bytes
    note: bytes
    witnessed: bool


class PublishedLog:
    """The log as it was signed. It needs no key of the log.

    Args:
        readers: of the database.
        origin: name of the log.
        keys: its public keys.
        witnesses: those of its witnesses.
        policy: a file for whoever checks (c2sp.org/tlog-policy).
    """

    def __init__(
        self,
        readers: Readers,
        origin: str,
        keys: tuple[str, ...],
        witnesses: tuple[str, ...],
        policy: bytes = b"",
    ) -> None:
        self._readers = readers
        self.origin: Final = origin
        self.keys: Final = keys
        self.witnesses: Final = witnesses
        self.policy: Final = policy

    async def newest(self) -> Published | None:
        """The newest checkpoint; None while nothing was signed."""
        found = await self._above(-1)
        return found[0] if found else None

    async def _above(self, index: int) -> list[Published]:
        rows = await self._readers.fetch(_LATEST, self.origin, index)
        return [Published(*row.values()) for row in rows]

    async def earlier(self, before: int, most: int) -> list[tuple[Published, datetime | None]]:
        """So many checkpoints of less than a size, the largest first.

        With each, when the last entry that it covers was given its place.
        """
        rows = await self._readers.fetch(_EARLIER, self.origin, before, most)
        return [(Published(*tuple(row)[:4]), row["logged_at"]) for row in rows]

    async def tile(self, level: int, number: int, width: int) -> bytes | None:
        """So many hashes of a tile; None where the published tree has not that many there."""
        newest = await self.newest()
        if newest is None or not 0 < width <= width_at(level, number, newest.size):
            return None
        async with self._readers.acquire() as connection:
            tiles = await read_tiles(connection, [(level, number)])
        hashes = tiles.get((level, number), b"")[: width * HASH]
        return hashes if len(hashes) == width * HASH else None

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """Proves that a leaf is in the tree of a size; `index < size`, which was published.

        Raises:
            LogError: the stored tree is damaged.
        """
        async with self._readers.acquire() as connection:
            return await read_roots(connection, inclusion_spans(index, size))

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Proves that a tree continues an earlier one; `first <= second`, which was published.

        Raises:
            LogError: the stored tree is damaged.
        """
        async with self._readers.acquire() as connection:
            return await read_roots(connection, consistency_spans(first, second))

    async def root(self, size: int) -> bytes:
        """The root of the tree of a size that was published.

        Raises:
            LogError: the stored tree is damaged.
        """
        async with self._readers.acquire() as connection:
            [root] = await read_roots(connection, [(0, size)])
        return root

    async def receipt(self, index: int) -> Receipt | None:
        """The receipt of an entry; None while no checkpoint covers it."""
        receipts = await self.receipts([index])
        return receipts[0] if receipts else None

    async def receipts(self, indexes: Sequence[int]) -> list[Receipt]:
        """The receipts of entries, all under one checkpoint; empty while none covers them all."""
        above = await self._above(max(indexes))
        if not above:
            return []
        best = next((published for published in above if published.witnessed), above[0])
        spans = [inclusion_spans(index, best.size) for index in indexes]
        # Neighbours in the log share most of their subtrees: each is computed once.
        distinct = list(dict.fromkeys(span for each in spans for span in each))
        async with self._readers.acquire() as connection:
            roots = dict(zip(distinct, await read_roots(connection, distinct), strict=True))
        return [
            Receipt(index, tuple(roots[span] for span in each), best.note)
            for index, each in zip(indexes, spans, strict=True)
        ]
