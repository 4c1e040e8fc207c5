"""What is not needed any more goes: rows of firms are theirs, and may name people."""

from datetime import timedelta
from typing import Final

from dianchi.store.readers import Readers

ROWS_FOR: Final = timedelta(days=30)
"""How long rows and results stay after an upload ended."""
UNFINISHED_FOR: Final = timedelta(days=7)
"""How long a file waits for its missing parts, or its rows for a decision."""
_GIVE_UP: Final = """
UPDATE upload SET state = 'cancelled', ended_at = clock_timestamp()
 WHERE state IN ('receiving', 'read', 'checked')
   AND coalesce(asked_at, made_at) < clock_timestamp() - $1::interval
"""
_OLD: Final = "SELECT id FROM upload WHERE ended_at < clock_timestamp() - $1::interval"
_FORGET: Final = tuple(
    f"DELETE FROM {table} WHERE upload IN ({_OLD})"  # noqa: S608 - constants
    for table in ("upload_slice", "upload_key")
)
_PARTS: Final = """
DELETE FROM upload_part WHERE upload IN
       (SELECT id FROM upload WHERE state NOT IN ('receiving', 'reading'))
"""


async def trim(uploader: Readers) -> None:
    """Gives up what nobody went on with, and forgets rows of long ago; what was counted stays."""
    async with uploader.acquire() as connection, connection.transaction():
        await connection.execute(_GIVE_UP, UNFINISHED_FOR)
        for statement in _FORGET:
            await connection.execute(statement, ROWS_FOR)
        await connection.execute(_PARTS)
