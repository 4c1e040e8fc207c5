"""Work lists as they stand: their rows with what the log shows of them, for whoever is party."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, NamedTuple
from uuid import UUID

from dianchi.access.devices import device_names
from dianchi.access.keys import now_of
from dianchi.access.work_lists import notes_of, rows_of
from dianchi.access.work_tables import WorkListRow, WorkNoteRow, WorkRow
from dianchi.api.bodies.work_lists import (
    Host,
    NoteRead,
    RowRead,
    Tallied,
    Tick,
    WorkListRead,
    WorkListShort,
)
from dianchi.api.planning import uncovered
from dianchi.api.services import Services
from dianchi.domain.registry import Registry
from dianchi.domain.sight import OWN_REPORT
from dianchi.domain.work_lists import (
    Note,
    Parties,
    Row,
    RowState,
    Seen,
    progress,
    state_of,
    tallies_of,
)
from dianchi.domain.working_days import CHINA, business_date
from dianchi.exchange.json_out import moment
from dianchi.store.readers import Lender
from dianchi.views.work.query import names_around, seen_at, seen_since

_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


class Standing(NamedTuple):
    """A list as it stands.

    Attributes:
        row: the list.
        rows: by place, as kept.
        states: of its rows, in their order.
        beside: what its crew reported at its stations of batteries that are not on it.
    """

    row: WorkListRow
    rows: Mapping[int, WorkRow]
    states: Sequence[RowState]
    beside: Sequence[Seen]


async def standing_of(
    services: Services, lists: Sequence[WorkListRow], *, whole: bool = False
) -> list[Standing]:
    """How these lists stand.

    Args:
        services: to ask.
        lists: the lists.
        whole: also what was reported beside them; a list that expects sets is looked at so anyway.
    """
    ids = [row.id for row in lists]
    async with services.make_session() as session:
        rows, notes = await rows_of(session, ids), await notes_of(session, ids)
    of_list: dict[UUID, list[WorkRow]] = {named: [] for named in ids}
    for each in rows:
        of_list[each.list].append(each)
    noted: dict[UUID, list[WorkNoteRow]] = {named: [] for named in ids}
    for note in notes:
        noted[note.list].append(note)
    return [
        await _standing(services, row, of_list[row.id], noted[row.id], whole=whole) for row in lists
    ]


async def _standing(
    services: Services,
    told: WorkListRow,
    rows: Sequence[WorkRow],
    notes: Iterable[WorkNoteRow],
    *,
    whole: bool,
) -> Standing:
    lender, seers = eyes_of_owner(services, told.organisation)
    batteries = {row.battery for row in rows if row.battery is not None}
    names = await names_around(lender, batteries) if batteries else {}
    every = {name for some in names.values() for name in some}
    seen = {each.event_id + each.battery: each for each in await _named(lender, every, told.since)}
    if whole or len(batteries) < len(rows):
        stations = sorted({row.station for row in rows})
        since_us = _day_us(told.made_at)
        around = await seen_at(lender, seers, stations, told.since, since_us)
        seen |= {each.event_id + each.battery: each for each in around}
    kept = [
        Row(
            row.place,
            row.station,
            row.battery,
            row.expected,
            names.get(row.battery or "", frozenset()),
        )
        for row in rows
    ]
    said = [Note(n.place, n.why, n.at.isoformat(), n.organisation, n.device) for n in notes]
    parties = Parties(told.organisation, told.crew)
    states, beside = progress(kept, seen.values(), parties, said)
    return Standing(told, {row.place: row for row in rows}, states, beside)


def eyes_of_owner(services: Services, owner: str) -> tuple[Lender, list[str]]:
    """What reads with the eyes of whose list it is, and among whom seers must be."""
    seers = [owner, f"{OWN_REPORT}{owner}"]
    return services.own_readers.seeing(seers), seers


async def _named(lender: Lender, names: Iterable[str], since: int) -> list[Seen]:
    asked = list(names)
    return await seen_since(lender, asked, since) if asked else []


def _day_us(made_at: datetime) -> int:
    """The beginning of the Chinese day on which a list was made, UTC microseconds."""
    day = made_at.astimezone(CHINA).date()
    return int(datetime.combine(day, time(), CHINA).astimezone(UTC).timestamp()) * 1_000_000


# --- in words for answers -------------------------------------------------------------------------


async def reflected(services: Services) -> int:
    """Up to where the log is reflected by the views."""
    return int(await services.readers.fetchval(_REFLECTED) or 0)


def short_of(services: Services, standing: Standing) -> WorkListShort:
    """A list without its rows."""
    return WorkListShort(**_members(services, standing))


class Names(NamedTuple):
    """What to call whom: organisations and their sites, and devices by organisation and id."""

    registry: Registry
    devices: Mapping[tuple[str, str], str]

    def device(self, organisation: str, named: str | None) -> str | None:
        """What a device of this organisation is called; None for one that is not its own."""
        return self.devices.get((organisation, named)) if named else None


async def _names_for(services: Services, standing: Standing) -> Names:
    """With the devices that ticked a row or told a note: reports name no person (0065)."""
    states = standing.states
    seen = [*standing.beside, *(tick for each in states for tick in each.ticks)]
    told = {each.device for each in seen} | {each.note.device for each in states if each.note}
    devices = {device for device in told if device is not None}
    return Names(services.registry.now, await device_names(services.registrar, devices))


def _row_of(state: RowState, standing: Standing, names: Names) -> RowRead:
    row, owner = state.row, standing.row.organisation
    site = names.registry.sites.get((owner, row.station))
    return RowRead(
        place=row.place,
        station=row.station,
        station_name=site.name if site else None,
        battery=row.battery,
        expected=row.expected,
        host=Host(kind=standing.rows[row.place].host_kind, id=row.station),
        state=state.state,
        ticks=[_tick_of(each, names) for each in state.ticks],
        note=_note_of(state.note, names) if state.note else None,
    )


def _note_of(note: Note, names: Names) -> NoteRead:
    return NoteRead(
        why=note.why,
        at=note.at,
        organisation=note.organisation,
        organisation_name=names.registry.names.get(note.organisation),
        device=note.device,
        device_name=names.device(note.organisation, note.device),
    )


def _tick_of(seen: Seen, names: Names) -> Tick:
    called = names.registry.names
    return Tick(
        event_id=seen.event_id,
        type=seen.type,
        battery=seen.battery,
        occurred_at=seen.occurred_at,
        organisation=seen.organisation,
        organisation_name=called.get(seen.organisation),
        agent=seen.agent,
        agent_name=called.get(seen.agent) if seen.agent else None,
        device=seen.device,
        device_name=names.device(seen.agent or seen.organisation, seen.device),
        log_index=seen.log_index,
    )


def _members(services: Services, standing: Standing) -> dict[str, Any]:
    row, registry = standing.row, services.registry.now
    today = business_date(now_of(services.clock))
    tallies = tallies_of(standing.states)
    stations = {each.row.station for each in standing.states}
    parties = row.organisation, row.crew
    alone = row.crew == row.organisation
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "owner": row.organisation,
        "owner_name": registry.names.get(row.organisation),
        "crew": row.crew,
        "crew_name": registry.names.get(row.crew),
        "due": row.due,
        "report": row.report,
        "reason": row.reason,
        "state": state_of(tallies, row.due, today, closed=row.closed_at is not None),
        "covered": alone or not uncovered(registry, parties, row.report, stations, today),
        "tallies": Tallied(**tallies._asdict()),
        "made_at": row.made_at,
        "closed_at": row.closed_at,
        "closed_why": row.closed_why,
    }


async def read_list(services: Services, row: WorkListRow) -> WorkListRead:
    """A list with its rows as it stands now."""
    log_index = await reflected(services)
    [standing] = await standing_of(services, [row], whole=True)
    names = await _names_for(services, standing)
    return WorkListRead(
        **_members(services, standing),
        rows=[_row_of(each, standing, names) for each in standing.states],
        beside=[_tick_of(each, names) for each in standing.beside],
        log_index=log_index,
    )


def device_lists(services: Services, standings: Iterable[Standing]) -> dict[str, dict[str, Any]]:
    """The lists as a phone keeps them, by their id."""
    registry = services.registry.now
    told = {}
    for standing in standings:
        row = standing.row
        told[str(row.id)] = {
            "id": str(row.id),
            "number": row.number,
            "name": row.name,
            "owner": {
                "id": row.organisation,
                "name": registry.names.get(row.organisation, row.organisation),
            },
            "for_owner": row.crew != row.organisation,
            "due": str(row.due),
            "report": row.report,
            "reason": row.reason,
            "made_at": moment(row.made_at),
            "rows": [_device_row(each, standing, registry) for each in standing.states],
        }
    return told


def _device_row(state: RowState, standing: Standing, registry: Registry) -> dict[str, Any]:
    row = state.row
    site = registry.sites.get((standing.row.organisation, row.station))
    return {
        "place": row.place,
        "station": row.station,
        "station_name": site.name if site else None,
        "battery": row.battery,
        "names": sorted(row.names),
        "expected": row.expected,
        "host_kind": standing.rows[row.place].host_kind,
        "state": state.state,
        "ticked": sorted({each.battery for each in state.ticks}),
        "note": state.note.why if state.note else None,
    }
