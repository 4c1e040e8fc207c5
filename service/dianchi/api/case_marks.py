"""The officer's state beside a finding or an obligation: in which case it is worked."""

from typing import Any

from asyncpg import Record

from dianchi.domain.cases import STATES


def mark_of(row: Record | None) -> dict[str, Any] | None:
    """In which case something is worked, as lists of findings and obligations show it."""
    if row is None:
        return None
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "state": row["state"],
        "state_text": STATES[row["state"]]._asdict(),
        "outcome": row["outcome"],
    }
