"""Signatures of reporters over HTTP: what is believed, what is refused and why, and the way out."""

import json
from hashlib import sha256
from typing import Any

import pytest

from dianchi.ledger.completeness import gaps
from dianchi_client import signers
from dianchi_client.errors import Rejected
from dianchi_client.signing import CURVES, ReporterKey, Signature, canonical, kid_of
from support.api import VIN, Api, code, produced
from support.signing import Raw, added, normal, now_s, post_key, signed

pytestmark = pytest.mark.asyncio
EVENT = normal()["event_id"]


async def refused(api: Api, report: Raw, status: int = 422, role: str = "workshop") -> Raw:
    answer = await api.post(role, report)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


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


async def test_a_key_signs_for_its_own_organisation_only(api: Api) -> None:
    theirs = await added(api, "outlet")
    own, other = await api.organisation("workshop"), await api.organisation("outlet")

    named = await refused(api, signed(normal(), theirs, other))
    unknown = await refused(api, signed(normal(), theirs, own))

    assert other in named["errors"][0]["message"]["zh"]
    assert "POST /v1/signing-keys" in unknown["errors"][0]["way_out"]["en"]


async def test_a_key_signs_once_the_log_has_it(api: Api) -> None:
    key = ReporterKey.make()
    organisation = await api.organisation("workshop")
    told = (await post_key(api, "workshop", key)).json()
    early = await refused(api, signed(normal(), key, organisation))
    await api.settle()
    await api.services.registry.refresh()

    assert told["log_index"] is None
    assert "几秒后" in early["errors"][0]["way_out"]["zh"]
    assert (await api.post("workshop", signed(normal(), key, organisation))).status_code == 201
    [listed] = (await api.get("/v1/signing-keys", "workshop"))["items"]
    event = await api.get(f"/v1/events/{told['event_id']}")
    assert listed["log_index"] == event["log_index"] == 0
    assert event["type"] == "signing_key_added"
    assert event["reported_as"] == f"organisation:{organisation}"
    receipt = await api.http.get(
        f"/v1/events/{told['event_id']}/receipt", headers=await api.headers("regulator")
    )
    assert receipt.text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n")


async def test_a_revoked_key_signs_nothing_more(api: Api) -> None:
    key = await added(api, "workshop")
    organisation = await api.organisation("workshop")
    path = f"/v1/signing-keys/{key.public.thumbprint}/revoke"
    headers = await api.headers("workshop")
    theirs = await api.http.post(path, json={"reason": "x"}, headers=await api.headers("outlet"))
    first = await api.http.post(path, json={"reason": "遗失"}, headers=headers)
    again = await api.http.post(path, json={"reason": "x"}, headers=headers)

    problem = await refused(api, signed(normal(), key, organisation))

    assert theirs.status_code == 404
    assert first.json() == again.json()
    assert (again.json()["revoked_why"], again.json()["revoked_by"]) == ("遗失", organisation)
    assert "停用" in problem["errors"][0]["message"]["zh"]
    assert (await api.post("workshop", normal())).status_code == 201


async def test_the_first_key_comes_with_an_api_key_and_every_later_one_with_a_signature(
    api: Api,
) -> None:
    first, second, third = await added(api, "workshop"), ReporterKey.make(), ReporterKey.make()
    assert (await post_key(api, "workshop", first)).status_code == 200

    alone = await post_key(api, "workshop", second)
    by_itself = await post_key(api, "workshop", second, second)
    by_first = await post_key(api, "workshop", second, first)

    assert (alone.status_code, alone.json()["code"]) == (403, "signature_required")
    assert (by_itself.status_code, by_itself.json()["code"]) == (422, "signature_invalid")
    assert by_first.status_code == 201, by_first.text
    for key in (first, second):
        path = f"/v1/signing-keys/{key.public.thumbprint}/revoke"
        await api.http.post(path, json={"reason": "x"}, headers=await api.headers("workshop"))
    # Whoever stole an API key and revoked them all still adds none.
    assert (await post_key(api, "workshop", third)).status_code == 403
    organisation = await api.organisation("workshop")
    by_regulator = await post_key(api, "regulator", third, organisation=organisation)
    assert by_regulator.status_code == 201, by_regulator.text
    assert by_regulator.json()["kid"] == kid_of(organisation, third.public.thumbprint)


