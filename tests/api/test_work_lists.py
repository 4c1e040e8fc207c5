"""Work lists over HTTP: planned, ticked by what the crew reports, and shown to the two parties."""

import asyncio
import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest

from support.api import Api, code
from support.devices import claimed
from support.mandates import CREW, STATIONS, TOWER, give, sent
from support.work import asked, fitted, listed, planned, removed, standing

pytestmark = pytest.mark.asyncio


def states(told: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(row["battery"], row["state"]) for row in told["rows"]]


async def reported(api: Api, serial: int, who: str = CREW, **more: Any) -> str:
    report = removed(serial, occurred_at=await today(api), **more)
    answer = await sent(api, report, who)
    assert answer.status_code == 201, answer.text
    return str(report["event_id"])


async def today(api: Api) -> str:
    return str((await api.http.get("/v1/clock")).json()["now"])


async def test_a_list_from_a_filter_is_ticked_by_the_reports_of_the_crew_alone(api: Api) -> None:
    await planned(api, 1, 2, 3)

    made = await listed(api, filter={"sites": ["BTS1"]}, text="BTS2  2组")
    crew = await api.organisation("workshop", CREW)
    await reported(api, 1)
    await reported(api, 2, TOWER)
    await reported(api, 7, site="BTS2")
    await reported(api, 8)
    told = await standing(api, made, CREW)

    assert states(told) == [
        (None, "open"), (code(1), "done"), (code(2), "gone"), (code(3), "open"),
    ]  # fmt: skip
    assert [tick["battery"] for tick in told["rows"][0]["ticks"]] == [code(7)]
    assert told["tallies"] == {"sets": 5, "done": 2, "gone": 1, "not_found": 0, "left": 2}
    assert [tick["battery"] for tick in told["beside"]] == [code(8)]
    [tick] = told["rows"][1]["ticks"]
    assert (tick["agent"], tick["agent_name"], tick["type"]) == (crew, CREW, "removed")


async def test_what_is_corrected_is_ticked_no_more_and_a_note_gives_way_to_a_report(
    api: Api,
) -> None:
    await planned(api, 1)
    made = await listed(api, rows=[{"battery": code(1)}])
    note = {"id": str(uuid4()), "place": 1, "why": "门锁着，联系不上"}
    path = f"/v1/work-lists/{made['id']}/notes"

    once, twice = [await asked(api, "POST", path, CREW, json=note) for _ in range(2)]
    noted = await standing(api, made)
    event_id = await reported(api, 1)
    ticked = await standing(api, made)
    taken_back = {
        "event_id": str(uuid4()), "type": "corrected", "occurred_at": await today(api),
        "on_behalf_of": TOWER, "data": {"event_id": event_id, "reason": "扫错了"},
    }  # fmt: skip
    assert (await sent(api, taken_back)).status_code == 201
    again = await standing(api, made)

    assert (once.status_code, twice.status_code) == (200, 200)
    assert [each["rows"][0]["state"] for each in (noted, ticked, again)] == [
        "not_found", "done", "not_found",
    ]  # fmt: skip
    assert again["rows"][0]["note"]["why"] == note["why"]


async def test_a_battery_stands_on_one_open_list_until_it_is_done_or_the_list_is_closed(
    api: Api,
) -> None:
    await planned(api, 1, 2)
    first = await listed(api, rows=[{"battery": code(1)}, {"battery": code(2)}])

    same = await listed(api, 200, rows=[{"battery": code(1)}, {"battery": code(2)}])
    refused = await listed(api, 422, name="另一张", rows=[{"battery": code(1)}])
    await reported(api, 1)
    await fitted(api, 1, site="BTS2")
    after_work = await listed(api, name="另一张", rows=[{"battery": code(1)}])
    close = f"/v1/work-lists/{first['id']}/close"
    closed = await asked(api, "POST", close, json={"reason": "改期"})
    after_close = await listed(api, name="第三张", rows=[{"battery": code(2)}])

    assert same["id"] == first["id"]
    assert first["number"] in refused["errors"][0]["message"]["zh"]
    assert refused["errors"][0]["pointer"] == "/rows/0/battery"
    assert (closed.json()["state"], closed.json()["closed_why"]) == ("closed", "改期")
    assert {after_work["state"], after_close["state"]} == {"open"}


async def test_two_planners_at_once_do_not_both_send_for_one_set(api: Api) -> None:
    await planned(api, 1)
    bodies = [
        {"name": name, "crew": CREW, "due": "2099-06-30", "rows": [{"battery": code(1)}]}
        for name in ("甲", "乙", "丙", "丁")
    ]

    answers = await asyncio.gather(
        *(asked(api, "POST", "/v1/work-lists", json=body) for body in bodies)
    )

    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 422}


async def test_two_crews_that_tick_at_once_each_tick_their_own_list(api: Api) -> None:
    other = "另一家代维公司"
    await planned(api, 1, 2, 3, 4)
    await api.key("workshop", other)
    await give(api, agent=other)
    one = await listed(api, rows=[{"battery": code(1)}, {"battery": code(2)}])
    two = await listed(api, crew=other, rows=[{"battery": code(3)}, {"battery": code(4)}])

    reports = [removed(n, occurred_at=await today(api)) for n in (1, 2, 3, 4)]
    crews = (CREW, CREW, other, other)
    answers = await asyncio.gather(
        *(sent(api, each, who) for each, who in zip(reports, crews, strict=True))
    )

    assert {answer.status_code for answer in answers} == {201}
    for made in (one, two):
        told = await standing(api, made)
        assert (told["state"], told["tallies"]["done"]) == ("done", 2)


