"""Sales go with their vehicle where that is asked for; what the form has no place for is listed."""

from typing import Any
from uuid import uuid4

from dianchi.demo.national_platform import Platform
from support.api import Api, code
from support.national import (
    OWNER,
    Moving,
    act,
    connect,
    connection,
    fleet,
    items,
    vin,
    work,
)

TYPES = ["installed", "removed", "sold", "owner_changed"]


def told(kind: str, number: int, **data: Any) -> dict[str, Any]:
    return {
        "event_id": str(uuid4()),
        "type": kind,
        "battery": code(number),
        "occurred_at": "2024-06-11",
        "data": data,
    }


async def report(api: Api, *reports: dict[str, Any]) -> None:
    for each in reports:
        answer = await api.post(OWNER, each)
        assert answer.status_code == 201, answer.text
    await api.settle()


async def test_a_sale_is_told_with_place_and_kind_of_owner_and_no_name(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1, 2)
    await report(
        api,
        told("sold", 1, vin=vin(1), prefecture="530300", buyer_kind="person"),
        told("sold", 2, vin=vin(2), prefecture="530400"),
    )
    await connect(api, url, types=TYPES)

    await work(api, clock)

    first, second = there.vehicles[vin(1)], there.vehicles[vin(2)]
    assert (first["saleTime"], first["saleArea"], first["ownerType"]) == (
        "2024-06-11", "530300", "person",
    )  # fmt: skip
    assert (second["saleArea"], "ownerType" in second) == ("530400", False)
    lacking = {item["battery"]: {gap["code"] for gap in item["gaps"]} for item in await items(api)}
    assert lacking[code(2)] - lacking[code(1)] == {"buyer_unknown"}


async def test_a_sale_is_not_told_where_nobody_asked_for_it(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1)
    await report(api, told("sold", 1, vin=vin(1), prefecture="530300", buyer_kind="organisation"))
    await connect(api, url)

    await work(api, clock)

    assert not {"saleTime", "saleArea", "ownerType"} & there.vehicles[vin(1)].keys()


async def test_a_pack_without_a_vehicle_and_a_change_of_owner_are_withheld_with_the_reason(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    host = {"kind": "energy_storage", "id": "园区一号柜"}
    lessor = {"external": True, "name": "某租赁公司", "province": "530000"}
    await fleet(api, 1)
    await report(
        api,
        told("installed", 2, host=host),
        told("owner_changed", 1, to=lessor, basis="lease_start"),
    )
    await connect(api, url, types=TYPES)

    await work(api, clock)

    withheld = {item["battery"]: item for item in await items(api, state="withheld")}
    assert list(there.vehicles) == [vin(1)]
    assert {name: item["vehicle"] for name, item in withheld.items()} == {
        code(1): f"owner:{code(1)}", code(2): f"battery:{code(2)}",
    }  # fmt: skip
    assert "以车辆为单位" in withheld[code(2)]["why"]["zh"]
    assert "set it aside" in withheld[code(1)]["way_out"]["en"]
    path = f"items/{withheld[code(2)]['id']}"
    again = await act(api, f"{path}/resend", values={})
    await work(api, clock)
    closed = await act(api, f"{path}/set-aside", reason="已在平台填报")
    assert (again["state"], closed["state"]) == ("waiting", "set_aside")
    assert (await connection(api))["counts"]["withheld"] == 1
