"""What a complete count of a site (盘点) did not find."""

from collections.abc import Collection, Mapping

from dianchi.domain.findings import Finding
from dianchi.domain.life import Event
from dianchi.domain.life_state import Life
from dianchi.domain.measures import business_day
from dianchi.domain.standing import STORED


def count_findings(
    count: Event, counted: Collection[str], expected: Mapping[str, Event]
) -> dict[str, Finding]:
    """The batteries that should stand at a site and were not counted, each with its finding.

    Args:
        count: the `counted` event of the site; one that is not complete says nothing.
        counted: the canonical names of the batteries that it found.
        expected: by canonical name, the event that put a battery at the site by the record, for
            those that nothing later shows elsewhere.
    """
    if not count.data["complete"]:
        return {}
    values = {"day": str(business_day(count)), "site": count.data["site"]}
    return {
        name: Finding("missing_at_count", (event.event_id, count.event_id), values)
        for name, event in sorted(expected.items())
        if name not in counted and event.key < count.key
    }


def stood_there(life: Life, site: str, holder: str | None) -> bool:
    """Whether a battery stood in store at a site by the record.

    Args:
        life: as it was before the count.
        site: its number.
        holder: whose site it is; None where that is not told, as by an inspector.
    """
    return life.stage in STORED and life.site == site and holder in (None, life.holder)
