"""What a firm asks to be done with a file that was read: a dry run, the record, or nothing."""

from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from dianchi.domain.admit import Reporter
from dianchi.exchange.sheets.mapping import Plan, check_plan
from dianchi.store.readers import Readers
from dianchi.uploads.upload import (
    CHECKED,
    CHECKING,
    COMMITTING,
    READ,
    READING,
    RECEIVING,
    Upload,
    json_of,
    plan_json,
)

_FRESH: Final = "UPDATE upload_slice SET checked = NULL, tallies = NULL WHERE upload = $1"
_FORGET: Final = "DELETE FROM upload_key WHERE upload = $1"
_ASK: Final = """
UPDATE upload SET state = $3, reporter = $4, plan = $5, plan_from = $6, mode = $7, done = 0,
       checked = CASE WHEN $3 = 'checking' THEN NULL ELSE checked END,
       asked_at = $8, turn_at = $8, problem = NULL
 WHERE id = $1 AND state = ANY ($2::text[])
RETURNING id
"""
_SAVE: Final = """
INSERT INTO upload_plan (organisation, type, header, plan, made_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organisation, type, header) DO UPDATE SET plan = excluded.plan, made_at = $5
"""
_CANCEL: Final = """
UPDATE upload SET state = 'cancelled', ended_at = $2, lease_by = NULL, lease_until = NULL
 WHERE id = $1 AND state = ANY ($3::text[]) RETURNING id
"""
_CLEAR: Final = "DELETE FROM upload_part WHERE upload = $1"
_MAY_ASK: Final = (READ, CHECKED)
_MAY_CANCEL: Final = (RECEIVING, READING, READ, CHECKING, CHECKED, COMMITTING)


def header_of(columns: list[str]) -> bytes:
    """By which a firm's table is known again."""
    return sha256(json_of(columns).encode()).digest()


async def ask_dry_run(
    uploader: Readers, upload: Upload, reporter: Reporter, plan: Plan | None, now: datetime
) -> bool:
    """Has every row looked at as if it were reported; whether that may be asked now.

    Raises:
        Refused: the plan cannot be used.
    """
    return await _ask(uploader, upload, (CHECKING, None), reporter, plan, now)


async def ask_commit(
    uploader: Readers, upload: Upload, reporter: Reporter, mode: str, now: datetime
) -> bool:
    """Has the rows reported; whether that may be asked now.

    Raises:
        Refused: the plan cannot be used.
    """
    return await _ask(uploader, upload, (COMMITTING, mode), reporter, None, now)


async def _ask(
    uploader: Readers,
    upload: Upload,
    step: tuple[str, str | None],
    reporter: Reporter,
    plan: Plan | None,
    now: datetime,
) -> bool:
    state, mode = step
    chosen = plan or upload.plan
    if upload.kind is not None:
        check_plan(upload.kind, upload.columns, chosen or Plan({}))
    where = "given" if plan is not None else upload.plan_from
    told = json_of(plan_json(chosen)) if chosen is not None else None
    who = json_of(msgspec.to_builtins(reporter))
    async with uploader.acquire() as connection, connection.transaction():
        if state == CHECKING:
            await connection.execute(_FRESH, upload.id)
            await connection.execute(_FORGET, upload.id)
        asked: UUID | None = await connection.fetchval(
            _ASK, upload.id, _MAY_ASK, state, who, told, where, mode, now
        )
        if asked is not None and plan is not None:
            header = header_of(upload.columns)
            await connection.execute(_SAVE, upload.organisation, upload.type, header, told, now)
    return asked is not None


async def cancel(uploader: Readers, upload: Upload, now: datetime) -> bool:
    """Ends an upload; what was recorded stays. Whether there was anything to end."""
    async with uploader.acquire() as connection, connection.transaction():
        ended = await connection.fetchval(_CANCEL, upload.id, now, _MAY_CANCEL)
        await connection.execute(_CLEAR, upload.id)
    return ended is not None
