"""The first step: the file is put together, read apart, and kept as rows."""

import asyncio
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

from asyncpg import Connection

from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets.faults import damaged, refused_file
from dianchi.exchange.sheets.kinds import KINDS, NATIONAL, REPORTS
from dianchi.exchange.sheets.mapping import guess
from dianchi.exchange.sheets.process import Opened, read_apart
from dianchi.uploads.asking import header_of
from dianchi.uploads.jobs import Lease
from dianchi.uploads.slices import Row, pack
from dianchi.uploads.upload import FAILED, READ, SLICE, json_of, plan_json

_PART: Final = "SELECT body FROM upload_part WHERE upload = $1 AND part = $2"
_AGAIN: Final = "DELETE FROM upload_slice WHERE upload = $1"
_KEEP: Final = """
INSERT INTO upload_slice (upload, slice, organisation, row_count, rows) VALUES ($1, $2, $3, $4, $5)
"""
_COUNT: Final = "UPDATE upload SET done = $2 WHERE id = $1"
_OPENED: Final = """
UPDATE upload SET opened = $2, plan = $3, plan_from = $4, family = coalesce(
       (SELECT coalesce(f.family, f.id) FROM upload f
         WHERE f.id = $5 AND f.organisation = upload.organisation), family)
 WHERE id = $1
"""
_SAVED: Final = """
SELECT plan FROM upload_plan WHERE organisation = $1 AND type = $2 AND header = $3
"""
_LINES: Final = {"ndjson": REPORTS, "national": NATIONAL}
"""Formats that need no understanding of columns, with the type that each goes with."""
_DROP: Final = "DELETE FROM upload_part WHERE upload = $1"


async def read_file(lease: Lease) -> None:
    """Reads the file of an upload into its slices; a second reading begins anew.

    Raises:
        LeaseLostError: somebody else has it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="dianchi-upload-") as folder:
            path = Path(folder) / "file"
            await _put_together(lease, path)
            count = await _read(lease, path)
    except Refused as refused:
        await lease.end(FAILED, refused)
    else:
        await lease.end(READ, rows=count)
    async with lease.writing() as connection:
        await connection.execute(_DROP, lease.job.id)


async def _put_together(lease: Lease, path: Path) -> None:
    digest = sha256()
    with path.open("wb") as file:
        for part in range(lease.job.parts):
            body = await lease.keeper.fetchval(_PART, lease.job.id, part)
            digest.update(body)
            await asyncio.to_thread(file.write, body)
    if digest.digest() != lease.job.sha256:
        raise refused_file(
            "hash_differs",
            ("收到的内容与 SHA-256 不符", "what came does not have the SHA-256 that was told"),
            ("请重新上传；上传期间不要修改文件", "send it again, and leave it alone meanwhile"),
        )


async def _read(lease: Lease, path: Path) -> int:
    async with lease.writing() as connection:
        await connection.execute(_AGAIN, lease.job.id)
    waiting: list[Row] = []
    count = slices = 0
    upload = lease.job
    role = upload.reporter.role if upload.type == NATIONAL else None
    async for told in read_apart(path, upload.name, role):
        if isinstance(told, Opened):
            await _note_opened(lease, told)
            continue
        waiting.append(told)
        count += 1
        if len(waiting) == SLICE:
            await _keep(lease, slices, waiting, count)
            slices, waiting = slices + 1, []
    if waiting:
        await _keep(lease, slices, waiting, count)
    if not count:
        raise damaged("no rows")
    return count


async def _keep(lease: Lease, number: int, rows: list[Row], count: int) -> None:
    upload = lease.job
    async with lease.writing() as connection:
        await connection.execute(
            _KEEP, upload.id, number, upload.organisation, len(rows), pack(rows)
        )
        await connection.execute(_COUNT, upload.id, count)


async def _note_opened(lease: Lease, told: Opened) -> None:
    upload = lease.job
    is_lines = told.format in _LINES
    if _LINES.get(told.format) != (upload.type if upload.type in _LINES.values() else None):
        raise _other_type(told.format)
    async with lease.writing() as connection:
        plan, where = (None, None) if is_lines else await _plan(connection, lease, told)
        opened = json_of(told._asdict())
        family = told.mark[2] if told.mark[1:2] == ["errors"] else None
        await connection.execute(_OPENED, upload.id, opened, plan, where, family)


async def _plan(connection: Connection, lease: Lease, told: Opened) -> tuple[str, str]:
    """How the columns are read: as last time, else as they are called."""
    upload = lease.job
    saved = await connection.fetchval(
        _SAVED, upload.organisation, upload.type, header_of(told.columns)
    )
    if saved is not None:
        return str(saved), "saved"
    return json_of(plan_json(guess(KINDS[upload.type], told.columns))), "guessed"


def _other_type(found: str) -> Refused:
    return refused_file(
        "other_type",
        (
            "“每行一份上报”的 NDJSON 请选类型 reports，表格请选具体的上报类型",
            "NDJSON goes with the type reports, a table with the type that its rows report",
        ),
        ("请改选类型再传", "choose the other type and send it again"),
        found,
    )
