"""Keeps what each life and batch adds, and changes the counts by the difference of new and old.

All in the transaction of the step, so that at every moment a count is the sum of what is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.indicators.cells import Amount, Cell, Contributions, cell_id
from dianchi.domain.indicators.lives import life_contributions
from dianchi.domain.registry import Registry
from dianchi.views.assessing import Assessed, Told
from dianchi.views.reading import Lives

WIDTH: Final = len(Amount._fields)
_KEPT: Final = (
    "SELECT stream_id, cells, amounts FROM contribution WHERE stream_id = ANY ($1::uuid[])"
)
_KEEP: Final = """
INSERT INTO contribution (stream_id, cells, amounts)
SELECT stream_id, cells, amounts FROM json_populate_recordset(NULL::contribution, $1::text::json)
    ON CONFLICT (stream_id) DO UPDATE SET cells = excluded.cells, amounts = excluded.amounts
"""
_DROP: Final = "DELETE FROM contribution WHERE stream_id = ANY ($1::uuid[])"
DIMENSIONS: Final = Cell._fields
SUMS: Final = ("contributors", *Amount._fields)
# In the order of cells: two processes that change the same ones do not stop each other.
_ADD: Final = f"""
INSERT INTO tally AS t (cell, {", ".join((*DIMENSIONS, *SUMS))})
SELECT cell, {", ".join((*DIMENSIONS, *SUMS))}
  FROM json_populate_recordset(NULL::tally, $1::text::json) ORDER BY cell
    ON CONFLICT (cell) DO UPDATE
   SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in SUMS)}
"""  # noqa: S608 - made of the constants above
_TAKE_BACK: Final = f"""
UPDATE tally t SET {", ".join(f"{name} = t.{name} + n.{name}" for name in SUMS)}
  FROM (SELECT * FROM json_populate_recordset(NULL::tally, $1::text::json) ORDER BY cell) n
 WHERE t.cell = n.cell
"""  # noqa: S608 - made of the constants above
_EMPTY: Final = "DELETE FROM tally WHERE cell = ANY ($1::bigint[]) AND contributors = 0"
_json = msgspec.json.Encoder(enc_hook=str).encode
Row = tuple[list[int], list[int]]
_NO_ROW: Final[Row] = ([], [])


async def count_lives(
    connection: Connection, pairs: Iterable[tuple[Told, Assessed]], lives: Lives, registry: Registry
) -> None:
    """Counts lives as they are now, each under its canonical name.

    In the caller's transaction; of these lives nothing else may be counted meanwhile.
    """
    found = {
        lives.stream(life): life_contributions(assessed.folded, registry).found
        for life, assessed in pairs
    }
    await count(connection, found, lives.others())


async def count(
    connection: Connection, found: Mapping[UUID, Contributions], gone: Collection[UUID] = ()
) -> None:
    """Writes what these streams add now; those that are gone add nothing any more."""
    before = {
        row["stream_id"]: (row["cells"], row["amounts"])
        for row in await connection.fetch(_KEPT, [*found, *gone])
    }
    after = {stream: row for stream, adds in found.items() if (row := contribution(adds))[0]}
    changed = {
        stream
        for stream in (*found, *gone)
        if before.get(stream, _NO_ROW) != after.get(stream, _NO_ROW)
    }
    if not changed:
        return
    await _keep(connection, changed, before, after)
    cells = {cell_id(cell): cell for stream in changed for cell in found.get(stream, ())}
    await _tally(connection, _difference(changed, before, after), cells)


def contribution(adds: Contributions) -> Row:
    """Cells in the order of their numbers, and their amounts in a line."""
    ordered = sorted((cell_id(cell), amount) for cell, amount in adds.items())
    return [number for number, _ in ordered], [each for _, amount in ordered for each in amount]


async def _keep(
    connection: Connection,
    changed: Iterable[UUID],
    before: Mapping[UUID, Row],
    after: Mapping[UUID, Row],
) -> None:
    rows = [
        {"stream_id": stream, "cells": after[stream][0], "amounts": after[stream][1]}
        for stream in changed
        if stream in after
    ]
    if rows:
        await connection.execute(_KEEP, _json(rows).decode())
    dropped = [stream for stream in changed if stream not in after and stream in before]
    if dropped:
        await connection.execute(_DROP, dropped)


def _difference(
    changed: Iterable[UUID], before: Mapping[UUID, Row], after: Mapping[UUID, Row]
) -> dict[int, list[int]]:
    """By cell, by how much its sums change; cells that stay as they were are left out."""
    sums: dict[int, list[int]] = {}
    for stream in changed:
        for sign, rows in ((1, after), (-1, before)):
            cells, amounts = rows.get(stream, _NO_ROW)
            for place, cell in enumerate(cells):
                more = (1, *amounts[place * WIDTH : (place + 1) * WIDTH])
                known = sums.setdefault(cell, [0] * len(more))
                for at, each in enumerate(more):
                    known[at] += sign * each
    return {cell: more for cell, more in sums.items() if any(more)}


async def _tally(
    connection: Connection, difference: Mapping[int, Sequence[int]], cells: Mapping[int, Cell]
) -> None:
    named = [
        _said(cell, more) | cells[cell]._asdict()
        for cell, more in difference.items()
        if cell in cells
    ]
    if named:
        await connection.execute(_ADD, _json(named).decode())
    fewer = [_said(cell, more) for cell, more in difference.items() if cell not in cells]
    if fewer:
        await connection.execute(_TAKE_BACK, _json(fewer).decode())
    emptied = sorted(cell for cell, more in difference.items() if more[0] < 0)
    if emptied:
        await connection.execute(_EMPTY, emptied)


def _said(cell: int, more: Iterable[int]) -> dict[str, Any]:
    return {"cell": cell} | dict(zip(SUMS, more, strict=True))
