"""The dashboard, the coverage matrix and the layout over HTTP; the register of capacities."""

from calendar import monthrange
from datetime import date
from typing import Any

import pytest

from api.test_statistics import read
from support.api import Api, code
from support.lives import KUNMING, QUJING, YUXI, a_life, enrolled, officer

pytestmark = pytest.mark.asyncio
BOARD = "/v1/statistics/board"
COVERAGE = "/v1/statistics/coverage"
LAYOUT = "/v1/statistics/layout"
CAPACITIES = "/v1/capacities"
PROVINCE: tuple[str, str | None] = ("regulator", None)


async def outlet_at(api: Api, name: str, number: str, **told: Any) -> None:
    """An outlet of 昆明网点, in the directory."""
    body = {"number": number, "name": f"网点 {number}", "kind": "collection"} | told
    answer = await api.http.post("/v1/sites", json=body, headers=await api.headers("outlet", name))
    assert answer.status_code in (200, 201), answer.text


def of(told: Any, kind: str, name: str) -> Any:
    """The indicator or measure of this name."""
    [row] = [row for row in told[kind] if name in (row.get("indicator"), row.get("measure"))]
    return row


async def test_a_board_says_each_number_by_month_place_and_chemistry(api: Api) -> None:
    await a_life(api)

    told = await read(api, BOARD, PROVINCE)

    gathered = of(told, "measures", "gathered")
    assert gathered["all"] == {"things": 1, "mass_kg": "400.125"}
    assert gathered["month"]["2026-05"]["things"] == 1
    assert gathered["month"]["2024-08"]["things"] == 0
    assert "2025-01" not in gathered["month"]
    assert gathered["prefecture"][QUJING]["things"] == 0
    assert "533400" not in gathered["prefecture"]
    assert gathered["chemistry"]["lfp"]["mass_kg"] == "400.125"
    rate = of(told, "indicators", "collection_rate")
    assert (rate["value"], rate["prefecture"][YUXI]) == ("1.0000", None)
    assert told["lag"] == {"entries": 0, "seconds": None}
    [[end]] = await api.look("SELECT max(log_index) FROM log_entry")
    assert told["log_index"] == end


async def test_a_board_is_packed_for_who_can_unpack_it(api: Api) -> None:
    """Given a slow line, when the board is asked for, then it is a tenth, and the same."""
    headers = await api.headers("regulator")
    packed, plain = [
        await api.http.get(BOARD, headers=headers | {"accept-encoding": coding})
        for coding in ("gzip", "identity")
    ]
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert {answer.headers["vary"] for answer in (packed, plain)} == {"accept-encoding"}
    assert packed.json() == plain.json()


async def test_a_board_is_seven_questions(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_life(api)
    await read(api, BOARD, PROVINCE)
    asked = await questions(api, BOARD, monkeypatch)
    assert len([each for each in asked if "tally" in each or "log_entry" in each]) == 7


async def questions(api: Api, path: str, patch: pytest.MonkeyPatch) -> list[str]:
    """What an answer asked of the database."""
    heard: list[str] = []
    lend = api.services.readers.acquire

    def listening() -> Any:
        return _Listening(lend(), heard)

    patch.setattr(api.services.readers, "acquire", listening)
    await read(api, path, PROVINCE)
    patch.undo()
    return heard


class _Listening:
    """A connection whose questions are noted."""

    def __init__(self, lent: Any, heard: list[str]) -> None:
        self.lent, self.heard = lent, heard

    async def __aenter__(self) -> Any:
        self.connection = await self.lent.__aenter__()
        self.connection.add_query_logger(self.note)
        return self.connection

    async def __aexit__(self, *why: object) -> None:
        self.connection.remove_query_logger(self.note)
        await self.lent.__aexit__(*why)

    def note(self, record: Any) -> None:
        self.heard.append(record.query)


async def test_timeliness_counts_statutory_duties_and_opens_their_lists(api: Api) -> None:
    await a_life(api)

    board = await read(api, BOARD, PROVINCE)

    due, met = (of(board, "measures", name) for name in ("duties_due", "duties_met"))
    [[all_due, in_time]] = await api.look("""
        SELECT count(*) FILTER (WHERE phase IN ('met', 'late')
                                   OR (phase = 'open' AND due_day < current_date)),
               count(*) FILTER (WHERE phase = 'met')
          FROM obligation WHERE statutory AND due_day BETWEEN '2024-01-01' AND '2026-12-31'""")
    assert (due["all"]["things"], met["all"]["things"]) == (all_due, in_time)
    assert due["all"]["things"] > 0
    for side in (due, met):
        answer = await api.http.get(side["behind"], headers=await api.headers("regulator"))
        assert len(answer.json()["items"]) == side["all"]["things"]
    for month, each in due["month"].items():
        days = {"due_from": f"{month}-01", "due_to": f"{month}-{last_day(month)}"}
        told = {"binding": "statutory", "reckoned": "true"} | days
        page = await api.get("/v1/obligations", **told)
        assert len(page["items"]) == each["things"], month
    by_month = sum(each["things"] for each in due["month"].values())
    by_place = sum(each["things"] for each in due["prefecture"].values())
    assert by_month == by_place == due["all"]["things"]
    rate = of(board, "indicators", "timeliness")
    assert float(rate["value"]) == round(in_time / all_due, 4)
    assert set(rate["chemistry"].values()) == {None}


def last_day(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:]))[1]


