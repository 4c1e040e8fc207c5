"""Exports: what is narrowed, what the file says of itself, and whose it is."""

from typing import Any

import pytest

from dianchi.access.issue import KeyTerms, add_key
from dianchi.api.routes import exports as routes
from dianchi.exports import jobs, queries
from support.api import ENROLLED, VIN, Api, StillClock, api_over, code, produced
from support.exports import PROVINCE, Who, ask, exported, read_csv
from support.lives import KUNMING, QUJING, YUXI, a_life, enrolled, officer
from support.people import SCRIPT, browser_at, link_for

pytestmark = pytest.mark.asyncio


async def types(api: Api, **filters: str) -> list[str]:
    """The types of the events that a file holds, each once."""
    _, body = await exported(api, PROVINCE, "events", **filters)
    return sorted({row[2] for row in read_csv(body)[1]})


async def test_events_are_narrowed_by_day_type_and_place_and_both_days_count(api: Api) -> None:
    await a_life(api)

    assert await types(api, **{"from": "2026-05-01", "to": "2026-05-06"}) == [
        "collected", "dispatched", "received",
    ]  # fmt: skip
    assert await types(api, **{"from": "2026-05-02", "to": "2026-05-05"}) == ["dispatched"]
    assert await types(api, type="sold") == ["sold"]
    assert await types(api, prefecture=QUJING) == ["installed", "sold"]


async def test_an_event_of_the_night_is_taken_out_with_its_day_in_china(api: Api) -> None:
    """Given a report of 07:30 in China, which is the day before by UTC, then it is of its day."""
    early = produced(9) | {"occurred_at": "2026-05-01T07:30:00+08:00"}
    assert (await api.post("maker", early)).status_code == 201
    await api.settle()

    assert await types(api, **{"from": "2026-05-01", "to": "2026-05-01"}) == ["produced"]
    assert await types(api, to="2026-04-30") == []


async def test_a_file_says_who_asked_when_for_which_area_and_up_to_which_entry(
    database: str,
) -> None:
    clock = StillClock(1_790_000_000_000_000)
    async with api_over(database, clock) as api:
        await a_life(api)
        await api.post("maker", produced(2))
        await api.settle()
        [[end]] = await api.look("SELECT max(log_index) FROM log_entry")

        done, keys = await exported(api, officer(KUNMING), "events")
        lists = [await exported(api, officer(KUNMING), each) for each in ("batteries", "findings")]
        async with browser_at(api) as browser:
            token = await link_for(api, "regulator", name="chen")
            await browser.follow(token, "chen")
            await browser.add_phone()
            me = (await browser.http.get("/v1/me")).json()
            told = {"list": "batteries", "form": "csv", "filters": {"stage": "recycled"}}
            asked = (await browser.http.post("/v1/exports", json=told, headers=SCRIPT)).json()
            await exported(api, PROVINCE, "batteries")
            body = (await browser.http.get(f"/v1/exports/{asked['id']}/file")).content

    by_key, by_person = read_csv(keys)[2], read_csv(body)[2]
    assert (by_key["area"], by_key["role"], by_key["person"]) == (KUNMING, "regulator", "")
    assert by_key["asked_at"] == "2026-09-21T14:13:20.000000Z"
    assert done["asked_at"] == "2026-09-21T14:13:20Z"
    assert by_key["log_index"] == str(end)
    assert [each["log_index"] for each, _ in lists] == [end, end]
    assert (by_person["person"], by_person["query"]) == (
        me["person"]["id"], "batteries?stage=recycled",
    )  # fmt: skip
    assert (by_person["area"], by_person["personal"]) == ("", "masked")


async def second_key(api: Api, of: Who, **terms: Any) -> Who:
    """A further key of the organisation of another, by other terms."""
    organisation = await api.organisation(*of)
    name = f"{of[1]} {terms}"
    async with api.services.make_session() as session:
        made = KeyTerms(of[0], **terms)
        api.keys[of[0], name] = await add_key(
            session, api.services.ring, organisation, made, ENROLLED
        )
    await api.services.registry.refresh()
    return of[0], name


async def test_a_key_for_another_area_of_the_same_authority_has_not_the_same_files(
    api: Api,
) -> None:
    """Given an authority with a key for each area, then neither fetches what the other asked."""
    await a_life(api)
    here = officer(KUNMING)
    away, same = await second_key(api, here, area=QUJING), await second_key(api, here, area=KUNMING)
    done, _ = await exported(api, here, "batteries")

    async def status(who: Who) -> tuple[int, int]:
        headers = await api.headers(*who)
        file = await api.http.get(done["file"], headers=headers)
        page = await api.http.get("/v1/exports", headers=headers)
        return file.status_code, len(page.json()["items"])

    assert [await status(who) for who in (here, same, away)] == [(200, 1), (200, 1), (404, 0)]


