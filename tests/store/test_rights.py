"""What each role may do in the database: compared with a list, and tried."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from dianchi.store.cluster import Cluster
from dianchi.store.connect import connect_as
from dianchi.store.migrate import migrate
from dianchi.store.readers import open_readers
from dianchi.store.rights import (
    ASSESSOR,
    COURIER,
    KEEPER,
    PROJECTOR,
    READER,
    RECORDER,
    REGISTRAR,
    ROLES,
    SEQUENCER,
)
from support.record import Record, recording
from support.reports import MAKER, OUTLET, pack, produced

LISTED: Final = Path(__file__).with_name("rights.txt")
GRANTED: Final = """
SELECT format('%s %s %s', c.relname, r.rolname, string_agg(a.privilege_type
              || coalesce('(' || a.columns || ')', ''), ' ' ORDER BY a.privilege_type))
  FROM pg_class c
  CROSS JOIN pg_roles r
  JOIN LATERAL (
      SELECT x.privilege_type, NULL AS columns FROM aclexplode(c.relacl) x WHERE x.grantee = r.oid
      UNION ALL
      SELECT x.privilege_type, string_agg(t.attname, ',' ORDER BY t.attname)
        FROM pg_attribute t, aclexplode(t.attacl) x
       WHERE t.attrelid = c.oid AND x.grantee = r.oid GROUP BY x.privilege_type) a ON true
 WHERE c.relnamespace = 'public'::regnamespace AND r.rolname LIKE 'dianchi\\_%'
 GROUP BY c.relname, r.rolname ORDER BY 1
"""
POLICIES: Final = """
SELECT format('%s %s rows: %s', tablename, array_to_string(roles, ','),
              regexp_replace(qual, '\\s+', ' ', 'g'))
  FROM pg_policies WHERE schemaname = 'public' ORDER BY 1
"""
OPEN_TABLES: Final = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
   AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)
"""
SHOWN: Final = ("stream", "event", "report", "event_key", "battery", "finding", "shown_event")


@pytest.fixture
async def record(database: str) -> AsyncIterator[Record]:
    async with recording(database) as made:
        yield made


async def test_rights_are_those_of_the_list(fresh_database: str) -> None:
    """To change the list: look at what the failure shows, and write it there by hand."""
    connection = await asyncpg.connect(fresh_database)
    lines = [row[0] for query in (GRANTED, POLICIES) for row in await connection.fetch(query)]
    await connection.close()

    assert lines == LISTED.read_text(encoding="utf-8").splitlines()


