"""Bundles over HTTP: a whole life in one ZIP, which verifies with the public key alone."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from dianchi.api.routes import bundles
from dianchi_client.archive import read_archive
from dianchi_client.policy import Policy
from dianchi_client.signing import canonical
from dianchi_client.verify_bundle import verify_bundle
from support.api import VIN, Api, api_over, code, produced
from support.logs import NOW_S, key
from support.reports import corrected
from support.signing import added, normal, signed

POLICY = Policy.of_keys([str(key().verifier)])
PACK = code(1)
TMP = "tmp:KM01-7"
CAR = {"kind": "vehicle", "id": VIN}


async def lived(api: Api) -> None:
    """A pack that was found without a label, with an error that was corrected."""
    for serial in (1, 2):
        await api.post("maker", produced(serial))
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=PACK, host=CAR
    )
    wrong = await api.report(
        "workshop", "inspected", "2025-01-01T10:00:00+08:00", battery=PACK, soh_percent="9"
    )
    await taken_back(api, "workshop", wrong)
    await api.report("outlet", "identified", "2026-05-05T09:00:00+08:00", battery=TMP, name=PACK)


async def taken_back(api: Api, role: str, recorded: dict[str, Any]) -> None:
    """Corrects a whole report."""
    answer = await api.post(role, corrected(recorded))
    assert answer.status_code == 201, answer.text


async def fetched(api: Api, name: str = PACK, status: int = 200) -> bytes:
    path = f"/v1/batteries/{quote(name, safe='')}/bundle"
    answer = await api.http.get(path, headers=await api.headers("maker"))
    assert answer.status_code == status, answer.text
    return answer.content


async def test_a_bundle_holds_every_event_under_every_name(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        raw = await fetched(api)
        proven = verify_bundle(raw, POLICY, NOW_S)
        assert proven.manifest.battery == PACK
        assert proven.manifest.names == (PACK, TMP)
        assert proven.elsewhere == ()
        held = read_archive(raw)
        listed = [held[each.file] for each in proven.manifest.events]
        rows = await api.look("SELECT body FROM event")
        stored = {row["body"] for row in rows}
        own = {body for body in stored if json.loads(body)["reported_as"] in (PACK, TMP)}
        assert (set(listed), len(listed)) == (own, 6)
        kinds = sorted(json.loads(body)["type"] for body in listed)
        assert kinds == [
            "corrected", "identified", "identified", "inspected", "installed", "produced",
        ]  # fmt: skip
        assert VIN.encode() not in raw
        assert await fetched(api, TMP) == raw


async def test_the_same_log_gives_the_same_bytes(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        first = await fetched(api)
        assert await fetched(api) == first
        await api.post("maker", produced(9))
        await api.settle()
        later = verify_bundle(await fetched(api), POLICY, NOW_S)
        assert later.manifest.events == verify_bundle(first, POLICY, NOW_S).manifest.events


async def test_a_bundle_is_whole_or_not_given(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        await api.report(
            "workshop", "inspected", "2025-02-01T10:00:00+08:00", battery=PACK, soh_percent="90"
        )
        path, headers = f"/v1/batteries/{PACK}/bundle", await api.headers("maker")
        early = await api.http.get(path, headers=headers)
        assert (early.status_code, early.json()["code"]) == (409, "receipt_not_ready")
        assert early.headers["retry-after"] == "1"
        assert "档案包尚未就绪" in early.text
        await api.settle()
        answer = await api.http.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == 'attachment; filename="bundle.zip"'
        assert len(verify_bundle(answer.content, POLICY, NOW_S).manifest.events) == 7


async def test_what_is_placed_but_not_signed_is_waited_for(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        api.publisher = None
        await api.report(
            "workshop", "inspected", "2025-02-01T10:00:00+08:00", battery=PACK, soh_percent="90"
        )
        await api.settle()
        assert b"receipt_not_ready" in await fetched(api, status=409)


async def test_a_withdrawn_name_is_no_part_of_the_bundle(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        joined = await api.report(
            "outlet", "identified", "2026-05-06T09:00:00+08:00", battery="tmp:KM01-8", name=PACK
        )
        await taken_back(api, "outlet", joined)
        await api.settle()
        proven = verify_bundle(await fetched(api), POLICY, NOW_S)
        assert proven.manifest.names == (PACK, TMP)
        assert proven.elsewhere == ()


async def test_another_code_is_told_as_elsewhere(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.report(
            "outlet", "identified", "2026-05-06T09:00:00+08:00", battery=TMP, name=code(2)
        )
        await api.settle()
        assert verify_bundle(await fetched(api), POLICY, NOW_S).elsewhere == (code(2),)


async def test_who_may_ask_and_for_what(database: str) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        assert (await api.http.get(f"/v1/batteries/{PACK}/bundle")).status_code == 401
        assert b"not_found" in await fetched(api, code(77), 404)
        assert b"invalid_code" in await fetched(api, "nonsense", 422)


async def test_more_than_a_bundle_holds_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with api_over(database) as api:
        await lived(api)
        await api.settle()
        monkeypatch.setattr(bundles, "MOST_EVENTS", 5)
        assert b"too_many_rows" in await fetched(api, status=413)
        monkeypatch.setattr(bundles, "MOST_EVENTS", 6)
        monkeypatch.setattr(bundles, "LARGEST", 1000)
        assert b"too_many_rows" in await fetched(api, status=413)


async def test_a_bundle_proves_who_signed(database: str) -> None:
    async with api_over(database) as api:
        outlet = await added(api, "outlet", "ES256")
        workshop = await added(api, "workshop")
        await lived(api)
        told = normal(battery=PACK)
        await api.post("workshop", signed(told, workshop, await api.organisation("workshop")))
        lines = [{"battery": name, "mass_kg": "400"} for name in (code(2), PACK)]
        data = {"handover": "H1", "receiver": "云南某某回收有限公司", "batteries": lines}
        sent = normal(type="dispatched", event_id=told["event_id"][:-1] + "2", data=data)
        del sent["battery"]
        await api.post("outlet", signed(sent, outlet, await api.organisation("outlet")))
        path = f"/v1/signing-keys/{workshop.public.thumbprint}/revoke"
        await api.http.post(path, json={"reason": "x"}, headers=await api.headers("workshop"))
        await api.settle()

        raw = await fetched(api)
        proven = verify_bundle(raw, POLICY, NOW_S)

        kids = {kid.split("/")[1] for kid in proven.signed.values()}
        assert kids == {outlet.public.thumbprint, workshop.public.thumbprint}
        assert len(proven.signed) == 2
        assert [each.version for each in proven.manifest.keys] == [1, 1, 2]
        assert proven.manifest.reports == (sent["event_id"],)
        assert read_archive(raw)[f"reports/{sent['event_id']}.json"] == canonical(sent)
        assert await fetched(api) == raw
