"""Vendor codes over HTTP: listed for all, added by regulators, judged at once."""

import pytest

from support.api import Api, code, produced


async def vendors(api: Api) -> dict[str, str]:
    answer = await api.get("/v1/vendors", "outlet")
    return {item["code"]: item["name"] for item in answer["items"]}


async def test_a_regulator_adds_a_vendor_code_and_the_finding_is_gone(api: Api) -> None:
    assert {"001", "04Q", "02Y", "081", "00P", "0HB"} <= (await vendors(api)).keys()
    name = code(1, vendor="9T7")
    posted = await api.post("maker", produced(1, battery=name))
    assert posted.status_code == 201
    before = await api.get(f"/v1/batteries/{name}")
    [finding] = [f for f in before["findings"] if f["code"] == "unknown_vendor"]
    assert finding["severity"] == "info"
    assert "9T7" in finding["text"]["zh"]
    assert "9T7" in finding["text"]["en"]

    answer = await api.http.post(
        "/v1/vendors",
        json={"code": "9t7", "name": "某电池厂"},
        headers=await api.headers("regulator"),
    )
    assert answer.status_code == 201, answer.text
    assert (await vendors(api))["9T7"] == "某电池厂"
    after = await api.get(f"/v1/batteries/{name}")
    assert "unknown_vendor" not in [f["code"] for f in after["findings"]]


@pytest.mark.parametrize(
    ("role", "told", "status"),
    [
        ("maker", {"code": "9T7", "name": "F"}, 403),
        ("regulator", {"code": "9T", "name": "F"}, 422),
        ("regulator", {"code": "9T7", "name": ""}, 422),
        (
            "regulator",
            {"code": "9T7", "name": "F", "valid_from": "2024-01-02", "valid_to": "2024-01-01"},
            422,
        ),
    ],
)
async def test_what_is_no_vendor_code_or_not_ones_to_add_is_refused(
    api: Api, role: str, told: dict[str, str], status: int
) -> None:
    answer = await api.http.post("/v1/vendors", json=told, headers=await api.headers(role))
    assert answer.status_code == status, answer.text
    assert "9T7" not in await vendors(api)
