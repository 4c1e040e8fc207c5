"""Access tokens for systems: short JWTs (RFC 9068), signed with Ed25519."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from dianchi.access.clients import Client, Clients
from dianchi.access.keys import now_of
from dianchi.domain.admit import Reporter
from dianchi.domain.scopes import Scopes
from dianchi.ports import Clock

LASTS_S: Final = 600
ASSERTION_LASTS_S: Final = 300
ALGORITHMS: Final = ["Ed25519"]
_TYPE: Final = "at+jwt"
_LONGEST: Final = 4096
_LONGEST_JTI: Final = 200
_MOST_REMEMBERED: Final = 20_000
_UNREADABLE: Final = (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError)
"""What a token or a request of somebody else may raise."""


class Tokens:
    """Gives tokens and reads them back.

    Args:
        seeds: of the keys: the first signs, all are published, so that one can follow another.
        issuer: who signs: the address of this service.
        clients: which systems are in force.
        clock: tells the time.
    """

    def __init__(self, seeds: Sequence[bytes], issuer: str, clients: Clients, clock: Clock) -> None:
        self.issuer = issuer
        self.clients = clients
        self._clock = clock
        self._keys = [_private(seed) for seed in seeds]
        self._public = KeySet([_published(key) for key in self._keys])
        self._nobody = _private(secrets.token_bytes(32))
        self._read: dict[str, tuple[dict[str, Any], str]] = {}

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return dict(self._public.as_dict())

    def issue(self, client: Client, scopes: Scopes) -> tuple[str, int]:
        """A token for a system, and for how many seconds it is good."""
        now = self._now_s()
        ends = now + LASTS_S
        if client.until is not None:
            ends = min(ends, int(client.until.timestamp()))
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client.id,
            "client_id": client.id,
            "org": client.organisation,
            "role": client.role,
            "iat": now,
            "exp": ends,
            "jti": secrets.token_urlsafe(16),
        }
        narrowed = client.scopes if scopes is None else scopes
        if narrowed is not None:
            claims["scope"] = " ".join(sorted(narrowed))
        key = self._keys[0]
        head = {"alg": ALGORITHMS[0], "typ": _TYPE, "kid": key.thumbprint()}
        return jwt.encode(head, claims, key, algorithms=ALGORITHMS), ends - now

    def remembered(self, token: str) -> Reporter | None:
        """Who holds a token that was read before, while its system is known to be in force."""
        read = self._read.get(token)
        if read is None or read[0]["exp"] <= self._now_s():
            return None
        client = self.clients.remembered(read[1])
        return client.reporter(_scopes(read[0])) if client else None

    async def holder(self, token: str) -> Reporter | None:
        """Who holds a token; None when it is not ours, ended, or its system was revoked."""
        known = self.remembered(token)
        if known is not None:
            return known
        claims = self._claims(token)
        client = await self.clients.find(claims["client_id"]) if claims else None
        if claims is None or client is None or client.role != claims["role"]:
            return None
        if client.organisation != claims["org"]:
            return None
        if len(self._read) >= _MOST_REMEMBERED:
            self._read.clear()
        self._read[token] = claims, client.id
        return client.reporter(_scopes(claims))

    def _claims(self, token: str) -> dict[str, Any] | None:
        try:
            read = jwt.decode(token[:_LONGEST], self._public, algorithms=ALGORITHMS)
            said: Any = {"essential": True, "value": self.issuer}
            there: Any = {"essential": True}
            registry = jwt.JWTClaimsRegistry(
                now=self._now_s(), iss=said, aud=said, exp=there, client_id=there, org=there,
                role=there,
            )  # fmt: skip
            registry.validate(read.claims)
        except _UNREADABLE:
            return None
        return dict(read.claims) if read.header.get("typ") == _TYPE else None

    async def asserted(self, assertion: str) -> Client | None:
        """The system that signed a request for a token (RFC 7523); each is good once."""
        now = self._now_s()
        try:
            # Read before it is believed: it says whose key it is checked with.
            client_id = _unverified_issuer(assertion[:_LONGEST])
            client = await self.clients.find(client_id, anew=True)
            known = client.public_key if client else None
            # Whoever is unknown costs as much as whoever signed wrongly.
            key = _raw_public(known) if known else self._nobody
            claims = jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
            if client is None or known is None:
                return None
            mine: Any = {"essential": True, "value": client_id}
            aud: Any = {"essential": True, "values": [self.issuer, f"{self.issuer}/oauth/token"]}
            there: Any = {"essential": True}
            jwt.JWTClaimsRegistry(
                now=now, leeway=0, iss=mine, sub=mine, aud=aud, exp=there, jti=there
            ).validate(claims)
        except _UNREADABLE:
            return None
        return client if await self._once(client_id, claims, now) else None

    async def _once(self, client_id: str, claims: dict[str, Any], now_s: int) -> bool:
        jti, ends = claims["jti"], claims["exp"]
        if (
            not isinstance(jti, str)
            or not 0 < len(jti) <= _LONGEST_JTI
            or ends > now_s + ASSERTION_LASTS_S
        ):
            return False
        now = now_of(self._clock)
        until = now.fromtimestamp(ends, now.tzinfo)
        return await self.clients.first_use(client_id, jti, until, now)

    def _now_s(self) -> int:
        return self._clock.now_us() // 1_000_000


def looks_like_token(text: str) -> bool:
    """Whether a bearer text is a JWT rather than a key."""
    return text.count(".") == 2  # noqa: PLR2004 - header, claims, signature


def _scopes(claims: dict[str, Any]) -> Scopes:
    return frozenset(claims["scope"].split()) if "scope" in claims else None


def _unverified_issuer(assertion: str) -> str:
    told = str(msgspec.json.decode(jws.extract_compact(assertion.encode()).payload)["iss"])
    if not (told.isascii() and told.isprintable()):
        raise ValueError(told)
    return told


def _private(seed: bytes) -> OKPKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": _text(seed), "x": _text(public)})


def _raw_public(raw: bytes) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _text(raw)})


def _published(key: OKPKey) -> OKPKey:
    told = key.as_dict(private=False)
    extra = {"kid": key.thumbprint(), "use": "sig", "alg": ALGORITHMS[0]}
    return OKPKey.import_key({**told, **extra})


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
