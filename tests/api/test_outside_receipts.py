"""One-time links by which receivers without an account answer a hand-over."""

import re
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from dianchi.domain.identifiers import uscc_check
from support.api import Api, StillClock, api_over, code

pytestmark = pytest.mark.asyncio
FIRST: Final = "91440300DEMX00001"
USCC: Final = FIRST + uscc_check(FIRST)
OUTSIDE: Final = {"external": True, "name": "广东某再生厂", "province": "44", "uscc": USCC}
GOOD: Final = {
    "decision": "confirmed", "organisation": "广东某再生厂", "uscc": USCC, "person": "张三丰",
    "note": "少一个外壳", "received_on": "2026-02-03",
}  # fmt: skip
HERE: Final = "http://127.0.0.1"
"""Over plain http browsers are given the cookie of a form on this machine only."""
DAY_US: Final = 86_400 * 1_000_000
_ACTS: Final = "FROM event WHERE convert_from(body, 'UTF8') LIKE '%outside_answered%'"


async def sent(api: Api, *serials: int, receiver: Any = OUTSIDE) -> str:
    """A hand-over of packs that left; the id of its report."""
    for serial in serials:
        await api.report(
            "outlet", "collected", "2026-01-05", battery=code(serial), site="S1", source="person",
            safety_class="A", label_legible=True,
        )  # fmt: skip
    event_id = str(uuid4())
    lines = [{"battery": code(serial), "mass_kg": "300"} for serial in serials]
    body = {"event_id": event_id, "type": "dispatched", "occurred_at": "2026-02-01"}
    data = {"handover": f"H{serials[0]}", "receiver": receiver, "batteries": lines}
    answer = await api.post("outlet", body | {"data": data})
    assert answer.status_code == 201, answer.text
    return event_id


async def link(api: Api, event_id: str, status: int = 201, **more: Any) -> dict[str, Any]:
    answer = await api.http.post(
        "/v1/outside-receipts",
        json={"event_id": event_id} | more,
        headers=await api.headers("outlet"),
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def listed(api: Api, who: str | None = None) -> list[dict[str, Any]]:
    answer = await api.http.get("/v1/outside-receipts", headers=await api.headers("outlet", who))
    return list(answer.json()["items"])


def place(made: dict[str, Any]) -> str:
    return f"{HERE}{urlsplit(made['link']).path}"


async def page(api: Api, made: dict[str, Any], **query: str) -> httpx.Response:
    return await api.http.get(place(made), params=query)


async def answer(api: Api, made: dict[str, Any], **changes: str) -> httpx.Response:
    """Fills the form in as a browser does."""
    mark = re.search(r'name="mark" value="(\w+)"', (await page(api, made)).text)
    form = GOOD | changes | {"mark": mark[1] if mark else ""}
    return await api.http.post(place(made), data=form)


@pytest.mark.parametrize("serials", [(1,), (1, 2, 3)])
async def test_whoever_opens_the_link_sees_what_is_said_to_come(
    api: Api, serials: tuple[int, ...]
) -> None:
    made = await link(api, await sent(api, *serials))

    zh, en = (await page(api, made)).text, (await page(api, made, lang="en")).text

    assert all(code(serial) in zh for serial in serials)
    assert "广东某再生厂" in zh
    assert "Did these batteries arrive?" in en
    assert "<script" not in zh


async def test_an_answer_is_kept_as_unverified_and_moves_no_battery(api: Api) -> None:
    made = await link(api, await sent(api, 1))

    told = await answer(api, made)

    assert told.status_code == 200, told.text
    [one] = await listed(api)
    assert (one["assurance"], one["answer"]["decision"]) == ("unverified", "confirmed")
    assert one["answer"]["same_uscc"] is True
    assert (one["person"], one["note"]) == ("张三丰", "少一个外壳")
    life = await api.get(f"/v1/batteries/{code(1)}")
    assert life["stage"] == "in_transit"


async def test_the_log_has_the_answer_without_the_person(api: Api) -> None:
    made = await link(api, await sent(api, 1))
    await answer(api, made)

    [event] = await api.look(f"SELECT convert_from(body, 'UTF8') AS told {_ACTS}")
    assert '"assurance":"unverified"' in event["told"]
    assert "张三丰" not in event["told"]
    assert "少一个外壳" not in event["told"]
    rows = await api.look("SELECT row_to_json(r)::text AS told FROM outside_receipt r")
    token = urlsplit(made["link"]).path.rpartition("/")[2]
    assert token not in rows[0]["told"]
    kept = await api.look("SELECT kind FROM personal WHERE kind = 'receipt'")
    assert len(kept) == len(("person", "note"))


async def test_a_link_works_once(api: Api) -> None:
    made = await link(api, await sent(api, 1))
    form = GOOD | {"mark": re.search(r'name="mark" value="(\w+)"', (await page(api, made)).text)[1]}  # type: ignore[index]
    path = place(made)

    first = await api.http.post(path, data=form)
    second = await api.http.post(path, data=form | {"decision": "declined"})

    assert (first.status_code, second.status_code) == (200, 404)
    assert (await page(api, made)).status_code == 404
    [one] = await listed(api)
    assert one["answer"]["decision"] == "confirmed"
    assert len(await api.look(f"SELECT {_ACTS}")) == 1


async def test_a_used_an_ended_a_revoked_and_an_invented_link_look_alike(database: str) -> None:
    clock = StillClock(1_780_286_400_000_000)
    async with api_over(database, clock) as api:
        used, revoked, ended = [await link(api, await sent(api, n), expires_on="2026-06-01")
                                for n in (1, 2, 3)]  # fmt: skip
        await answer(api, used)
        headers = await api.headers("outlet")
        await api.http.post(f"/v1/outside-receipts/{revoked['id']}/revoke", headers=headers)
        pages = [(await page(api, each)) for each in (used, revoked)]
        clock.at_us += DAY_US
        pages.append(await page(api, ended))
        pages.append(await page(api, {"link": "http://x/receipts/invented"}))

        assert {told.status_code for told in pages} == {404}
        assert len({told.text for told in pages}) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"decision": "maybe"}, "还缺少内容"),
        ({"organisation": ""}, "还缺少内容"),
        ({"uscc": USCC[:-1] + ("A" if USCC[-1] != "A" else "B")}, "信用代码"),
        ({"received_on": "2999-01-01"}, "日期不对"),
        ({"received_on": "yesterday"}, "日期不对"),
    ],
)
async def test_a_form_that_does_not_hold_comes_back_filled_and_spends_nothing(
    api: Api, changes: dict[str, str], says: str
) -> None:
    made = await link(api, await sent(api, 1))

    told = await answer(api, made, **changes)

    assert told.status_code == 422
    assert says in told.text
    assert "少一个外壳" in told.text
    assert (await listed(api))[0]["answer"] is None


