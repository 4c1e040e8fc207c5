"""What is owed to the national platform arrives once, or is listed with a way out."""

import pytest

from dianchi.demo.national_platform import Platform, Reply
from support.api import Api, code
from support.national import (
    DAY,
    OWNER,
    Moving,
    act,
    connect,
    connection,
    fitted,
    fleet,
    items,
    vin,
    work,
)


async def test_a_vehicle_arrives_nested_with_what_the_record_knows_of_its_packs(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1)
    await connect(api, url, fixed={"vehicleBrand": "云岭"})

    await work(api, clock)

    assert there.vehicles == {
        vin(1): {
            "vin": vin(1),
            "vehicleBrand": "云岭",
            "packCodeList": [
                {"code": code(1), "modelId": "DC-515", "productionDate": "2024-06-01"}
            ],
        }
    }
    [item] = await items(api)
    assert (item["state"], item["code"], item["said"]) == ("sent", 200, "接收成功")
    gaps = {(gap["pointer"], gap["code"]) for gap in item["gaps"]}
    assert ("/packCodeList/0/moduleList", "modules_unknown") in gaps
    assert ("/offlineProductionTime", "vehicle_member_unknown") in gaps


async def test_what_was_not_heard_is_asked_again_until_it_is(
    api: Api, clock: Moving, there: Platform, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.webhooks.sending.WITHIN_S", 1.0)
    there.script = ["error_500", "no_json", "busy", "reset_before", "timeout_before"]
    await fleet(api, 1)
    await connect(api, url)

    seen = []
    for _ in range(5):
        await work(api, clock, hours=2)
        [item] = await items(api)
        seen.append((item["state"], (await connection(api))["state"], item["why"] is not None))
    await work(api, clock, hours=2)

    assert seen == [("waiting", "failing", True)] * 5
    assert [item["state"] for item in await items(api)] == ["sent"]
    assert there.taken == {vin(1): 1}
    assert (await connection(api))["state"] == "active"


async def test_what_was_taken_though_nobody_heard_it_counts_as_sent_when_it_is_there_already(
    api: Api, clock: Moving, there: Platform, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.webhooks.sending.WITHIN_S", 1.0)
    there.script = ["reset_after", "half_answer", "undecryptable", "timeout_after"]
    await fleet(api, 1)
    await connect(api, url)

    seen = []
    for _ in range(4):
        await work(api, clock, hours=2)
        [item] = await items(api)
        seen.append((item["state"], item["unheard"]))
    await work(api, clock, hours=2)

    assert seen == [("waiting", True)] * 4
    [item] = await items(api)
    assert (item["state"], item["code"]) == ("sent", 409)
    assert (there.taken[vin(1)], there.asked[vin(1)]) == (1, 5)


async def test_an_answer_that_comes_twice_is_one_answer(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    there.script = ["twice"] * 4
    there.refuses = {vin(2): Reply(1731, "校验失败"), vin(4): Reply(1731, "校验失败")}
    await fleet(api, 1, 2, 3, 4)
    await connect(api, url)

    await work(api, clock)
    await work(api, clock, minutes=2)

    # Neither passes for the answer to the next vehicle.
    assert sorted(item["state"] for item in await items(api)) == ["refused"] * 2 + ["sent"] * 2
    assert there.taken == {vin(1): 1, vin(3): 1}


async def test_what_the_platform_has_already_from_elsewhere_is_listed_and_can_be_set_aside(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    there.vehicles[vin(1)] = "by hand"
    await fleet(api, 1)
    await connect(api, url)

    await work(api, clock)
    [item] = await items(api, state="refused")
    closed = await act(api, f"items/{item['id']}/set-aside", reason="平台上已核对")

    assert "搁置" in item["way_out"]["zh"]
    assert vin(1) not in str(item)
    assert (closed["state"], closed["reason"]) == ("set_aside", "平台上已核对")
    assert (await connection(api))["counts"]["refused"] == 0


async def test_a_refused_vehicle_is_mended_and_sent_again(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    there.refuses[vin(1)] = Reply(1731, "下线时间不能为空")
    await fleet(api, 1, 2)
    await connect(api, url)
    await work(api, clock)
    [refused] = await items(api, state="refused")
    there.refuses.clear()

    await act(
        api,
        f"items/{refused['id']}/resend",
        values={"offlineProductionTime": "2024-06-11 08:00:00"},
    )
    await work(api, clock)

    assert (refused["code"], refused["said"]) == (1731, "下线时间不能为空")
    assert "1731" in refused["why"]["en"]
    assert there.vehicles[vin(1)]["offlineProductionTime"] == "2024-06-11 08:00:00"
    assert (await connection(api))["counts"]["sent"] == 2


async def test_a_fact_that_the_platform_has_is_not_pushed_again(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    await fleet(api, 1)
    await connect(api, url)
    await work(api, clock)
    again = fitted(1, "2024-06-11")

    assert (await api.post(OWNER, again)).status_code == 201
    await api.settle()
    await work(api, clock)

    [item] = await items(api)
    assert (item["state"], there.asked[vin(1)]) == ("sent", 1)


async def test_a_vehicle_without_a_pack_by_its_reports_is_withheld_until_they_say_more(
    api: Api, clock: Moving, url: str
) -> None:
    first = fitted(1)
    wrong = {
        "event_id": first["event_id"].replace(first["event_id"][0], "a", 1),
        "type": "corrected",
        "occurred_at": DAY,
        "data": {"event_id": first["event_id"], "reason": "typo"},
    }
    await connect(api, url)
    for report in (first, wrong):
        told = await api.post(OWNER, report)
        assert told.status_code == 201, told.text
    await api.settle()
    await work(api, clock)
    [withheld] = await items(api)
    await api.post(OWNER, fitted(1))
    await api.settle()
    await work(api, clock)

    assert (withheld["state"], withheld["why"]["en"][:9]) == ("withheld", "by your r")
    assert [item["state"] for item in await items(api)] == ["sent"]


async def test_what_is_late_is_counted_and_listed(
    api: Api, clock: Moving, there: Platform, url: str
) -> None:
    there.refuses[vin(1)] = Reply(1731, "校验失败")
    await fleet(api, 1, 2)
    await connect(api, url)
    await work(api, clock)
    in_time = (await connection(api))["counts"]["late"]

    clock.forward(days=60)

    assert in_time == 0
    assert [item["vehicle"] for item in await items(api, late=True)] == [
        item["vehicle"] for item in await items(api, state="refused")
    ]
    assert (await connection(api))["counts"]["late"] == 1
