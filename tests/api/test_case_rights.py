"""Cases over HTTP: who may do what on which day, whom it is given to, and what stays inside."""

from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from dianchi.access import attachments
from support.api import Api, StillClock, code
from support.cases import DAY_US, PDF, Desk, api, clock, desk, officer
from support.people import SCRIPT, Browser, browser_at, link_for

__all__ = ("api", "clock", "desk")
pytestmark = pytest.mark.asyncio
ORDER = {"due_on": "2026-08-10", "basis": "《暂行办法》第二十四条"}
ACT = {"basis": "暂行办法第三十条", "document": "滇工信核〔2026〕7号", "reason": "与铭牌不符"}


async def duty(api: Api, state: str = "late") -> dict[str, str]:
    """What the utilizer reported too late, or never said, as an item."""
    found = (await api.get("/v1/obligations", bearer="示范utilizer", duty="UTIL_IN"))["items"]
    return {"obligation": next(each["id"] for each in found if each["state"] == state)}


async def finding(api: Api, named: str) -> dict[str, Any]:
    """An open finding."""
    found = (await api.get("/v1/findings"))["items"]
    return next(each for each in found if each["code"] == named)


async def listed(desk: Desk, by: dict[str, str], **asked: str) -> list[str]:
    """The ids of the cases that a list shows."""
    answer = await desk.api.http.get("/v1/cases", params=asked, headers=by)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def an_officer(api: Api, browser: Browser, login: str, **place: Any) -> str:
    """Signs an officer in; who it is."""
    await browser.follow(await link_for(api, "regulator", name=login, **place), login)
    await browser.add_phone()
    return str((await browser.http.get("/v1/me")).json()["person"]["id"])


async def sent(desk: Desk, body: bytes, by: dict[str, str]) -> Any:
    """An attachment of either side."""
    assert desk.case
    digest = sha256(body).hexdigest()
    path = f"/v1/cases/{desk.case['id']}/attachments/{digest}"
    return await desk.api.http.put(path, content=body, headers=by)


async def test_a_firm_has_the_whole_of_its_last_day_to_reply(desk: Desk, clock: StillClock) -> None:
    """Given a time to reply until the 30th, then on the 30th nothing is late nor ordered."""
    case = await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-30")

    clock.at_us += 10 * DAY_US
    on_the_day = await desk.try_step("order", **ORDER)
    late = await listed(desk, desk.officer, due="overdue"), (await desk.seen(desk.officer)).json()
    clock.at_us += DAY_US
    after = await listed(desk, desk.officer, due="overdue"), (await desk.seen(desk.officer)).json()
    ordered = await desk.try_step("order", **ORDER)

    assert (on_the_day.status_code, on_the_day.json()["code"]) == (409, "step_not_lawful")
    assert (late[0], late[1]["overdue"]) == ([], False)
    assert (after[0], after[1]["overdue"]) == ([case["id"]], True)
    assert ordered.status_code == 201


async def test_a_case_is_to_be_looked_at_again_on_the_day_that_was_set(
    desk: Desk, clock: StillClock
) -> None:
    case = await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-21")
    await desk.reply("情况属实")
    await desk.step("order", recheck_on="2026-07-30", **ORDER)
    await desk.step("note", note="等待整改")

    clock.at_us += 9 * DAY_US
    before = await listed(desk, desk.officer, due="recheck")
    clock.at_us += DAY_US
    on_the_day = await listed(desk, desk.officer, due="recheck")
    seen = (await desk.seen(desk.officer)).json()
    counted = (await desk.api.http.get("/v1/cases/summary", headers=desk.officer)).json()
    open_still = await desk.step("recheck", settled=False, recheck_on="2026-08-20")

    assert (before, on_the_day) == ([], [case["id"]])
    assert (seen["recheck_on"], seen["to_recheck"]) == ("2026-07-30", True)
    assert (counted["to_recheck"], counted["overdue"]) == (1, 0)
    assert (open_still["state"], open_still["recheck_on"]) == ("ordered", "2026-08-20")
    assert await listed(desk, desk.officer, due="recheck") == []


@pytest.mark.parametrize("day", ["2026-07-19", "2029-08-01", "2126-07-30"])
async def test_a_day_lies_ahead_and_within_three_years(desk: Desk, day: str) -> None:
    await desk.open([await duty(desk.api)])

    refused = await desk.try_step("ask", due_on=day)

    assert refused.status_code == 422
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [
        ("invalid_date", "/due_on")
    ]


