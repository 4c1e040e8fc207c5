"""The process of files: begun when one waits, gone when none came, never in the way of the log."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from dianchi.ports import SystemClock
from dianchi.store.readers import open_readers
from dianchi.store.rights import UPLOADER
from dianchi.worker.filing import LOOK_S, FilesEndedError, Filing, work_until_quiet
from dianchi.worker.launching import Launcher
from support.api import api_over, code
from support.process import Service, descendants
from support.sheets import table
from support.uploads import Firm, working_on

COLUMNS = "电池编码", "退役日期", "退役原因"
BODY = table([[code(1), "2026-06-01", "容量不足"]], COLUMNS)
QUIET_S = 2 * LOOK_S


@pytest.fixture
async def firm(database: str) -> AsyncIterator[Firm]:
    async with api_over(database) as api, working_on(database) as runner:
        yield Firm(api, runner)


def turns(worked: list[str], name: str, answers: str) -> Callable[[], Awaitable[bool]]:
    """Somebody who finds work (+) and none (-), as told."""
    left = list(answers)

    async def turn() -> bool:
        await asyncio.sleep(0)
        if found := bool(left) and left.pop(0) == "+":
            worked.append(name)
        return found

    return turn


async def test_all_go_home_once_none_had_anything_to_do_for_a_while() -> None:
    worked: list[str] = []
    both = turns(worked, "uploads", "+-+"), turns(worked, "exports", "+")

    await asyncio.wait_for(work_until_quiet(both, QUIET_S), 10)

    assert sorted(worked) == ["exports", "uploads", "uploads"]


async def test_nobody_goes_home_while_another_is_at_work() -> None:
    busy, late = asyncio.Event(), []

    async def long() -> bool:
        if busy.is_set():
            return False
        await asyncio.sleep(3 * QUIET_S)
        busy.set()
        return True

    async def looking() -> bool:
        late.append(busy.is_set())
        return False

    await asyncio.wait_for(work_until_quiet((long, looking), QUIET_S), 20)

    assert late[-1], "it went home before the other was done"


async def test_a_process_that_breaks_is_told_and_not_waited_for(firm: Firm, database: str) -> None:
    await firm.announce(BODY)
    broken = sys.executable, "-c", "raise SystemExit(7)"

    async with await open_readers(database, most=1, role=UPLOADER) as keeper:
        with pytest.raises(FilesEndedError, match="7"):
            await asyncio.wait_for(Filing(keeper, broken, Launcher(), SystemClock()).run(), 60)


async def test_none_is_started_while_no_file_waits(
    firm: Firm, database: str, tmp_path: Path
) -> None:
    trace = tmp_path / "started"
    command = sys.executable, "-c", f"open({str(trace)!r}, 'w')"

    upload = await firm.send(BODY)
    assert (await firm.shown(upload))["state"] == "read"

    async with await open_readers(database, most=1, role=UPLOADER) as keeper:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Filing(keeper, command, Launcher(), SystemClock()).run(), 1)

    assert not trace.exists()


def asked(service: Service, key: str, method: str, path: str = "", **more: Any) -> dict[str, Any]:
    """Asks something about uploads."""
    url, headers = f"{service.url}/v1/uploads{path}", {"authorization": f"Bearer {key}"}
    answer = httpx.request(method, url, headers=headers, timeout=60, **more)
    answer.raise_for_status()
    return dict(answer.json())


def announced(service: Service, key: str, body: bytes) -> str:
    """Sends a file; its id."""
    digest = sha256(body).hexdigest()
    told = {"name": "退役.xlsx", "size": len(body), "sha256": digest, "type": "retired"}
    upload = str(asked(service, key, "POST", json=told)["id"])
    asked(service, key, "PUT", f"/{upload}/parts/0?sha256={digest}", content=body)
    return upload


def kept_by(service: Service) -> list[int]:
    """The processes of files of a service."""
    return [pid for pid, words in descendants(service.pid) if "files" in words]


def niceness(pid: int) -> int:
    """How far a process gives way to others."""
    return os.getpriority(os.PRIO_PROCESS, pid)


def read(service: Service, key: str, body: bytes) -> str:
    """Sends a file and waits until it is read; its id."""
    upload = announced(service, key, body)
    deadline = time.monotonic() + 90
    while asked(service, key, "GET", f"/{upload}")["state"] != "read":
        assert time.monotonic() < deadline, "nobody read the file"
        time.sleep(0.1)
    return upload


def test_a_killed_process_of_files_is_followed_by_another_and_all_end_with_the_service(
    data_dir: Path,
) -> None:
    service = Service(data_dir).start()
    try:
        key = service.key("site_operator")
        read(service, key, BODY)
        [first] = kept_by(service)
        os.kill(first, signal.SIGKILL)
        read(service, key, table([[code(2), "2026-06-01", "容量不足"]], COLUMNS))
        [second] = kept_by(service)
        assert second != first
        [worker] = [pid for pid, words in descendants(service.pid) if "worker" in words]
        assert niceness(service.pid) < niceness(second) < niceness(worker)
    finally:
        service.stop()
    assert not Path(f"/proc/{second}").exists()


async def test_what_is_old_goes_also_while_files_are_worked_on(firm: Firm, database: str) -> None:
    """Given a file that nobody went on with for 8 days, when others keep the process busy."""
    old = (await firm.announce(BODY)).json()["id"]
    await firm.api.look("UPDATE upload SET made_at = made_at - interval '8 days'")
    await firm.announce(table([[code(3), "2026-06-01", "容量不足"]], COLUMNS))
    busy = sys.executable, "-c", "import sys; sys.stdin.read()"

    async with await open_readers(database, most=1, role=UPLOADER) as keeper:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Filing(keeper, busy, Launcher(), SystemClock()).run(), 3)

    assert (await firm.shown(old))["state"] == "cancelled"
