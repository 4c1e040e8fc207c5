"""Access tokens for systems: asked for with a key or a signed request, read back, revoked."""

import time
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from dianchi.access.issue import key_id
from dianchi.access.tokens import _private
from support.api import Api, StillClock, api_over, code, produced

pytestmark = pytest.mark.asyncio
ISSUER = "https://t.ynbat.cn"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NOW = int(datetime(2026, 6, 1, 4, tzinfo=UTC).timestamp())
INSPECTION = produced(1, type="inspected", data={"soh_percent": "90"})


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW * 1_000_000)


@pytest.fixture
async def api(database: str, clock: StillClock) -> AsyncIterator[Api]:
    async with api_over(database, clock) as made:
        yield made


def basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


async def ask(api: Api, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
    told = {"grant_type": "client_credentials"} | form
    return await api.http.post("/oauth/token", data=told, headers=headers)


async def token(api: Api, role: str = "outlet", **form: str) -> dict[str, Any]:
    key = await api.key(role)
    answer = await ask(api, basic(key_id(api.services.ring.digest(key)), key), **form)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def me(api: Api, bearer: str) -> httpx.Response:
    return await api.http.get("/v1/me", headers={"authorization": f"Bearer {bearer}"})


async def registered(api: Api, pair: OKPKey, role: str = "outlet", **told: Any) -> dict[str, Any]:
    body = {"name": "ERP", "public_key": dict(pair.as_dict(private=False))} | told
    answer = await api.http.post("/v1/clients", json=body, headers=await api.headers(role))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def signed(pair: OKPKey, client: str, **changes: Any) -> str:
    claims = {"iss": client, "sub": client, "aud": ISSUER, "exp": NOW + 60, "jti": "j1"} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "Ed25519"}, claims, pair, algorithms=["Ed25519"])


async def test_a_key_gets_a_token_that_reads_and_reports_like_the_key(api: Api) -> None:
    made = await token(api)
    assert (made["token_type"], made["expires_in"]) == ("Bearer", 600)

    who = (await me(api, made["access_token"])).json()
    headers = {"authorization": f"Bearer {made['access_token']}"}
    posted = await api.http.post("/v1/events", json=INSPECTION, headers=headers)
    read = await api.http.get(f"/v1/batteries/{code(1)}/history", headers=headers)

    assert (who["role"], who["organisation"]) == ("outlet", await api.organisation("outlet"))
    assert (posted.status_code, read.status_code) == (201, 200)


async def test_anybody_can_check_a_token_with_the_published_keys(api: Api) -> None:
    made = await token(api)
    metadata = (await api.http.get("/.well-known/oauth-authorization-server")).json()
    keys = (await api.http.get("/.well-known/jwks.json")).json()

    read = jwt.decode(made["access_token"], KeySet.import_key_set(keys), algorithms=["Ed25519"])

    assert metadata["issuer"] == ISSUER
    assert metadata["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert len(keys["keys"]) == 2
    assert all("d" not in key for key in keys["keys"])
    assert read.header["typ"] == "at+jwt"
    assert read.claims["iss"] == read.claims["aud"] == ISSUER
    assert read.claims["exp"] - read.claims["iat"] == 600
    assert {"sub", "client_id", "org", "role", "jti"} <= read.claims.keys()


async def test_a_token_of_the_second_key_is_good_while_keys_change(api: Api) -> None:
    claims = jwt.decode((await token(api))["access_token"], _private(b"\x02" * 32),
                        algorithms=["Ed25519"]).claims  # fmt: skip
    for seed, status in ((b"\x03" * 32, 200), (b"\x04" * 32, 401)):
        key = _private(seed)
        head = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()}
        other = jwt.encode(head, claims, key, algorithms=["Ed25519"])
        assert (await me(api, other)).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://other.example"},
        {"exp": NOW - 1},
        {"exp": None},
        {"client_id": "0" * 32},
        {"org": "somebody"},
        {"role": "regulator"},
        {"head": {"typ": "JWT"}},
        {"head": {"kid": "another"}},
    ],
)
async def test_a_token_that_lies_is_refused(api: Api, changes: dict[str, Any]) -> None:
    key = _private(b"\x02" * 32)
    claims = dict(
        jwt.decode((await token(api))["access_token"], key, algorithms=["Ed25519"]).claims
    )
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()} | changes.pop("head", {})
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    refused = await me(api, jwt.encode(head, claims, key, algorithms=["Ed25519"]))
    assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")


async def test_a_token_without_a_signature_is_refused(api: Api) -> None:
    made = (await token(api))["access_token"]
    _, body, signature = made.split(".")
    none = b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    for forged in (f"{none}.{body}.", f"{none}.{body}.{signature}", f"{made[:-4]}AAAA", "a.b.c"):
        assert (await me(api, forged)).status_code == 401


async def test_a_token_ends_after_ten_minutes(api: Api, clock: StillClock) -> None:
    made = (await token(api))["access_token"]
    clock.at_us += 600 * 1_000_000 - 1
    assert (await me(api, made)).status_code == 200
    clock.at_us += 1
    assert (await me(api, made)).status_code == 401