async def test_an_officer_is_shown_a_board_of_the_own_area(api: Api) -> None:
    await a_life(api)

    told = await read(api, BOARD, officer(YUXI))

    assert of(told, "measures", "gathered")["all"]["things"] == 0
    assert of(told, "measures", "recycled")["all"]["mass_kg"] == "400.125"
    assert set(of(told, "measures", "recycled")["prefecture"]) == {YUXI}
    assert told["outlets"] == []


async def test_a_maker_that_sells_without_an_outlet_is_red_and_one_on_paper_amber(
    api: Api,
) -> None:
    await a_life(api)
    maker = {"organisation": "曲靖车厂", "relation": "commissioned", "valid_from": "2020-01-01"}
    qujing = ("outlet", "曲靖网点")
    await enrolled(api, *qujing, QUJING)

    def cells(told: Any) -> dict[str, str]:
        [row] = [row for row in told["makers"] if row["name"] == "曲靖车厂"]
        return {each["prefecture"]: each["state"] for each in row["cells"]}

    before = cells(await read(api, COVERAGE, PROVINCE))
    await outlet_at(api, "曲靖网点", "Q1", prefecture="曲靖", principals=[maker])
    paper = cells(await read(api, COVERAGE, PROVINCE))
    told: dict[str, Any] = {"source": "person", "safety_class": "A", "label_legible": True}
    await api.report("outlet", "collected", "2026-06-01", by="曲靖网点", site="Q1",
                     battery=code(7), **told)  # fmt: skip
    await api.settle()
    served = cells(await read(api, COVERAGE, PROVINCE))

    assert (before[QUJING], before[KUNMING], len(before)) == ("missing", "unsold", 16)
    assert (paper[QUJING], served[QUJING]) == ("paper", "served")
    own = await read(api, COVERAGE, officer(KUNMING))
    assert (own["prefectures"], own["makers"]) == ([KUNMING], [])


async def test_battery_makers_stand_with_their_province(api: Api) -> None:
    await a_life(api)

    told = await read(api, COVERAGE, PROVINCE)

    [maker] = told["battery_makers"]
    assert (maker["name"], maker["province"], maker["packs"]) == ("示范maker", "53", 1)


async def test_the_layout_says_what_is_full_and_where_the_next_outlet_is(api: Api) -> None:
    await a_life(api)
    await outlet_at(api, "昆明网点", "K1", prefecture="昆明", capacity_kg="500")
    told: dict[str, Any] = {"source": "person", "safety_class": "A", "label_legible": True}
    for serial, kg in ((8, "300"), (9, "150")):
        await api.report("outlet", "collected", "2026-06-01", by="昆明网点", site="K1",
                         battery=code(serial), mass_kg=kg, **told)  # fmt: skip
    await api.settle()

    layout = await read(api, LAYOUT, PROVINCE)

    [outlet] = layout["outlets"]
    shown = outlet["stock_packs"], outlet["stock_kg"], outlet["most_kg"], outlet["fill"]
    assert shown == (2, "450", "500", "full")
    places = {each["prefecture"]: each for each in layout["places"]}
    assert (places[QUJING]["outlets"], places[QUJING]["sold"]) == (0, 1)
    assert places[QUJING]["nearest"]["prefecture"] == KUNMING
    assert 100 < places[QUJING]["nearest"]["km"] < 140
    assert places[KUNMING]["taken_in"] == outlet["taken_in"] == 2


