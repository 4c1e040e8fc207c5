"""Secrets of the service, one for each purpose, and what is kept under them."""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Seal:
    """Encrypts (AES-256-GCM) and marks (HMAC-SHA256) under keys made of the service's pepper."""

    def __init__(self, pepper: bytes, purpose: str) -> None:
        self._key = hmac.digest(pepper, f"dianchi {purpose}".encode(), "sha256")

    def close(self, text: bytes, about: bytes) -> bytes:
        """What only this service reads again, and only where it is about the same thing."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, text, about)

    def open(self, sealed: bytes, about: bytes) -> bytes | None:
        """What was sealed; None where it was changed, or sealed under another key."""
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
        except (InvalidTag, ValueError):
            return None

    def mark(self, text: bytes) -> bytes:
        """A keyed hash."""
        return hmac.digest(self._key, text, "sha256")
