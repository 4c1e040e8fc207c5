"""What must hold after any process of the service was killed or frozen, wherever that was."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import scitt_cose

from dianchi.cli.log import guard_log, wanted_log
from dianchi.ledger.claims import Claim, outside_claims, stored_claims
from dianchi.ledger.fsck import fsck
from dianchi.ledger.published import PublishedLog
from dianchi.settings import Settings
from dianchi_client.tree import EMPTY_ROOT, verify_consistency
from support.logs import ORIGIN
from support.mortal import settings_of
from support.mortals import Mortals
from support.record import Record, recording

_DENSE = """
SELECT count(*) AS entries, count(DISTINCT (stream_id, version)) AS events,
       coalesce(max(log_index) + 1, 0) AS size, (SELECT count(*) FROM event) AS recorded,
       (SELECT count(*) FROM outbox) AS waiting FROM log_entry
"""
_LOST = "SELECT x FROM unnest($1::uuid[]) x WHERE NOT EXISTS (SELECT FROM event WHERE event_id = x)"


@dataclass(slots=True)
class Ground:
    """One database and one data folder, with what was promised about them.

    Attributes:
        acknowledged: ids of reports that were answered as recorded.
        signed: the root of each size that was ever signed, wherever it was seen.
    """

    dsn: str
    folder: Path
    record: Record
    mortals: Mortals
    settings: Settings
    acknowledged: set[str] = field(default_factory=set)
    signed: dict[int, bytes] = field(default_factory=dict)

    async def note_signed(self) -> None:
        """Remembers every checkpoint that can be seen now; two of one size must be one."""
        wanted = wanted_log(self.settings)
        async with self.record.readers.acquire() as connection:
            claims = await stored_claims(connection, ORIGIN, wanted.keys)
        claims += outside_claims(wanted.file, ORIGIN, wanted.keys)
        if wanted.signer is not None:
            claims.append(Claim(wanted.signer.size, wanted.signer.root, "the signer"))
        for claim in claims:
            assert claim.broken is None, claim
            assert self.signed.setdefault(claim.size, claim.root) == claim.root, f"a fork: {claim}"

    async def must_be_whole(self) -> None:
        """After a new process did its work: nothing lost, one dense log, one history.

        `fsck` finds nothing and the guard lets it pass.
        """
        await self.note_signed()
        await guard_log(self.settings, self.dsn)
        assert (await fsck(self.dsn, wanted_log(self.settings), lambda *_: None)).faults == []
        [row] = await self.record.rows(_DENSE)
        assert row["waiting"] == 0
        assert row["entries"] == row["events"] == row["size"] == row["recorded"], dict(row)
        assert await self.record.rows(_LOST, list(self.acknowledged)) == []
        assert max(self.signed, default=0) == row["size"], "not all is signed"

    async def must_be_one_history(self) -> None:
        """Every checkpoint ever signed is continued by the newest, two implementations say."""
        log = PublishedLog(self.record.readers, ORIGIN, (), ())
        newest = max(self.signed)
        root = self.signed[newest]
        assert await log.root(newest) == root
        for size in filter(None, self.signed):
            proof = await log.consistency(size, newest)
            verify_consistency(size, newest, self.signed[size], root, proof)
            steps = [step.hex() for step in proof]
            roots = self.signed[size].hex(), root.hex()
            assert scitt_cose.verify_consistency(*roots, size, newest, steps)
        assert self.signed.get(0, EMPTY_ROOT) == EMPTY_ROOT


@asynccontextmanager
async def standing(dsn: str, folder: Path) -> AsyncIterator[Ground]:
    """A ground whose processes end with the block."""
    async with recording(dsn) as record:
        with Mortals(dsn, folder) as mortals:
            yield Ground(dsn, folder, record, mortals, settings_of(dsn, folder))


def notes_of(folder: Path) -> list[str]:
    """The lines of the file of checkpoints that can be read."""
    read = []
    for line in (folder / "checkpoints.jsonl").read_bytes().splitlines():
        try:
            read.append(str(json.loads(line)["note"]))
        except ValueError:  # torn by a kill in the middle of a write
            continue
    return read
