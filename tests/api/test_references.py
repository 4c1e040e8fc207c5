"""The reference of a VIN is told for signing, so many times an hour, and noted."""

from dataclasses import replace

import pytest

from dianchi.access.allowance import Allowance
from support.api import VIN, Api, produced

pytestmark = pytest.mark.asyncio


async def test_the_reference_of_a_vin_is_told_so_often_and_noted(api: Api) -> None:
    report = produced(
        1, type="installed", occurred_at="2025-07-01", data={"host": {"kind": "vehicle", "id": VIN}}
    )
    plain = produced(2)
    few = replace(api.services, references=Allowance(api.services.clock, 2))
    api.state.services = few

    async def asked(body: object, role: str = "vehicle_maker") -> tuple[int, str]:
        answer = await api.http.post(
            "/v1/events/canonical", json=body, headers=await api.headers(role)
        )
        return answer.status_code, answer.text

    first = await asked(report)
    assert (first[0], (await asked(report))[0], (await asked(report))[0]) == (200, 200, 429)
    refused = await asked(report)
    assert '"too_many_requests"' in refused[1]
    # Another firm has its own; a report without a VIN needs none.
    assert (await asked(report, "workshop"))[0] == 200
    assert (await asked(plain, "maker"))[0] == 200

    rows = await api.look("SELECT subject FROM audit WHERE act = 'POST /v1/events/canonical'")
    reference = first[1].partition('"vin_ref":"')[2].partition('"')[0]
    assert [row["subject"] for row in rows] == [f"vin_ref {reference}"] * 3
    assert VIN not in str(rows)
