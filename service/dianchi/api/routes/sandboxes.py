"""The sandbox of a firm: made, emptied, and its keys, all by the firm itself."""

from datetime import timedelta

from fastapi import APIRouter, Request

from dianchi.access.issue import KeyTerms, add_key, key_id
from dianchi.access.keys import now_of
from dianchi.access.sandboxes import Sandbox, Sandboxes
from dianchi.api.bodies.sandboxes import SandboxKeyMade, SandboxKeyNew, SandboxRead
from dianchi.api.bodies.shared import problems
from dianchi.api.conformity import bench_of, declare, end, no_sandbox
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.managing import signed_manager
from dianchi.api.practice import Host, address_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.conformity.naming import names_of
from dianchi.domain.events.catalogue import REPORTING
from dianchi.domain.registry import Organisation
from dianchi.domain.working_days import business_date

router = APIRouter(prefix="/v1/sandbox", tags=["sandbox"])
LIVES = 260
"""Batteries that are declared in the name of whoever is given a key: more than two pages."""
_STAGES = {
    "maker": "made",
    "vehicle_maker": "made",
    "site_operator": "second_life",
    "utilizer": "at_utilizer",
    "recycler": "at_utilizer",
    "workshop": "removed",
    "dealer": "in_use",
}


@router.get("", responses=problems(401, 403, 404), summary="The sandbox of one's firm")
async def get_sandbox(services: ServicesDep, reporter: ReporterDep) -> SandboxRead:
    """Where it is, whether it can be used yet, and when it goes."""
    if services.home is not None:
        return _read(services.home.sandbox, services)
    sandbox = await Sandboxes(services.registrar).of(reporter.organisation)
    if sandbox is None:
        raise no_sandbox()
    if sandbox.ready_at is None:
        # Perhaps the service was started anew while it was being prepared.
        _host(services).prepare(sandbox, _firm(services, reporter))
    return _read(sandbox, services)


@router.post(
    "",
    status_code=202,
    responses=problems(400, 401, 403, 404, 413),
    summary="Make a sandbox",
)
async def post_sandbox(
    request: Request, services: ServicesDep, reporter: ReporterDep
) -> SandboxRead:
    """Begins to make the sandbox of one's firm; again, it answers how far it is.

    It holds a synthetic province and nothing of the true record, and nothing of it gets there.
    """
    host = _host(services)
    await _must_manage(request, services, reporter)
    firm = _firm(services, reporter)
    sandbox = await Sandboxes(services.registrar).add(firm.id, now_of(services.clock))
    if sandbox.ready_at is None:
        host.prepare(sandbox, firm)
    return _read(sandbox, services)


@router.post(
    "/reset",
    status_code=202,
    responses=problems(400, 401, 403, 404, 409, 413),
    summary="Empty the sandbox",
)
async def post_reset(request: Request, services: ServicesDep, reporter: ReporterDep) -> SandboxRead:
    """Deletes all that was reported in it, its keys too, and prepares it anew.

    Runs that go on end with a report of how far they came.
    """
    host = _host(services)
    await _must_manage(request, services, reporter)
    firm = _firm(services, reporter)
    kept = Sandboxes(services.registrar)
    sandbox = await kept.of(firm.id)
    if sandbox is None:
        raise no_sandbox()
    if sandbox.ready_at is not None:
        await _end_runs(services, sandbox)
        renewed = await kept.renew(sandbox, now_of(services.clock))
        await host.drop(sandbox)
        sandbox = renewed
    host.prepare(sandbox, firm)
    return _read(sandbox, services)


async def _end_runs(services: Services, sandbox: Sandbox) -> None:
    async with bench_of(services, sandbox.organisation) as bench:
        for run in await bench.home.runs.running(sandbox.id, sandbox.generation):
            await end(bench, run)


@router.post(
    "/keys",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Make a key of the sandbox",
)
async def post_sandbox_key(
    request: Request, services: ServicesDep, reporter: ReporterDep, told: SandboxKeyNew
) -> SandboxKeyMade:
    """Makes a key that is good in the sandbox alone; shown this once.

    With the first of a role come batteries in one's own name, to work with.
    """
    _host(services)
    await _must_manage(request, services, reporter)
    role = told.role or reporter.role
    if role not in REPORTING:
        raise _no_role(role)
    async with bench_of(services, reporter.organisation) as bench:
        inside = bench.services
        now = now_of(inside.clock)
        async with inside.make_session() as session:
            key = await add_key(session, inside.ring, reporter.organisation, KeyTerms(role), now)
        await inside.registry.refresh()
        made = business_date(now) - timedelta(days=1)
        seed = f"{bench.home.sandbox.database}-{role}"
        wanted = {f"life_{n}": {"make": "pack"} for n in range(LIVES)}
        names = names_of(wanted, seed, made)
        stage = _STAGES.get(role, "collected")
        lives = {names[name]: stage for name in wanted}
        await declare(inside, Reporter(reporter.organisation, role), lives, made)
        return SandboxKeyMade(
            id=key_id(inside.ring.digest(key)),
            key=key,
            organisation=reporter.organisation,
            role=role,
            address=bench.home.address,
            lives=len(lives),
        )


def _read(sandbox: Sandbox, services: Services) -> SandboxRead:
    progress = services.practice.progress(sandbox) if services.practice else None
    ready = sandbox.ready_at is not None
    failed = progress is not None and progress.failed
    days = services.rules.number("sandbox_kept_days", business_date(now_of(services.clock)))
    address = services.home.address if services.home else address_of(sandbox, services.entry.issuer)
    return SandboxRead(
        id=sandbox.id,
        address=address,
        state="ready" if ready else "failed" if failed else "preparing",
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        generation=sandbox.generation,
        made_at=sandbox.made_at,
        used_at=sandbox.used_at,
        kept_days=int(days),
    )


def _host(services: Services) -> Host:
    """Whoever keeps sandboxes here.

    Raises:
        Refused: nobody does.
    """
    if services.practice is None:
        raise refuse(
            "not_found",
            ("这里不提供沙盒", "no sandboxes are kept here"),
            (
                "请在正式环境的地址上操作；若也没有，请运行者设置 DIANCHI_SANDBOX_URL",
                "do this at the true service; if it has none, ask to have DIANCHI_SANDBOX_URL set",
            ),
        )
    return services.practice


def _firm(services: Services, reporter: Reporter) -> Organisation:
    """The firm as it is enrolled.

    Raises:
        Refused: it is not.
    """
    found = services.registry.now.organisations.get(reporter.organisation)
    if found is None:
        raise refuse(
            "role_not_allowed",
            ("本单位尚未登记", "your firm is not enrolled"),
            ("请先申请登记：POST /v1/applications", "apply first: POST /v1/applications"),
            value=reporter.organisation,
        )
    return found


async def _must_manage(request: Request, services: Services, reporter: Reporter) -> None:
    """Of people, those who look after their firm's people make sandboxes and keys."""
    if reporter.person is not None:
        await signed_manager(request, services, reporter)


def _no_role(role: str) -> Exception:
    listed = ", ".join(sorted(REPORTING))
    return refuse(
        "invalid_value",
        ("不是上报角色", "it is no reporting role"),
        (f"可选：{listed}", f"one of: {listed}"),
        pointer="/role",
        value=role,
    )
