"""Codes are tried one after another: an address has a budget, and others do not notice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network

import httpx
import pytest

from dianchi.access.flood import Buckets
from support.api import Api, code, produced

PROXY = "127.0.0.1"
"""Where the requests of these tests come from: a proxy, which says for whom."""
SLIP = "SJ-20260602-ABCDEFGH"
LOOKUPS = (f"/B/{code(1)}", f"/b/{code(2)}", "/B/x%2F1", f"/R/{SLIP}", f"/r/{SLIP}", "/receipts/x")
FORMS = ("/complaints/wrong_label", "/complaints/refused")


@asynccontextmanager
async def allowing(api: Api, most: int, every_s: float = 3600.0) -> AsyncIterator[None]:
    """The service behind a proxy of its own, with a budget of so many look-ups."""
    before = api.services
    entry = replace(before.entry, trusted=(ip_network(PROXY),))
    api.state.services = replace(before, entry=entry, visitors=Buckets(most, every_s))
    yield
    api.state.services = before


async def look_up(api: Api, path: str, address: str, **headers: str) -> httpx.Response:
    told = {
        "x-forwarded-for": address,
        **{name.replace("_", "-"): headers[name] for name in headers},
    }
    return await api.http.get(path, headers=told)


@pytest.mark.parametrize("path", [*LOOKUPS, *FORMS])
async def test_whoever_looks_up_too_much_is_turned_away_and_others_are_not(
    api: Api, path: str
) -> None:
    async with allowing(api, 3):
        statuses = [(await look_up(api, path, "203.0.113.9")).status_code for _ in range(5)]
        other = await look_up(api, path, "203.0.113.10")
    assert 429 not in statuses[:3]
    assert statuses[3:] == [429, 429]
    assert other.status_code == statuses[0]


async def test_answers_by_one_time_links_count_as_well(api: Api) -> None:
    async with allowing(api, 2):
        headers = {"x-forwarded-for": "203.0.113.9"}
        answers = [await api.http.post("/receipts/x", headers=headers) for _ in range(3)]
    assert [one.status_code for one in answers] == [404, 404, 429]


async def test_every_kind_of_look_up_takes_from_the_same_budget(api: Api) -> None:
    async with allowing(api, len(LOOKUPS)):
        answers = [await look_up(api, path, "203.0.113.9") for path in (*LOOKUPS, *FORMS)]
    assert [one.status_code == 429 for one in answers] == [False] * len(LOOKUPS) + [True, True]


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "查询过于频繁"), ("en", "looks up too much")]
)
async def test_the_refusal_says_when_to_come_back_as_a_page_and_as_json(
    api: Api, language: str, sentence: str
) -> None:
    async with allowing(api, 0, 60.0):
        page = await look_up(api, LOOKUPS[0], "203.0.113.9", accept_language=language)
        told = await look_up(
            api, LOOKUPS[0], "203.0.113.9", accept_language=language, accept="application/json"
        )
    assert [page.headers["retry-after"], told.headers["retry-after"]] == ["60", "60"]
    assert page.headers["content-type"].startswith("text/html")
    assert "content-security-policy" in page.headers
    assert sentence in page.text
    assert "<script" not in page.text
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["code"] == "too_many_requests"
    assert sentence in told.json()["detail"]


async def test_a_line_is_one_address_however_many_it_uses(api: Api) -> None:
    """A line is given a /64 at least: each look-up could come from a new address of it."""
    async with allowing(api, 2):
        one_line = [
            (await look_up(api, LOOKUPS[0], f"2001:db8:0:7::{n}")).status_code for n in range(3)
        ]
        next_line = await look_up(api, LOOKUPS[0], "2001:db8:0:8::1")
    assert one_line == [404, 404, 429]
    assert next_line.status_code == 404


async def test_outlets_behind_one_address_report_and_read_while_it_is_turned_away(
    api: Api,
) -> None:
    assert (await api.post("maker", produced(1))).status_code == 201
    async with allowing(api, 0):
        turned_away = await look_up(api, LOOKUPS[0], "203.0.113.9")
        headers = await api.headers("maker", **{"x-forwarded-for": "203.0.113.9"})
        reported = await api.http.post("/v1/events", json=produced(2), headers=headers)
        read = await api.http.get(f"/v1/batteries/{code(1)}", headers=headers)
    assert (turned_away.status_code, reported.status_code, read.status_code) == (429, 201, 200)


async def test_several_clerks_scan_behind_one_address_without_noticing(api: Api) -> None:
    answers = [(await api.http.get(f"/B/{code(1)}")).status_code for _ in range(125)]
    assert answers[:120] == [404] * 120
    assert answers[-1] == 429
