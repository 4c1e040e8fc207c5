"""Reports of a tower operator, as sources of the client, and what the record has of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dianchi.store.cluster import DATABASE, attach


def sets(prefix: str, count: int, first: int = 1) -> Iterator[dict[str, Any]]:
    """Opening stock, one report a set, without ids."""
    for n in range(first, first + count):
        yield {
            "type": "declared",
            "battery": f"asset:示例铁塔公司:{prefix}-{n:06}",
            "occurred_at": "2026-01-01",
            "data": {"stage": "second_life", "basis": "opening_stock", "chemistry": "lfp"},
        }


def recorded(data_dir: Path, prefix: str) -> tuple[int, int]:
    """How many events, and of how many batteries, the record has under a prefix."""
    counted = f"""
        SELECT count(*), count(DISTINCT stream_id) FROM event JOIN stream USING (stream_id)
        WHERE kind = 1 AND name LIKE 'asset:%:{prefix}-%'
        """  # noqa: S608 - the prefix is a test's own
    cluster = attach(data_dir)
    try:
        events, batteries = cluster.execute(counted, DATABASE).split("|")
    finally:
        cluster.stop()
    return int(events), int(batteries)
