"""Findings by who made the report that shows them, and by place; a firm asks by neither."""

from typing import Any

import pytest

from support.api import Api, code
from support.exports import PROVINCE, exported, read_csv
from support.lives import KUNMING, YUXI, enrolled

pytestmark = pytest.mark.asyncio
OUTLET, RECYCLER = ("outlet", "昆明网点"), ("recycler", "玉溪再生")


async def contradictions(api: Api) -> dict[str, str]:
    """Two packs whose states of health rise, told by a firm of Kunming and by one of Yuxi."""
    firms = {}
    for (role, name), area, serial in ((OUTLET, KUNMING, 1), (RECYCLER, YUXI, 2)):
        firms[name] = await enrolled(api, role, name, area)
        for day, soh in (("2026-05-02", "70"), ("2026-05-03", "95")):
            await api.report(role, "inspected", day, by=name, battery=code(serial), soh_percent=soh)
    await api.settle()
    return firms


async def found(api: Api, who: tuple[str, str | None] = PROVINCE, **query: str) -> Any:
    answer = await api.http.get(
        "/v1/findings", params={"state": "all", **query}, headers=await api.headers(*who)
    )
    return answer.json()


async def test_an_officer_reads_the_findings_of_one_firm_and_of_one_prefecture(api: Api) -> None:
    firms = await contradictions(api)

    every = (await found(api))["items"]
    by_firm = (await found(api, organisation="昆明网点"))["items"]
    by_place = (await found(api, prefecture="玉溪市"))["items"]

    outlet = firms["昆明网点"]
    mine = [each["id"] for each in every if each["organisation"] == outlet]
    assert {each["organisation"] for each in every} == set(firms.values())
    assert [each["id"] for each in by_firm] == mine != []
    assert {each["organisation"] for each in by_place} == {firms["玉溪再生"]}
    _, file = await exported(api, PROVINCE, "findings", state="all", prefecture=YUXI)
    assert {row[5] for row in read_csv(file)[1]} == {YUXI}


async def test_a_firm_does_not_learn_by_a_filter_who_else_reported_or_where(api: Api) -> None:
    """Given two firms measured one pack, then neither is told whose report shows what."""
    firms = await contradictions(api)

    own = (await found(api, OUTLET, organisation="me"))["items"]
    other = await found(api, OUTLET, organisation=firms["玉溪再生"])
    placed = await found(api, OUTLET, prefecture=KUNMING)
    told = {"list": "findings", "filters": {"prefecture": KUNMING}}
    taken = await api.http.post("/v1/exports", json=told, headers=await api.headers(*OUTLET))

    assert [each["code"] for each in own if each["code"] == "soh_rise"] == ["soh_rise"]
    assert [(each["code"], each["errors"][0]["pointer"]) for each in (other, placed)] == [
        ("role_not_allowed", "/organisation"),
        ("role_not_allowed", "/prefecture"),
    ]
    assert taken.json()["errors"][0]["pointer"] == "/filters/prefecture"
