"""Every column has a class, and the strict ones a reason."""

import asyncpg

from dianchi.access.classes import CLASSES
from dianchi.access.kept_columns import KEPT
from dianchi.access.sensitivity import Class

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS kind
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
   AND a.attnum > 0 AND NOT a.attisdropped
"""


async def kinds(dsn: str) -> dict[tuple[str, str], str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(COLUMNS)
    finally:
        await connection.close()
    return {(row["relname"], row["attname"]): row["kind"] for row in rows}


async def test_every_column_of_the_database_has_a_class_and_no_other(database: str) -> None:
    there = set(await kinds(database))

    assert sorted(there - CLASSES.keys()) == [], "columns without a class: access/classes.py"
    assert sorted(CLASSES.keys() - there) == [], "classes of columns that are gone"


def test_personal_and_secret_columns_say_why_they_are_there_and_no_others() -> None:
    strict = {place for place, found in CLASSES.items() if found in {Class.C3, Class.C4}}
    assert set(KEPT) == strict


async def test_personal_and_secret_columns_hold_bytes_but_those_that_people_sign_in_by(
    database: str,
) -> None:
    """What is compared as text, or shown to its owner; erased by emptying it, not by its key."""
    found = await kinds(database)
    as_text = {place for place in KEPT if found[place] == "text"}

    assert {found[place] for place in KEPT} <= {"bytea", "text"}
    assert as_text == {
        ("person", "login"),
        ("person", "password"),
        ("person", "subject"),
        ("person_session", "address"),
        ("person_session", "agent"),
    }
