"""Signatures by Standard Webhooks (github.com/standard-webhooks), symmetric: `v1`."""

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """A fresh secret, as its receiver keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(
    message: str, at_s: int, body: bytes, secrets_in_force: Iterable[str]
) -> Mapping[str, str]:
    """The headers by which a receiver knows who sent a message, and that it is whole.

    Args:
        message: id of the message: the same each time that it is sent.
        at_s: when this try is made, in seconds since 1970: receivers refuse what is too old.
        body: as it is sent.
        secrets_in_force: of the webhook; while they change, the former one as well.
    """
    content = b"%b.%d.%b" % (message.encode(), at_s, body)
    signatures = (f"v1,{_signature(secret, content)}" for secret in secrets_in_force)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, "sha256")).decode()
