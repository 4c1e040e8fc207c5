"""Signed notes (c2sp.org/signed-note): a text, and who signed it with which key.

The type byte of a key says how it signs. Ed25519 notes (0x01) and Ed25519 cosignatures (0x04) are
read here; every other signature is of an unknown key and passed over, so that a second one, of
another kind, can stand beside.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from dianchi_client.errors import Rejected, malformed

NOTE: Final = 0x01
COSIGNATURE: Final = 0x04
KEY_BYTES: Final = 32
LARGEST: Final = 64 * 1024
MOST_SIGNATURES: Final = 64
_NAME: Final = re.compile(r"[^\s+]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and the kind of its signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each signature."""
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(told).digest()[:_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `name+id+key`.

        Raises:
            Rejected: it is no such text, or a key of a kind that is not known here.
        """
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):  # noqa: PLR2004 - name, id, key
            raise malformed("公钥", "public key")
        raw = decode64(parts[2])
        if len(raw) != 1 + KEY_BYTES or raw[0] not in (NOTE, COSIGNATURE):
            raise Rejected(
                "unknown_algorithm",
                "公钥的签名算法不受支持",
                "the public key is of a kind that this program does not know",
            )
        key = cls(parts[0], raw[0], raw[1:])
        if key.id.hex() != parts[1]:
            raise malformed("公钥", "public key")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode64(bytes([self.kind]) + self.public)}"

    def verify(self, text: bytes, signature: bytes) -> int:
        """Checks a signature; the time of a cosignature in seconds since 1970, else 0.

        Raises:
            Rejected: the signature is not of this key over this text.
        """
        time_s = 0
        if self.kind == COSIGNATURE:
            time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
            text, signature = cosigned(text, time_s), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            raise Rejected(
                "bad_signature",
                f"{self.name} 的签名与内容不符：内容在签名之后被改动过",
                f"the signature of {self.name} does not fit: the text was changed after signing",
            ) from None
        return time_s


class SigningKey:
    """A private key that signs notes, or cosigns checkpoints, under a name."""

    def __init__(self, name: str, seed: bytes, kind: int = NOTE) -> None:
        if not _NAME.fullmatch(name):
            msg = f"a key's name may hold neither spaces nor plus signs: {name!r}"
            raise ValueError(msg)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes_raw()
        self.verifier: Final = VerifierKey(name, kind, public)

    def sign(self, text: bytes, time_s: int = 0) -> str:
        """The signature line of a text; `time_s` is used by cosignatures only."""
        stamp = b""
        if self.verifier.kind == COSIGNATURE:
            stamp = time_s.to_bytes(_TIME_BYTES, "big")
            text = cosigned(text, time_s)
        blob = self.verifier.id + stamp + self._private.sign(text)
        return f"— {self.verifier.name} {encode64(blob)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    blob: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures, none of them checked."""

    text: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads a signed note.

        Raises:
            Rejected: it is none.
        """
        head, gap, tail = raw.rpartition(b"\n\n")
        try:
            tail_text, whole = tail.decode(), raw.decode()
        except UnicodeDecodeError:
            raise malformed("签名文本", "signed note") from None
        lines = tail_text.splitlines(keepends=True)
        if (
            not gap
            or len(raw) > LARGEST
            or _CONTROL.search(whole)
            or not tail_text.endswith("\n")
            or not 0 < len(lines) <= MOST_SIGNATURES
        ):
            raise malformed("签名文本", "signed note")
        return cls(head + b"\n", tuple(signature(line) for line in lines))

    def signed_by(self, keys: Iterable[VerifierKey]) -> Mapping[VerifierKey, int]:
        """Which of these keys signed, and when (0 for signatures without a time).

        Raises:
            Rejected: a signature of one of the keys does not fit, or stands there twice.
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, int] = {}
        for line in self.signatures:
            key = known.get((line.name, line.key_id))
            if key is None:
                continue
            if key in found:
                raise malformed("签名文本", "signed note")
            found[key] = key.verify(self.text, line.blob)
        return found


def signature(line: str) -> Signature:
    """Reads one signature line with its newline.

    Raises:
        Rejected: it is none.
    """
    parts = line.removesuffix("\n").split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):  # noqa: PLR2004 - dash, name, value
        raise malformed("签名行", "signature line")
    blob = decode64(parts[2])
    if len(blob) <= _ID_BYTES:
        raise malformed("签名行", "signature line")
    return Signature(parts[1], blob[:_ID_BYTES], blob[_ID_BYTES:], line)


def cosigned(text: bytes, time_s: int) -> bytes:
    """What a cosignature signs (c2sp.org/tlog-cosignature, v1)."""
    return b"cosignature/v1\ntime %d\n" % time_s + text


def encode64(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode("ascii")


def decode64(text: str) -> bytes:
    """Strict base64: what would be written otherwise is not read.

    Raises:
        Rejected: it is not.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise malformed("编码", "base64 text") from None
    if encode64(raw) != text:
        raise malformed("编码", "base64 text")
    return raw
