"""One whole life that three officers read, of which each counts what happened in its area alone.

Sold in Qujing, collected in Kunming, recycled in Yuxi. Lists, counts, exports, search, cases and
the dashboard must agree: what one of them shows or counts, the others do.
"""

from typing import Any, Final

import pytest

from support.api import Api, code
from support.exports import exported, read_csv
from support.lives import KUNMING, QUJING, YUXI, a_life, officer

pytestmark = pytest.mark.asyncio
AREAS: Final = (QUJING, KUNMING, YUXI)
PROVINCE: Final = ("regulator", None)
MONTHS: Final = {"from": "2024-01", "to": "2026-12"}
COUNTED: Final = {
    QUJING: {"sold": 1},
    KUNMING: {"gathered": 1},
    YUXI: {"recycled": 1},
}
"""Which measures each area counts of this life."""
TOLD: Final = {
    QUJING: {"installed", "sold"},
    KUNMING: {"produced", "collected", "dispatched"},
    YUXI: {"received", "recycled"},
}
"""What happened in each area: the maker sits in Kunming."""


async def read(api: Api, who: tuple[str, str | None], path: str, **asked: str) -> Any:
    """An answer to one reader."""
    answer = await api.http.get(path, params=asked, headers=await api.headers(*who))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def life(api: Api) -> Api:
    await a_life(api)
    return api


async def test_each_officer_reads_the_whole_life_in_history_list_and_search(life: Api) -> None:
    whole = await read(life, PROVINCE, f"/v1/batteries/{code(1)}/history")
    for area in AREAS:
        told = await read(life, officer(area), f"/v1/batteries/{code(1)}/history")
        listed = await read(life, officer(area), "/v1/batteries")
        headers = await life.headers(*officer(area))
        found = await life.http.post("/v1/search", json={"terms": [code(1)]}, headers=headers)

        assert told["items"] == whole["items"], area
        assert [row["battery"] for row in listed["items"]] == [code(1)], area
        [item] = found.json()["items"]
        assert [each["battery"] for each in item["batteries"]] == [code(1)], area


async def test_each_officer_counts_its_own_events_in_counts_and_board_alike(life: Api) -> None:
    sums: dict[str, dict[str, int]] = {}
    for area in AREAS:
        board = await read(life, officer(area), "/v1/statistics/board", **MONTHS)
        things = {
            row["measure"]: row["all"]["things"]
            for row in board["measures"]
            if row["measure"] in {"sold", "gathered", "recycled"}
        }
        sums[area] = {name: count for name, count in things.items() if count}
        for measure in ("sold", "gathered", "recycled"):
            page = await read(
                life, officer(area), "/v1/statistics/contributions", measure=measure, **MONTHS
            )
            assert len(page["items"]) == things[measure], (area, measure)

    assert sums == COUNTED


async def test_each_officer_takes_out_the_events_that_it_counts_and_one_row_of_the_life(
    life: Api,
) -> None:
    for area in AREAS:
        _, events = await exported(life, officer(area), "events")
        _, packs = await exported(life, officer(area), "batteries")

        assert {row[2] for row in read_csv(events)[1]} == TOLD[area]
        assert [row[0] for row in read_csv(packs)[1]] == [code(1)]


async def test_each_officer_lists_and_takes_out_the_same_duties_and_findings(life: Api) -> None:
    for area in AREAS:
        for listed, path in (("obligations", "/v1/obligations"), ("findings", "/v1/findings")):
            page = await read(life, officer(area), path, limit="200")
            _, body = await exported(life, officer(area), listed)
            assert len(read_csv(body)[1]) == len(page["items"]), (area, listed)
            assert page["next"] is None


async def test_a_case_is_seen_and_counted_where_its_firm_sits_or_its_duty_lies(life: Api) -> None:
    """Given a case of a firm of Kunming, when three officers look, then one of them is shown it."""
    owed = await read(life, officer(KUNMING), "/v1/obligations", bearer="昆明网点")
    headers = await life.headers(*officer(KUNMING))
    item = {"obligation": owed["items"][0]["id"]}
    made = await life.http.post("/v1/cases", json={"items": [item]}, headers=headers)
    assert made.status_code == 201, made.text

    seen = {}
    for area in AREAS:
        page = await read(life, officer(area), "/v1/cases")
        counted = await read(life, officer(area), "/v1/cases/summary")
        outcomes = await read(life, officer(area), "/v1/cases/outcomes")
        assert len(page["items"]) == counted["going_on"], area
        assert len(page["items"]) == sum(row["worked"] for row in outcomes["items"]), area
        seen[area] = len(page["items"])
        if not seen[area]:
            headers = await life.headers(*officer(area))
            answer = await life.http.get(f"/v1/cases/{made.json()['id']}", headers=headers)
            assert answer.status_code == 404, area

    assert seen == {QUJING: 0, KUNMING: 1, YUXI: 0}
    assert (await read(life, PROVINCE, "/v1/cases/summary"))["going_on"] == 1
