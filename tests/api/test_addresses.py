"""Where a request comes from, as far as a proxy may be believed."""

from ipaddress import ip_network

import pytest

from dianchi.api.addresses import client_address
from dianchi.api.headers import Scope
from dianchi.settings import Settings

PROXY = "10.0.0.2"
TRUSTED = [ip_network("10.0.0.2/32"), ip_network("192.168.7.0/24"), ip_network("fd00::/8")]


def scope(client: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return {"client": client and (client, 1), "headers": [(b"host", b"t.example.cn"), *headers]}


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("10.0.0.9", (), "10.0.0.9"),
        ("10.0.0.9", ("1.2.3.4",), "10.0.0.9"),
        (PROXY, ("1.2.3.4",), "1.2.3.4"),
        (PROXY, ("6.6.6.6, 1.2.3.4",), "1.2.3.4"),
        (PROXY, ("6.6.6.6", "1.2.3.4"), "1.2.3.4"),
        (PROXY, (f"1.2.3.4, {PROXY}",), "1.2.3.4"),
        (PROXY, ("6.6.6.6, 1.2.3.4, 192.168.7.20",), "1.2.3.4"),
        (PROXY, (f"6.6.6.6, 1.2.3.4, 5.5.5.5, {PROXY}",), "5.5.5.5"),
        (PROXY, ("192.168.7.20",), "192.168.7.20"),
        (PROXY, ("1.2.3.4:5678",), "1.2.3.4"),
        (PROXY, ("[2001:db8::7]:443",), "2001:db8::7"),
        (PROXY, ("::ffff:1.2.3.4",), "1.2.3.4"),
        ("::ffff:10.0.0.2", ("1.2.3.4",), "1.2.3.4"),
        ("fd00::5", ("2001:DB8::7",), "2001:db8::7"),
        (PROXY, ("6.6.6.6, unknown",), PROXY),
        (PROXY, ("6.6.6.6, <script>, 192.168.7.20",), "192.168.7.20"),
        (PROXY, ("",), PROXY),
        (PROXY, (" , ",), PROXY),
        (PROXY, (), PROXY),
        (None, ("1.2.3.4",), ""),
        ("testclient", ("1.2.3.4",), "testclient"),
    ],
)
def test_only_a_known_proxy_says_where_a_request_comes_from(
    client: str | None, forwarded: tuple[str, ...], address: str
) -> None:
    assert client_address(scope(client, *forwarded), TRUSTED) == address


def test_where_no_proxy_is_named_nobody_is_believed() -> None:
    assert client_address(scope("10.0.0.2", "1.2.3.4"), ()) == "10.0.0.2"
    assert Settings().proxies == ()


def test_proxies_are_named_by_address_or_network() -> None:
    told = Settings(trusted_proxies="10.0.0.2, 192.168.7.0/24,fd00::/8")
    assert list(told.proxies) == TRUSTED


@pytest.mark.parametrize("told", ["10.0.0.0/33", "proxy.example.cn", "10.0.0.1/24"])
def test_a_proxy_that_is_no_network_is_refused_at_the_start(told: str) -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/24"):
        Settings(trusted_proxies=told)