async def test_whoever_did_not_ask_neither_reads_nor_ends_an_export_also_without_the_database(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_life(api)
    waits = await ask(api, officer(KUNMING), "batteries")
    path = f"/v1/exports/{waits['id']}"
    strangers = [await api.headers(*who) for who in (PROVINCE, officer(QUJING))]
    ended = [await api.http.post(f"{path}/cancel", headers=each) for each in strangers]
    # The lock of the database is lamed: what is left is that of the route.
    monkeypatch.setattr(routes, "_seeing", lambda *_: api.database)
    read = [await api.http.get(path, headers=each) for each in strangers]
    lists = [await api.http.get("/v1/exports", headers=each) for each in strangers]
    monkeypatch.undo()
    own = await api.http.post(f"{path}/cancel", headers=await api.headers(*officer(KUNMING)))
    again = await api.http.post(f"{path}/cancel", headers=await api.headers(*officer(KUNMING)))

    assert [each.status_code for each in (*ended, *read)] == [404] * 4
    assert [each.json()["items"] for each in lists] == [[], []]
    assert (own.status_code, own.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["code"]) == (409, "export_not_ready")


async def test_so_many_exports_of_one_wait_and_those_of_others_are_not_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_life(api)
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    told = {"list": "batteries", "form": "csv"}
    headers = await api.headers("regulator")

    mine = [await api.http.post("/v1/exports", json=told, headers=headers) for _ in range(3)]
    other = await api.http.post(
        "/v1/exports", json=told, headers=await api.headers(*officer(KUNMING))
    )
    await exported(api, officer(KUNMING), "batteries")
    later = await api.http.post("/v1/exports", json=told, headers=headers)

    assert [each.status_code for each in mine] == [202, 202, 429]
    assert (other.status_code, later.status_code) == (202, 202)


async def saved(api: Api, who: Who, **change: Any) -> Any:
    told = {"name": "超期", "list": "obligations", "filters": {}, "shared": False} | change
    return await api.http.post("/v1/saved-queries", json=told, headers=await api.headers(*who))


async def test_a_saved_query_names_nobody_and_there_are_so_many_of_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_life(api)
    monkeypatch.setattr(queries, "MOST_SAVED", 2)

    named = await saved(api, PROVINCE, name=f"车 {VIN}")
    more = [await saved(api, PROVINCE) for _ in range(2)]
    other = await saved(api, officer(KUNMING))

    assert (named.status_code, VIN in named.json()["name"]) == (201, False)
    assert [each.status_code for each in (*more, other)] == [201, 429, 201]


@pytest.mark.parametrize("who", [officer(KUNMING), ("outlet", "昆明网点")], ids=["officer", "firm"])
async def test_an_export_and_each_fetch_of_it_are_in_the_audit_log_of_whoever_asked(
    api: Api, who: Who
) -> None:
    await a_life(api)
    done, _ = await exported(api, who, "batteries", stage="recycled")

    noted = await api.look("SELECT actor, act, subject FROM audit WHERE act LIKE '%/v1/exports%'")
    mine = await api.organisation(*who)
    asked = [row for row in noted if row["act"] == "POST /v1/exports"]
    fetched = [row for row in noted if row["act"] == "GET /v1/exports/{id}/file"]
    assert [(row["actor"], row["subject"]) for row in asked] == [
        (mine, "csv batteries?stage=recycled")
    ]
    # Who reads its own leaves no trace: a firm's file holds what the firm may see.
    assert [(row["actor"], done["id"] in row["subject"]) for row in fetched] == (
        [(mine, True)] if who[0] == "regulator" else []
    )


async def test_a_list_that_is_narrowed_holds_what_fits_and_no_more(api: Api) -> None:
    await a_life(api)
    await api.post("maker", produced(2))
    await api.settle()

    async def names(**filters: str) -> list[str]:
        _, body = await exported(api, PROVINCE, "batteries", **filters)
        return [row[0] for row in read_csv(body)[1]]

    assert await names(stage="made") == [code(2)]
    assert await names(stage="recycled") == [code(1)]
    assert await names(holder="昆明网点") == []


async def test_a_sale_is_of_the_place_where_it_was_sold_and_a_battery_of_where_it_went_since(
    api: Api,
) -> None:
    """Given a car maker of Kunming that sold in Qujing, then the sale is taken out in Qujing."""
    await a_life(api)
    await enrolled(api, "vehicle_maker", "昆明车厂", KUNMING)
    await api.post("maker", produced(4))
    told = {"prefecture": QUJING, "application": "vehicle", "buyer_kind": "person"}
    await api.report("vehicle_maker", "sold", "2026-06-10", by="昆明车厂", battery=code(4), **told)
    await api.settle()

    subjects = {}
    for area in (KUNMING, QUJING):
        _, body = await exported(api, officer(area), "events", type="sold")
        subjects[area] = {row[11] for row in read_csv(body)[1]}, len(read_csv(body)[1])
    recycled = await api.get(f"/v1/batteries/{code(1)}")

    assert subjects == {KUNMING: (set(), 0), QUJING: ({QUJING}, 2)}
    assert recycled["prefecture"] == YUXI