async def test_every_table_is_closed_to_whom_no_policy_lets_in(fresh_database: str) -> None:
    connection = await asyncpg.connect(fresh_database)
    still_open = [row[0] for row in await connection.fetch(OPEN_TABLES)]
    powers = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin OR rolinherit)",
        list(ROLES),
    )
    await connection.close()

    assert (still_open, powers) == ([], [])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE event SET body = body",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE report SET organisation = 'O'",
        "DELETE FROM report",
        "UPDATE log_entry SET logged_at = now()",
        "DELETE FROM log_entry",
        "DELETE FROM log_tile",
        "DELETE FROM log_checkpoint",
        "UPDATE log_checkpoint SET root = 'x'",
        "DELETE FROM stream",
        "UPDATE audit SET actor = 'O'",
        "DELETE FROM audit",
        "DROP TABLE event",
        "CREATE OR REPLACE VIEW shown_event AS SELECT * FROM event",
        "ALTER TABLE event NO FORCE ROW LEVEL SECURITY",
        "CREATE TABLE mine (a int)",
    ],
)
async def test_no_part_of_the_service_may_change_what_was_recorded(
    database: str, role: str, act: str
) -> None:
    connection = await connect_as(role, database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(act)
    await connection.close()


@pytest.mark.parametrize(
    ("table", "roles"),
    [
        ("personal", {KEEPER, REGISTRAR, COURIER}),
        ("person", {REGISTRAR}),
        ("audit", {REGISTRAR, ASSESSOR}),
        ("api_key", {REGISTRAR}),
        ("outbox", {SEQUENCER, ASSESSOR}),
        ("event", {RECORDER, SEQUENCER, PROJECTOR, ASSESSOR, READER, KEEPER}),
    ],
)
async def test_only_who_needs_it_reads_a_table(database: str, table: str, roles: set[str]) -> None:
    may = set()
    for role in ROLES:
        connection = await connect_as(role, database)
        await connection.execute("SELECT set_config('dianchi.eyes', 'O', false)")
        try:
            await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608 - our names
            may.add(role)
        except asyncpg.InsufficientPrivilegeError:
            pass
        await connection.close()

    assert may == roles


async def test_who_keeps_people_sees_their_names_and_no_vin(database: str) -> None:
    add = (
        "INSERT INTO personal (reference, kind, kek, wrapped, sealed) VALUES ($1, $2, 'k', '', '')"
    )
    owner, registrar = await asyncpg.connect(database), await connect_as(REGISTRAR, database)
    await owner.execute(add, "r1", "vin")
    await registrar.execute(add, "name:1", "name")
    await registrar.execute(add, "contact:A1", "contact")

    seen = await registrar.fetch("SELECT reference FROM personal ORDER BY 1")
    erased = await registrar.execute("UPDATE personal SET made_at = now()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await registrar.execute(add, "r2", "vin")
    await asyncio.gather(owner.close(), registrar.close())

    assert [row["reference"] for row in seen] == ["contact:A1", "name:1"]
    assert erased == "UPDATE 2"


async def test_a_reader_sees_the_rows_that_concern_whom_it_reads_for(record: Record) -> None:
    await record.send(produced(pack(1)))
    await record.execute(
        "INSERT INTO battery (stream_id, name, stage, prefecture, chemistry, holder, quarantined,"
        " last_us, since_us, log_index, seen_by)"
        " SELECT stream_id, name, 'made', '', '', '', false, 0, 0, 0, seen_by FROM stream;"
        "INSERT INTO finding (finding_id, subject_kind, subject_id, subject, code, kind, severity,"
        " said, evidence, opened_at, seen_by) SELECT gen_random_uuid(), 1, stream_id, name, 'c',"
        " 'life', 'low', '{}', '{}', now(), seen_by FROM stream;"
        "INSERT INTO event_key SELECT 1, event_id, stream_id, version FROM event"
    )
    dsn = record.gatherer._dsn
    readers = await open_readers(dsn, most=1, role=READER)
    counts = {
        seer: {
            table: await readers.seeing([seer]).fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
            for table in SHOWN
        }
        for seer in (MAKER.organisation, OUTLET.organisation, "530100")
    }
    await readers.close()

    assert counts[MAKER.organisation] == dict.fromkeys(SHOWN, 1)
    assert counts[OUTLET.organisation] == counts["530100"] == dict.fromkeys(SHOWN, 0)


async def test_who_does_not_say_for_whom_it_reads_is_refused(record: Record) -> None:
    await record.send(produced(pack(1)))
    dsn = record.gatherer._dsn
    connection = await connect_as(READER, dsn)
    for table in ("stream", "event", "report", "shown_event"):
        with pytest.raises(asyncpg.UndefinedObjectError):
            await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608 - our names
    await connection.close()


async def test_a_connection_that_read_for_one_reads_for_the_next_as_the_next(
    database: str,
) -> None:
    readers = await open_readers(database, most=1, role=READER)
    seen = [
        await readers.seeing(eyes).fetchval("SELECT current_setting('dianchi.eyes')")
        for eyes in (["O1"], ["O2", "O3"], ["O1"], [])
    ]
    await readers.close()

    assert seen == ["O1", "O2,O3", "O1", ""]


async def test_reading_again_for_the_same_takes_one_trip(database: str) -> None:
    sent: list[str] = []
    readers = await open_readers(database, most=2, role=READER)
    async with readers.acquire() as one, readers.acquire() as other:
        for connection in (one, other):
            connection.add_query_logger(lambda told: sent.append(told.query))
    for seer in ("O1", "O2", "O1", "O2", "O1"):
        await readers.seeing([seer]).fetchval("SELECT 1")
    await readers.close()

    assert len([query for query in sent if "set_config" in query]) == 2


async def test_a_foreign_report_is_not_found_by_its_id(record: Record) -> None:
    told = produced(pack(1))
    await record.send(told)
    dsn = record.gatherer._dsn
    readers = await open_readers(dsn, most=1, role=READER)
    query = "SELECT count(*) FROM report WHERE event_id = $1"
    asked = [
        await readers.seeing([who.organisation]).fetchval(query, event_id)
        for who in (MAKER, OUTLET)
        for event_id in (told["event_id"], uuid4())
    ]
    await readers.close()

    assert asked == [1, 0, 0, 0]


def test_the_owner_of_the_database_needs_not_be_a_superuser(cluster: Cluster) -> None:
    cluster.execute("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'")
    cluster.execute("CREATE DATABASE plain OWNER plain")
    dsn = re.sub(r"//[^@]*@", "//plain:plain@", cluster.dsn_of("plain"))

    async def report_and_read() -> tuple[int, int]:
        async with recording(dsn) as record:
            await record.send(produced(pack(1)))
            readers = await open_readers(dsn, most=1, role=READER)
            query = "SELECT count(*) FROM event"
            mine = await readers.seeing([MAKER.organisation]).fetchval(query)
            theirs = await readers.seeing([OUTLET.organisation]).fetchval(query)
            await readers.close()
            return mine, theirs

    try:
        # The roles of the template were made by another user: as where an administrator makes them.
        for role in ROLES:
            cluster.execute(f"GRANT {role} TO plain")
        migrate(dsn)
        assert asyncio.run(report_and_read()) == (1, 0)
    finally:
        cluster.execute("DROP DATABASE plain WITH (FORCE)")
        for role in ROLES:
            cluster.execute(f"REVOKE {role} FROM plain")
        cluster.execute("DROP ROLE plain")