async def test_a_crew_without_a_mandate_for_a_station_is_refused_with_the_station(
    api: Api,
) -> None:
    await planned(api, 1, site="BTS3")

    refused = await listed(api, 422, rows=[{"battery": code(1)}])
    preview = await asked(
        api, "POST", "/v1/work-lists/preview",
        json={"name": "预览", "crew": CREW, "due": "2099-06-30", "rows": [{"battery": code(1)}]},
    )  # fmt: skip

    assert refused["errors"][0]["pointer"] == "/crew"
    assert "BTS3" in refused["errors"][0]["message"]["zh"]
    assert [row["station"] for row in preview.json()["rows"]] == ["BTS3"]
    assert preview.json()["faults"][0]["pointer"] == "/crew"


async def test_every_bad_line_is_named_and_nothing_is_made(api: Api) -> None:
    await planned(api, 1)
    await api.report(
        "outlet", "collected", "2026-01-05", battery=code(9), site="S1", source="person",
        safety_class="A", label_legible=True,
    )  # fmt: skip
    await api.settle()

    refused = await listed(
        api, 422, due="2020-01-01",
        text=f"站点,电池编码\nBTS1,{code(1)}\nBTS1,1.23E+15\nBTS2,\n,{code(9)}",
    )  # fmt: skip

    assert {each["pointer"] for each in refused["errors"]} == {
        "/due", "/text/3", "/text/4/expected", "/text/5/station",
    }  # fmt: skip
    assert (await asked(api, "GET", "/v1/work-lists")).json()["items"] == []


async def test_others_see_nothing_and_hear_the_same_as_of_a_list_that_is_not_there(
    api: Api,
) -> None:
    await planned(api, 1)
    made = await listed(api, rows=[{"battery": code(1)}])
    nowhere = str(uuid4())
    stranger = "别家铁塔"

    assert (await asked(api, "GET", "/v1/work-lists", stranger)).json()["items"] == []
    for method, below, body in (
        ("GET", "", None),
        ("GET", "/sheet.xlsx", None),
        ("POST", "/close", {"reason": "x"}),
        ("POST", "/notes", {"id": nowhere, "place": 1, "why": "x"}),
    ):
        theirs, none = [
            await asked(api, method, f"/v1/work-lists/{named}{below}", stranger, json=body)
            for named in (made["id"], nowhere)
        ]
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.text.replace(made["id"], nowhere) == none.text
    by_crew = await asked(
        api, "POST", f"/v1/work-lists/{made['id']}/close", CREW, json={"reason": "x"}
    )
    life = await asked(api, "GET", f"/v1/batteries/{code(1)}", CREW)
    assert (by_crew.status_code, life.status_code) == (404, 404)


async def test_the_workbook_has_a_row_for_each_set_and_no_formula(api: Api) -> None:
    await planned(api, 1, 2)
    made = await listed(api, name="=1+1", rows=[{"battery": code(1)}, {"battery": code(2)}])
    await reported(api, 1)
    await api.settle()

    answer = await asked(api, "GET", f"/v1/work-lists/{made['id']}/sheet.xlsx")
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    told = book.read("xl/sharedStrings.xml").decode()

    assert all(word in told for word in (code(1), code(2), CREW, "已完成 done", "=1+1"))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


async def test_a_tick_and_a_note_say_what_the_phone_is_called(api: Api) -> None:
    """Given a phone of the crew, when it takes one set down and does not find another.

    And when somebody else reports under the id of that phone, its name is not told.
    """
    await planned(api, 1, 2, 3)
    made = await listed(api, rows=[{"battery": code(n)} for n in (1, 2, 3)])
    new = await asked(api, "POST", "/v1/devices", CREW, json={"name": "拆装一班 李师傅"})
    phone = await claimed(api, new.json()["code"])
    now = await today(api)
    clock = {"clock": now, "offset_ms": 0, "id": new.json()["device"]}
    report = removed(1, occurred_at=now, device=clock)
    assert (await phone.post("/v1/events", report)).status_code == 201
    await reported(api, 3, TOWER, device=clock)
    note = {"id": str(uuid4()), "place": 2, "why": "机房上锁"}
    await phone.post(f"/v1/work-lists/{made['id']}/notes", note)

    told = await standing(api, made)
    sheet = await asked(api, "GET", f"/v1/work-lists/{made['id']}/sheet.xlsx")

    [tick], noted = told["rows"][0]["ticks"], told["rows"][1]["note"]
    assert tick["device"] == noted["device"] == new.json()["device"]
    assert tick["device_name"] == noted["device_name"] == "拆装一班 李师傅"
    assert noted["organisation_name"] == CREW
    [borrowed] = told["rows"][2]["ticks"]
    assert (borrowed["device"], borrowed["device_name"]) == (tick["device"], None)
    strings = zipfile.ZipFile(io.BytesIO(sheet.content)).read("xl/sharedStrings.xml").decode()
    assert "拆装一班 李师傅" in strings


async def test_a_table_is_read_as_lines_that_a_list_takes(api: Api) -> None:
    await planned(api, 1)
    table = f"站址编码,电池编码,备注\nBTS1,{code(1)},无\nBTS2,,2组".encode("gb18030")

    read = await asked(api, "PUT", "/v1/work-lists/table", params={"name": "单.csv"}, content=table)
    assert read.status_code == 200, read.text
    made = await listed(api, text=read.json()["text"].replace("BTS2\t\t2组", ""))

    assert read.json()["rows"] == 2
    assert states(made) == [(code(1), "open")]
    assert STATIONS[0] == made["rows"][0]["station"]
