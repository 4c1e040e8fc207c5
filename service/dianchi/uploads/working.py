"""The dry run and the record: slice by slice, each with its results."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.exchange.sheets.stations import SITE
from dianchi.recording.recorder import Recorder
from dianchi.store.readers import Readers
from dianchi.uploads.jobs import Lease
from dianchi.uploads.rows import Naming, Understood, understand
from dianchi.uploads.slices import Result, pack, unpack_rows
from dianchi.uploads.stations import Stations
from dianchi.uploads.taking import Firsts, Known, Reports, Taken, Taker
from dianchi.uploads.upload import (
    CHECKED,
    CHECKING,
    COMMITTED,
    FAILED,
    TALLIES,
    Upload,
    json_of,
)

_NEXT: Final = """
SELECT slice, rows, known FROM upload_slice
 WHERE upload = $1 AND CASE WHEN $2 THEN checked ELSE committed END IS NULL AND slice > $3
 ORDER BY slice LIMIT $4
"""
_CLAIM: Final = """
INSERT INTO upload_key (upload, event_id, digest, place)
SELECT $1, * FROM unnest($2::uuid[], $3::bytea[], $4::int[]) ON CONFLICT DO NOTHING
"""
_FIRST: Final = """
SELECT event_id, digest, place FROM upload_key WHERE upload = $1 AND event_id = ANY ($2::uuid[])
"""
_CHECKED: Final = """
UPDATE upload_slice SET checked = $3, tallies = $4 WHERE upload = $1 AND slice = $2
"""
_COMMITTED: Final = """
UPDATE upload_slice SET committed = $3, tallies = $4 WHERE upload = $1 AND slice = $2
"""
_FAR: Final = """
UPDATE upload SET done = $2, checked = coalesce($3, checked), committed = coalesce($4, committed)
 WHERE id = $1
