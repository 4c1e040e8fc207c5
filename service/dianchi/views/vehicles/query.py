"""What the record knows of a vehicle's packs and their parts: read from lives, as it is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from dianchi.domain.codes import decode, parse_battery
from dianchi.domain.life import Event, fold
from dianchi.domain.lines import KeyKind, Stream
from dianchi.domain.measures import day_of
from dianchi.domain.refusals import Malformed
from dianchi.domain.rules import Rules
from dianchi.domain.sight import Eyes
from dianchi.domain.told import by_vehicle, told
from dianchi.domain.vehicles import fitted_in
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_event
from dianchi.store.lives import read_life, withdrawn_among
from dianchi.store.names import key_id, stream_id

MOST_EVENTS: Final = 5_000
"""Of one vehicle: more name a pool, or a mistake."""
# OFFSET 0: by keys alone, whatever the planner thinks of the tables.
_NAMING: Final = """
SELECT f.body FROM event_key k CROSS JOIN LATERAL (
    SELECT e.body FROM event e
     WHERE e.stream_id = k.stream_id AND e.version = k.version OFFSET 0) f
 WHERE k.kind = 2 AND k.key = $1 LIMIT $2
"""
_SEEN_BY: Final = "SELECT stream_id, seen_by FROM stream WHERE stream_id = ANY ($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Part:
    """A module, as far as the reader may know it."""

    name: str
    model: str | None = None
    made: date | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack, as far as the reader may know it.

    Attributes:
        name: canonical.
        shown: whether the reader sees its life; where not, its name is all that is told.
        made: the day of its production.
        facts: ratings as told at its birth or declaration, by their names.
        cells: `count` and `lot`, where its birth told them.
        vins: `vin_ref` of every vehicle that its reports name.
    """

    name: str
    shown: bool = False
    model: str | None = None
    made: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    modules: tuple[Part, ...] = ()
    cells: Mapping[str, Any] | None = None
    vins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sale:
    """A vehicle sold: the day, the prefecture of use, and whether to a person or a firm."""

    day: date
    prefecture: str
    buyer: str | None


async def sale_of(connection: Queryable, vin_ref: str, organisation: str) -> Sale | None:
    """The last sale of a vehicle by the reports of an organisation; the form names nobody."""
    stands = await _standing(connection, vin_ref, organisation)
    sold = [event for event in stands if event.type == "sold"]
    if not sold:
        return None
    last = max(sold, key=lambda event: event.key)
    return Sale(day_of(last.occurred_us), last.data["prefecture"], last.data.get("buyer_kind"))


async def packs_in(
    connection: Queryable, vin_ref: str, rules: Rules, eyes: Eyes, organisation: str | None = None
) -> list[Pack]:
    """The packs of a vehicle, in the order of their names.

    Args:
        connection: one that may read every life.
        vin_ref: of the vehicle.
        rules: to fold lives by.
        eyes: of who asks.
        organisation: by whose reports alone; by all that the record has where None.
    """
    stands = await _standing(connection, vin_ref, organisation)
    found = [await pack(connection, name, rules, eyes) for name in fitted_in(stands)]
    # Of what others reported not even the names are told of packs that are not shown.
    told = {one.name: one for one in found if one.shown or organisation is not None}
    return sorted(told.values(), key=lambda one: one.name)


async def _standing(connection: Queryable, vin_ref: str, organisation: str | None) -> list[Event]:
    """The uncorrected events that name a vehicle, of an organisation or of all."""
    rows = await connection.fetch(_NAMING, key_id(KeyKind.VIN, vin_ref), MOST_EVENTS)
    events = [open_event(row["body"]) for row in rows]
    if organisation is not None:
        events = [event for event in events if event.organisation == organisation]
    withdrawn = await withdrawn_among(connection, [event.event_id for event in events])
    return [event for event in events if event.event_id not in withdrawn]


async def pack(connection: Queryable, name: str, rules: Rules, eyes: Eyes) -> Pack:
    """What is known of one pack.

    Args:
        connection: one that may read every life.
        name: canonical, resolved.
        rules: to fold lives by.
        eyes: of who asks.
    """
    if name not in await _seen(connection, [name], eyes):
        return Pack(name)
    stored = await read_life(connection, name)
    if stored is None:
        return Pack(name)
    folded = fold(stored.events, rules)
    stand = told(folded)
    birth = _event(stand, folded.life.birth)
    data = {} if birth is None else birth.data
    return Pack(
        name=stored.union.canonical or name,
        shown=True,
        model=folded.life.facts.get("model"),
        made=_made(birth, stored.union.canonical or name),
        facts={**folded.life.facts, **({"mass_kg": folded.life.mass} if folded.life.mass else {})},
        modules=await _modules(connection, data.get("modules", ()), rules, eyes),
        cells=data.get("cells"),
        vins=frozenset(by_vehicle(stand)),
    )


async def _modules(
    connection: Queryable, names: Sequence[str], rules: Rules, eyes: Eyes
) -> tuple[Part, ...]:
    """The modules of a pack; those that were reported themselves with what their birth told."""
    seen = await _seen(connection, names, eyes)
    parts = []
    for name in names:
        stored = await read_life(connection, name) if name in seen else None
        if stored is None:
            parts.append(Part(name, made=_by_code(name)))
            continue
        folded = fold(stored.events, rules)
        birth = _event(told(folded), folded.life.birth)
        parts.append(Part(name, folded.life.facts.get("model"), _made(birth, name)))
    return tuple(parts)


async def _seen(connection: Queryable, names: Sequence[str], eyes: Eyes) -> set[str]:
    """Which of these were reported and are shown to who asks."""
    streams = {stream_id(Stream.BATTERY, name): name for name in names}
    rows = await connection.fetch(_SEEN_BY, list(streams)) if streams else []
    return {streams[row["stream_id"]] for row in rows if eyes.see(row["seen_by"])}


def _event(stand: Iterable[Event], event_id: str | None) -> Event | None:
    return next((event for event in stand if event.event_id == event_id), None)


def _made(birth: Event | None, name: str) -> date | None:
    """The day of production: as reported, else as the code says it."""
    if birth is not None and birth.type == "produced":
        return day_of(birth.occurred_us)
    return _by_code(name)


def _by_code(name: str) -> date | None:
    """The day in a GB/T 34014 code; of those thirty years apart, the first."""
    try:
        facts = decode(parse_battery(name))
    except Malformed:
        return None
    return facts.made[0] if facts is not None and facts.made else None
