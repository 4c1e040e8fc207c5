"""The publisher: signs the committed tree and keeps what was signed, in the database and outside.

Signed after the commit, never before it: a signature over entries that are then rolled back would
fork the log. Stored before it goes into the file: the session that holds the sequencer's lock is
the fence, and whoever lost it while it was frozen stores nothing and writes nothing outside.
"""

import asyncio
from typing import Final

from dianchi.ledger.errors import LogError
from dianchi.ledger.growth import read_roots
from dianchi.ledger.guard import must_continue, signed_before
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.signer import Signer
from dianchi.ledger.tiles import Tree, consistency_spans
from dianchi.store.connect import Queryable
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected

_LAST: Final = "SELECT size, note FROM log_checkpoint WHERE origin = $1 ORDER BY size DESC LIMIT 1"
_KEEP: Final = """
INSERT INTO log_checkpoint (origin, size, root, note, cosignatures) VALUES ($1, $2, $3, $4, '{}')
    ON CONFLICT DO NOTHING
"""


class Publisher:
    """Publishes one log."""

    def __init__(self, signer: Signer, file: CheckpointFile) -> None:
        self._signer = signer
        self._file = file
        self._published = -1

    async def begin(self, connection: Queryable) -> None:
        """Passes the guard and finds what was published last; the file gets it, if it lacks it.

        Raises:
            LogError: the stored log does not continue what was signed of it.
        """
        await self._must_continue(connection)
        last = await connection.fetchrow(_LAST, self._signer.origin)
        self._published = -1 if last is None else last["size"]
        kept = self._file.last(self._signer.origin)
        if last is not None and (kept is None or kept.size < last["size"]):
            await asyncio.to_thread(self._file.append, last["note"])

    async def publish(self, connection: Queryable, tree: Tree) -> bool:
        """Signs the tree as it is, unless that was done.

        Args:
            connection: outside a transaction; the tree is committed.
            tree: not empty.

        Raises:
            LogError: the signer holds it for another history.
        """
        if tree.size <= self._published or not tree.size:
            return False
        checkpoint = Checkpoint(self._signer.origin, tree.size, tree.root())
        note = None
        while note is None:
            note = await self._signed(connection, checkpoint)
        await connection.execute(_KEEP, checkpoint.origin, checkpoint.size, checkpoint.root, note)
        await asyncio.to_thread(self._file.append, note)
        self._published = tree.size
        return True

    async def _signed(self, connection: Queryable, checkpoint: Checkpoint) -> bytes | None:
        """The note; None where somebody else signed meanwhile, so that the proof was of no use.

        That is a twin that was frozen with the signer in hand, and woke; or it is we who slept,
        and then `must_continue` finds that the session is gone.
        """
        last = self._signer.last()
        if last is not None and last.size > checkpoint.size:
            await self._must_continue(connection)
        spans = consistency_spans(last.size, checkpoint.size) if last else []
        proof = await read_roots(connection, spans) if spans else []
        try:
            return await asyncio.to_thread(self._signer.sign, checkpoint, proof)
        except Rejected as error:
            if self._signer.last() != last:
                return None
            raise LogError(
                f"the signer refuses the checkpoint of {checkpoint.size} events: "
                f"{error.zh} · {error.en}"
            ) from error

    async def _must_continue(self, connection: Queryable) -> None:
        await must_continue(connection, signed_before(self._signer, self._file))
