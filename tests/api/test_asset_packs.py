"""Asset packs over HTTP: frozen, shown to whom they name until they end, and to nobody else."""

import io
import zipfile
from typing import Any, Final

import httpx
import pypdfium2
import pytest

from support.api import Api, StillClock, api_over, code

pytestmark = pytest.mark.asyncio
BUYER: Final = "买方"
STRANGER: Final = "路人"
DAY_US: Final = 86_400 * 1_000_000


async def stocked(api: Api) -> None:
    """Three packs in an outlet's store, two of them tested; a buyer and a stranger."""
    for serial, soh in ((1, "85"), (2, "72"), (3, None)):
        await api.report(
            "outlet", "collected", "2026-01-05", battery=code(serial), site="=S1", source="person",
            safety_class="A", label_legible=True, mass_kg="300",
        )  # fmt: skip
        if soh is not None:
            await api.report(
                "outlet", "inspected", "2026-01-06", battery=code(serial), soh_percent=soh
            )
    for name in (BUYER, STRANGER):
        await api.key("utilizer", name)
    await api.settle()


async def frozen(api: Api, status: int = 201, **more: Any) -> dict[str, Any]:
    wish = {"title": "=1+1 一季度", "named": [BUYER]} | more
    answer = await api.http.post("/v1/asset-packs", json=wish, headers=await api.headers("outlet"))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def opened(api: Api, pack: dict[str, Any], who: str, form: str = "") -> httpx.Response:
    path = f"/v1/asset-packs/{pack['id']}" + (f"/sheet.{form}" if form else "")
    return await api.http.get(path, headers=await api.headers("utilizer", who))


async def test_a_sheet_says_what_the_record_shows_and_how_it_is_known(api: Api) -> None:
    await stocked(api)

    pack = await frozen(api, filter={"soh_least": "80"})
    whole = await frozen(api)

    [row] = pack["sheet"]["items"]
    assert (row["battery"], row["soh_percent"], row["method"]) == (
        code(1), "85", "reported:inspected"
    )  # fmt: skip
    assert row["log_index"] is not None
    assert (whole["count"], whole["sheet"]["without_energy"]) == (3, 3)
    assert [b["soh_percent"] for b in whole["sheet"]["soh"]] == ["80-90", "70-80", None]
    assert whole["sheet"]["log"]["checkpoint"]


async def test_a_filter_is_tried_before_anything_is_frozen(api: Api) -> None:
    """Given packs in one prefecture, then its figures are told, and of another that none fits."""
    await stocked(api)
    path, headers = "/v1/asset-packs/preview", await api.headers("outlet")

    tried = await api.http.post(path, json={"filter": {"soh_least": "80"}}, headers=headers)
    none = await api.http.post(path, json={"filter": {"prefecture": "533400"}}, headers=headers)

    assert tried.status_code == 200, tried.text
    assert tried.json()["count"] == 1
    assert tried.json()["soh"] == [
        {"soh_percent": "80-90", "method": "reported:inspected", "count": 1}
    ]
    assert none.json()["errors"][0]["pointer"] == "/filter"
    assert (await api.get("/v1/asset-packs", "outlet"))["items"] == []


async def test_what_was_sent_already_is_not_offered(api: Api) -> None:
    await stocked(api)
    receiver = await api.organisation("utilizer", BUYER)
    await api.report(
        "outlet", "dispatched", "2026-02-01", battery=code(2), handover="H1", receiver=receiver
    )
    await api.settle()

    offered = [row["battery"] for row in (await frozen(api))["sheet"]["items"]]
    under_way = await frozen(api, filter={"stage": "in_transit"})

    assert offered == [code(1), code(3)]
    assert [row["battery"] for row in under_way["sheet"]["items"]] == [code(2)]


async def test_who_is_named_sees_the_sheet_and_not_the_lives(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)

    answer = await opened(api, pack, BUYER)
    life = await api.http.get(
        f"/v1/batteries/{code(1)}", headers=await api.headers("utilizer", BUYER)
    )

    assert answer.json()["sheet"] == pack["sheet"]
    assert (answer.json()["named"], answer.json()["openings"]) == (None, None)
    assert life.status_code == 404


