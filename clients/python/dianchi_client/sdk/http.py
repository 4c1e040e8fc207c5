"""What both drivers need of httpx: addresses that may be used, and errors told as data."""

import ipaddress
import ssl
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from dianchi_client.sdk.failures import NotConfigured
from dianchi_client.sdk.wire import Answer, Lost, Request

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_CONNECT_S: Final = 10.0
_SILENCE_S: Final = 45.0
"""A stream that says nothing for so long is dead: the service says something every 15 seconds."""


def checked_url(url: str) -> str:
    """An address without a slash at its end.

    Raises:
        NotConfigured: it is no address, or would send the key in clear over a network.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise NotConfigured(
            f"地址 {url} 不可用：请写成 https://主机",
            f"{url} is no address of a service: write https://HOST",
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise NotConfigured(
            f"{url} 未加密，密钥会被路上的任何人看到：请改用 https://（本机除外）",
            f"{url} is not encrypted, and whoever is on the way could read the key: use https://"
            " (but for this machine itself)",
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def arguments(request: Request) -> dict[str, Any]:
    """A request as httpx takes it."""
    headers = {"authorization": request.authorization or ""}
    if request.body is not None:
        headers["content-type"] = request.kind
    if request.stays:
        headers["accept"] = "text/event-stream"
    read_s = _SILENCE_S if request.stays else request.timeout_s
    return {
        "method": request.method,
        "url": request.path,
        "params": request.query or None,
        "content": request.body,
        "headers": headers,
        "timeout": httpx.Timeout(read_s, connect=min(request.timeout_s, _CONNECT_S)),
    }


def answer(response: httpx.Response, body: bytes) -> Answer:
    """An answer as plain data."""
    return Answer(response.status_code, dict(response.headers), body)


def lost(error: httpx.HTTPError) -> Lost:
    """Why no answer came."""
    return Lost(
        str(error) or type(error).__name__,
        sent=not isinstance(error, _NOT_SENT),
        timed_out=isinstance(error, httpx.TimeoutException),
        for_good=_is_untrusted(error),
    )


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
