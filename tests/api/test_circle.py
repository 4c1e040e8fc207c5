"""Recycled content, factor tables with their estimates, and demonstration projects over HTTP."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from api.test_boards import BOARD, PROVINCE, plant
from api.test_statistics import read
from support.api import Api, code, produced
from support.exports import exported, read_csv
from support.lives import KUNMING, YUXI, a_life, enrolled, officer

pytestmark = pytest.mark.asyncio
FACTORS = "/v1/factor-tables"
PROJECTS = "/v1/demonstrations"
YEAR = {"from": "2026-01", "to": "2026-12"}


async def ask(api: Api, path: str, who: tuple[str, str | None], told: Any) -> Any:
    return await api.http.post(path, json=told, headers=await api.headers(*who))


def factors(**change: Any) -> dict[str, Any]:
    return {
        "name": "示范因子", "version": "1", "source": "某文件第1号", "valid_from": "2026-01-01",
        "factors": [{"of": "recovered_lithium", "material_kg": "100", "co2e_kg": "15"}],
    } | change  # fmt: skip


async def test_a_pack_of_recycled_lots_shows_its_least_share_and_what_is_not_known(
    api: Api,
) -> None:
    await a_life(api)
    recycler = (await api.services.registry.current()).resolve("玉溪再生")
    line = {"lot": "R1", "issuer": recycler, "material": "lithium_carbonate", "mass_kg": "10"}
    new = produced(20)
    new["occurred_at"] = "2026-08-01"
    new["data"]["lots"] = [line]
    await api.post("maker", new)
    await api.settle()

    content = (await read(api, BOARD, PROVINCE, **YEAR))["recycled_content"]

    metals = {row["metal"]: row for row in content["metals"]}
    lithium = metals["lithium"]
    held = float(new["data"]["mass_kg"]) * 0.009
    assert (content["packs"], content["packs_told"]) == (1, 1)
    assert float(lithium["recycled_kg"]) == 1.879
    assert float(lithium["share"]) == pytest.approx(1.879 / held, abs=1e-4)
    assert float(lithium["unknown_share"]) == pytest.approx(1 - 1.879 / held, abs=1e-4)
    assert metals["nickel"]["unknown_share"] is None
    assert lithium["month"]["2026-08"]["share"] == lithium["share"]
    answer = await api.http.get(
        lithium["behind"]["recycled"], headers=await api.headers("regulator")
    )
    assert [row["subject"] for row in answer.json()["items"]] == [f"lot:{recycler}:R1"]
    assert {row["metal"] for row in content["targets"]} == {"cobalt", "lithium", "nickel"}


async def test_a_pack_without_lots_is_of_unknown_content_and_not_of_none(api: Api) -> None:
    new = produced(21)
    new["occurred_at"] = "2026-08-01"
    await api.post("maker", new)
    await api.settle()

    [lithium] = [
        row
        for row in (await read(api, BOARD, PROVINCE, **YEAR))["recycled_content"]["metals"]
        if row["metal"] == "lithium"
    ]

    assert (lithium["share"], lithium["unknown_share"]) == (None, "1.0000")


async def test_the_factors_of_a_table_stand_in_the_order_of_what_they_may_be_of(api: Api) -> None:
    listed = ["recovered_manganese", "second_life", "recovered_cobalt", "recovered_lithium"]
    told = factors(factors=[{"of": of, "co2e_kg": "1"} for of in listed])
    assert (await ask(api, FACTORS, PROVINCE, told)).status_code == 201

    register = await read(api, FACTORS, PROVINCE)

    [table] = register["items"]
    order = [of for of in register["sources"] if of in listed]
    assert [each["of"] for each in table["factors"]] == order
    assert order == ["recovered_lithium", "recovered_cobalt", "recovered_manganese", "second_life"]


async def test_without_a_factor_table_no_saving_is_shown_anywhere(api: Api) -> None:
    await a_life(api)

    assert (await read(api, BOARD, PROVINCE, **YEAR))["savings"] is None
    month = await read(api, "/v1/reports/monthly", PROVINCE, month="2026-06")
    assert month["savings"] is None
    assert "节材降碳（估算）" not in await _sheet(api)


async def test_the_estimate_names_its_table_and_another_holds_from_its_month_on(
    api: Api,
) -> None:
    await a_life(api)  # 18 kg of lithium carbonate in June 2026: 3.382 kg of lithium
    assert (await ask(api, FACTORS, PROVINCE, factors())).status_code == 201
    first = (await read(api, BOARD, PROVINCE, **YEAR))["savings"]
    later = factors(version="2", valid_from="2026-07-01",
                    factors=[{"of": "recovered_lithium", "co2e_kg": "1"}])  # fmt: skip
    assert (await ask(api, FACTORS, PROVINCE, later)).status_code == 201
    then = (await read(api, BOARD, PROVINCE, **YEAR))["savings"]
    mended = factors(version="1b", factors=[{"of": "recovered_lithium", "co2e_kg": "2"}])
    assert (await ask(api, FACTORS, PROVINCE, mended)).status_code == 201
    last = (await read(api, BOARD, PROVINCE, **YEAR))["savings"]

    assert (first["material_kg"], first["co2e_kg"]) == ("338.2", "50.73")
    assert first["estimate"] == {"zh": "估算", "en": "estimate"}
    assert [row["table"] for row in first["rows"]] == ["示范因子 1"]
    assert (then["co2e_kg"], [t["version"] for t in then["tables"]]) == ("50.73", ["1", "2"])
    assert (last["material_kg"], last["co2e_kg"]) == (None, "6.764")
    assert then["without_table"] == []
    assert len(await api.look("SELECT FROM factor_table")) == 3
    month = await read(api, "/v1/reports/monthly", PROVINCE, month="2026-06")
    assert month["savings"]["co2e_kg"] == "6.764"
    assert "九、节材降碳（估算）" in await _sheet(api)
    assert "1b" in await _sheet(api)


async def test_the_export_of_indicators_says_estimate_and_table_for_officers_too(
    api: Api,
) -> None:
    await a_life(api)
    await ask(api, FACTORS, PROVINCE, factors())

    for who in (PROVINCE, officer(YUXI)):
        _, body = await exported(api, who, "indicators", **YEAR)
        rows = {row[0]: row for row in read_csv(body)[1]}

        estimate = rows["estimate_co2e_kg_recovered_lithium"]
        assert "减碳（估算）" in estimate[1]
        assert (estimate[3], estimate[4]) == ("示范因子 1", "50.73")
        assert rows["recycled_content_lithium"][4] == ""


async def _sheet(api: Api) -> str:
    """All text of the monthly report as a workbook."""
    answer = await api.http.get(
        "/v1/reports/monthly.xlsx?month=2026-06", headers=await api.headers("regulator")
    )
    assert answer.status_code == 200, answer.text
    book = load_workbook(BytesIO(answer.content))
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
    return " ".join([*book.sheetnames, *cells])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"valid_from": "2026-01-15"}, "/valid_from"),
        ({"factors": [{"of": "magic", "co2e_kg": "1"}]}, "/factors/0/of"),
        ({"factors": [{"of": "second_life"}]}, "/factors/0"),
        ({"factors": [{"of": "second_life", "co2e_kg": "1"}] * 2}, "/factors/1"),
    ],
)
async def test_a_factor_table_that_cannot_be_is_named(
    api: Api, change: dict[str, Any], pointer: str
) -> None:
    answer = await ask(api, FACTORS, PROVINCE, factors(**change))

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_only_the_province_notes_factors(api: Api) -> None:
    await a_life(api)

    assert (await ask(api, FACTORS, officer(KUNMING), factors())).status_code == 403
    assert (await ask(api, FACTORS, ("recycler", "玉溪再生"), factors())).status_code == 403
    await ask(api, FACTORS, PROVINCE, factors())
    for who in (officer(KUNMING), ("recycler", "玉溪再生")):
        assert len((await read(api, FACTORS, who))["items"]) == 1


def project(**change: Any) -> dict[str, Any]:
    return {
        "name": "湿法示范线", "purpose": "recycling", "organisation": "玉溪再生", "sites": ["R1"],
        "document": "示范批复〔2026〕1号", "document_on": "2026-05-01", "valid_from": "2026-05-15",
    } | change  # fmt: skip


async def test_a_project_counts_what_is_treated_at_its_sites_while_it_runs(api: Api) -> None:
    await a_life(api)
    await plant(api)
    for day, number, batch in (("2026-04-02", 3, "B2"), ("2026-06-02", 4, "B3")):
        run: dict[str, Any] = {
            "batch": batch, "process": "hydro", "residue_kg": "200",
            "inputs": [{"battery": code(number), "mass_kg": "300"}],
            "outputs": [{"lot": batch, "material": "lithium_carbonate", "mass_kg": "10"}],
        }  # fmt: skip
        await api.report("recycler", "recycled", day, by="玉溪再生", site="R1", **run)
    await api.settle()

    assert (await ask(api, PROJECTS, officer(KUNMING), project())).status_code == 403
    assert (await ask(api, PROJECTS, officer(YUXI), project())).status_code == 201
    [item] = (await read(api, PROJECTS, officer(YUXI), **YEAR))["items"]

    [treated] = item["treated"]
    assert (treated["process"], treated["mass_kg"], treated["things"]) == ("hydro", "300", 1)
    answer = await api.http.get(treated["behind"], headers=await api.headers(*PROVINCE))
    assert [row["battery"] for row in answer.json()["items"]] == [code(4)]
    assert (await read(api, PROJECTS, officer(KUNMING), **YEAR))["items"] == []
    assert (await read(api, PROJECTS, PROVINCE, **{"from": "2026-01", "to": "2026-04"}))[
        "items"
    ] == []
    await ask(api, PROJECTS, officer(YUXI), project(valid_to="2026-05-31"))
    [ended] = (await read(api, PROJECTS, PROVINCE, **YEAR))["items"]
    assert (ended["running"], ended["treated"]) == (False, [])
    assert len(await api.look("SELECT FROM demonstration")) == 2


async def test_a_project_counts_the_packs_in_use_at_its_sites(api: Api) -> None:
    await enrolled(api, "site_operator", "云塔", KUNMING)
    station = {"number": "S1", "name": "一号站", "kind": "base_station", "prefecture": "昆明"}
    who = ("site_operator", "云塔")
    assert (await ask(api, "/v1/sites", who, station)).status_code == 201
    host = {"kind": "base_station", "id": "S1"}
    facts = {"stage": "second_life", "basis": "opening_stock", "host": host, "chemistry": "lfp",
             "mass_kg": "120", "rated_energy_kwh": "10.5"}  # fmt: skip
    await api.report("site_operator", "declared", "2026-05-01", by="云塔", site="S1",
                     battery=code(30), **facts)  # fmt: skip
    await api.settle()
    told = project(name="基站示范", purpose="second_life", organisation="云塔", sites=["S1"])
    assert (await ask(api, PROJECTS, PROVINCE, told)).status_code == 201

    [item] = (await read(api, PROJECTS, PROVINCE, **YEAR))["items"]

    assert (item["packs"], item["mass_kg"], item["energy_kwh"]) == (1, "120", "10.5")
    [site] = item["sites"]
    answer = await api.http.get(site["behind"], headers=await api.headers(*PROVINCE))
    assert [row["battery"] for row in answer.json()["items"]] == [code(30)]
    lone = await api.http.get("/v1/batteries?site=S1", headers=await api.headers(*PROVINCE))
    assert (lone.status_code, lone.json()["errors"][0]["pointer"]) == (422, "/holder")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"purpose": "magic"}, "/purpose"),
        ({"sites": ["R1", "R9"]}, "/sites/1"),
        ({"sites": ["R1", "R1"]}, "/sites/1"),
        ({"valid_to": "2024-01-01"}, "/valid_to"),
    ],
)
async def test_a_project_that_cannot_be_is_named(
    api: Api, change: dict[str, Any], pointer: str
) -> None:
    await a_life(api)
    await plant(api)

    answer = await ask(api, PROJECTS, PROVINCE, project(**change))

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
