"""Lists: every set of filters is a range of an index, at any depth; cursors are only ours."""

import json
from collections.abc import AsyncIterator
from itertools import chain, combinations, product
from typing import Any
from uuid import UUID

import pytest

from dianchi.domain.refusals import Malformed
from dianchi.store.readers import Readers, open_readers
from dianchi.views.batteries.query import FILTERS, list_batteries, order_of
from dianchi.views.batteries.query import statement as batteries_statement
from dianchi.views.findings.query import OPENED, State, list_findings
from dianchi.views.findings.query import statement as findings_statement
from dianchi.views.pages import cursor_of
from support.record import ADMINISTRATOR

MANY = 20_000
FILL = """
INSERT INTO battery (stream_id, name, stage, prefecture, chemistry, holder, quarantined, last_us,
                     since_us, log_index)
SELECT gen_random_uuid(), 'B' || lpad(n::text, 8, '0'), 'stage' || n % 7, 'place' || n % 17,
       'kind' || n % 5, 'firm' || n % 400, false, 0, 0, 0 FROM generate_series(1, $1::int) n
"""
FILL_FINDINGS = """
INSERT INTO finding (finding_id, subject_kind, subject_id, subject, code, kind, severity, said,
                     evidence, opened_at, closed_at)
SELECT gen_random_uuid(), 1, gen_random_uuid(), 'B' || n, 'code' || n % 30,
       (ARRAY['life', 'link', 'clock'])[1 + n % 3], 'low', '{}', '{}',
       timestamptz '2026-01-01' + n * interval '1 second', CASE WHEN n % 4 = 0 THEN now() END
  FROM generate_series(1, $1::int) n
"""
COUNT = """
SELECT count(*) FROM battery WHERE ($1::text IS NULL OR stage = $1)
   AND ($2::text IS NULL OR prefecture = $2) AND ($3::text IS NULL OR chemistry = $3)
   AND ($4::text IS NULL OR holder = $4)
"""
COUNT_FINDINGS = """
SELECT count(*) FROM finding
 WHERE code = 'code3' AND ($1::text = 'all' OR is_open = ($1::text = 'open'))
"""
SETS = list(chain.from_iterable(combinations(FILTERS, size) for size in range(len(FILTERS) + 1)))
GIVEN = {"stage": "stage3", "prefecture": "place3", "chemistry": "kind3", "holder": "firm3"}
FINDING_SETS: list[dict[str, Any]] = [
    {},
    {"code =": "code3"},
    {"kind =": "life"},
    {"code =": "code3", "kind =": "life"},
    {"subject_id =": UUID(int=1)},
    {"subject_id =": UUID(int=1), "code =": "code3"},
]


@pytest.fixture
async def filled(database: str) -> AsyncIterator[Readers]:
    pool = await open_readers(database, most=2, role=ADMINISTRATOR)
    await pool.fetch(FILL, MANY)
    await pool.fetch(FILL_FINDINGS, MANY)
    await pool.fetch("ANALYZE battery, finding")
    yield pool
    await pool.close()


async def plans_of(pool: Readers, statement: str, *parameters: object) -> tuple[str, str]:
    """The plan as it is, and the plan where nothing may be sorted or gathered in bitmaps."""
    plans = []
    async with pool.acquire() as connection, connection.transaction():
        for setting in ("on", "off"):
            await connection.execute(
                f"SET LOCAL enable_sort = {setting}; SET LOCAL enable_bitmapscan = {setting}"
            )
            rows = await connection.fetch(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
            plans.append(str(json.loads(rows[0][0])[0]["Plan"]))
    return plans[0], plans[1]


async def test_every_list_of_batteries_is_a_range_of_an_index(filled: Readers) -> None:
    behind = {**GIVEN, "name": "B00003000"}
    for asked, further in product(SETS, (False, True)):
        filters = {name: GIVEN[name] for name in asked}
        place = [behind[name] for name in order_of(filters)] if further else []

        natural, ordered = await plans_of(
            filled, batteries_statement(filters, further=further), *filters.values(), *place, 50
        )

        assert "Seq Scan" not in natural, asked
        assert "battery_by_" in natural, asked
        assert "'Sort'" not in ordered, asked
        assert "Index Cond" in ordered or not (asked or further), asked


async def test_every_list_of_findings_is_a_range_of_an_index(filled: Readers) -> None:
    newest = await filled.fetchval("SELECT max(opened_at) FROM finding")
    states: tuple[State, ...] = ("open", "closed", "all")
    for filters, state, further in product(FINDING_SETS, states, (False, True)):
        place = [newest, UUID(int=0)] if further else []

        natural, ordered = await plans_of(
            filled,
            findings_statement(filters, state, further=further),
            50,
            *filters.values(),
            *place,
        )

        assert "Seq Scan" not in natural, (filters, state)
        assert "finding_by_" in natural, (filters, state)
        assert "'Sort'" not in ordered, (filters, state)


async def test_the_union_of_names_is_found_by_index(filled: Readers) -> None:
    natural, _ = await plans_of(
        filled,
        "SELECT name FROM battery WHERE stream_id = ANY ($1::uuid[])",
        [UUID(int=1), UUID(int=2)],
    )
    assert "Seq Scan" not in natural


async def test_when_findings_of_a_battery_opened_is_found_by_index(filled: Readers) -> None:
    natural, _ = await plans_of(filled, OPENED, [UUID(int=1), UUID(int=2)])
    assert "finding_by_subject" in natural


async def test_pages_hold_everything_once(filled: Readers) -> None:
    for asked in SETS:
        filters: dict[str, Any] = {name: GIVEN[name] for name in asked}
        expected = await filled.fetchval(COUNT, *map(filters.get, FILTERS))
        names: list[str] = []
        after = None
        while after is not None or not names:
            page = await list_batteries(filled, limit=450, after=after, **filters)
            names += [item.battery for item in page.items]
            after = page.next
            if after is None:
                break
        assert (len(names), len(set(names))) == (expected, expected), asked


@pytest.mark.parametrize("state", ["open", "closed", "all"])
async def test_pages_of_findings_hold_everything_once_newest_first(
    filled: Readers, state: State
) -> None:
    seen: list[tuple[Any, str]] = []
    after = None
    while True:
        page = await list_findings(filled, code="code3", state=state, limit=97, after=after)
        seen += [(item.opened_at, item.subject) for item in page.items]
        after = page.next
        if after is None:
            break
    expected = await filled.fetchval(COUNT_FINDINGS, state)
    assert len(set(seen)) == len(seen) == expected
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "💥",
        "e30",
        cursor_of([1, 2]),
        cursor_of(["a"]),
        cursor_of(["a"] * 9),
        cursor_of([10**30, str(UUID(int=1))]),
        "A" * 5000,
    ],
)
async def test_a_cursor_that_we_never_gave_is_refused(database: str, cursor: str) -> None:
    pool = await open_readers(database, most=1)
    try:
        with pytest.raises(Malformed) as refused:
            await list_batteries(pool, limit=10, after=cursor)
        assert refused.value.code == "invalid_value"
        with pytest.raises(Malformed):
            await list_findings(pool, limit=10, after=cursor)
    finally:
        await pool.close()


@pytest.mark.parametrize("limit", [0, -1, 501])
async def test_a_page_has_its_bounds(database: str, limit: int) -> None:
    pool = await open_readers(database, most=1)
    try:
        with pytest.raises(Malformed):
            await list_batteries(pool, limit=limit)
    finally:
        await pool.close()
