"""Every count of the synthetic province, counted once more from the raw events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from asyncpg import Record

from dianchi.api.services import Services
from dianchi.demo.clock import SetClock
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.domain.life import Event
from dianchi.domain.registry import Registry
from dianchi.ledger.sequencer import Sequencer
from dianchi.settings import load
from dianchi.store.envelope import open_json
from dianchi.views.reading import read_lives
from dianchi.views.runner import Projector
from dianchi.wiring import opened
from support.recount import Counted, recount

PLAN = Plan(53, 150, date(2026, 11, 24))
NAMES = "SELECT name FROM stream WHERE kind = 1"
TALLY = "SELECT measure, month, prefecture, chemistry, things, mass_g, stay_s FROM tally"
RUNS = """
SELECT e.body FROM event e JOIN stream s ON s.stream_id = e.stream_id
 WHERE s.kind = 4 AND NOT EXISTS (
     SELECT FROM event c WHERE c.stream_id = e.stream_id
        AND convert_from(c.body, 'UTF8')::jsonb->>'type' = 'corrected'
        AND convert_from(c.body, 'UTF8')::jsonb->'data'->>'event_id' = e.event_id::text)
"""
PURE = {
    "lithium_carbonate": ("lithium", "0.1879"), "nickel_sulfate": ("nickel", "0.2233"),
    "cobalt_sulfate": ("cobalt", "0.2097"), "manganese_sulfate": ("manganese", "0.3251"),
    "lithium_hydroxide": ("lithium", "0.1654"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Province:
    """What is counted, and what it is counted from."""

    tally: list[Record]
    lives: list[Sequence[Event]]
    runs: list[dict[str, Any]]
    registry: Registry


async def told(database: str, tmp_path: Path) -> Province:
    """A small province, recorded and followed."""
    settings = load(
        database_url=database, vin_key="11" * 32, key_pepper="22" * 32, personal_key="33" * 32
    )
    clock = SetClock()
    clock.at_us = PLAN.horizon_us
    story = tell(PLAN)
    async with opened(settings, database, clock) as services:
        await enrol_all(services, story.province, tmp_path)
        await record(services, database, story.reports, lambda _done, _total: None)
        await follow(database, services, clock)
        async with services.readers.acquire() as connection:
            names = [row["name"] for row in await connection.fetch(NAMES)]
            return Province(
                await connection.fetch(TALLY),
                [life.events for life in (await read_lives(connection, names)).told],
                [open_json(row["body"]) for row in await connection.fetch(RUNS)],
                await services.registry.current(),
            )


async def follow(database: str, services: Services, clock: SetClock) -> None:
    sequencer = Sequencer(database)
    await sequencer.drain()
    await sequencer.close()
    projector = Projector(
        database, services.registry.knowing, services.rules, services.calendar, clock
    )
    while await projector.step():
        pass
    await projector.close()


async def test_every_count_equals_a_count_over_the_raw_events(
    database: str, tmp_path: Path
) -> None:
    province = await told(database, tmp_path)
    once_more = recount(province.lives, province.registry)

    shown = Counted(Counter(), Counter(), Counter())
    counted = {key[0] for key in once_more.things}
    for measure, month, place, chemistry, things, mass_g, stay_s in province.tally:
        key = measure, f"{month // 100}-{month % 100:02d}", place, chemistry
        if measure in counted:
            shown.things[key] += things
            shown.grams[key] += mass_g * (measure != "stayed")
            shown.seconds[key] += stay_s
    assert len(counted) > 15, counted
    for mine, again in zip(shown, once_more, strict=True):
        assert {k: n for k, n in mine.items() if n} == {k: n for k, n in again.items() if n}
    assert recovered_of(province.tally) == metals_in(province.runs)


def recovered_of(tally: list[Record]) -> dict[str, int]:
    """Recovered metals by kind, in grams."""
    found: Counter[str] = Counter()
    for row in tally:
        if row["measure"].startswith("recovered_"):
            found[row["measure"].removeprefix("recovered_")] += row["mass_g"]
    return dict(found)


def metals_in(runs: list[dict[str, Any]]) -> dict[str, int]:
    """The same from the raw outputs: each batch rounded to the gram."""
    batches: dict[tuple[str, str], dict[str, Fraction]] = {}
    for run in runs:
        metals = batches.setdefault((run["organisation"], run["data"]["batch"]), {})
        for line in run["data"].get("outputs", ()):
            if line["material"] in PURE:
                metal, share = PURE[line["material"]]
                purity = Fraction(line.get("purity_percent", "100")) / 100
                grams = Fraction(line["mass_kg"]) * purity * Fraction(share) * 1000
                metals[metal] = metals.get(metal, Fraction(0)) + grams
    found: Counter[str] = Counter()
    for metals in batches.values():
        for metal, grams in metals.items():
            found[metal] += int(grams + Fraction(1, 2))
    return dict(found)
