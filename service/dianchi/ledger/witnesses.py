"""Asking witnesses (c2sp.org/tlog-witness) to cosign the newest checkpoint, beside all else.

Nobody waits for them: a receipt is ready without, and carries what they signed by then.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx
import structlog

from dianchi.ledger.errors import LogError
from dianchi.ledger.growth import read_roots
from dianchi.ledger.tiles import consistency_spans
from dianchi.store.readers import Readers, open_readers
from dianchi.store.rights import SEQUENCER
from dianchi_client.checkpoint import Checkpoint, decimal
from dianchi_client.errors import Rejected
from dianchi_client.note import Note, VerifierKey, encode64, signature

LOOK_S: Final = 0.2
AGAIN_S: Final = 5.0
TIMEOUT_S: Final = 5.0
_NEWEST: Final = "SELECT note FROM log_checkpoint WHERE origin = $1 ORDER BY size DESC LIMIT 1"
# One line for each witness: who signs again, at a later time, takes the place of the first.
_KEEP: Final = """
UPDATE log_checkpoint
   SET cosignatures = ARRAY(SELECT line FROM unnest(cosignatures) line
                             WHERE NOT starts_with(line, $3)) || $4::text
 WHERE origin = $1 AND size = $2
"""
log = structlog.get_logger()


@dataclass(slots=True)
class Asked:
    """A witness: its key, its address, and the size that it cosigned last."""

    key: VerifierKey
    url: str
    size: int = 0


class Witnesses:
    """The witnesses of one log."""

    def __init__(self, dsn: str, origin: str, asked: Sequence[Asked]) -> None:
        self._dsn = dsn
        self._origin = origin
        self._asked = list(asked)

    async def run(self) -> None:
        """Asks for ever."""
        pool = await open_readers(self._dsn, most=2, role=SEQUENCER)
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as http, asyncio.TaskGroup() as group:
                for one in self._asked:
                    group.create_task(self._follow(pool, http, one))
        finally:
            await pool.close()

    async def _follow(self, pool: Readers, http: httpx.AsyncClient, one: Asked) -> None:
        while True:
            try:
                await self.ask(pool, http, one)
            except (httpx.HTTPError, Rejected, LogError) as error:
                log.warning("no cosignature", witness=one.key.name, error=str(error))
                await asyncio.sleep(AGAIN_S)
            await asyncio.sleep(LOOK_S)

    async def ask(self, pool: Readers, http: httpx.AsyncClient, one: Asked) -> bool:
        """Has the newest checkpoint cosigned by one witness, unless it was; whether it is now.

        Raises:
            httpx.HTTPError: it does not answer.
            Rejected: its answer is no cosignature of it.
            LogError: it saw another history.
        """
        raw = await pool.fetchval(_NEWEST, self._origin)
        checkpoint = Checkpoint.parse(Note.parse(raw).text) if raw else None
        if checkpoint is None or checkpoint.size == one.size:
            return False
        answer = await self._post(pool, http, one, checkpoint, raw)
        if answer.status_code == httpx.codes.CONFLICT:
            one.size = self._must_be_behind(one, decimal(answer.text.strip()), checkpoint)
            answer = await self._post(pool, http, one, checkpoint, raw)
        if answer.status_code != httpx.codes.OK:
            raise LogError(f"the witness answers {answer.status_code}: {answer.text.strip()}")
        line = _cosignature(answer.text, one.key, checkpoint)
        begin = f"— {one.key.name} "
        async with pool.acquire() as connection:
            await connection.execute(_KEEP, self._origin, checkpoint.size, begin, line)
        one.size = checkpoint.size
        return True

    def _must_be_behind(self, one: Asked, size: int, checkpoint: Checkpoint) -> int:
        if size > checkpoint.size:
            raise LogError(
                f"{one.key.name} has seen {size} events of this log, it has only "
                f"{checkpoint.size}: an older backup, or somebody signs another history"
            )
        return size

    async def _post(
        self,
        pool: Readers,
        http: httpx.AsyncClient,
        one: Asked,
        checkpoint: Checkpoint,
        raw: bytes,
    ) -> httpx.Response:
        spans = consistency_spans(one.size, checkpoint.size)
        async with pool.acquire() as connection:
            steps = await read_roots(connection, spans) if spans else []
        lines = "".join(f"{encode64(step)}\n" for step in steps)
        body = f"old {one.size}\n{lines}\n".encode() + raw
        return await http.post(f"{one.url.rstrip('/')}/add-checkpoint", content=body)


def _cosignature(answer: str, key: VerifierKey, checkpoint: Checkpoint) -> str:
    """The line of this witness in an answer, checked.

    Raises:
        Rejected: it does not stand there, or does not fit.
    """
    for line in answer.splitlines(keepends=True):
        read = signature(line)
        if (read.name, read.key_id) == (key.name, key.id):
            key.verify(checkpoint.text, read.blob)
            return line if line.endswith("\n") else f"{line}\n"
    raise Rejected("not_signed", "见证方没有签名", "the witness did not sign")
