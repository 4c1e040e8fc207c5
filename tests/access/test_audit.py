"""The audit log: what is in it, what is not, and that a change of it shows."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from dianchi.access.audit import SEALED, Verdict, check
from dianchi.domain.people import PLATFORM
from dianchi.store.acts import acts_of
from support.api import Api, api_over, code, produced


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    async with api_over(database) as made:
        yield made


async def verdict(api: Api) -> Verdict:
    await api.services.audit.aclose()
    connection = await asyncpg.connect(api.dsn)
    try:
        return await check(connection, await acts_of(connection, PLATFORM, SEALED))
    finally:
        await connection.close()


async def acts(api: Api) -> list[tuple[str, str]]:
    rows = await api.look("SELECT role, act FROM audit ORDER BY at, batch, place")
    return [tuple(row) for row in rows]


async def test_what_a_regulator_reads_is_noted_and_what_a_firm_reads_of_its_own_is_not(
    api: Api,
) -> None:
    await api.post("maker", produced(1))

    await api.get(f"/v1/batteries/{code(1)}", "maker")
    await api.get(f"/v1/batteries/{code(1)}/history", "regulator")
    await api.get("/v1/batteries", "regulator")

    assert await acts(api) == [
        ("regulator", "GET /v1/batteries/{name}/history"),
        ("regulator", "GET /v1/batteries"),
    ]
    [row] = await api.look("SELECT subject FROM audit WHERE act LIKE '%history'")
    assert code(1) in row[0]


async def test_every_change_of_the_registry_is_noted_whoever_makes_it(api: Api) -> None:
    site = {"number": "S1", "name": "网点", "kind": "collection"}
    await api.http.post("/v1/sites", json=site, headers=await api.headers("outlet"))
    vendor = {"code": "ZZ9", "name": "新厂商"}
    await api.http.post("/v1/vendors", json=vendor, headers=await api.headers("regulator"))

    assert await acts(api) == [("outlet", "POST /v1/sites"), ("regulator", "POST /v1/vendors")]


async def test_the_province_reads_the_audit_log_and_that_is_noted(api: Api) -> None:
    await api.get("/v1/findings", "regulator")

    page = await api.get("/v1/audit", "regulator", limit=1)
    rest = await api.get("/v1/audit", "regulator", limit=1, cursor=page["next"])

    assert [item["act"] for item in page["items"]] == ["GET /v1/audit"]
    assert [item["act"] for item in rest["items"]] == ["GET /v1/findings"]
    assert rest["items"][0]["actor_name"] == "示范regulator"


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit SET actor = 'O1' WHERE act = 'GET /v1/findings'",
        "UPDATE audit SET at = at + interval '1 hour'",
        "DELETE FROM audit WHERE act = 'GET /v1/findings'",
        "UPDATE audit SET person = 'somebody'",
        "INSERT INTO audit SELECT batch, 99, at, actor, role, person, act, subject FROM audit",
    ],
)
async def test_a_change_by_whoever_may_change_everything_shows(api: Api, act: str) -> None:
    await api.get("/v1/findings", "regulator")
    await api.get("/v1/batteries", "regulator")
    clean = await verdict(api)

    await api.look(act)

    assert (clean.entries, clean.changed, clean.unsealed) == (2, [], [])
    assert (await verdict(api)).changed


async def test_entries_that_nobody_sealed_are_named(api: Api) -> None:
    await api.look(
        "INSERT INTO audit VALUES"
        " (gen_random_uuid(), 0, now(), 'O1', 'regulator', NULL, 'GET /v1/batteries', '')"
    )

    assert len((await verdict(api)).unsealed) == 1


async def test_where_nothing_can_be_noted_nothing_is_shown(api: Api) -> None:
    await api.post("maker", produced(1))
    headers = await api.headers("regulator")
    await api.look("ALTER TABLE audit RENAME TO audit_gone")
    try:
        answer = await api.http.get(f"/v1/batteries/{code(1)}/history", headers=headers)
    finally:
        await api.look("ALTER TABLE audit_gone RENAME TO audit")

    assert answer.status_code == 500
    assert code(1) not in answer.text
