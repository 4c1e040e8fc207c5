"""What a report writes: one line into the stream of each thing it is about.

Each line carries its own facts, the shared scalars, and the total count and mass of the report,
never the whole list. Its keys let lives find each other: hand-overs, vehicles, lots, batches,
parents and children, joined names.
"""

from collections.abc import Iterable

from dianchi.domain.lines.resolving import HAS_PARTIES, named, renamed, resolved
from dianchi.domain.lines.streams import (
    Data,
    Key,
    KeyKind,
    Line,
    Stream,
    batch_subject,
    handover_name,
    lot_subject,
    organisation_subject,
    pickup_subject,
    recall_subject,
    site_subject,
)
from dianchi.domain.lines.writers import WRITERS, marked, photo_keys
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.report import Report

__all__ = [
    "Key",
    "KeyKind",
    "Line",
    "Stream",
    "batch_subject",
    "correction_lines",
    "handover_name",
    "lines_of",
    "lot_subject",
    "organisation_subject",
    "pickup_subject",
    "recall_subject",
    "site_subject",
]


def lines_of(report: Report, organisation: str, registry: Registry) -> list[Line]:
    """The lines of a report by `organisation`, parties and asset names resolved.

    Registered parties become their ids; the others stay as given. What withdraws a report has none
    here: its streams are those of its target (`correction_lines`).

    Raises:
        Refused: when two names or lots turn out to be one, as far as the registry knows.
    """
    battery, data = report.battery, report.data
    if report.assets:
        battery = named(battery, registry) if battery else None
        data = renamed(data, registry)
    if report.kind.name in HAS_PARTIES:
        data = resolved(data, registry)
    write = WRITERS.get(report.kind.name)
    if write is None:
        return [Line(Stream.BATTERY, str(battery), data, _own_keys(data))]
    lines = write(battery, data, organisation, registry)
    if report.kind.name == "pickup_requested" and report.site is not None:
        # By the site, its stock finds who was asked to fetch from it.
        lines = marked(lines, Key(KeyKind.PICKUP, site_subject(organisation, report.site)))
    return _each_once(lines)


def correction_lines(
    data: Data, targets: Iterable[tuple[Stream, str]], handover: Key | None = None
) -> list[Line]:
    """The lines of a `corrected` or `set_aside`: one into each stream that loses its event.

    Each carries the key of what it withdraws; the first by name also that of the hand-over it
    takes a side out of, so that the other side sees it.
    """
    key = Key(KeyKind.TARGET, data["event_id"])
    lines = [Line(stream, subject, data, (key,)) for stream, subject in targets]
    return marked(lines, handover) if handover is not None and lines else lines


def _each_once(lines: list[Line]) -> list[Line]:
    """No stream gets two lines of one report: two ways to write one party may hide a repeat."""
    if len({(line.stream, line.subject) for line in lines}) == len(lines):
        return lines
    subjects = [line.subject for line in lines]
    repeated = next(name for name in subjects if subjects.count(name) > 1)
    what = Text("同一份上报里出现两次", "appears twice in one report")
    way_out = Text("请删除重复的一行", "remove the repeated line")
    raise Refused(Fault("invalid_value", "/data", repeated, what, way_out))


def _own_keys(data: Data) -> tuple[Key, ...]:
    keys = photo_keys(data.get("photos", ()))
    if "vin_ref" in data:
        return (Key(KeyKind.VIN, data["vin_ref"]), *keys)
    host = data.get("host")
    if host is not None and "vin_ref" in host:
        return (Key(KeyKind.VIN, host["vin_ref"]), *keys)
    return keys
