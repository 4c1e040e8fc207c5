"""The register of demonstration projects: where they are, and what is in use and treated there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from dianchi.access.demonstrations import demonstrations, note_demonstration
from dianchi.access.keys import now_of
from dianchi.api.asked import AskedDep
from dianchi.api.bodies.circle import DemonstrationBody, DemonstrationNew, DemonstrationsBody
from dianchi.api.bodies.shared import problems
from dianchi.api.counting import behind, head_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.noting import document_json, seers_of
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import one_of
from dianchi.api.routes.obligations import today_of
from dianchi.api.services import Services
from dianchi.domain.capacities import TREATMENTS
from dianchi.domain.demonstrations import (
    DEFINITION,
    PURPOSES,
    Demonstration,
    runs,
    runs_in,
)
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.values import told as amount_told
from dianchi.domain.months import first_day, last_day
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry
from dianchi.domain.siting import Term, check_terms
from dianchi.exchange.json_out import encode
from dianchi.views.board.demonstrations import AtSites, InUse, read_sites
from dianchi.views.indicators.query import Asked, read_as_of

router = APIRouter(prefix="/v1/demonstrations", tags=["registry"])


@router.get(
    "",
    response_model=DemonstrationsBody,
    responses=problems(401, 403, 422),
    summary="Demonstration projects, with what is in use and treated there",
)
async def get_demonstrations(
    services: ServicesDep, reporter: ReporterDep, asked: AskedDep
) -> Response:
    """Projects that run in these months, what is in use there today, what was treated meanwhile."""
    registry, today = await services.registry.current(), today_of(services)
    async with services.readers.acquire() as connection:
        noted = await demonstrations(connection, asked.seers)
    listed = [each for each in noted if _is_asked(each, asked, registry)]
    async with services.seeing(reporter).acquire() as connection:
        as_of = await read_as_of(connection)
        sites = {(each.organisation, site) for each in listed for site in each.sites}
        found = await read_sites(connection, asked, sites)
    answer = head_of(asked, as_of) | {
        "today": str(today),
        "definition": DEFINITION._asdict(),
        "purposes": {word: text._asdict() for word, text in PURPOSES.items()},
        "items": [_item(each, found, asked, registry, today) for each in listed],
    }
    return Response(encode(answer), media_type="application/json")


def _is_asked(project: Demonstration, asked: Asked, registry: Registry) -> bool:
    places = {registry.prefecture(project.organisation, site) for site in project.sites}
    # Who saw an earlier note is told by the latest that the project went elsewhere.
    around = {project.organisation}.union(*_areas(project, registry))
    return (
        (asked.seers is None or not around.isdisjoint(asked.seers))
        and runs_in(project, first_day(asked.first), last_day(asked.last))
        and asked.firm in (None, project.organisation)
        and (asked.prefecture is None or asked.prefecture in places)
    )


def _areas(project: Demonstration, registry: Registry) -> list[frozenset[str]]:
    return [registry.areas(project.organisation, site) for site in project.sites]


def _item(
    project: Demonstration, found: AtSites, asked: Asked, registry: Registry, today: date
) -> dict[str, Any]:
    whose = project.organisation
    at = {site: found.in_use.get((whose, site), InUse()) for site in project.sites}
    return {
        "name": project.name,
        "purpose": project.purpose,
        "organisation": whose,
        "organisation_name": registry.names.get(whose),
        **document_json(project),
        "running": runs(project, today),
        **_in_use(list(at.values())),
        "sites": [_site(whose, site, each, registry) for site, each in at.items()],
        "treated": _treated(project, found, asked),
    }


def _in_use(told: Sequence[InUse]) -> dict[str, Any]:
    return {
        "packs": sum(each.packs for each in told),
        "mass_kg": _plain(sum((each.mass_kg for each in told), Decimal(0))),
        "energy_kwh": _plain(sum((each.energy_kwh for each in told), Decimal(0))),
    }


def _plain(number: Decimal) -> str:
    return format(number.normalize() if number else Decimal(0), "f")


def _site(whose: str, number: str, at: InUse, registry: Registry) -> dict[str, Any]:
    site = registry.sites.get((whose, number))
    filters = {"holder": whose, "site": number}
    if len(at.stages) == 1:  # the list takes one stage; of two it shows all that stands there
        filters["stage"] = at.stages[0]
    return {
        "number": number,
        "name": site.name if site else None,
        "prefecture": registry.prefecture(whose, number),
        **_in_use([at]),
        "behind": f"/v1/batteries?{urlencode(filters)}",
    }


def _treated(project: Demonstration, found: AtSites, asked: Asked) -> list[dict[str, Any]]:
    """By site, process and what it was, in the months in which the project runs."""
    sums: dict[tuple[str, str, str], Amount] = {}
    for each in found.treated:
        at = each.site, each.process, each.measure
        ours = each.organisation == project.organisation and each.site in project.sites
        if ours and runs_in(project, first_day(each.month), last_day(each.month)):
            sums[at] = sums.get(at, NOTHING).plus(each.amount)
    return [
        {
            "process": process,
            "name": TREATMENTS[process]._asdict(),
            "measure": measure,
            "things": amount.things,
            "mass_kg": amount_told(amount, "mass_g"),
            "behind": behind(measure, _within(project, asked, site, process)),
        }
        for (site, process, measure), amount in sorted(sums.items())
    ]


def _within(project: Demonstration, asked: Asked, site: str, process: str) -> Asked:
    """The same months, as far as the project runs in them."""
    end = project.valid_to
    return replace(
        asked,
        first=max(asked.first, project.valid_from.year * 100 + project.valid_from.month),
        last=min(asked.last, end.year * 100 + end.month) if end else asked.last,
        firm=project.organisation,
        partner=f"{site}>{process}",
    )


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Note a demonstration project",
)
async def post_demonstration(
    services: ServicesDep, reporter: ReporterDep, told: DemonstrationNew
) -> DemonstrationBody:
    """Notes a project of second life or recycling, with the document that makes it one.

    Nothing that was noted is changed: of notes of one organisation and name, the latest counts.
    An officer notes what lies in its area, before and now.
    """
    registry = await services.registry.current()
    noted = _checked(told, registry)
    before = await _areas_before(services, noted, registry)
    seen_by = seers_of(
        reporter, registry, noted.organisation, noted.sites, told.organisation, before
    )
    async with services.make_session() as session:
        by = reporter.person or reporter.organisation
        await note_demonstration(session, noted, by, seen_by, now_of(services.clock))
    return DemonstrationBody(**told.model_dump() | {"organisation": noted.organisation})


async def _areas_before(
    services: Services, noted: Demonstration, registry: Registry
) -> list[frozenset[str]]:
    """Where the project lay by the note that this one replaces."""
    async with services.readers.acquire() as connection:
        known = await demonstrations(connection, None)
    whose = noted.organisation, noted.name
    before = [each for each in known if (each.organisation, each.name) == whose]
    return [areas for each in before for areas in _areas(each, registry)]


def _checked(told: DemonstrationNew, registry: Registry) -> Demonstration:
    """What is noted.

    Raises:
        Refused: there is no such purpose or site, a site is named twice, or it ends before it
            begins.
    """
    organisation = registry.resolve(told.organisation)
    one_of("purpose", told.purpose, tuple(PURPOSES))
    sites = tuple(site.strip() for site in told.sites)
    for at, site in enumerate(sites):
        if (organisation, site) not in registry.sites or site in sites[:at]:
            raise refuse(
                "invalid_value",
                (
                    "这家单位没有登记这个场所，或场所重复",
                    "the organisation has no such site on record, or it is named twice",
                ),
                ("请核对场所编号", "check the numbers of its sites"),
                pointer=f"/sites/{at}",
                value=site,
            )
    what = Text("示范项目", "the project")
    check_terms([Term("/valid_to", what, told.valid_from, told.valid_to)])
    facts: Mapping[str, Any] = told.model_dump() | {"organisation": organisation, "sites": sites}
    return Demonstration(**facts)
