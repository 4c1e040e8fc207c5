"""Organisations, sites, vendors, keys, and who one is. The full access model comes with [trust]."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from dianchi.access.enrol import Enrolment, add_key, enrol, put_site, put_vendor
from dianchi.access.keys import keys_of
from dianchi.access.tables import SiteRow, VendorRow
from dianchi.api.bodies.registry import (
    KeyMade,
    KeyNew,
    KeyRead,
    Keys,
    MeBody,
    OrganisationBody,
    OrganisationNew,
    Organisations,
    PermitBody,
    SiteBody,
    SiteRead,
    Sites,
    VendorBody,
    Vendors,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import RegulatorDep, ReporterDep, ServicesDep, a_regulator
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.dated import ALWAYS
from dianchi.domain.events import CATALOGUE, ROLES
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_uscc
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Organisation

router = APIRouter(prefix="/v1", tags=["registry"])


@router.get("/me", responses=problems(401), summary="Who am I")
async def get_me(services: ServicesDep, reporter: ReporterDep) -> MeBody:
    """The organisation and role of the key, and what it may report."""
    known = (await services.registry.current()).organisations.get(reporter.organisation)
    return MeBody(
        organisation=reporter.organisation,
        name=known.name if known else None,
        role=reporter.role,
        prefecture=reporter.prefecture,
        may_report=[name for name, kind in CATALOGUE.items() if reporter.role in kind.roles],
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
    responses=problems(401),
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
    services: ServicesDep, _: RegulatorDep, told: OrganisationNew
) -> OrganisationBody:
    """Enrols an organisation; the same name or USCC again answers the one that is there."""
    uscc = _checked(told.uscc, "uscc", parse_uscc)
    prefecture = _checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    province = _checked(told.province, "province", lambda text: parse_province(text).code)
    _check_days(told.permits)
    permits = tuple(permit.model_dump(mode="json") for permit in told.permits)
    enrolment = Enrolment(told.name, uscc, province, prefecture, permits)
    try:
        async with services.make_session() as session:
            row = await enrol(session, enrolment, _now(services))
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


def _now(services: Services) -> datetime:
    return datetime.fromtimestamp(services.clock.now_us() / 1e6, UTC)


def _checked(text: str | None, member: str, parse: Callable[[str], str]) -> str | None:
    if text is None:
        return None
    try:
        return parse(text)
    except Malformed as error:
        raise Refused(Fault(error.code, f"/{member}", text, error.what, error.way_out)) from None


@router.get("/sites", responses=problems(401), summary="List sites")
async def get_sites(
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
) -> Sites:
    """The sites of an organisation; by default one's own."""
    registry = await services.registry.current()
    wanted = registry.resolve(organisation) if organisation else reporter.organisation
    return Sites(
        items=[
            SiteRead(
                organisation=site.organisation,
                number=site.number,
                name=site.name,
                kind=site.kind,
                prefecture=site.prefecture,
            )
            for site in sorted(registry.sites.values(), key=lambda s: s.number)
            if site.organisation == wanted
        ]
    )


@router.post(
    "/sites",
    status_code=201,
    responses=problems(400, 401, 413, 422),
    summary="Add or change a site of one's own",
)
async def post_site(services: ServicesDep, reporter: ReporterDep, told: SiteBody) -> SiteRead:
    """Adds a site; the same number again changes it."""
    prefecture = _checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    row = SiteRow(
        organisation=reporter.organisation,
        number=told.number.strip(),
        name=told.name,
        kind=told.kind,
        prefecture=prefecture,
    )
    async with services.make_session() as session:
        await put_site(session, row)
    await services.registry.refresh()
    return SiteRead(
        organisation=reporter.organisation,
        number=told.number.strip(),
        name=told.name,
        kind=told.kind,
        prefecture=prefecture,
    )


@router.get("/keys", responses=problems(401, 403), summary="List keys")
async def get_keys(
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
) -> Keys:
    """The keys of an organisation; by default one's own, for a regulator any."""
    registry = await services.registry.current()
    wanted = registry.resolve(organisation) if organisation else reporter.organisation
    if wanted != reporter.organisation:
        await a_regulator(reporter)
    found = await keys_of(services.readers, wanted)
    return Keys(items=[KeyRead(**dict(row)) for row in found])


@router.get("/vendors", responses=problems(401), summary="List vendor codes")
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
async def post_vendor(services: ServicesDep, _: RegulatorDep, told: VendorBody) -> VendorBody:
    """Adds a vendor code; findings `unknown_vendor` of its batteries close within a minute."""
    if told.valid_from and told.valid_to and told.valid_to < told.valid_from:
        raise refuse(
            "invalid_value",
            ("失效日期早于生效日期", "it ends before it begins"),
            ("请核对两个日期；长期有效时不填 valid_to", "check both days; leave valid_to out"),
            pointer="/valid_to",
            value=str(told.valid_to),
        )
    vendor = told.model_copy(update={"code": told.code.upper()})
    async with services.make_session() as session:
        await put_vendor(session, VendorRow(**vendor.model_dump()))
    await services.registry.refresh()
    return vendor


@router.post(
    "/keys",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Make a key",
)
async def post_key(services: ServicesDep, _: RegulatorDep, told: KeyNew) -> KeyMade:
    """Makes a key for a registered organisation; shown this once."""
    if told.role not in ROLES:
        listed = ", ".join(ROLES)
        raise refuse(
            "invalid_value",
            ("没有这个角色", "there is no such role"),
            (f"可用角色：{listed}", f"roles: {listed}"),
            pointer="/role",
            value=told.role,
        )
    registry = await services.registry.current()
    known = registry.organisation(told.organisation)
    if known is None:
        raise refuse(
            "invalid_value",
            ("这家单位尚未登记", "this organisation is not registered"),
            ("请先登记单位", "enrol it first"),
            pointer="/organisation",
            value=told.organisation,
        )
    prefecture = _checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    async with services.make_session() as session:
        key = await add_key(session, services.ring, known.id, told.role, prefecture, _now(services))
    await services.registry.refresh()
    return KeyMade(key=key, organisation=known.id, role=told.role)
