"""Organisations, vendors, and who one is."""

from collections.abc import Sequence

from fastapi import APIRouter, Request

from dianchi.access.enrol import Enrolment, enrol, put_vendor
from dianchi.access.keys import now_of
from dianchi.access.tables import VendorRow
from dianchi.api.bodies.registry import (
    MeBody,
    OrganisationBody,
    OrganisationNew,
    Organisations,
    PermitBody,
    PersonHere,
    VendorBody,
    Vendors,
)
from dianchi.api.bodies.shared import impersonal, problems
from dianchi.api.cookies import person_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import checked, refuse
from dianchi.domain.areas import covers
from dianchi.domain.callers import Caller, caller_of
from dianchi.domain.dated import ALWAYS
from dianchi.domain.events import CATALOGUE
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_uscc
from dianchi.domain.passing import not_yours
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Organisation
from dianchi.domain.scopes import may_report

router = APIRouter(prefix="/v1", tags=["registry"])


@router.get("/me", responses=problems(400, 401, 403), summary="Who am I")
async def get_me(request: Request, services: ServicesDep, reporter: ReporterDep) -> MeBody:
    """Organisation and role of the key, the token or the person, and what they may report."""
    known = (await services.registry.current()).organisations.get(reporter.organisation)
    return MeBody(
        organisation=reporter.organisation,
        name=known.name if known else None,
        role=reporter.role,
        prefecture=reporter.prefecture,
        area=reporter.area,
        department=reporter.department,
        names=None if reporter.names is None else sorted(reporter.names),
        may_report=[
            name
            for name, kind in CATALOGUE.items()
            if reporter.role in kind.roles and may_report(reporter.scopes, name)
        ],
        scopes=None if reporter.scopes is None else sorted(reporter.scopes),
        person=await _person(request, services) if reporter.person else None,
    )


async def _person(request: Request, services: ServicesDep) -> PersonHere:
    signed = await person_of(request.scope, services)
    return PersonHere(
        id=signed.person,
        name=services.entry.sessions.name_of(signed),
        login=signed.login,
        manages=signed.place.manages,
        session_until=signed.expires_at,
    )


def _shown(known: Organisation) -> OrganisationBody:
    return OrganisationBody(
        id=known.id,
        name=known.name,
        uscc=known.uscc,
        province=known.province,
        prefecture=known.prefecture,
        roles=sorted(known.roles),
        onboarded_on=known.onboarded_on,
    )


@router.get(
    "/organisations",
    responses=problems(401, 403),
    summary="List organisations",
)
async def get_organisations(services: ServicesDep, _: ReporterDep) -> Organisations:
    """Every registered organisation."""
    registry = await services.registry.current()
    known = sorted(registry.organisations.values(), key=lambda one: one.name)
    return Organisations(items=[_shown(one) for one in known])


@router.post(
    "/organisations",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Enrol an organisation",
)
async def post_organisation(
    services: ServicesDep, reporter: ReporterDep, told: OrganisationNew
) -> OrganisationBody:
    """Enrols an organisation; the same name or USCC again answers the one that is there."""
    uscc = checked(told.uscc, "uscc", parse_uscc)
    prefecture = checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    province = checked(told.province, "province", lambda text: parse_province(text).code)
    if caller_of(reporter) is Caller.OFFICER and not covers(str(reporter.bound_to), prefecture):
        raise not_yours(told.name)
    _check_days(told.permits)
    permits = tuple(permit.model_dump(mode="json") for permit in told.permits)
    enrolment = Enrolment(told.name, uscc, province, prefecture, permits)
    try:
        async with services.make_session() as session:
            row = await enrol(session, enrolment, now_of(services.clock))
    except Malformed as error:
        raise Refused(Fault(error.code, "/name", told.name, error.what, error.way_out)) from None
    await services.registry.refresh()
    return _shown(services.registry.now.organisations[row.id])


def _check_days(permits: Sequence[PermitBody]) -> None:
    for place, permit in enumerate(permits):
        if permit.valid_to < permit.valid_from:
            first = permit.valid_from.isoformat()
            raise refuse(
                "invalid_value",
                ("许可在生效之前就已到期", "the permit ends before it begins"),
                (f"请填写 {first} 或以后的日期", f"send {first} or a later day"),
                pointer=f"/permits/{place}/valid_to",
                value=permit.valid_to.isoformat(),
            )


@router.get("/vendors", responses=problems(401, 403), summary="List vendor codes")
async def get_vendors(services: ServicesDep, _: ReporterDep) -> Vendors:
    """Every vendor code that is known here: those of the service, and those added."""
    registry = await services.registry.current()
    return Vendors(
        items=[
            VendorBody(
                code=vendor.code,
                name=vendor.name,
                valid_from=None if vendor.valid_from == ALWAYS else vendor.valid_from,
                valid_to=vendor.valid_to,
            )
            for _, vendor in sorted(registry.vendors.items())
        ]
    )


@router.post(
    "/vendors",
    status_code=201,
    responses=problems(401, 403, 422),
    summary="Add or change a vendor code",
)
async def post_vendor(services: ServicesDep, _: ReporterDep, told: VendorBody) -> VendorBody:
    """Adds a vendor code; findings `unknown_vendor` of its batteries close within a minute."""
    if told.valid_from and told.valid_to and told.valid_to < told.valid_from:
        raise refuse(
            "invalid_value",
            ("失效日期早于生效日期", "it ends before it begins"),
            ("请核对两个日期；长期有效时不填 valid_to", "check both days; leave valid_to out"),
            pointer="/valid_to",
            value=str(told.valid_to),
        )
    checked(told.name, "name", impersonal)
    vendor = told.model_copy(update={"code": told.code.upper()})
    async with services.make_session() as session:
        await put_vendor(session, VendorRow(**vendor.model_dump()))
    await services.registry.refresh()
    return vendor
