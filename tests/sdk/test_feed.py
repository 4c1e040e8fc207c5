"""The log followed by the SDK and by `watch`: each event once, in order, whatever happens."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import make_data_dir
from dianchi_client import AsyncClient, Client, NotSignedIn, Retries
from support.process import Service
from support.sources import sets

COMMAND = [sys.executable, "-c", "from dianchi_client.cli import main; main()"]


@pytest.fixture(scope="module")
def mortal() -> Iterator[Service]:
    """A service of its own, which tests kill."""
    folder = make_data_dir()
    service = Service(folder).start()
    yield service
    service.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def tower(mortal: Service) -> str:
    return mortal.key("site_operator", "示例铁塔公司")


def test_each_event_comes_once_and_in_order_though_the_service_is_killed_in_between(
    mortal: Service, tower: str
) -> None:
    first, second = list(sets("FEED", 6)), list(sets("MORE", 6))
    patient = Retries(total_s=300)
    with Client(mortal.url, tower, retries=patient) as client, ThreadPoolExecutor(1) as pool:
        feed = client.feed(after=client.end_of_log())
        following = pool.submit(lambda: list(islice(feed, 12)))
        client.report_many(first)
        mortal.kill()
        mortal.start()
        client.report_many(second)
        got = following.result(60)

    indexes = [int(event["id"]) for event in got]
    assert indexes == sorted(set(indexes))
    assert feed.after == indexes[-1]
    asked = sorted(str(report["battery"]).rpartition(":")[2] for report in (*first, *second))
    assert sorted(event["subject"].rpartition(":")[2] for event in got) == asked


@pytest.mark.asyncio
async def test_the_twin_follows_and_a_key_that_is_none_is_refused(
    mortal: Service, tower: str
) -> None:
    async with AsyncClient(mortal.url, tower) as client:
        begin = await client.end_of_log()
        recorded = await client.report(next(sets("TWIN", 1)))
        async for event in client.feed(after=begin):
            assert event["data"]["event_id"] == recorded["event_id"]
            break
    async with AsyncClient(mortal.url, "dk_none") as stranger:
        with pytest.raises(NotSignedIn):
            await anext(aiter(stranger.feed(after=-1)))


def watching(service: Service, key: str, folder: Path, *told: str) -> subprocess.Popen[str]:
    known = {"DIANCHI_URL": service.url, "DIANCHI_KEY": key}
    return subprocess.Popen(
        [*COMMAND, "watch", "--json", *told], stdout=subprocess.PIPE, text=True, cwd=folder,
        env=os.environ | known,
    )  # fmt: skip


def inspected(client: Client, name: str, day: int) -> str:
    report = {"type": "inspected", "battery": name, "occurred_at": f"2026-02-{day:02}",
              "data": {"soh_percent": "90"}}  # fmt: skip
    return str(client.report(report)["event_id"])


def test_a_watch_goes_on_where_it_was_when_the_service_is_back(
    mortal: Service, tower: str, tmp_path: Path
) -> None:
    with Client(mortal.url, tower) as client:
        begin = str(client.end_of_log())
        born = client.report(next(sets("GOON", 1)))
        name = str(born["battery"])
        # Findings are looked at too seldom to come in between.
        told = (name, "--until", "3", "--after", begin, "--every", "3600")
        with watching(mortal, tower, tmp_path, *told) as watcher:
            assert watcher.stdout is not None
            asked = [born["event_id"], inspected(client, name, 1)]
            came: list[dict[str, Any]] = [json.loads(watcher.stdout.readline()) for _ in asked]
            mortal.kill()
            mortal.start()
            asked.append(inspected(client, name, 2))
            came.append(json.loads(watcher.stdout.readline()))
    assert [one["event_id"] for one in came] == asked
    assert {(one["change"], one["battery"]) for one in came} == {("event", name)}


def test_a_phone_to_which_the_log_is_not_open_looks_from_time_to_time(
    mortal: Service, tower: str, tmp_path: Path
) -> None:
    with httpx.Client(base_url=mortal.url, headers={"authorization": f"Bearer {tower}"}) as http:
        enrolled = http.post("/v1/devices", json={"name": "一号机"})
        claim = {"code": enrolled.raise_for_status().json()["code"], "app": "1.0.0"}
    phone = httpx.post(f"{mortal.url}/v1/devices/claim", json=claim).raise_for_status().json()
    with Client(mortal.url, tower) as client:
        name = str(client.report(next(sets("POLL", 1)))["battery"])
        told = (name, "--every", "1", "--until", "1")
        with watching(mortal, phone["key"], tmp_path, *told) as watcher:
            # The first look only learns what is there: reported until a look finds one new.
            asked = []
            for day in range(1, 28):
                if watcher.poll() is not None:
                    break
                asked.append(inspected(client, name, day))
                time.sleep(0.5)
            assert watcher.stdout is not None
            (line,) = watcher.stdout.read().splitlines()
    assert json.loads(line)["event_id"] in asked
