"""Batteries: one as it stands, lists, genealogy, labels."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from dianchi.access.keys import now_of
from dianchi.api.bodies.batteries import BatteryBody, BatteryPage, GraphBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.describe import (
    battery_json,
    findings_json,
    reported_json,
    standpoint,
)
from dianchi.api.history import not_by_then
from dianchi.api.naming import canonical_name, moment_of, moment_us, thing_name
from dianchi.api.problems import refuse
from dianchi.api.recalling import recall_asked
from dianchi.api.sight import Sight, absent, must_see, own_reports, seen_among, sight_of
from dianchi.api.vins import Purpose, vin_reader
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.sight import eyes_of, seers_of
from dianchi.domain.vocabulary import CHEMISTRIES, STAGES
from dianchi.domain.working_days import business_date
from dianchi.exchange.json_out import encode
from dianchi.views.batteries.query import list_batteries
from dianchi.views.genealogy.query import genealogy, hide
from dianchi.views.recalls.query import narrowing
from dianchi.views.standpoint import read_battery

router = APIRouter(prefix="/v1/batteries", tags=["batteries"])
Name = Annotated[
    str,
    Path(description="a battery name, percent-encoded", min_length=1),
    # The door leaves slashes of a name encoded, so that they are none of the address.
    AfterValidator(unquote),
]
_GBT_2260 = 6


@router.get(
    "", response_model=BatteryPage, responses=problems(401, 403, 422), summary="List batteries"
)
async def get_batteries(  # noqa: PLR0913, PLR0917 - one argument for each filter
    services: ServicesDep,
    reporter: ReporterDep,
    stage: str | None = None,
    prefecture: str | None = None,
    chemistry: str | None = None,
    holder: str | None = None,
    site: Annotated[str | None, Query(description="of the holder", max_length=80)] = None,
    recall: Annotated[
        str | None, Query(description="the `subject` of a recall", max_length=200)
    ] = None,
    remedied: Annotated[bool | None, Query(description="whether its remedy was had")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """Batteries by stage, prefecture, chemistry, holder, site and recall, in pages."""
    registry = await services.registry.current()
    if site and not holder:
        raise site_of_whom(site)
    told = None if remedied is None else str(remedied).lower()
    called = await recall_asked(services, reporter, recall, told)
    try:
        page = await list_batteries(
            services.seeing(reporter),
            stage=one_of("stage", stage, STAGES),
            prefecture=area_of(prefecture),
            chemistry=one_of("chemistry", chemistry, tuple(CHEMISTRIES)),
            holder=registry.resolve(holder) if holder else None,
            site=site or None,
            limit=limit,
            after=cursor,
            seers=seers_of(reporter),
            among=narrowing(called, done=remedied) if called is not None else (),
        )
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None
    return _json(page_json(page))


def site_of_whom(site: str) -> Refused:
    """A site is named without its holder: numbers are each holder's own."""
    return refuse(
        "missing_field",
        ("按场所查电池时没有写持有单位", "a site is asked for without its holder"),
        ("场所编号由单位自定，请同时填写 holder", "numbers are each holder's own: add `holder`"),
        pointer="/holder",
        value=site,
    )


def one_of(member: str, value: str | None, words: Collection[str]) -> str | None:
    """A query's word of a closed list.

    Raises:
        Refused: `invalid_value`.
    """
    if value is None or value in words:
        return value
    listed = ", ".join(words)
    raise refuse(
        "invalid_value",
        (f"{member} 中没有“{value}”", f"there is no {member} '{value}'"),
        (f"可用：{listed}", f"use one of: {listed}"),
        pointer=f"/{member}",
        value=value,
    )


def area_of(text: str | None) -> str | None:
    """A prefecture of Yunnan by name or code; any other code as it is."""
    if text is None or (len(text) == _GBT_2260 and text.isascii() and text.isdigit()):
        return text
    try:
        return parse_prefecture(text).code
    except Malformed as error:
        raise Refused(Fault(error.code, "/prefecture", text, error.what, error.way_out)) from None


def reflected(end: int) -> int | None:
    """The last log index a view has seen; None before the first event."""
    return end - 1 if end > 0 else None


def page_json(page: Any) -> dict[str, Any]:  # noqa: ANN401 - any page of the views
    """A page as lists answer it."""
    return {"items": page.items, "next": page.next, "log_index": reflected(page.log_index)}


def _json(answer: dict[str, Any]) -> Response:
    return Response(encode(answer), media_type="application/json")


@router.get(
    "/{name:path}/genealogy",
    response_model=GraphBody,
    responses=problems(401, 403, 404, 422),
    summary="Where it came from and what became of it",
)
async def get_genealogy(
    services: ServicesDep,
    reporter: ReporterDep,
    name: Name,
    direction: Literal["ancestors", "descendants", "both"] = "both",
    depth: Annotated[int, Query(ge=1, le=20)] = 10,
) -> Response:
    """Parents, children, batches and lots, both ways, with masses.

    What lies behind a battery of others is not shown, nor its name: the node says `hidden`.
    """
    subject = thing_name(name, await services.registry.current(), ("lot", "batch"))
    await must_see(services, reporter, subject, name)
    async with services.readers.acquire() as connection:
        graph = await genealogy(connection, subject, direction=direction, depth=depth)
    if not graph.nodes:
        raise absent(name)
    if not eyes_of(reporter).everything:
        seen = await seen_among(services, reporter, [node.id for node in graph.nodes])
        graph = hide(graph, subject, seen)
    today = business_date(now_of(services.clock))
    tolerance = format(services.rules.tolerance("weighed", today).share, "f")
    return _json(
        {
            "nodes": graph.nodes,
            "edges": graph.edges,
            "truncated": graph.truncated,
            "tolerance": tolerance,
        }
    )


@router.get(
    "/{name:path}",
    response_model=BatteryBody,
    responses=problems(401, 403, 404, 422, 429),
    summary="A battery as it stands",
)
async def get_battery(
    services: ServicesDep,
    reporter: ReporterDep,
    name: Name,
    as_of: str | None = None,
    known_at: str | None = None,
    purpose: Purpose = None,
) -> Response:
    """State and open findings; `as_of` asks by business time, `known_at` by the log's time.

    Who only reported of it sees its own reports: no stage, and the findings that these show.
    """
    canonical = canonical_name(name, await services.registry.current())
    sight = await sight_of(services, reporter, canonical, name)
    at = replace(
        standpoint(services),
        as_of_us=moment_us(as_of, "as_of"),
        known_at=moment_of(known_at, "known_at"),
    )
    read = await read_battery(services.readers, canonical, at)
    if read is None:
        raise absent(name) if as_of is None and known_at is None else not_by_then(name)
    if sight is Sight.OWN_REPORTS:
        own = await own_reports(services, reporter, canonical, name)
        return _json(reported_json(canonical, read, own, services))
    answer = await battery_json(canonical, read, vin_reader(reporter, purpose, services), services)
    answer["findings"] = findings_json(read, answer["battery"], services)
    return _json(answer)
