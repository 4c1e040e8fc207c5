"""The declared tables are the migrated ones: columns, types, keys, indexes."""

import asyncpg
import pytest
from sqlmodel import SQLModel

from dianchi.access.capacities import CapacityRow
from dianchi.access.demonstrations import DemonstrationRow
from dianchi.access.device_tables import BlockRow, DeviceRow, PhotoPartRow, PhotoRow, ToldRow
from dianchi.access.erasure_tables import DecisionRow, ErasureRow
from dianchi.access.factors import FactorTableRow
from dianchi.access.people_tables import (
    AssertionRow,
    ClientRow,
    FirstRow,
    LinkRow,
    PersonRow,
    ProposalRow,
    RecoveryRow,
    SessionRow,
    VoteRow,
)
from dianchi.access.tables import (
    ApplicationRow,
    KeyRow,
    MandateRow,
    OrganisationRow,
    SiteRow,
    VendorRow,
)
from dianchi.exports.tables import ExportPartRow, ExportRow, SavedQueryRow
from dianchi.uploads.tables import KeyRow as UploadKeyRow
from dianchi.uploads.tables import PartRow, PlanRow, ReceiptRow, SliceRow, UploadRow
from dianchi.views.batteries.tables import BatteryRow
from dianchi.views.findings.tables import FindingRow
from dianchi.views.firms.tables import CrowdRow, DoubtfulRow, FirmRow
from dianchi.views.indicators.tables import ContributionRow, PlaceTallyRow, TallyRow
from dianchi.views.obligations.tables import ObligationRow, ObligationTallyRow
from dianchi.views.pickups.tables import PickupRow
from dianchi.views.tables import ProjectionRow, UnsettledRow

TABLES: list[type[SQLModel]] = [
    DeviceRow,
    BlockRow,
    ToldRow,
    PhotoRow,
    PhotoPartRow,
    DecisionRow,
    ErasureRow,
    UploadRow,
    ExportRow,
    ExportPartRow,
    SavedQueryRow,
    ReceiptRow,
    PartRow,
    SliceRow,
    UploadKeyRow,
    PlanRow,
    KeyRow,
    OrganisationRow,
    SiteRow,
    VendorRow,
    CapacityRow,
    DemonstrationRow,
    FactorTableRow,
    ApplicationRow,
    MandateRow,
    BatteryRow,
    FindingRow,
    ObligationRow,
    ObligationTallyRow,
    ProjectionRow,
    UnsettledRow,
    FirmRow,
    DoubtfulRow,
    CrowdRow,
    ContributionRow,
    TallyRow,
    PlaceTallyRow,
    PickupRow,
    PersonRow,
    LinkRow,
    SessionRow,
    RecoveryRow,
    ClientRow,
    AssertionRow,
    ProposalRow,
    VoteRow,
    FirstRow,
]
COLUMNS = """
SELECT column_name, is_nullable = 'YES' AS nullable, udt_name
  FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'
"""
INDEXES = """
SELECT i.relname AS name, x.indisprimary AS is_key, x.indisunique AS is_unique,
       array(SELECT a.attname FROM unnest(x.indkey) WITH ORDINALITY k(n, place)
              JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n
             ORDER BY k.place)::text[] AS columns
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = $1::regclass
"""
TYPES = {
    "VARCHAR": "text",
    "TEXT": "text",
    "BIGINT": "int8",
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BOOLEAN": "bool",
    "NUMERIC": "numeric",
    "JSONB": "jsonb",
    "UUID": "uuid",
    "DATE": "date",
    "DATETIME": "timestamptz",
    "BLOB": "bytea",
    "TEXT[]": "_text",
    "UUID[]": "_uuid",
    "BIGINT[]": "_int8",
}


def type_of(column: object) -> str:
    kind = column.type  # type: ignore[attr-defined] # any column
    inner = getattr(kind, "item_type", None)
    name = type(kind if inner is None else inner).__name__.upper()
    name = {
        "AUTOSTRING": "TEXT",
        "LARGEBINARY": "BLOB",
        "BIGINTEGER": "BIGINT",
        "SMALLINTEGER": "SMALLINT",
    }.get(name, name)
    return TYPES[name if inner is None else f"{name}[]"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.__tablename__))
async def test_a_table_is_declared_as_it_is_migrated(database: str, table: type[SQLModel]) -> None:
    declared = table.__table__  # type: ignore[attr-defined] # of every table model
    connection = await asyncpg.connect(database)
    try:
        columns = await connection.fetch(COLUMNS, declared.name)
        indexes = await connection.fetch(INDEXES, declared.name)
    finally:
        await connection.close()

    assert {row["column_name"]: (row["nullable"], row["udt_name"]) for row in columns} == {
        column.name: (column.nullable, type_of(column)) for column in declared.columns
    }
    key = [row["columns"] for row in indexes if row["is_key"]]
    assert key == [[column.name for column in declared.primary_key.columns]]
    unique = {tuple(row["columns"]) for row in indexes if row["is_unique"] and not row["is_key"]}
    said = {tuple(c.name for c in index.columns) for index in declared.indexes if index.unique}
    assert unique == said | {(column.name,) for column in declared.columns if column.unique}
    other = {row["name"]: row["columns"] for row in indexes if not row["is_unique"]}
    assert other == {
        index.name: [c.name for c in index.columns]
        for index in declared.indexes
        if not index.unique
    }


@pytest.mark.parametrize(
    "table", ["battery", "finding", "obligation", "contribution", "tally", "firm", "doubtful"]
)
async def test_what_is_made_beside_has_the_columns_of_what_is_shown(
    database: str, table: str
) -> None:
    """A migration that gives a view a column gives it to its twin, too."""
    connection = await asyncpg.connect(database)
    try:
        shown = await connection.fetch(COLUMNS, table)
        beside = await connection.fetch(COLUMNS, f"rebuilt_{table}")
    finally:
        await connection.close()

    assert set(shown) == set(beside)
