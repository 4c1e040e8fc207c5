"""The record of a stock count: what agreed, what was missing, what was extra; on paper, too."""

import io
import zlib
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import pypdfium2
import pytest
from PIL import Image

from dianchi.exchange.count_paper import count_pdf, is_small_png
from support.api import Api, code
from support.devices import Phone, phone_of

pytestmark = pytest.mark.asyncio
_IMAGE: Final = 3


def drawn(mark: int = 0) -> tuple[bytes, str]:
    """A drawn signature, and its hash."""
    file = io.BytesIO()
    Image.new("L", (300, 100), 200 - mark).save(file, "PNG")
    return file.getvalue(), sha256(file.getvalue()).hexdigest()


async def collect(api: Api, serial: int, site: str = "S1", *, when: str = "2026-01-05") -> None:
    await api.report(
        "outlet", "collected", when, battery=code(serial), site=site, source="person",
        safety_class="A", label_legible=True,
    )  # fmt: skip


async def count(api: Api, *serials: int, when: str = "2026-02-01", **more: Any) -> str:
    event_id = await unsettled(api, *serials, when=when, **more)
    await api.settle()
    return event_id


async def unsettled(api: Api, *serials: int, when: str = "2026-02-01", **more: Any) -> str:
    event_id = str(uuid4())
    told = {"site": "S1", "complete": True, "basis": "self"} | more
    names = [code(serial) for serial in serials]
    body = {"event_id": event_id, "type": "counted", "occurred_at": when}
    answer = await api.post("outlet", body | {"data": told | {"batteries": names}})
    assert answer.status_code == 201, answer.text
    return event_id


async def record(api: Api, event_id: str, by: str | None = None) -> httpx.Response:
    return await api.http.get(f"/v1/counts/{event_id}", headers=await api.headers("outlet", by))


async def test_a_count_tells_what_agreed_what_was_missing_and_what_was_extra(api: Api) -> None:
    for serial in range(1, 6):
        await collect(api, serial)
    await collect(api, 8, "S2")

    # 4 is missing, 8 stands at another site by the record, 9 is not known at all.
    told = (await record(api, await count(api, 1, 2, 3, 5, 8, 9))).json()

    assert told["agreed"] == [code(n) for n in (1, 2, 3, 5)]
    assert told["missing"] == [code(4)]
    assert told["extra"] == [code(8), code(9)]
    assert (told["counted"], told["basis"], told["complete"]) == (6, "self", True)
    assert told["log_index"] is not None


async def test_a_paper_never_says_that_nothing_is_missing_before_it_is_known(api: Api) -> None:
    for serial in (1, 2):
        await collect(api, serial)
    await api.settle()

    event_id = await unsettled(api, 1)
    early = (await record(api, event_id)).json()
    await api.settle()
    late = (await record(api, event_id)).json()

    assert (early["settled"], late["settled"]) == (False, True)
    for told, figure in ((early, "尚未算出"), (late, "1")):
        assert f"缺少Missing{figure}" in read(count_pdf(told, [], None, "https://x")).text


async def test_the_record_stays_what_it_was_when_packs_move_on(api: Api) -> None:
    for serial in (1, 2):
        await collect(api, serial)
    event_id = await count(api, 1)
    before = (await record(api, event_id)).json()

    await api.report(
        "outlet", "dispatched", "2026-02-03", battery=code(1), handover="H1",
        receiver=await api.organisation("utilizer"),
    )  # fmt: skip
    await collect(api, 2, when="2026-02-04")
    await api.settle()

    after = (await record(api, event_id)).json()
    assert (after["agreed"], after["missing"]) == (before["agreed"], before["missing"])
    assert after["missing"] == [code(2)]


async def test_of_a_count_in_part_nothing_is_missing(api: Api) -> None:
    for serial in (1, 2):
        await collect(api, serial)

    told = (await record(api, await count(api, 1, complete=False))).json()

    assert (told["agreed"], told["missing"]) == ([code(1)], [])


async def test_an_empty_count_has_a_record_too(api: Api) -> None:
    await collect(api, 1)

    told = (await record(api, await count(api))).json()

    assert (told["counted"], told["missing"]) == (0, [code(1)])


