"""How far the views are behind the log, for readiness and monitoring."""

from typing import Any, Final

from dianchi.store.readers import Readers

_BEHIND: Final = """
SELECT (SELECT max(log_index) FROM log_entry) AS log_index,
       (SELECT log_index - 1 FROM projection WHERE name = 'views') AS views_at,
       (SELECT version FROM projection WHERE name = 'views') AS views_version,
       (SELECT count(*) FROM outbox) AS outbox
"""
TIMEOUT_S: Final = 5


async def behind(readers: Readers) -> dict[str, Any]:
    """The end of the log, where the views are and by which version, and what waits for the log."""
    row = await readers.fetchrow(_BEHIND, timeout=TIMEOUT_S)
    return dict(row) if row else {}
