"""Where a request comes from, as far as a proxy may be believed."""

import pytest

from dianchi.api.headers import Scope, address_of, on_loopback

PROXY = "10.0.0.2"


def scope(client: str, *forwarded: str, host: str = "trace.example.cn") -> Scope:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return {"client": (client, 1), "headers": [(b"host", host.encode()), *headers]}


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("10.0.0.9", (), "10.0.0.9"),
        ("10.0.0.9", ("1.2.3.4",), "10.0.0.9"),
        (PROXY, ("1.2.3.4",), "1.2.3.4"),
        (PROXY, ("6.6.6.6, 1.2.3.4",), "1.2.3.4"),
        (PROXY, ("6.6.6.6", "1.2.3.4"), "1.2.3.4"),
        (PROXY, (f"1.2.3.4, {PROXY}",), "1.2.3.4"),
        (PROXY, ("",), PROXY),
        (PROXY, (), PROXY),
    ],
)
def test_only_a_known_proxy_says_where_a_request_comes_from(
    client: str, forwarded: tuple[str, ...], address: str
) -> None:
    assert address_of(scope(client, *forwarded), frozenset({PROXY})) == address


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:80", False),
        ("trace.example.cn", False),
    ],
)
def test_this_machine_is_named_exactly(host: str, *, here: bool) -> None:
    assert on_loopback(scope("1.2.3.4", host=host)) is here
