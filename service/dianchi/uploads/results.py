"""What became of rows: paged for whoever looks, whole for the workbook of errors."""

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from dianchi.domain.refusals import Fault, Text
from dianchi.exchange.sheets.headers import Cell
from dianchi.exchange.sheets.writing import Mended
from dianchi.store.readers import Lender
from dianchi.uploads.slices import Result, Row, unpack_results, unpack_rows
from dianchi.uploads.upload import Upload

MOST_MENDED: Final = 50_000
"""Refused rows in one workbook."""
_SLICES: Final = """
SELECT slice, rows, CASE WHEN $2 THEN committed ELSE checked END AS results FROM upload_slice
 WHERE upload = $1 AND slice >= $3
   AND CASE WHEN $2 THEN committed ELSE checked END IS NOT NULL
   AND ($4::text IS NULL OR (tallies ->> $4)::int > 0)
 ORDER BY slice LIMIT $5
"""
_AT_ONCE: Final = 4


class Place(NamedTuple):
    """Where a page goes on: a slice, and a result in it."""

    slice: int = 0
    result: int = 0


class Shown(NamedTuple):
    """A page of results."""

    items: list[Result]
    next: Place | None


async def page_of(
    seeing: Lender, upload: Upload, outcome: str | None, code: str | None, after: Place, limit: int
) -> Shown:
    """Results in the order of the file.

    Args:
        seeing: connections that read for the organisation.
        upload: whose rows.
        outcome: only these; `warned` are those with findings.
        code: only those with this fault or finding.
        after: where to begin.
        limit: how many at most.
    """
    found: list[Result] = []
    async for number, results, _ in _each(seeing, upload, outcome, after.slice):
        begin = after.result if number == after.slice else 0
        for at, result in enumerate(results[begin:], begin):
            if not _is_wanted(result, outcome, code):
                continue
            if len(found) == limit:
                return Shown(found, Place(number, at))
            found.append(result)
    return Shown(found, None)


async def _each(
    seeing: Lender, upload: Upload, outcome: str | None, begin: int
) -> AsyncIterator[tuple[int, list[Result], list[Row]]]:
    committed = upload.shown == "committed"
    while True:
        rows = await seeing.fetch(_SLICES, upload.id, committed, begin, outcome, _AT_ONCE)
        for row in rows:
            yield row["slice"], unpack_results(row["results"]), unpack_rows(row["rows"])
        if len(rows) < _AT_ONCE:
            return
        begin = rows[-1]["slice"] + 1


def _is_wanted(result: Result, outcome: str | None, code: str | None) -> bool:
    if outcome == "warned":
        if not result.findings:
            return False
    elif outcome is not None and result.outcome != outcome:
        return False
    return code is None or code in result.findings or any(f["code"] == code for f in result.faults)


async def to_mend(seeing: Lender, upload: Upload) -> tuple[list[Mended], list[list[Cell]]]:
    """The refused rows with their faults, and the rows that are not traced here."""
    refused: list[Mended] = []
    excluded: list[list[Cell]] = []
    async for _, results, rows in _each(seeing, upload, "refused", 0):
        for result, (_, cells) in zip(results, rows, strict=True):
            if result.outcome == "refused" and len(refused) < MOST_MENDED:
                faults = [(fault.get("at"), _fault(fault)) for fault in result.faults]
                refused.append(Mended(cells, faults))
    async for _, results, rows in _each(seeing, upload, "out_of_scope", 0):
        for result, (_, cells) in zip(results, rows, strict=True):
            if result.outcome == "out_of_scope" and len(excluded) < MOST_MENDED:
                excluded.append(list(cells))
    return refused, excluded


def _fault(told: dict[str, object]) -> Fault:
    message, way_out = told["message"], told["way_out"]
    assert isinstance(message, dict)  # noqa: S101 - as `fault_json` wrote it
    assert isinstance(way_out, dict)  # noqa: S101 - as above
    return Fault(
        str(told["code"]), str(told["pointer"]), told["value"], Text(**message), Text(**way_out)
    )


async def events_of(seeing: Lender, upload: Upload) -> AsyncIterator[tuple[str, bool]]:
    """The ids of all that is on record of an upload's rows, in the order of the file.

    With each, whether no earlier row of the file makes the same report.
    """
    async for _, results, _ in _each(seeing, upload, None, 0):
        for result in results:
            if result.event_id is not None and result.outcome in {"accepted", "duplicate"}:
                yield result.event_id, result.same_as is None