async def test_a_key_must_agree_to_be_added_and_now(api: Api) -> None:
    key, other = ReporterKey.make(), ReporterKey.make()
    organisation = await api.organisation("workshop")
    payload = signers.possession(kid_of(organisation, key.public.thumbprint))
    stolen = signers.possession(kid_of("O1OTHER", key.public.thumbprint))
    for proof in (
        other.sign(payload, organisation, now_s()),
        key.sign(payload, organisation),
        key.sign(payload, organisation, now_s() - 3600),
        key.sign(payload, organisation, now_s() + 3600),
        key.sign(stolen, organisation, now_s()),
        "nonsense",
    ):
        answer = await post_key(api, "workshop", key, possession=proof)
        assert (answer.status_code, answer.json()["code"]) == (422, "signature_invalid")
        assert answer.json()["errors"][0]["pointer"] == "/possession"


async def test_a_private_key_is_refused_and_not_repeated(api: Api) -> None:
    key = ReporterKey.make()
    answer = await post_key(api, "workshop", key, jwk=key.jwk)
    assert answer.status_code == 422
    assert "私钥" in answer.text
    assert key.jwk["d"] not in answer.text


@pytest.mark.parametrize("role", ["maker", "site_operator", "recycler"])
async def test_whoever_insists_on_signatures_reports_nothing_unsigned(api: Api, role: str) -> None:
    headers = await api.headers(role)
    want = {"required": True}
    early = await api.http.put("/v1/signing-policy", json=want, headers=headers)
    assert (early.status_code, early.json()["code"]) == (422, "invalid_value")
    key = await added(api, role)
    organisation = await api.organisation(role)
    assert (await api.post(role, normal())).status_code == 201

    told = (await api.http.put("/v1/signing-policy", json=want, headers=headers)).json()

    later = normal(event_id=EVENT[:-1] + "2")
    problem = await refused(api, later, 403, role)
    assert problem["code"] == "signature_required"
    assert "dianchi-client sign" in problem["errors"][0]["way_out"]["zh"]
    assert (await api.post(role, signed(later, key, organisation))).status_code == 201
    assert (await api.get("/v1/signing-policy", role)) == told
    assert told["required"] is True
    assert (await api.post("outlet", normal(event_id=EVENT[:-1] + "3"))).status_code == 201


async def test_an_api_key_alone_does_not_end_the_rule(api: Api) -> None:
    key = await added(api, "recycler")
    headers = await api.headers("recycler")
    organisation = await api.organisation("recycler")
    on, off = {"required": True}, {"required": False}
    await api.http.put("/v1/signing-policy", json=on, headers=headers)

    alone = await api.http.put("/v1/signing-policy", json=off, headers=headers)
    stale = off | {"release": key.sign(signers.release(organisation), organisation)}
    old = await api.http.put("/v1/signing-policy", json=stale, headers=headers)
    fresh = off | {"release": key.sign(signers.release(organisation), organisation, now_s())}
    ended = await api.http.put("/v1/signing-policy", json=fresh, headers=headers)

    assert (alone.status_code, alone.json()["code"]) == (403, "signature_required")
    assert (old.status_code, old.json()["code"]) == (422, "signature_invalid")
    assert (ended.status_code, ended.json()["required"]) == (200, False)
    await api.http.put("/v1/signing-policy", json=on, headers=headers)
    by_regulator = await api.http.put(
        "/v1/signing-policy",
        json=off | {"organisation": organisation},
        headers=await api.headers("regulator"),
    )
    assert by_regulator.json()["required"] is False


async def test_who_may_insist_and_for_whom(api: Api) -> None:
    on = {"required": True}
    await added(api, "workshop")
    answer = await api.http.put(
        "/v1/signing-policy", json=on, headers=await api.headers("workshop")
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    maker = await api.organisation("maker")
    for path in ("/v1/signing-keys", "/v1/signing-policy"):
        theirs = await api.http.get(
            path, params={"organisation": maker}, headers=await api.headers("workshop")
        )
        assert theirs.status_code == 403
        assert await api.get(path, organisation=maker)
        nobody = await api.http.get(
            path, params={"organisation": "谁"}, headers=await api.headers("regulator")
        )
        assert (nobody.status_code, nobody.json()["code"]) == (422, "invalid_value")


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


async def test_what_the_log_says_of_keys_is_all_that_a_service_knows(api: Api) -> None:
    """Another process, or this one after a restart, comes to the same."""
    key = await added(api, "recycler")
    headers = await api.headers("recycler")
    await api.http.put("/v1/signing-policy", json={"required": True}, headers=headers)
    organisation = await api.organisation("recycler")
    from dianchi.ledger.signing import SigningKeys  # noqa: PLC0415

    other = SigningKeys(api.database, api.services.clock)
    assert not other.required(organisation)
    await other.refresh()
    assert other.required(organisation)
    text = key.sign(b"x", organisation)
    assert other.verified(text, organisation, b"x").kid.startswith(organisation)
    with pytest.raises(Rejected):
        other.verified(text, organisation, b"y")
