"""Registers of capacities and demonstration projects: which note holds where, when and for whom."""

from typing import Any

import pytest

from api.test_boards import CAPACITIES, PROVINCE, capacity, noted, plant
from api.test_circle import PROJECTS, ask, project
from api.test_statistics import read
from support.api import Api, code
from support.lives import KUNMING, YUXI, a_life, enrolled, officer

pytestmark = pytest.mark.asyncio
YEAR = {"from": "2026-01", "to": "2026-12"}
RECYCLER = ("recycler", "玉溪再生")


async def branch(api: Api) -> None:
    """A second plant of the recycler of Yuxi, in Kunming."""
    body = {"number": "K9", "name": "昆明分厂", "kind": "plant", "prefecture": "昆明"}
    assert (await ask(api, "/v1/sites", RECYCLER, body)).status_code == 201


async def treated(api: Api) -> None:
    """300 kg in June 2026 at the plant in Yuxi."""
    run: dict[str, Any] = {
        "batch": "B2", "process": "hydro", "residue_kg": "200",
        "inputs": [{"battery": code(3), "mass_kg": "300"}],
        "outputs": [{"lot": "R2", "material": "lithium_carbonate", "mass_kg": "10"}],
    }  # fmt: skip
    await api.report("recycler", "recycled", "2026-06-02", by="玉溪再生", site="R1", **run)
    await api.settle()


async def at(api: Api, site: str, **asked: str) -> Any:
    """The line of a site, where there is one."""
    items = (await read(api, CAPACITIES, PROVINCE, **(YEAR | asked)))["items"]
    return next((each for each in items if each["site"] == site), None)


async def test_of_two_capacities_that_hold_the_one_that_began_last_counts(api: Api) -> None:
    """Given a plant that was extended, when shares are worked out, then by what it can now."""
    await a_life(api)
    await plant(api)
    await treated(api)

    assert await noted(api, PROVINCE, built_t="8000", valid_from="2026-03-01") == 201
    assert await noted(api, PROVINCE, built_t="6000", valid_from="2024-03-01") == 201

    told = await at(api, "R1")
    assert (told["noted"]["built_t"], told["noted"]["valid_from"]) == ("8000", "2026-03-01")


