"""What a request names."""

import pytest

from dianchi.api.headers import Scope, on_loopback


def scope(host: str) -> Scope:
    return {"client": ("1.2.3.4", 1), "headers": [(b"host", host.encode())]}


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
    assert on_loopback(scope(host)) is here
