"""Large answers of numbers, packed for lines that are slow."""

import gzip
from typing import Any, Final

from fastapi import Request, Response

from dianchi.exchange.json_out import encode

_SMALL: Final = 4_096
_LEVEL: Final = 1
"""Names and definitions repeat themselves: the best level gains a tenth and costs ten times."""


def packed_json(request: Request, answer: dict[str, Any]) -> Response:
    """An answer, packed where it is large and whoever asks can unpack it (RFC 9110, 8.4)."""
    body, headers = encode(answer), {"vary": "accept-encoding"}
    if len(body) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type="application/json")
