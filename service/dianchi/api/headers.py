"""What a request carries besides its body: its headers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of this (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def text_of(scope: Scope, name: bytes) -> str:
    """The same as text; empty where there is none."""
    return (header(scope, name) or b"").decode("latin-1")


def host_of(scope: Scope) -> str:
    """The host (and port) that the request names."""
    return text_of(scope, b"host").lower()


def on_loopback(scope: Scope) -> bool:
    """Whether the request names this machine itself, as only a developer's browser does."""
    name, _, port = host_of(scope).rpartition(":")
    return (name if name and port.isdigit() else host_of(scope)) in _LOOPBACK
