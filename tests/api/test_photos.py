"""Photos and drawn signatures: sent whole or in parts, shown with their report, erased."""

import asyncio
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dianchi.access import photos
from dianchi.access.photos import PART_BYTES
from support.api import Api, code
from support.devices import Phone, phone_of

pytestmark = pytest.mark.asyncio
JPEG = b"\xff\xd8\xff\xe0"


def picture(size: int = 1000, mark: int = 1) -> tuple[bytes, str]:
    """A picture as far as its first bytes say, and its hash."""
    body = JPEG + bytes([mark]) * (size - len(JPEG))
    return body, sha256(body).hexdigest()


def parts_of(body: bytes) -> list[bytes]:
    return [body[at : at + PART_BYTES] for at in range(0, len(body), PART_BYTES)]


async def send(phone: Phone, digest: str, number: int, part: bytes) -> httpx.Response:
    path = f"/v1/photos/{digest}/parts/{number}"
    return await phone.put(path, part, "application/octet-stream")


async def joined(phone: Phone, digest: str, parts: int, kind: str = "image/jpeg") -> httpx.Response:
    return await phone.post(f"/v1/photos/{digest}", {"parts": parts, "type": kind})


async def collect(phone: Phone, serial: int, *digests: str) -> None:
    answer = await phone.post(
        "/v1/events",
        {
            "event_id": str(uuid4()),
            "type": "collected",
            "battery": code(serial),
            "occurred_at": "2026-01-05T10:00:00+08:00",
            "data": {
                "source": "person",
                "safety_class": "A",
                "label_legible": True,
            }
            | ({"photos": list(digests)} if digests else {}),
        },
    )
    assert answer.status_code == 201, answer.text


async def seen(api: Api, digest: str, role: str, name: str | None = None) -> httpx.Response:
    return await api.http.get(f"/v1/photos/{digest}", headers=await api.headers(role, name))


