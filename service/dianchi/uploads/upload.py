"""An upload as it stands in its row: read by whoever shows it or goes on with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from dianchi.domain.admit import Reporter
from dianchi.exchange.sheets.columns import Kind
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.mapping import Plan

RECEIVING: Final = "receiving"
READING: Final = "reading"
READ: Final = "read"
CHECKING: Final = "checking"
CHECKED: Final = "checked"
COMMITTING: Final = "committing"
COMMITTED: Final = "committed"
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"
STATES: Final = (
    RECEIVING,
    READING,
    READ,
    CHECKING,
    CHECKED,
    COMMITTING,
    COMMITTED,
    CANCELLED,
    FAILED,
)
WORKING: Final = (READING, CHECKING, COMMITTING)
"""States in which a worker goes on by itself."""
ENDED: Final = (COMMITTED, CANCELLED, FAILED)
TALLIES: Final = ("accepted", "duplicate", "refused", "skipped", "out_of_scope", "warned")
"""What becomes of rows; `warned` are those of them that were, or would be, taken with findings."""
SLICE: Final = 500
"""Rows that are worked on together."""
COLUMNS: Final = """id, organisation, reporter, type, name, size, sha256, parts, state, family,
    opened, plan, plan_from, mode, row_count, done, checked, committed, problem, made_at, asked_at,
    ended_at"""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a firm sends, and how far it is."""

    id: UUID
    organisation: str
    reporter: Reporter
    type: str
    name: str
    size: int
    sha256: bytes
    parts: int
    state: str
    family: UUID | None
    opened: Mapping[str, Any] | None
    plan: Plan | None
    plan_from: str | None
    mode: str | None
    row_count: int
    done: int
    checked: Mapping[str, int] | None
    committed: Mapping[str, int] | None
    problem: Mapping[str, Any] | None
    made_at: datetime
    asked_at: datetime | None
    ended_at: datetime | None

    @property
    def kind(self) -> Kind | None:
        """How its columns are understood; None for a file of JSON reports."""
        if self.opened is not None and self.opened["format"] in {"ndjson", "national"}:
            return None
        return KINDS.get(self.type)

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return list(self.opened["columns"]) if self.opened is not None else []

    @property
    def shown(self) -> str:
        """Which results are the newest: `checked` or `committed`."""
        return "committed" if self.committed is not None else "checked"


def upload_of(row: Any) -> Upload:  # noqa: ANN401 - a row of asyncpg
    """An upload from its row (`COLUMNS`)."""
    told = {name: row[name] for name in Upload.__slots__}
    for name in ("opened", "plan", "checked", "committed", "problem", "reporter"):
        if isinstance(told[name], str):
            told[name] = json.loads(told[name])
    told["reporter"] = msgspec.convert(told["reporter"], Reporter)
    if told["plan"] is not None:
        told["plan"] = Plan(told["plan"]["columns"], told["plan"]["fixed"])
    return Upload(**told)


def json_of(value: object) -> str:
    """A value for a column of JSON."""
    return msgspec.json.encode(value).decode()


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as it is stored and shown."""
    return {"columns": dict(plan.columns), "fixed": dict(plan.fixed)}
