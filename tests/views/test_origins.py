"""What new packs are made of follows the lots upstream, whatever is reported first or mended."""

from typing import Any

from dianchi.views.indicators.query import Asked, sums
from support.reports import (
    MAKER,
    OUTLET,
    RECYCLER,
    UTILIZER,
    collected,
    corrected,
    pack,
    produced,
    received,
    report,
)
from support.views import Views

YEAR = Asked(202601, 202612)
USED = collected(pack(1), "2026-02-20T09:00"), OUTLET
BLACK = {"lot": "BM", "material": "black_mass", "mass_kg": "100"}
SALT = {"lot": "LC", "material": "lithium_carbonate", "mass_kg": "20"}


def crushed() -> dict[str, Any]:
    """A used pack becomes black mass."""
    return report("recycled", "2026-03-01T09:00", batch="B1", process="crush", residue_kg="300",
                  inputs=[{"battery": pack(1), "mass_kg": "410"}], outputs=[BLACK])  # fmt: skip


def leached() -> dict[str, Any]:
    """Black mass becomes salt."""
    return report("recycled", "2026-03-10T09:00", batch="B2", process="hydro", residue_kg="70",
                  inputs=[{"lot": "BM", "mass_kg": "100"}], outputs=[SALT])  # fmt: skip


def made(number: int = 2) -> dict[str, Any]:
    """A new pack of ten kilograms of that salt."""
    line = {**SALT, "issuer": RECYCLER.organisation, "mass_kg": "10"}
    return produced(pack(number), "2026-04-01T09:00", lots=[line])


async def told(views: Views, *said: tuple[dict[str, Any], Any]) -> tuple[int, int]:
    """Grams of recycled, and of known lithium in new packs, after what was said."""
    for raw, who in said:
        await views.record.send(raw, who)
        await views.follow()
    names = ["new_recycled_lithium", "new_known_lithium"]
    _, found = await sums(views.record.readers, YEAR, names, None)
    whole = found.get("", {})
    return tuple(whole[name].mass_g if name in whole else 0 for name in names)  # type: ignore[return-value]


async def test_salt_of_used_packs_is_recycled_through_two_batches(views: Views) -> None:
    found = await told(views, USED, (crushed(), RECYCLER), (leached(), RECYCLER), (made(), MAKER))

    assert found == (1_879, 1_879)


async def test_what_happened_upstream_is_told_last_and_still_reaches_the_new_pack(
    views: Views,
) -> None:
    unknown = await told(views, (made(), MAKER), (leached(), RECYCLER))
    known = await told(views, (crushed(), RECYCLER), USED)

    assert (unknown, known) == ((0, 0), (1_879, 1_879))


async def test_a_correction_far_upstream_takes_the_origin_back(views: Views) -> None:
    first = crushed()
    said = (USED, (first, RECYCLER), (leached(), RECYCLER), (made(), MAKER))
    before = await told(views, *said)

    after = await told(views, (corrected(first), RECYCLER))

    assert (before, after) == ((1_879, 1_879), (0, 0))


async def test_half_of_unknown_origin_halves_what_is_known(views: Views) -> None:
    bought = report("lot_declared", "2026-02-01", origin="purchased", data={**BLACK, "lot": "X"})
    mixed = report(
        "recycled", "2026-03-10T09:00", batch="B2", process="hydro", residue_kg="170",
        inputs=[{"lot": "BM", "mass_kg": "100"}, {"lot": "X", "mass_kg": "100"}], outputs=[SALT],
    )  # fmt: skip
    said = (USED, (bought, RECYCLER), (crushed(), RECYCLER), (mixed, RECYCLER), (made(), MAKER))

    assert await told(views, *said) == (940, 940)


async def test_scrap_of_production_is_known_and_not_recycled(views: Views) -> None:
    scrap = report("lot_declared", "2026-02-01", origin="production_scrap", data=SALT)

    assert await told(views, (scrap, RECYCLER), (made(), MAKER)) == (0, 1_879)


async def test_a_pack_that_was_never_in_use_is_scrap_of_production(views: Views) -> None:
    """It may pass from one who treats it to another: that is no use."""
    born = produced(pack(1)), MAKER
    at, on = "2026-02-10T09:00", "2026-02-20T09:00"
    utilizer = received(pack(1), at=at, sender=MAKER.organisation), UTILIZER
    recycler = received(pack(1), at=on, sender=UTILIZER.organisation), RECYCLER
    made_of_it = ((crushed(), RECYCLER), (leached(), RECYCLER), (made(), MAKER))

    assert await told(views, born, utilizer, recycler, *made_of_it) == (0, 1_879)


async def test_of_a_pack_of_which_nothing_is_told_the_origin_is_unknown(views: Views) -> None:
    made_of_it = ((crushed(), RECYCLER), (leached(), RECYCLER), (made(), MAKER))

    assert await told(views, *made_of_it) == (0, 0)


async def test_use_that_is_told_late_or_taken_back_reaches_the_new_pack(views: Views) -> None:
    made_of_it = ((crushed(), RECYCLER), (leached(), RECYCLER), (made(), MAKER))
    scrap = await told(views, (produced(pack(1)), MAKER), *made_of_it)

    used = await told(views, USED)
    again = await told(views, (corrected(USED[0]), OUTLET))

    assert (scrap, used, again) == ((0, 1_879), (1_879, 1_879), (0, 1_879))


async def test_use_told_under_another_name_counts(views: Views) -> None:
    other = f"serial:{pack(1)[:3]}:A-1"
    joined = report("identified", "2026-02-25T09:00", other, name=pack(1)), OUTLET
    made_of_it = ((crushed(), RECYCLER), (leached(), RECYCLER), (made(), MAKER))

    taken = collected(other, "2026-02-20T09:00"), OUTLET

    assert await told(views, *made_of_it, taken, joined) == (1_879, 1_879)


async def test_a_lot_out_of_itself_is_of_unknown_origin(views: Views) -> None:
    circle = report("recycled", "2026-03-01T09:00", batch="B1", process="hydro", residue_kg="0",
                    inputs=[{"lot": "LC", "mass_kg": "100"}], outputs=[BLACK])  # fmt: skip
    said = ((circle, RECYCLER), (leached(), RECYCLER), (made(), MAKER))

    assert await told(views, *said) == (0, 0)
