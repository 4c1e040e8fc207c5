"""Conformity runs (联调自测): begun, watched, answered, ended, looked up."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dianchi.access.conformity import Run
from dianchi.access.keys import now_of
from dianchi.api.bodies.sandboxes import (
    AnswerNew,
    AnswerRead,
    Riddle,
    RunList,
    RunNew,
    RunRead,
    RunShort,
    Said,
    ScenarioList,
    ScenarioRead,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.conformity import (
    begin,
    bench_of,
    end,
    no_sandbox,
    runs_of,
    tasks_json,
    told_scenario,
    verdicts,
)
from dianchi.api.deps import LanguageDep, ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.riddles import answered, riddle_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.passing import acts_for
from dianchi.domain.refusals import Refused
from dianchi.domain.working_days import business_date
from dianchi.exchange.conformity_paper import conformity_pdf
from dianchi.exchange.scenarios import in_force
from dianchi.store.envelope import open_json

router = APIRouter(prefix="/v1", tags=["sandbox"])
Number = Annotated[str, Path(max_length=40)]
Form = Literal["json", "pdf"]
_AUTHORITIES = frozenset(("regulator",))


@router.get("/conformity-scenarios", responses=problems(401, 403), summary="List scenarios")
async def get_scenarios(services: ServicesDep, _: ReporterDep) -> ScenarioList:
    """What is asked of the systems of each role, by the version in force."""
    found = in_force(business_date(now_of(services.clock)))
    return ScenarioList(
        items=[
            ScenarioRead(
                role=role,
                version=scenario.version,
                title=Said(**scenario.title._asdict()),
                tasks=[
                    {"id": t.id, "kind": t.kind, "title": t.title._asdict(), "how": t.how._asdict()}
                    for t in scenario.tasks
                ],
            )
            for role, scenario in sorted(found.items())
        ]
    )


@router.get("/conformity-runs", responses=problems(401, 403), summary="List conformity runs")
async def get_runs(services: ServicesDep, reporter: ReporterDep) -> RunList:
    """Those of one's firm; for an authority, those that ended of the firms of its area."""
    runs = runs_of(services)
    if reporter.role not in _AUTHORITIES:
        found = await runs.of(reporter.organisation)
    else:
        found = [run for run in await runs.ended() if _concerns(services, reporter, run)]
    return RunList(items=[RunShort(**_short(run, services)) for run in found])


@router.post(
    "/conformity-runs",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Begin a conformity run",
)
async def post_run(services: ServicesDep, reporter: ReporterDep, told: RunNew) -> RunRead:
    """Begins a run in the sandbox: the tasks, with names of batteries that are the run's alone.

    From now on the sandbox compares what it receives with them. A run of the same role that goes
    on ends.
    """
    async with bench_of(services, reporter.organisation) as bench:
        run = await begin(bench, reporter, told.role or reporter.role)
    return await _read(run, services)


@router.get(
    "/conformity-runs/{number}",
    responses=problems(401, 403, 404, 409, 422),
    summary="A conformity run",
)
async def get_run(services: ServicesDep, reporter: ReporterDep, number: Number) -> RunRead:
    """Each task: done, not yet, or wrong; what was expected, what came, and how to mend it.

    A run of which all is done ends by itself, with a report that never changes.
    """
    return await _read(await _find(services, reporter, number), services)


@router.post(
    "/conformity-runs/{number}/end",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="End a conformity run",
)
async def post_end(services: ServicesDep, reporter: ReporterDep, number: Number) -> RunRead:
    """Ends a run with a report of how far it came; again, it answers that report."""
    run = await _own(services, reporter, number)
    if run.ended_at is None:
        async with bench_of(services, run.organisation) as bench:
            run = await end(bench, run)
    return await _read(run, services)


@router.get(
    "/conformity-runs/{number}/receipts",
    responses=problems(401, 403, 404, 409, 422),
    summary="Receipts to verify offline",
)
async def get_receipts(services: ServicesDep, reporter: ReporterDep, number: Number) -> Riddle:
    """Five events with their receipts; some events were changed on purpose.

    Other ones each time that an answer was wrong.
    """
    run = _going_on(await _own(services, reporter, number))
    async with bench_of(services, run.organisation) as bench:
        return await riddle_of(bench, run)


@router.post(
    "/conformity-runs/{number}/answers",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Say which receipts do not fit",
)
async def post_answer(
    services: ServicesDep, reporter: ReporterDep, number: Number, told: AnswerNew
) -> AnswerRead:
    """Keeps the answer, right or wrong."""
    run = _going_on(await _own(services, reporter, number))
    async with bench_of(services, run.organisation) as bench:
        return AnswerRead(right=await answered(bench, run, told.forged))


