"""Writes the file of an export: rows at one moment, piece by piece, then the parts of the file."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from dianchi.access.keys import now_of
from dianchi.domain.exports import PAPER_ROWS, TITLES, kept_for
from dianchi.domain.recalls import Recall
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.sight import seers_of
from dianchi.domain.working_days import WorkingCalendar, business_date
from dianchi.exchange.tables.cells import RowsHash
from dianchi.exchange.tables.files import open_table
from dianchi.exports.about import about
from dianchi.exports.export import PART_BYTES, Export
from dianchi.exports.jobs import Lease
from dianchi.exports.lists import LISTINGS
from dianchi.exports.reading import Reading
from dianchi.ports import Clock
from dianchi.store.readers import Lender, Readers
from dianchi.views.recalls.query import recall_named
from dianchi.views.snapshots import snapshot

_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"
_END: Final = "SELECT max(log_index) + 1 FROM log_entry"
_DROP: Final = "DELETE FROM export_part WHERE export = $1"
_KEEP_PART: Final = "INSERT INTO export_part (export, part, body) VALUES ($1, $2, $3)"
_DONE: Final = """
UPDATE export SET state = 'done', rows = $2, size = $3, log_index = $4, rows_sha256 = $5,
       sha256 = $6, ended_at = $7, expires_at = $8, lease_by = NULL, lease_until = NULL
 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Sources:
    """What rows are read from: connections that read for somebody, and such that read all."""

    own: Readers
    whole: Readers
    rules: Rules
    calendar: WorkingCalendar
    clock: Clock

    def seeing(self, export: Export) -> Lender:
        """What reads for whoever asked."""
        seers = seers_of(export.reporter)
        return self.whole if seers is None else self.own.seeing(seers)


class TooManyRowsError(Exception):
    """The list has more rows than a paper takes (`domain.exports.PAPER_ROWS`)."""


class Written(NamedTuple):
    """A file on the disk: its rows, and up to where in the log they go."""

    path: Path
    rows: RowsHash
    log_index: int | None


async def write(lease: Lease, sources: Sources, registry: Registry) -> None:
    """Writes the file and keeps it.

    Raises:
        TooManyRowsError: it cannot be a paper.
        LeaseLostError: it was cancelled, or somebody else writes it.
    """
    with TemporaryDirectory(prefix="dianchi-export-") as folder:
        path = Path(folder) / lease.job.file_name
        recall = await _recall(lease.job, sources)
        async with snapshot(sources.seeing(lease.job)) as seeing:
            reading = _reading(lease.job, seeing, sources, registry)
            written = await _fill(path, lease, replace(reading, recall=recall))
        await _keep(written, lease, now_of(sources.clock))


async def _recall(export: Export, sources: Sources) -> Recall | None:
    """The recall that is asked about: an authority reads all, whatever batteries it sees."""
    asked = export.filters.get("recall")
    return None if asked is None else await recall_named(sources.whole, asked)


def _reading(export: Export, seeing: Lender, sources: Sources, registry: Registry) -> Reading:
    return Reading(
        seeing,
        seers_of(export.reporter) is None,
        export.reporter,
        registry,
        sources.rules,
        sources.calendar,
        business_date(now_of(sources.clock)),
        export.language,
        export.filters,
    )


async def _fill(path: Path, lease: Lease, reading: Reading) -> Written:
    export, listing = lease.job, LISTINGS[lease.job.list]
    end = await reading.seeing.fetchval(_END if export.list == "events" else _REFLECTED)
    title = getattr(TITLES[export.list], export.language)
    table = open_table(export.form, path, title, listing.columns, export.language)
    rows = RowsHash()
    async for piece in listing.rows(reading):
        if export.form == "pdf" and rows.rows + len(piece) > PAPER_ROWS:
            raise TooManyRowsError
        # A workbook takes its time; the log is kept by the same process.
        await asyncio.to_thread(table.write, piece)
        rows.take(piece)
        await lease.tell(rows.rows)
    log_index = end - 1 if end else None
    await asyncio.to_thread(table.close, about(export, rows, log_index, reading))
    return Written(path, rows, log_index)


async def _keep(written: Written, lease: Lease, now: datetime) -> None:
    export, digest, size = lease.job, sha256(), 0
    async with lease.writing() as connection:
        await connection.execute(_DROP, export.id)
        for number, body in enumerate(_parts(written.path)):
            await connection.execute(_KEEP_PART, export.id, number, body)
            digest.update(body)
            size += len(body)
        told = written.rows.rows, size, written.log_index, bytes.fromhex(written.rows.hex())
        ends = now + kept_for(business_date(now))
        await connection.execute(_DONE, export.id, *told, digest.digest(), now, ends)


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while body := file.read(PART_BYTES):
            yield body
