"""The law, through the record: any order of arrival gives the same lives and histories."""

import json
from collections.abc import Iterable
from random import Random
from typing import Any, NamedTuple

import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.life import Folded, fold
from dianchi.domain.rules import RULES
from dianchi.recording.outcomes import Recorded
from dianchi.store.lives import StoredLife, read_life
from support.record import Record, all_of, must_fit
from support.reports import (
    CAR_MAKER,
    DISMANTLER,
    MAKER,
    OUTLET,
    UTILIZER,
    Raw,
    collected,
    corrected,
    counted,
    dispatched,
    identified,
    inspected,
    installed,
    pack,
    produced,
    received,
    removed,
    report,
    sold,
)

ORDERS = 6


class Told(NamedTuple):
    """A report with who sends it."""

    raw: Raw
    who: Reporter


class World:
    """The names and reports of one telling; every telling says the same under other names."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.names = [pack(number * 10 + n) for n in range(3)] + [f"tmp:KM{number:04}-1"]
        self.told: list[Told] = []
        self.random = Random(seed)
        self._tell_lives()
        self._tell_nonsense()
        self._tell_corrections()

    def tell(self, who: Reporter, *raws: Raw) -> None:
        for raw in raws:
            # Ids take part in the order of the fold, so they sort alike in every telling.
            name = f"{self.number:08x}-0000-7000-8000-{len(self.told):012d}"
            self.told.append(Told(raw | {"event_id": name}, who))

    def _tell_lives(self) -> None:
        one, two, three, label = self.names
        handover = f"H{self.number:04}"
        self.tell(MAKER, produced(one), produced(two), produced(three, "2026-01-06"))
        self.tell(CAR_MAKER, installed(one), installed(two, "2026-01-10"), sold(one))
        self.tell(DISMANTLER, removed(one), removed(two, "2026-05-02"))
        self.tell(OUTLET, collected(one), collected(two, "2026-05-02"), collected(label))
        self.tell(OUTLET, dispatched(one, two, label, at="2026-05-03T10:00", handover=handover))
        self.tell(UTILIZER, received(one, two, at="2026-05-03T09:58", handover=handover))
        self.tell(OUTLET, identified(label, three), counted(one, two, at="2026-05-02"))

    def _tell_nonsense(self) -> None:
        pick = self.random.choice
        days = ["2026-01-10", "2026-05-02", "2026-05-03", "2026-05-05"]
        for _ in range(8):
            clock = pick(["", "T09:58", "T10:00", "T10:05", "T23:59"])
            at, name = pick(days) + clock, pick(self.names)
            self.tell(
                OUTLET,
                pick(
                    [
                        inspected(name, at, pick(["70", "95"])),
                        collected(name, at),
                        report("lost", at, name, since="2026-01-01"),
                        report("incident", at, name, data={"kind": "fire"}),
                    ]
                ),
            )

    def _tell_corrections(self) -> None:
        targets = self.random.sample(self.told, 5)
        for place, target in enumerate(targets):
            raw = corrected(target.raw, f"2026-0{4 + place}-01T09:00")
            if target.raw["type"] == "dispatched":
                raw["data"]["battery"] = self.names[1]
            self.tell(target.who, raw)

    def arriving(self, random: Random) -> list[Told]:
        """The reports in another order; a correction can only come after what it withdraws."""
        order = random.sample(self.told, len(self.told))
        for told in [t for t in order if t.raw["type"] == "corrected"]:
            order.remove(told)
            target = told.raw["data"]["event_id"]
            after = next(n for n, t in enumerate(order) if t.raw["event_id"] == target) + 1
            order.insert(random.randint(after, len(order)), told)
        return order

    def neutral(self, value: object) -> object:
        """A value with the names of this telling taken out."""
        text = json.dumps(value, ensure_ascii=False)
        for place, name in enumerate(self.names):
            text = text.replace(name, f"name {place}")
        return json.loads(
            text.replace(f"{self.number:08x}-0000", "id").replace(f"H{self.number:04}", "H")
        )


async def deliver(record: Record, order: Iterable[Told], random: Random) -> None:
    """Sends reports in this order: one by one, a few at once, or as a batch."""
    waiting = list(order)
    while waiting:
        size = random.choice([1, 1, 2, 5])
        some, waiting = waiting[:size], waiting[size:]
        if len({told.who for told in some}) == 1 and len(some) > 1:
            batch = await record.batch([told.raw for told in some], some[0].who)
            outcomes: list[Any] = list(batch.outcomes)
        elif any(told.raw["type"] == "corrected" for told in some):
            outcomes = [await record.send(told.raw, told.who) for told in some]
        else:
            outcomes = await all_of(*(record.send(told.raw, told.who) for told in some))
        assert all(isinstance(outcome, Recorded) for outcome in outcomes), outcomes


async def life_of(record: Record, name: str) -> tuple[StoredLife, Folded]:
    async with record.readers.acquire() as connection:
        stored = await read_life(connection, name)
    assert stored is not None
    return stored, fold(stored.events, RULES)


async def shown(record: Record, world: World) -> object:
    """The state, history and findings of every name; heads must hold exactly that."""
    lives = []
    for name in world.names:
        stored, folded = await life_of(record, name)
        history = [(event.event_id, event.subject) for event in folded.order]
        corrections = sorted([*key, by] for key, by in folded.corrected.items())
        lives.append([sorted(stored.union.names), folded.life.to_row(), history, corrections])
        await head_must_hold(record, name, folded)
    return world.neutral(lives)


async def head_must_hold(record: Record, name: str, folded: Folded) -> None:
    head = await record.head(name)
    if head.joined:
        return
    assert head.life == folded.life
    versions = [event.version for event in folded.order]
    assert (head.order or sorted(versions)) == versions
    corrected_versions = {
        event.version: folded.corrected[event.event_id, event.subject]
        for event in folded.order
        if (event.event_id, event.subject) in folded.corrected
    }
    assert (head.corrected or {}) == corrected_versions


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_arrival_gives_the_same_lives(record: Record, seed: int) -> None:
    random = Random(seed)
    first = None
    for number in range(ORDERS):
        world = World(seed * 100 + number, seed)
        order = world.told if number == 0 else world.arriving(random)
        await deliver(record, order, random)
        told = await shown(record, world)
        first = first or told
        assert told == first, f"telling {number}"
    await must_fit(record)


@pytest.mark.parametrize("seed", range(2))
async def test_repeating_any_beginning_changes_nothing(record: Record, seed: int) -> None:
    random = Random(seed)
    world = World(seed, seed)
    order = world.arriving(random)
    await deliver(record, order, random)
    told = await shown(record, world)
    heads = await record.rows("SELECT * FROM stream ORDER BY stream_id")
    for size in (1, len(order) // 2, len(order)):
        again = [await record.send(t.raw, t.who) for t in order[:size]]
        assert all(outcome.replay for outcome in again)
    assert await record.rows("SELECT * FROM stream ORDER BY stream_id") == heads
    assert await shown(record, world) == told
    await must_fit(record)


async def test_the_stage_answered_is_that_of_the_whole_life(record: Record) -> None:
    for seed in range(3):
        world = World(seed, seed)
        random = Random(seed)
        for told in world.arriving(random):
            for entry in (await record.send(told.raw, told.who)).entries:
                if entry.stage is not None:
                    _, folded = await life_of(record, entry.subject)
                    assert entry.stage == folded.life.stage, (seed, told.raw)