async def test_a_token_may_be_narrowed_and_never_widened(api: Api) -> None:
    made = await token(api, scope="read report:collected")
    headers = {"authorization": f"Bearer {made['access_token']}"}
    assert made["scope"] == "read report:collected"
    assert (await me(api, made["access_token"])).json()["may_report"] == ["collected"]
    refused = await api.http.post("/v1/events", json=INSPECTION, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_allowed")

    told = {"organisation": "示范outlet", "role": "outlet", "scopes": ["read", "report:collected"]}
    narrow = (
        await api.http.post("/v1/keys", json=told, headers=await api.headers("regulator"))
    ).json()
    proof = basic(narrow["id"], narrow["key"])
    assert (await ask(api, proof)).json()["scope"] == "read report:collected"
    assert (await ask(api, proof, scope="read")).json()["scope"] == "read"
    for wider in ("report", "report:inspected", "admin:people"):
        answer = await ask(api, proof, scope=wider)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope"), wider


async def test_who_does_not_prove_who_they_are_gets_no_token(api: Api) -> None:
    key, other = await api.key("outlet"), await api.key("workshop")
    mine = key_id(api.services.ring.digest(key))
    proofs = [None, basic(mine, other), basic("x", key), basic(mine, ""),
              {"authorization": "Basic %%%"}, {"authorization": f"Bearer {key}"}]  # fmt: skip
    for proof in proofs:
        answer = await ask(api, proof)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), proof
        assert answer.headers["www-authenticate"].startswith("Basic")
    wrong = await ask(api, basic(mine, key), grant_type="password")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_revoked_key_stops_its_tokens_too(api: Api) -> None:
    key = await api.key("outlet")
    made = (await token(api))["access_token"]
    assert (await me(api, made)).status_code == 200
    named = key_id(api.services.ring.digest(key))
    revoked = await api.http.post(
        f"/v1/keys/{named}/revoke", json={"reason": "丢失"}, headers=await api.headers("regulator")
    )
    assert revoked.status_code == 200
    assert (await ask(api, basic(named, key))).status_code in (200, 401)
    ends = time.monotonic() + 5
    while (await me(api, made)).status_code == 200:
        assert time.monotonic() < ends


async def test_a_system_signs_its_own_request_and_never_the_same_twice(api: Api) -> None:
    pair = OKPKey.generate_key("Ed25519")
    client = await registered(api, pair, scopes=["report:inspected"])
    told = {"client_assertion_type": ASSERTION, "client_assertion": signed(pair, client["id"])}

    first, second = await ask(api, None, **told), await ask(api, None, **told)

    assert (first.status_code, first.json()["scope"]) == (200, "report:inspected")
    assert (second.status_code, second.json()["error"]) == (401, "invalid_client")
    headers = {"authorization": f"Bearer {first.json()['access_token']}"}
    assert (await api.http.post("/v1/events", json=INSPECTION, headers=headers)).status_code == 201
    assert (await api.http.get("/v1/batteries", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"exp": NOW - 1},
        {"exp": NOW + 301},
        {"exp": None},
        {"jti": None},
        {"jti": 7},
        {"sub": "another"},
        {"iss": "another"},
    ],
)
async def test_a_signed_request_that_lies_is_refused(api: Api, changes: dict[str, Any]) -> None:
    pair = OKPKey.generate_key("Ed25519")
    client = await registered(api, pair)
    for key, more in ((pair, changes), (OKPKey.generate_key("Ed25519"), {})):
        assertion = signed(key, client["id"], **more)
        answer = await ask(api, client_assertion_type=ASSERTION, client_assertion=assertion)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_signed_request_that_nobody_can_read_is_refused(api: Api) -> None:
    pair = OKPKey.generate_key("Ed25519")
    for assertion in ("", "a.b.c", "eyJhIjoxfQ.bm8ganNvbg.AA", "eyJhIjoxfQ.WyJpc3MiXQ.AA",
                      signed(pair, "\0"), "x" * 100_000):  # fmt: skip
        answer = await ask(api, client_assertion_type=ASSERTION, client_assertion=assertion)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), assertion


async def test_a_system_is_looked_after_by_its_own_organisation(api: Api) -> None:
    pair = OKPKey.generate_key("Ed25519")
    client = await registered(api, pair)
    assertion = signed(pair, client["id"])
    made = (await ask(api, client_assertion_type=ASSERTION, client_assertion=assertion)).json()
    assert (await me(api, made["access_token"])).status_code == 200

    path = f"/v1/clients/{client['id']}/revoke"
    foreign = await api.http.post(path, headers=await api.headers("workshop"))
    others = await api.http.get("/v1/clients", headers=await api.headers("workshop"))
    assert (foreign.status_code, others.json()["items"]) == (404, [])
    revoked = await api.http.post(path, headers=await api.headers("outlet"))
    again = await api.http.post(path, headers=await api.headers("outlet"))
    assert revoked.json()["revoked_at"] == again.json()["revoked_at"] is not None

    later = signed(pair, client["id"], jti="j2")
    answer = await ask(api, client_assertion_type=ASSERTION, client_assertion=later)
    assert answer.status_code == 401
    ends = time.monotonic() + 5
    while (await me(api, made["access_token"])).status_code == 200:
        assert time.monotonic() < ends


@pytest.mark.parametrize(
    "wrong", [{"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}, "private"]
)
async def test_only_a_public_key_is_registered(api: Api, wrong: Any) -> None:
    pair = OKPKey.generate_key("Ed25519")
    told = dict(pair.as_dict(private=True)) if wrong == "private" else wrong
    answer = await api.http.post(
        "/v1/clients",
        json={"name": "ERP", "public_key": told},
        headers=await api.headers("outlet"),
    )
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "/public_key")
    await registered(api, pair)
    twice = {"name": "ERP", "public_key": dict(pair.as_dict(private=False))}
    again = await api.http.post("/v1/clients", json=twice, headers=await api.headers("workshop"))
    assert again.status_code == 422


async def test_reading_a_remembered_token_asks_the_database_nothing(api: Api) -> None:
    made = (await token(api))["access_token"]
    tokens = api.services.entry.tokens
    assert tokens is not None
    assert tokens.remembered(made) is None
    await me(api, made)
    assert tokens.remembered(made) is not None
