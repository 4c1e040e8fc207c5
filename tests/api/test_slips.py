"""Slips of takings-in, and the public page that their code leads to."""

import io
import re
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from dianchi.access import slips
from support.api import Api, code

NUMBER = re.compile(r"SJ-20260602-[2-9A-HJ-NP-Z]{8}")


async def taken_in(api: Api, serial: int = 1, **told: Any) -> str:
    event_id = str(uuid4())
    await api.report(
        "outlet",
        "collected",
        "2026-06-02T07:30:00+08:00",
        event_id=event_id,
        battery=code(serial),
        **({"source": "person", "safety_class": "A", "label_legible": True} | told),
    )
    return event_id


async def slip_of(api: Api, event_id: str, ending: str = "png") -> Any:
    headers = await api.headers("outlet")
    return await api.http.get(f"/v1/events/{event_id}/slip.{ending}", headers=headers)


async def number_of(api: Api, event_id: str) -> str:
    image = Image.open(io.BytesIO((await slip_of(api, event_id)).content))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text.startswith("HTTPS://T.YNBAT.CN/R/")
    return found.text.rpartition("/")[2]


async def test_the_code_on_a_slip_leads_to_a_page_that_says_what_was_taken_in(api: Api) -> None:
    event_id = await taken_in(api, mass_kg="412.5")
    number = await number_of(api, event_id)
    assert NUMBER.fullmatch(number)

    waiting = await api.http.get(f"/R/{number}", headers={"accept-language": "zh"})
    await api.settle()
    page = await api.http.get(f"/r/{number.lower()}", headers={"accept-language": "zh"})
    told = await api.http.get(f"/R/{number}", headers={"accept": "application/json"})

    assert "正在写入" in waiting.text
    for words in ("记录中有这份收据", number, "示范outlet", "2026-06-02 07:30", "1 只", "412.5 kg"):
        assert words in page.text
    assert "正在写入" not in page.text
    assert "<script" not in page.text
    assert code(1) not in page.text
    assert told.json() == {
        "number": number,
        "outlet": "示范outlet",
        "site": None,
        "day": "2026-06-02 07:30",
        "count": 1,
        "mass_kg": "412.5",
        "logged": True,
        "withdrawn": False,
        "kind": "taking_in",
    }


async def test_a_slip_has_one_number_in_every_format_and_says_who_gave_and_took(api: Api) -> None:
    event_id = await taken_in(api, source="organisation", source_organisation="迪庆㗂堃喆运输公司")
    number = await number_of(api, event_id)
    for paper in ("roll", "a4"):
        pdf = (await slip_of(api, event_id, f"pdf?paper={paper}")).content
        (page,) = pypdfium2.PdfDocument(pdf)
        said = "".join(page.get_textpage().get_text_bounded().split())
        for words in (number, "迪庆㗂堃喆运输公司", "示范outlet", "未称重", code(1)):
            assert words in said
    svg = await slip_of(api, event_id, "svg")
    assert number in svg.text


async def test_a_hand_over_has_one_slip_with_all_its_packs_and_their_mass(api: Api) -> None:
    batteries = [{"battery": code(serial), "mass_kg": "100.5"} for serial in (1, 2)]
    event_id = str(uuid4())
    await api.report(
        "utilizer",
        "received",
        "2026-06-02T07:30:00+08:00",
        event_id=event_id,
        handover="H1",
        sender="示范outlet",
        batteries=batteries,
    )
    headers = await api.headers("utilizer")
    slip = await api.http.get(f"/v1/events/{event_id}/slip.png", headers=headers)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(slip.content)))
    path = found.text.removeprefix("HTTPS://T.YNBAT.CN")
    told = await api.http.get(path, headers={"accept": "application/json"})

    assert (told.json()["count"], told.json()["mass_kg"]) == (2, "201")


async def test_a_corrected_taking_in_is_told_to_whoever_checks_its_slip(api: Api) -> None:
    event_id = await taken_in(api)
    number = await number_of(api, event_id)
    correction = {
        "event_id": str(uuid4()),
        "type": "corrected",
        "occurred_at": "2026-06-02T08:00:00+08:00",
        "data": {"event_id": event_id, "reason": "wrong pack"},
    }
    assert (await api.post("outlet", correction)).status_code == 201

    page = await api.http.get(f"/R/{number}", headers={"accept-language": "en"})

    assert "This receipt was corrected" in page.text


async def test_numbers_that_no_slip_has_are_answered_alike(api: Api) -> None:
    await taken_in(api)
    pages = [
        (await api.http.get(f"/R/{number}", headers={"accept-language": "en"}))
        for number in ("SJ-20260602-AAAAAAAA", "x", "1%27%3B--")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


async def test_what_is_no_taking_in_has_no_slip_and_anothers_is_not_there(api: Api) -> None:
    event_id = str(uuid4())
    await api.report(
        "outlet",
        "inspected",
        "2026-06-02T07:30:00+08:00",
        event_id=event_id,
        battery=code(1),
        safety_class="A",
    )
    own = await slip_of(api, event_id)
    taken = await taken_in(api, 2)
    other = await api.http.get(
        f"/v1/events/{taken}/slip.png", headers=await api.headers("outlet", "别的网点")
    )
    assert (own.status_code, own.json()["code"]) == (409, "not_a_taking_in")
    assert (other.status_code, other.json()["code"]) == (404, "not_found")


async def test_two_events_with_the_same_number_get_two(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = slips.number_of
    monkeypatch.setattr(
        slips, "number_of", lambda taken, tried=0: drawn(taken, tried) if tried else "SJ-SAME"
    )
    first, second = [await number_of(api, await taken_in(api, serial)) for serial in (1, 2)]
    assert first == "SJ-SAME"
    assert NUMBER.fullmatch(second)


async def test_a_provisional_slip_of_a_phone_leads_to_the_number_once_the_report_is_there(
    api: Api,
) -> None:
    """It names the event, which a phone without a network knows before anybody numbers the slip."""
    event_id = str(uuid4())
    json = {"accept": "application/json"}
    early = await api.http.get(f"/R/{event_id.upper()}", headers=json)
    await api.report(
        "outlet",
        "collected",
        "2026-06-02T07:30:00+08:00",
        event_id=event_id,
        battery=code(1),
        source="person",
        safety_class="A",
        label_legible=True,
    )

    told = await api.http.get(f"/R/{event_id.upper()}", headers=json)
    again = await api.http.get(f"/R/{told.json()['number']}", headers=json)

    assert (early.status_code, told.status_code) == (404, 200)
    assert NUMBER.fullmatch(told.json()["number"])
    assert again.json() == told.json()


async def test_an_event_that_is_no_taking_in_has_no_public_page(api: Api) -> None:
    event_id = str(uuid4())
    incident = {
        "event_id": event_id,
        "type": "incident",
        "battery": code(1),
        "occurred_at": "2026-06-02T07:30:00+08:00",
        "data": {"kind": "smoke"},
    }
    assert (await api.post("outlet", incident)).status_code == 201

    assert (await api.http.get(f"/R/{event_id}")).status_code == 404