async def test_what_is_referred_stands_in_the_life_with_the_authority_it_went_to(
    desk: Desk,
) -> None:
    """Given a case that was never asked about, when it is referred, then the log says to whom."""
    await desk.open([await duty(desk.api, "unchecked")])
    nowhere = await desk.try_step("refer", basis="《固体废物污染环境防治法》第八十条")
    case = await desk.step(
        "refer", basis="《固体废物污染环境防治法》第八十条", to="昆明市生态环境局", note="涉嫌违法"
    )
    ended = await desk.step("close", note="已移送")

    history = await desk.api.get(f"/v1/batteries/{code(2)}/history")
    [act] = [each for each in history["items"] if each["type"] == "referred"]
    assert nowhere.json()["errors"][0]["pointer"] == "/to"
    assert (case["state"], ended["state"]) == ("referred", "closed")
    assert case["steps"][-1]["events"] == [act["event_id"]]
    assert {name: act["data"][name] for name in ("to", "case", "document", "reason")} == {
        "to": "昆明市生态环境局", "case": case["number"], "document": case["number"],
        "reason": "涉嫌违法",
    }  # fmt: skip
    assert [thing["outcome"] for thing in case["things"]] == ["referred"]


async def test_a_report_is_set_aside_in_a_case_by_the_decision_of_two_and_only_evidence_is(
    desk: Desk,
) -> None:
    """Given what two officers set aside, then a case of it says so, and a case of another not."""
    one = await finding(desk.api, "not_holder")
    [event] = one["evidence"][-1:]
    async with browser_at(desk.api) as first, browser_at(desk.api) as second:
        await an_officer(desk.api, first, "chen")
        await an_officer(desk.api, second, "zhang")
        wish = {"battery": code(2), "event_id": event} | ACT
        made = (await first.json("POST", "/v1/set-aside", **wish)).json()
        await desk.open([await duty(desk.api)])
        await desk.step("ask", due_on="2026-07-30")
        await desk.reply("误报")
        other, desk.case = desk.case, None
        await desk.open([{"finding": one["id"]}])
        await desk.step("ask", due_on="2026-07-30")
        await desk.reply("误报余能评估")
        waits = await desk.try_step("set_aside", events=[event])
        confirmed = await second.json("POST", f"/v1/set-aside/{made['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    case = await desk.step("set_aside", events=[event])
    desk.case = other
    strange = await desk.try_step("set_aside", events=[event])

    history = await desk.api.get(f"/v1/batteries/{code(2)}/history")
    [act] = [each for each in history["items"] if each["type"] == "set_aside"]
    assert (waits.status_code, waits.json()["code"]) == (403, "second_person_needed")
    assert (case["state"], case["steps"][-1]["events"]) == ("set_aside", [act["event_id"]])
    assert (strange.status_code, strange.json()["code"]) == (403, "second_person_needed")


async def test_a_case_is_given_to_an_officer_of_the_own_authority_and_found_by_that(
    desk: Desk,
) -> None:
    async with browser_at(desk.api) as here, browser_at(desk.api) as away:
        mine = await an_officer(desk.api, here, "chen")
        other = await an_officer(desk.api, away, "zhang", organisation="别处局")
        told = {"items": [await duty(desk.api)]}
        answer = await here.http.post("/v1/cases", json=told, headers=SCRIPT)
        assert answer.status_code == 201, answer.text
        case = answer.json()

        async def give(**told: Any) -> Any:
            body = {"step": "assign", "version": case["version"]} | told
            path = f"/v1/cases/{case['id']}/steps"
            return await here.http.post(path, json=body, headers=SCRIPT)

        async def cases(of: Browser, who: str) -> list[str]:
            page = await of.http.get("/v1/cases", params={"assignee": who})
            return [each["id"] for each in page.json()["items"]]

        refused = await give(assignee=other)
        shown = [await cases(here, who) for who in ("me", mine, other, "none")]
        theirs = await cases(away, "me")
        counted = (await here.http.get("/v1/cases/summary")).json()
        nobody = await give()
        then = [await cases(here, who) for who in ("me", "none")]
        again = await give(version=2, assignee=mine)
        await give(version=3, step="dismiss", note="误报", false_alarm=True)
        ended = await give(version=4, step="close", note="办结")
        over = (await here.http.get("/v1/cases/summary")).json()

    assert case["assignee"]["id"] == mine
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/assignee")
    assert (shown, theirs) == ([[case["id"]], [case["id"]], [], []], [])
    assert (counted["mine"], counted["unassigned"]) == (1, 0)
    assert (nobody.status_code, nobody.json()["assignee"]) == (201, None)
    assert then == [[], [case["id"]]]
    assert (again.status_code, ended.status_code) == (201, 201)
    assert (over["mine"], over["unassigned"], over["going_on"]) == (0, 0, 0)


async def test_officers_read_to_whom_a_case_was_given_and_the_firm_does_not(desk: Desk) -> None:
    async with browser_at(desk.api) as here:
        mine = await an_officer(desk.api, here, "chen")
        await desk.open([await duty(desk.api)])
        await desk.step("ask", due_on="2026-07-30")
        assert desk.case
        told = {"step": "assign", "version": desk.case["version"], "assignee": mine}
        answer = await here.http.post(
            f"/v1/cases/{desk.case['id']}/steps", json=told, headers=SCRIPT
        )
    seen = (await desk.seen(desk.firm)).json()

    assert answer.json()["steps"][-1]["assignee"] == {"id": mine, "name": "chen"}
    assert [step["assignee"] for step in seen["steps"]] == [None]
    assert mine not in str(seen)


async def test_no_firm_is_told_which_officer_works_on_its_case(desk: Desk) -> None:
    async with browser_at(desk.api) as here:
        person = await an_officer(desk.api, here, "chen")
        told = {"items": [await duty(desk.api)]}
        case = (await here.http.post("/v1/cases", json=told, headers=SCRIPT)).json()
        ask = {"step": "ask", "version": 1, "note": "请答复", "due_on": "2026-07-30"}
        await here.http.post(f"/v1/cases/{case['id']}/steps", json=ask, headers=SCRIPT)
        own = (await here.http.get(f"/v1/cases/{case['id']}")).text
    desk.case = case
    seen = (await desk.seen(desk.firm)).json()
    page = (await desk.api.http.get("/v1/cases", headers=desk.firm)).json()
    counted = (await desk.api.http.get("/v1/cases/summary", headers=desk.firm)).json()

    assert person in own
    assert (seen["assignee"], [step["person"] for step in seen["steps"]]) == (None, [None])
    assert person not in str(seen)
    assert [each["assignee"] for each in page["items"]] == [None]
    assert (counted["mine"], counted["unassigned"], counted["going_on"]) == (0, 0, 1)


async def test_what_an_officer_attached_to_an_internal_note_is_for_officers_alone(
    desk: Desk,
) -> None:
    """Given a file with a note that the firm never sees, then it is neither served nor erasable."""
    await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-30")
    digest = (await sent(desk, PDF, desk.officer)).json()["sha256"]
    await desk.step("note", attachments=[{"sha256": digest, "name": "线索.pdf"}])
    assert desk.case
    path = f"/v1/cases/{desk.case['id']}/attachments/{digest}"
    told = {
        "attachment": {"case": desk.case["id"], "sha256": digest},
        "basis": "request_of_person", "document": "1",
    }  # fmt: skip
    readers = desk.officer, await officer(desk.api, None), desk.firm

    fetched = [await desk.api.http.get(path, headers=by) for by in readers]
    asked = [await desk.api.http.post("/v1/erasures", json=told, headers=by) for by in readers]

    assert [each.status_code for each in fetched] == [200, 200, 404]
    assert [each.status_code for each in asked] == [201, 200, 404]
    page = await desk.api.http.get("/v1/erasures", headers=desk.firm)
    assert page.json()["items"] == []


async def test_a_firm_does_not_decline_what_officers_would_erase_but_withdraws_its_own(
    desk: Desk, clock: StillClock
) -> None:
    """Given an officer's request to erase what a firm sent, then the firm has no say in it."""
    await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-30")
    digests = [await desk.attach(PDF), await desk.attach(PDF + b"%2\n")]
    named = [{"sha256": each, "name": "附件.pdf"} for each in digests]
    await desk.reply("见附件", attachments=named)
    clock.at_us += 60_000_000
    assert desk.case

    async def ask(digest: str, by: dict[str, str]) -> str:
        told = {
            "attachment": {"case": desk.case and desk.case["id"], "sha256": digest},
            "basis": "request_of_person", "document": "云工信函〔2026〕15号",
        }  # fmt: skip
        answer = await desk.api.http.post("/v1/erasures", json=told, headers=by)
        assert answer.status_code == 201, answer.text
        return f"/v1/erasures/{answer.json()['id']}"

    async def decline(path: str, by: dict[str, str]) -> Any:
        return await desk.api.http.post(f"{path}/decline", json={"why": "不删"}, headers=by)

    officers, firms = await ask(digests[0], desk.officer), await ask(digests[1], desk.firm)
    refused = await decline(officers, desk.firm)
    still = (await desk.api.http.get(officers, headers=desk.firm)).json()
    withdrawn = await decline(firms, desk.firm)
    again = await ask(digests[1], desk.firm)
    declined = await decline(again, desk.officer)

    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert still["state"] == "open"
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "declined")
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")


