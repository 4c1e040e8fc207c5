"""The client against the running service: what it asks, and what it is answered."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dianchi_client import (
    AsyncClient,
    Client,
    Invalid,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotSignedIn,
    Retries,
)
from dianchi_client.policy import Policy
from dianchi_client.verify import verify
from support.process import Service
from support.sources import sets


@pytest.fixture
def client(service: Service, key: str) -> Iterator[Client]:
    with Client(service.url, key, retries=Retries(total_s=30)) as made:
        yield made


def inspected(battery: str, day: int, soh: str = "90.5") -> dict[str, Any]:
    return {
        "type": "inspected",
        "battery": battery,
        "occurred_at": f"2026-02-{day:02}",
        "data": {"soh_percent": soh},
    }


def test_a_report_is_answered_with_what_became_of_the_battery(client: Client) -> None:
    answer = client.report(next(sets("ONE", 1)))
    assert answer["stage"] == "second_life"
    assert answer["findings"] == []
    again = client.report({**next(sets("ONE", 1)), "event_id": answer["event_id"]})
    assert again["version"] == answer["version"] == 1


def test_a_history_is_read_page_by_page(client: Client) -> None:
    name = client.report(next(sets("PAGES", 1)))["battery"] or ""
    for day in range(1, 6):
        client.report(inspected(name, day))
    life = client.history(name, limit=2)
    assert [event["type"] for event in life] == ["declared"] + ["inspected"] * 5
    assert [len(page["items"]) for page in life.pages()] == [2, 2, 2]
    assert len(list(client.history(name, as_of="2026-02-02"))) == 3
    assert client.battery(name)["soh_percent"] == "90.5"


def test_a_list_is_read_to_its_end(client: Client) -> None:
    client.report_many(sets("LIST", 12))
    wanted = {report["battery"].partition("LIST")[2] for report in sets("LIST", 12)}
    deadline = time.monotonic() + 30
    found: set[str] = set()
    while found < wanted and time.monotonic() < deadline:
        # The list follows the log, which is a moment behind.
        rows = client.batteries(stage="second_life", limit=5)
        found = {row["battery"].partition("LIST")[2] for row in rows if "LIST" in row["battery"]}
    assert found == wanted


def test_findings_and_sites_and_oneself_are_told(client: Client) -> None:
    me = client.me()
    assert (me["name"], me["role"]) == ("示例铁塔公司", "site_operator")
    assert list(client.sites()) == []
    answer = client.report({**inspected("asset:示例铁塔公司:UNKNOWN-1", 1)})
    (finding,) = answer["findings"] or []
    assert finding["code"] == "unknown_battery"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = list(client.findings(battery=answer["battery"]))
        if found:
            break
    assert [f["code"] for f in found] == ["unknown_battery"]


def test_a_receipt_is_waited_for_and_verifies_offline(client: Client, service: Service) -> None:
    event_id = client.report(next(sets("PROOF", 1)))["event_id"]
    receipt, leaf = client.receipt(event_id), client.leaf(event_id)
    keys = httpx.get(f"{service.url}/log/keys", timeout=30).json()["keys"]
    assert verify(receipt, leaf, Policy.of_keys(keys), int(time.time())).index >= 0


def test_labels_and_bundles_come_as_files(client: Client) -> None:
    answer = client.report(next(sets("LABEL", 1)))
    client.receipt(answer["event_id"])
    name = answer["battery"] or ""
    assert client.label(name).startswith(b"\x89PNG")
    assert client.label(name, kind="pdf", size="80x50").startswith(b"%PDF")
    assert client.bundle(name).startswith(b"PK")
    assert client.event(answer["event_id"])["type"] == "declared"
    assert client.genealogy(name)["nodes"]


def test_each_refusal_has_a_class_of_its_own(client: Client, service: Service) -> None:
    with pytest.raises(NotFound):
        client.battery("asset:示例铁塔公司:NEVER")
    with pytest.raises(NotFound):
        list(client.history("asset:示例铁塔公司:NEVER"))
    with pytest.raises(Invalid) as refused:
        client.report({**inspected("nonsense", 1, soh="high"), "event_id": "1"})
    assert {fault.pointer for fault in refused.value.errors} >= {"/event_id", "/data/soh_percent"}
    with pytest.raises(NotAllowed):
        client.report(
            {
                **inspected("asset:示例铁塔公司:X", 1),
                "type": "assessed",
                "data": {"residual_capacity_ah": "90", "method": "full_cycle", "decision": "reuse"},
            }
        )
    with Client(service.url, "dk_none") as stranger, pytest.raises(NotSignedIn):
        stranger.me()


def test_problems_come_in_the_language_that_was_asked(service: Service, key: str) -> None:
    def title(**options: Any) -> str:
        with Client(service.url, key, **options) as client, pytest.raises(NotFound) as refused:
            client.battery("asset:示例铁塔公司:NEVER")
        return refused.value.problem.title

    assert title() == "没有找到"
    assert title(language="en") == "Not found"


def test_a_key_may_only_get_tokens(service: Service, made_key: dict[str, str]) -> None:
    key = made_key["key"]
    with Client(service.url, key) as plain:
        organisation = plain.me()["organisation"]
    seen: list[str] = []

    class Noting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(f"{request.url.path} {request.headers['authorization'].split()[0]}")
            assert key not in request.headers["authorization"]
            return super().handle_request(request)

    named = made_key["id"]
    with Client(service.url, key, client_id=named, scope="read", transport=Noting()) as client:
        assert client.me()["organisation"] == organisation
        assert client.me()["scopes"] == ["read"]
        with pytest.raises(NotAllowed):
            client.report(next(sets("TOKEN", 1)))
    assert seen[:3] == ["/oauth/token Basic", "/v1/me Bearer", "/v1/me Bearer"]


@pytest.mark.parametrize(
    "url", ["http://trace.example.cn", "ftp://h", "trace.example.cn", "http://"]
)
def test_a_key_is_not_sent_in_clear_over_a_network(url: str) -> None:
    with pytest.raises(NotConfigured):
        Client(url, "dk_1")


def test_what_is_not_told_comes_from_the_environment_or_a_file_of_ones_own(
    service: Service, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "client.toml"
    monkeypatch.setenv("DIANCHI_CONFIG", str(file))
    with pytest.raises(NotConfigured, match="DIANCHI_URL"):
        Client()
    file.write_text(f'url = "{service.url}"\nkey = "dk_none"\n')
    file.chmod(0o644)
    with pytest.raises(NotConfigured, match="chmod 600"):
        Client()
    file.chmod(0o600)
    with Client() as client, pytest.raises(NotSignedIn):
        client.me()
    monkeypatch.setenv("DIANCHI_KEY", key)
    with Client() as client:
        assert client.me()["role"] == "site_operator"


async def test_the_twin_for_event_loops_does_the_same(service: Service, key: str) -> None:
    async with AsyncClient(service.url, key) as client:
        assert (await client.me())["role"] == "site_operator"
        answer = await client.report(next(sets("ASYNC", 1)))
        name = answer["battery"] or ""
        assert [event["type"] async for event in client.history(name)] == ["declared"]
        pages = [page async for page in client.history(name).pages()]
        assert [page["next"] for page in pages] == [None]
        with pytest.raises(NotFound):
            await client.battery("asset:示例铁塔公司:NEVER")
