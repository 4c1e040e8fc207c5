"""Recovery rates, recycled content, savings and projects, once more from raw events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from dianchi.demo.clock import SetClock
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.domain.life import Event
from dianchi.domain.registry import Registry
from dianchi.store.envelope import open_json
from dianchi.views.reading import read_lives
from journeys.test_demo_indicators import NAMES
from support.api import Api, api_over
from support.recount import Told
from support.recount_circle import HELD, LIVES, Circle, month_of, round_half_up

PLAN: Final = Plan(54, 300, date(2026, 11, 24))
YEAR: Final = {"from": "2025-12", "to": "2026-11"}
BODIES: Final = """
SELECT s.name, e.body FROM event e JOIN stream s ON s.stream_id = e.stream_id
 WHERE s.kind IN (1, 3, 4)
   AND convert_from(e.body, 'UTF8')::jsonb->>'type' = ANY ($1::text[])
"""
FACTORS: Final = {"lithium": (100, 15), "nickel": (50, 10), "cobalt": (60, 12), "manganese": (5, 3)}
A_KWH: Final = (6, 60)


@dataclass(frozen=True, slots=True)
class Province:
    """What is shown, and what it is counted from."""

    board: Any
    monthly: Any
    projects: Any
    batteries: list[Any]
    circle: Circle
    lives: list[Sequence[Event]]
    registry: Registry


async def shown(api: Api, tmp_path: Path) -> Province:
    """A small province, recorded and followed, as the province's officer sees it."""
    story = tell(PLAN)
    await enrol_all(api.services, story.province, tmp_path)
    await record(api.services, api.dsn, story.reports, lambda _done, _total: None)
    await api.settle()
    async with api.services.readers.acquire() as connection:
        names = [row["name"] for row in await connection.fetch(NAMES)]
        lives = [life.events for life in (await read_lives(connection, names)).told]
    rows = await api.look(BODIES, list(LIVES))
    return Province(
        await api.get("/v1/statistics/board", **YEAR),
        await api.get("/v1/reports/monthly", month="2026-09"),
        await api.get("/v1/demonstrations", **YEAR),
        await api.look("SELECT holder, site, stage, mass_kg, energy_kwh FROM battery"),
        Circle((row["name"], open_json(row["body"])) for row in rows),
        lives,
        await api.services.registry.current(),
    )


async def test_every_number_of_the_circle_equals_a_count_over_the_raw_events(
    database: str, tmp_path: Path
) -> None:
    clock = SetClock()
    clock.at_us = PLAN.horizon_us
    async with api_over(database, clock) as api:
        told = await shown(api, tmp_path)
        await _lists(api, told)
        rebuilt = await _rebuilt(api)

    assert rebuilt["recycled_content"] == told.board["recycled_content"]
    _recovery(told)
    _content(told)
    _savings(told)
    _projects(told)
    _month(told)


async def _rebuilt(api: Api) -> Any:
    """The same after every row was made anew."""
    await api.look(
        "TRUNCATE battery, finding, unsettled, projection, contribution, tally, obligation,"
        " obligation_tally"
    )
    await api.settle()
    return await api.get("/v1/statistics/board", **YEAR)


def _recovery(told: Province) -> None:
    """Each rate again: of batches into which only packs of known kind went, and without powders."""
    chemistry: dict[str, str] = {}
    for events in told.lives:
        kind = Told(events, told.registry).chemistry
        chemistry |= {e.subject: kind for e in events}
    out, into = Counter[str](), Counter[str]()
    low = 0
    for batch, runs in told.circle.runs.items():
        kinds = [(chemistry.get(name, ""), kg) for name, kg in told.circle.inputs[batch]]
        within = _within(min(month_of(run) for run in runs))
        if not within or _by_assay(runs) or not all(kind in HELD for kind, _ in kinds):
            continue
        came, went = told.circle.metals_of(runs), _contained(kinds)
        out.update({metal: round_half_up(grams) for metal, grams in came.items()})
        into.update({metal: round_half_up(grams) for metal, grams in went.items()})
        low += came["lithium"] < went["lithium"] * Fraction("0.90")
    for metal in ("lithium", "nickel", "cobalt", "manganese"):
        [row] = [r for r in told.board["indicators"] if r["indicator"] == f"{metal}_recovery_rate"]
        assert into[metal] > 0
        assert abs(Fraction(row["value"]) - Fraction(out[metal], into[metal])) < Fraction(1, 9_000)
    assert Fraction("0.8") < Fraction(out["lithium"], into["lithium"]) < 1
    assert low > 0, "some batch is below its floor"


