"""The drill: every report five times, shuffled, over 16 connections; some cut, the server killed.

Each report becomes one event. What its answers have in common: a report about a battery that nobody
else reports about is answered with the same bytes each time, but for the status, 201 once and 200
from then on. Where others report about the battery too, `event_id`, `battery` and `version` are
the first ones; stage and findings are those of now.
"""

import asyncio
import http.client
import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from dianchi.store.cluster import DATABASE, attach
from support.api import code, produced
from support.process import Service
from support.reports import inspected

# Read here, at import: a fixture of the session drops the DIANCHI_ variables.
REPORTS: Final = 10_000 if "DIANCHI_DRILL_SECONDS" in os.environ else 200
TIMES: Final = 5
CONNECTIONS: Final = 16
CUT: Final = 0.02
SHARED: Final = 10
"""Batteries about which every tenth report is."""
BATTERIES: Final = """
SELECT e.event_id FROM event e JOIN log_entry l USING (stream_id, version)
  JOIN stream s USING (stream_id) WHERE s.kind = 1
"""
KEPT: Final = ("event_id", "battery", "version")


@pytest.fixture
def service(data_dir: Path) -> Iterator[Service]:
    made = Service(data_dir).start()
    try:
        yield made
    finally:
        made.stop()


@dataclass(slots=True)
class Drill:
    """What is to be sent, and what was answered."""

    port: int
    key: str
    reports: list[dict[str, Any]]
    waiting: "queue.SimpleQueue[int]" = field(default_factory=queue.SimpleQueue)
    said: list[tuple[int, int, bytes]] = field(default_factory=list)
    cuts: int = 0

    @property
    def left(self) -> int:
        """How many answers are still to come."""
        return REPORTS * TIMES - len(self.said)

    def answers(self) -> dict[int, list[tuple[int, bytes]]]:
        """What each report was answered."""
        answers = defaultdict(list)
        for number, status, body in self.said:
            answers[number].append((status, body))
        return answers

    def send_all(self) -> None:
        """What each client does: it sends until everything was answered."""
        dice = random.Random(threading.get_ident())
        line = self._line()
        while self.left > 0:
            try:
                number = self.waiting.get(timeout=0.05)
            except queue.Empty:
                continue
            try:
                if self._send(line, number, cut=dice.random() < CUT):
                    continue
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
            # Nobody knows whether it was recorded: it is sent again as it is.
            self.cuts += 1
            self.waiting.put(number)
            line.close()
            line = self._line()
        line.close()

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _send(self, line: http.client.HTTPConnection, number: int, *, cut: bool) -> bool:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        body = json.dumps(self.reports[number])
        line.request("POST", "/v1/events", body=body, headers=headers)
        if cut:
            return False
        answer = line.getresponse()
        said = answer.read()
        if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        self.said.append((number, answer.status, said))
        return True


def reports() -> list[dict[str, Any]]:
    """Births, and now and then a check of one of a few batteries."""
    return [
        produced(n) if n % 10 else inspected(code(1 + n // 10 % SHARED)) for n in range(REPORTS)
    ]


def is_shared(number: int) -> bool:
    return number % 10 == 0 or number <= SHARED


async def run(drill: Drill, service: Service) -> None:
    clients = [asyncio.create_task(asyncio.to_thread(drill.send_all)) for _ in range(CONNECTIONS)]
    half = drill.left // 2
    while drill.left > half:  # noqa: ASYNC110 - the clients are threads
        await asyncio.sleep(0.005)
    await asyncio.to_thread(service.kill)
    await asyncio.to_thread(service.start)
    await asyncio.gather(*clients)


def judge(drill: Drill) -> None:
    told = drill.answers()
    assert len(told) == REPORTS
    for number, answers in told.items():
        assert len(answers) == TIMES
        statuses = [status for status, _ in answers]
        assert set(statuses) <= {200, 201}, answers[0]
        assert statuses.count(201) <= 1
        bodies = {body for _, body in answers}
        if is_shared(number):
            kept = {tuple(json.loads(body)[name] for name in KEPT) for body in bodies}
            assert len(kept) == 1, kept
        else:
            assert len(bodies) == 1, bodies
    # Whose first answer was cut off, or died with the server, has none that says 201.
    created = sum(status == 201 for _, status, _ in drill.said)
    assert REPORTS - drill.cuts <= created <= REPORTS


def checked(data_dir: Path) -> dict[str, Any]:
    """What `dianchi fsck` says of the record of the running service."""
    command = [sys.executable, "-m", "dianchi", "fsck", "--data-dir", str(data_dir), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    return dict(json.loads(done.stdout))


def recorded(data_dir: Path) -> set[str]:
    """The ids of the events about batteries that the log has."""
    cluster = attach(data_dir)
    try:
        return set(cluster.execute(BATTERIES, DATABASE).split())
    finally:
        cluster.stop()


@pytest.mark.drill
@pytest.mark.timeout(1800)
def test_what_is_sent_five_times_is_recorded_once_and_answered_alike(
    service: Service, data_dir: Path
) -> None:
    drill = Drill(service.port, service.key("maker"), reports())
    numbers = [n for n in range(REPORTS) for _ in range(TIMES)]
    random.Random(5).shuffle(numbers)
    for number in numbers:
        drill.waiting.put(number)

    asyncio.run(run(drill, service))

    assert drill.cuts > REPORTS * TIMES * CUT / 2
    judge(drill)
    deadline = time.monotonic() + 120
    while (found := checked(data_dir))["events"] < REPORTS and time.monotonic() < deadline:
        time.sleep(0.5)
    # What commands and starts did is in the log, too, in the stream of the platform.
    assert (found["faults"], len(recorded(data_dir))) == ([], REPORTS)
