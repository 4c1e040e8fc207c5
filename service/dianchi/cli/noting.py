"""Acts of the command line in the audit log, in the name of the operating system's user."""

import os
import pwd
from contextlib import aclosing
from typing import Final

from dianchi.access.audit import AuditLog
from dianchi.domain.admit import Reporter
from dianchi.domain.rules import RULES
from dianchi.ports import SystemClock
from dianchi.recording.acts import audit_seal
from dianchi.recording.gather import Gatherer
from dianchi.store.readers import open_readers
from dianchi.store.rights import REGISTRAR

COMMAND_LINE: Final = "command-line"
"""The role in the audit log of whoever acts on the machine."""


def operator() -> Reporter:
    """Whoever runs this process, by the user that the operating system knows it as."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # in a container
        name = str(number)
    return Reporter(f"cli:{name}", COMMAND_LINE)


async def note_command(dsn: str, command: str, subject: str) -> None:
    """Stores in the audit log what a command is about to do, and seals it into the log.

    Args:
        dsn: of a migrated database.
        command: as it is typed, without what it is given.
        subject: what it is about: ids, no free text.

    Raises:
        OSError, asyncpg.PostgresError: it was not stored: then it must not be done either.
    """
    clock = SystemClock()
    gatherer = Gatherer(dsn, RULES, clock)
    try:
        await gatherer.open()
        async with (
            await open_readers(dsn, most=1, role=REGISTRAR) as registrar,
            aclosing(AuditLog(registrar, audit_seal(gatherer, clock), clock)) as audit,
        ):
            await audit.note(operator(), f"dianchi {command}", subject)
    finally:
        await gatherer.close()
