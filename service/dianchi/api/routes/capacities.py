"""The register of capacities: what sites may treat and can treat in a year, and what they did."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from fastapi import APIRouter, Response

from dianchi.access.capacities import capacities, note_capacity
from dianchi.access.keys import now_of
from dianchi.api.asked import AskedDep
from dianchi.api.bodies.capacities import CapacitiesBody, CapacityBody, CapacityNew
from dianchi.api.bodies.shared import problems
from dianchi.api.counting import behind, head_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.noting import document_json, seers_of
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import one_of
from dianchi.api.routes.obligations import today_of
from dianchi.domain.capacities import TARGETS, TREATMENTS, Capacity, Target, share_used
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.values import told as amount_told
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry
from dianchi.domain.siting import Term, check_terms
from dianchi.exchange.json_out import encode
from dianchi.views.board.layout import by_site
from dianchi.views.indicators.query import Asked, read_as_of

router = APIRouter(prefix="/v1/capacities", tags=["registry"])
_TREATED: Final = ("treated", "treated_lots")
_YEAR: Final = 12


@router.get(
    "",
    response_model=CapacitiesBody,
    responses=problems(401, 403, 422),
    summary="Capacities, what was treated against them, and targets",
)
async def get_capacities(services: ServicesDep, reporter: ReporterDep, asked: AskedDep) -> Response:
    """What sites may and can treat in a year by process, and what they treated in these months.

    What was treated without a capacity on record stands here, too, with both numbers null.
    """
    registry, today = await services.registry.current(), today_of(services)
    async with services.seeing(reporter).acquire() as connection:
        as_of = await read_as_of(connection)
        treated = await by_site(connection, asked, *_TREATED)
    async with services.readers.acquire() as connection:
        noted = await capacities(connection, asked.seers, today)
    known = {
        (each.organisation, f"{each.site}>{each.process}"): each
        for each in noted
        if asked.firm in (None, each.organisation)
        and asked.prefecture in (None, registry.prefecture(each.organisation, each.site))
    }
    items = [
        _item(key, known.get(key), treated.get(key, NOTHING), asked, registry)
        for key in sorted(known.keys() | treated.keys())
    ]
    answer = head_of(asked, as_of) | {
        "today": str(today),
        "processes": {word: text._asdict() for word, text in TREATMENTS.items()},
        "items": items,
        "targets": [_target(each) for each in TARGETS],
    }
    return Response(encode(answer), media_type="application/json")


def _item(
    key: tuple[str, str],
    noted: Capacity | None,
    treated: Amount,
    asked: Asked,
    registry: Registry,
) -> dict[str, Any]:
    # A firm may call a site what it likes; a process is a word of ours.
    organisation, (site, _, process) = key[0], key[1].rpartition(">")
    place = registry.sites.get((organisation, site))
    kg = Decimal(amount_told(treated, "mass_g"))
    narrowed = replace(asked, firm=organisation, partner=key[1])
    return {
        "organisation": organisation,
        "organisation_name": registry.names.get(organisation),
        "site": site or None,
        "site_name": place.name if place else None,
        "prefecture": registry.prefecture(organisation, site or None),
        "process": process,
        "noted": _noted(noted),
        "treated_kg": format(kg, "f"),
        "used": _share(kg, noted.built_t if noted else None, asked),
        "used_of_permitted": _share(kg, noted.permitted_t if noted else None, asked),
        "behind": [behind(measure, narrowed) for measure in _TREATED],
    }


def _share(kg: Decimal, a_year_t: Decimal | None, asked: Asked) -> str | None:
    months = (asked.last // 100 - asked.first // 100) * _YEAR + asked.last % 100 - asked.first % 100
    share = share_used(kg, a_year_t, months + 1)
    return None if share is None else format(share, "f")


def _noted(noted: Capacity | None) -> dict[str, Any] | None:
    if noted is None:
        return None
    return {
        "permitted_t": _tonnes(noted.permitted_t),
        "built_t": _tonnes(noted.built_t),
        **document_json(noted),
    }


def _tonnes(told: Decimal | None) -> str | None:
    return None if told is None else format(told.normalize(), "f")


def _target(target: Target) -> dict[str, Any]:
    return {
        "target": target.id,
        "name": target.name._asdict(),
        "value": format(target.value, "f"),
        "unit": target.unit,
        "document": target.document._asdict(),
        "valid_from": str(target.valid_from),
        "valid_to": str(target.valid_to) if target.valid_to else None,
        "by": str(target.by),
        "mark": target.mark,
    }


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Note the capacity of a site",
)
async def post_capacity(
    services: ServicesDep, reporter: ReporterDep, told: CapacityNew
) -> CapacityBody:
    """Notes what a site may and can treat in a year by one process, with the document.

    Nothing that was noted is changed: of notes from the same first day on, the latest counts.
    """
    registry = await services.registry.current()
    noted = _checked(told, registry)
    seen_by = seers_of(reporter, registry, noted.organisation, [noted.site], told.organisation)
    async with services.make_session() as session:
        by = reporter.person or reporter.organisation
        await note_capacity(session, noted, by, seen_by, now_of(services.clock))
    return CapacityBody(**told.model_dump() | {"organisation": noted.organisation})


def _checked(told: CapacityNew, registry: Registry) -> Capacity:
    """What is noted.

    Raises:
        Refused: the site or process is none, no number is told, or it ends before it begins.
    """
    organisation, site = registry.resolve(told.organisation), told.site.strip()
    one_of("process", told.process, tuple(TREATMENTS))
    if (organisation, site) not in registry.sites:
        raise refuse(
            "invalid_value",
            ("登记中没有这个场所", "there is no such site on record"),
            ("请先登记场所，或核对编号", "register the site first, or check its number"),
            pointer="/site",
            value=told.site,
        )
    if told.permitted_t is None and told.built_t is None:
        raise refuse(
            "missing_field",
            ("许可能力和建成能力都没有填写", "neither permitted nor built capacity is told"),
            ("请至少填写一项，单位吨/年", "tell one of them at least, in tonnes a year"),
            pointer="/built_t",
        )
    what = Text("产能", "the capacity")
    check_terms([Term("/valid_to", what, told.valid_from, told.valid_to)])
    facts: Mapping[str, Any] = told.model_dump() | {"organisation": organisation, "site": site}
    return Capacity(**facts)
