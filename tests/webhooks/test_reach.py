"""Nothing inside is ever reached by a webhook: a listener on this machine sees no connection."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

import httpcore
import pytest

from dianchi.domain.refusals import Malformed
from dianchi.webhooks.sending import CheckedBackend, Outcome, Sender
from dianchi.webhooks.targets import Reach, is_public, networks, parse_target
from support.receiver import receiving

CORPUS: Final = (
    # This machine, in every spelling that somebody's parser takes.
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/",
    "https://localhost.localdomain:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://2130706433:{port}/",
    "https://017700000001:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.1:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0177.0.0.01:{port}/",
    "https://127.0.0.1.:{port}/",
    "https://127.000.000.001:{port}/",
    "https://4294967169:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://[0:0:0:0:0:0:0:1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/",
    "https://[64:ff9b:1::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/",
    "https://[fe80::1%lo]:{port}/",
    # Digits and full stops of other scripts, which some libraries turn into ASCII.
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://127。0。0。1:{port}/",
    "https://127．0．0．1:{port}/",
    "https://ｌｏｃａｌｈｏｓｔ:{port}/",
    "https://loc\u00adalhost:{port}/",
    # User names, and what one parser takes for the host and another for the path.
    "https://good.example.com@127.0.0.1:{port}/",
    "https://good.example.com:443@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}@good.example.com/",
    "https://good.example.com\\@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\@good.example.com/",
    "https://127.0.0.1:{port}#@good.example.com/",
    "https://good.example.com#@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}?@good.example.com/",
    "https:127.0.0.1:{port}/",
    "https:///127.0.0.1:{port}/",
    "https:/\\127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    " https://127.0.0.1:{port}/",
    "https://127.0.0.1\t:{port}/",
    "https://127.0.0.1%00.good.example.com:{port}/",
    "https://127.0.0.1%2f.good.example.com:{port}/",
    "https://good.example.com:{port}\r\nHost: 127.0.0.1/",
    "https://127.0.0.1:{port}:443/",
    "https://good.example.com:0{port}0/",
    # Other ways of transport.
    "http://good.example.com:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "unix:///tmp/socket",
    "javascript:alert(1)",
    # What clouds and houses keep inside.
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://100.100.100.200/latest/meta-data/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://printer.local/",
    "https://wiki.corp/",
    "https://db.intranet/",
    "https://hidden.onion/",
    "https://127.0.0.1.in-addr.arpa/",
    # Names of the Internet that lead to this machine.
    "https://127.0.0.1.nip.io:{port}/",
    "https://localtest.me:{port}/",
    "https://xn--inner-test.cn:{port}/",
    "https://two-answers.cn:{port}/",
    "https://mapped.cn:{port}/",
    "https://nat64.cn:{port}/",
    "https://scoped.cn:{port}/",
    "https://mistaken.cn:{port}/",
)
ANSWERS: Final = {
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "localtest.me": ["::1"],
    "xn--inner-test.cn": ["127.0.0.1"],
    "two-answers.cn": ["93.184.216.34", "127.0.0.1"],
    "mapped.cn": ["::ffff:127.0.0.1"],
    "nat64.cn": ["64:ff9b::7f00:1"],
    "scoped.cn": ["fe80::1%lo"],
    "mistaken.cn": ["no address"],
    "good.example.com": ["127.0.0.1"],
}
"""What the names of the corpus lead to, as a name server of an attacker would say."""


class Canary:
    """Listens on this machine and counts who comes."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.visits = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()
    try:
        yield made
    finally:
        made.close()


async def resolve(host: str, _: int) -> list[str]:
    return ANSWERS.get(host, ["127.0.0.1"])


def sender_to(reach: Reach) -> Sender:
    return Sender(reach, CheckedBackend(reach, resolve))


async def sent(sender: Sender, url: str) -> Outcome:
    return await sender.send(url, {}, b"{}")


async def test_nothing_inside_is_reached_by_any_spelling(canary: Canary) -> None:
    # The port is allowed, so that it is not the port alone that keeps everything out.
    sender = sender_to(Reach(ports=frozenset((443, 8443, canary.port))))

    outcomes = {url: await sent(sender, url.format(port=canary.port)) for url in CORPUS}
    await sender.aclose()

    assert len(CORPUS) >= 60
    assert {url: o for url, o in outcomes.items() if o.fault != "address_not_allowed"} == {}
    assert canary.visits == 0


