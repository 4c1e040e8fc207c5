"""Where a request comes from: the one place that says how far a proxy is believed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from dianchi.api.headers import Scope

Proxies = Sequence[IPv4Network | IPv6Network]
_FORWARDED: Final = b"x-forwarded-for"


def client_address(scope: Scope, trusted: Proxies) -> str:
    """The address of the client; empty where the socket has none.

    `X-Forwarded-For` is read from the right, as far as proxies of ours wrote it: what stands left
    of the first address that is not one of them, anybody may have made up.

    Args:
        scope: of the request.
        trusted: the networks of our proxies; none: the socket's address, whatever is told.
    """
    client = scope.get("client")
    told = str(client[0]) if client else ""
    address = _read(told)
    if address is None:
        return told
    for hop in reversed(_hops(scope)):
        if not _among(address, trusted):
            break
        before = _read(hop)
        if before is None:
            # A proxy of ours says what is no address: it is the last that is known.
            break
        address = before
    return str(address)


def counted_address(scope: Scope, trusted: Proxies) -> str:
    """What budgets count a request by: the address of its client; of IPv6, the /64 around it.

    One line is given at least that many addresses (RFC 6177), and could use a new one each time.
    """
    told = client_address(scope, trusted)
    address = _read(told)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return told


def _hops(scope: Scope) -> list[str]:
    lines = [value for name, value in scope["headers"] if name == _FORWARDED]
    told = b",".join(lines).decode("latin-1").split(",")
    return [hop.strip() for hop in told if hop.strip()]


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address, perhaps with a port, as some proxies write it."""
    bare = text
    if text.startswith("["):
        bare = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        bare = text.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _among(address: IPv4Address | IPv6Address, trusted: Proxies) -> bool:
    return any(address in network for network in trusted)
