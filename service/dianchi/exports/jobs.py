"""Asking for exports, and having them in hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from dianchi.access.owners import owner_of
from dianchi.domain.admit import Reporter
from dianchi.domain.exports import Form
from dianchi.exchange.language import Language
from dianchi.exports.export import COLUMNS, Export, export_of
from dianchi.store import turns
from dianchi.store.names import new_id
from dianchi.store.readers import Lender, Readers

MOST_WAITING: Final = 10
"""Exports of one owner that wait or run at a time."""
_ASK: Final = f"""
INSERT INTO export (id, owner, organisation, reporter, list, filters, form, language, state, rows,
                    size, asked_at, turn_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, 0, $9, $9
 WHERE (SELECT count(*) FROM export WHERE owner = $2 AND state IN ('waiting', 'running')) < $10
RETURNING {COLUMNS}
"""  # noqa: S608 - constants
_ONE: Final = f"SELECT {COLUMNS} FROM export WHERE id = $1"  # noqa: S608 - constants
_LIST: Final = f"""
SELECT {COLUMNS} FROM export
 WHERE owner = $1 AND ($2::timestamptz IS NULL OR (asked_at, id) < ($2, $3))
 ORDER BY asked_at DESC, id DESC LIMIT $4
"""  # noqa: S608 - constants
_CANCEL: Final = """
UPDATE export SET state = 'cancelled', ended_at = $3, lease_by = NULL, lease_until = NULL
 WHERE id = $1 AND owner = $2 AND state IN ('waiting', 'running') RETURNING id
"""
_PART: Final = "SELECT body FROM export_part WHERE export = $1 AND part = $2"
_FAR: Final = "UPDATE export SET rows = greatest(rows, $2) WHERE id = $1"
_TURNS: Final = turns.Turns(
    "export",
    COLUMNS,
    due="state IN ('waiting', 'running')",
    read=export_of,
    begun="state = 'running', rows = 0,",
)


class TooManyError(Exception):
    """The owner has as many exports waiting as it may."""


class Wish(msgspec.Struct, frozen=True):
    """What is asked for: a list, its filters with ids for names, a form, a language."""

    list: str
    filters: Mapping[str, str]
    form: Form
    language: Language


async def ask(keeper: Readers, wish: Wish, reporter: Reporter, now: datetime) -> Export:
    """Has a file written, when its turn comes.

    Raises:
        TooManyError: the caller has to wait for others first.
    """
    who, filters = map(_json, (msgspec.to_builtins(reporter), dict(wish.filters)))
    owned = owner_of(reporter), reporter.organisation, who
    told = wish.list, filters, wish.form, wish.language
    async with keeper.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(_ASK, new_id(), *owned, *told, now, MOST_WAITING)
    if row is None:
        raise TooManyError
    return export_of(row)


async def own_export(seeing: Lender, identity: UUID) -> Export | None:
    """An export, as its owner sees it; None for others."""
    row = await seeing.fetchrow(_ONE, identity)
    return export_of(row) if row is not None else None


async def exports_of(
    seeing: Lender, owner: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Export]:
    """The exports of an owner, the newest first."""
    rows = await seeing.fetch(_LIST, owner, *(after or (None, None)), limit)
    return [export_of(row) for row in rows]


async def cancel(keeper: Readers, export: Export, now: datetime) -> bool:
    """Ends an export that is not finished; whether it was not."""
    return await keeper.fetchval(_CANCEL, export.id, export.owner, now) is not None


async def part_of(seeing: Lender, export: Export, part: int) -> bytes | None:
    """A part of a finished file; None once it was deleted."""
    found: bytes | None = await seeing.fetchval(_PART, export.id, part)
    return found


class Lease(turns.Lease[Export]):
    """An export in hand."""

    async def tell(self, rows: int) -> None:
        """Says that it goes on, and how many rows were written.

        Raises:
            LeaseLostError: it is not in hand any more.
        """
        async with self.writing() as connection:
            await connection.execute(_FAR, self.job.id, rows)


async def waits(keeper: Readers) -> bool:
    """Whether an export waits for its turn."""
    return await _TURNS.wait(keeper)


async def take(keeper: Readers, by: UUID) -> Lease | None:
    """The export that waits longest; None while none does."""
    export = await _TURNS.take(keeper, by)
    return Lease(_TURNS, keeper, export, by) if export is not None else None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