"""


AT_ONCE: Final = 4
"""Slices that share what each look and each write costs."""
_BEFORE_ALL: Final = -1


class Record(NamedTuple):
    """Where rows of uploads go.

    Attributes:
        recorder: what batches are recorded by.
        readers: read which reports are on record.
        named: gives ids to reports that have none.
    """

    recorder: Recorder
    readers: Readers
    named: Naming


class Work:
    """One turn at an upload: some of its slices.

    Args:
        lease: of the upload.
        record: where its rows go.
    """

    def __init__(self, lease: Lease, record: Record) -> None:
        self._lease = lease
        self._named = record.named
        upload = lease.job
        is_sites = upload.kind is not None and upload.kind.type == SITE
        self._taker: Taker = (
            Stations(lease) if is_sites else Reports(lease, record.recorder, record.readers)
        )
        self._dry = upload.state == CHECKING
        self._writing: asyncio.Task[None] | None = None
        self._together = not self._dry and upload.mode == "atomic"
        self._done = upload.done
        self._tallies = Counter((upload.checked if self._dry else upload.committed) or {})

    async def turn(self, most: int) -> bool:
        """Works on so many slices at most; whether the step is complete.

        Raises:
            LeaseLostError: somebody else has the upload now.
        """
        try:
            return await self._turn(most)
        finally:
            if self._writing is not None:
                await _stopped(self._writing)

    async def _turn(self, most: int) -> bool:
        group = await self._next(_BEFORE_ALL)
        for done in range(AT_ONCE, most + AT_ONCE, AT_ONCE):
            if group is None:
                await self._written()
                await self._lease.end(CHECKED if self._dry else COMMITTED)
                return True
            try:
                group = await self._take(group, looking_ahead=done < most)
            except Refused as refused:  # not all, or too many events for one transaction
                await self._lease.end(CHECKED if self._dry else FAILED, refused)
                return True
        await self._written()
        return False

    async def _next(self, after: int) -> "_Group | None":
        """The slices behind this one, as many as are worked on at once; None where there are none.

        They were all begun by nobody, or all by somebody who did not end.
        """
        upload = self._lease.job
        limit = upload.row_count if self._together else AT_ONCE
        found = await self._lease.keeper.fetch(_NEXT, upload.id, self._dry, after, limit)
        if not self._together:
            new = [row["known"] is None for row in found]
            found = found[: new.index(not new[0]) if len(set(new)) > 1 else None]
        if not found:
            return None
        each = [understand(upload, unpack_rows(row["rows"]), self._named) for row in found]
        known = await self._taker.known(found, [row for some in each for row in some])
        return _Group(found, each, known)

    async def _take(self, group: "_Group", *, looking_ahead: bool) -> "_Group | None":
        """Takes these slices; the next are read and understood while the database works."""
        if self._together or not looking_ahead:
            await self._slices(group)
            return None
        looking = asyncio.create_task(self._next(group.found[-1]["slice"]))
        try:
            await self._slices(group)
            return await looking
        finally:
            await _stopped(looking)

    async def _slices(self, group: "_Group") -> None:
        upload = self._lease.job
        rows = [row for some in group.each for row in some]
        taken = await self._taker.take(rows)
        numbers, sizes = [row["slice"] for row in group.found], list(map(len, group.each))
        worked = _Worked(numbers, sizes, taken, group.known)
        refused = sum(row.is_refused for row in taken)
        if upload.mode == "atomic" and not self._dry and refused:
            self._done, self._tallies, self._dry = 0, Counter(), True
            await self._write(worked, skipping=True)
            raise _not_all(refused)
        # Results are kept in the order of the file, each beside the taking of the next.
        await self._written()
        self._writing = asyncio.create_task(self._write(worked))

    async def _written(self) -> None:
        """Waits until the results of what was taken are kept."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    async def _write(self, worked: "_Worked", *, skipping: bool = False) -> None:
        """Keeps the results, all at once and only while the upload is in hand."""
        upload, done, tallies = self._lease.job, self._done, self._tallies
        async with self._lease.writing() as connection:
            firsts = await _claim(connection, upload, worked.taken)
            settled = [
                (each, self._taker.settled(each, firsts, worked.known)) for each in worked.taken
            ]
            if not self._dry:
                await self._taker.write(connection, settled)
            results = [_skipped(result) if skipping else result for _, result in settled]
            begin = 0
            for number, size in zip(worked.slices, worked.sizes, strict=True):
                tallies = tallies + await self._keep(
                    connection, number, results[begin : begin + size]
                )
                begin += size
            done += len(results)
            told = json_of({name: tallies[name] for name in TALLIES})
            both = (told, None) if self._dry else (None, told)
            await connection.execute(_FAR, upload.id, done, *both)
        self._done, self._tallies = done, tallies

    async def _keep(self, connection: Connection, number: int, some: list[Result]) -> Counter[str]:
        counted = Counter(result.outcome for result in some)
        counted["warned"] = sum(bool(result.findings) for result in some)
        await connection.execute(
            _CHECKED if self._dry else _COMMITTED,
            self._lease.job.id,
            number,
            pack(some),
            json_of(counted),
        )
        return counted


async def _stopped(task: asyncio.Task[Any]) -> None:
    """Ends what nobody waits for any more, and lets go of the connection that it holds."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _Group(NamedTuple):
    """Slices with their rows as they were understood."""

    found: Sequence[Any]
    each: list[list[Understood]]
    known: Known


class _Worked(NamedTuple):
    slices: list[int]
    sizes: list[int]
    taken: list[Taken]
    known: Known


def _skipped(result: Result) -> Result:
    """Where not all rows are good, a good one is left out."""
    if result.outcome == "accepted":
        result.outcome, result.findings = "skipped", []
    return result


async def _claim(connection: Connection, upload: Upload, taken: Sequence[Taken]) -> Firsts:
    """Which row of the file told each thing first, and with which content."""
    claims = {
        each.key: (each.row.row, each.digest)
        for each in reversed(taken)
        if each.key is not None
        and each.digest is not None
        and not isinstance(each.outcome, Refused)
    }
    places = [place for place, _ in claims.values()]
    digests = [digest for _, digest in claims.values()]
    await connection.execute(_CLAIM, upload.id, list(claims), digests, places)
    keys = list({each.key for each in taken if each.key is not None})
    found = await connection.fetch(_FIRST, upload.id, keys)
    return {row["event_id"]: (row["place"], row["digest"]) for row in found}


def _not_all(refused: int) -> Refused:
    return Refused(
        Fault(
            "not_all_rows",
            "",
            refused,
            Text(
                f"{refused} 行不能记入，因此整份没有记入",
                f"{refused} rows are refused, so none was recorded",
            ),
            Text(
                "请改正后重传，或选择只记入正确的行（mode=partial）",
                "mend them, or record the good rows only (mode=partial)",
            ),
        )
    )
