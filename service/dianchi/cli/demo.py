"""`dianchi demo`: the service with a synthetic province that fills up beside it."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Final

import typer
from fastapi import FastAPI
from rich.progress import Progress, TaskID

from dianchi.api.services import Services
from dianchi.cli.database import database_of
from dianchi.cli.noting import operator
from dianchi.cli.options import fail
from dianchi.cli.serving import serve_until_stopped
from dianchi.demo.cases import SCENES, known, plant_cases
from dianchi.demo.clock import day_of
from dianchi.demo.curl import lines
from dianchi.demo.enrolling import Keys, scan_link
from dianchi.demo.filling import fill
from dianchi.demo.firms import found
from dianchi.demo.people import SignIn, guests, people
from dianchi.demo.plan import EARLIEST_UNTIL, Plan, kept
from dianchi.ports import SystemClock
from dianchi.settings import Settings
from dianchi.store.account import make_data_dir

_EVERY_S: Final = 3.0
_TRIES: Final = 10


class Terminal:
    """Tells the terminal how far the province is: a bar, or plain lines where there is none."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._address = f"http://{settings.host}:{settings.port}"
        self._plan = plan
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._said_at = 0.0

    def begins(self, plan: Plan) -> None:
        """The story is being told."""
        typer.echo(
            f"{self._address} answers; filling it with a synthetic province of {plan.lives} packs "
            f"until {plan.until} (seed {plan.seed}). Keys follow when it is complete."
        )

    def complete(self, keys: Keys, samples: Mapping[str, str]) -> None:
        """Prints a key for each role, with a line to try it."""
        typer.echo(f"\nThe synthetic province until {self._plan.until} is complete. Its keys:")
        for line in lines(self._plan, keys, samples, self._address):
            typer.secho(f"\n{line.firm.role}  {line.firm.name}", bold=True)
            typer.echo(f"  {line.curl}")
        typer.echo("")

    def progress(self, done: int, total: int) -> None:
        """Moves the bar, or says a line every few seconds."""
        if typer.get_text_stream("stdout").isatty():
            self._move(done, total)
        elif time.monotonic() - self._said_at >= _EVERY_S:
            self._said_at = time.monotonic()
            typer.echo(f"synthetic province: {done:,} of {total:,} reports")

    def _move(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = Progress()
            self._task = self._bar.add_task("synthetic province", total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done)
        if done == total:
            self.stop()

    def stop(self) -> None:
        """Leaves the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _plan(settings: Settings, lives: int, seed: int, until: datetime | None) -> Plan:
    today = day_of(SystemClock().now_us())
    last = until.date() if until else today
    if not EARLIEST_UNTIL <= last <= today:
        fail(f"--until {last}: choose a day from {EARLIEST_UNTIL} to {today}")
    wanted = Plan(seed, lives, last)
    held = kept(settings.data_dir)
    if held is not None and until is not None and held.plan != wanted:
        typer.echo(f"{settings.data_dir} holds the demo until {held.plan.until}; it stays as it is")
    return held.plan if held else wanted


def _make_folder(settings: Settings) -> None:
    """The folder for keys and truth; with an embedded database, where that can reach it."""
    if settings.embedded:
        make_data_dir(settings.data_dir)
    else:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def _say_people(settings: Settings, who: list[SignIn]) -> None:
    typer.secho(f"To sign in at http://{settings.host}:{settings.port}/console:", bold=True)
    for one in who:
        phone = "  (first adds an authenticator)" if one.role == "regulator" else ""
        typer.echo(f"  {one.login:10} {one.password}  {one.role}  {one.firm}{phone}")
    typer.echo("")


async def _plant(services: Services, plan: Plan) -> None:
    """Plants the cases once the views know what there is to be worked; until then it waits."""
    province = found(plan.seed)
    authority = province.posts["regulator"][0].id
    await known(services)
    at_hand = {firm.id for firm, _, _ in guests(province)}
    # What is due by the clock is worked out a moment after the log; a small story lacks some of it.
    for _ in range(_TRIES):
        there = await plant_cases(services, plan, authority, at_hand)
        if there == len(SCENES):
            break
        await asyncio.sleep(_EVERY_S)
    typer.echo("regulator  cases of the demo are ready: /console/cases\n")


def run_demo(settings: Settings, lives: int, seed: int, until: datetime | None) -> None:
    """Serves, and fills the data folder beside it unless it holds a demo."""
    plan = _plan(settings, lives, seed, until)
    _make_folder(settings)

    async def beside(services: Services, served: FastAPI) -> None:
        terminal = Terminal(settings, plan)
        try:
            with ExitStack() as stack:
                address = await asyncio.to_thread(stack.enter_context, database_of(settings))
                held = kept(settings.data_dir)
                if held is None or not held.complete:
                    await services.audit.note(operator(), "dianchi demo", f"seed {plan.seed}")
                samples = await fill(services, address, settings.data_dir, plan, terminal)
                served.state.samples = tuple(samples)
            _say_people(settings, await people(services, found(plan.seed), settings.data_dir))
            link = await scan_link(services, found(plan.seed))
            typer.echo(f"outlet  a phone is bound to its first outlet by this, once:\n  {link}\n")
            await _plant(services, plan)
        finally:
            terminal.stop()

    serve_until_stopped(settings, synthetic=True, beside=beside)
