"""Bytes in one form only: the canonical report that is signed, plain JSON, base64url."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from dianchi_client.errors import Rejected, malformed

SIGNATURE: Final = "signature"
"""The member of a report that holds it; no signature covers itself."""
# A day, or UTC with microseconds.
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{6}Z)?", re.ASCII)
_REPORTED: Final = ("data", "device", "event_id", "occurred_at", "site", "type")
_LARGEST_INT: Final = 2**53


def canonical(report: Mapping[str, Any]) -> bytes:
    """The bytes to sign of a report that is in normal form (docs/reference/signatures.md).

    Args:
        report: as it is sent, with or without a signature.

    Raises:
        Rejected: it is not in normal form, as far as can be seen here.
    """
    told = {name: value for name, value in report.items() if name != SIGNATURE}
    moment = told.get("occurred_at")
    if not isinstance(moment, str) or not _MOMENT.fullmatch(moment):
        raise _not_normal("occurred_at")
    return plain_json(told)


def plain_json(value: Mapping[str, Any]) -> bytes:
    """JSON in its one form: names sorted by code point, no white space, UTF-8, whole numbers.

    Raises:
        Rejected: it holds a number with a point, null, or something that is no JSON.
    """
    _must_be_plain(value, "")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def retold(event: Mapping[str, Any]) -> bytes | None:
    """The canonical report behind an event, where the event says all of it.

    A report of several things, or one in which the registry resolved a name or a party, is more
    than its event, or stands otherwise in it: then None, and the report's own bytes are needed.
    """
    common = {name: event[name] for name in _REPORTED if name in event}
    for more in ({"battery": event["reported_as"]}, {}):
        told = plain_json(common | more)
        if sha256(told).hexdigest() == event["report_sha256"]:
            return told
    return None


def _must_be_plain(value: object, where: str) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _must_be_plain(inner, f"{where}/{name}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            _must_be_plain(inner, f"{where}/{place}")
    elif not isinstance(value, str | int) or (
        isinstance(value, int) and abs(value) >= _LARGEST_INT
    ):
        raise _not_normal(where)


def statement(**told: str | bool) -> bytes:
    """What a key signs that is no report: that it belongs here, that another key is to be added."""
    return plain_json(told)


def encode64url(raw: bytes) -> str:
    """base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode64url(text: object, size: int | None = None) -> bytes:
    """Strict base64url: what would be written otherwise is not read.

    Args:
        text: to read.
        size: how many bytes it must be, where that is known.

    Raises:
        Rejected: it is not.
    """
    if not isinstance(text, str):
        raise _bad()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _bad() from None
    if encode64url(raw) != text or size not in (None, len(raw)):
        raise _bad()
    return raw


def _bad() -> Rejected:
    return malformed("编码", "base64url text")


def _not_normal(where: str) -> Rejected:
    return Rejected(
        "not_normal",
        f"{where} 不是规范形式：数字写成十进制字符串，时间写 UTC 六位微秒加 Z，没有的成员不写",
        f"{where} is not in normal form: decimals are strings, instants are UTC with six digits"
        " and Z, members without a value are left out",
    )
