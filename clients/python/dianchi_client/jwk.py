"""Public keys of reporters as JWK (RFC 7517), named by their thumbprint (RFC 7638)."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from dianchi_client.canonical import decode64url, encode64url, plain_json
from dianchi_client.errors import Rejected, malformed

COORDINATE: Final = 32
"""Bytes of a coordinate, of a private key, and of half a signature."""
CURVES: Final = {"Ed25519": "Ed25519", "ES256": "P-256", "EdDSA": "Ed25519"}
"""The algorithms, each with the one kind of key that it is used with.

`EdDSA` is the older name of `Ed25519` (RFC 9864): read, not written.
"""
_MEMBERS: Final = {"Ed25519": ("OKP", "x"), "P-256": ("EC", "x", "y")}
_ALSO: Final = frozenset(("alg", "ext", "key_ops", "kid", "use"))
# Keys for which signatures can be made without a secret (order 8 and less), sign bit left out.
_WEAK: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def kid_of(organisation: str, thumbprint: str) -> str:
    """The name of an organisation's key."""
    return f"{organisation}/{thumbprint}"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: the point `x` of Ed25519, or `x` and `y` of P-256."""

    curve: str
    x: bytes
    y: bytes = b""

    @classmethod
    def parse(cls, jwk: object) -> Self:
        """Reads a JWK.

        Raises:
            Rejected: it is none, of another kind, weak, or a private key.
        """
        if not isinstance(jwk, dict) or not all(isinstance(name, str) for name in jwk):
            raise malformed("公钥", "public key")
        if "d" in jwk or "k" in jwk:
            raise _private()
        curve = str(jwk.get("crv"))
        kind, *names = _MEMBERS.get(curve, ("",))
        if jwk.get("kty") != kind:
            raise unknown_algorithm()
        if jwk.keys() - _ALSO != {"kty", "crv", *names}:
            raise malformed("公钥", "public key")
        key = cls(curve, *(decode64url(jwk[name], COORDINATE) for name in names))
        key._must_be_strong()
        return key

    def _must_be_strong(self) -> None:
        weak = self.x[:-1] + bytes([self.x[-1] & 0x7F]) in _WEAK
        try:
            self._public()
        except ValueError:
            weak = True
        if weak:
            raise Rejected(
                "weak_key",
                "这把公钥不安全：不在曲线上，或任何人都能伪造它的签名",
                "this public key is not safe: not on its curve, or anybody could sign for it",
            )

    def _public(self) -> Ed25519PublicKey | ec.EllipticCurvePublicKey:
        if self.curve == "Ed25519":
            return Ed25519PublicKey.from_public_bytes(self.x)
        x, y = int.from_bytes(self.x, "big"), int.from_bytes(self.y, "big")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()

    @property
    def jwk(self) -> dict[str, str]:
        """The key with the members that its thumbprint is made of."""
        if self.curve == "Ed25519":
            return {"crv": self.curve, "kty": "OKP", "x": encode64url(self.x)}
        return {
            "crv": self.curve,
            "kty": "EC",
            "x": encode64url(self.x),
            "y": encode64url(self.y),
        }

    @property
    def thumbprint(self) -> str:
        """RFC 7638, SHA-256."""
        return encode64url(sha256(plain_json(self.jwk)).digest())

    def verify(self, signed: bytes, raw: bytes) -> bool:
        """Whether 64 bytes are this key's signature over some bytes."""
        public = self._public()
        try:
            if isinstance(public, Ed25519PublicKey):
                public.verify(raw, signed)
            else:
                r, s = (
                    int.from_bytes(half, "big") for half in (raw[:COORDINATE], raw[COORDINATE:])
                )
                public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def unknown_algorithm() -> Rejected:
    """An algorithm that is not accepted, or not with this kind of key."""
    return Rejected(
        "unknown_algorithm",
        f"签名算法不受支持，可用：{'、'.join(CURVES)}（密钥种类要与算法相符）",
        f"this algorithm is not accepted; use one of {', '.join(CURVES)}, with a key of its kind",
    )


def _private() -> Rejected:
    return Rejected(
        "private_key",
        "这是私钥，不能发给任何人：它已泄露，请作废并另建一把",
        "this is a private key, which nobody else may see: drop it and make a new one",
    )
