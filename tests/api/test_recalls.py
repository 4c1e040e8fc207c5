"""Batteries called back: one event, matched as each is read, shown wherever somebody looks."""

from typing import Any

import pytest

from support.api import Api, code
from support.exports import exported, read_csv
from support.lives import enrolled, officer

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


async def listed(api: Api, role: str = "regulator", by: str | None = None, **query: Any) -> Any:
    answer = await api.http.get("/v1/batteries", params=query, headers=await api.headers(role, by))
    return answer.json()


async def test_what_a_recall_concerns_is_listed_by_whether_it_was_remedied(api: Api) -> None:
    """Given three packs called back and one remedied, then two remain; a page goes on by name."""
    await made(api, 1, 2, 3)
    await made(api, 4, model="M-70")
    await call_back(api, model="M-60")
    await api.report("maker", "remedied", "2026-02-10", battery=code(1), recall="ZH-1")
    await api.settle()
    [recall] = (await api.get("/v1/recalls", "maker"))["items"]
    subject = recall["subject"]

    found = {
        done: [b["battery"] for b in (await listed(api, recall=subject, remedied=done))["items"]]
        for done in ("true", "false")
    }
    both = await listed(api, "maker", recall=subject)
    first = await listed(api, recall=subject, remedied="false", limit=1)
    then = await listed(api, recall=subject, remedied="false", limit=1, cursor=first["next"])

    assert found == {"true": [code(1)], "false": [code(2), code(3)]}
    assert len(found["false"]) == recall["concerned"] - recall["remedied"]
    assert [b["battery"] for b in both["items"]] == [code(1), code(2), code(3)]
    assert [b["battery"] for b in (*first["items"], *then["items"])] == found["false"]
    assert then["next"] is None


async def test_what_remains_of_a_recall_is_listed_as_far_as_the_caller_sees(api: Api) -> None:
    """Given an officer of an area, then it reads the packs of its area; and takes out the same."""
    for area in ("530100", "530300"):
        await enrolled(api, "regulator", f"officer {area}", area)
        await enrolled(api, "outlet", f"网点{area}", area)
    await made(api, 1, 2)
    for serial, area in ((1, "530100"), (2, "530300")):
        await api.report(
            "outlet", "collected", "2026-01-08", by=f"网点{area}", battery=code(serial),
            source="person", safety_class="A", label_legible=True,
        )  # fmt: skip
    await call_back(api, model="M-60")
    await api.settle()
    [recall] = (await api.get("/v1/recalls"))["items"]
    asked = {"recall": recall["subject"], "remedied": "false"}

    whole = await listed(api, **asked)
    own = await listed(api, *officer("530300"), **asked)
    _, file = await exported(api, officer("530300"), "batteries", **asked)

    assert [b["battery"] for b in whole["items"]] == [code(1), code(2)]
    assert [b["battery"] for b in own["items"]] == [code(2)]
    assert [row[0] for row in read_csv(file)[1]] == [code(2)]


async def test_whose_recall_it_is_not_and_what_names_none_is_refused(api: Api) -> None:
    await made(api, 1)
    await enrolled(api, "maker", "另一电池厂", None)
    await call_back(api, model="M-60")
    await api.settle()
    [recall] = (await api.get("/v1/recalls"))["items"]

    refusals = [
        await listed(api, "maker", "另一电池厂", recall=recall["subject"]),
        await listed(api, "outlet", recall=recall["subject"]),
        await listed(api, recall="recall:nobody:ZH-9"),
        await listed(api, remedied="false"),
    ]

    assert [(each["code"], each["errors"][0]["pointer"]) for each in refusals] == [
        ("invalid_value", "/recall"),
        ("role_not_allowed", ""),
        ("invalid_value", "/recall"),
        ("missing_field", "/recall"),
    ]


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
