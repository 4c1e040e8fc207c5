"""A data folder is filled once; an interrupted filling goes on; everything is taken."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from dianchi.api.services import Services
from dianchi.demo.curl import lines
from dianchi.demo.enrolling import Keys, enrol_all
from dianchi.demo.filling import SHOWN, fill
from dianchi.demo.plan import Plan, kept
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.domain.admit import Reporter
from dianchi.settings import load
from dianchi.wiring import opened

PLAN = Plan(53, 200, date(2026, 11, 24))


class Watching:
    """An audience that remembers."""

    def __init__(self) -> None:
        self.begun = 0
        self.done: list[int] = []
        self.seen: Keys = {}

    def begins(self, plan: Plan) -> None:
        del plan
        self.begun += 1

    def progress(self, done: int, total: int) -> None:
        del total
        self.done.append(done)

    def complete(self, keys: Keys, samples: Mapping[str, str]) -> None:
        del samples
        self.seen = keys


@pytest.fixture
async def services(database: str) -> AsyncIterator[Services]:
    settings = load(
        database_url=database, vin_key="11" * 32, key_pepper="22" * 32, personal_key="33" * 32
    )
    async with opened(settings, database) as made:
        yield made


async def events(database: str) -> int:
    """How many events are on record."""
    connection = await asyncpg.connect(database)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM event"))
    finally:
        await connection.close()


async def test_a_folder_is_filled_once(database: str, services: Services, tmp_path: Path) -> None:
    first, second = Watching(), Watching()
    shown = await fill(services, database, tmp_path, PLAN, first)
    count = await events(database)
    again = await fill(services, database, tmp_path, Plan(1, 999, date(2026, 1, 1)), second)
    assert (first.begun, second.begun) == (1, 0)
    assert await events(database) == count
    assert shown == again
    assert len(shown) == len(SHOWN)
    assert first.seen == second.seen
    held = kept(tmp_path)
    assert held is not None
    assert (held.plan, held.complete) == (PLAN, True)


async def test_an_interrupted_filling_goes_on(
    database: str, services: Services, tmp_path: Path
) -> None:
    story = tell(PLAN)
    await enrol_all(services, story.province, tmp_path)
    half = story.reports[: len(story.reports) // 2]
    assert await record(services, database, half, lambda _done, _total: None) == len(half)
    watching = Watching()
    await fill(services, database, tmp_path, PLAN, watching)
    assert watching.done[-1] == len(story.reports)
    new = await record(services, database, story.reports, lambda _done, _total: None)
    assert new == 0


async def test_keys_and_truth_are_private_and_the_lines_name_a_key_for_every_role(
    database: str, services: Services, tmp_path: Path
) -> None:
    watching = Watching()
    await fill(services, database, tmp_path, PLAN, watching)
    for name in ("demo-keys.json", "demo-truth.json", "demo.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    held = kept(tmp_path)
    assert held is not None
    told = list(lines(PLAN, watching.seen, held.samples, "http://127.0.0.1:8000"))
    roles = {line.firm.role for line in told}
    assert len(roles) == 13
    for line in told:
        holder = await services.ring.holder(line.key)
        assert isinstance(holder, Reporter)
        assert (holder.organisation, holder.role) == (line.firm.id, line.firm.role)
        assert holder.role != "auditor" or holder.names
    truth = json.loads((tmp_path / "demo-truth.json").read_text())
    assert truth["synthetic"] is True
