"""Sites: listed, added, changed."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Response

from dianchi.access.registry import site_of
from dianchi.access.sites import put_site
from dianchi.access.tables import SiteRow
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.sites import PrincipalRead, SiteBody, SiteRead, Sites
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import checked
from dianchi.domain.areas import parse_functional
from dianchi.domain.passing import acts_for
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry, Site
from dianchi.domain.siting import Term, check_kind, check_terms, place_of, site_term
from dianchi.views.pages import cursor_of

LONGEST_PAGE: Final = 1000
router = APIRouter(prefix="/v1/sites", tags=["registry"])
PUBLIC_KINDS: Final = frozenset(("collection", "central"))
"""Where anybody may bring a battery, and so everybody may know of."""


@router.get("", responses=problems(401, 403, 422), summary="List sites")
async def get_sites(
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = LONGEST_PAGE,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Sites:
    """The sites of an organisation by number; by default one's own. Of others: their outlets."""
    registry = await services.registry.current()
    wanted = registry.resolve(organisation) if organisation else reporter.organisation
    (after,) = page_place(cursor, tuple[str]) or ("",)
    whole = acts_for(reporter, registry.organisations.get(wanted), wanted)
    numbers = sorted(
        site.number
        for site in registry.sites.values()
        if site.organisation == wanted
        and site.number > after
        and (whole or site.kind in PUBLIC_KINDS)
    )
    page = [registry.sites[wanted, number] for number in numbers[:limit]]
    following = cursor_of((page[-1].number,)) if len(numbers) > limit else None
    return Sites(items=[_shown(site) for site in page], next=following)


def _shown(site: Site) -> SiteRead:
    return SiteRead(**msgspec.to_builtins(site, builtin_types=(date,)))


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": SiteRead, "description": "It was there; it is now as told"},
        **problems(400, 401, 403, 413, 422),
    },
    summary="Add or change a site of one's own",
)
async def post_site(
    services: ServicesDep, reporter: ReporterDep, told: SiteBody, response: Response
) -> SiteRead:
    """Adds a site; the same number again makes it what is told now, wholly: the last one wins."""
    registry = await services.registry.current()
    row = _row(told, reporter.organisation, registry)
    async with services.make_session() as session:
        is_new = await put_site(session, row)
        await session.commit()
    await services.registry.refresh()
    response.status_code = 201 if is_new else 200
    return _shown(site_of(row))


def _row(told: SiteBody, organisation: str, registry: Registry) -> SiteRow:
    """The site that is told.

    Raises:
        Refused: its kind or a place is none, or a term ends before it begins.
    """
    checked(told.kind, "kind", check_kind)
    check_terms(_terms(told))
    prefecture, county = place_of(told.prefecture, told.county)
    principals = [
        PrincipalRead(
            **one.model_dump(exclude={"organisation"}),
            organisation=registry.resolve(one.organisation),
            known_as=one.organisation,
        ).model_dump(mode="json")
        for one in told.principals
    ]
    return SiteRow(
        organisation=organisation,
        number=told.number.strip(),
        name=told.name,
        kind=told.kind,
        prefecture=prefecture,
        county=county,
        functional=checked(told.functional, "functional", parse_functional),
        area_m2=_decimal(told.area_m2),
        capacity_kg=_decimal(told.capacity_kg),
        permits=[permit.model_dump(mode="json") for permit in told.permits],
        principals=principals,
        opened_on=told.opened_on,
        closed_on=told.closed_on,
    )


def _decimal(value: Any) -> str | None:  # noqa: ANN401 - a decimal, or none
    return None if value is None else format(value.normalize(), "f")


def _terms(told: SiteBody) -> Iterable[Term]:
    yield site_term(told.opened_on, told.closed_on)
    for place, permit in enumerate(told.permits):
        pointer = f"/permits/{place}/valid_to"
        yield Term(pointer, Text("许可", "the permit"), permit.valid_from, permit.valid_to)
    for place, one in enumerate(told.principals):
        pointer = f"/principals/{place}/valid_to"
        yield Term(pointer, Text("关系", "the relation"), one.valid_from, one.valid_to)
