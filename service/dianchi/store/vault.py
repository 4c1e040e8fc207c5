"""Personal values, each encrypted under a key of its own, so that one can be erased alone."""

import hmac
import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NONCE: Final = 12
_ID_DIGITS: Final = 12


class KeyGoneError(Exception):
    """A value is locked under a key that this process was not given; the text names its id."""


class Locked(NamedTuple):
    """A personal value as it is stored.

    Attributes:
        reference: what stands for the value everywhere else.
        kek: id of the key that wraps the data key.
        wrapped: nonce and data key, encrypted under that key.
        sealed: nonce and value, encrypted under the data key.
    """

    reference: str
    kek: str
    wrapped: bytes
    sealed: bytes


def kek_id(key: bytes) -> str:
    """The id of a key-encrypting key: part of a keyed hash, which tells nothing of the key."""
    return hmac.digest(key, b"dianchi kek", "sha256").hex()[:_ID_DIGITS]


class Vault:
    """Locks and opens personal values: AES-256-GCM, a data key for each, wrapped by the newest key.

    A reference is bound into both, so that what was copied to another row does not open.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keks = {kek_id(key): AESGCM(key) for key in keys}
        self.current = kek_id(keys[0])
        """The id of the key that new data keys are wrapped by."""

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys that this process was given."""
        return frozenset(self._keks)

    def lock(self, reference: str, value: str) -> Locked:
        """A value under a fresh data key."""
        drawn = os.urandom(KEY_BYTES + 2 * _NONCE)
        key, first, second = drawn[:KEY_BYTES], drawn[KEY_BYTES:-_NONCE], drawn[-_NONCE:]
        bound = reference.encode()
        wrapped = first + self._keks[self.current].encrypt(first, key, bound)
        sealed = second + AESGCM(key).encrypt(second, value.encode(), bound)
        return Locked(reference, self.current, wrapped, sealed)

    def open(self, locked: Locked) -> str:
        """The value.

        Raises:
            KeyGoneError: the key that wraps its data key is not here, or does not fit.
        """
        key, sealed = self._data_key(locked), locked.sealed
        told = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], locked.reference.encode())
        return told.decode()

    def rewrapped(self, locked: Locked) -> Locked:
        """The same value, its data key wrapped by the newest key.

        Raises:
            KeyGoneError: the key that wraps it now is not here.
        """
        nonce, bound = os.urandom(_NONCE), locked.reference.encode()
        wrapped = nonce + self._keks[self.current].encrypt(nonce, self._data_key(locked), bound)
        return locked._replace(kek=self.current, wrapped=wrapped)

    def _data_key(self, locked: Locked) -> bytes:
        kek = self._keks.get(locked.kek)
        if kek is None:
            raise KeyGoneError(f"no key {locked.kek}: is it missing in DIANCHI_PERSONAL_KEY?")
        nonce, wrapped = locked.wrapped[:_NONCE], locked.wrapped[_NONCE:]
        try:
            return kek.decrypt(nonce, wrapped, locked.reference.encode())
        except InvalidTag:
            raise KeyGoneError(f"what key {locked.kek} wraps was changed") from None


def vin_seal(key: bytes) -> Callable[[str], str]:
    """Turns a VIN into its `vin_ref`: 32 hexadecimal digits of an HMAC-SHA256."""

    def seal(vin: str) -> str:
        return hmac.digest(key, vin.encode(), "sha256")[:16].hex()

    return seal


class Seals(NamedTuple):
    """What becomes of a VIN in a report: `refer` gives its reference, `lock` its stored form."""

    refer: Callable[[str], str]
    lock: Callable[[str, str], Locked]
