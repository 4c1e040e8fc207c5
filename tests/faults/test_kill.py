"""kill -9 of the service while clients write: what was acknowledged is there, nothing twice."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.api import code, produced
from support.process import Service

CLIENTS = 8
ROUNDS = 3
# Read at import: a fixture keeps the developer's settings out of the tests.
SECONDS = min(float(os.environ.get("DIANCHI_DRILL_SECONDS", "2")), 20.0)


@pytest.fixture
def service(data_dir: Path) -> Iterator[Service]:
    made = Service(data_dir).start()
    try:
        yield made
    finally:
        made.stop()


async def write_until_cut(
    client: httpx.AsyncClient,
    number: int,
    acknowledged: dict[str, int],
    unsure: dict[str, dict[str, object]],
) -> None:
    """Reports births one after another until the service is gone."""
    for serial in range(1_000_000):
        report = produced(len(acknowledged) + serial, battery=code(number * 100_000 + serial + 1))
        unsure[report["event_id"]] = report
        try:
            answer = await client.post("/v1/events", json=report)
        except httpx.HTTPError:
            return
        if answer.status_code not in (200, 201):
            return
        acknowledged[report["event_id"]] = answer.json()["version"]
        del unsure[report["event_id"]]


async def one_round(
    service: Service,
    key: str,
    number: int,
    acknowledged: dict[str, int],
    unsure: dict[str, dict[str, object]],
) -> None:
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        writers = [
            asyncio.create_task(
                write_until_cut(client, 1 + number * CLIENTS + n, acknowledged, unsure)
            )
            for n in range(CLIENTS)
        ]
        await asyncio.sleep(SECONDS / ROUNDS)
        await asyncio.to_thread(service.kill)
        await asyncio.gather(*writers)


async def resend(service: Service, key: str, unsure: dict[str, dict[str, object]]) -> int:
    headers = {"authorization": f"Bearer {key}"}
    replays = 0
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        for report in unsure.values():
            answer = await client.post("/v1/events", json=report)
            assert answer.status_code in (200, 201), answer.text
            replays += answer.status_code == 200
    return replays


async def history_of(service: Service, key: str, event_ids: set[str]) -> set[str]:
    headers = {"authorization": f"Bearer {key}"}
    found = set()
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        for event_id in event_ids:
            answer = await client.get(f"/v1/events/{event_id}")
            if answer.status_code == 200 and answer.json()["version"] == 1:
                found.add(event_id)
    return found


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(service: Service) -> None:
    key = service.key("maker")
    acknowledged: dict[str, int] = {}
    unsure: dict[str, dict[str, object]] = {}

    for number in range(ROUNDS):
        asyncio.run(one_round(service, key, number, acknowledged, unsure))
        service.start()
    asyncio.run(resend(service, key, unsure))

    wanted = set(acknowledged) | set(unsure)
    assert len(acknowledged) > CLIENTS
    assert asyncio.run(history_of(service, key, wanted)) == wanted


def test_ctrl_c_ends_everything_and_the_data_is_found_again(data_dir: Path) -> None:
    service = Service(data_dir).start()
    key = service.key("maker")
    with httpx.Client(base_url=service.url, headers={"authorization": f"Bearer {key}"}) as client:
        assert client.post("/v1/events", json=produced(1)).status_code == 201

    status = service.stop()
    left = [
        pid for pid in Path("/proc").glob("[0-9]*/cmdline") if str(data_dir).encode() in _read(pid)
    ]
    service.start()
    with httpx.Client(base_url=service.url, headers={"authorization": f"Bearer {key}"}) as client:
        again = client.get(f"/v1/batteries/{code(1)}/history")
    service.stop()

    assert status == 0
    assert left == []
    assert len(again.json()["items"]) == 1


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
