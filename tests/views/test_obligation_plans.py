"""However many obligations there are, a page of them is read from the beginning of an index."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import msgspec
import pytest

from dianchi.domain.deadlines import Standing
from dianchi.views.obligations.query import Asked, Wish, statement

TODAY = date(2026, 11, 24)
LIMIT = 50
ROWS = 20_000
# Every fifth goes on, most of them not for long; the rest is over, as in a record of some years.
FILL = """
INSERT INTO obligation (obligation_id, stream_id, battery, duty, regime, event_id, event_type,
    unreported, bearer, reporter, owed_to, statutory, prefecture, start_day, soon_day, due_day,
    phase, dropped, rule_set, judged_at, seen_by)
SELECT gen_random_uuid(), gen_random_uuid(), 'B' || n, 'DUTY' || n % 16, 'CN-2026',
       gen_random_uuid(), 'received', false, 'F' || n % 97, 'F' || n % 89, 'national', n % 2 = 0,
       '53' || lpad((n % 16)::text, 2, '0') || '00', d - 30, d - 6, d,
       (ARRAY['open', 'owed', 'met', 'met', 'met', 'met', 'late', 'met', 'lapsed', 'met'])
           [1 + n % 10], false, 'r', now(), ARRAY['F' || n % 97, 'F' || n % 89]
  FROM (SELECT n, date '2026-12-20' - (n % 2000)::int AS d FROM generate_series(1, $1) n) rows
"""
FIRM = frozenset(("F5",))
OFFICER = frozenset(("530100",))


@pytest.fixture
async def filled(fresh_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a table of obligations that is large enough to be read badly."""
    connection = await asyncpg.connect(fresh_database)
    await connection.execute(FILL.replace("$1", str(ROWS)))
    await connection.execute("ANALYZE obligation")
    yield connection
    await connection.close()


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The leaves of a plan."""
    below = plan.get("Plans", [])
    return [leaf for each in below for leaf in scans(each)] if below else [plan]


async def test_a_page_by_any_filter_reads_about_as_many_rows_as_it_shows(
    filled: asyncpg.Connection,
) -> None:
    wishes = [
        Wish(state, duty, bearer, prefecture, None, None, seers)
        for state in Standing
        for duty, bearer, prefecture, seers in (
            (None, None, None, None),
            ("DUTY3", None, None, None),
            (None, "F5", None, None),
            (None, None, "530300", None),
            (None, None, None, FIRM),
            (None, None, None, OFFICER),
        )
    ]
    bad = []
    for wish in wishes:
        asked = Asked(TODAY, LIMIT + 1)
        query = statement(wish, None, None, asked)
        told = await filled.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *asked.told)
        for scan in scans(msgspec.json.decode(told)[0]["Plan"]):
            passed = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
            if scan["Node Type"] == "Seq Scan" or passed > ROWS / 20:
                bad.append((wish, scan["Node Type"], passed))
    assert bad == []