async def test_an_attachment_that_both_sides_sent_is_erased_on_both(
    desk: Desk, clock: StillClock
) -> None:
    other = await officer(desk.api, None)
    await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-30")
    digest = await desk.attach()
    assert (await sent(desk, PDF, desk.officer)).status_code == 201
    clock.at_us += 60_000_000
    assert desk.case
    told = {
        "attachment": {"case": desk.case["id"], "sha256": digest},
        "basis": "request_of_person", "document": "1",
    }  # fmt: skip
    asked = await desk.api.http.post("/v1/erasures", json=told, headers=desk.officer)
    path = f"/v1/erasures/{asked.json()['id']}/approval"
    # The province is shown the case, but not a file that no step names and that it did not send.
    unseen = await desk.api.http.post(path, headers=other)
    await desk.reply("见附件", attachments=[{"sha256": digest, "name": "附件.pdf"}])
    done = await desk.api.http.post(path, headers=other)

    rows = await desk.api.look("SELECT body, erased_at FROM case_attachment")
    assert (unseen.status_code, done.status_code) == (404, 200)
    assert [(row["body"], row["erased_at"] is None) for row in rows] == [(b"", False)] * 2


async def test_an_item_that_was_dismissed_may_be_worked_in_another_case(desk: Desk) -> None:
    items = [await duty(desk.api), await duty(desk.api, "unchecked")]
    await desk.open(items)
    held = await desk.post("", {"items": items[:1]})
    unknown = await desk.try_step("dismiss", false_alarm=True, items=[3])
    left = await desk.step("dismiss", false_alarm=True, items=[1])
    twice = await desk.try_step("dismiss", false_alarm=True, items=[1])
    free = await desk.post("", {"items": items[:1]})
    other = await desk.post("", {"items": items[1:]})

    assert (held.status_code, held.json()["code"]) == (409, "already_worked")
    assert {each.json()["errors"][0]["pointer"] for each in (unknown, twice)} == {"/items"}
    assert (left["state"], [thing["outcome"] for thing in left["things"]]) == (
        "opened", ["false_alarm", None],
    )  # fmt: skip
    assert (free.status_code, other.status_code) == (201, 409)


