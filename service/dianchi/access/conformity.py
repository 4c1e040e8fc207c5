"""Conformity runs as they are kept: begun, answered, ended with a report that never changes."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from asyncpg import Record

from dianchi.access.slips import ALPHABET
from dianchi.domain.conformity.exchanges import Answered
from dianchi.domain.working_days import CHINA
from dianchi.store.envelope import canonical_json
from dianchi.store.readers import Readers

LISTED: Final = 100
_COLUMNS: Final = """number, sandbox, generation, organisation, role, version, names, answers,
 begun_at, ended_at, passed, report, sha256"""
_ADD: Final = """
INSERT INTO conformity_run (number, sandbox, generation, organisation, role, version, names,
                            answers, begun_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_FIND: Final = f"SELECT {_COLUMNS} FROM conformity_run WHERE number = $1"  # noqa: S608 - constants
_OF: Final = f"""
SELECT {_COLUMNS} FROM conformity_run WHERE organisation = $1 ORDER BY begun_at DESC LIMIT {LISTED}
"""  # noqa: S608 - constants
_ENDED: Final = f"""
SELECT {_COLUMNS} FROM conformity_run WHERE ended_at IS NOT NULL
 ORDER BY ended_at DESC LIMIT {LISTED}
"""  # noqa: S608 - constants
_RUNNING: Final = f"""
SELECT {_COLUMNS} FROM conformity_run
 WHERE sandbox = $1 AND generation = $2 AND ended_at IS NULL ORDER BY begun_at
"""  # noqa: S608 - constants
_ANSWER: Final = """
UPDATE conformity_run SET answers = $2 WHERE number = $1 AND answers = $3 AND ended_at IS NULL
RETURNING number
"""
_END: Final = """
UPDATE conformity_run SET ended_at = $2, passed = $3, report = $4, sha256 = $5
 WHERE number = $1 AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A conformity run.

    Attributes:
        number: `LT-`, the Chinese day, and eight letters.
        names: what it calls things; `answers` to its riddles, by task.
        report: canonical JSON once it has ended, of which `sha256` is the digest.
    """

    number: str
    sandbox: str
    generation: int
    organisation: str
    role: str
    version: str
    names: Mapping[str, str]
    answers: Mapping[str, list[Answered]]
    begun_at: datetime
    ended_at: datetime | None = None
    passed: bool | None = None
    report: bytes | None = None
    sha256: bytes | None = None


def new_number(now: datetime) -> str:
    """A number for a run: nobody guesses one."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"LT-{now.astimezone(CHINA):%Y%m%d}-{letters}"


class Runs:
    """The runs of all firms."""

    def __init__(self, registrar: Readers) -> None:
        self._registrar = registrar

    async def begin(self, run: Run) -> None:
        """Keeps a new run."""
        await self._registrar.fetchval(
            _ADD,
            run.number,
            run.sandbox,
            run.generation,
            run.organisation,
            run.role,
            run.version,
            canonical_json(dict(run.names)),
            canonical_json({}),
            run.begun_at,
        )

    async def find(self, number: str) -> Run | None:
        """The run of a number."""
        row = await self._registrar.fetchrow(_FIND, number.strip().upper())
        return None if row is None else _read(row)

    async def of(self, organisation: str) -> list[Run]:
        """The runs of a firm, the latest first."""
        return [_read(row) for row in await self._registrar.fetch(_OF, organisation)]

    async def ended(self) -> list[Run]:
        """Runs that ended, of all firms, the latest first."""
        return [_read(row) for row in await self._registrar.fetch(_ENDED)]

    async def running(self, sandbox: str, generation: int) -> list[Run]:
        """The runs of a sandbox that have not ended."""
        return [_read(row) for row in await self._registrar.fetch(_RUNNING, sandbox, generation)]

    async def answer(self, run: Run, riddle: str, given: Answered) -> bool:
        """Keeps an answer; False where another came first or the run has ended."""
        answers = {**run.answers, riddle: [*run.answers.get(riddle, []), given]}
        kept = await self._registrar.fetchval(
            _ANSWER, run.number, _written(answers), _written(run.answers)
        )
        return kept is not None

    async def end(self, run: Run, report: dict[str, Any], now: datetime) -> Run:
        """Ends a run with its report; one that has ended keeps the first."""
        body = canonical_json(report)
        digest = sha256(body).digest()
        await self._registrar.fetchval(_END, run.number, now, report["passed"], body, digest)
        found = await self.find(run.number)
        assert found is not None  # noqa: S101 - runs are kept for good
        return found


def _written(answers: Mapping[str, list[Answered]]) -> bytes:
    told = {name: [[each.at_us, each.right] for each in given] for name, given in answers.items()}
    return canonical_json(told)


def _read(row: Record) -> Run:
    told = dict(row)
    answers = json.loads(told.pop("answers"))
    names = json.loads(told.pop("names"))
    read = {name: [Answered(*each) for each in given] for name, given in answers.items()}
    return Run(**told, names=names, answers=read)
