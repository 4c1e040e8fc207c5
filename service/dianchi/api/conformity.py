"""Conformity runs: begun, looked at, ended."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from dianchi.access.conformity import Run, Runs, new_number
from dianchi.access.exchanges import exchanges_since
from dianchi.access.keys import now_of
from dianchi.access.sandboxes import Sandboxes
from dianchi.api.practice import Home
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.conformity.exchanges import Seen, spelled
from dianchi.domain.conformity.judging import judged
from dianchi.domain.conformity.naming import lives_in, names_of
from dianchi.domain.conformity.scenario import Scenario, written
from dianchi.domain.conformity.verdicts import Verdict
from dianchi.domain.refusals import Refused
from dianchi.domain.role_titles import ROLE_TITLES
from dianchi.domain.working_days import CHINA
from dianchi.exchange.json_out import moment
from dianchi.exchange.scenarios import in_force, scenario_of
from dianchi.recording.outcomes import Recorded

MARK: Final = "（沙盒）"
"""Behind the name of a firm in its sandbox."""
_SPACE: Final = UUID("0a6e1c8e-7c1f-5d0e-9a55-6d1f9f6c2b70")


class Bench(NamedTuple):
    """Where the runs of a firm take place."""

    services: Services
    home: Home


@asynccontextmanager
async def bench_of(services: Services, organisation: str) -> AsyncIterator[Bench]:
    """The sandbox of a firm, open: the one that is asked, or at the true service the firm's own.

    Raises:
        Refused: there is none, or it is not ready.
    """
    if services.home is not None:
        yield Bench(services, services.home)
        return
    sandbox = await Sandboxes(services.registrar).of(organisation)
    if services.practice is None or sandbox is None:
        raise no_sandbox()
    async with services.practice.entered(sandbox.id) as entered:
        assert entered.services.home is not None  # noqa: S101 - it is a sandbox
        yield Bench(entered.services, entered.services.home)


def runs_of(services: Services) -> Runs:
    """Where runs are kept: always with the true service."""
    return services.home.runs if services.home else Runs(services.registrar)


async def begin(bench: Bench, reporter: Reporter, role: str) -> Run:
    """Begins a run; one of the same role that goes on ends.

    Raises:
        Refused: there is no scenario for this role.
    """
    services, home = bench
    now = now_of(services.clock)
    today = now.astimezone(CHINA).date()
    scenario = in_force(today).get(role)
    if scenario is None:
        raise _no_scenario(role, today)
    for other in await home.runs.running(home.sandbox.id, home.sandbox.generation):
        if other.role == role:
            await end(bench, other)
    number, made = new_number(now), today - timedelta(days=1)
    names = names_of(scenario.names, number, made) | {"number": number}
    lives = lives_in(scenario.names, names)
    await declare(services, Reporter(reporter.organisation, role), lives, made)
    run = Run(
        number,
        home.sandbox.id,
        home.sandbox.generation,
        reporter.organisation,
        role,
        scenario.version,
        names,
        {},
        now,
    )
    await home.runs.begin(run)
    hold_up(home, run)
    return run


def hold_up(home: Home, run: Run) -> None:
    """Has the reports turned away once by which a run sees whether a system waits."""
    for task in told_scenario(run).tasks:
        if task.kind == "waited":
            home.slow.add(spelled(task.asked["battery"]), task.asked["retry_after_s"])


async def declare(
    services: Services, whose: Reporter, lives: Mapping[str, str], day: date
) -> list[str]:
    """Records batteries in a firm's name, so that it has something to work with.

    Returns:
        The ids of their events.
    """
    ids = [str(uuid5(_SPACE, f"{whose.organisation}/{name}")) for name in lives]
    rows = [
        {
            "event_id": event_id,
            "type": "declared",
            "battery": name,
            "occurred_at": day.isoformat(),
            "data": {"stage": stage, "basis": "before_coding", "chemistry": "lfp"},
        }
        for event_id, (name, stage) in zip(ids, lives.items(), strict=True)
    ]
    batch = await services.recorder.batch(rows, whose)
    lost = [outcome for outcome in batch.outcomes if not isinstance(outcome, Recorded)]
    if lost:
        raise RuntimeError(f"made lives were not recorded: {lost[0]!r}")
    return ids


def told_scenario(run: Run) -> Scenario:
    """The scenario of a run with its names in it."""
    return written(scenario_of(run.role, run.version), run.names)


async def verdicts(bench: Bench, run: Run) -> Mapping[str, Verdict]:
    """What is said of each task now."""
    since_us = int(run.begun_at.timestamp() * 1_000_000)
    exchanges = await exchanges_since(bench.services.registrar, since_us)
    return judged(told_scenario(run), Seen(exchanges, dict(run.answers)))


async def end(bench: Bench, run: Run) -> Run:
    """Ends a run with a report of how far it came."""
    found = await verdicts(bench, run)
    now = now_of(bench.services.clock)
    name = bench.services.registry.now.names.get(run.organisation)
    told = told_scenario(run)
    report: dict[str, Any] = {
        "number": run.number,
        "organisation": run.organisation,
        "organisation_name": (name or run.organisation).removesuffix(MARK),
        "environment": "sandbox",
        "sandbox": f"{run.sandbox}/{run.generation}",
        "role": run.role,
        "role_name": ROLE_TITLES[run.role]._asdict(),
        "version": run.version,
        "title": told.title._asdict(),
        "begun_at": moment(run.begun_at),
        "ended_at": moment(now),
        "passed": all(each.state == "done" for each in found.values()),
        "tasks": tasks_json(told, found),
    }
    return await bench.home.runs.end(run, report, now)


def tasks_json(scenario: Scenario, found: Mapping[str, Verdict]) -> list[dict[str, Any]]:
    """Tasks with what is said of them, as answers and reports have them."""
    return [
        {
            "id": task.id,
            "kind": task.kind,
            "title": task.title._asdict(),
            "how": task.how._asdict(),
            "example": task.example,
            **_verdict_json(found[task.id]),
        }
        for task in scenario.tasks
    ]


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "state": verdict.state,
        "expected": verdict.expected._asdict(),
        "came": verdict.came._asdict(),
        "way_out": verdict.way_out and verdict.way_out._asdict(),
        "at": None if verdict.at_us is None else moment_of(verdict.at_us),
    }


def moment_of(at_us: int) -> str:
    """A moment as answers write it."""
    return moment(datetime.fromtimestamp(at_us / 1e6, UTC))


def no_sandbox() -> Refused:
    """The firm has none, or this service keeps none."""
    return refuse(
        "not_found",
        ("还没有沙盒", "there is no sandbox"),
        ("请先创建：POST /v1/sandbox", "make one: POST /v1/sandbox"),
    )


def _no_scenario(role: str, today: date) -> Refused:
    listed = ", ".join(sorted(in_force(today)))
    return refuse(
        "invalid_value",
        (f"角色 {role} 没有自测方案", f"there is no scenario for the role {role}"),
        (f"可选：{listed}", f"there are: {listed}"),
        pointer="/role",
        value=role,
    )
