"""Where a webhook may lead: never to an address inside (server-side request forgery).

An address is read by one strict pattern of our own, so that no two readers of it can differ: names
in ASCII over https, no IP addresses in any spelling, no user names, few ports. What its name leads
to is looked at when a connection is made (`must_be_public`).
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple

from dianchi.domain.refusals import Malformed, Text

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LONGEST: Final = 2_000
_PORTS: Final = {"https": 443, "http": 80}
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[::1\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/[!$-;=?-Z_a-z~%\[\]]*)?)"
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# The last label of a number in any spelling begins with a digit; no name of the Internet's does.
_LAST: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "[::1]"))
# RFC 6761, 6762, 8375, 9476 and what houses call themselves.
_INNER: Final = frozenset(
    (
        *("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp"),
        *("private", "arpa", "alt", "onion", "test", "invalid", "example"),
    )
)
# Globally reachable is what IANA's registries of special purposes do not name (RFC 6890); listed
# here, because what Python calls global differs from one release to the next.
_CLOSED_4: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # Not in the registries: what machines of a cloud of Microsoft's ask about themselves.
            "168.63.129.16/32",
        ),
    )
)
_OPEN_6: Final = IPv6Network("2000::/3")
_CLOSED_6: Final = tuple(map(IPv6Network, ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]))
"""Of what is open at all: tunnels (they may lead to an IPv4 address inside) and examples."""


class UnreachableError(Exception):
    """A name leads where nothing is sent; the text is the code of the fault."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far webhooks reach.

    Attributes:
        ports: that may be named.
        loopback: whether this machine itself may be named, over http as well: for developers only.
        closed: further networks, as the operator's own.
        plain: `name:port` of such that may be spoken to over http, as nothing else is offered.
    """

    ports: frozenset[int] = frozenset((443, 8443))
    loopback: bool = False
    closed: tuple[Network, ...] = field(default=())
    plain: frozenset[str] = frozenset()


class Target(NamedTuple):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def parse_target(url: str, reach: Reach) -> Target:
    """Reads an address that may be sent to.

    Raises:
        Malformed: it is none; the text says why.
    """
    found = _URL.fullmatch(url) if len(url) <= LONGEST else None
    if found is None:
        raise _malformed(
            "不是可用的地址：须为 https://域名/路径，仅用 ASCII 字符，不含用户名和 #",
            "not an address to send to: https://name/path in ASCII, without user name and #",
        )
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if not (reach.loopback and host in LOOPBACK):
        _must_be_a_name(host)
        if f"{host}:{port}" in reach.plain:
            return Target(scheme, host, port, found["target"] or "/")
        if scheme != "https":
            raise _malformed("必须使用 https", "only https is sent to")
        if port not in reach.ports:
            may = ", ".join(map(str, sorted(reach.ports)))
            raise _malformed(f"端口只能是 {may}", f"the port must be one of {may}")
    return Target(scheme, host, port, found["target"] or "/")


def _must_be_a_name(host: str) -> None:
    *labels, last = host.split(".")
    fits = labels and all(map(_LABEL.fullmatch, labels)) and _LAST.fullmatch(last)
    if not fits or last in _INNER:
        raise _malformed(
            "主机须为互联网域名，不能是 IP 地址或内部名称",
            "the host must be a name of the Internet, neither an IP address nor an inner name",
        )


def _malformed(zh: str, en: str) -> Malformed:
    way_out = Text(
        "请改用公网可达的 https 地址；中文域名请写成 xn-- 形式",
        "give an https address that the Internet reaches; other scripts as xn--…",
    )
    return Malformed("invalid_value", Text(zh, en), way_out)


def must_be_allowed(host: str, address: str, reach: Reach) -> None:
    """Lets the address pass that a host leads to.

    Raises:
        UnreachableError: `address_not_allowed`.
    """
    try:
        found = ip_address(address)
    except ValueError:
        raise UnreachableError("address_not_allowed") from None
    # Only who names this machine reaches it: no name of the Internet may lead there.
    allowed = (
        found.is_loopback
        if reach.loopback and host in LOOPBACK | {"::1"}
        else is_public(found) and not any(found in closed for closed in reach.closed)
    )
    if not allowed:
        raise UnreachableError("address_not_allowed")


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open Internet, and to nothing that leads inside."""
    if isinstance(address, IPv4Address):
        return not any(address in closed for closed in _CLOSED_4)
    return address in _OPEN_6 and not any(address in closed for closed in _CLOSED_6)


def networks(told: str) -> tuple[Network, ...]:
    """Networks with commas between.

    Raises:
        ValueError: one is none.
    """
    return tuple(ip_network(each.strip()) for each in told.split(",") if each.strip())
