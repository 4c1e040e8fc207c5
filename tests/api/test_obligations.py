"""Obligations over HTTP: whose they are, what is over, what may be exported."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from support.api import Api, StillClock, api_over, code

pytestmark = pytest.mark.asyncio
DAY_US = 86_400_000_000


@pytest.fixture
async def clock() -> StillClock:
    """A clock on 2026-05-20 at noon in China."""
    return StillClock(int(datetime(2026, 5, 20, 4, tzinfo=UTC).timestamp() * 1e6))


@pytest.fixture
async def api(database: str, clock: StillClock) -> AsyncIterator[Api]:
    async with api_over(database, clock) as made:
        yield made


async def sent(api: Api) -> None:
    """A pack taken in, and handed over to somebody who says nothing."""
    await api.report(
        "outlet", "collected", "2026-05-04", battery=code(1), source="person", safety_class="A",
        label_legible=True,
    )  # fmt: skip
    await api.report(
        "outlet", "dispatched", "2026-05-06", handover="H1",
        receiver=await api.organisation("utilizer"), batteries=[{"battery": code(1)}],
    )  # fmt: skip
    await api.settle()


async def listed(api: Api, role: str = "regulator", **query: Any) -> list[dict[str, Any]]:
    return list((await api.get("/v1/obligations", role, **query))["items"])


def of(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(item["duty"], item["state"]) for item in items}


async def test_a_hand_over_nobody_answers_is_overdue_for_who_should(api: Api) -> None:
    await sent(api)

    [item] = await listed(api, state="overdue")

    assert (item["duty"], item["battery"], item["due_on"]) == (
        "HANDOVER_ACK",
        code(1),
        "2026-05-13",
    )
    assert item["bearer"]["id"] == await api.organisation("utilizer")
    assert item["days"] == {"count": -7, "unit": "calendar_days"}
    assert (item["binding"], item["calendar"], item["earlier"]) == ("house", "notice", [])
    assert item["state_text"] == {"zh": "超期未办", "en": "overdue"}


async def test_the_day_passes_and_the_answer_says_so(api: Api, clock: StillClock) -> None:
    await sent(api)
    clock.at_us -= 8 * DAY_US
    [soon] = await listed(api, state="due_soon")
    assert (soon["duty"], soon["days"]["count"]) == ("HANDOVER_ACK", 1)
    assert await listed(api, state="overdue") == []


async def test_a_firm_sees_what_it_answers_for_and_nobody_elses(api: Api) -> None:
    await sent(api)

    everything = await listed(api)
    own = {role: of(await listed(api, role)) for role in ("outlet", "utilizer", "recycler")}

    assert of(everything) == {
        ("OUTLET_IN", "met"), ("OUTLET_OUT", "met"), ("OUTLET_STORAGE", "met"),
        ("HANDOVER_ACK", "overdue"),
    }  # fmt: skip
    assert own["utilizer"] == {("HANDOVER_ACK", "overdue")}
    assert own["outlet"] == of(everything) - own["utilizer"]
    assert own["recycler"] == set()
    for role, seen in own.items():
        counted = (await api.get("/v1/obligations/summary", role))["states"]
        assert sum(counted.values()) == len(seen)


async def test_the_database_itself_shows_a_firm_no_obligation_of_others(api: Api) -> None:
    await sent(api)
    stranger = await api.organisation("recycler")
    for who, rows in ((stranger, 0), (await api.organisation("utilizer"), 1)):
        async with api.services.own_readers.seeing(frozenset((who,))).acquire() as reader:
            assert await reader.fetchval("SELECT count(*) FROM obligation") == rows


async def test_a_battery_tells_its_obligations_to_whom_it_concerns(api: Api) -> None:
    await sent(api)

    told = await api.get(f"/v1/batteries/{code(1)}/obligations", "outlet")
    refused = await api.http.get(
        f"/v1/batteries/{code(1)}/obligations", headers=await api.headers("recycler")
    )
    absent = await api.http.get(
        f"/v1/batteries/{code(9)}/obligations", headers=await api.headers("recycler")
    )

    assert {item["duty"] for item in told["items"]} == {"OUTLET_IN", "OUTLET_OUT", "OUTLET_STORAGE"}
    assert refused.status_code == absent.status_code == 404
    assert refused.json()["title"] == absent.json()["title"]


async def test_filters_narrow_and_wrong_ones_say_what_is_right(api: Api) -> None:
    await sent(api)
    assert of(await listed(api, binding="statutory")) == set()
    assert of(await listed(api, duty="OUTLET_IN")) == {("OUTLET_IN", "met")}
    assert of(await listed(api, bearer="示范utilizer")) == {("HANDOVER_ACK", "overdue")}
    assert len(await listed(api, "outlet", bearer="me")) == 3
    assert await listed(api, prefecture="曲靖") == []
    assert len(await listed(api, prefecture="昆明", battery=code(1))) == 4
    for query in ({"duty": "NOPE"}, {"state": "nope"}, {"prefecture": "火星"}, {"cursor": "x"}):
        answer = await api.http.get(
            "/v1/obligations", params=query, headers=await api.headers("regulator")
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["way_out"]["zh"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("battery", code(1)), ("due_from", "2026-05-01"), ("due_to", "2026-05-31"),
     ("reckoned", "true")],
)  # fmt: skip
async def test_counts_are_refused_where_they_would_be_of_more_than_was_asked(
    api: Api, name: str, value: str
) -> None:
    headers = await api.headers("regulator")

    answer = await api.http.get("/v1/obligations/summary", params={name: value}, headers=headers)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (
        422, "unknown_field", f"/{name}",
    )  # fmt: skip
    assert fault["way_out"]["zh"]


async def test_an_unchanged_list_is_not_sent_again(api: Api) -> None:
    await sent(api)
    headers = await api.headers("regulator")
    first = await api.http.get("/v1/obligations", headers=headers)
    again = {"if-none-match": first.headers["etag"], **headers}
    assert (await api.http.get("/v1/obligations", headers=again)).status_code == 304
