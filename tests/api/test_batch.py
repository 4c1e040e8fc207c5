"""Batches: one answer for each row; good rows never suffer from bad ones."""

import json
from typing import Any

import pytest

from support.api import Api, code, produced

pytestmark = pytest.mark.asyncio


async def send(api: Api, rows: Any, **query: str) -> dict[str, Any]:
    answer = await api.http.post(
        "/v1/events/batch", json=rows, params=query, headers=await api.headers("maker")
    )
    told: dict[str, Any] = answer.json()
    return told | {"status": answer.status_code}


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in answer["results"]]


async def test_good_rows_are_taken_and_bad_ones_explained(api: Api) -> None:
    rows = [produced(1), produced(2, battery="nonsense"), produced(3), {}, 7]

    answer = await send(api, rows)

    assert outcomes(answer) == ["accepted", "refused", "accepted", "refused", "refused"]
    assert (answer["accepted"], answer["refused"]) == (2, 3)
    assert answer["results"][1]["problem"]["code"] == "invalid_code"
    assert answer["results"][0]["entries"][0]["stage"] == "made"


async def test_the_same_batch_again_adds_nothing(api: Api) -> None:
    rows = [produced(serial) for serial in range(1, 51)]
    await send(api, rows)

    again = await send(api, rows)

    assert set(outcomes(again)) == {"duplicate"}
    history = await api.get(f"/v1/batteries/{code(1)}/history")
    assert len(history["items"]) == 1


async def test_a_row_that_stands_twice_counts_once(api: Api) -> None:
    row = produced(1)

    answer = await send(api, [row, row])

    assert sorted(outcomes(answer)) == ["accepted", "duplicate"]


async def test_an_atomic_batch_is_taken_wholly_or_not_at_all(api: Api) -> None:
    bad = await send(api, [produced(1), produced(2, type="exploded")], mode="atomic")
    after = await api.http.get(f"/v1/batteries/{code(1)}", headers=await api.headers("maker"))
    good = await send(api, [produced(1), produced(2)], mode="atomic")

    assert bad["status"] == 422
    assert outcomes(bad) == ["skipped", "refused"]
    assert after.status_code == 404
    assert outcomes(good) == ["accepted", "accepted"]


async def test_a_clash_fails_an_atomic_batch_too(api: Api) -> None:
    first = produced(1)
    await send(api, [first])

    answer = await send(api, [produced(2), first | {"battery": code(3)}], mode="atomic")

    assert answer["status"] == 422
    assert outcomes(answer) == ["skipped", "refused"]


async def test_a_dry_run_tells_what_would_become_and_writes_nothing(api: Api) -> None:
    told = await send(api, [produced(1), produced(2, type="exploded")], dry_run="true")
    after = await api.http.get(f"/v1/batteries/{code(1)}", headers=await api.headers("maker"))

    assert outcomes(told) == ["accepted", "refused"]
    assert after.status_code == 404


async def test_ndjson_is_read_line_by_line(api: Api) -> None:
    lines = [json.dumps(produced(1)), "{broken", "", json.dumps(produced(2))]
    headers = await api.headers("maker", None, **{"content-type": "application/x-ndjson"})

    answer = await api.http.post("/v1/events/batch", content="\n".join(lines), headers=headers)

    assert outcomes(answer.json()) == ["accepted", "refused", "accepted"]


async def test_eighteen_thousand_tower_sets_become_lives_without_one_alarm(api: Api) -> None:
    rows = [
        {
            "event_id": f"0192f0c1-0000-7000-8000-{serial:012d}",
            "type": "declared",
            "battery": f"asset:示范铁塔:YN-{serial:06d}",
            "occurred_at": "2026-11-01",
            "site": f"YN-{serial // 6:05d}",
            "data": {
                "stage": "second_life",
                "basis": "opening_stock",
                "since": f"2021-{serial % 12 + 1:02d}-15",
            },
        }
        for serial in range(18_000)
    ]
    headers = await api.headers("site_operator", "示范铁塔")

    for start in (0, 9_000):
        answer = await api.http.post(
            "/v1/events/batch", json=rows[start : start + 9_000], headers=headers
        )
        told = answer.json()
        assert told["accepted"] == 9_000
        assert all(not row["entries"][0]["findings"] for row in told["results"])
    one = await api.get("/v1/batteries/asset:示范铁塔:YN-000007")
    assert (one["stage"], one["site"], one["findings"]) == ("second_life", "YN-00001", [])
