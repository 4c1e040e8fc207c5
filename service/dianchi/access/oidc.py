"""Signing in by an identity provider: OpenID Connect, authorization code with PKCE."""

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dianchi.access.sealing import Seal
from dianchi.ports import Clock

ATTEMPT_S: Final = 600
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "Ed25519"]
_FRESH_S: Final = 300.0
_KEYS_AGAIN_S: Final = 10.0
_TIMEOUT_S: Final = 5.0
_LEEWAY_S: Final = 60
_LONGEST_SUBJECT: Final = 255
_MULTI_FACTOR: Final = frozenset(
    {"mfa", "phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}
)
"""Words of `amr` and `acr` by which a provider says that it asked for a second factor."""
_PURPOSE: Final = b"attempt"


class NotProven(Exception):  # noqa: N818 - an answer, not a failure
    """The provider did not prove who this is; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Relying:
    """What the provider knows this service by."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is kept, sealed, in the browser while somebody is at the provider.

    `link` is the one-time link by which they were invited, where they come by one.
    """

    state: str
    nonce: str
    verifier: str
    ends_s: int
    link: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is, and whether it asked for a second factor."""

    subject: str
    multi_factor: bool


class Provider:
    """The identity provider of this platform."""

    def __init__(
        self,
        relying: Relying,
        seal: Seal,
        clock: Clock,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._relying = relying
        self._seal = seal
        self._clock = clock
        self._ticks = ticks
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._told: tuple[dict[str, Any], float] | None = None
        self._keys: tuple[KeySet, float] | None = None

    async def aclose(self) -> None:
        """Disconnects."""
        await self._http.aclose()

    async def begin(self, link: str | None) -> tuple[str, str]:
        """Where the browser goes, and the sealed attempt that it keeps.

        Raises:
            NotProven: the provider does not answer as it should.
        """
        told = await self._discovered()
        ends_s = self._now_s() + ATTEMPT_S
        attempt = Attempt(_random(), _random(), _random(), ends_s, link)
        query = {
            "response_type": "code",
            "client_id": self._relying.client_id,
            "redirect_uri": self._relying.redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _text(sha256(attempt.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        joined = "&" if "?" in told["authorization_endpoint"] else "?"
        address = f"{told['authorization_endpoint']}{joined}{urlencode(query)}"
        return address, self._seal.close(msgspec.json.encode(asdict(attempt)), _PURPOSE).hex()

    def attempt_of(self, sealed: str, state: str) -> Attempt:
        """The attempt that this browser began.

        Raises:
            NotProven: it began none, another one, or too long ago.
        """
        try:
            opened = self._seal.open(bytes.fromhex(sealed), _PURPOSE)
        except ValueError:
            opened = None
        if opened is None:
            raise NotProven("this browser began no attempt")
        attempt = msgspec.json.decode(opened, type=Attempt)
        if not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise NotProven("the state is another one")
        if attempt.ends_s <= self._now_s():
            raise NotProven("the attempt is too old")
        return attempt

    async def finish(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """Who came back with this code.

        Raises:
            NotProven: whatever is wrong with what the provider said.
        """
        if issuer is not None and issuer != self._relying.issuer:
            raise NotProven("another issuer answered")
        told = await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._relying.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        auth = httpx.BasicAuth(self._relying.client_id, self._relying.client_secret)
        answer = await self._json("POST", told["token_endpoint"], data=form, auth=auth)
        return await self._identity(str(answer.get("id_token", "")), attempt.nonce)

    async def _identity(self, id_token: str, nonce: str) -> Identity:
        claims = self._checked(await self._decoded(id_token), nonce)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise NotProven("the subject is none")
        said = claims.get("amr")
        listed = (*(said if isinstance(said, list) else ()), claims.get("acr"))
        words = {word for word in listed if isinstance(word, str)}
        # With its issuer: the subjects of another provider are other people.
        return Identity(f"{self._relying.issuer} {subject}", bool(words & _MULTI_FACTOR))

    async def _decoded(self, id_token: str) -> dict[str, Any]:
        for again in (False, True):
            try:
                read = jwt.decode(id_token, await self._key_set(again=again), _ALGORITHMS)
            except (JoseError, ValueError, TypeError) as error:
                # The provider may have changed its keys since they were read.
                if again:
                    raise NotProven(f"the id token cannot be read: {error}") from None
            else:
                return dict(read.claims)
        raise AssertionError

    def _checked(self, claims: dict[str, Any], nonce: str) -> dict[str, Any]:
        mine: Any = {"essential": True, "value": self._relying.client_id}
        issuer: Any = {"essential": True, "value": self._relying.issuer}
        asked: Any = {"essential": True, "value": nonce}
        there: Any = {"essential": True}
        registry = jwt.JWTClaimsRegistry(
            now=self._now_s(), leeway=_LEEWAY_S, iss=issuer, aud=mine, nonce=asked, exp=there,
            iat=there, sub=there,
        )  # fmt: skip
        try:
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise NotProven(f"the id token is not for here and now: {error}") from None
        if claims.get("azp", self._relying.client_id) != self._relying.client_id:
            raise NotProven("the id token was made for another client")
        return claims

    async def _discovered(self) -> dict[str, Any]:
        if self._told is not None and self._ticks() - self._told[1] < _FRESH_S:
            return self._told[0]
        address = f"{self._relying.issuer.rstrip('/')}/.well-known/openid-configuration"
        told = await self._json("GET", address)
        if told.get("issuer") != self._relying.issuer:
            raise NotProven(f"{address} names another issuer")
        if not all(
            isinstance(told.get(name), str)
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ):
            raise NotProven(f"{address} lacks an endpoint")
        self._told = told, self._ticks()
        return told

    async def _key_set(self, *, again: bool) -> KeySet:
        fresh_s = _KEYS_AGAIN_S if again else _FRESH_S
        if self._keys is not None and self._ticks() - self._keys[1] < fresh_s:
            return self._keys[0]
        told = await self._json("GET", (await self._discovered())["jwks_uri"])
        try:
            keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotProven(f"the keys of the provider cannot be read: {error}") from None
        self._keys = keys, self._ticks()
        return keys

    async def _json(self, method: str, address: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own
        try:
            answer = await self._http.request(method, address, **more)
            told = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError) as error:
            raise NotProven(f"{address} does not answer: {error!r}") from None
        if not isinstance(told, dict):
            raise NotProven(f"{address} answered {answer.status_code}")
        return told

    def _now_s(self) -> int:
        return self._clock.now_us() // 1_000_000


def _random() -> str:
    return secrets.token_urlsafe(32)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
