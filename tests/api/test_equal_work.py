"""Whoever is unknown costs as much work as whoever is wrong: counted, not timed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from dianchi.access.keys import new_key
from dianchi.store.readers import Readers
from support.api import Api
from support.people import Browser, browser_at, clerk, link_for, stored

pytestmark = pytest.mark.asyncio


async def hashes_of(api: Api, browser: Browser, login: str) -> int:
    """How many passwords a try that fails has compared."""
    hasher = api.services.entry.sign_in.hasher
    before = hasher.hashed
    assert (await browser.sign_in(login, "not the password at all")).status_code == 401
    return hasher.hashed - before


async def test_an_unknown_login_costs_one_hash_as_a_wrong_password_does(api: Api) -> None:
    async with browser_at(api) as known, browser_at(api) as stranger:
        await clerk(api, known, "li.jing")
        await clerk(api, known, "gone.one")
        await stored(api, "UPDATE person SET disabled_at = now() WHERE login = 'gone.one'")
        await link_for(api, "outlet", "没有密码的人")
        await stored(
            api, "UPDATE person SET login = 'by.provider', subject = 'x' WHERE login IS NULL"
        )
        await hashes_of(api, stranger, "who.comes.first")

        logins = ("li.jing", "nobody.here", "gone.one", "by.provider", "!", "")
        spent = {login: await hashes_of(api, stranger, login) for login in logins}

    assert spent == dict.fromkeys(logins, 1)


async def test_a_wrong_code_costs_the_hash_of_a_password_too(api: Api) -> None:
    """So that nobody learns by the work that the password was right."""
    async with browser_at(api) as person:
        await clerk(api, person, "li.jing")
        await person.add_phone()
        hasher = api.services.entry.sign_in.hasher
        async with browser_at(api) as stranger:
            await hashes_of(api, stranger, "who.comes.first")
        spent = []
        for login, password in (("li.jing", "plum otter 37 granite"), ("no.one", "x")):
            before = hasher.hashed
            answer = await person.json(
                "POST", "/v1/sign-in", login=login, password=password, code="000000"
            )
            spent.append((answer.status_code, answer.text, hasher.hashed - before))

    assert spent[0] == spent[1]
    assert spent[0][0] == 401


async def test_an_unknown_key_is_asked_for_as_a_revoked_one_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked = await api.key("outlet")
    await stored(api, "UPDATE api_key SET revoked_at = now()")
    asked: list[str] = []
    real = Readers.fetchrow

    async def counted(self: Readers, sql: str, *told: Any, **more: Any) -> Any:
        asked.append(sql)
        return await real(self, sql, *told, **more)

    monkeypatch.setattr(Readers, "fetchrow", counted)
    seen = []
    for key in (revoked, new_key()):
        asked.clear()
        answer = await api.http.get("/v1/me", headers={"authorization": f"Bearer {key}"})
        seen.append((answer.status_code, answer.text, list(asked)))

    assert seen[0] == seen[1]
    assert len(seen[0][2]) == 1


async def test_an_unknown_client_costs_one_verification_as_a_forged_request_does(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, forger = (OKPKey.generate_key("Ed25519") for _ in range(2))
    told = {"name": "系统", "public_key": mine.as_dict(private=False)}
    made = await api.http.post("/v1/clients", json=told, headers=await api.headers("outlet"))
    assert made.status_code == 201, made.text
    checked: list[object] = []
    real = jwt.decode

    def counted(*told: Any, **more: Any) -> Any:
        checked.append(told)
        return real(*told, **more)

    monkeypatch.setattr(jwt, "decode", counted)
    spent = []
    for client in (made.json()["id"], forger.thumbprint()):
        checked.clear()
        ends = int((datetime.now(UTC) + timedelta(seconds=60)).timestamp())
        issuer = api.services.entry.issuer
        claims = {"iss": client, "sub": client, "aud": issuer, "exp": ends, "jti": client}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(
                {"alg": "Ed25519"}, claims, forger, algorithms=["Ed25519"]
            ),
        }
        answer = await api.http.post("/oauth/token", data=form)
        spent.append((answer.status_code, answer.text, len(checked)))

    assert spent[0] == spent[1]
    assert (spent[0][0], spent[0][2]) == (401, 1)
