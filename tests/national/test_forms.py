"""The nested form out of the record and into it again: through uploads, repeatable, row by row."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.api import Api, api_over, code
from support.national import OWNER, connect, fleet, vin
from support.uploads import Firm, tallies, working_on


@pytest.fixture
async def firm(database: str) -> AsyncIterator[Firm]:
    async with api_over(database, webhook_loopback=True) as api, working_on(database) as runner:
        yield Firm(api, runner, role=OWNER)


def nested(*numbers: int) -> list[dict[str, Any]]:
    """Vehicles as the interface is sent them."""
    return [
        {
            "vin": vin(number),
            "offlineProductionTime": "2024-06-10 08:00:00",
            "packCodeList": [
                {"code": code(number), "modelId": "DC-515", "productionDate": "2024-06-01"}
            ],
        }
        for number in numbers
    ]


async def send(firm: Firm, told: object) -> str:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return await firm.send(body, "national", "form.json")


async def commit(firm: Firm, upload: str) -> dict[str, int]:
    answer = await firm.ask("POST", f"/{upload}/commit", json={})
    assert answer.status_code < 300, answer.text
    await firm.work()
    done = await firm.shown(upload)
    assert done["state"] == "committed", done
    return tallies(done, "committed")


async def export(api: Api, role: str = OWNER, **query: Any) -> list[dict[str, Any]]:
    answer = await api.http.get(
        "/v1/national/export", params=query, headers=await api.headers(role)
    )
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_what_is_sent_becomes_reports_and_a_repeat_adds_nothing(firm: Firm) -> None:
    first = await commit(firm, await send(firm, nested(1, 2)))
    again = await commit(firm, await send(firm, [*nested(1, 2), *nested(3)]))
    await firm.api.settle()

    assert (first, again) == ({"accepted": 4}, {"accepted": 2, "duplicate": 4})
    life = await firm.api.get(f"/v1/batteries/{code(1)}", OWNER)
    assert (life["stage"], life["host"]["kind"], life["model"]) == (
        "installed",
        "vehicle",
        "DC-515",
    )


async def test_a_dry_run_says_what_the_record_will_with_the_place_in_the_nesting(
    firm: Firm,
) -> None:
    told = nested(1, 2, 3)
    told[1]["packCodeList"][0]["productionDate"] = "never"
    told[2]["vin"] = "LSVAA4182E2184840"
    upload = await send(firm, told)
    await firm.ask("POST", f"/{upload}/dry-run", json=None)
    await firm.work()
    foreseen = (await firm.ask("GET", f"/{upload}/rows?outcome=refused")).json()["items"]
    done = await commit(firm, upload)
    rows = (await firm.ask("GET", f"/{upload}/rows?outcome=refused")).json()["items"]

    assert done == {"accepted": 3, "refused": 2}
    assert [row["faults"] for row in foreseen] == [row["faults"] for row in rows]
    assert [(row["faults"][0]["column"], row["faults"][0]["code"]) for row in rows] == [
        ("/1/packCodeList/0", "invalid_date"),
        ("/2/packCodeList/0", "invalid_value"),
    ]
    assert rows[0]["faults"][0]["pointer"] == "/1/packCodeList/0/productionDate"


async def test_a_form_is_no_table_and_a_table_no_form(firm: Firm) -> None:
    upload = await firm.send(b"code,model\n1,2\n", "national", "x.json")

    shown = await firm.shown(upload)
    assert (shown["state"], shown["problem"]["errors"][0]["code"]) == ("failed", "file_damaged")


async def test_the_form_of_a_battery_nests_it_in_its_vehicle_and_lists_what_is_unknown(
    firm: Firm,
) -> None:
    api = firm.api
    await fleet(api, 1)

    own = await api.get(f"/v1/batteries/{code(1)}/national", OWNER)
    others = await api.get(f"/v1/batteries/{code(1)}/national", "regulator")
    told = await api.get(f"/v1/batteries/{code(1)}/national", "regulator", purpose="recall")

    assert own["vehicles"][0]["vin"] == vin(1) == told["vehicles"][0]["vin"]
    assert own["models"]["DC-515"]["rated_energy_kwh"] == "51.5"
    assert "vin" not in others["vehicles"][0]
    assert "vin_not_shown" in {gap["code"] for gap in others["gaps"]}


async def test_what_was_exported_is_recorded_elsewhere_as_it_was(firm: Firm) -> None:
    await fleet(firm.api, *range(1, 8))
    fitted = await export(firm.api)
    made = await export(firm.api, "maker", types="produced")
    none = await export(firm.api, **{"from": "2025-01-01"})
    other = Firm(firm.api, firm.runner, "别家车厂", OWNER)
    body = b"\n".join(json.dumps(line).encode() for line in fitted[:-1])

    done = await commit(other, await send(other, body))

    assert fitted[-1] == made[-1] == {"next": None}
    assert none == [{"next": None}]
    codes = {code(number) for number in range(1, 8)}
    assert {line["vehicles"][0]["packCodeList"][0]["code"] for line in fitted[:-1]} == codes
    assert {line["packs"][0]["code"] for line in made[:-1]} == codes
    # A vehicle has a day of its own there that our record does not know: so it is declared.
    assert done == {"accepted": 7}


async def test_a_connection_leads_nowhere_inside_and_shows_no_secret(firm: Firm) -> None:
    headers = await firm.api.headers(OWNER)
    told = {"url": "http://10.0.0.7:9000", "credentials": {"token": "t", "key": "k"}}
    refused = await firm.api.http.put("/v1/national/connection", json=told, headers=headers)
    bare = await firm.api.http.put(
        "/v1/national/connection", json={"url": "https://n.example.com"}, headers=headers
    )
    made = await connect(firm.api, "http://127.0.0.1:9")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/url")
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/credentials")
    assert "fJqH4hYBwUf5hft5" not in str(made)
    sealed = await firm.api.look("SELECT credentials FROM national_connection")
    assert b"fJqH4hYBwUf5hft5" not in bytes(sealed[0]["credentials"])