def _by_assay(runs: Sequence[Any]) -> bool:
    powders = {"black_mass", "cathode_powder", "anode_powder", "other"}
    return any(line["material"] in powders for run in runs for line in run["data"]["outputs"])


def _contained(kinds: Sequence[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Grams of each metal in what went in."""
    found: dict[str, Fraction] = {}
    for kind, kg in kinds:
        for metal, share in HELD[kind].items():
            found[metal] = found.get(metal, Fraction(0)) + kg * Fraction(share) * 1000
    return found


def _within(month: str) -> bool:
    return YEAR["from"] <= month <= YEAR["to"]


def _content(told: Province) -> None:
    put_in, held = told.circle.put_in(), _held(told)
    metals = {row["metal"]: row for row in told.board["recycled_content"]["metals"]}
    assert set(metals) == {"lithium", "nickel", "cobalt", "manganese", "material"}
    for what, row in metals.items():
        masses: dict[str, Fraction] = {}
        for kind, counted in put_in.items():
            mine = [(key, n) for key, n in counted.items() if key[0] == what and _within(key[1])]
            masses[kind] = Fraction(sum(n for _, n in mine))
            assert _grams(row[f"{kind}_kg"]) == masses[kind], (what, kind)
            for month in row["month"]:
                again = sum(n for key, n in mine if key[1] == month)
                assert _grams(row["month"][month][f"{kind}_kg"]) == again, (what, month)
            for maker in told.board["recycled_content"]["makers"]:
                again = sum(n for key, n in mine if key[2] == maker["organisation"])
                assert _grams(maker["metals"][what][f"{kind}_kg"]) == again
        whole = sum((n for key, n in held.items() if key[0] == what), Fraction(0))
        for month in row["month"]:
            there = sum((n for key, n in held.items() if key[:2] == (what, month)), Fraction(0))
            known = Fraction(_grams(row["month"][month]["known_kg"]))
            assert abs(_grams(row["month"][month]["held_kg"]) - max(there, known)) <= 1, month
        assert abs(_grams(row["held_kg"]) - max(whole, masses["known"])) <= 1, what
        if masses["known"]:
            share = masses["recycled"] / max(whole, masses["known"])
            assert abs(Fraction(row["share"]) - share) < Fraction(1, 10_000)
        else:
            assert row["share"] is None
    assert Fraction(metals["lithium"]["share"]) > 0
    assert Fraction(metals["lithium"]["unknown_share"]) > 0


def _held(told: Province) -> dict[tuple[str, str, str], Fraction]:
    """Grams in packs born in these months, by metal, month and maker."""
    found: dict[tuple[str, str, str], Fraction] = {}
    packs = told_packs = 0
    for events in told.lives:
        life = Told(events, told.registry)
        for e in life.events:
            month = life.key("made", e)[1]
            if e.event_id == life.born and e.type != "repurposed" and _within(month):
                packs += 1
                told_packs += bool(e.data.get("lots"))
                grams = Fraction(e.data["mass_kg"]) * 1000
                shares = HELD.get(e.data["chemistry"], {}) | {"material": "1"}
                for what, share in shares.items():
                    key = what, month, e.organisation
                    found[key] = found.get(key, Fraction(0)) + grams * Fraction(share)
    body = told.board["recycled_content"]
    assert (body["packs"], body["packs_told"]) == (packs, told_packs)
    assert packs > told_packs > 0
    return found


def _savings(told: Province) -> None:
    """Material and CO2 by the factors of the demo, which are the same in both versions."""
    savings = told.board["savings"]
    assert savings["estimate"] == {"zh": "估算", "en": "estimate"}
    assert [table["version"] for table in savings["tables"]] == ["演示-1", "演示-2"]
    material, co2e = Fraction(0), Fraction(0)
    for (metal, month), grams in told.circle.recovered().items():
        if _within(month):
            factors = FACTORS[metal]
            material += Fraction(grams, 1000) * factors[0]
            co2e += Fraction(grams, 1000) * factors[1]
    kwh = _second_life_wh(told) / 1000
    again = (material + kwh * A_KWH[0], co2e + kwh * A_KWH[1])
    found = (Fraction(savings["material_kg"]), Fraction(savings["co2e_kg"]))
    assert max(abs(a - b) for a, b in zip(found, again, strict=True)) <= Fraction(1, 1000)
    assert min(again) > 0


def _second_life_wh(told: Province) -> Fraction:
    found = Fraction(0)
    for events in told.lives:
        life = Told(events, told.registry)
        for e in life.events:
            born = e.event_id == life.born and e.type == "repurposed"
            if born and _within(life.key("second_life_made", e)[1]):
                found += Fraction(e.data["rated_energy_kwh"]) * 1000
    return found


def _projects(told: Province) -> None:
    items = {item["name"]: item for item in told.projects["items"]}
    assert len(items) == 3
    for item in items.values():
        sites = {site["number"] for site in item["sites"]}
        here = [
            row
            for row in told.batteries
            if row["holder"] == item["organisation"]
            and row["site"] in sites
            and row["stage"] in {"second_life", "in_use"}
        ]
        assert item["packs"] == len(here)
        assert Fraction(item["mass_kg"]) == sum(Fraction(row["mass_kg"] or 0) for row in here)
        assert Fraction(item["energy_kwh"]) == sum(Fraction(row["energy_kwh"] or 0) for row in here)
    assert sum(item["packs"] for item in items.values()) > 0
    again = Counter[str]()
    for runs in told.circle.runs.values():
        for run in runs:
            if run.get("site") == "YX-R1" and _within(run["occurred_at"][:7]):
                again[run["data"]["process"]] += int(Fraction(run["data"]["inputs_mass_kg"]) * 1000)
    [plant] = [item for item in items.values() if item["purpose"] == "recycling"]
    shown = Counter[str]()
    for row in plant["treated"]:
        shown[row["process"]] += _grams(row["mass_kg"])
    assert shown == again


def _month(told: Province) -> None:
    """The monthly report says the same of its month as the board does."""
    for metal in told.board["recycled_content"]["metals"]:
        [row] = [
            each
            for each in told.monthly["recycled_content"]["metals"]
            if each["metal"] == metal["metal"]
        ]
        there = metal["month"].get("2026-09", {})
        assert there.get("recycled_kg", "0") == row["recycled_kg"]
        assert there.get("share") == row["share"]
    month = told.board["savings"]["month"].get("2026-09", {"co2e_kg": None})
    assert told.monthly["savings"]["co2e_kg"] == month["co2e_kg"]


async def _lists(api: Api, told: Province) -> None:
    """Every number opens its list: lots behind masses, packs behind packs."""
    for row in told.board["savings"]["rows"]:
        listed = await _all(api, row["behind"])
        kept = "mass_kg" if row["unit"] == "kg" else "energy_kwh"
        assert sum(_grams(one[kept]) for one in listed) == _grams(row["amount"]), row["of"]
    for project in told.projects["items"]:
        for row in project["treated"]:
            listed = await _all(api, row["behind"])
            assert sum(_grams(one["mass_kg"]) for one in listed) == _grams(row["mass_kg"])
    body = told.board["recycled_content"]
    [lithium] = [row for row in body["metals"] if row["metal"] == "lithium"]
    lots = await _all(api, lithium["behind"]["recycled"])
    assert sum(_grams(row["mass_kg"]) for row in lots) == _grams(lithium["recycled_kg"])
    assert lots
    assert all(row["subject"].startswith("lot:") for row in lots)
    for measure, packs in (("made", body["packs"]), ("made_of_lots", body["packs_told"])):
        listed = await _all(api, body["behind"][measure])
        assert sum(row["things"] for row in listed) == packs
        assert all(row["battery"] for row in listed)
    for project in told.projects["items"]:
        for site in project["sites"]:
            rows = await _all(api, site["behind"])
            in_use = [row for row in rows if row["stage"] in {"second_life", "in_use"}]
            assert len(in_use) == site["packs"]


async def _all(api: Api, path: str) -> list[Any]:
    answer = await api.http.get(f"{path}&limit=500", headers=await api.headers("regulator"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return list(answer.json()["items"])


def _grams(kg: str) -> int:
    return round(Fraction(kg) * 1000)
