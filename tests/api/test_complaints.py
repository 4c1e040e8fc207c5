"""What the public complains of: without a script, kept secret, seen by the area's authority."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy.dialects import postgresql

from dianchi.access.complaints import LISTED, listed
from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, Api, code, produced

TOLD = "六库的网点不收，张三说要交 200 元"
CONTACT = "13800138000"
HERE = "http://127.0.0.1"
"""Over plain http browsers are given the cookie of a form on this machine only."""


async def form_of(api: Api, about: str = "refused", **query: str) -> tuple[str, dict[str, str]]:
    """The page and what its form sends unless somebody changes it."""
    page = await api.http.get(f"{HERE}/complaints/{about}", params=query)
    assert page.status_code == 200
    inputs = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page.text)
    return page.text, {name: unescape(value) for name, value in inputs}


async def send(api: Api, about: str = "refused", **told: str) -> httpx.Response:
    _, form = await form_of(api, about)
    body = form | {"prefecture": "533300", "told": TOLD, "contact": CONTACT} | told
    return await api.http.post(f"{HERE}/complaints/{about}", data=body)


def number_in(page: str) -> str:
    (found,) = re.findall(r"TS-\d{8}-[2-9A-HJ-NP-Z]{8}", page)
    return str(found)


async def officer(api: Api, prefecture: str | None) -> dict[str, str]:
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(f"主管{prefecture}", prefecture=prefecture), ENROLLED)
        terms = KeyTerms("regulator", prefecture)
        key = await add_key(session, api.services.ring, row.id, terms, ENROLLED)
    await api.services.registry.refresh()
    return {"authorization": f"Bearer {key}"}


async def items(api: Api, prefecture: str | None, state: str = "open") -> list[dict[str, Any]]:
    headers = await officer(api, prefecture)
    answer = await api.http.get("/v1/complaints", params={"state": state}, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_complaint_reaches_the_authority_of_the_area_and_no_other(api: Api) -> None:
    thanks = await send(api, battery=code(1))
    number = number_in(thanks.text)

    (here,) = await items(api, "533300")
    assert (here["number"], here["about"], here["battery"]) == (number, "refused", code(1))
    assert (here["told"], here["contact"]) == (TOLD, CONTACT)
    assert await items(api, "530100") == []
    assert [each["number"] for each in await items(api, None)] == [number]


async def test_what_was_written_lies_encrypted_and_in_no_event(api: Api) -> None:
    await send(api)
    dump = ""
    for table in ("complaint", "personal", "event", "audit"):
        rows = await api.look(f"SELECT * FROM {table}")  # noqa: S608 - names of ours
        dump += "".join(str(dict(row)) for row in rows)
    assert "complaint:TS-" in dump
    for canary in (TOLD, CONTACT, "张三"):
        assert canary not in dump
        assert canary.encode().hex() not in dump


async def test_closing_says_why_and_erases_the_contact_and_where_asked_the_text(api: Api) -> None:
    numbers = [number_in((await send(api)).text) for _ in range(2)]
    headers = await officer(api, "533300")
    for number, erase, left in zip(numbers, ("contact", "all"), (TOLD, None), strict=True):
        answer = await api.http.post(
            f"/v1/complaints/{number}/close",
            json={"reason": "已约谈网点", "erase": erase},
            headers=headers,
        )
        told = answer.json()
        assert (told["reason"], told["contact"], told["told"]) == ("已约谈网点", None, left)
    again = await api.http.post(
        f"/v1/complaints/{numbers[0]}/close", json={"reason": "再次"}, headers=headers
    )
    elsewhere = await api.http.post(
        f"/v1/complaints/{numbers[0]}/close",
        json={"reason": "再次"},
        headers=await officer(api, "530100"),
    )
    assert (again.status_code, elsewhere.status_code) == (409, 404)
    assert await items(api, "533300") == []
    assert {each["number"] for each in await items(api, "533300", "closed")} == set(numbers)
    kept = await api.look("SELECT reference FROM personal WHERE sealed IS NOT NULL")
    assert [row["reference"] for row in kept] == [f"complaint:{numbers[0]}"]
    acts = [row["act"] for row in await api.look("SELECT act FROM audit")]
    assert "POST /v1/complaints/{number}/close" in acts


async def test_a_form_that_is_not_ours_or_incomplete_keeps_what_was_typed(api: Api) -> None:
    stale = await send(api, mark="00")
    empty = await send(api, prefecture="", told="半句<b>")
    foreign = await api.http.post(
        f"{HERE}/complaints/refused", data={"told": TOLD}, headers={"sec-fetch-site": "cross-site"}
    )
    assert (stale.status_code, empty.status_code, foreign.status_code) == (403, 422, 403)
    assert TOLD in stale.text
    assert "半句&lt;b&gt;" in empty.text
    assert await items(api, None) == []


async def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_forgotten(api: Api) -> None:
    assert (await send(api, website="http://spam.example")).status_code == 200
    assert await items(api, None) == []


async def test_an_address_may_complain_five_times_at_once(api: Api) -> None:
    answers = [await send(api) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert TOLD in answers[-1].text


async def test_a_name_that_is_none_is_not_kept(api: Api) -> None:
    await send(api, "wrong_label", battery="张三家的电池")
    (only,) = await items(api, None)
    assert (only["about"], only["battery"]) == ("wrong_label", None)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_of_a_battery_leads_to_the_form_with_its_code(
    api: Api, language: str
) -> None:
    await api.post("maker", produced(1))
    page = await api.http.get(f"/B/{code(1)}", params={"lang": language})
    for about in ("wrong_label", "refused"):
        (link,) = re.findall(rf'href="(/complaints/{about}[^"]*)"', page.text)
        form = await api.http.get(unescape(link))
        assert f'value="{code(1)}"' in form.text
        assert "<script" not in form.text
        assert len(form.content) < 30_000


async def test_outlets_with_a_valid_permit_are_listed_by_county(api: Api) -> None:
    headers = await api.headers("outlet")
    permit = {"kind": "collection", "valid_from": "2020-01-01", "valid_to": "2099-12-31"}
    old = permit | {"valid_to": "2021-12-31"}
    rows = [("S1", "六库网点", [permit]), ("S2", "过期网点", [old]), ("S3", "无证网点", [])]
    for number, name, permits in rows:
        body = {
            "number": number,
            "name": name,
            "kind": "collection",
            "prefecture": "533300",
            "county": "533301",
            "permits": permits,
        }
        answer = await api.http.post("/v1/sites", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
    page = await api.http.get("/outlets/533300", params={"lang": "zh"})
    places = await api.http.get("/outlets", params={"lang": "zh"})
    nowhere = await api.http.get("/outlets/530200")

    assert "六库网点" in page.text
    assert "<h2>泸水市</h2>" in page.text
    assert "过期网点" not in page.text
    assert "无证网点" not in page.text
    assert "怒江傈僳族自治州</a> <span>1</span>" in places.text
    assert nowhere.status_code == 404


MANY = """
INSERT INTO complaint (number, kind, prefecture, made_at, closed_at)
SELECT 'TS-' || n, 'refused', CASE WHEN n % 100 = 0 THEN '533300' ELSE '530100' END,
       timestamptz '2026-01-01Z' + n * interval '1 minute',
       CASE WHEN n % 3 = 0 THEN timestamptz '2026-06-01Z' + n * interval '1 minute' END
  FROM generate_series(1, 20000) n
"""


@pytest.mark.parametrize(
    ("closed", "index"), [(False, "complaint_open"), (True, "complaint_closed")]
)
async def test_an_area_reads_its_own_complaints_of_many_by_an_index(
    api: Api, index: str, *, closed: bool
) -> None:
    await api.look(MANY)
    await api.look("ANALYZE complaint")
    asked = listed("533300", closed=closed).compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call] # of SQLAlchemy
        compile_kwargs={"literal_binds": True},
    )

    plan = "\n".join(row[0] for row in await api.look(f"EXPLAIN {asked}"))
    found = await items(api, "533300", "closed" if closed else "open")
    everywhere = await items(api, None)

    assert index in plan
    assert "Seq Scan" not in plan
    made = [item["made_at"] for item in found]
    assert len(made) == (66 if closed else 134)
    assert made == sorted(made, reverse=closed)
    assert len(everywhere) == LISTED
