"""Files that somebody sends as they are, and gets back as they were: hashes, bodies, headers."""

from typing import Annotated, Any, Final

from fastapi import Path

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
"""The SHA-256 of a file, in an address."""
SHOWN: Final = {
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""Headers of what somebody sent: it is never a page of ours, whatever it is."""


def bytes_of(*kinds: str) -> dict[str, Any]:
    """What the contract says of a body of plain bytes.

    Args:
        kinds: media types; any, where none is named.
    """
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys(kinds or ("application/octet-stream",), binary)
    return {"requestBody": {"required": True, "content": content}}
