"""What of a battery a caller may see: the whole life, its own reports of it, or nothing.

Asked of the database under its row-level security, and checked here once more: either of the two
alone keeps a stranger out. Nothing tells a life that is somebody else's from one that is not there.
"""

from collections.abc import Collection, Iterable
from enum import Enum
from typing import Any

from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.lines import Stream
from dianchi.domain.sight import eyes_of
from dianchi.store.envelope import open_json
from dianchi.store.names import stream_id
from dianchi.store.sight import lines_of_report, look, shown_among, shown_events

Row = tuple[bytes, int | None]
_LISTS = {"lot": Stream.LOT, "batch": Stream.BATCH, "site": Stream.SITE}


class Sight(Enum):
    """How much of a life is seen."""

    WHOLE = "whole"
    OWN_REPORTS = "own_reports"


async def sight_of(services: Services, reporter: Reporter, name: str, given: str) -> Sight:
    """How much of the thing of this (canonical) name the caller sees.

    Raises:
        Refused: `not_found`: nothing was reported of it, or it is none of the caller's business.
    """
    eyes = eyes_of(reporter)
    if eyes.everything:
        return Sight.WHOLE
    kind = _LISTS.get(name.partition(":")[0], Stream.BATTERY)
    seen = await look(services.seeing(reporter), stream_id(kind, name))
    if seen.seen_by is not None and eyes.see(seen.seen_by):
        return Sight.WHOLE
    if seen.told:
        return Sight.OWN_REPORTS
    raise absent(given)


async def must_see(services: Services, reporter: Reporter, name: str, given: str) -> None:
    """Lets a caller pass who sees the whole of it.

    Raises:
        Refused: `not_found`.
    """
    if await sight_of(services, reporter, name, given) is not Sight.WHOLE:
        raise absent(given)


async def own_reports(services: Services, reporter: Reporter, name: str, given: str) -> list[Row]:
    """The events of a battery that the caller reported itself, with their places in the log.

    Raises:
        Refused: `not_found`: there are none.
    """
    stream = stream_id(Stream.BATTERY, name)
    rows = await shown_events(services.seeing(reporter), stream)
    own = [
        (row["body"], row["log_index"])
        for row in rows
        if open_json(row["body"])["organisation"] == reporter.organisation
    ]
    if not own:
        raise absent(given)
    return own


async def seen_among(
    services: Services, reporter: Reporter, names: Collection[str]
) -> frozenset[str]:
    """Those of these batteries, lots and batches that the caller sees wholly."""
    eyes = eyes_of(reporter)
    if eyes.everything:
        return frozenset(names)
    streams = {
        stream_id(_LISTS.get(name.partition(":")[0], Stream.BATTERY), name): name for name in names
    }
    shown = await shown_among(services.seeing(reporter), streams)
    return frozenset(streams[stream] for stream, seers in shown.items() if eyes.see(seers))


async def seen_reports(
    services: Services, reporter: Reporter, event_ids: Iterable[str]
) -> set[str]:
    """Those of these reports that the caller made, or of which it sees everything they touched."""
    eyes = eyes_of(reporter)
    seen = set()
    for event_id in event_ids:
        lines = await lines_of_report(services.readers, event_id)
        if any(firm == reporter.organisation for firm, _ in lines) or all(
            eyes.see(seers) for _, seers in lines
        ):
            seen.add(event_id)
    return seen


def may_read(envelope: dict[str, Any], seen_by: Collection[str] | None, reporter: Reporter) -> bool:
    """Whether the caller may read an event: it sees the life, or reported the event itself."""
    eyes = eyes_of(reporter)
    return eyes.see(seen_by or ()) or envelope["organisation"] == reporter.organisation


def absent(name: str) -> Exception:
    """Nothing was ever reported under this name, as far as the caller may know."""
    return refuse(
        "not_found",
        ("没有这只电池的记录", "nothing was reported under this name"),
        (
            "请核对编码；新电池先由厂商或网点登记；他方的电池不对贵单位开放",
            "check the name, or report it first; others' batteries are not shown to you",
        ),
        pointer="/battery",
        value=name,
    )
