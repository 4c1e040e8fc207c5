"""Every number of the dashboard, of a synthetic province, counted once more from raw events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from asyncpg import Record

from dianchi.demo.clock import SetClock, day_of
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.domain.life import Event, fold
from dianchi.domain.obligations import obligations_of
from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.store.envelope import open_json
from dianchi.views.obligations.project import phase_of
from dianchi.views.reading import read_lives
from journeys.test_demo_indicators import NAMES, RUNS, metals_in
from support.api import Api, api_over
from support.recount import recount
from support.recount_wider import recount_lots, recount_wider

PLAN: Final = Plan(54, 150, date(2026, 11, 24))
MONTHS: Final = {"from": "2010-01", "to": "2026-11"}
LOTS: Final = """
SELECT e.body FROM event e JOIN stream s ON s.stream_id = e.stream_id
 WHERE s.kind = 3 AND convert_from(e.body, 'UTF8')::jsonb->>'type' = 'recycled'
   AND NOT convert_from(e.body, 'UTF8')::jsonb->'data' ? 'output'
"""


@dataclass(frozen=True, slots=True)
class Province:
    """What is shown, and what it is counted from."""

    board: Any
    coverage: Any
    layout: Any
    capacities: Any
    lives: list[Sequence[Event]]
    runs: list[dict[str, Any]]
    lots: list[dict[str, Any]]
    batteries: list[Record]
    registry: Registry
    today: date


async def shown(api: Api, tmp_path: Path, clock: SetClock) -> Province:
    """A small province, recorded and followed, as the province's officer sees it."""
    story = tell(PLAN)
    await enrol_all(api.services, story.province, tmp_path)
    await record(api.services, api.dsn, story.reports, lambda _done, _total: None)
    await api.settle()
    board, coverage, layout, capacities = [
        await api.get(path, **MONTHS)
        for path in (
            "/v1/statistics/board",
            "/v1/statistics/coverage",
            "/v1/statistics/layout",
            "/v1/capacities",
        )
    ]
    async with api.services.readers.acquire() as connection:
        names = [row["name"] for row in await connection.fetch(NAMES)]
        lives = [life.events for life in (await read_lives(connection, names)).told]
    return Province(
        board,
        coverage,
        layout,
        capacities,
        lives,
        [open_json(row["body"]) for row in await api.look(RUNS)],
        [open_json(row["body"]) for row in await api.look(LOTS)],
        await api.look("SELECT holder, site, stage, mass_kg FROM battery"),
        await api.services.registry.current(),
        day_of(clock.at_us),
    )


async def test_every_number_shown_equals_a_count_over_the_raw_events(
    database: str, tmp_path: Path
) -> None:
    clock = SetClock()
    clock.at_us = PLAN.horizon_us
    async with api_over(database, clock) as api:
        told = await shown(api, tmp_path, clock)

    plain = recount(told.lives, told.registry)
    wide = recount_wider(told.lives, told.registry)
    _measures(told, plain.things, plain.grams, wide)
    _flows(told, wide)
    _outlets(told, wide)
    _duties(told)
    _metals(told)
    _coverage(told, wide)
    _layout(told, plain)
    _capacities(told, wide)


def _measures(told: Province, things: Counter[Any], grams: Counter[Any], wide: Any) -> None:
    """Each measure in all, by month, by place and by chemistry, in packs and in mass."""
    for key, packs in wide.things.items():
        if key[0] in {"disassembled", "taken_in"}:
            things[key[:4]] += packs
            grams[key[:4]] += wide.grams[key]
    counted = {key[0] for key in things}
    rows = [row for row in told.board["measures"] if row["measure"] in counted]
    assert len(rows) > 18
    for row in rows:
        for at, by in ((None, "all"), (1, "month"), (2, "prefecture"), (3, "chemistry")):
            found = {"all": row["all"]} if at is None else row[by]
            packs = _grouped(things, row["measure"], at)
            assert {g: each["things"] for g, each in found.items() if each["things"]} == packs
            if row["measure"] != "stayed":
                kept = {g: _grams(each["mass_kg"]) for g, each in found.items()}
                assert {g: n for g, n in kept.items() if n} == _grouped(grams, row["measure"], at)


def _grouped(counted: Counter[Any], measure: str, at: int | None) -> dict[str, int]:
    """A count by one part of its key, without what is nothing."""
    found = Counter[Any]()
    for key, count in counted.items():
        if key[0] == measure:
            found["all" if at is None else key[at] or "unknown"] += count
    return {group: count for group, count in found.items() if count}


def _grams(kg: str) -> int:
    return round(float(kg) * 1000)


