"""`fsck`: reads every event again, hashes it, and compares the tree with all that was signed.

It trusts nothing that the database computed. It reads one snapshot, so it may run beside the
service.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import asyncpg

from dianchi.ledger.claims import Claim, outside_claims, stored_claims
from dianchi.ledger.completeness import SHOWN, Fault, gaps
from dianchi.ledger.growth import read_tiles
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.tiles import HASH, TILE_BYTES, WIDTH, Place, Tree
from dianchi.store.connect import connect_as
from dianchi.store.rights import ASSESSOR
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.note import VerifierKey

CHUNK: Final = 64 * WIDTH
Say = Callable[[int, int], None]
"""Told how many events of how many were read."""
_END: Final = """
SELECT greatest((SELECT max(log_index) + 1 FROM log_entry),
                (SELECT max(number * 256 + octet_length(hashes) / 32) FROM log_tile
                  WHERE level = 0 AND number = (SELECT max(number) FROM log_tile WHERE level = 0)))
"""
_ENTRIES: Final = """
SELECT l.log_index, l.version, e.event_id::text AS event_id, e.body FROM log_entry l
  LEFT JOIN event e ON e.stream_id = l.stream_id AND e.version = l.version
 WHERE l.log_index >= $1 AND l.log_index < $2 ORDER BY l.log_index
"""
# A part of the log with its bodies is sorted in memory, and whole tables are joined there later.
_READING: Final = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET work_mem = '64MB'"
_TILES: Final = "SELECT level, count(*) FROM log_tile GROUP BY level"
_SIZES: Final = "SELECT size FROM log_checkpoint WHERE origin = $1"
_NOBODY: Final = bytes(HASH)


@dataclass(slots=True)
class Findings:
    """What a run found; empty `faults` mean that all is as it was signed."""

    events: int = 0
    root: bytes = b""
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, code: str, text: str, log_index: int | None = None) -> None:
        """Notes a fault; of one kind only the first are kept."""
        if sum(fault.code == code for fault in self.faults) < SHOWN:
            self.faults.append(Fault(code, text, log_index))

    @property
    def first_bad_index(self) -> int | None:
        """The first place of the log that is not as it was."""
        return min((f.log_index for f in self.faults if f.log_index is not None), default=None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the log is compared with besides the database."""

    origin: str
    keys: Sequence[VerifierKey]
    file: CheckpointFile
    signer: Checkpoint | None


async def fsck(dsn: str, wanted: Wanted, say: Say) -> Findings:
    """Checks the whole log.

    Args:
        dsn: of the database.
        wanted: the log's name and keys, and what is kept outside.
        say: told the progress.
    """
    connection = await connect_as(ASSESSOR, dsn)
    found = Findings()
    # Read before the snapshot is taken: what was signed by now is committed by then.
    outside = list(outside_claims(wanted.file, wanted.origin, wanted.keys))
    if wanted.signer is not None:
        outside.append(Claim(wanted.signer.size, wanted.signer.root, "the signer's own store"))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            stored = await stored_claims(connection, wanted.origin, wanted.keys)
            await _Reading(connection, _believed(stored + outside, found), found).run(say)
            # Whole tables are joined now; until here each entry was looked up by its key.
            await connection.execute("RESET enable_hashjoin; RESET enable_mergejoin")
            found.faults += await gaps(connection)
        # What was just being signed is in the database by now, outside that snapshot.
        sizes = {row["size"] for row in await connection.fetch(_SIZES, wanted.origin)}
    finally:
        await connection.close()
    for claim in outside:
        if claim.size not in sizes:
            text = f"{claim.where}: the checkpoint of {claim.size} events is not in the database"
            found.add("checkpoint_gone", text)
    return found


def _believed(claims: list[Claim], found: Findings) -> list[Claim]:
    found.checkpoints = len(claims)
    for claim in claims:
        if claim.broken is not None:
            found.add("checkpoint", f"{claim.where}: {claim.broken}")
    return sorted((claim for claim in claims if claim.broken is None), key=lambda c: c.size)


