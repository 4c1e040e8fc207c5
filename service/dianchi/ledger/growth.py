"""The stored tree: its tiles in the database, and how it grows over the entries of the log.

PostgreSQL hashes the bodies where they lie, so that no body travels; `fsck` reads and hashes them
again by itself.
"""

from asyncio import to_thread
from collections.abc import Iterable
from typing import Final

from dianchi.ledger.errors import LogError
from dianchi.ledger.tiles import Place, Span, Tiles, Tree, edge_places, places_of, roots_of
from dianchi.store.connect import Queryable
from dianchi_client.tree import HASH_BYTES

BATCH: Final = 8192
"""Entries hashed at a time where the tree is behind the log."""
_WIDTHS: Final = """
SELECT DISTINCT ON (level) level, number, octet_length(hashes) AS bytes
  FROM log_tile ORDER BY level, number DESC
"""
_TILES: Final = """
SELECT t.level, t.number, t.hashes
  FROM unnest($1::smallint[], $2::bigint[]) w(level, number)
  JOIN log_tile t ON t.level = w.level AND t.number = w.number
"""
_HASHES: Final = r"""
SELECT count(*) AS entries,
       string_agg((SELECT sha256('\x00'::bytea || e.body) FROM event e
                    WHERE e.stream_id = l.stream_id AND e.version = l.version),
                  ''::bytea ORDER BY l.log_index) AS leaves
  FROM log_entry l WHERE l.log_index >= $1 AND l.log_index < $2
"""
_KEEP: Final = """
INSERT INTO log_tile (level, number, hashes)
SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
"""


async def restore(connection: Queryable, at_most: int | None = None) -> Tree:
    """The tree as stored.

    Args:
        connection: reads.
        at_most: how many entries the log has.

    Raises:
        LogError: its levels do not fit together, or it holds more than the log.
    """
    ends = await connection.fetch(_WIDTHS)
    counts = [(end["number"] << 8) + end["bytes"] // HASH_BYTES for end in ends]
    size = counts[0] if counts else 0
    fits = [end["level"] for end in ends] == list(range(len(ends)))
    if not fits or any(size >> 8 * level != count for level, count in enumerate(counts)):
        raise LogError(
            f"the stored tree is damaged: its levels hold {counts} hashes, which no tree does; "
            "nothing was written or signed; `dianchi fsck` says more, then restore a backup"
        )
    if at_most is not None and size > at_most:
        raise LogError(
            f"the tree holds {size} events, the log only {at_most}: entries were removed; "
            "nothing was written or signed; restore a backup"
        )
    edges = dict(edge_places(size))
    tiles = await read_tiles(connection, edges.items())
    partial = [tiles.get((level, edges.get(level, -1)), b"") for level in range(len(ends))]
    return Tree(size, partial)


async def read_tiles(connection: Queryable, places: Iterable[Place]) -> Tiles:
    """The stored tiles at these places, as far as there are."""
    wanted = list(places)
    rows = await connection.fetch(_TILES, [level for level, _ in wanted], [n for _, n in wanted])
    return {(row["level"], row["number"]): row["hashes"] for row in rows}


async def read_roots(connection: Queryable, spans: list[Span]) -> list[bytes]:
    """The roots of subtrees of the stored tree.

    Raises:
        LogError: a tile is missing or too short.
    """
    tiles = await read_tiles(connection, places_of(spans))
    try:
        # The proofs of a bundle take a second of hashing; others are answered meanwhile.
        return await to_thread(roots_of, spans, tiles)
    except (KeyError, ValueError) as error:
        raise LogError(f"the stored tree is damaged: {error!r}; `dianchi fsck` says more") from None


async def grow(connection: Queryable, tree: Tree, end: int) -> None:
    """Appends the entries of the log before `end` to the tree and keeps the tiles.

    Call it within the transaction that placed the entries. When that fails, the tree in memory is
    of no use any more.

    Raises:
        LogError: an entry has no event.
    """
    row = await connection.fetchrow(_HASHES, tree.size, end)
    assert row is not None  # noqa: S101 - an aggregate always has a row
    leaves = row["leaves"] or b""
    if row["entries"] != end - tree.size or len(leaves) != row["entries"] * HASH_BYTES:
        raise LogError(
            f"between log_index {tree.size} and {end} an entry or its event is missing; "
            "nothing was placed or signed; `dianchi fsck` names it"
        )
    changed = tree.append(leaves)
    places = list(changed)
    await connection.execute(
        _KEEP, [level for level, _ in places], [n for _, n in places], list(changed.values())
    )
