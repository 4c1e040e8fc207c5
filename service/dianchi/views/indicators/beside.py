"""Counts made anew beside those that are shown, and put in their place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.indicators.cells import Cell, Contributions, cell_id
from dianchi.domain.lines import Stream
from dianchi.views.indicators.project import DIMENSIONS, SUMS, WIDTH, Row, contribution

_AT_ONCE: Final = 2_000
_COLUMNS: Final = ", ".join(("cell", *DIMENSIONS, *SUMS))
_LAY: Final = """
INSERT INTO rebuilt_contribution (stream_id, cells, amounts)
SELECT stream_id, cells, amounts FROM json_populate_recordset(NULL::contribution, $1::text::json)
"""
_LAY_SUMS: Final = f"""
INSERT INTO rebuilt_tally ({_COLUMNS})
SELECT {_COLUMNS} FROM json_populate_recordset(NULL::tally, $1::text::json)
"""  # noqa: S608 - made of the constants above
# Batches are counted when they are looked at, not with the lives.
_GONE: Final = f"""
DELETE FROM contribution c USING stream s
 WHERE s.stream_id = c.stream_id AND s.kind = {int(Stream.BATTERY)}
   AND c.stream_id <> ALL ($1::uuid[])
   AND NOT EXISTS (SELECT FROM rebuilt_contribution n WHERE n.stream_id = c.stream_id)
"""  # noqa: S608 - as above
_PLACE: Final = """
INSERT INTO contribution (stream_id, cells, amounts)
SELECT stream_id, cells, amounts FROM rebuilt_contribution n
 WHERE NOT EXISTS (SELECT FROM contribution c WHERE c.stream_id = n.stream_id
       AND c.cells = n.cells AND c.amounts = n.amounts)
    ON CONFLICT (stream_id) DO UPDATE SET cells = excluded.cells, amounts = excluded.amounts
"""
_AMOUNTS: Final = ", ".join(
    f"c.amounts[(u.place - 1) * {WIDTH} + {at}]" for at in range(1, WIDTH + 1)
)
# Every cell as it is now: what the lives add, and what is kept of batches.
_PLACE_SUMS: Final = f"""
WITH every AS (
    SELECT {_COLUMNS} FROM rebuilt_tally
     UNION ALL
    SELECT {", ".join(f"t.{name}" for name in ("cell", *DIMENSIONS))}, 1, {_AMOUNTS}
      FROM contribution c
     CROSS JOIN LATERAL unnest(c.cells) WITH ORDINALITY u(cell, place)
      JOIN tally t ON t.cell = u.cell
     WHERE NOT EXISTS (SELECT FROM rebuilt_contribution r WHERE r.stream_id = c.stream_id)),
now AS MATERIALIZED (
    SELECT cell, {", ".join(DIMENSIONS)}, {", ".join(f"sum({n})::bigint AS {n}" for n in SUMS)}
      FROM every GROUP BY cell, {", ".join(DIMENSIONS)}),
gone AS (DELETE FROM tally t WHERE NOT EXISTS (SELECT FROM now n WHERE n.cell = t.cell))
INSERT INTO tally ({_COLUMNS})
SELECT {_COLUMNS} FROM now n
 WHERE NOT EXISTS (SELECT FROM tally t WHERE t.cell = n.cell
       AND ({", ".join(f"t.{name}" for name in SUMS)})
         = ({", ".join(f"n.{name}" for name in SUMS)}))
    ON CONFLICT (cell) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in SUMS)}
"""  # noqa: S608 - as above
_json = msgspec.json.Encoder(enc_hook=str).encode


class Sums:
    """What some lives add up to, by cell."""

    def __init__(self) -> None:
        self._sums: dict[Cell, list[int]] = {}

    def add(self, adds: Contributions) -> None:
        """Adds what one life adds."""
        for cell, amount in adds.items():
            known = self._sums.get(cell)
            if known is None:
                self._sums[cell] = [1, *amount]
            else:
                things, mass, energy, stay = amount
                known[0] += 1
                known[1] += things
                known[2] += mass
                known[3] += energy
                known[4] += stay

    def rows(self) -> Iterable[dict[str, Any]]:
        """A row for each cell."""
        for cell, sums in self._sums.items():
            yield {"cell": cell_id(cell), **cell._asdict(), **dict(zip(SUMS, sums, strict=True))}


async def lay_contributions(connection: Connection, found: Mapping[UUID, Contributions]) -> None:
    """Lays what these lives add beside what is shown."""
    rows: dict[UUID, Row] = {stream: contribution(adds) for stream, adds in found.items()}
    said = [{"stream_id": s, "cells": row[0], "amounts": row[1]} for s, row in rows.items()]
    await connection.execute(_LAY, _json([each for each in said if each["cells"]]).decode())


async def lay_sums(connection: Connection, sums: Sums) -> None:
    """Lays the sums of one process beside those that are shown."""
    rows = list(sums.rows())
    for at in range(0, len(rows), _AT_ONCE):
        await connection.execute(_LAY_SUMS, _json(rows[at : at + _AT_ONCE]).decode())


async def place_counts(connection: Connection, spared: Sequence[UUID]) -> None:
    """Puts what was laid beside in the place of what is shown, and makes each sum anew.

    In the caller's transaction; of the streams that are spared everything stays.
    """
    await connection.execute(_GONE, spared)
    await connection.execute(_PLACE)
    await connection.execute(_PLACE_SUMS)
