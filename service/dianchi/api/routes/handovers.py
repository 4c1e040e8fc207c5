"""Before the truck leaves: what the rules say of a hand-over, battery by battery."""

from typing import Final

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.api.bodies.handovers import HandoverChecked, HandoverWish
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.loads import Asked, Load, checked_json, receiver_of, use_of
from dianchi.api.naming import canonical_name
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.handover_plan import Plan
from dianchi.domain.mandates import covering, deed_of
from dianchi.domain.receivers import takers
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Registry
from dianchi.domain.working_days import business_date
from dianchi.exchange.json_out import encode
from dianchi.views.handovers.query import REFLECTED, cargo_of, stock_of

router = APIRouter(prefix="/v1/handovers", tags=["handovers"])
_TYPE: Final = "dispatched"


@router.post(
    "/check",
    response_model=HandoverChecked,
    responses=problems(400, 401, 403, 413, 422),
    summary="Check a hand-over before the truck leaves",
)
async def post_check(services: ServicesDep, reporter: ReporterDep, wish: HandoverWish) -> Response:
    """Every rule that bears upon each battery, and who may lawfully receive them.

    It advises: a report is taken whatever it says. Nothing is stored.
    """
    registry = await services.registry.current()
    plan = _plan(wish, services, reporter, registry)
    load = await _load(services, reporter, _asked(wish, registry), plan)
    # Thousands of batteries take a moment: others are answered meanwhile.
    told = await run_in_threadpool(checked_json, load, wish.site)
    return Response(encode(told), media_type="application/json")


def _plan(wish: HandoverWish, services: Services, reporter: Reporter, registry: Registry) -> Plan:
    today = business_date(now_of(services.clock))
    sender = reporter.organisation
    if wish.on_behalf_of is not None:
        sender = registry.resolve(wish.on_behalf_of)
    if sender != reporter.organisation:
        deed = deed_of(_TYPE, wish.site, {}, sender, registry)
        covering(registry, (sender, reporter.organisation), deed, today)
    on = wish.date or today
    return Plan(
        sender,
        on,
        registry,
        services.rules,
        receiver_of(wish, registry),
        use_of(wish.use, on),
        wish.transfer_filing,
    )


def _asked(wish: HandoverWish, registry: Registry) -> Asked:
    """The names asked for, each once, by how they were first written; or what is wrong with one."""
    asked: Asked = {}
    names: set[str] = set()
    for given in wish.batteries:
        try:
            name = canonical_name(given, registry)
        except Refused as refused:
            asked[given] = refused.faults[0]
            continue
        if name not in names:
            names.add(name)
            asked[given] = name
    return asked


async def _load(services: Services, reporter: Reporter, asked: Asked, plan: Plan) -> Load:
    names = [told for told in asked.values() if isinstance(told, str)]
    async with services.readers.acquire() as connection:
        # Before the rest: what comes in between may be told already.
        reflected = await connection.fetchval(REFLECTED)
        cargoes = await cargo_of(connection, services.seeing(reporter), names, reporter)
        firms = [plan.receiver.id] if plan.receiver is not None else takers(plan)
        stock = await stock_of(connection, firms)
    return Load(plan, asked, cargoes, stock, reflected or 0)
