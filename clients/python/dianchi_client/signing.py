"""Signatures of reporters: detached JWS (RFC 7515) over the canonical bytes of a report.

`<protected>..<signature>`: the protected header is `{alg, kid}` and, where the signer wants,
`iat` (seconds since 1970); nothing else is read. `kid` is `<organisation>/<thumbprint>` (RFC 7638).
Three algorithms are known, each for one kind of key; everything else is refused, `none` and shared
secrets first.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from dianchi_client.canonical import canonical, decode64url, encode64url, plain_json, statement
from dianchi_client.errors import Rejected, malformed
from dianchi_client.jwk import COORDINATE, CURVES, PublicKey, kid_of, unknown_algorithm

__all__ = ["CURVES", "PublicKey", "ReporterKey", "Signature", "canonical", "kid_of", "statement"]
LONGEST: Final = 1000
"""Characters of a signature."""
_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]{86})", re.ASCII)
_KID: Final = re.compile(r"([A-Za-z0-9]{1,40})/([A-Za-z0-9_-]{43})", re.ASCII)


class Signature(NamedTuple):
    """A signature as it was read, not yet checked.

    Attributes:
        algorithm: one of `CURVES`.
        organisation: the first part of `kid`.
        thumbprint: the second.
        issued_at: `iat`, seconds since 1970, as the signer's clock had it; None where not said.
        protected: the header as it was sent.
        raw: 64 bytes.
    """

    algorithm: str
    organisation: str
    thumbprint: str
    issued_at: int | None
    protected: str
    raw: bytes

    @property
    def kid(self) -> str:
        """The name of the key."""
        return kid_of(self.organisation, self.thumbprint)

    @classmethod
    def parse(cls, text: object) -> Self:
        """Reads a detached JWS.

        Raises:
            Rejected: it is none, or of an algorithm that is not known here.
        """
        form = _FORM.fullmatch(text) if isinstance(text, str) and len(text) <= LONGEST else None
        if form is None:
            raise malformed("签名", "signature")
        header = _header(form[1])
        if header["alg"] not in CURVES:
            raise unknown_algorithm()
        named = _KID.fullmatch(header["kid"])
        if named is None:
            raise malformed("签名的 kid", "kid of the signature")
        raw = decode64url(form[2], 2 * COORDINATE)
        return cls(header["alg"], named[1], named[2], header.get("iat"), form[1], raw)

    def verify(self, payload: bytes, key: PublicKey) -> None:
        """Checks it.

        Raises:
            Rejected: the key is another one, of another kind, or did not sign these bytes.
        """
        if CURVES[self.algorithm] != key.curve:
            raise unknown_algorithm()
        signed = f"{self.protected}.{encode64url(payload)}".encode()
        if key.thumbprint != self.thumbprint or not key.verify(signed, self.raw):
            raise Rejected(
                "bad_signature",
                "签名与内容不符：内容在签名之后被改动过，或不是这把密钥签的",
                "the signature does not fit: the content was changed after signing, or another key"
                " signed it",
            )


def _header(protected: str) -> dict[str, Any]:
    try:
        header = json.loads(decode64url(protected), object_pairs_hook=_each_once)
        known = {"alg": str, "kid": str, "iat": int}
        right = all(type(value) is known.get(name) for name, value in header.items())
    except (ValueError, AttributeError, RecursionError):
        raise malformed("签名头", "header of the signature") from None
    if not right or not {"alg", "kid"} <= header.keys():
        raise malformed("签名头", "header of the signature")
    return dict(header)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "a member appears twice"
        raise ValueError(msg)
    return members


class ReporterKey:
    """A private key that signs reports."""

    def __init__(self, private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        if isinstance(private, Ed25519PrivateKey):
            self.public = PublicKey("Ed25519", private.public_key().public_bytes_raw())
        else:
            point = private.public_key().public_numbers()
            self.public = PublicKey(
                "P-256", *(n.to_bytes(COORDINATE, "big") for n in (point.x, point.y))
            )

    @classmethod
    def make(cls, algorithm: str = "Ed25519") -> Self:
        """A new key of one of the algorithms of `CURVES`."""
        if CURVES[algorithm] == "Ed25519":
            return cls(Ed25519PrivateKey.generate())
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def parse(cls, jwk: Mapping[str, Any]) -> Self:
        """Reads what `jwk` wrote.

        Raises:
            Rejected: it is no private key of a kind that is known here.
        """
        secret = decode64url(jwk.get("d"), COORDINATE)
        public = PublicKey.parse({name: value for name, value in jwk.items() if name != "d"})
        if public.curve == "Ed25519":
            key = cls(Ed25519PrivateKey.from_private_bytes(secret))
        else:
            key = cls(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()))
        if key.public != public:
            raise malformed("私钥", "private key")
        return key

    @property
    def jwk(self) -> dict[str, str]:
        """The private key; keep it where only the signer reads it."""
        if isinstance(self._private, Ed25519PrivateKey):
            secret = self._private.private_bytes_raw()
        else:
            secret = self._private.private_numbers().private_value.to_bytes(COORDINATE, "big")
        return self.public.jwk | {"d": encode64url(secret)}

    def sign(self, payload: bytes, organisation: str, issued_at: int | None = None) -> str:
        """The detached signature of an organisation over some bytes.

        Args:
            payload: canonical bytes of a report, or a `statement`.
            organisation: the id of whoever signs.
            issued_at: seconds since 1970; statements need it, reports do not.
        """
        header: dict[str, str | int] = {"kid": kid_of(organisation, self.public.thumbprint)}
        header["alg"] = "Ed25519" if self.public.curve == "Ed25519" else "ES256"
        if issued_at is not None:
            header["iat"] = issued_at
        protected = encode64url(plain_json(header))
        raw = self._raw(f"{protected}.{encode64url(payload)}".encode())
        return f"{protected}..{encode64url(raw)}"

    def _raw(self, signed: bytes) -> bytes:
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(signed)
        pair = decode_dss_signature(self._private.sign(signed, ec.ECDSA(SHA256())))
        return b"".join(number.to_bytes(COORDINATE, "big") for number in pair)
