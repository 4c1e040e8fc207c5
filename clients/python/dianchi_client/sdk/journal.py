"""What became of the reports of a run, kept on disk, so that an interrupted run goes on.

SQLite, and nothing else: one small transaction for each batch, on disk before the next is sent.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from dianchi_client.sdk.failures import JournalError

_FORM: Final = 1
_MODE: Final = 0o600
_TABLES: Final = """
CREATE TABLE about (service TEXT NOT NULL, organisation TEXT NOT NULL);
CREATE TABLE recorded (event_id TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE refused (
  event_id TEXT PRIMARY KEY, place INTEGER NOT NULL, report BLOB NOT NULL, problem TEXT NOT NULL
) WITHOUT ROWID;
"""
_REFUSE: Final = "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?)"


class Kept(NamedTuple):
    """A report as the journal knows it.

    Attributes:
        place: its number in the source, from 1.
        event_id: of the report.
        digest: SHA-256 of its bytes.
        report: its bytes, as the source gave it.
        body: its bytes, as it is sent: under its id.
        problem: why it was refused, as JSON; None: it is recorded.
    """

    place: int
    event_id: str
    digest: bytes
    report: bytes
    body: bytes = b""
    problem: str | None = None


class Journal:
    """Which reports of a source are recorded, and which were refused and why.

    Args:
        path: the file, made where it is missing (0600); None keeps the journal only as long as
            the process lives, in a temporary file.

    Raises:
        JournalError: it is damaged, no journal, or in use by another process.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path: Final = None if path is None else Path(path)
        with self._told():
            if self.path is not None:
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, _MODE))
            # Used by one thread at a time, which need not always be the same one.
            self._db = sqlite3.connect(
                self.path or "", timeout=1, isolation_level=None, check_same_thread=False
            )
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def _open(self) -> None:
        # Nobody else gets in until it is closed: two runs would both send what neither has noted.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN EXCLUSIVE")
        (form,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if (form, tables) == (0, 0):
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {_FORM}")
        elif form != _FORM:
            raise _not_ours(str(self.path))
        self._db.execute("COMMIT")

    def begin(self, service: str, organisation: str) -> None:
        """A run begins at the first report of its source.

        Raises:
            JournalError: the journal is of another service or organisation.
        """
        with self._told():
            kept = self._db.execute("SELECT service, organisation FROM about").fetchone()
            if kept is None:
                self._db.execute("INSERT INTO about VALUES (?, ?)", (service, organisation))
            elif kept != (service, organisation):
                raise _of_another(kept, (service, organisation))

    def recorded(self, rows: Iterable[Kept]) -> set[int]:
        """The places of those rows that are recorded, in these very bytes."""
        asked = "SELECT 1 FROM recorded WHERE event_id = ? AND digest = ?"
        with self._told():
            return {
                row.place
                for row in rows
                if self._db.execute(asked, (row.event_id, row.digest)).fetchone()
            }

    def keep(self, rows: Sequence[Kept]) -> None:
        """Writes down what became of rows; on disk when it returns."""
        refused = [
            (row.event_id, row.place, row.report, row.problem)
            for row in rows
            if row.problem is not None
        ]
        recorded = [(row.event_id, row.digest) for row in rows if row.problem is None]
        with self._told():
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO recorded VALUES (?, ?)", recorded)
            self._db.executemany(
                "DELETE FROM refused WHERE event_id = ?", [(name,) for name, _ in recorded]
            )
            self._db.executemany(_REFUSE, refused)
            self._db.execute("COMMIT")

    def count(self) -> int:
        """How many reports are recorded."""
        with self._told():
            return int(self._db.execute("SELECT count(*) FROM recorded").fetchone()[0])

    def refused(self) -> Iterator[Kept]:
        """What was refused and not recorded since, in the order of the source."""
        asked = "SELECT place, event_id, report, problem FROM refused ORDER BY place, event_id"
        with self._told():
            for place, event_id, report, problem in self._db.execute(asked):
                yield Kept(place, event_id, sha256(report).digest(), report, problem=problem)

    def close(self) -> None:
        """Lets others in."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise _in_use(str(self.path)) from error
            raise _unusable(str(self.path), error) from error
        except (sqlite3.Error, OSError) as error:
            raise _unusable(str(self.path), error) from error


def _in_use(path: str) -> JournalError:
    return JournalError(
        f"{path} 正被另一个进程使用：等它结束，或换一个文件",
        f"{path} is in use by another process: wait for it, or give another file",
    )


def _unusable(path: str, error: Exception) -> JournalError:
    return JournalError(
        f"{path} 无法使用：{error}。已提交的不会重复，可以换一个新文件重新开始",
        f"{path} cannot be used: {error}. Nothing is doubled when you begin anew with another file",
    )


def _not_ours(path: str) -> JournalError:
    return JournalError(
        f"{path} 不是本程序的记录文件，或来自更新的版本：换一个文件",
        f"{path} is no journal, or of a newer version: give another file",
    )


def _of_another(kept: tuple[str, str], now: tuple[str, str]) -> JournalError:
    return JournalError(
        f"记录文件属于 {' '.join(kept)}，现在是 {' '.join(now)}：换一个文件",
        f"the journal is of {' '.join(kept)}, this run of {' '.join(now)}: give another file",
    )
