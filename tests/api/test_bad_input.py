"""Every bad report gets one clear problem: code, pointer, value, way out; and nothing is lost."""

from typing import Any
from uuid import uuid4

import pytest

from dianchi.api.intake import ONE_REPORT, body_of
from dianchi.domain.refusals import Refused
from support.api import Api, code, produced

pytestmark = pytest.mark.asyncio


def _with_data(**changes: Any) -> dict[str, Any]:
    report = produced(1)
    return report | {"data": report["data"] | changes}


def _without(member: str) -> dict[str, Any]:
    return {name: value for name, value in produced(1).items() if name != member}


CASES: list[tuple[str, Any, int, str, str]] = [
    ("unknown type", produced(1, type="exploded"), 422, "unknown_type", "/type"),
    ("no type", _without("type"), 422, "missing_field", "/type"),
    ("no event id", _without("event_id"), 422, "missing_field", "/event_id"),
    ("no data", _without("data"), 422, "missing_field", "/data/model"),
    ("event id is no uuid", produced(1, event_id="7"), 422, "invalid_value", "/event_id"),
    ("25 characters", produced(1, battery=code(1) + "0"), 422, "invalid_code", "/battery"),
    ("31 April", produced(1, occurred_at="2024-04-31"), 422, "invalid_date", "/occurred_at"),
    (
        "no offset",
        produced(1, occurred_at="2024-06-01T10:00:00"),
        422,
        "invalid_date",
        "/occurred_at",
    ),
    (
        "a code made on 31 April",
        produced(1, battery=code(1, made="E40")),
        422,
        "invalid_date",
        "/battery",
    ),
    (
        "next year",
        produced(1, occurred_at="2099-01-01T00:00:00Z"),
        422,
        "in_future",
        "/occurred_at",
    ),
    ("a member nobody knows", _with_data(colour="red"), 422, "unknown_field", "/data/colour"),
    ("a member at the top", produced(1, colour="red"), 422, "unknown_field", "/colour"),
    ("mass in words", _with_data(mass_kg="heavy"), 422, "invalid_value", "/data/mass_kg"),
    ("mass of nothing", _with_data(mass_kg="0"), 422, "invalid_value", "/data/mass_kg"),
    (
        "a chemistry nobody knows",
        _with_data(chemistry="lead"),
        422,
        "invalid_value",
        "/data/chemistry",
    ),
    ("a NUL character", _with_data(model="a\x00b"), 422, "invalid_value", "/data/model"),
    ("a list", [produced(1)], 422, "invalid_value", ""),
    ("a text", "produced", 422, "invalid_value", ""),
]


@pytest.mark.parametrize(
    ("body", "status", "problem", "pointer"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
async def test_a_bad_report_names_member_value_and_way_out(
    api: Api, body: Any, status: int, problem: str, pointer: str
) -> None:
    answer = await api.post("maker", body)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, problem), told
    assert answer.headers["content-type"] == "application/problem+json"
    first = told["errors"][0]
    assert first["pointer"] == pointer
    assert all(first["message"].values())
    assert all(first["way_out"].values())


RAW: list[tuple[str, bytes, str]] = [
    ("half an object", b'{"event_id": ', "malformed_json"),
    ("a key twice", b'{"type": "produced", "type": "sold"}', "duplicate_key"),
    (
        "a key twice, spaced",
        b'{"type" :"produced", "data":{"a":":x"}, "type": "sold"}',
        "duplicate_key",
    ),
    ("bytes that are no UTF-8", b'{"type": "\xff\xfe"}', "invalid_utf8"),
    ("NaN", b'{"type": NaN}', "malformed_json"),
    ("a hundred levels", b'{"data":' * 100 + b"1" + b"}" * 100, "malformed_json"),
    ("a thousand levels", b'{"data":' * 1000 + b"1" + b"}" * 1000, "malformed_json"),
    ("a hundred thousand levels", b"[" * 100_000, "malformed_json"),
    ("half a surrogate", b'{"type": "\\ud800"}', "malformed_json"),
    ("nothing at all", b"", "malformed_json"),
]


@pytest.mark.parametrize(
    ("body", "problem"), [case[1:] for case in RAW], ids=[case[0] for case in RAW]
)
async def test_bytes_that_are_no_report_are_refused(api: Api, body: bytes, problem: str) -> None:
    answer = await api.http.post("/v1/events", content=body, headers=await api.headers("maker"))

    assert (answer.status_code, answer.json()["code"]) == (400, problem), answer.text


async def test_a_text_that_looks_like_a_key_is_no_duplicate(api: Api) -> None:
    answer = await api.post("maker", _with_data(model='":type": "type":'))

    assert answer.status_code == 201, answer.text


async def test_problems_are_told_in_the_readers_language(api: Api) -> None:
    bad = produced(1, battery="A765101015")
    headers = await api.headers("maker")

    zh = await api.http.post("/v1/events", json=bad, headers=headers)
    en = await api.http.post("/v1/events", json=bad, headers=headers | {"accept-language": "en"})

    assert zh.json()["title"] == "电池编码无效"
    assert en.json()["title"] == "The battery name is not valid"


async def test_a_role_that_may_not_report_a_type_is_told_who_may(api: Api) -> None:
    answer = await api.post("outlet", produced(1))

    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    assert "maker" in answer.json()["errors"][0]["way_out"]["en"]


async def test_without_a_key_nobody_is_let_in(api: Api) -> None:
    missing = await api.http.post("/v1/events", json=produced(1))
    wrong = await api.http.post(
        "/v1/events", json=produced(1), headers={"authorization": "Bearer dk_nonsense"}
    )

    assert (missing.status_code, missing.json()["code"]) == (401, "key_missing")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "key_invalid")
    assert wrong.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("given", ["Basic b3V0bGV0OmtleQ==", "Bearer", "Bearer  ", "dk_1234"])
