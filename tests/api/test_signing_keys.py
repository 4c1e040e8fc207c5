"""Signing keys over HTTP: added, endorsed, revoked, and insisted on."""

import pytest

from dianchi_client import signers
from dianchi_client.errors import Rejected
from dianchi_client.signing import ReporterKey, kid_of
from support.api import Api
from support.signed import EVENT, refused
from support.signing import added, normal, now_s, post_key, signed

pytestmark = pytest.mark.asyncio


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
