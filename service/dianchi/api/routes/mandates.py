"""Mandates: given, listed, revoked, and what was reported under one."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from dianchi.access.issue import day_in
from dianchi.access.keys import now_of
from dianchi.access.mandates import Grant, end, find_mandate, give, mandates_of, reported_under
from dianchi.access.tables import MandateRow
from dianchi.api.bodies.mandates import MandateEnd, MandateNew, MandateRead, Mandates
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import checked, refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import parse_area
from dianchi.domain.events import CATALOGUE, REPORTING
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Registry

router = APIRouter(prefix="/v1/mandates", tags=["mandates"])


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": MandateRead, "description": "It was given before and holds"},
        **problems(400, 401, 403, 413, 422),
    },
    summary="Let another organisation report for one's own",
)
async def post_mandate(
    services: ServicesDep, reporter: ReporterDep, told: MandateNew, response: Response
) -> MandateRead:
    """Gives a mandate. The agent then reports with its own key and `on_behalf_of`."""
    registry = await services.registry.current()
    grant = _grant(told, reporter, registry, services)
    async with services.make_session() as session:
        row, is_new = await give(session, grant, now_of(services.clock))
    await services.registry.refresh()
    response.status_code = 201 if is_new else 200
    return _shown(row, registry)


@router.get("", responses=problems(401, 403), summary="List mandates")
async def get_mandates(services: ServicesDep, reporter: ReporterDep) -> Mandates:
    """The mandates that one's organisation gave and those that it holds."""
    registry = await services.registry.current()
    async with services.make_session() as session:
        found = await mandates_of(session, reporter.organisation)
    return Mandates(items=[_shown(row, registry) for row in found])


@router.post(
    "/{id}/revoke",
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Revoke a mandate",
)
async def post_revocation(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[str, Path(alias="id", max_length=64)],
    told: MandateEnd | None = None,
) -> MandateRead:
    """Revokes a mandate that one gave; nothing is taken under it after 5 s.

    Again, it answers when and why it was revoked first. What was reported under it stays.
    """
    registry = await services.registry.current()
    async with services.make_session() as session:
        row = await find_mandate(session, named, lock=True)
        if row is None or row.organisation != reporter.organisation:
            raise _absent(named)
        await end(session, row, told.reason if told else None, now_of(services.clock))
    await services.registry.refresh()
    return _shown(row, registry)


@router.get(
    "/{id}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One event a line, as in a history; corrections, too",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404),
    },
    summary="What was reported under a mandate",
)
async def get_export(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[str, Path(alias="id", max_length=64)],
) -> StreamingResponse:
    """All events reported under a mandate, for who gave it and who holds it; by battery."""
    async with services.make_session() as session:
        row = await find_mandate(session, named)
    if row is None or reporter.organisation not in (row.organisation, row.agent):
        raise _absent(named)
    name = f'attachment; filename="{row.id}.ndjson"'
    return StreamingResponse(
        reported_under(services.readers, row.id),
        media_type="application/x-ndjson",
        headers={"content-disposition": name},
    )


def _shown(row: MandateRow, registry: Registry) -> MandateRead:
    return MandateRead(
        **row.model_dump(),
        organisation_name=registry.names.get(row.organisation),
        agent_name=registry.names.get(row.agent),
    )


def _absent(named: str) -> Refused:
    """Another's mandate is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这项授权", "there is no such mandate"),
        ("授权的 id 见 GET /v1/mandates", "the ids are in GET /v1/mandates"),
        pointer="/id",
        value=named,
    )


# --- what a mandate may say -----------------------------------------------------------------------


def _grant(told: MandateNew, reporter: Reporter, registry: Registry, services: Services) -> Grant:
    """The mandate that is asked for.

    Raises:
        Refused: agent, role, a type, a site, the area or the days are none that it can have.
    """
    role = _role(told.role or reporter.role, reporter.organisation, registry)
    _check_types(told.types, role)
    _check_sites(told.sites or (), reporter.organisation, registry)
    today = day_in(0, now_of(services.clock))
    first = told.valid_from or today
    if told.valid_to < max(first, today):
        raise _wrong(
            "valid_to",
            str(told.valid_to),
            ("授权期限已过或不成立", "is no term to come"),
            (f"请填写 {max(first, today)} 或以后的日期", f"send {max(first, today)} or later"),
        )
    return Grant(
        reporter.organisation,
        _agent(told.agent, reporter.organisation, registry),
        role,
        told.types,
        told.sites,
        checked(told.area, "area", parse_area),
        first,
        told.valid_to,
    )


def _wrong(member: str, value: str, what: tuple[str, str], way_out: tuple[str, str]) -> Refused:
    return refuse("invalid_value", what, way_out, pointer=f"/{member}", value=value)


def _agent(told: str, organisation: str, registry: Registry) -> str:
    found = registry.id_of(told)
    if found is None:
        raise _wrong(
            "agent",
            told,
            ("这家单位尚未登记", "this organisation is not registered"),
            (
                "请对方先登记（POST /v1/applications）",
                "it has to apply first (POST /v1/applications)",
            ),
        )
    if found == organisation:
        raise _wrong(
            "agent",
            told,
            ("不能授权给本单位", "an organisation needs no mandate of its own"),
            ("请填写代为上报的单位", "name who reports for you"),
        )
    return found


def _role(role: str, organisation: str, registry: Registry) -> str:
    own = registry.organisations[organisation].roles & set(REPORTING)
    if role not in own:
        listed = ", ".join(sorted(own)) or "-"
        raise _wrong(
            "role",
            role,
            ("本单位没有这个上报角色", "the organisation has no such reporting role"),
            (f"可用角色：{listed}", f"roles: {listed}"),
        )
    return role


def _check_types(types: list[str], role: str) -> None:
    # An agent corrects what it reported without being told so.
    may = [name for name, kind in CATALOGUE.items() if role in kind.roles and name != "corrected"]
    for place, name in enumerate(types):
        if name not in may:
            listed = ", ".join(may)
            raise _wrong(
                f"types/{place}",
                name,
                (f"角色 {role} 不上报这种类型", f"role {role} reports no such type"),
                (f"可用类型：{listed}", f"types: {listed}"),
            )


def _check_sites(sites: Sequence[str], organisation: str, registry: Registry) -> None:
    for place, number in enumerate(sites):
        if (organisation, number) not in registry.sites:
            raise _wrong(
                f"sites/{place}",
                number,
                ("本单位没有登记这个场所", "no site of yours has this number"),
                ("请先登记（POST /v1/sites），或核对编号", "add it first: POST /v1/sites"),
            )
