"""A work list to be: which sets at which stations, and what keeps it from being made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dianchi.access.work_lists import MOST_ROWS, Line, Plan
from dianchi.api.bodies.work_lists import HeldFilter, WorkListNew
from dianchi.api.naming import canonical_name, registered
from dianchi.api.plan_faults import (
    fault_at,
    no_stage,
    no_station,
    not_for_role,
    nothing_there,
    unread,
)
from dianchi.api.problems import checked
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import covers, parse_area
from dianchi.domain.events import CATALOGUE
from dianchi.domain.mandates import Deed, covering
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.vocabulary import HOSTS
from dianchi.domain.work_lists import GONE, REPORTED
from dianchi.domain.work_texts import read_text
from dianchi.views.work.query import Standing, held_at, standings

STAGES: Final = ("installed", "in_use", "second_life", "retired")
"""What is looked for where nobody says in which stages."""
_STAGES_MAY: Final = (*STAGES, "removed", "collected")
_MOST_FAULTS: Final = 100
_NOT_A_HOST: Final = "base_station"
"""What a set is taken out of where neither the record nor the registry says it."""


@dataclass(slots=True)
class Wish:
    """One row as it was asked for, and whence: a JSON pointer."""

    pointer: str
    station: str | None = None
    battery: str | None = None
    expected: int | None = None


@dataclass(slots=True)
class Gathered:
    """The rows of a list to be, with what the record shows of each, and all that is wrong."""

    rows: list[tuple[Line, Standing | None]] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def plan(self, told: WorkListNew, reporter: Reporter, crew: str) -> Plan:
        """What is kept, but for its place in the log."""
        reason = told.reason or REPORTED[told.report]
        lines = [line for line, _ in self.rows]
        return Plan(reporter.organisation, told.name, crew, told.due, told.report, reason, lines)


async def gather(
    told: WorkListNew, services: Services, reporter: Reporter, today: date
) -> tuple[Gathered, str]:
    """The rows that a list would have, and the id of its crew.

    Raises:
        Refused: something of it is malformed.
    """
    registry = await services.registry.current()
    crew = registered(registry, told.crew, "/crew").id if told.crew else reporter.organisation
    found = Gathered()
    wishes = list(_told(told, found.faults))
    await _by_filter(told.filter, wishes, services, reporter, registry)
    await _resolve(wishes, found, services, reporter, registry)
    _check_whole(told, found, today)
    if crew != reporter.organisation:
        stations = {line.station for line, _ in found.rows}
        parties, last = (reporter.organisation, crew), max(told.due, today)
        found.faults += uncovered(registry, parties, told.report, stations, last)
    elif reporter.role not in CATALOGUE[told.report].roles:
        found.faults.append(not_for_role(told.report, reporter.role))
    return found, crew


def _told(told: WorkListNew, faults: list[Fault]) -> Iterable[Wish]:
    for n, row in enumerate(told.rows):
        yield Wish(f"/rows/{n}", row.station and row.station.strip(), row.battery, row.expected)
    for line in read_text(told.text or ""):
        if line.fault is not None:
            faults.append(unread(line))
        else:
            yield Wish(f"/text/{line.line}", line.station, line.battery, line.expected)


async def _by_filter(
    wanted: HeldFilter | None,
    wishes: list[Wish],
    services: Services,
    reporter: Reporter,
    registry: Registry,
) -> None:
    if wanted is None:
        return
    for stage in wanted.stages or ():
        if stage not in _STAGES_MAY:
            raise no_stage(stage, _STAGES_MAY)
    own, stations = reporter.organisation, wanted.sites
    area = checked(wanted.area, "filter/area", parse_area)
    if area is not None:
        within = {
            site.number
            for site in registry.sites.values()
            if site.organisation == own
            and covers(area, site.prefecture, site.county, site.functional)
        }
        stations = sorted(within if stations is None else within.intersection(stations))
    stages = wanted.stages or STAGES
    lender = services.seeing(reporter)
    held = await held_at(lender, own, stages, stations, wanted.chemistry, MOST_ROWS + 1)
    wishes += [Wish("/filter", each.station, each.battery) for each in held]


async def _resolve(
    wishes: Sequence[Wish],
    found: Gathered,
    services: Services,
    reporter: Reporter,
    registry: Registry,
) -> None:
    """Fills in what the record knows, and opens stations that were told alone."""
    lender, own = services.seeing(reporter), reporter.organisation
    names: dict[str, str] = {}
    for wish in wishes:
        if wish.battery is not None:
            try:
                names[wish.battery] = canonical_name(wish.battery, registry)
            except Refused as refused:
                found.faults.append(fault_at(f"{wish.pointer}/battery", refused))
    known = await standings(lender, set(names.values()))
    alone = sorted({w.station for w in wishes if w.station and not w.battery and not w.expected})
    held = await held_at(lender, own, STAGES, alone, None, MOST_ROWS + 1) if alone else []
    seen: set[tuple[str | None, str | None]] = set()
    for wish in wishes:
        if wish.battery is not None and wish.battery not in names:
            continue
        for made, standing in _rows_of(wish, names, known, held, found):
            line = _line(made, standing, own, registry)
            key = (None, line.battery) if line.battery else (line.station, None)
            if key not in seen:
                seen.add(key)
                found.rows.append((line, standing))
                found.pointers.append(wish.pointer)
                _check_row(line, standing, own, wish, found.faults)


def _rows_of(
    wish: Wish,
    names: dict[str, str],
    known: dict[str, Standing],
    held: Sequence[Standing],
    found: Gathered,
) -> Iterable[tuple[Wish, Standing | None]]:
    if wish.battery is None and wish.expected is None:
        here = [each for each in held if each.station == wish.station]
        if not here:
            found.faults.append(nothing_there(wish.pointer, wish.station))
        for each in here:
            yield Wish(wish.pointer, wish.station, each.battery), each
        return
    name = names[wish.battery] if wish.battery is not None else None
    standing = known.get(name) if name is not None else None
    station = wish.station or (standing.station if standing else None)
    if station is None:
        found.faults.append(no_station(wish.pointer, wish.battery))
        return
    battery = standing.battery if standing else name
    yield Wish(wish.pointer, station, battery, None if battery else wish.expected), standing


def _line(wish: Wish, standing: Standing | None, own: str, registry: Registry) -> Line:
    station = str(wish.station)
    site = registry.sites.get((own, station))
    kind = site.kind if site is not None and site.kind in HOSTS else _NOT_A_HOST
    if standing is not None and standing.host and standing.host["id"] == station:
        kind = standing.host["kind"]
    return Line(station, wish.battery, wish.expected, kind)


# --- what keeps a list from being made -----------------------------------------------------------


def _check_row(
    line: Line, standing: Standing | None, own: str, wish: Wish, faults: list[Fault]
) -> None:
    if standing is None or (standing.holder in ("", own) and standing.stage not in GONE):
        return
    what = Text(
        f"电池 {line.battery} 现在不在贵单位手里（{standing.stage}）",
        f"battery {line.battery} is not in your hands now ({standing.stage})",
    )
    way_out = Text("请从清单中去掉，或先核对它的记录", "leave it out, or look at its record")
    faults.append(Fault("invalid_value", f"{wish.pointer}/battery", line.battery, what, way_out))


def _check_whole(told: WorkListNew, found: Gathered, today: date) -> None:
    if told.due < today:
        what = Text("期限已过", "the last day is past")
        way_out = Text(f"请填 {today} 或以后", f"send {today} or a later day")
        found.faults.append(Fault("invalid_value", "/due", str(told.due), what, way_out))
    if not found.rows and not found.faults:
        what = Text("清单上没有电池，也没有站点", "the list names no battery and no station")
        way_out = Text(
            "请放宽条件，或粘贴编码、站点", "widen the filter, or paste codes or stations"
        )
        found.faults.append(Fault("missing_field", "/rows", None, what, way_out))
    if len(found.rows) > MOST_ROWS:
        what = Text(f"超过 {MOST_ROWS} 行", f"has more than {MOST_ROWS} rows")
        way_out = Text("请按区域或站点分成几张", "divide it by area or stations")
        found.faults.append(Fault("too_many_rows", "/rows", len(found.rows), what, way_out))


def uncovered(
    registry: Registry, parties: tuple[str, str], kind: str, stations: Iterable[str], on: date
) -> list[Fault]:
    """What of a list no mandate covers on a day, each missing type, day or station once."""
    faults: dict[str, Fault] = {}
    for station in sorted(stations):
        try:
            covering(registry, parties, Deed(kind, frozenset((station,))), on)
        except Refused as refused:
            fault = refused.faults[0]
            way_out = Text(
                "请先授权（POST /v1/mandates），或改派本单位人员",
                "give a mandate first (POST /v1/mandates), or send your own people",
            )
            faults.setdefault(
                fault.what.en, Fault("invalid_value", "/crew", fault.value, fault.what, way_out)
            )
    return list(faults.values())[:_MOST_FAULTS]