class _Reading:
    """One pass over the log, from its first entry to its last."""

    def __init__(
        self, connection: asyncpg.Connection, claims: list[Claim], found: Findings
    ) -> None:
        self._connection = connection
        self._claims = claims
        self._found = found
        self._tree = Tree()
        self._upper: dict[Place, bytes] = {}
        self._good = 0

    async def run(self, say: Say) -> None:
        await self._connection.execute(_READING)
        end = await self._connection.fetchval(_END) or 0
        coming = asyncio.create_task(self._connection.fetch(_ENTRIES, 0, CHUNK))
        for start in range(0, end, CHUNK):
            rows = await coming
            stop = min(start + CHUNK, end)
            stored = await self._tiles_from(start)
            # The database looks the next entries up while these are hashed.
            coming = asyncio.create_task(self._connection.fetch(_ENTRIES, stop, stop + CHUNK))
            await asyncio.sleep(0)
            self._compare(start, _leaves(rows, start, stop, self._found), stored)
            say(stop, end)
        await coming
        await self._compare_upper()
        self._compare_rest(end)

    async def _tiles_from(self, start: int) -> dict[Place, bytes]:
        first = start // WIDTH
        wanted = [(0, number) for number in range(first, first + CHUNK // WIDTH)]
        return dict(await read_tiles(self._connection, wanted))

    def _compare(self, start: int, leaves: bytes, stored: dict[Place, bytes]) -> None:
        kept = b"".join(hashes for _, hashes in sorted(stored.items()))
        if kept != leaves:
            self._name_leaves(start, leaves, stored)
        at = 0
        place = bisect_right(self._claims, start, key=lambda claim: claim.size)
        while place < len(self._claims) and self._claims[place].size <= start + len(leaves) // HASH:
            upto = (self._claims[place].size - start) * HASH
            self._append(leaves[at:upto])
            at = upto
            self._judge(self._claims[place])
            place += 1
        self._append(leaves[at:])

    def _append(self, leaves: bytes) -> None:
        changed = self._tree.append(leaves)
        self._upper |= {place: row for place, row in changed.items() if place[0]}

    def _name_leaves(self, start: int, leaves: bytes, stored: dict[Place, bytes]) -> None:
        for at in range(0, len(leaves), TILE_BYTES):
            number = (start + at // HASH) // WIDTH
            row, kept = leaves[at : at + TILE_BYTES], stored.get((0, number), b"")
            if row == kept:
                continue
            for place in range(max(len(row), len(kept)) // HASH):
                part = slice(place * HASH, (place + 1) * HASH)
                if row[part] != kept[part]:
                    index = number * WIDTH + place
                    text = f"entry {index}: its event does not hash to the leaf of the tree"
                    self._found.add("leaf", text, index)

    def _judge(self, claim: Claim) -> None:
        if self._tree.root() == claim.root:
            self._good = claim.size
            return
        text = (
            f"{claim.where}: the first {claim.size} events do not have the root that was signed; "
            f"an entry from {self._good} on was changed, removed or inserted"
        )
        self._found.add(
            "root", text, None if self._found.first_bad_index is not None else self._good
        )

    async def _compare_upper(self) -> None:
        """The upper levels, with those that were computed from the events."""
        counts = {row["level"]: row["count"] for row in await self._connection.fetch(_TILES)}
        wanted = {place[0] for place in self._upper} | ({0} if self._tree.size else set())
        for level in sorted(wanted | counts.keys()):
            tiles = -(-(self._tree.size >> 8 * level) // WIDTH)
            if counts.get(level, 0) != tiles:
                text = f"level {level} of the tree should have {tiles} tiles"
                self._found.add("tile", text)
        stored = await read_tiles(self._connection, self._upper)
        known = self._found.first_bad_index is not None
        for level, number in sorted(self._upper):
            hashes, kept = self._upper[level, number], stored.get((level, number), b"")
            if hashes != kept:
                at = number * WIDTH + _first_difference(hashes, kept)
                text = f"level {level} of the tree differs from its node {at} on"
                self._found.add("tile", text, None if known else at << 8 * level)

    def _compare_rest(self, end: int) -> None:
        for claim in self._claims:
            if claim.size > end:
                text = f"{claim.where}: {claim.size} events were signed, the log ends at {end}"
                self._found.add("behind", text, end)
        self._found.events = end
        self._found.root = self._tree.root()


def _first_difference(one: bytes, other: bytes) -> int:
    parts = range(0, max(len(one), len(other)), HASH)
    return next(at // HASH for at in parts if one[at : at + HASH] != other[at : at + HASH])


def _leaves(rows: Sequence[asyncpg.Record], start: int, stop: int, found: Findings) -> bytes:
    leaves = []
    expected = start
    for index, version, event_id, body in rows:
        while expected < index:
            found.add("entry", f"entry {expected} is missing", expected)
            leaves.append(_NOBODY)
            expected += 1
        expected += 1
        if body is None:
            found.add("event", f"entry {index} has no event", index)
            leaves.append(_NOBODY)
            continue
        if event_id.encode() not in body or not body.endswith(b'"version":%d}' % version):
            found.add("event", f"entry {index}: its event is not about itself", index)
        leaves.append(sha256(b"\x00" + body).digest())
    for missing in range(expected, stop):
        found.add("entry", f"entry {missing} is missing", missing)
        leaves.append(_NOBODY)
    return b"".join(leaves)
