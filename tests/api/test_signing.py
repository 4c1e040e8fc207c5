"""Signatures of reporters over HTTP: what is believed, what is refused and why, and the way out."""

import json
from hashlib import sha256
from typing import Any

import pytest

from dianchi.ledger.completeness import gaps
from dianchi_client.signing import CURVES, ReporterKey, Signature, canonical
from support.api import VIN, Api, code, produced
from support.signed import EVENT, refused
from support.signing import Raw, added, normal, post_key, signed

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("algorithm", sorted(CURVES))
async def test_a_signed_report_is_stored_with_its_signature(api: Api, algorithm: str) -> None:
    key = await added(api, "workshop", algorithm)
    organisation = await api.organisation("workshop")
    report = signed(normal(), key, organisation)

    answer = await api.post("workshop", report)

    assert answer.status_code == 201, answer.text
    told = await api.get(f"/v1/events/{EVENT}")
    assert (told["signature"], told["assurance"]) == (report["signature"], "signed")
    headers = await api.headers("regulator")
    whole = (await api.http.get(f"/v1/events/{EVENT}/report", headers=headers)).content
    assert whole == canonical(normal())
    assert sha256(whole).hexdigest() == told["report_sha256"]
    Signature.parse(told["signature"]).verify(whole, key.public)


async def test_the_tier_stands_on_every_event_of_a_history(api: Api) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    await api.post("maker", produced(1))
    await api.post("workshop", signed(normal(), key, organisation))
    await api.report(
        "vehicle_maker",
        "installed",
        "2024-07-01T10:00:00+08:00",
        battery=code(2),
        host={"kind": "vehicle", "id": VIN},
    )

    for query in ({}, {"as_of": "2026-06-01"}):
        items = (await api.get(f"/v1/batteries/{code(1)}/history", **query))["items"]
        assert [item["assurance"] for item in items] == ["unsigned", "signed"]
        assert ["signature" in item for item in items] == [False, True]
    [item] = (await api.get(f"/v1/batteries/{code(2)}/history"))["items"]
    assert item["assurance"] == "unsigned"


async def test_a_text_that_looks_like_a_signature_makes_no_event_signed(api: Api) -> None:
    told = normal(data={"soh_percent": "90"}, site='","signature":"x')
    assert (await api.post("workshop", told)).status_code == 201
    [item] = (await api.get(f"/v1/batteries/{code(1)}/history"))["items"]
    assert item["assurance"] == "unsigned"


async def test_the_same_report_with_another_or_no_signature_is_the_same_report(api: Api) -> None:
    key = await added(api, "workshop", "ES256")
    organisation = await api.organisation("workshop")
    report = signed(normal(), key, organisation)
    assert (await api.post("workshop", report)).status_code == 201

    for again in (report, signed(normal(), key, organisation), normal()):
        assert (await api.post("workshop", again)).status_code == 200
    assert (await api.get(f"/v1/events/{EVENT}"))["signature"] == report["signature"]


async def test_a_signature_that_does_not_fit_is_answered_with_the_text_to_sign(api: Api) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    loose = normal(occurred_at="2026-01-02T09:00:00+08:00", data={"soh_percent": 90.50})
    report = loose | {"signature": key.sign(json.dumps(loose).encode(), organisation)}

    problem = await refused(api, report)

    first, second = problem["errors"]
    assert (problem["code"], first["pointer"]) == ("signature_invalid", "/signature")
    assert second["value"].encode() == canonical(normal())
    digest = sha256(canonical(normal())).hexdigest()
    assert digest in second["message"]["zh"]
    assert digest in second["message"]["en"]
    assert "规范文本" in first["way_out"]["zh"]
    assert (
        await api.post("workshop", signed(loose, key, organisation, canonical(normal())))
    ).json()


async def test_the_service_says_what_to_sign_where_a_vin_is_told(api: Api) -> None:
    key = await added(api, "vehicle_maker")
    organisation = await api.organisation("vehicle_maker")
    told = normal(type="installed", data={"host": {"kind": "vehicle", "id": VIN}})
    headers = await api.headers("vehicle_maker")

    canonical_bytes = (
        await api.http.post("/v1/events/canonical", json=told, headers=headers)
    ).content
    answer = await api.post("vehicle_maker", signed(told, key, organisation, canonical_bytes))

    assert VIN.encode() not in canonical_bytes
    assert b"vin_ref" in canonical_bytes
    assert answer.status_code == 201, answer.text
    forbidden = await api.http.post(
        "/v1/events/canonical", json=told, headers=await api.headers("outlet")
    )
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "role_not_allowed")


