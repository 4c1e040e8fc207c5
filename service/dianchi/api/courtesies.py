"""What every answer to a reader carries: `ETag`, `Link: rel="next"`, and no body for `HEAD`.

And that no cache may give it to somebody else.
"""

from collections.abc import MutableMapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from dianchi.api.intake import Receive, Scope, Send, header
from dianchi.api.practice import BASE

_READING: Final = ("GET", "HEAD")
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_NEXT: Final = b'],"next":"'
_OWN: Final = "/v1/"
_CACHING: Final = b"cache-control"
_DESCRIBING: Final = (b"content-length", b"content-type")
Message = MutableMapping[str, Any]


class Courteous:
    """Wraps the service: what its answers to readers lack by themselves is added here."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - any ASGI application
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""
        if scope["type"] == "http" and scope["method"] in _READING:
            send = _Reply(scope, send).send
            scope = {**scope, "method": "GET"}
        await self._inner(scope, receive, send)


class _Reply:
    """One answer on its way: its head waits for its body."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._bare = scope["method"] == "HEAD"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            start = self._kept_apart(start)
            whole = start["status"] == _OK and not message.get("more_body")
            await self._send(self._tagged(start, message.get("body", b"")) if whole else start)
        await self._send({**message, "body": b""} if self._bare else message)

    def _kept_apart(self, start: Message) -> Message:
        """What one caller is shown no cache between gives to another, also of who signed in."""
        headers = start["headers"]
        if not self._scope["path"].startswith(_OWN) or any(n == _CACHING for n, _ in headers):
            return start
        return {**start, "headers": [*headers, (_CACHING, b"private, no-cache")]}

    def _tagged(self, start: Message, body: bytes) -> Message:
        headers = list(start["headers"])
        tag: bytes | None = next((value for name, value in headers if name == b"etag"), None)
        if tag is None:
            tag = b'"%b"' % sha256(body).hexdigest()[:32].encode()
            headers.append((b"etag", tag))
        headers += _link(self._scope, body)
        if not _matches(header(self._scope, b"if-none-match"), tag):
            return {**start, "headers": headers}
        self._bare = True
        headers = [(name, value) for name, value in headers if name not in _DESCRIBING]
        return {**start, "status": _NOT_MODIFIED, "headers": headers}


def _matches(asked: bytes | None, tag: bytes) -> bool:
    told = [each.strip().removeprefix(b"W/") for each in (asked or b"").split(b",")]
    return tag.removeprefix(b"W/") in told or told == [b"*"]


def _link(scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
    """The next page of a list. Quotes inside a JSON text are escaped: the mark is no text."""
    _, found, rest = body[-1000:].rpartition(_NEXT)
    if not found:
        return []
    told = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in told if name != "cursor"]
    query = urlencode([*kept, ("cursor", rest.partition(b'"')[0].decode())])
    path = quote(scope.get(BASE, "") + scope["path"], safe="/:")
    return [(b"link", f'<{path}?{query}>; rel="next"'.encode())]
