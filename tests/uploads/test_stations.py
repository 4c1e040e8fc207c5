"""Sites are registered by file: by the rules of single requests, many at once, twice as once."""

from typing import Any

import pytest

from dianchi.access.issue import KeyTerms, add_key
from dianchi.exchange.sheets.stations import STATIONS
from support.api import ENROLLED
from support.sheets import table, workbook
from support.uploads import Firm, tallies

COLUMNS = ("站址编码", "站址名称", "场所类型", "地市", "区县", "机房面积", "启用日期", "备注")
SITES = (
    "SELECT number, name, kind, prefecture, county, area_m2, opened_on FROM site ORDER BY number"
)


def station(number: str, **changes: Any) -> list[Any]:
    told = {
        "站址编码": number,
        "站址名称": f"{number} 基站",
        "场所类型": "通信基站",
        "地市": "昆明",
        "区县": "五华区",
        "机房面积": 25,
        "启用日期": "2019年5月1日",
        "备注": None,
    } | changes
    return [told[name] for name in COLUMNS]


async def sites(firm: Firm) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await firm.api.look(SITES)]


async def registered(firm: Firm, rows: list[list[Any]], mode: str = "partial") -> dict[str, Any]:
    """The upload, whose dry run said the same of every row."""
    upload = await firm.send(workbook(rows, COLUMNS), "sites", "站点.xlsx")
    checked = await firm.dry_run(upload)
    foreseen = await firm.rows(upload)
    done = await firm.commit(upload, mode)
    if done["state"] == "committed":
        assert (checked["checked"], foreseen) == (done["committed"], await firm.rows(upload))
    return done


async def test_stations_are_registered_and_a_second_file_changes_only_what_it_tells(
    firm: Firm,
) -> None:
    permit = {"kind": "x", "number": "1", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}
    told = {"number": "B", "name": "旧名", "kind": "base_station", "permits": [permit]}
    headers = await firm.api.headers("site_operator")
    assert (await firm.api.http.post("/v1/sites", json=told, headers=headers)).status_code == 201

    first = await registered(firm, [station("A"), station("B"), station("A"), station("C")])
    again = await registered(firm, [station("C"), station("A", 备注="再传")])
    moved = await registered(firm, [station("C", 地市=None, 区县="安宁市", 机房面积=None)])

    assert tallies(first, "committed") == {"accepted": 3, "duplicate": 1}
    assert first["committed"]["warned"] == 1, "the one that was there was changed"
    assert tallies(again, "committed") == {"duplicate": 2}
    assert tallies(moved, "committed") == {"accepted": 1}
    await firm.api.services.registry.refresh()  # what others changed is known after a few seconds
    listed = (await firm.api.http.get("/v1/sites", headers=headers)).json()["items"]
    by_number = {site["number"]: site for site in listed}
    assert [p["number"] for p in by_number["B"]["permits"]] == ["1"]
    assert by_number["B"]["name"] == "B 基站"
    c = by_number["C"]
    assert (c["prefecture"], c["county"], c["area_m2"], c["opened_on"]) == (
        *("530100", "530181"),
        *("25", "2019-05-01"),
    )


async def test_each_wrong_row_is_told_by_cell_and_the_others_are_registered(firm: Firm) -> None:
    rows = [
        station("A"),
        station("B", 场所类型="飞船"),
        station("C", 区县="麒麟区"),
        station("D", 机房面积=-1),
        station("E", 站址名称=None),
        station("A", 站址名称="另一个名字"),
        station("F", 启用日期="昨天"),
        station("G", 站址名称="张三 13800138000"),
    ]
    done = await registered(firm, rows)

    faults = {r["row"]: r["faults"][0] for r in await firm.rows(done["id"], outcome="refused")}
    assert {n: (f["code"], f["cell"]) for n, f in faults.items()} == {
        3: ("invalid_value", "C3"),
        4: ("invalid_value", "E4"),
        5: ("invalid_value", "F5"),
        6: ("missing_field", "B6"),
        7: ("invalid_value", "A7"),
        8: ("invalid_date", "G8"),
        9: ("invalid_value", "B9"),
    }
    assert [site[0] for site in await sites(firm)] == ["A"]


@pytest.mark.parametrize(
    ("wrong", "member"),
    [
        ({"场所类型": "飞船"}, {"kind": "飞船"}),
        ({"地市": "巴黎"}, {"prefecture": "巴黎"}),
        ({"机房面积": "0"}, {"area_m2": "0"}),
        ({"机房面积": "1.2345"}, {"area_m2": "1.2345"}),
        ({"站址编码": "x" * 81}, {"number": "x" * 81}),
        ({"站址名称": "字" * 121}, {"name": "字" * 121}),
        ({"站址名称": "电话 13800138000"}, {"name": "电话 13800138000"}),
        ({}, {}),
    ],
)
async def test_a_file_and_a_request_are_held_to_the_same_rules(
    firm: Firm, wrong: dict[str, Any], member: dict[str, str]
) -> None:
    single = {"number": "A", "name": "A 基站", "kind": "base_station", "prefecture": "昆明"}
    headers = await firm.api.headers("site_operator", "另一家铁塔公司")
    asked = await firm.api.http.post("/v1/sites", json=single | member, headers=headers)
    done = await registered(firm, [station("A", **wrong)])

    assert asked.is_success is not bool(wrong)
    assert bool(done["committed"]["refused"]) is bool(wrong)


async def test_all_or_none_leaves_no_site_behind(firm: Firm) -> None:
    refused = await registered(firm, [station("A"), station("B", 场所类型="飞船")], "atomic")

    assert refused["problem"]["errors"][0]["code"] == "not_all_rows"
    assert tallies(refused, "checked") == {"skipped": 1, "refused": 1}
    assert await sites(firm) == []


async def test_a_key_that_only_reports_registers_no_sites(firm: Firm) -> None:
    async with firm.api.services.make_session() as session:
        organisation = await firm.api.organisation("site_operator")
        terms = KeyTerms("site_operator", scopes=("read", "report"))
        key = await add_key(session, firm.api.services.ring, organisation, terms, ENROLLED)
    narrow = {"authorization": f"Bearer {key}"}
    body = table([station("A")], COLUMNS)
    upload = await firm.send(body, "sites", "站点.csv")
    await firm.dry_run(upload)

    tried = await firm.ask("POST", f"/{upload}/commit", json={}, headers=narrow)
    began = await firm.ask(
        "POST",
        "",
        json={"name": "b.csv", "size": 1, "sha256": "0" * 64, "type": "sites"},
        headers=narrow,
    )

    assert {tried.status_code, began.status_code} == {403}
    assert {tried.json()["code"], began.json()["code"]} == {"scope_not_allowed"}
    await firm.commit(upload)
    acts = await firm.api.look("SELECT act, subject FROM audit WHERE act = 'POST /v1/sites'")
    assert [upload in row["subject"] for row in acts] == [True]


def test_every_member_of_a_row_is_one_that_sites_have() -> None:
    from dianchi.api.bodies.sites import SiteBody  # noqa: PLC0415 - for this comparison

    assert {column.target for column in STATIONS.columns} <= SiteBody.model_fields.keys()
