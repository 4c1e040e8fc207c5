"""The registry over HTTP: organisations and keys."""

from typing import Any

import pytest

from dianchi.domain.identifiers import uscc_check
from support.api import Api

pytestmark = pytest.mark.asyncio
USCC = "91530000MA6K00001" + uscc_check("91530000MA6K00001")


async def enrolled(api: Api, **told: object) -> tuple[int, dict[str, object]]:
    answer = await api.http.post(
        "/v1/organisations", json=told, headers=await api.headers("regulator")
    )
    return answer.status_code, answer.json()


async def test_a_blank_name_enrols_nobody(api: Api) -> None:
    status, problem = await enrolled(api, name="   ")

    assert (status, problem["code"]) == (422, "invalid_value")


async def test_a_name_and_a_code_of_two_organisations_are_refused(api: Api) -> None:
    await enrolled(api, name="甲厂")
    await enrolled(api, name="乙厂", uscc=USCC)

    status, problem = await enrolled(api, name="甲厂", uscc=USCC)

    assert (status, problem["code"]) == (422, "invalid_value")


async def test_a_permit_holds_no_invisible_characters(api: Api) -> None:
    permit = {"kind": "a\0", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}

    status, problem = await enrolled(api, name="丙厂", permits=[permit])

    assert (status, problem["code"]) == (422, "invalid_value")
    assert problem["errors"][0]["pointer"] == "/permits/0/kind"  # type: ignore[index]


async def test_a_permit_does_not_end_before_it_begins(api: Api) -> None:
    good = {"kind": "treatment", "valid_from": "2026-01-01", "valid_to": "2026-01-01"}
    permits = [good, good | {"valid_to": "2025-12-31"}]

    status, problem = await enrolled(api, name="丁厂", permits=permits)

    assert (status, problem["code"]) == (422, "invalid_value")
    errors: Any = problem["errors"]
    (fault,) = errors
    assert (fault["pointer"], fault["value"]) == ("/permits/1/valid_to", "2025-12-31")
    assert "2026-01-01" in fault["way_out"]["zh"]
    assert "2026-01-01" in fault["way_out"]["en"]
    assert (await enrolled(api, name="丁厂", permits=[good]))[0] == 201


@pytest.mark.parametrize("path", ["/v1/organisations", "/v1/sites", "/v1/keys", "/v1/vendors"])
async def test_lists_of_the_registry_are_whole_and_follow_no_log(api: Api, path: str) -> None:
    answer = await api.get(path)

    assert set(answer) == {"items", "next", "log_index"}
    assert (answer["next"], answer["log_index"]) == (None, None)


async def test_an_organisation_sees_the_beginnings_of_its_own_keys(api: Api) -> None:
    key = await api.key("outlet")

    keys = await api.get("/v1/keys", "outlet")

    assert [(one["prefix"], one["role"]) for one in keys["items"]] == [(key[:10], "outlet")]
    assert key not in str(keys)


async def test_keys_of_another_organisation_are_for_the_regulator(api: Api) -> None:
    outlet = await api.organisation("outlet")
    other = await api.http.get(
        "/v1/keys", params={"organisation": outlet}, headers=await api.headers("workshop")
    )
    keys = await api.get("/v1/keys", "regulator", organisation=outlet)

    assert other.status_code == 403
    assert [one["organisation"] for one in keys["items"]] == [outlet]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"name": "a", "name": "b"}', 400, "duplicate_key"),
        (b'{"name": "\xff"}', 400, "invalid_utf8"),
        (b"{", 400, "malformed_json"),
        (b'{"name": "' + b"a" * 2**21 + b'"}', 413, "body_too_large"),
    ],
)
async def test_bodies_are_read_as_strictly_as_reports(
    api: Api, body: bytes, status: int, code: str
) -> None:
    answer = await api.http.post(
        "/v1/organisations",
        content=body,
        headers=await api.headers("regulator", **{"content-type": "application/json"}),
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