@router.get(
    "/conformity-runs/{number}/report.{form}",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}, "application/json": {}}},
        **problems(401, 403, 404, 409, 422),
    },
    summary="The report of a conformity run",
)
async def get_report(
    services: ServicesDep, reporter: ReporterDep, number: Number, form: Form, language: LanguageDep
) -> Response:
    """The report of a run that has ended: as JSON, whose SHA-256 is kept, or on paper."""
    run = await _find(services, reporter, number)
    if run.report is None or run.sha256 is None:
        raise _goes_on(run)
    name = f'attachment; filename="{run.number}.{form}"'
    headers = {"content-disposition": name, "cache-control": "private, no-store"}
    if form == "json":
        return Response(run.report, media_type="application/json", headers=headers)
    digest = run.sha256.hex()
    told, page = open_json(run.report), _check(run, services)
    body = await run_in_threadpool(conformity_pdf, told, digest, page, language)
    return Response(body, media_type="application/pdf", headers=headers)


def _concerns(services: Services, reporter: Reporter, run: Run) -> bool:
    firms = services.registry.now.organisations
    return acts_for(reporter, firms.get(run.organisation), run.organisation)


async def _find(services: Services, reporter: Reporter, number: str) -> Run:
    """A run that the caller may see: one's own, or as an authority an ended one of one's area.

    Raises:
        Refused: there is none, or it is another's.
    """
    run = await runs_of(services).find(number)
    if run is None or not _concerns(services, reporter, run):
        raise _absent(number)
    if run.ended_at is None and run.organisation != reporter.organisation:
        raise _absent(number)
    return run


async def _own(services: Services, reporter: Reporter, number: str) -> Run:
    run = await runs_of(services).find(number)
    if run is None or run.organisation != reporter.organisation:
        raise _absent(number)
    return run


async def _read(run: Run, services: Services) -> RunRead:
    if run.ended_at is None:
        async with bench_of(services, run.organisation) as bench:
            if (run.sandbox, run.generation) != (
                bench.home.sandbox.id,
                bench.home.sandbox.generation,
            ):
                raise no_sandbox()
            found = await verdicts(bench, run)
            if all(each.state == "done" for each in found.values()):
                run = await end(bench, run)
    told = told_scenario(run)
    if run.report is not None:
        tasks: list[dict[str, Any]] = open_json(run.report)["tasks"]
    else:
        tasks = tasks_json(told, found)
    return RunRead(
        **_short(run, services),
        names=dict(run.names),
        tasks=tasks,
        sha256=run.sha256.hex() if run.sha256 else None,
        check=_check(run, services),
    )


def _short(run: Run, services: Services) -> dict[str, Any]:
    return {
        "number": run.number,
        "organisation": run.organisation,
        "organisation_name": services.registry.now.names.get(run.organisation),
        "role": run.role,
        "version": run.version,
        "title": told_scenario(run).title._asdict(),
        "begun_at": run.begun_at,
        "ended_at": run.ended_at,
        "passed": run.passed,
    }


def _check(run: Run, services: Services) -> str:
    address = services.home.true_address if services.home else services.entry.issuer
    return f"{address}/conformity/{run.number}"


def _going_on(run: Run) -> Run:
    """The run, while it goes on.

    Raises:
        Refused: it has ended.
    """
    if run.ended_at is None:
        return run
    raise refuse(
        "run_ended",
        (f"自测 {run.number} 已结束", f"the run {run.number} has ended"),
        ("请另开一次：POST /v1/conformity-runs", "begin another: POST /v1/conformity-runs"),
        pointer="/number",
        value=_day(run.ended_at),
    )


def _day(at: datetime) -> str:
    return at.isoformat()


def _goes_on(run: Run) -> Refused:
    return refuse(
        "sandbox_not_ready",
        (f"自测 {run.number} 尚未结束，没有报告", f"the run {run.number} goes on: no report yet"),
        (
            "做完全部任务，或提前结束：POST /v1/conformity-runs/{number}/end",
            "do all tasks, or end it: POST /v1/conformity-runs/{number}/end",
        ),
        pointer="/number",
        value=run.number,
    )


def _absent(number: str) -> Refused:
    """Another's run is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这次自测", "there is no such run"),
        ("编号见 GET /v1/conformity-runs", "the numbers are in GET /v1/conformity-runs"),
        pointer="/number",
        value=number,
    )
