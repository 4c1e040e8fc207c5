"""Histories over HTTP: page by page, in business time, as of a day and as it was known."""

from typing import Any
from uuid import uuid4

import pytest

from support.api import Api, code, produced
from support.lived import CAR, NAME, lived

pytestmark = pytest.mark.asyncio


async def test_history_comes_in_pages_that_join_without_gap(api: Api) -> None:
    await lived(api)
    for day in range(1, 11):
        await api.report(
            "workshop",
            "inspected",
            f"2025-01-{day:02d}T10:00:00+08:00",
            battery=NAME,
            soh_percent="90",
        )
    whole = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]

    paged: list[Any] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await api.get(f"/v1/batteries/{NAME}/history", "regulator", limit=3, **more)
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break

    assert [e["event_id"] for e in paged] == [e["event_id"] for e in whole]
    assert len(paged) == 13


async def test_pages_begun_before_a_late_report_hold_each_event_once(api: Api) -> None:
    await lived(api)
    path = f"/v1/batteries/{NAME}/history"
    before = [event["event_id"] for event in (await api.get(path))["items"]]
    first = await api.get(path, limit=1)

    late = await api.report(
        "workshop", "inspected", "2024-06-15T10:00:00+08:00", battery=NAME, soh_percent="99"
    )
    rest = await api.get(path, limit=1000, cursor=first["next"])
    anew = await api.get(path)

    assert [event["event_id"] for event in first["items"] + rest["items"]] == before
    assert rest["next"] is None
    assert late["event_id"] in [event["event_id"] for event in anew["items"][:-1]]


async def test_a_cursor_that_nobody_gave_is_refused(api: Api) -> None:
    await lived(api)

    for cursor in ("2", "WzEsIDJd", "WzIsMTld", "Wy0xLHt9XQ"):
        answer = await api.http.get(
            f"/v1/batteries/{NAME}/history?cursor={cursor}", headers=await api.headers("maker")
        )
        assert answer.status_code == 422, cursor
        assert answer.json()["errors"][0]["pointer"] == "/cursor"


async def test_a_late_report_takes_its_place_in_business_time(api: Api) -> None:
    await lived(api)
    late = await api.report(
        "workshop", "inspected", "2024-07-15T10:00:00+08:00", battery=NAME, soh_percent="99"
    )

    history = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]

    assert [e["type"] for e in history] == ["produced", "installed", "inspected", "sold"]
    assert history[2]["event_id"] == late["event_id"]
    assert [e["version"] for e in history] == [1, 2, 4, 3]


async def test_a_corrected_event_stays_in_the_history_and_leaves_the_life(api: Api) -> None:
    await lived(api)
    wrong = await api.report(
        "workshop", "retired", "2025-01-01T10:00:00+08:00", battery=NAME, reason="accident"
    )
    body = {
        "event_id": str(uuid4()),
        "type": "corrected",
        "occurred_at": "2025-01-02T10:00:00+08:00",
        "data": {"event_id": wrong["event_id"], "reason": "wrong pack"},
    }
    answer = await api.post("workshop", body)
    assert answer.status_code == 201, answer.text

    battery = await api.get(f"/v1/batteries/{NAME}")
    history = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]
    event = await api.get(f"/v1/events/{wrong['event_id']}")

    assert battery["stage"] == "in_use"
    told = {e["event_id"]: e["corrected_by"] for e in history}
    assert told[wrong["event_id"]] == body["event_id"] == event["corrected_by"]


async def test_a_life_can_be_asked_as_of_a_day(api: Api) -> None:
    await lived(api)

    then = await api.get(f"/v1/batteries/{NAME}", as_of="2024-07-15")
    history = await api.get(f"/v1/batteries/{NAME}/history", as_of="2024-07-15")
    before = await api.http.get(
        f"/v1/batteries/{NAME}",
        params={"as_of": "2020-01-01"},
        headers=await api.headers("regulator"),
    )

    assert then["stage"] == "installed"
    assert [e["type"] for e in history["items"]] == ["produced", "installed"]
    assert before.status_code == 404
    assert "by then" in before.json()["errors"][0]["message"]["en"]


async def test_a_life_can_be_asked_as_it_was_known(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.settle()
    [[at]] = await api.look("SELECT max(logged_at) FROM log_entry")
    known = at.isoformat().replace("+00:00", "Z")
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=NAME, host=CAR
    )
    await api.settle()

    then = await api.get(f"/v1/batteries/{NAME}", known_at=known)
    now = await api.get(f"/v1/batteries/{NAME}")

    assert (then["stage"], now["stage"]) == ("made", "installed")


async def test_the_course_of_a_life_tells_the_stage_after_each_event_by_then(api: Api) -> None:
    await lived(api)
    path = f"/v1/batteries/{code(1)}"
    history = await api.get(f"{path}/history")

    course = await api.get(f"{path}/course")
    first = await api.get(f"{path}/course", as_of=history["items"][0]["occurred_at"])

    told = [(each["event_id"], each["reported_as"]) for each in history["items"]]
    assert [(each["event_id"], each["reported_as"]) for each in course["items"]] == told
    assert course["items"][-1]["stage"] == (await api.get(path))["stage"]
    assert [each["stage"] for each in first["items"]] == [course["items"][0]["stage"]]
