"""Rows that register sites: some hundred in one statement, together with their results."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection

from dianchi.access.sites import put_sites, sites_named
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Site
from dianchi.domain.siting import site_told
from dianchi.uploads.jobs import Lease
from dianchi.uploads.rows import Understood, result_of
from dianchi.uploads.slices import Result
from dianchi.uploads.taking import Firsts, Known, Taken
from dianchi.uploads.upload import json_of

CHANGED: Final = "site_changed"
"""What is noted of a row that tells something new of a site that was there."""


class Stations:
    """Takes rows that are sites, as `POST /v1/sites` takes each: the same rules, many at once.

    Sites are written in the transaction of their results: a worker that is ended leaves both or
    neither.

    Args:
        lease: of the upload.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    async def known(self, _found: Sequence[Any], _rows: Sequence[Understood], /) -> Known:
        """Nothing: no worker leaves sites without their results."""
        return None

    async def take(self, rows: Sequence[Understood]) -> list[Taken]:
        """The site of each row, as it would stand; whether that is new is told by comparison."""
        upload = self._lease.job
        numbers = {number for row in rows if (number := _number(row)) is not None}
        known = await sites_named(self._lease.keeper, upload.organisation, numbers)
        return [self._taken(row, known) for row in rows]

    def _taken(self, row: Understood, known: dict[str, Site]) -> Taken:
        told = row.report
        if not isinstance(told, dict):
            return Taken(row, None, None, told)
        number = _number(row)
        key = None if number is None else _key(number)
        digest = sha256(json_of(sorted(told.items())).encode()).digest()
        try:
            site = site_told(told, self._lease.job.organisation, known.get)
        except Refused as refused:
            return Taken(row, key, digest, refused)
        return Taken(row, key, digest, (site, known.get(site.number)))

    def settled(self, taken: Taken, firsts: Firsts, _known: Known, /) -> Result:
        """The result of a row; a number that an earlier row told otherwise is refused."""
        upload, (row, key, digest, outcome) = self._lease.job, taken
        first, content = firsts.get(key, (row.row, digest)) if key else (row.row, digest)
        if content != digest:
            return result_of(upload, row, _told_twice(row, first))
        if not isinstance(outcome, tuple):
            return result_of(upload, row, outcome)
        site, before = outcome
        result = result_of(upload, row, None)
        result.outcome = "duplicate" if site == before else "accepted"
        if first != row.row:
            result.outcome, result.same_as = "duplicate", first
        elif before is not None and site != before:
            result.findings = [CHANGED]
        return result

    async def write(self, connection: Connection, settled: Sequence[tuple[Taken, Result]]) -> None:
        """Writes the sites that are new or changed."""
        sites = [taken.outcome[0] for taken, result in settled if result.outcome == "accepted"]
        if sites:
            await put_sites(connection, self._lease.job.organisation, sites)


def _number(row: Understood) -> str | None:
    return (row.report.get("number") or None) if isinstance(row.report, dict) else None


def _key(number: str) -> UUID:
    return UUID(bytes=sha256(b"site:" + number.encode()).digest()[:16])


def _told_twice(row: Understood, first: int) -> Refused:
    return Refused(
        Fault(
            "invalid_value",
            "/number",
            _number(row),
            Text(f"第 {first} 行已登记此编码，内容不同", f"row {first} tells this site otherwise"),
            Text("请只留一行", "leave one of the rows"),
        )
    )
