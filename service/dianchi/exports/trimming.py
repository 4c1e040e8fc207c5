"""Files go when they were kept as long as files are; what was asked for, and its hashes, stay."""

from datetime import datetime
from typing import Final

from dianchi.store.readers import Readers

_EXPIRE: Final = "UPDATE export SET state = 'deleted' WHERE state = 'done' AND expires_at <= $1"
_FORGET: Final = """
DELETE FROM export_part p USING export e
 WHERE e.id = p.export AND e.state IN ('deleted', 'cancelled', 'failed')
"""


async def trim(keeper: Readers, now: datetime) -> None:
    """Deletes the files that are not kept any more."""
    async with keeper.acquire() as connection, connection.transaction():
        await connection.execute(_EXPIRE, now)
        await connection.execute(_FORGET)