async def test_a_photo_is_shown_to_who_sees_the_report_that_names_it(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()
    await collect(phone, 1, digest)
    assert (await phone.put(f"/v1/photos/{digest}", body)).status_code == 201

    shown = await phone.get(f"/v1/photos/{digest}")
    province = await seen(api, digest, "regulator")
    stranger = await seen(api, digest, "outlet", "别的网点")
    none = await seen(api, "0" * 64, "outlet", "别的网点")

    assert (shown.content, shown.headers["content-type"]) == (body, "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert province.content == body
    assert stranger.status_code == none.status_code == 404
    assert stranger.text.replace(digest, "0" * 64) == none.text


async def test_a_photo_that_no_report_names_is_shown_to_nobody(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()
    await phone.put(f"/v1/photos/{digest}", body)

    assert (await phone.get(f"/v1/photos/{digest}")).status_code == 404
    assert (await seen(api, digest, "regulator")).status_code == 404


async def test_naming_anothers_photo_does_not_show_it(api: Api) -> None:
    phone, thief = await phone_of(api), await phone_of(api, "别的网点")
    body, digest = picture()
    await collect(phone, 1, digest)
    await phone.put(f"/v1/photos/{digest}", body)

    await collect(thief, 2, digest)

    assert (await thief.get(f"/v1/photos/{digest}")).status_code == 404


async def test_storing_twice_answers_200_also_for_two_at_once(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()

    answers = await asyncio.gather(*(phone.put(f"/v1/photos/{digest}", body) for _ in range(3)))
    again = await phone.put(f"/v1/photos/{digest}", body)

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert again.status_code == 200


async def test_parts_come_in_any_order_twice_and_after_a_break(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture(PART_BYTES * 2 + 10)
    parts = parts_of(body)
    await collect(phone, 1, digest)

    for number in (2, 0, 2):
        assert (await send(phone, digest, number, parts[number])).status_code == 200
    there = (await phone.get(f"/v1/photos/{digest}/parts")).json()
    early = await joined(phone, digest, 3)
    await send(phone, digest, 1, parts[1])
    done = await joined(phone, digest, 3)
    again = await joined(phone, digest, 3)

    assert there == {"parts": [0, 2], "whole": False}
    assert early.status_code == 422
    assert "1" in early.json()["errors"][0]["value"]
    assert (done.status_code, again.status_code) == (201, 200)
    assert (await phone.get(f"/v1/photos/{digest}")).content == body


async def test_a_part_that_came_wrongly_is_named_and_can_be_sent_again(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture(PART_BYTES + 10)
    first, last = parts_of(body)
    await send(phone, digest, 0, bytes(len(first)))
    await send(phone, digest, 1, last)

    wrong = await joined(phone, digest, 2)
    await send(phone, digest, 0, first)
    right = await joined(phone, digest, 2)

    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["value"] == "0, 1"
    assert right.status_code == 201


async def test_a_whole_photo_is_not_changed_by_another_part(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()
    await collect(phone, 1, digest)
    await phone.put(f"/v1/photos/{digest}", body)

    await send(phone, digest, 0, b"something else")

    assert (await phone.get(f"/v1/photos/{digest}")).content == body


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<script>alert(1)</script>", "image/jpeg"),
        (JPEG + b"x", "image/png"),
        (JPEG + b"x", "text/html"),
        (b"", "image/jpeg"),
    ],
)
async def test_only_the_pictures_that_are_told_are_kept(api: Api, body: bytes, kind: str) -> None:
    phone = await phone_of(api)

    answer = await phone.put(f"/v1/photos/{sha256(body).hexdigest()}", body, kind)

    assert answer.status_code == 422, answer.text
    assert not await api.look("SELECT FROM photo_part")


async def test_a_body_of_another_hash_is_refused(api: Api) -> None:
    phone = await phone_of(api)

    answer = await phone.put(f"/v1/photos/{'0' * 64}", picture()[0])

    assert answer.status_code == 422
    assert not await api.look("SELECT FROM photo_part")


async def test_more_than_two_mebibytes_are_refused_and_no_more_is_read(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture(2 * 1024 * 1024 + 1)
    most, most_digest = picture(2 * 1024 * 1024)

    assert (await phone.put(f"/v1/photos/{digest}", body)).status_code == 413
    assert (await phone.put(f"/v1/photos/{most_digest}", most)).status_code == 201
    assert (await send(phone, digest, 0, bytes(PART_BYTES + 1))).status_code == 422
    assert (await send(phone, digest, 32, b"x")).status_code == 422


async def test_an_organisation_fills_the_store_no_further_than_its_day_allows(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "MOST_A_DAY", 2500)
    phone, other = await phone_of(api), await phone_of(api, "别的网点")

    answers = [
        (await phone.put(f"/v1/photos/{digest}", body)).status_code
        for body, digest in (picture(mark=mark) for mark in range(4))
    ]
    body, digest = picture()

    assert answers == [201, 201, 429, 429]
    assert (await other.put(f"/v1/photos/{digest}", body)).status_code == 201


async def test_parts_that_never_became_a_photo_are_dropped_after_a_week(api: Api) -> None:
    phone = await phone_of(api)
    _, never = picture(mark=7)
    await send(phone, never, 0, b"left over")
    await api.look("UPDATE photo_part SET made_at = made_at - interval '8 days'")
    body, digest = picture()
    await send(phone, digest, 0, body)

    await joined(phone, digest, 1)

    rows = await api.look("SELECT sha256 FROM photo_part")
    assert [row["sha256"].hex() for row in rows] == [digest]


async def test_an_erased_photo_is_gone_for_good_and_the_erasing_is_noted(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()
    await collect(phone, 1, digest)
    await phone.put(f"/v1/photos/{digest}", body)
    headers = await api.headers("outlet")

    erased = await api.http.delete(f"/v1/photos/{digest}", headers=headers)
    again = await api.http.delete(f"/v1/photos/{digest}", headers=headers)

    assert erased.status_code == 200
    assert again.json() == erased.json()
    assert (await phone.get(f"/v1/photos/{digest}")).status_code == 404
    late = await phone.put(f"/v1/photos/{digest}", body)
    assert (late.status_code, late.json()["code"]) == (410, "photo_erased")
    assert not await api.look("SELECT FROM photo_part")
    acts = await api.look("SELECT act, subject FROM audit WHERE act LIKE 'DELETE%'")
    assert [row["act"] for row in acts] == ["DELETE /v1/photos/{sha256}"] * 2
    assert digest in acts[0]["subject"]


async def test_neither_a_device_nor_a_stranger_erases_a_photo(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture()
    await collect(phone, 1, digest)
    await phone.put(f"/v1/photos/{digest}", body)
    own = await api.organisation("outlet")
    stranger = await api.headers("outlet", "别的网点")

    by_phone = await api.http.delete(
        f"/v1/photos/{digest}", headers={"authorization": f"Bearer {phone.told['key']}"}
    )
    by_stranger = await api.http.delete(f"/v1/photos/{digest}?organisation={own}", headers=stranger)
    by_itself = await api.http.delete(f"/v1/photos/{digest}", headers=stranger)
    province = await api.headers("regulator")
    by_officer = await api.http.delete(f"/v1/photos/{digest}?organisation={own}", headers=province)

    answers: list[Any] = [by_phone, by_stranger, by_itself, by_officer]
    assert [answer.status_code for answer in answers] == [403, 403, 404, 200]


async def test_drawn_signatures_of_a_count_are_shown_like_photos(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = picture(mark=9)
    await collect(phone, 1)
    await phone.put(f"/v1/photos/{digest}", body)
    told = {"site": "S1", "batteries": [code(1)], "complete": True, "basis": "self"}

    body_ = {"event_id": str(uuid4()), "type": "counted", "occurred_at": "2026-01-06"}
    answer = await phone.post("/v1/events", body_ | {"data": told | {"signatures": [digest]}})
    assert answer.status_code == 201, answer.text

    assert (await phone.get(f"/v1/photos/{digest}")).content == body
    assert (await seen(api, digest, "outlet", "别的网点")).status_code == 404
