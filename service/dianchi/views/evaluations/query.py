"""Reads what an evaluation needs, all of it at one place in the log."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dianchi.domain.indicators.cells import Amount
from dianchi.domain.indicators.values import in_months, measures_of
from dianchi.domain.months import first_day, last_day
from dianchi.domain.standing import FINAL
from dianchi.store.readers import Lender
from dianchi.views.indicators.query import Asked, AsOf, sums
from dianchi.views.monthly.query import Found, day_of, findings_between
from dianchi.views.obligations.summary import Group, summarise
from dianchi.views.snapshots import snapshot

# What was recycled or built into something else is held by nobody any more.
_HOLDS: Final = "SELECT count(*) FROM battery WHERE holder = $1 AND stage <> ALL ($2::text[])"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an organisation did within some months, as of a place in the log."""

    asked: Asked
    as_of: AsOf
    sums: Mapping[str, Amount]
    owed: Counter[Group]
    findings: Sequence[Found]
    holds: int


async def read_evidence(
    lender: Lender, firm: str, asked: Asked, eyes: Collection[str] | None
) -> Evidence:
    """What the record says of an organisation, as far as whoever asks sees it.

    Args:
        lender: reads for whoever asks.
        firm: id of the organisation.
        asked: the months; its seers read counts and findings.
        eyes: whoever reads obligations; None for who may read all.
    """
    asked = replace(asked, firm=firm)
    measures = measures_of(in_months(asked.first, asked.last)) | {"gathered", "recycled"}
    async with snapshot(lender) as seeing:
        as_of, groups = await sums(seeing, asked, measures, None)
        owed = await summarise(
            seeing,
            day_of(as_of, asked.last),
            bearer=firm,
            statutory=True,
            seers=eyes,
            due=(first_day(asked.first), last_day(asked.last)),
        )
        found = await findings_between(seeing, asked.first, asked.last, asked)
        holds = await seeing.fetchval(_HOLDS, firm, sorted(FINAL))
    return Evidence(asked, as_of, groups.get("", {}), owed.counts, found, holds)
