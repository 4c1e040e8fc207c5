"""Ids of streams and keys, made of their names: the same on every machine, offline too."""

import os
from hashlib import sha1

from asyncpg.pgproto.pgproto import UUID

__all__ = ["UUID", "content_id", "key_id", "new_id", "stream_id"]

# RFC 9562 version 5 ids under two namespaces of our own (random, fixed for ever).
_STREAMS = bytes.fromhex("6f0f4c4d9a0b4d5f8f0e5d1c7a9e2b31")
_KEYS = bytes.fromhex("b1f5a7c20c6e4e7b9d3a8e4f6c2d5a90")
_CONTENTS = bytes.fromhex("3c8d0a9e57f14b6c8e21d94b7a60f5c2")
_KINDS = range(15)
_STREAMS_OF = [_STREAMS + f"{kind}:".encode() for kind in _KINDS]
_KEYS_OF = [_KEYS + f"{kind}:".encode() for kind in _KINDS]


def _uuid5(space: bytes, name: str) -> UUID:
    digest = bytearray(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes(digest))


def stream_id(kind: int, subject: str) -> UUID:
    """The id of the stream of a battery, vehicle, lot, batch or site by its canonical name."""
    return _uuid5(_STREAMS_OF[kind], subject)


def key_id(kind: int, value: str) -> UUID:
    """The id of a key by which events of different streams find each other."""
    return _uuid5(_KEYS_OF[kind], value)


def content_id(organisation: str, content: bytes) -> UUID:
    """The id of what an organisation says, so that the same said again is the same thing."""
    return _uuid5(_CONTENTS + f"{organisation}\n".encode(), content.decode())


def new_id() -> UUID:
    """A version 4 UUID (RFC 9562)."""
    drawn = bytearray(os.urandom(16))
    drawn[6], drawn[8] = drawn[6] & 0x0F | 0x40, drawn[8] & 0x3F | 0x80
    return UUID(bytes(drawn))
