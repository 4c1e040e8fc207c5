"""Sites over HTTP: added and changed whole, listed by pages."""

from typing import Any

import pytest

from dianchi.access.sites import put_site
from dianchi.access.tables import SiteRow
from dianchi.domain.areas import areas_of
from dianchi.domain.registry import organisation_id
from support.api import Api

pytestmark = pytest.mark.asyncio
MAKER = "宁德远海电池有限公司"
OUTLET_SITE: dict[str, Any] = {
    "number": "AN-01",
    "name": "安宁回收服务网点",
    "kind": "central",
    "county": "530181",
    "functional": "滇中新区",
    "area_m2": "320.50",
    "capacity_kg": 40000,
    "permits": [
        {
            "kind": "fire_acceptance",
            "number": "昆消验〔2026〕7号",
            "valid_from": "2026-01-01",
            "valid_to": "2028-12-31",
        }
    ],
    "principals": [{"organisation": MAKER, "relation": "commissioned", "valid_from": "2026-02-01"}],
    "opened_on": "2026-02-01",
}


async def posted(api: Api, status: int, **changes: Any) -> dict[str, Any]:
    answer = await api.http.post(
        "/v1/sites", json=OUTLET_SITE | changes, headers=await api.headers("outlet")
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_site_is_read_back_as_told_with_its_places_by_code(api: Api) -> None:
    told = await posted(api, 201)

    assert (await api.get("/v1/sites", "outlet"))["items"] == [told]
    assert told["organisation"] == await api.organisation("outlet")
    assert (told["prefecture"], told["county"]) == ("530100", "530181")
    assert (told["functional"], told["area_m2"], told["capacity_kg"]) == (
        "dianzhong",
        "320.5",
        "40000",
    )
    assert told["permits"] == OUTLET_SITE["permits"]
    assert told["principals"] == [
        {
            "organisation": organisation_id(MAKER),
            "known_as": MAKER,
            "relation": "commissioned",
            "valid_from": "2026-02-01",
            "valid_to": None,
        }
    ]
    assert (told["opened_on"], told["closed_on"]) == ("2026-02-01", None)


async def test_a_site_told_again_is_the_same_and_what_is_left_out_is_gone(api: Api) -> None:
    first = await posted(api, 201)
    again = await posted(api, 200)
    poorer = await posted(api, 200, permits=[], capacity_kg=None, closed_on="2026-10-01")

    assert again == first
    assert poorer == first | {"permits": [], "capacity_kg": None, "closed_on": "2026-10-01"}
    assert (await api.get("/v1/sites", "outlet"))["items"] == [poorer]


async def test_the_registry_knows_a_site_at_once_with_the_areas_it_lies_in(api: Api) -> None:
    await posted(api, 201)

    outlet = await api.organisation("outlet")
    registry = api.services.registry.now

    site = registry.sites[outlet, "AN-01"]
    assert areas_of(site.prefecture, site.county, site.functional) == {
        "53",
        "530100",
        "530181",
        "dianzhong",
    }
    assert [permit.kind for permit in registry.site_permits[outlet]] == ["fire_acceptance"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "castle"}, "/kind"),
        ({"county": "530200"}, "/county"),
        ({"county": "530381", "prefecture": "昆明"}, "/county"),
        ({"functional": "昆明"}, "/functional"),
        ({"area_m2": "-1"}, "/area_m2"),
        ({"capacity_kg": "NaN"}, "/capacity_kg"),
        ({"closed_on": "2026-01-31"}, "/closed_on"),
        (
            {"permits": [OUTLET_SITE["permits"][0] | {"valid_to": "2025-12-31"}]},
            "/permits/0/valid_to",
        ),
        (
            {"principals": [OUTLET_SITE["principals"][0] | {"valid_to": "2026-01-31"}]},
            "/principals/0/valid_to",
        ),
        (
            {"principals": [OUTLET_SITE["principals"][0] | {"relation": "friend"}]},
            "/principals/0/relation",
        ),
    ],
)
async def test_what_a_site_cannot_be_is_refused_with_its_place(
    api: Api, changes: dict[str, Any], pointer: str
) -> None:
    problem = await posted(api, 422, **changes)

    (fault, *_) = problem["errors"]
    assert (fault["code"], fault["pointer"]) == ("invalid_value", pointer)
    assert fault["way_out"]["zh"]
    assert fault["way_out"]["en"]
    assert not (await api.get("/v1/sites", "outlet"))["items"]


async def test_sites_are_listed_by_pages(api: Api) -> None:
    firm = await api.organisation("site_operator")
    async with api.services.make_session() as session:
        for n in range(5):
            row = SiteRow(organisation=firm, number=f"BTS{n}", name="基站", kind="base_station")
            assert await put_site(session, row)
        await session.commit()
    await api.services.registry.refresh()

    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = await api.get("/v1/sites", "site_operator", **query)
        seen += [site["number"] for site in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert seen == [f"BTS{n}" for n in range(5)]
    wrong = await api.http.get(
        "/v1/sites", params={"cursor": "zz"}, headers=await api.headers("outlet")
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/cursor")