async def test_without_the_word_bearer_there_is_no_key(api: Api, given: str) -> None:
    answer = await api.http.get("/v1/me", headers={"authorization": given})

    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    (fault,) = answer.json()["errors"]
    assert "Bearer" in fault["message"]["en"]
    assert "Authorization: Bearer" in fault["way_out"]["zh"]
    assert "b3V0" not in answer.text


@pytest.mark.parametrize(
    "number", [1234567890123456789012345678, int("12345" * 800)], ids=["28", "4000"]
)
async def test_a_number_that_is_too_large_is_shown_by_its_digits(api: Api, number: int) -> None:
    answer = await api.post("maker", _with_data(mass_kg=number))

    (fault,) = answer.json()["errors"]
    assert fault["value"].startswith("123456789" if number < 10**30 else "12345123451234512345")
    assert fault["value"].rstrip("…") in str(number)
    assert fault["value"] in fault["message"]["en"]
    assert len(fault["value"]) <= 121


@pytest.mark.parametrize("path", ["/v1/batteries", f"/v1/batteries/{code(1)}/history"])
async def test_a_read_that_fails_does_not_speak_of_event_ids(api: Api, path: str) -> None:
    headers = await api.headers("regulator")
    await api.headers("maker")
    for table in ("battery", "event"):
        await api.look(f"ALTER TABLE {table} RENAME TO {table}_gone")
    try:
        answer = await api.http.get(path, headers=headers)
        written = await api.post("maker", produced(1))
    finally:
        for table in ("battery", "event"):
            await api.look(f"ALTER TABLE {table}_gone RENAME TO {table}")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "event_id" not in answer.text
    assert written.status_code == 500
    assert "event_id" in written.json()["detail"]


async def test_an_event_id_cannot_mean_two_things(api: Api) -> None:
    first = produced(1)
    await api.post("maker", first)

    answer = await api.post("maker", first | {"battery": code(2)})

    assert (answer.status_code, answer.json()["code"]) == (409, "event_id_conflict")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api) -> None:
    headers = await api.headers("maker", None, **{"content-length": str(64 * 1024 * 1024)})

    async def body() -> Any:
        for _ in range(64):
            yield b" " * 1024 * 1024

    single = await api.http.post("/v1/events", content=body(), headers=headers)
    batch = await api.http.post("/v1/events/batch", content=body(), headers=headers)

    assert (single.status_code, single.json()["code"]) == (413, "body_too_large")
    assert (batch.status_code, batch.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("part", [64 * 1024, 2 * 1024 * 1024], ids=["in parts", "at once"])
async def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further_than_its_bound(
    api: Api, part: int
) -> None:
    read: list[int] = []

    async def body() -> Any:
        for _ in range(64):
            read.append(part)
            yield b" " * part

    answer = await api.http.post("/v1/events", content=body(), headers=await api.headers("maker"))

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sum(read) <= 1024 * 1024 + 2 * part


async def test_a_whole_body_that_is_too_large_is_refused() -> None:
    """Sent in one piece, as small ones are, by a client that says nothing of its size."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b" " * (ONE_REPORT + 1), "more_body": False}

    with pytest.raises(Refused) as refused:
        await body_of({"headers": []}, receive, ONE_REPORT)
    assert refused.value.faults[0].code == "body_too_large"


async def test_more_than_ten_thousand_rows_are_refused(api: Api) -> None:
    rows: list[dict[str, str]] = [{}] * 10_001

    answer = await api.http.post("/v1/events/batch", json=rows, headers=await api.headers("maker"))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")


async def test_a_vin_with_a_wrong_check_digit_is_refused_for_domestic_cars(api: Api) -> None:
    answer = await api.post(
        "vehicle_maker",
        {
            "event_id": str(uuid4()),
            "type": "sold",
            "battery": code(1),
            "occurred_at": "2024-08-01",
            "data": {"prefecture": "530100", "vin": "LSVAA4182E2184840"},
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert answer.json()["errors"][0]["pointer"] == "/data/vin"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("batteries?stage=bogus", "/stage"),
        ("batteries?chemistry=%00", "/chemistry"),
        ("batteries?prefecture=bogus", "/prefecture"),
        ("findings?code=bogus", "/code"),
        ("findings?kind=bogus", "/kind"),
        ("batteries?limit=0", "/limit"),
        ("batteries?cursor=WyJhXHUwMDAwIiwiIiwiIiwiIiwiYSJd", ""),
    ],
)
async def test_a_filter_that_can_find_nothing_is_refused(
    api: Api, query: str, pointer: str
) -> None:
    answer = await api.http.get(f"/v1/{query}", headers=await api.headers("regulator"))

    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, "invalid_value", pointer)
    assert "Input should" not in fault["message"]["zh"]


async def test_a_prefecture_is_asked_for_by_name_or_code(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.settle()
    for asked in ("530100", "昆明市", "Kunming"):
        assert len((await api.get("/v1/batteries", prefecture=asked))["items"]) == 1