def capacity(organisation: str, **told: Any) -> dict[str, Any]:
    return {
        "organisation": organisation, "site": "R1", "process": "hydro", "built_t": "6000",
        "permitted_t": "10000", "document": "环评批复 示范〔2024〕1号", "document_on": "2024-03-01",
        "valid_from": "2024-03-01",
    } | told  # fmt: skip


async def plant(api: Api) -> None:
    body = {"number": "R1", "name": "再生厂", "kind": "plant", "prefecture": "玉溪"}
    answer = await api.http.post(
        "/v1/sites", json=body, headers=await api.headers("recycler", "玉溪再生")
    )
    assert answer.status_code == 201, answer.text


async def noted(api: Api, who: tuple[str, str | None], **told: Any) -> int:
    answer = await api.http.post(
        CAPACITIES, json=capacity("玉溪再生", **told), headers=await api.headers(*who)
    )
    return answer.status_code


async def test_an_officer_notes_capacity_in_the_own_area_and_tonnes_stand_against_it(
    api: Api,
) -> None:
    await a_life(api)
    await plant(api)

    assert await noted(api, officer(KUNMING)) == 403
    assert await noted(api, ("recycler", "玉溪再生")) == 403
    assert await noted(api, officer(YUXI)) == 201
    assert await noted(api, officer(YUXI), built_t="5000") == 201
    run: dict[str, Any] = {
        "batch": "B2", "process": "hydro", "residue_kg": "200",
        "inputs": [{"battery": code(3), "mass_kg": "300"}],
        "outputs": [{"lot": "R2", "material": "lithium_carbonate", "mass_kg": "10"}],
    }  # fmt: skip
    await api.report("recycler", "recycled", "2026-06-02", by="玉溪再生", site="R1", **run)
    await api.settle()
    told = await read(api, CAPACITIES, officer(YUXI), **{"from": "2026-01", "to": "2026-12"})

    [here] = [each for each in told["items"] if each["site"] == "R1"]
    assert (here["noted"]["built_t"], here["treated_kg"], here["used"]) == ("5000", "300", "0.0001")
    [nowhere] = [each for each in told["items"] if each["site"] is None]
    assert (nowhere["noted"], nowhere["treated_kg"], nowhere["used"]) == (None, "400.125", None)
    assert [each["value"] for each in told["targets"]] == ["200000"]
    assert (await read(api, CAPACITIES, officer(KUNMING)))["items"] == []
    assert len(await api.look("SELECT FROM capacity")) == 2


async def test_of_two_capacities_that_hold_the_later_one_counts(api: Api) -> None:
    await a_life(api)
    await plant(api)
    await noted(api, officer(YUXI), built_t="5000")
    await noted(api, officer(YUXI), built_t="9000", valid_from="2025-03-01")

    told = await read(api, CAPACITIES, officer(YUXI), **{"from": "2026-01", "to": "2026-12"})

    [here] = [each for each in told["items"] if each["site"] == "R1"]
    assert (here["noted"]["built_t"], here["noted"]["valid_from"]) == ("9000", "2025-03-01")


async def test_whatever_a_firm_calls_its_sites_capacities_can_be_read(api: Api) -> None:
    await a_life(api)
    run: dict[str, Any] = {
        "batch": "B2", "process": "hydro", "residue_kg": "200",
        "inputs": [{"battery": code(3), "mass_kg": "300"}],
        "outputs": [{"lot": "R2", "material": "lithium_carbonate", "mass_kg": "10"}],
    }  # fmt: skip
    await api.report("recycler", "recycled", "2026-06-02", by="玉溪再生", site="一厂>二线", **run)
    await api.settle()

    told = await read(api, CAPACITIES, PROVINCE, **{"from": "2026-01", "to": "2026-12"})

    treated = {(each["site"], each["process"]): each["treated_kg"] for each in told["items"]}
    assert treated["一厂>二线", "hydro"] == "300"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"process": "magic"}, "/process"),
        ({"site": "R9"}, "/site"),
        ({"built_t": None, "permitted_t": None}, "/built_t"),
        ({"valid_to": str(date(2024, 1, 1))}, "/valid_to"),
    ],
)
async def test_a_capacity_that_cannot_be_is_named(
    api: Api, change: dict[str, Any], pointer: str
) -> None:
    await a_life(api)
    await plant(api)

    answer = await api.http.post(
        CAPACITIES, json=capacity("玉溪再生", **change), headers=await api.headers("regulator")
    )

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_without_an_approved_map_there_is_none(api: Api) -> None:
    assert await read(api, "/v1/map", PROVINCE) == {"approval": None, "geojson": None}
