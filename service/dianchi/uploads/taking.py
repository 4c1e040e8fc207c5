"""What the record makes of the rows of a file: the same for a dry run and for the record."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from asyncpg import Connection

from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets.mapping import Excluded
from dianchi.recording.outcomes import Busy, Clash
from dianchi.recording.recorder import Batch, Recorder
from dianchi.store.readers import Readers
from dianchi.uploads.jobs import Lease
from dianchi.uploads.rows import Understood, result_of
from dianchi.uploads.slices import Result
from dianchi.uploads.upload import CHECKING, Upload

MOST_TRIES: Final = 5
_ON_RECORD: Final = "SELECT event_id FROM report WHERE event_id = ANY ($1::uuid[])"
_NOTE_KNOWN: Final = "UPDATE upload_slice SET known = $3 WHERE upload = $1 AND slice = $2"


class Taken(NamedTuple):
    """A row with what became, or would become, of it.

    Attributes:
        row: as it was understood.
        key: by which rows of one file that tell the same thing are known; None where it tells none.
        digest: the hash of what it tells.
        outcome: of its taker's making.
    """

    row: Understood
    key: UUID | None
    digest: bytes | None
    outcome: Any

    @property
    def is_refused(self) -> bool:
        """Whether it is not taken."""
        return isinstance(self.outcome, Refused | Clash | Busy)


Firsts = Mapping[UUID, tuple[int, bytes]]
"""Which row of the file told each thing first, and the hash of what it told."""
Known = frozenset[UUID] | None


class Taker(Protocol):
    """Takes rows of one upload."""

    async def known(self, found: Sequence[Any], rows: Sequence[Understood], /) -> Known:
        """What was on record before a worker that was ended began with these rows, if one did."""

    async def take(self, rows: Sequence[Understood]) -> list[Taken]:
        """What becomes of each row; of those of a dry run nothing is written."""

    def settled(self, taken: Taken, firsts: Firsts, known: Known, /) -> Result:
        """The result of a row: repeats within the file are told."""

    async def write(self, connection: Connection, settled: Sequence[tuple[Taken, Result]]) -> None:
        """Writes what is written together with the results."""


class Reports:
    """Takes rows that are reports, through the one way by which batches are taken.

    Args:
        lease: of the upload.
        recorder: what batches are recorded by.
        record: reads which reports are on record.
    """

    def __init__(self, lease: Lease, recorder: Recorder, record: Readers) -> None:
        self._lease = lease
        self._recorder = recorder
        self._record = record
        self._dry = lease.job.state == CHECKING

    async def known(self, found: Sequence[Any], rows: Sequence[Understood]) -> Known:
        """What was on record before a worker that was ended began with these rows.

        None where nobody began: the record itself says what is new.
        """
        if self._dry:
            return None
        if all(row["known"] is not None for row in found):
            return frozenset(each for row in found for each in row["known"])
        ids = [row.event_id for row in rows if row.event_id is not None]
        there = [row["event_id"] for row in await self._record.fetch(_ON_RECORD, ids)]
        async with self._lease.writing() as connection:
            for row in found:
                await connection.execute(_NOTE_KNOWN, self._lease.job.id, row["slice"], there)
        return None

    async def take(self, rows: Sequence[Understood]) -> list[Taken]:
        """What the record makes of rows; those that are not traced are not shown to it."""
        batch = await self._batch([r.report for r in rows if not isinstance(r.report, Excluded)])
        taken, at = [], 0
        for row in rows:
            if isinstance(row.report, Excluded):
                taken.append(Taken(row, None, None, None))
                continue
            ready = batch.prepared.get(at)
            digest = ready.stamp.sha256 if ready is not None else None
            taken.append(Taken(row, row.event_id, digest, batch.outcomes[at]))
            at += 1
        return taken

    def settled(self, taken: Taken, firsts: Firsts, known: Known) -> Result:
        """The result of a row: repeats are told, what an ended worker recorded is ours.

        A dry run writes nothing, so that what an earlier slice would have recorded is looked up
        here.
        """
        upload, (row, key, digest, outcome) = self._lease.job, taken
        result = result_of(upload, row, outcome)
        if key is None or digest is None or result.outcome not in {"accepted", "duplicate"}:
            return result
        first, content = firsts.get(key, (row.row, digest))
        if content != digest:
            return result_of(upload, row, Clash(str(key)))
        if first != row.row:
            result.outcome, result.same_as = "duplicate", first
        elif known is not None and key not in known:
            result.outcome = "accepted"
        return result

    async def write(self, connection: Connection, settled: Sequence[tuple[Taken, Result]]) -> None:
        """Nothing: what was taken is on record."""

    async def _batch(self, reports: list[Any]) -> Batch:
        """The same reading, admission and folding for a dry run and for the record."""
        upload: Upload = self._lease.job
        if self._dry:
            return await self._foreseen(reports)
        if upload.mode == "atomic":
            return await self._recorder.together(reports, upload.reporter, write=True)
        batch = await self._recorder.batch(reports, upload.reporter)
        for _ in range(MOST_TRIES):
            busy = [n for n, outcome in enumerate(batch.outcomes) if isinstance(outcome, Busy)]
            if not busy:
                break
            again = await self._recorder.batch([reports[n] for n in busy], upload.reporter)
            for number, outcome in zip(busy, again.outcomes, strict=True):
                batch.outcomes[number] = outcome
        return batch

    async def _foreseen(self, reports: list[Any]) -> Batch:
        """Looks at half as many where they are too many events for one transaction."""
        reporter = self._lease.job.reporter
        try:
            return await self._recorder.together(reports, reporter, write=False)
        except Refused:
            if len(reports) == 1:
                raise
        middle = len(reports) // 2
        first = await self._foreseen(reports[:middle])
        second = await self._foreseen(reports[middle:])
        moved = {number + middle: ready for number, ready in second.prepared.items()}
        return Batch([*first.outcomes, *second.outcomes], first.prepared | moved)