async def test_a_signed_report_of_many_things_is_kept_whole(api: Api) -> None:
    key = await added(api, "outlet")
    organisation = await api.organisation("outlet")
    lines = [{"battery": code(n), "mass_kg": "400"} for n in (1, 2)]
    data = {"handover": "H1", "receiver": "云南某某回收有限公司", "batteries": lines}
    told = normal(type="dispatched", data=data)
    del told["battery"]
    assert (await api.post("outlet", signed(told, key, organisation))).status_code == 201

    headers = await api.headers("regulator")
    for serial in (1, 2):
        event = await api.get(f"/v1/events/{EVENT}", battery=code(serial))
        assert event["assurance"] == "signed"
        whole = await api.http.get(
            f"/v1/events/{EVENT}/report", params={"battery": code(serial)}, headers=headers
        )
        Signature.parse(event["signature"]).verify(whole.content, key.public)


async def test_the_words_of_a_signed_report_are_kept_where_the_registry_changes_them(
    api: Api,
) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    told = normal(battery="asset:示范WORKSHOP:7")
    assert (await api.post("workshop", signed(told, key, organisation))).status_code == 201
    unsigned = normal(battery="asset:示范WORKSHOP:8", event_id=EVENT[:-1] + "2")
    assert (await api.post("workshop", unsigned)).status_code == 201

    event = await api.get(f"/v1/events/{EVENT}")
    headers = await api.headers("regulator")
    whole = await api.http.get(f"/v1/events/{EVENT}/report", headers=headers)
    none = await api.http.get(f"/v1/events/{unsigned['event_id']}/report", headers=headers)

    assert event["reported_as"] == f"asset:{organisation}:7"
    assert whole.content == canonical(told)
    assert (none.status_code, none.json()["code"]) == (404, "not_found")


async def test_a_signed_correction_is_believed(api: Api) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    await api.post("workshop", signed(normal(), key, organisation))
    data = {"event_id": EVENT, "reason": "typo", "battery": code(1)}
    told = normal(type="corrected", event_id=EVENT[:-1] + "2", data=data)
    del told["battery"]
    assert (await api.post("workshop", signed(told, key, organisation))).status_code == 201
    headers = await api.headers("regulator")
    whole = await api.http.get(f"/v1/events/{told['event_id']}/report", headers=headers)
    assert whole.content == canonical(told)


async def test_rows_of_a_batch_are_signed_each(api: Api) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    rows = [normal(event_id=EVENT[:-1] + str(n), battery=code(n)) for n in range(1, 4)]
    sent = [signed(rows[0], key, organisation), rows[1] | {"signature": "a..b"}, rows[2]]
    answer = await api.http.post(
        "/v1/events/batch", json=sent, headers=await api.headers("workshop")
    )
    assert [row["outcome"] for row in answer.json()["results"]] == [
        "accepted",
        "refused",
        "accepted",
    ]
    assert answer.json()["results"][1]["problem"]["code"] == "signature_invalid"


def changed(text: str, **header: Any) -> str:
    """The signature under another header."""
    from dianchi_client.canonical import decode64url, encode64url, plain_json  # noqa: PLC0415

    head, _, tail = text.partition("..")
    told = json.loads(decode64url(head)) | header
    return f"{encode64url(plain_json(told))}..{tail}"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"alg": "none"}, "not accepted"),
        ({"alg": "HS256"}, "not accepted"),
        ({"alg": "ES256"}, "not accepted"),
        ({"alg": "RS256"}, "not accepted"),
        ({"crit": "b64"}, "not in its format"),
        ({"jwk": "x"}, "not in its format"),
        ({"iat": "1"}, "not in its format"),
        ({"iat": 9_999_999_999}, "the future"),
        ({"kid": "nonsense"}, "not in its format"),
    ],
)
async def test_another_header_is_refused(api: Api, header: Raw, said: str) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    report = signed(normal(), key, organisation)
    problem = await refused(api, report | {"signature": changed(report["signature"], **header)})
    assert problem["code"] == "signature_invalid"
    assert said in problem["errors"][0]["message"]["en"]


async def test_acts_of_the_service_are_no_reports(api: Api) -> None:
    key = ReporterKey.make()
    told = (await post_key(api, "workshop", key)).json()
    await api.settle()
    reported = normal(type="signing_key_added", data={"kid": told["kid"]})
    assert (await refused(api, reported))["code"] == "unknown_type"
    data = {"event_id": told["event_id"], "reason": "undo"}
    withdrawn = normal(type="corrected", data=data)
    del withdrawn["battery"]
    assert (await refused(api, withdrawn, 409))["code"] == "target_unknown"
    count = "SELECT (SELECT count(*) FROM battery) + (SELECT count(*) FROM firm)"
    assert await api.database.fetchval(count) == 0
    async with api.database.acquire() as connection:
        assert await gaps(connection) == []
