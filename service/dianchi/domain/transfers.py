"""利旧调拨: sets of one's own moved to another of one's own sites, as the reports that it takes.

Nothing changes hands, so there is no hand-over: a set in a host is `removed` there, whatever was
measured is `inspected`, and it is `installed` at the target. A set that is down already is only
installed: that it was taken out is told by who did it, when it was done.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from dianchi.domain.refusals import Fault, Text
from dianchi.domain.standing import FINAL

REASON: Final = "internal_reuse"
MOST: Final = 500
"""Sets of one transfer: three reports each stay within one transaction."""
_AWAY: Final = FINAL | {"in_transit", "lost", "exported", "out_of_province"}


class Set(NamedTuple):
    """One set of a transfer; `soh_percent` where somebody tested it, on a day of its own."""

    battery: str
    soh_percent: str | None = None
    tested_on: date | None = None


class Move(NamedTuple):
    """A transfer: whence, whither, when; `removed_on` where sets came down before.

    Attributes:
        target_kind: what the target is as a host.
    """

    organisation: str
    source: str
    target: str
    target_kind: str
    day: date
    reason: str
    removed_on: date | None = None


class Here(NamedTuple):
    """Where the record has a set: `host` is `{kind, id}` while it is in one."""

    stage: str
    holder: str
    station: str | None
    host: Mapping[str, str] | None


def reports_of(move: Move, one: Set, here: Here) -> Iterator[dict[str, Any]]:
    """The reports of one set in their order, without ids; the source is left by one in a host."""
    if here.host is not None:
        data = {"host": dict(here.host), "reason": move.reason}
        yield _report("removed", one, move.removed_on or move.day, move.source, data)
    if one.soh_percent is not None:
        data = {"soh_percent": one.soh_percent}
        yield _report("inspected", one, one.tested_on or move.day, move.source, data)
    data = {"host": {"kind": move.target_kind, "id": move.target}}
    yield _report("installed", one, move.day, move.target, data)


def _report(kind: str, one: Set, day: date, site: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "battery": one.battery,
        "occurred_at": str(day),
        "site": site,
        "data": data,
    }


def faults_of(move: Move, sets: Sequence[Set], known: Mapping[str, Here]) -> list[Fault]:
    """Which sets this organisation cannot move from here, each with its pointer."""
    faults = []
    for n, one in enumerate(sets):
        here = known.get(one.battery)
        told = _not_on_record(one) if here is None else _fault_of(move, one, here)
        if told is not None:
            what, way_out = told
            faults.append(Fault("invalid_value", f"/sets/{n}/battery", one.battery, what, way_out))
    return faults


def _not_on_record(one: Set) -> tuple[Text, Text]:
    return (
        Text(
            f"没有您看得到的 {one.battery} 的记录", f"there is no record of {one.battery} you see"
        ),
        Text("请先登记存量（declared），再调拨", "declare it first, then move it"),
    )


def _fault_of(move: Move, one: Set, here: Here) -> tuple[Text, Text] | None:
    name = one.battery
    if here.holder != move.organisation:
        return (
            Text(f"{name} 现在不由贵单位持有", f"{name} is not held by you now"),
            Text("利旧调拨限于本单位自有；给别家请用移交", "hand over what goes to others"),
        )
    if here.stage in _AWAY:
        return (
            Text(f"{name} 已不在库（{here.stage}）", f"{name} is not there ({here.stage})"),
            Text("请核对它的记录", "look at its record"),
        )
    if here.station is not None and here.station != move.source:
        return (
            Text(
                f"记录中 {name} 在 {here.station}，不在 {move.source}",
                f"the record has {name} at {here.station}, not at {move.source}",
            ),
            Text("请从记录中的站点调拨，或先更正记录", "move it from there, or correct the record"),
        )
    return None