async def test_another_firm_that_answers_is_told_apart(api: Api) -> None:
    made = await link(api, await sent(api, 1))
    other = "91440300DEMX00002"

    await answer(api, made, uscc=other + uscc_check(other))

    assert (await listed(api))[0]["answer"]["same_uscc"] is False


async def test_a_form_of_another_page_is_not_taken(api: Api) -> None:
    made = await link(api, await sent(api, 1))

    told = await api.http.post(place(made), data=GOOD | {"mark": "00"})

    assert told.status_code == 403
    assert (await listed(api))[0]["answer"] is None


async def test_links_are_made_for_ones_own_hand_overs_to_strangers_only(api: Api) -> None:
    await api.key("utilizer", "本省综合利用")
    theirs = await sent(api, 1)
    to_known = await sent(api, 2, receiver="本省综合利用")
    await api.key("outlet", "别的网点")

    stranger = await api.http.post(
        "/v1/outside-receipts",
        json={"event_id": theirs},
        headers=await api.headers("outlet", "别的网点"),
    )
    missing = await link(api, str(uuid4()), 404)
    enrolled = await link(api, to_known, 422)

    assert (stranger.status_code, missing["code"]) == (404, "not_found")
    assert "本省综合利用" in enrolled["detail"]
    assert await listed(api, "别的网点") == []
    await link(api, theirs, 422, expires_on="2999-01-01")


async def test_a_withdrawn_hand_over_gets_no_link(api: Api) -> None:
    event_id = await sent(api, 1)
    body = {
        "event_id": str(uuid4()), "type": "corrected", "occurred_at": "2026-02-02",
        "data": {"event_id": event_id, "reason": "发错了"},
    }  # fmt: skip
    assert (await api.post("outlet", body)).status_code == 201

    await link(api, event_id, 422)