async def test_the_sheet_stays_as_it_was_when_packs_move_on(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)
    await api.report("outlet", "inspected", "2026-02-01", battery=code(1), soh_percent="60")
    await api.settle()

    assert (await opened(api, pack, BUYER)).json()["sheet"] == pack["sheet"]


async def test_nobody_else_is_shown_it_and_hears_the_same_as_of_none(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)
    nothing = {"id": "019a0000-0000-7000-8000-000000000001"}

    for form in ("", "pdf", "xlsx"):
        theirs = await opened(api, pack, STRANGER, form)
        missing = await opened(api, nothing, STRANGER, form)
        assert (theirs.status_code, missing.status_code) == (404, 404)
        assert theirs.text.replace(pack["id"], nothing["id"]) == missing.text
    listed = await api.http.get("/v1/asset-packs", headers=await api.headers("utilizer", STRANGER))
    assert listed.json()["items"] == []


async def test_the_owner_reads_who_opened_it_in_which_form(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)
    await opened(api, pack, BUYER)
    await opened(api, pack, BUYER, "xlsx")
    await opened(api, pack, STRANGER)

    own = await api.http.get(f"/v1/asset-packs/{pack['id']}", headers=await api.headers("outlet"))

    seen = own.json()["openings"]
    assert [(one["name"], one["form"]) for one in seen] == [(BUYER, "xlsx"), (BUYER, "json")]
    noted = await api.look("SELECT subject FROM audit WHERE act = 'open asset pack'")
    assert len(noted) == len(seen)


async def test_a_pack_that_was_taken_back_opens_for_its_owner_only(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)
    path = f"/v1/asset-packs/{pack['id']}/revoke"

    by_buyer = await api.http.post(path, headers=await api.headers("utilizer", BUYER))
    by_owner = await api.http.post(path, headers=await api.headers("outlet"))
    again = await api.http.post(path, headers=await api.headers("outlet"))

    assert (by_buyer.status_code, by_owner.status_code) == (404, 200)
    assert again.json()["revoked_at"] == by_owner.json()["revoked_at"] is not None
    assert (await opened(api, pack, BUYER)).status_code == 404
    own = await api.http.get(f"/v1/asset-packs/{pack['id']}", headers=await api.headers("outlet"))
    assert own.status_code == 200


async def test_a_link_ends_with_its_last_day_in_china(database: str) -> None:
    clock = StillClock(1_780_286_400_000_000)  # noon in China
    async with api_over(database, clock) as api:
        await stocked(api)
        pack = await frozen(api, expires_on="2026-06-02")

        clock.at_us += DAY_US
        assert (await opened(api, pack, BUYER)).status_code == 200
        clock.at_us += DAY_US
        assert (await opened(api, pack, BUYER)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"named": ["没有这家"]}, "/named/0"),
        ({"expires_on": "2020-01-01"}, "/expires_on"),
        ({"filter": {"stage": "recycled"}}, "/filter"),
        ({"filter": {"colour": "red"}}, "/filter/colour"),
        ({"named": []}, "/named"),
    ],
)
async def test_a_wrong_wish_names_its_member(api: Api, wrong: dict[str, Any], pointer: str) -> None:
    await stocked(api)

    told = await frozen(api, 422, **wrong)

    assert told["errors"][0]["pointer"] == pointer


async def test_no_text_of_a_workbook_is_a_formula(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)

    body = (await opened(api, pack, BUYER, "xlsx")).content

    parts = _unzipped(body)
    assert b"=1+1 \xe4\xb8\x80" in parts["xl/sharedStrings.xml"]
    assert all(code(n).encode() in parts["xl/sharedStrings.xml"] for n in (1, 2, 3))
    assert not [name for name, part in parts.items() if b"<f>" in part or b"<f " in part]


def _unzipped(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return {name: file.read(name) for name in file.namelist()}


async def test_the_paper_names_the_method_beside_the_health(api: Api) -> None:
    await stocked(api)
    pack = await frozen(api)

    document = pypdfium2.PdfDocument((await opened(api, pack, BUYER, "pdf")).content)

    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "80-90 %" in text
    assert "方法未写明" in text
    assert pack["sha256"][:20] in text.replace("\r\n", "")