def _flows(told: Province, wide: Any) -> None:
    moved = Counter[Any]()
    for key, packs in wide.things.items():
        if key[0] == "moved":
            moved[tuple(key[4].split(">"))] += packs
    found = {
        (each["origin"], each["target"]): each["things"]
        for each in told.board["flows"]
        if each["direction"] is None
    }
    assert len(found) > 10
    assert found == moved
    # Of places: over the border each way once, as counted by month.
    for measure, word in (("inflow", "in"), ("outflow", "out")):
        [row] = [each for each in told.board["measures"] if each["measure"] == measure]
        border = [
            each["things"]
            for each in told.board["flows"]
            if each["direction"] == word and measure in each["behind"]
        ]
        assert sum(border) == row["all"]["things"]


def _outlets(told: Province, wide: Any) -> None:
    sites = Counter[Any]()
    for key, packs in wide.things.items():
        if key[0] == "taken_in":
            sites[key[4] or None] += packs
    found = Counter[Any]()
    for each in told.board["outlets"]:
        found[each["site"]] += each["things"]
    assert len(found) > 5
    assert found == sites


def _duties(told: Province) -> None:
    """Timeliness from the obligations of each life, one by one."""
    calendar, due, met = working_calendar(), Counter[Any](), Counter[Any]()
    for events in told.lives:
        folded = fold(events, RULES)
        for owed in obligations_of(folded, told.registry, RULES, calendar):
            phase = phase_of(owed)
            over = phase == "open" and owed.due < told.today
            if owed.rule.binding == "statutory" and (phase in ("met", "late") or over):
                month = f"{owed.due:%Y-%m}"
                if month <= MONTHS["to"]:
                    due[month] += 1
                    met[month] += phase == "met"
    for name, counted in (("duties_due", due), ("duties_met", met)):
        [row] = [each for each in told.board["measures"] if each["measure"] == name]
        found = {month: each["things"] for month, each in row["month"].items() if each["things"]}
        assert found == {month: n for month, n in counted.items() if n}, name
        assert row["all"]["things"] == sum(counted.values()) > 0


def _metals(told: Province) -> None:
    again = metals_in(told.runs)
    for row in told.board["measures"]:
        if row["measure"].startswith("recovered_"):
            metal = row["measure"].removeprefix("recovered_")
            assert _grams(row["all"]["mass_kg"]) == again.get(metal, 0)


def _coverage(told: Province, wide: Any) -> None:
    sold, makers = Counter[Any](), Counter[Any]()
    for key, packs in wide.things.items():
        if key[0] == "sold_of":
            sold[key[4] or None, key[2]] += packs
        elif key[0] == "seen_of":
            makers[key[4]] += packs
    found = {
        (row["maker"], cell["prefecture"]): cell["sold"]
        for row in told.coverage["makers"]
        for cell in row["cells"]
        if cell["sold"]
    }
    assert found == sold
    assert sum(each["packs"] for each in told.coverage["battery_makers"]) == sum(makers.values())
    states = {cell["state"] for row in told.coverage["makers"] for cell in row["cells"]}
    assert {"missing", "served"} <= states
    taken = Counter[Any]()
    for key, packs in wide.things.items():
        if key[0] == "taken_in":
            taken[key[4]] += packs
    for row in told.coverage["makers"]:
        for cell in row["cells"]:
            assert cell["taken_in"] == sum(taken[each["number"]] for each in cell["outlets"])


def _layout(told: Province, plain: Any) -> None:
    stock = Counter[Any]()
    for row in told.batteries:
        stored = ("collected", "retired", "removed", "at_utilizer", "assessed")
        if row["stage"] in stored:
            stock[row["holder"], row["site"]] += 1
    for each in told.layout["outlets"]:
        assert each["stock_packs"] == stock[each["organisation"], each["number"]]
    for place in told.layout["places"]:
        for measure in ("sold", "retired"):
            again = _grouped(plain.things, measure, 2)
            assert place[measure] == again.get(place["prefecture"], 0)


def _capacities(told: Province, wide: Any) -> None:
    batches: dict[tuple[str, str], list[Any]] = {}
    for lot in told.lots:
        batches.setdefault((lot["organisation"], lot["data"]["batch"]), []).append(lot["data"])
    again = recount_lots(told.runs, batches)
    for key, grams in wide.grams.items():
        if key[0] == "treated":
            again[key[4]] += grams
    found = Counter[Any]()
    for each in told.capacities["items"]:
        found[f"{each['site'] or ''}>{each['process']}"] += _grams(each["treated_kg"])
    assert {key: n for key, n in found.items() if n} == {key: n for key, n in again.items() if n}
    assert all(each["noted"] for each in told.capacities["items"] if "-R1" in (each["site"] or ""))
