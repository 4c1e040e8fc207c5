"""One call of the national interface: what is written, and how its answer is read.

ECB hides little and MD5 is broken; both are the interface's own, and nothing of ours rests on
them: go to it over a private line, or https where it is offered.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7

from dianchi.exchange.json_out import encode

_BITS: Final = 128
MOST_SAID: Final = 500


class Credentials(msgspec.Struct, frozen=True):
    """What the platform issued to an organisation: a token, and one key for cipher and sign."""

    token: str
    key: str


class UnreadableError(Exception):
    """An answer that is none of this interface, or encrypted under another key."""


class Answered(NamedTuple):
    """What the platform says: its code, and its text where it could be read."""

    code: int
    said: str


class _Envelope(msgspec.Struct):
    code: int | str
    data: str | None = None
    msg: str | None = None


_read_envelope: Final = msgspec.json.Decoder(_Envelope).decode


def aes_key(issued: str) -> bytes:
    """128 bits as Java's SHA1PRNG makes them of a seed: SHA-1 of the SHA-1."""
    inner = hashlib.sha1(issued.encode(), usedforsecurity=False).digest()
    return hashlib.sha1(inner, usedforsecurity=False).digest()[:16]


def _cipher(issued: str) -> Cipher[ECB]:
    # The interface's own mode: there is no other that it understands.
    return Cipher(AES128(aes_key(issued)), ECB())  # noqa: S305


def encrypted(text: bytes, issued: str) -> str:
    """What the interface takes as `requestMsg`."""
    padder = PKCS7(_BITS).padder()
    padded = padder.update(text) + padder.finalize()
    encryptor = _cipher(issued).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypted(told: str, issued: str) -> bytes:
    """What was encrypted under a key.

    Raises:
        UnreadableError: it was not, or not under this one.
    """
    try:
        sealed = base64.b64decode(told, validate=True)
        decryptor = _cipher(issued).decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        unpadder = PKCS7(_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, binascii.Error) as error:
        raise UnreadableError(str(error)) from None


def signed(told: str, issued: str) -> str:
    """The `sign` of an encrypted text."""
    # The interface asks for MD5; as an HMAC no forgery of it is known.
    return hmac.digest(issued.encode(), told.encode(), "md5").hex()


def request_body(vehicles: bytes, at_ms: int, credentials: Credentials) -> bytes:
    """The body of a call.

    Args:
        vehicles: JSON, an array.
        at_ms: milliseconds since 1970.
        credentials: of the organisation.
    """
    told = encrypted(vehicles, credentials.key)
    sign = signed(told, credentials.key)
    return encode({"requestMsg": told, "timestamp": at_ms, "sign": sign})


def read_answer(body: bytes, credentials: Credentials) -> Answered:
    """What an answer says.

    Raises:
        UnreadableError: nothing that can be read.
    """
    try:
        told = _read_envelope(body)
        code = int(told.code)
    except (msgspec.DecodeError, ValueError) as error:
        raise UnreadableError(str(error)) from None
    said = told.data if told.data is not None else told.msg
    if not said:
        return Answered(code, "")
    text = decrypted(said, credentials.key).decode("utf-8", "replace")
    return Answered(code, text[:MOST_SAID])
