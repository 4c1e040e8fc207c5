"""Batteries called back: one event, matched as each is read, shown wherever somebody looks."""

from typing import Any

import pytest

from support.api import Api, code

pytestmark = pytest.mark.asyncio
RATINGS = {
    "model": "M-60", "chemistry": "lfp", "rated_capacity_ah": "150", "rated_energy_kwh": "60",
    "nominal_voltage_v": "400", "mass_kg": "410",
}  # fmt: skip
ADVICE = "停止快充，联系维修网点更换模组"


async def made(api: Api, *serials: int, **ratings: str) -> None:
    for serial in serials:
        told = {**RATINGS, **ratings}
        await api.report("maker", "produced", "2026-01-05", battery=code(serial), **told)


async def call_back(api: Api, by: str = "maker", **selector: Any) -> dict[str, Any]:
    return await api.report(
        by, "recall_opened", "2026-02-01", recall="ZH-1", selector=selector, advice=ADVICE,
        advice_en="No fast charging",
    )  # fmt: skip


async def recalls_of(api: Api, serial: int, **query: Any) -> list[str]:
    await api.settle()
    told = await api.get(f"/v1/batteries/{code(serial)}", **query)
    return [each["recall"] for each in told["recalls"]]


async def test_a_recall_is_one_event_and_shows_on_each_battery_it_concerns(api: Api) -> None:
    await made(api, 1, 2)
    await made(api, 3, model="M-70")
    before = await api.look("SELECT count(*) FROM event")

    told = await call_back(api, model="M-60")

    [[events]] = await api.look("SELECT count(*) FROM event")
    assert events == before[0][0] + 1
    assert [entry["subject"] for entry in told["entries"]] == [
        f"recall:{await api.organisation('maker')}:ZH-1"
    ]
    assert [await recalls_of(api, n) for n in (1, 2, 3)] == [["ZH-1"], ["ZH-1"], []]


async def test_what_was_remedied_is_no_longer_called_back_and_is_counted(api: Api) -> None:
    await made(api, 1, 2)
    await call_back(api, model="M-60")

    await api.report(
        "maker", "remedied", "2026-02-10", battery=code(1), recall="ZH-1", measure="换模组"
    )
    assert await recalls_of(api, 1) == []
    [listed] = (await api.get("/v1/recalls", "maker"))["items"]
    assert (listed["concerned"], listed["remedied"]) == (2, 1)


async def test_a_closed_recall_is_over_and_stays_in_the_list(api: Api) -> None:
    await made(api, 1)
    await call_back(api, model="M-60")
    await api.report("maker", "recall_closed", "2026-03-01", recall="ZH-1", reason="完成")

    assert await recalls_of(api, 1) == []
    assert await recalls_of(api, 1, as_of="2026-02-15") == ["ZH-1"]
    [listed] = (await api.get("/v1/recalls", state="closed"))["items"]
    assert (listed["closing"], listed["concerned"]) == ("完成", 1)


async def test_a_maker_calls_back_nothing_that_another_made(api: Api) -> None:
    told = {**RATINGS, "by": "别家"}
    await api.report("maker", "produced", "2026-01-05", battery=code(1), **told)
    await call_back(api, model="M-60")

    assert await recalls_of(api, 1) == []


async def test_an_authority_calls_back_by_names_whoever_made_them(api: Api) -> None:
    await made(api, 1, 2)
    await call_back(api, "regulator", names=[code(2)])

    assert [await recalls_of(api, n) for n in (1, 2)] == [[], ["ZH-1"]]


async def test_the_preview_counts_what_a_recall_would_concern_and_stores_nothing(api: Api) -> None:
    await made(api, 1, 2)
    await made(api, 3, model="M-70")
    await api.settle()
    wish = {"selector": {"vendor": code(1)[:3], "model": "M-60", "codes_to": code(2)}}
    answer = await api.http.post(
        "/v1/recalls/preview", json=wish, headers=await api.headers("regulator")
    )

    assert answer.json() | {"log_index": 0} == {
        "count": 2, "stages": {"made": 2}, "names": [code(1), code(2)], "log_index": 0,
    }  # fmt: skip
    assert (await api.get("/v1/recalls"))["items"] == []


async def test_who_only_scans_reads_the_recall_and_what_to_do(api: Api) -> None:
    await made(api, 1)
    await call_back(api, model="M-60")
    await api.settle()

    page = await api.http.get(f"/B/{code(1)}", headers={"accept-language": "zh"})
    plain = await api.http.get(f"/B/{code(1)}", headers={"accept": "application/json"})

    assert page.text.count(ADVICE) == 2
    assert "召回" in page.text
    assert plain.json()["recalls"][0]["advice"] == {"zh": ADVICE, "en": "No fast charging"}
    assert plain.json()["state"]["zh"] == "召回"


async def test_an_empty_selector_is_refused(api: Api) -> None:
    body = {
        "event_id": "0190b5f2-1111-7abc-8def-0123456789ab", "type": "recall_opened",
        "occurred_at": "2026-02-01", "data": {"recall": "ZH-1", "selector": {}, "advice": ADVICE},
    }  # fmt: skip
    answer = await api.post("maker", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/data/selector"


async def test_however_many_recalls_are_listed_batteries_are_counted_by_one_question_without_names(
    api: Api,
) -> None:
    await made(api, 1, 2)
    await made(api, 3, model="M-70")
    await call_back(api, model="M-60")
    await api.settle()
    headers, asked = await api.headers("regulator"), list[str]()
    async with api.services.readers.acquire() as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))

    counts = []
    for number, model in ((2, "M-70"), (3, "M-80")):
        asked.clear()
        listed = (await api.http.get("/v1/recalls", headers=headers)).json()["items"]
        counts.append(sum("FROM battery" in query for query in asked))
        await api.report(
            "maker", "recall_opened", "2026-02-01", recall=f"ZH-{number}",
            selector={"model": model}, advice=ADVICE,
        )  # fmt: skip
        await api.settle()

    assert 0 < counts[0] == counts[1]
    assert not any("array_agg" in query for query in asked)
    assert sorted(each["concerned"] for each in listed) == [1, 2]
