"""Uploads in hand: how they end, and how what was wrong is kept."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from dianchi.domain.refusals import Fault, Refused
from dianchi.store import turns
from dianchi.store.readers import Readers
from dianchi.uploads.upload import COLUMNS, Upload, json_of, upload_of

_TURNS: Final = turns.Turns(
    "upload",
    COLUMNS,
    due="state IN ('reading', 'checking', 'committing')",
    read=upload_of,
    soon="state = 'receiving' AND made_at > clock_timestamp() - interval '1 minute'",
)
_END: Final = """
UPDATE upload SET state = $3, problem = $4, row_count = coalesce($5, row_count),
       ended_at = CASE WHEN $3 IN ('committed', 'failed') THEN clock_timestamp() END
 WHERE id = $1 AND lease_by = $2 RETURNING id
"""


class Lease(turns.Lease[Upload]):
    """An upload in hand."""

    async def end(
        self, state: str, refused: Refused | None = None, rows: int | None = None
    ) -> None:
        """Tells how it ended.

        Raises:
            LeaseLostError: somebody else does.
        """
        problem = json_of(problem_of(refused)) if refused is not None else None
        async with self.writing() as connection:
            await connection.execute(_END, self.job.id, self.by, state, problem, rows)


async def waits(uploader: Readers) -> bool:
    """Whether an upload waits for its turn, or soon will: its first parts are coming in."""
    return await _TURNS.wait(uploader)


async def take(uploader: Readers, by: UUID) -> Lease | None:
    """The upload that waits longest for its turn; None while none does."""
    upload = await _TURNS.take(uploader, by)
    return Lease(_TURNS, uploader, upload, by) if upload is not None else None


def fault_json(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept and shown."""
    return {
        "code": fault.code,
        "pointer": fault.pointer,
        "value": fault.value if isinstance(fault.value, int) else _short(fault.value),
        "message": fault.what._asdict(),
        "way_out": fault.way_out._asdict(),
    }


def _short(value: object) -> str | None:
    return None if value is None else str(value)[:200]


def problem_of(refused: Refused) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Why an upload failed."""
    return {"errors": [fault_json(fault) for fault in refused.faults[:100]]}
