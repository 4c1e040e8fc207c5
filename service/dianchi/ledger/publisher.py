"""The publisher: signs the committed tree and keeps what was signed, in the database and outside.

Signed after the commit, never before it: a signature over entries that are then rolled back would
fork the log.
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

_LAST: Final = "SELECT max(size) FROM log_checkpoint WHERE origin = $1"
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
        """Passes the guard and finds what was published last.

        Raises:
            LogError: the stored log does not continue what was signed of it.
        """
        await must_continue(connection, signed_before(self._signer, self._file))
        last = await connection.fetchval(_LAST, self._signer.origin)
        self._published = -1 if last is None else last

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
        last = self._signer.last()
        if last is not None and last.size > tree.size:
            await must_continue(connection, signed_before(self._signer, self._file))
        spans = consistency_spans(last.size, tree.size) if last else []
        proof = await read_roots(connection, spans) if spans else []
        try:
            note = await asyncio.to_thread(self._sign, checkpoint, proof)
        except Rejected as error:
            raise LogError(
                f"the signer refuses the checkpoint of {tree.size} events: {error.zh} · {error.en}"
            ) from error
        await connection.execute(_KEEP, checkpoint.origin, checkpoint.size, checkpoint.root, note)
        self._published = tree.size
        return True

    def _sign(self, checkpoint: Checkpoint, proof: list[bytes]) -> bytes:
        note = self._signer.sign(checkpoint, proof)
        self._file.append(note)
        return note
