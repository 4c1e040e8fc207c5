"""The database that every sandbox is copied from: a synthetic province, made once for a release."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Final

import structlog

from dianchi.sandbox.places import TEMPLATE, Place, environment_of, mark_of, settings_of
from dianchi.settings import Settings
from dianchi.store.databases import databases, make_database, rename_database
from dianchi.store.migrate import head, migrate

log = structlog.get_logger()
_UNDER_WAY: Final = "under_way"
Say = Callable[[int, int], None]
"""Told how many reports of how many are recorded."""


class TemplateError(Exception):
    """The template could not be filled; the log says why."""


async def template_of(settings: Settings, place: Place, say: Say) -> str:
    """The name of the template of this release, made where there is none yet."""
    name = f"{TEMPLATE}{head()}_{mark_of(settings)}"
    if name in await databases(place.owner, TEMPLATE):
        return name
    draft = f"{TEMPLATE}{_UNDER_WAY}"
    await make_database(place.owner, draft)
    addresses = place.at(draft)
    await asyncio.to_thread(migrate, addresses.owner)
    own = settings_of(settings, draft, addresses.service, settings.public_host)
    await _fill(own, addresses.worker, say)
    await rename_database(place.owner, draft, name)
    log.info("sandbox template made", name=name)
    return name


async def _fill(settings: Settings, worker: str, say: Say) -> None:
    """Has the province recorded by a process of its own: nobody who reports waits for it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dianchi",
        "sandbox-template",
        "--data-dir",
        str(settings.data_dir),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | environment_of(settings) | {"DIANCHI_WORKER_DSN": worker},
    )
    try:
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        async for line in child.stdout:
            done, _, total = line.decode().strip().partition(" ")
            if done.isdigit() and total.isdigit():
                say(int(done), int(total))
        status = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if status != 0:
        raise TemplateError(f"sandbox-template ended with {status}")
