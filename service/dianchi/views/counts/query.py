"""One stock count, compared with the record as it was before it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dianchi.domain.counts import stood_there
from dianchi.domain.life import Event, fold
from dianchi.domain.life_event import WITHDRAWALS
from dianchi.domain.rules import Rules
from dianchi.store.connect import Queryable
from dianchi.store.names import UUID
from dianchi.store.readers import Lender
from dianchi.views.reading import read_lives
from dianchi.views.reports import report_of

_MISSING: Final = """
SELECT subject FROM finding
 WHERE code = 'missing_at_count' AND is_open = ANY ('{true,false}') AND $1 = ANY (evidence)
 ORDER BY subject
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """The batteries of a count, by what the record said of them before it.

    Attributes:
        agreed: counted, and they should have stood there.
        missing: they should have, and a complete count did not find them.
        extra: counted, and by the record they were elsewhere.
    """

    agreed: Sequence[str]
    missing: Sequence[str]
    extra: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """Who counted, which site, and the batteries that were found; of a count's report."""

    organisation: str
    site: str
    batteries: Sequence[str]


async def counted_in(connection: Queryable, event_id: uuid.UUID) -> Counted | None:
    """The count of this id; None where there is no such report, or it is no count."""
    sent = await report_of(connection, event_id)
    if sent is None or sent.told["type"] != "counted":
        return None
    data = sent.told["data"]
    return Counted(sent.organisation, data["site"], data.get("batteries", []))


async def compare(
    connection: Queryable, shown: Lender, count: Event, counted: Counted, rules: Rules
) -> Compared:
    """Compares a count with the record as it was before it.

    Args:
        connection: reads every life.
        shown: reads findings for who asks.
        count: the event of the site.
        counted: what its report found.
        rules: of every date.
    """
    holder = None if count.role == "regulator" else counted.organisation
    there: set[str] = set()
    # The count says of each battery, too, that it stands there: its own lines are left out.
    for life in (await read_lives(connection, counted.batteries)).told:
        before = [e for e in life.events if e.type in WITHDRAWALS or e.key[:3] < count.key[:3]]
        if stood_there(fold(before, rules).life, counted.site, holder):
            there |= life.union.names
    missing = await shown.fetch(_MISSING, UUID(count.event_id))
    return Compared(
        [name for name in counted.batteries if name in there],
        [row["subject"] for row in missing],
        [name for name in counted.batteries if name not in there],
    )