def test_only_names_of_the_internet_are_taken_when_they_are_given() -> None:
    reach = Reach(ports=frozenset((443, 4430)))
    taken = []
    for url in CORPUS:
        with suppress(Malformed):
            taken.append(parse_target(url.format(port=4430), reach).host)

    assert taken == [name for name in ANSWERS if name != "good.example.com"]


async def test_developers_reach_this_machine_and_nothing_else_inside(canary: Canary) -> None:
    reach = Reach(ports=frozenset((443, canary.port)), loopback=True)
    sender = sender_to(reach)
    own = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]"}
    others = [
        url
        for url in CORPUS
        if not any(url.startswith(f"http{s}://{host}:") for host in own for s in ("", "s"))
        or "@" in url or "#" in url or "?" in url or "\\" in url or ":443/" in url
    ]  # fmt: skip

    outcomes = {url: await sent(sender, url.format(port=canary.port)) for url in others}
    await sender.aclose()

    assert len(others) > 70
    assert {o.fault for o in outcomes.values()} == {"address_not_allowed"}
    assert canary.visits == 0


class Watched(httpcore.AsyncNetworkBackend):
    """Connects nowhere and keeps where to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        self.hosts.append(host)
        raise httpcore.ConnectError


async def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked() -> None:
    """DNS rebinding: who answers differently the second time is not asked a second time."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    reach, watched = Reach(), Watched()

    async def rebinding(_: str, __: int) -> list[str]:
        return next(answers)

    sender = Sender(reach, CheckedBackend(reach, rebinding, watched))
    first = await sent(sender, "https://rebinding.cn/")
    second = await sent(sender, "https://rebinding.cn/")
    await sender.aclose()

    assert watched.hosts == ["93.184.216.34"]
    assert (first.fault, second.fault) == ("no_connection", "address_not_allowed")


async def test_a_redirect_is_not_followed(canary: Canary) -> None:
    with receiving() as receiver:
        receiver.statuses = [302]
        receiver.headers = {"location": f"http://127.0.0.1:{canary.port}/"}
        sender = Sender(Reach(loopback=True))
        outcome = await sent(sender, receiver.url)
        await sender.aclose()

    assert (outcome.status, outcome.fault) == (302, "redirected")
    assert (len(receiver.got), canary.visits) == (1, 0)


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sender = Sender(Reach(loopback=True))
    outcome = await sent(sender, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    await sender.aclose()
    server.close()

    assert (outcome.status, outcome.fault) == (200, None)


async def test_a_receiver_that_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dianchi.webhooks.sending.WITHIN_S", 0.2)

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    released = asyncio.Event()
    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sender = Sender(Reach(loopback=True))
    outcome = await sent(sender, f"http://127.0.0.1:{port}/")
    await sender.aclose()
    released.set()
    server.close()

    assert outcome.fault == "timed_out"


@pytest.mark.parametrize(
    "address",
    [
        *("0.1.2.3", "10.1.2.3", "100.64.1.1", "100.127.255.255", "127.0.0.1", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.19.0.1"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "fc00::1"),
        *("fd00::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:808:808::1"),
        *("3fff::1", "5f00::1", "168.63.129.16", "192.88.99.1"),
    ],
)
def test_an_address_of_a_special_purpose_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2400:3200::1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com",
        "https://erp.example.com/hook?a=b&c=%20",
        "https://erp.example.com:8443/hook",
        "https://ERP.Example.com/",
        "https://xn--fiqs8s.xn--fiqs8s/",
    ],
)
def test_names_of_the_internet_over_https_are_taken(url: str) -> None:
    assert parse_target(url, Reach()).scheme == "https"


def test_a_port_that_is_not_listed_is_refused() -> None:
    with pytest.raises(Malformed):
        parse_target("https://erp.example.com:22/", Reach())


async def test_a_network_that_the_operator_closed_is_not_reached() -> None:
    reach, watched = Reach(closed=networks("93.184.216.0/24, 2606:4700::/32")), Watched()

    async def own(_: str, __: int) -> list[str]:
        return ["93.184.216.34"]

    sender = Sender(reach, CheckedBackend(reach, own, watched))
    outcome = await sent(sender, "https://own.cn/")
    await sender.aclose()

    assert (outcome.fault, watched.hosts) == ("address_not_allowed", [])
