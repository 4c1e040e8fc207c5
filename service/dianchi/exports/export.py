"""An export as it stands in its row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from dianchi.domain.admit import Reporter
from dianchi.domain.exports import Form
from dianchi.exchange.language import Language

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
DELETED: Final = "deleted"
"""The file was kept as long as files are."""
TOO_MANY_ROWS: Final = "too_many_rows"
"""Why no file came of a list that is longer than a paper takes."""
STATES: Final = (WAITING, RUNNING, DONE, FAILED, CANCELLED, DELETED)
PART_BYTES: Final = 1024 * 1024
COLUMNS: Final = """id, owner, organisation, reporter, list, filters, form, language, state, rows,
    size, log_index, rows_sha256, sha256, problem, asked_at, ended_at, expires_at"""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that somebody asked for, and how far it is; sizes in bytes."""

    id: UUID
    owner: str
    organisation: str
    reporter: Reporter
    list: str
    filters: Mapping[str, str]
    form: Form
    language: Language
    state: str
    rows: int
    size: int
    log_index: int | None
    rows_sha256: bytes | None
    sha256: bytes | None
    problem: str | None
    asked_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None

    @property
    def query(self) -> str:
        """What was asked for, in one line."""
        return asked_text(self.list, self.filters)

    @property
    def parts(self) -> int:
        """In how many parts the file is kept."""
        return -(-self.size // PART_BYTES)

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"{self.list}-{self.asked_at:%Y%m%d}-{self.id.hex[:8]}.{self.form}"


def asked_text(listed: str, filters: Mapping[str, str]) -> str:
    """A list and its filters, as an address would have them."""
    told = urlencode(sorted(filters.items()))
    return f"{listed}?{told}" if told else listed


def export_of(row: Any) -> Export:  # noqa: ANN401 - a row of asyncpg
    """An export from its row (`COLUMNS`)."""
    told = {name: row[name] for name in Export.__slots__}
    for name in ("filters", "reporter"):
        if isinstance(told[name], str):
            told[name] = json.loads(told[name])
    told["reporter"] = msgspec.convert(told["reporter"], Reporter)
    return Export(**told)