async def test_a_withdrawn_count_says_by_what(api: Api) -> None:
    await collect(api, 1)
    event_id = await count(api, 1)
    correction = await api.post(
        "outlet",
        {
            "event_id": str(uuid4()),
            "type": "corrected",
            "occurred_at": "2026-02-02",
            "data": {"event_id": event_id, "reason": "盘错了"},
        },
    )

    told = (await record(api, event_id)).json()

    assert told["corrected_by"] == correction.json()["event_id"]


async def test_a_count_is_shown_to_nobody_who_has_no_part_in_the_site(api: Api) -> None:
    await collect(api, 1)
    event_id = await count(api, 1)

    stranger = await record(api, event_id, "别的网点")
    nothing = await record(api, str(uuid4()), "别的网点")
    province = await api.http.get(f"/v1/counts/{event_id}", headers=await api.headers("regulator"))

    assert stranger.status_code == nothing.status_code == 404
    assert province.status_code == 200


async def test_another_report_is_no_count(api: Api) -> None:
    told = {"source": "person", "safety_class": "A", "label_legible": True}
    event_id = str(uuid4())
    await api.report(
        "outlet", "collected", "2026-01-05", battery=code(1), event_id=event_id, **told
    )

    assert (await record(api, event_id)).status_code == 404


class Pdf(NamedTuple):
    """What a reader sees of a document: its text without breaks, and how many pictures."""

    text: str
    pictures: int


async def paper(phone: Phone, event_id: str) -> Pdf:
    answer = await phone.get(f"/v1/counts/{event_id}.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return read(answer.content)


def read(document: bytes) -> Pdf:
    pages = list(pypdfium2.PdfDocument(document))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    pictures = [each for page in pages for each in page.get_objects() if each.type == _IMAGE]
    return Pdf("".join(text.split()), len(pictures))


async def test_the_paper_has_lists_signatures_and_how_to_check_it(api: Api) -> None:
    phone = await phone_of(api)
    signed = [drawn(1), drawn(2)]
    for body, digest in signed:
        assert (await phone.put(f"/v1/photos/{digest}", body, "image/png")).status_code == 201
    for serial in (1, 2):
        await collect(api, serial)
    event_id = await count(api, 1, 9, basis="inspection", signatures=[each[1] for each in signed])

    pdf = await paper(phone, event_id)

    told = (await phone.get(f"/v1/counts/{event_id}")).json()
    assert "盘点记录" in pdf.text
    for name in (code(1), code(2), code(9), told["report_sha256"], signed[0][1]):
        assert name in pdf.text, name
    assert "Receipt:" in pdf.text
    assert pdf.pictures == 2


async def test_three_hundred_packs_fit_on_paper_each_once(api: Api) -> None:
    phone = await phone_of(api)
    event_id = await count(api, *range(300), complete=False)

    pdf = await paper(phone, event_id)

    assert all(pdf.text.count(code(serial)) == 1 for serial in range(300))


async def test_an_erased_signature_leaves_its_hash(api: Api) -> None:
    phone = await phone_of(api)
    body, digest = drawn()
    await phone.put(f"/v1/photos/{digest}", body, "image/png")
    event_id = await count(api, 1, signatures=[digest])
    await api.http.delete(f"/v1/photos/{digest}", headers=await api.headers("outlet"))

    pdf = await paper(phone, event_id)

    assert digest[:20] in pdf.text
    assert pdf.pictures == 0


async def test_a_picture_that_would_unpack_to_very_much_is_not_opened(api: Api) -> None:
    small, _ = drawn()
    huge = small[:16] + (60_000).to_bytes(4) * 2 + small[24:]
    phone = await phone_of(api)
    digest = sha256(huge).hexdigest()
    await phone.put(f"/v1/photos/{digest}", huge, "image/png")
    event_id = await count(api, 1, signatures=[digest])

    pdf = await paper(phone, event_id)

    assert (is_small_png(small), is_small_png(huge)) == (True, False)
    assert not is_small_png(zlib.compress(b"x"))
    assert pdf.pictures == 0
