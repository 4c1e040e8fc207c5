"""How PostgreSQL carries out the statements of the record: by their keys, at any size."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

import asyncpg
import pytest

from dianchi.store.connect import Queryable, open_writer
from dianchi.store.feed import PAGE, SHOWN, WHOLE
from dianchi.store.lives import SQL
from dianchi.store.readers import open_readers
from dianchi.store.rights import READER
from dianchi.store.sight import SHOWN_PAGE
from support.record import ADMINISTRATOR

GUARDED: Final = frozenset(("stream", "event", "event_key", "report", "log_entry", "personal"))
SEED: Final = """
INSERT INTO stream SELECT md5('s' || n)::uuid, 2, 1, 'name ' || n, repeat('x', 150)::bytea
  FROM generate_series(1, 20000) n;
INSERT INTO event SELECT md5('s' || n)::uuid, v, md5('e' || n || '-' || v)::uuid,
       repeat('x', 300)::bytea
  FROM generate_series(1, 20000) n, generate_series(1, 2) v;
INSERT INTO report SELECT event_id, stream_id, version, 'O1FIRM111111', 'hash' FROM event;
INSERT INTO event_key SELECT 1 + version % 9, md5(event_id::text)::uuid, stream_id, version
  FROM event;
INSERT INTO log_entry SELECT row_number() OVER () - 1, stream_id, version, now() FROM event;
INSERT INTO personal SELECT md5('v' || n), 'vin', 'k', 'w', 's' FROM generate_series(1, 20000) n;
"""
LISTS: Final = {
    "uuid": "md5('s' || n)::uuid",
    "text": "md5('v' || n)",
    "int": "n",
    "smallint": "7::smallint",
    "bytea": "'x'::bytea",
    "bool": "false",
}


def listed(kind: str, size: int) -> str:
    """An array of this size, as an expression."""
    return f"(SELECT array_agg({LISTS[kind]}) FROM generate_series(1, {size}) n)"  # noqa: S608


ONE: Final = "md5('s1')::uuid"
_WRITTEN: Final = (
    "uuid int int bytea text bool uuid int smallint text bytea text uuid int uuid bytea"
    " text bytea bytea smallint uuid uuid int text text bytea bytea uuid text"
)


def parameters(name: str, size: int) -> list[str]:
    """The parameters of a statement: lists of this size, or one thing."""
    ids = listed("uuid", size)
    told = {
        "read_round": [ids, ids],
        "write_round": [listed(kind, size) for kind in _WRITTEN.split()],
        "alias_events_known_at": [ids, "now()"],
        "corrections_known_at": [ids, "now()"],
        "report_lines": [ONE, ONE],
        "report": [ONE],
        "report_events": [ONE, ONE, ONE],
        "event_at": [ONE, "1"],
        "history_page": [ONE, "0", "200"],
        "feed_page": ["20000", "25000", "200"],
        "personal": [listed("text", size)],
    }
    return told.get(name, [ids])


async def plan(
    connection: Queryable, name: str, size: int, mode: str, sql: str | None = None
) -> dict[str, Any]:
    values = ", ".join(
        [
            str(await connection.fetchval(f"SELECT quote_literal(({value})::text)"))
            for value in parameters(name, size)
        ]
    )
    await connection.execute(f"SET plan_cache_mode = {mode}")
    await connection.execute(f"PREPARE asked AS {sql or SQL[name]}")
    try:
        told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({values})")
    finally:
        await connection.execute("DEALLOCATE asked")
    found: dict[str, Any] = json.loads(told)[0]["Plan"]
    return found


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


def sides(node: dict[str, Any]) -> list[dict[str, Any]]:
    """What a node works on, without what it only asks beside."""
    return [each for each in node["Plans"] if each["Parent Relationship"] in ("Outer", "Inner")]


def read_whole(found: dict[str, Any]) -> list[str]:
    """The tables of the record that a plan reads from end to end."""
    return [
        node["Relation Name"]
        for node in nodes(found)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GUARDED
    ]


@pytest.fixture(scope="module")
def filled(module_database: str) -> str:
    """A record of many lives; nobody changes it."""
    asyncio.run(_fill(module_database))
    return module_database


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(SEED)
    await connection.execute("ANALYZE")
    await connection.close()


@pytest.fixture(scope="module")
def modes() -> tuple[str, str]:
    return "force_generic_plan", "force_custom_plan"


async def test_no_statement_reads_a_table_whole(filled: str, modes: tuple[str, str]) -> None:
    pool = await open_readers(filled, most=1, role=ADMINISTRATOR)
    writer = await open_writer(filled)
    await writer.execute("SET ROLE NONE")
    async with pool.acquire() as reader:
        for name in SQL:
            for mode in modes:
                whole = {
                    f"reader, {size}": read_whole(await plan(reader, name, size, mode))
                    for size in (1, 20)
                    if name != "write_round"
                } | {
                    f"writer, {size}": read_whole(await plan(writer, name, size, mode))
                    for size in (1, 500)
                }
                assert not any(whole.values()), (name, mode, whole)
    await writer.close()
    await pool.close()


@pytest.mark.parametrize("name", ["history_page", "report_events", "alias_events", "events_of"])
async def test_who_sees_little_reads_no_table_whole_either(
    filled: str, modes: tuple[str, str], name: str
) -> None:
    pool = await open_readers(filled, most=1, role=READER)
    async with pool.seeing(["O1FIRM111111"]).acquire() as reader:
        whole = {mode: read_whole(await plan(reader, name, 1, mode)) for mode in modes}
    await pool.close()

    assert not any(whole.values()), whole


async def test_a_page_is_asked_once_whether_it_is_shown(
    filled: str, modes: tuple[str, str]
) -> None:
    """A condition on each event would stand in the plan as a question of its own, per row."""
    pool = await open_readers(filled, most=1, role=READER)
    async with pool.seeing(["O1FIRM111111"]).acquire() as reader:
        found = [await plan(reader, "history_page", 1, mode, SHOWN_PAGE) for mode in modes]
    await pool.close()

    for each in found:
        assert not read_whole(each)
        kinds = [node.get("Parent Relationship") for node in nodes(each)]
        assert "SubPlan" not in kinds, each


@pytest.mark.parametrize(("log", "role"), [(SHOWN, READER), (WHOLE, ADMINISTRATOR)])
async def test_a_stretch_of_the_log_is_read_by_keys(
    filled: str, modes: tuple[str, str], log: str, role: str
) -> None:
    """However large the tables are, a page of the feed costs its stretch."""
    pool = await open_readers(filled, most=1, role=role)
    async with pool.seeing(["O1FIRM111111"]).acquire() as reader:
        found = [await plan(reader, "feed_page", 1, mode, PAGE.format(log=log)) for mode in modes]
    await pool.close()

    for each in found:
        assert not read_whole(each), each


async def test_a_plan_made_while_the_record_was_empty_still_goes_by_keys(
    fresh_database: str, modes: tuple[str, str]
) -> None:
    writer = await open_writer(fresh_database)
    await writer.execute("SET ROLE NONE")
    for analysed in (False, True):
        if analysed:
            await writer.execute("ANALYZE")
        for name in SQL:
            assert not read_whole(await plan(writer, name, 500, modes[0])), (name, analysed)
    await writer.close()


@pytest.mark.parametrize(("size", "mode"), [(1, 0), (500, 0), (10_000, 1)])
async def test_heads_are_changed_in_the_order_of_their_list(
    filled: str, modes: tuple[str, str], size: int, mode: int
) -> None:
    """Two writers that change heads in one order cannot wait for each other."""
    writer = await open_writer(filled)
    found = await plan(writer, "write_round", size, modes[mode])
    [change, _] = [node for node in nodes(found) if node.get("Operation") == "Update"]
    [join] = sides(change)
    assert join["Node Type"] == "Nested Loop"
    outer, inner = sides(join)
    assert outer["Node Type"] == "Function Scan"
    assert inner["Node Type"] == "Index Scan"
    await writer.close()
