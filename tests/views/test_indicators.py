"""The counts follow the log: they are the sum of what lives add, and a rebuild gives the same."""

import random
from datetime import date
from typing import Any

from dianchi.domain.registry import Organisation, Registry
from dianchi.views.indicators.query import Asked, contributions, sums
from support.reports import (
    CAR_MAKER,
    DISMANTLER,
    MAKER,
    OUTLET,
    RECYCLER,
    collected,
    corrected,
    dispatched,
    identified,
    installed,
    pack,
    produced,
    received,
    recycled,
    sold,
)
from support.views import Views

TMP = "tmp:1-1"
ALWAYS = Asked(200001, 209912)
SUMS = ("contributors", "things", "mass_g", "energy_wh", "stay_s")
KEPT = "SELECT stream_id, cells, amounts FROM contribution ORDER BY stream_id"
TALLY = "SELECT * FROM tally ORDER BY cell"
SUMMED = """
SELECT t.cell, count(*) AS contributors, sum(c.amounts[p.at * 4 + 1])::bigint AS things,
       sum(c.amounts[p.at * 4 + 2])::bigint AS mass_g,
       sum(c.amounts[p.at * 4 + 3])::bigint AS energy_wh,
       sum(c.amounts[p.at * 4 + 4])::bigint AS stay_s
  FROM contribution c
 CROSS JOIN LATERAL unnest(c.cells) WITH ORDINALITY t(cell, place)
 CROSS JOIN LATERAL (SELECT t.place - 1 AS at) p
 GROUP BY t.cell ORDER BY t.cell
"""
BY_PLACE = """
SELECT measure, month, prefecture, chemistry, sum(contributors)::bigint AS contributors,
       sum(things)::bigint AS things, sum(mass_g)::bigint AS mass_g,
       sum(energy_wh)::bigint AS energy_wh, sum(stay_s)::bigint AS stay_s
  FROM tally GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
AHEAD = "SELECT * FROM place_tally WHERE contributors > 0 ORDER BY 1, 2, 3, 4"
EMPTY = "TRUNCATE battery, finding, unsettled, projection, contribution, tally"
LITHIUM = {"lot": "R1", "material": "lithium_carbonate", "mass_kg": "30"}


def a_province() -> list[tuple[Any, Any]]:
    """Lives that are handed on, joined, recycled and corrected."""
    packs = [pack(number) for number in range(1, 6)]
    told: list[tuple[Any, Any]] = [(produced(each), MAKER) for each in packs]
    told += [(installed(packs[0]), CAR_MAKER), (sold(packs[0]), CAR_MAKER)]
    told += [(collected(each), OUTLET) for each in packs[1:]]
    told += [(collected(TMP), OUTLET), (identified(TMP, packs[0]), OUTLET)]
    told += [(dispatched(*packs[1:4]), OUTLET), (received(*packs[1:4]), RECYCLER)]
    told.append((recycled(packs[1], packs[2], outputs=[LITHIUM]), RECYCLER))
    wrong = collected(packs[4], at="2026-07-01T09:00")
    told += [(wrong, DISMANTLER), (corrected(wrong), DISMANTLER)]
    return told


async def say(views: Views, told: list[tuple[Any, Any]], *, step: int = 3) -> None:
    for place in range(0, len(told), step):
        for raw, who in told[place : place + step]:
            await views.record.send(raw, who)
        await views.follow()


async def state(views: Views) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    rows = [[tuple(row) for row in await views.record.rows(query)] for query in (KEPT, TALLY)]
    return rows[0], rows[1]


async def add_up(views: Views) -> None:
    """Every count is the sum of what is kept, and none stands there for nothing."""
    summed = {row["cell"]: dict(row) for row in await views.record.rows(SUMMED)}
    told = {row["cell"]: dict(row) for row in await views.record.rows(TALLY)}
    assert summed
    assert {c: {n: row[n] for n in SUMS} for c, row in told.items()} == {
        c: {n: row[n] for n in SUMS} for c, row in summed.items()
    }
    by_place, ahead = [await views.record.rows(query) for query in (BY_PLACE, AHEAD)]
    assert list(map(tuple, ahead)) == list(map(tuple, by_place))


async def total(views: Views, measure: str, asked: Asked = ALWAYS) -> tuple[int, int]:
    """Things and grams."""
    _, found = await sums(views.record.readers, asked, [measure], None)
    amount = found.get("", {}).get(measure)
    return (amount.things, amount.mass_g) if amount else (0, 0)


async def test_the_counts_are_the_sum_of_the_lives_and_a_rebuild_gives_the_same(
    views: Views,
) -> None:
    await say(views, a_province())
    await add_up(views)
    live = await state(views)
    assert await total(views, "made") == (5, 5 * 410_500)
    assert await total(views, "recycled") == (2, 800_000)
    assert await total(views, "recovered_lithium") == (1, 5_637)

    await views.projector.rebuild()
    assert await state(views) == live
    await add_up(views)
    await views.record.execute(EMPTY)
    await views.follow()

    assert await state(views) == live
    await add_up(views)


async def test_the_order_of_arrival_does_not_change_a_count(views: Views) -> None:
    told = a_province()
    await say(views, told)
    _, before = await state(views)
    await views.record.execute(
        "TRUNCATE report, stream, event, event_key, outbox, log_entry, log_tile, log_checkpoint;"
        + EMPTY
    )
    corrections = [one for one in told if one[0]["type"] == "corrected"]
    first = [one for one in told if one not in corrections]
    random.Random(7).shuffle(first)

    await say(views, first + corrections, step=4)

    assert (await state(views))[1] == before
    await add_up(views)


async def test_a_correction_takes_back_what_it_corrects_to_the_gram(views: Views) -> None:
    await say(views, [(produced(pack(1)), MAKER)])
    before = await state(views)
    wrong = collected(pack(1), mass_kg="409.999")
    await say(views, [(wrong, OUTLET)])
    assert await total(views, "gathered") == (1, 409_999)

    await say(views, [(corrected(wrong), OUTLET)])

    assert await state(views) == before


async def test_names_that_are_joined_are_one_pack_and_apart_again_two(views: Views) -> None:
    joined = identified(TMP, pack(1))
    await say(views, [(produced(pack(1)), MAKER), (collected(TMP), OUTLET)])
    assert await total(views, "seen") == (2, 410_500)

    await say(views, [(joined, OUTLET)])
    assert (await total(views, "seen"))[0] == 1
    await add_up(views)

    await say(views, [(corrected(joined), OUTLET)])
    assert (await total(views, "seen"))[0] == 2
    await add_up(views)


async def test_what_the_registry_says_of_a_place_moves_what_was_counted_there(
    views: Views,
) -> None:
    await say(views, a_province())
    firms = [(OUTLET, "530100"), (RECYCLER, "530400"), (MAKER, "530100")]

    def registry(*moved: tuple[str, str]) -> Registry:
        places = {who.organisation: place for who, place in firms} | dict(moved)
        return Registry(
            organisations={
                firm: Organisation(firm, firm, prefecture=place, onboarded_on=date(2026, 1, 1))
                for firm, place in places.items()
            }
        )

    await views.projector.sweep()
    for known in (registry(), registry((OUTLET.organisation, "530300"))):
        views.enrol(known)
        await views.projector.sweep()
        await views.follow()
    moved = await state(views)

    assert (await total(views, "gathered", Asked(202605, 202605, "530300")))[0] == 5
    assert (await total(views, "came", Asked(202605, 202605, partner="530300")))[0] == 3
    assert (await total(views, "recovered_lithium", Asked(202606, 202606, "530400")))[0] == 1
    await views.record.execute(EMPTY)
    await views.follow()
    assert await state(views) == moved


async def test_pages_behind_a_number_hold_everything_once(views: Views) -> None:
    await say(views, a_province())
    readers, after, seen = views.record.readers, None, []
    for _ in range(20):
        _, page = await contributions(readers, readers, ALWAYS, "moved", limit=2, after=after)
        seen += [(item.cell, item.name, item.amount) for item in page.items]
        after = page.next
        if after is None:
            break

    [many] = [
        row["n"]
        for row in await views.record.rows(
            "SELECT sum(contributors)::int AS n FROM tally WHERE measure = 'moved'"
        )
    ]
    assert len(seen) == len(set(seen)) == many > 4
    things = sum(amount.things for *_, amount in seen)
    assert (things, sum(amount.mass_g for *_, amount in seen)) == await total(views, "moved")


async def test_a_batch_knows_what_went_in_under_another_name(views: Views) -> None:
    """Given a pack without a label is recycled and its code was read before, then it is LFP."""
    told = [(produced(pack(1)), MAKER), (collected(TMP), OUTLET)]
    told += [(identified(TMP, pack(1)), OUTLET), (dispatched(TMP), OUTLET)]
    told += [(received(TMP), RECYCLER), (recycled(TMP, outputs=[LITHIUM]), RECYCLER)]
    await say(views, told)

    assert (await total(views, "rated_in_lithium"))[0] == 1
