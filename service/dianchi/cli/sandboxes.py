"""Sandboxes put together for `serve`: where they lie, their workers, and what they are copied from.

The template is filled by a process of its own, from the generator of the demo.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import typer

from dianchi.access.keys import SANDBOX_PREFIX
from dianchi.cli.database import Addresses as Logins
from dianchi.demo.clock import day_of
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import LEAST_LIVES, Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.ledger.sequencer import Sequencer
from dianchi.ports import SystemClock
from dianchi.sandbox.places import Addresses, Place
from dianchi.settings import Settings
from dianchi.views.runner import Projector
from dianchi.wiring import opened

_SEED: Final = 2026
"""Not the demo's: a firm of a demo that makes a sandbox finds others there."""
_SERVER: Final = "postgres"


def place_of(settings: Settings, logins: Logins) -> Place | None:
    """Where sandboxes lie; None where there are none.

    Args:
        settings: of this process.
        logins: of the true database.
    """
    if not settings.sandbox:
        return None
    if settings.embedded:
        return Place(in_database(logins.owner, _SERVER), _beside(logins))
    if not settings.sandbox_url:
        return None

    def at(database: str) -> Addresses:
        one = in_database(settings.sandbox_url, database)
        return Addresses(one, one, one)

    return Place(settings.sandbox_url, at)


def _beside(logins: Logins) -> Callable[[str], Addresses]:
    def at(database: str) -> Addresses:
        told = (logins.owner, logins.service, logins.worker)
        return Addresses(*(in_database(address, database) for address in told))

    return at


def in_database(address: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def fill_template(settings: Settings, worker: str) -> None:
    """Records a small synthetic province, has it numbered and seen, and says how far it is."""
    os.nice(15)
    asyncio.run(_fill(settings, worker))


async def _fill(settings: Settings, worker: str) -> None:
    plan = Plan(_SEED, LEAST_LIVES, day_of(SystemClock().now_us()))
    story = await asyncio.to_thread(tell, plan)
    dsn = settings.database_url
    async with opened(settings, dsn, prefix=SANDBOX_PREFIX) as services:
        with tempfile.TemporaryDirectory() as folder:
            # Keys of firms that nobody plays: they go with the folder.
            await enrol_all(services, story.province, Path(folder))
        await record(services, dsn, story.reports, _say)
        sequencer = Sequencer(worker)
        await sequencer.drain()
        await sequencer.close()
        known = services.registry.knowing
        projector = Projector(worker, known, services.rules, services.calendar, services.clock)
        while await projector.step():
            pass
        await projector.close()


def _say(done: int, total: int) -> None:
    typer.echo(f"{done} {total}")
