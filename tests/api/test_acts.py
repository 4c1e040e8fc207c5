"""What officers mark: holds that stop nothing, and reports that two of them set aside."""

from typing import Any
from uuid import uuid4

import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, Api, code
from support.people import Browser, browser_at, link_for

pytestmark = pytest.mark.asyncio
ACT = {"basis": "暂行办法第三十条", "document": "滇工信核〔2026〕7号", "reason": "质量与铭牌不符"}


async def collect(api: Api, serial: int = 1, **more: Any) -> dict[str, Any]:
    told = {"source": "person", "safety_class": "A", "label_legible": True} | more
    return await api.report(
        "outlet", "collected", "2026-01-05", battery=code(serial), site="S1", **told
    )


async def hold(api: Api, serial: int = 1) -> dict[str, Any]:
    return await api.report("regulator", "hold_placed", "2026-01-10", battery=code(serial), **ACT)


async def battery(api: Api, serial: int = 1) -> dict[str, Any]:
    return dict(await api.get(f"/v1/batteries/{code(serial)}"))


async def an_office(api: Api, name: str, area: str) -> None:
    """A key of officers who are bound to an area."""
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(name, prefecture=area), ENROLLED)
        terms = KeyTerms("regulator", area=area)
        api.keys["regulator", name] = await add_key(
            session, api.services.ring, row.id, terms, ENROLLED
        )
    await api.services.registry.refresh()


async def an_officer(api: Api, browser: Browser, login: str) -> None:
    await browser.follow(await link_for(api, "regulator", name=login), login)
    await browser.add_phone()


async def test_a_hold_stops_no_report_and_movement_under_it_is_a_finding(api: Api) -> None:
    await collect(api)
    placed = await hold(api)
    assert (await battery(api))["held"]

    sent = await api.report(
        "outlet", "dispatched", "2026-01-11", battery=code(1), handover="H1", receiver="某厂"
    )
    codes = [found["code"] for found in sent["findings"]]
    assert "moved_under_hold" in codes
    assert sent["stage"] == "in_transit"

    await api.report(
        "regulator", "hold_lifted", "2026-01-12", battery=code(1), hold=placed["event_id"], **ACT
    )
    told = await battery(api)
    assert not told["held"]
    assert "moved_under_hold" in [found["code"] for found in told["findings"]]


async def test_a_hold_and_a_recall_are_looked_at_before_the_truck_leaves(api: Api) -> None:
    await collect(api)
    await collect(api, 2)
    await hold(api)
    await api.report(
        "regulator", "recall_opened", "2026-01-10", recall="ZH-1", selector={"names": [code(2)]},
        advice="停用",
    )  # fmt: skip
    await api.settle()

    wish = {"batteries": [code(1), code(2)]}
    answer = await api.http.post(
        "/v1/handovers/check", json=wish, headers=await api.headers("outlet")
    )

    said = [{r["code"]: r["what"] for r in item["rules"]} for item in answer.json()["items"]]
    assert [(each["hold"], each["recall"]) for each in said] == [
        ("placed", "none"),
        ("none", "open"),
    ]
    assert not {"recalls", "official_holds"} & {g["what"] for g in answer.json()["not_checked"]}


async def test_officers_mark_only_what_lies_in_their_area(api: Api) -> None:
    await collect(api)
    await an_office(api, "昆明局", "530100")
    await an_office(api, "曲靖局", "530300")
    body = {
        "event_id": str(uuid4()), "type": "hold_placed", "occurred_at": "2026-01-10",
        "battery": code(1), "data": ACT,
    }  # fmt: skip

    stranger = await api.post("regulator", body, "曲靖局")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    assert not (await battery(api))["held"]

    own = await api.post("regulator", body, "昆明局")
    assert own.status_code == 201
    assert (await battery(api))["held"]


async def test_an_act_gives_its_office_no_sight_and_a_recall_is_not_for_one_area(api: Api) -> None:
    await collect(api)
    await an_office(api, "曲靖局", "530300")
    await hold(api)

    headers = await api.headers("regulator", "曲靖局")
    shown = await api.http.get(f"/v1/batteries/{code(1)}", headers=headers)
    assert shown.status_code == 404
    told = {"recall": "ZH-1", "selector": {"names": [code(1)]}, "advice": "停用"}
    body = {"event_id": str(uuid4()), "type": "recall_opened", "occurred_at": "2026-01-10"}
    refused = await api.post("regulator", body | {"data": told}, "曲靖局")
    assert refused.json()["code"] == "role_not_allowed"


async def test_two_officers_set_a_report_aside_and_it_stays_to_be_seen(api: Api) -> None:
    first = await collect(api)
    wrong = await api.report("outlet", "lost", "2026-01-08", battery=code(1), since="2026-01-07")
    assert (await battery(api))["stage"] == "lost"
    wish = {"event_id": wrong["event_id"], "battery": code(1), **ACT}
    async with browser_at(api) as one, browser_at(api) as other:
        await an_officer(api, one, "chen")
        await an_officer(api, other, "wang")
        proposed = await one.json("POST", "/v1/set-aside", **wish)
        assert proposed.status_code == 201, proposed.text
        confirm = f"/v1/set-aside/{proposed.json()['id']}/confirm"

        alone = await one.json("POST", confirm)
        assert (alone.status_code, alone.json()["code"]) == (403, "second_person_needed")
        assert (await battery(api))["stage"] == "lost"
        [waits] = (await other.http.get("/v1/set-aside", params={"battery": code(1)})).json()[
            "items"
        ]
        assert (waits["own"], waits["state"]) == (False, "waiting")

        decided = await other.json("POST", confirm)
        assert decided.json()["state"] == "confirmed", decided.text
        again = await other.json("POST", confirm)
        assert again.json()["code"] == "already_decided"

    told = await battery(api)
    assert told["stage"] == "collected"
    items = (await api.get(f"/v1/batteries/{code(1)}/history"))["items"]
    by_id = {each["event_id"]: each for each in items}
    decision = by_id[by_id[wrong["event_id"]]["corrected_by"]]
    assert decision["type"] == "set_aside"
    assert (decision["data"]["reason"], len(set(decision["data"]["officers"]))) == (
        ACT["reason"],
        2,
    )
    assert by_id[first["event_id"]]["corrected_by"] is None


async def test_a_key_alone_sets_nothing_aside(api: Api) -> None:
    wrong = await collect(api)
    told = {**ACT, "event_id": wrong["event_id"], "officers": [str(uuid4()), str(uuid4())]}
    body = {"event_id": str(uuid4()), "type": "set_aside", "occurred_at": "2026-01-10"}

    answer = await api.post("regulator", body | {"data": told})

    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_needed")


async def test_what_was_set_aside_cannot_be_brought_back_by_a_correction(api: Api) -> None:
    wrong = await collect(api)
    async with browser_at(api) as one, browser_at(api) as other:
        await an_officer(api, one, "chen")
        await an_officer(api, other, "wang")
        wish = {"event_id": wrong["event_id"], "battery": code(1), **ACT}
        proposed = await one.json("POST", "/v1/set-aside", **wish)
        await other.json("POST", f"/v1/set-aside/{proposed.json()['id']}/confirm")
    items = (await api.get(f"/v1/batteries/{code(1)}/history"))["items"]
    decision = next(each for each in items if each["type"] == "set_aside")

    body = {"event_id": str(uuid4()), "type": "corrected", "occurred_at": "2026-01-10"}
    answer = await api.post(
        "regulator", body | {"data": {"event_id": decision["event_id"], "reason": "撤回"}}
    )

    assert answer.json()["code"] == "not_correctable"