async def test_a_capacity_that_ended_or_has_not_begun_is_none_today(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await treated(api)
    assert await noted(api, PROVINCE, valid_to="2026-08-31") == 201
    assert await noted(api, PROVINCE, valid_from="2099-01-01") == 201

    told = await at(api, "R1")

    assert (told["noted"], told["treated_kg"], told["used"]) == (None, "300", None)


async def test_a_share_is_of_so_many_months_and_of_what_is_built_and_permitted(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await treated(api)
    assert await noted(api, PROVINCE, built_t="10", permitted_t="20") == 201

    half = await at(api, "R1", to="2026-06")
    month = await at(api, "R1", **{"from": "2026-06", "to": "2026-06"})
    over = await at(api, "R1", **{"from": "2025-12", "to": "2026-11"})

    shares = [(each["used"], each["used_of_permitted"]) for each in (half, month, over)]
    assert shares == [("0.0600", "0.0300"), ("0.3600", "0.1800"), ("0.0300", "0.0150")]


async def test_capacities_are_narrowed_by_firm_and_by_place(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await branch(api)
    assert await noted(api, PROVINCE) == 201
    assert await noted(api, PROVINCE, site="K9") == 201

    async def sites(who: tuple[str, str | None] = PROVINCE, **asked: str) -> list[str | None]:
        items = (await read(api, CAPACITIES, who, **(YEAR | asked)))["items"]
        return [each["site"] for each in items if each["noted"]]

    assert await sites() == ["K9", "R1"]
    assert await sites(prefecture="玉溪") == await sites(officer(YUXI)) == ["R1"]
    assert await sites(officer(KUNMING)) == ["K9"]
    assert await sites(organisation="昆明网点") == []
    assert await sites(RECYCLER) == ["K9", "R1"]


async def test_an_officer_notes_capacity_for_a_site_here_of_a_firm_elsewhere(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await branch(api)

    assert await noted(api, officer(KUNMING), site="K9") == 201
    assert await noted(api, officer(KUNMING), site="R1") == 403
    [row] = await api.look("SELECT site, document, noted_by FROM capacity")
    assert row["site"] == "K9"
    assert row["document"] == capacity("玉溪再生")["document"]


async def test_a_project_across_areas_is_noted_by_who_has_all_of_its_sites(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await branch(api)

    across = await ask(api, PROJECTS, officer(KUNMING), project(sites=["K9", "R1"]))
    here = await ask(api, PROJECTS, officer(KUNMING), project(sites=["K9"]))

    assert (across.status_code, here.status_code) == (403, 201)


async def test_a_project_that_moved_is_shown_where_it_is_and_no_more_where_it_was(
    api: Api,
) -> None:
    """Given a project of Kunming, when it is noted in Yuxi, then Kunming has it no longer."""
    await a_life(api)
    await plant(api)
    await branch(api)

    async def names(who: tuple[str, str | None]) -> list[Any]:
        items = (await read(api, PROJECTS, who, **YEAR))["items"]
        return [[site["number"] for site in each["sites"]] for each in items]

    assert (await ask(api, PROJECTS, PROVINCE, project(sites=["K9"]))).status_code == 201
    before = [await names(who) for who in (officer(KUNMING), officer(YUXI), PROVINCE, RECYCLER)]
    assert (await ask(api, PROJECTS, PROVINCE, project(sites=["R1"]))).status_code == 201
    after = [await names(who) for who in (officer(KUNMING), officer(YUXI), PROVINCE, RECYCLER)]

    assert before == [[["K9"]], [], [["K9"]], [["K9"]]]
    assert after == [[], [["R1"]], [["R1"]], [["R1"]]]


async def test_no_officer_replaces_the_note_of_a_project_that_lies_elsewhere_too(
    api: Api,
) -> None:
    await a_life(api)
    await plant(api)
    await branch(api)
    assert (await ask(api, PROJECTS, PROVINCE, project(sites=["K9", "R1"]))).status_code == 201

    taken = await ask(api, PROJECTS, officer(KUNMING), project(sites=["K9"]))
    another = await ask(api, PROJECTS, officer(KUNMING), project(name="另一线", sites=["K9"]))

    assert (taken.status_code, another.status_code) == (403, 201)


async def test_in_use_at_a_project_is_what_its_firm_runs_there_and_not_what_only_lies_there(
    api: Api,
) -> None:
    """Given stations of one number of two firms, then a project counts those of its own in use."""
    for serial, name in ((31, "云塔"), (32, "别塔")):
        await enrolled(api, "site_operator", name, KUNMING)
        station = {"number": "S1", "name": "一号站", "kind": "base_station", "prefecture": "昆明"}
        assert (await ask(api, "/v1/sites", ("site_operator", name), station)).status_code == 201
        told: dict[str, Any] = {
            "stage": "second_life", "basis": "opening_stock",
            "host": {"kind": "base_station", "id": "S1"}, "chemistry": "lfp", "mass_kg": "120",
        }  # fmt: skip
        await api.report("site_operator", "declared", "2026-05-01", by=name, site="S1",
                         battery=code(serial), **told)  # fmt: skip
    await api.report("site_operator", "declared", "2026-05-01", by="云塔", site="S1",
                     battery=code(33), stage="collected", basis="opening_stock")  # fmt: skip
    await api.settle()
    of = project(name="基站示范", purpose="second_life", organisation="云塔", sites=["S1"])
    assert (await ask(api, PROJECTS, PROVINCE, of)).status_code == 201

    [item] = (await read(api, PROJECTS, PROVINCE, **YEAR))["items"]

    lying = await api.look("SELECT name, stage, site FROM battery WHERE site = 'S1'")
    assert len(lying) == 3
    assert (item["packs"], item["mass_kg"]) == (1, "120")


async def test_a_capacity_of_a_site_that_moved_is_shown_no_more_where_it_was(api: Api) -> None:
    """Given a note of Yuxi, when the next one is of Kunming, then Yuxi holds none for current."""
    await a_life(api)
    await plant(api)
    assert await noted(api, officer(YUXI), built_t="5000") == 201
    moved = {"number": "R1", "name": "再生厂", "kind": "plant", "prefecture": "昆明"}
    assert (await ask(api, "/v1/sites", RECYCLER, moved)).status_code == 200
    assert await noted(api, officer(KUNMING), built_t="7000", valid_from="2026-02-01") == 201

    async def shown(area: str) -> list[str]:
        items = (await read(api, CAPACITIES, officer(area), **YEAR))["items"]
        return [each["noted"]["built_t"] for each in items if each["noted"]]

    assert (await shown(KUNMING), await shown(YUXI)) == (["7000"], [])
