"""From a row to a report with an id of its own making, and from an outcome to what is shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from dianchi.domain.refusals import Fault, Refused
from dianchi.exchange.json_in import read_json
from dianchi.exchange.sheets.kinds import NATIONAL
from dianchi.exchange.sheets.mapping import Excluded, Plan, column_of, told_by
from dianchi.exchange.sheets.stations import SITE
from dianchi.recording.outcomes import Outcome, Recorded, refusal_of
from dianchi.uploads.jobs import fault_json
from dianchi.uploads.slices import Result, Row
from dianchi.uploads.upload import Upload

Naming = Callable[[str, Mapping[str, Any]], UUID]
"""Makes the id of a report that has none, of its organisation and of what it says."""
_A: Final = ord("A")
_LETTERS: Final = 26


class Understood(NamedTuple):
    """A row as the record gets it: a report, or why it is none."""

    row: int
    report: dict[str, Any] | Refused | Excluded
    event_id: UUID | None = None
    where: str | None = None
    """In a nested form: the pointer of what makes it."""


def understand(upload: Upload, rows: Sequence[Row], named: Naming) -> list[Understood]:
    """What rows report.

    The id of a report follows from its organisation and content: the same row makes the same
    report, in this file, in one that was mended, and in next month's export.
    """
    return [_understood(upload, number, cells, named) for number, cells in rows]


def _understood(upload: Upload, number: int, cells: list[Any], named: Naming) -> Understood:
    kind = upload.kind
    if upload.type == NATIONAL:
        return _node(upload, number, str(cells[0]), str(cells[1]), named)
    if kind is None:
        return _line(upload, number, str(cells[0]), named)
    told = told_by(kind, upload.plan or Plan({}), cells, upload.organisation)
    if isinstance(told, Excluded):
        return Understood(number, told)
    if told.faults:
        return Understood(number, Refused(*told.faults))
    if kind.type == SITE:
        return Understood(number, told.report)
    return _identified(upload, number, told.report, named)


def _line(upload: Upload, number: int, line: str, named: Naming) -> Understood:
    try:
        report = read_json(line.encode("utf-8", "replace"))
    except Refused as refused:
        return Understood(number, refused)
    if isinstance(report, dict) and "event_id" not in report:
        return _identified(upload, number, report, named)
    try:
        identity = UUID(report["event_id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return Understood(number, report)  # refused when it is read
    return Understood(number, report, identity)


def _node(upload: Upload, number: int, told: str, where: str, named: Naming) -> Understood:
    report = read_json(told.encode())
    if "faults" in report:
        faults = (msgspec.convert(fault, Fault) for fault in report["faults"])
        return Understood(number, Refused(*faults), where=where)
    return _identified(upload, number, report, named)._replace(where=where)


def _identified(upload: Upload, number: int, report: dict[str, Any], named: Naming) -> Understood:
    identity = named(upload.organisation, report)
    return Understood(number, {"event_id": str(identity), **report}, identity)


def result_of(upload: Upload, row: Understood, outcome: Outcome | Refused | None) -> Result:
    """What became of a row.

    Args:
        upload: that it is of.
        row: as it was understood.
        outcome: of its report; None where another row kept all from being written.
    """
    told = Result(row.row, "skipped", battery=_battery(row.report))
    if row.event_id is not None:
        told.event_id = str(row.event_id)
    if isinstance(row.report, Excluded):
        told.outcome = "out_of_scope"
    elif isinstance(outcome, Recorded):
        told.outcome = "duplicate" if outcome.replay else "accepted"
        told.findings = sorted({f.code for entry in outcome.entries for f in entry.findings})
    elif outcome is not None:
        refused = outcome if isinstance(outcome, Refused) else refusal_of(outcome)
        told.outcome = "refused"
        told.faults = [_placed(upload, row, fault) for fault in refused.faults[:20]]
    return told


def _battery(report: object) -> str | None:
    name = report.get("battery", report.get("number")) if isinstance(report, dict) else None
    return name[:120] if isinstance(name, str) else None


def _placed(upload: Upload, row: Understood, fault: Fault) -> dict[str, Any]:
    """A fault with the column and the cell that it came from, or its place in the nesting."""
    told = fault_json(fault)
    if row.where is not None:
        return told | {"column": row.where, "at": None, "cell": None}
    at = column_of(fault.pointer, upload.plan) if upload.plan is not None else None
    opened = upload.opened or {}
    column = upload.columns[at] if at is not None else None
    cell = f"{_letters(at + opened.get('left', 0))}{row.row}" if at is not None else None
    return told | {"column": column, "at": at, "cell": cell}


def _letters(column: int) -> str:
    """A column as spreadsheets call it: A to Z, AA, AB and so on."""
    told = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        told = chr(_A + rest) + told
    return told
