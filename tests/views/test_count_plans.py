"""However many lives there are, what a screen counts is read from sums or from an index alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from dianchi.views.board import layout, query
from dianchi.views.indicators import query as counts
from dianchi.views.indicators.query import Asked, sums_of, where_of
from dianchi.views.monthly import query as monthly
from dianchi.views.obligations import summary, timeliness
from views.test_obligation_plans import FILL as DUTIES

GROWING: Final = frozenset(("tally", "contribution", "battery", "finding", "obligation"))
FILL: Final = (
    """
    INSERT INTO tally
    SELECT n, (ARRAY['gathered', 'taken_in', 'moved', 'sold', 'seen'])[1 + n % 5],
           202101 + n / 12 % 5 * 100 + n % 12, '53' || lpad((n % 16)::text, 2, '0') || '00', '', '',
           (ARRAY['lfp', 'nmc', ''])[1 + n % 3], 'F' || n % 97, 'P' || n % 89,
           1, 1, 410500, 60500, 0
      FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO contribution
    SELECT gen_random_uuid(), ARRAY[n, n + 1], ARRAY[1, 2, 3, 4, 1, 2, 3, 4]
      FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO battery (stream_id, name, stage, prefecture, chemistry, holder, site, mass_kg,
        quarantined, last_us, since_us, log_index)
    SELECT gen_random_uuid(), 'B' || n, CASE n % 5 WHEN 0 THEN 'collected' ELSE 'in_use' END,
           '530100', 'lfp', 'F' || n % 97, 'S' || n % 7, 410.5, false, n, n, n
      FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO finding (finding_id, subject_kind, subject_id, subject, code, kind, severity, said,
        evidence, opened_at, closed_at)
    SELECT gen_random_uuid(), 1, gen_random_uuid(), 'B' || n, 'code' || n % 30, 'life', 'low',
           jsonb_build_object('told', repeat('x', 900)), '{}',
           timestamptz '2021-01-01' + n * interval '1 hour',
           CASE WHEN n % 4 = 0 THEN now() END
      FROM generate_series(1, 20000) n
    """,
    DUTIES.replace("$1", "20000"),
)
UNSEEN: Final = """
SELECT count(*) FROM pg_class WHERE relname = ANY ($1) AND relallvisible < relpages
"""
QUARTER: Final = Asked(202501, 202503)
TODAY: Final = date(2026, 11, 24)


@pytest.fixture(scope="module")
def counted(module_database: str) -> str:
    """The counts of many lives, as they stand after the first vacuum; nobody changes them."""
    asyncio.run(_fill(module_database))
    return module_database


@pytest.fixture
async def filled(counted: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the counts of many lives."""
    connection = await asyncpg.connect(counted)
    yield connection
    await connection.close()


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    for rows in FILL:
        await connection.execute(rows)
    await _vacuumed(connection)
    await connection.close()


async def _vacuumed(connection: asyncpg.Connection) -> None:
    """Until all rows are known to be visible: a snapshot of autovacuum may be older than they."""
    for _ in range(50):
        await connection.execute("VACUUM (ANALYZE)")
        if not await connection.fetchval(UNSEEN, list(GROWING)):
            return
        await asyncio.sleep(0.2)
    pytest.fail("some rows are not known to be visible")


async def nodes(connection: asyncpg.Connection, sql: str, *values: object) -> list[dict[str, Any]]:
    """The nodes of the plan of a statement."""
    told = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *values))

    def each(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for below in node.get("Plans", ()):
            yield from each(below)

    return list(each(told[0]["Plan"]))


def read_whole(found: list[dict[str, Any]]) -> list[str]:
    """The tables that grow with lives and are read from end to end."""
    return [
        node["Relation Name"]
        for node in found
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    ]


@pytest.mark.parametrize(
    "asked", [QUARTER, Asked(202501, 202503, seers={"530100"}), Asked(202501, 202503, firm="F3")]
)
async def test_a_board_reads_the_months_it_shows(filled: asyncpg.Connection, asked: Asked) -> None:
    by = query._SUMS_BY.replace("{table}", sums_of(asked))
    for sql, measures in (
        (by, ["gathered", "sold"]),
        (query._WAYS, query.WAYS),
        (query._OUTLETS, ["taken_in"]),
    ):
        where, values = where_of(asked, measures)
        found = await nodes(filled, sql.format(where=where), *values)
        assert read_whole(found) == [], sql


def test_an_officer_of_the_province_asks_sums_made_ahead() -> None:
    assert sums_of(QUARTER) == sums_of(Asked(202501, 202503, "530100", "lfp")) == "place_tally"
    narrow = (Asked(1, 2, firm="F"), Asked(1, 2, partner="P"), Asked(1, 2, seers=()))
    assert {sums_of(asked) for asked in narrow} == {"tally"}


async def test_what_stands_behind_a_number_is_found_by_its_cell(filled: asyncpg.Connection) -> None:
    behind = counts._BEHIND
    found = await nodes(filled, behind, [7, 8], UUID(int=0), 51)
    assert read_whole(found) == []


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        (layout._STOCK, (["F1", "F2"],)),
        (
            monthly._FINDINGS.format(filters=""),
            (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
        ),
        (summary._OPEN.format(where="true", open="true"), (TODAY,)),
        (
            timeliness._QUERY.format(where=" AND statutory"),
            (TODAY, date(2025, 1, 1), date(2026, 11, 1)),
        ),
    ],
    ids=["stock", "findings", "duties", "timeliness"],
)
async def test_counts_over_rows_read_an_index_alone(
    filled: asyncpg.Connection, sql: str, values: tuple[Any, ...]
) -> None:
    found = await nodes(filled, sql, *values)
    assert read_whole(found) == []
    alone = [node for node in found if node["Node Type"] == "Index Only Scan"]
    assert {node["Relation Name"] for node in alone} & GROWING
    assert not [node for node in found if node["Node Type"] == "Bitmap Heap Scan"]
