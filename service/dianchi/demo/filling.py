"""Fills a data folder with a province, once; and says each time what is in it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from dianchi.api.services import Services
from dianchi.demo.enrolling import Keys, enrol_all, kept_keys
from dianchi.demo.plan import Kept, Plan, keep, kept, write_private
from dianchi.demo.seeding import record
from dianchi.demo.story import tell

_TRUTH: Final = "demo-truth.json"
SHOWN: Final = ("circle", "second_life", "asset", "twin_holders", "vanished")
"""The samples that the greeting page shows: a full circle, sets in towers, two lies."""


class Audience(Protocol):
    """Whoever watches the province being filled."""

    def begins(self, plan: Plan) -> None:
        """The story is being told; nothing is recorded yet."""
        ...

    def progress(self, done: int, total: int) -> None:
        """So many reports of so many are recorded."""
        ...

    def complete(self, keys: Keys, samples: Mapping[str, str]) -> None:
        """All of it is recorded: here are the keys to try."""
        ...


async def fill(
    services: Services, dsn: str, folder: Path, wanted: Plan, audience: Audience
) -> list[str]:
    """Fills the folder's database unless it is full; answers the samples to show."""
    held = kept(folder) or Kept(wanted, complete=False)
    if not held.complete:
        audience.begins(held.plan)
        keep(folder, held)
        held = await _filled(services, dsn, folder, held.plan, audience)
        keep(folder, held)
    audience.complete(kept_keys(folder), held.samples)
    return [held.samples[name] for name in SHOWN if name in held.samples]


async def _filled(
    services: Services, dsn: str, folder: Path, plan: Plan, audience: Audience
) -> Kept:
    story = await asyncio.to_thread(tell, plan)
    write_private(folder / _TRUTH, json.dumps(story.truth, ensure_ascii=False, indent=1))
    await enrol_all(services, story.province, folder)
    await record(services, dsn, story.reports, audience.progress)
    return Kept(plan, complete=True, samples=story.samples)