async def test_a_case_of_a_finding_is_seen_where_the_finding_lies(desk: Desk) -> None:
    """Given a firm of here and what it did elsewhere, then the officers there see the case."""
    one = await finding(desk.api, "not_holder")
    await desk.api.look(
        "UPDATE finding SET prefecture = '530300', seen_by = seen_by || '{530300}'"
        " WHERE finding_id = $1",
        UUID(one["id"]),
    )
    elsewhere, beyond = await officer(desk.api, "530300"), await officer(desk.api, "530400")

    await desk.open([{"finding": one["id"]}])

    assert (await desk.seen(elsewhere)).status_code == 200
    assert (await desk.seen(beyond)).status_code == 404


async def test_of_a_finding_of_others_a_firm_is_told_neither_battery_nor_their_reports(
    desk: Desk,
) -> None:
    """Given a finding that concerns a firm by a report of its own, then it is told of that only."""
    one = await finding(desk.api, "not_holder")
    own = await desk.api.organisation("utilizer")
    await desk.api.look(
        "UPDATE finding SET seen_by = array_remove(seen_by, $2) || ('~' || $2)"
        " WHERE finding_id = $1",
        UUID(one["id"]), own,
    )  # fmt: skip
    await desk.open([{"finding": one["id"]}])
    await desk.step("ask", due_on="2026-07-30")

    [officers] = (await desk.seen(desk.officer)).json()["things"]
    [firms] = (await desk.seen(desk.firm)).json()["things"]

    assert (officers["battery"], firms["battery"]) == (code(2), None)
    assert code(2) not in str(firms)


async def test_a_side_sends_so_many_files_and_bytes_and_no_more(
    desk: Desk, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.open([await duty(desk.api)])
    await desk.step("ask", due_on="2026-07-30")
    monkeypatch.setattr(attachments, "MOST_OF_CASE", 2)
    files = [PDF + b"%" + bytes([65 + n]) for n in range(4)]

    firms = [(await sent(desk, body, desk.firm)).status_code for body in files[:3]]
    again = (await sent(desk, files[0], desk.firm)).status_code
    officers = (await sent(desk, files[2], desk.officer)).status_code
    monkeypatch.setattr(attachments, "MOST_OF_CASE", 40)
    monkeypatch.setattr(attachments, "MOST_A_DAY", 3 * len(files[0]))
    within = [(await sent(desk, body, desk.firm)).status_code for body in files[2:]]
    clock.at_us += DAY_US
    next_day = (await sent(desk, files[3], desk.firm)).status_code

    assert (firms, again, officers) == ([201, 201, 429], 200, 201)
    assert (within, next_day) == ([201, 429], 201)


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (("[Content_Types].xml", "word/document.xml"), 201),
        (("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), 422),
        (("[Content_Types].xml", "other.xml"), 422),
    ],
)
async def test_a_text_with_macros_is_not_taken(
    desk: Desk, parts: tuple[str, ...], status: int
) -> None:
    await desk.open([await duty(desk.api)])
    body = BytesIO()
    with ZipFile(body, "w") as made:
        for name in parts:
            made.writestr(name, "x")

    assert (await sent(desk, body.getvalue(), desk.officer)).status_code == status


async def test_whatever_is_done_in_a_case_is_an_entry_of_the_audit_log(desk: Desk) -> None:
    items = [await duty(desk.api), await duty(desk.api, "unchecked")]
    case = await desk.open(items[:1])
    added = {"version": 1, "items": items[1:]}
    desk.case = (await desk.post(f"/{case['id']}/items", added)).json()
    await desk.step("ask", due_on="2026-07-30")
    await desk.reply("情况属实")
    await desk.seen(desk.officer)
    await desk.seen(desk.firm)

    noted = await desk.api.look("SELECT act, actor FROM audit WHERE act LIKE '%/v1/cases%'")
    mine = await desk.api.organisation("utilizer")
    acts = [(row["act"], row["actor"] == mine) for row in noted]
    assert sorted(acts) == [
        ("GET /v1/cases/{id}", False),
        ("POST /v1/cases", False),
        ("POST /v1/cases/{id}/items", False),
        ("POST /v1/cases/{id}/replies", True),
        ("POST /v1/cases/{id}/steps", False),
    ]


async def test_a_page_of_cases_goes_on_behind_the_last_one(desk: Desk, clock: StillClock) -> None:
    made = []
    for state in ("late", "unchecked"):
        made.append((await desk.open([await duty(desk.api, state)]))["id"])
        clock.at_us += DAY_US
    pages: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(2):
        asked = {"limit": "1"} | cursor
        page = (await desk.api.http.get("/v1/cases", params=asked, headers=desk.officer)).json()
        pages += [each["id"] for each in page["items"]]
        cursor = {"cursor": page["next"]}

    assert (pages, page["next"]) == (made[::-1], None)
    assert await listed(desk, desk.officer, firm="示范outlet") == []
    assert await listed(desk, desk.officer, firm="示范utilizer", state="opened") == made[::-1]
    assert await listed(desk, desk.officer, state="asked") == []
    assert await listed(desk, desk.officer, prefecture="曲靖") == []


async def test_a_reply_is_known_by_its_id_and_only_the_firm_that_was_asked_gives_it(
    desk: Desk,
) -> None:
    await desk.open([await duty(desk.api)])
    assert desk.case
    told = {"id": str(uuid4()), "version": 2, "note": "情况属实"}
    path = f"/{desk.case['id']}/replies"
    early = await desk.post(path, told | {"version": 1}, desk.firm)
    await desk.step("ask", due_on="2026-07-30")
    stranger = await desk.post(path, told, await desk.api.headers("recycler"))
    officers = await desk.post(path, told, desk.officer)
    first, again = [await desk.post(path, told, desk.firm) for _ in range(2)]
    other = await desk.post(path, told | {"note": "并无此事"}, desk.firm)

    assert [each.status_code for each in (early, stranger, officers, first, again, other)] == [
        404, 404, 403, 201, 200, 409,
    ]  # fmt: skip
    assert again.json()["version"] == first.json()["version"] == 3
