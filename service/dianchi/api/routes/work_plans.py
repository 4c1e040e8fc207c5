"""Planning work lists: a preview, the list, a table that somebody has at hand."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.access.work_lists import (
    HeldError,
    Line,
    holding,
    keep_list,
    lists_of,
    release,
)
from dianchi.access.work_tables import WorkListRow
from dianchi.api.bodies.shared import Told, problems
from dianchi.api.bodies.work_lists import (
    Planned,
    Preview,
    TableText,
    WorkListNew,
    WorkListRead,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.plan_faults import fault_body, on_other_list
from dianchi.api.planning import Gathered, gather
from dianchi.api.problems import refuse
from dianchi.api.sent_files import bytes_of
from dianchi.api.services import Services
from dianchi.api.working import eyes_of_owner, read_list
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.domain.working_days import business_date
from dianchi.exchange.sheets.process import Opened, read_apart
from dianchi.views.work.query import Standing, end_of_log, names_around, seen_since

router = APIRouter(prefix="/v1/work-lists", tags=["work lists"])
_MOST_LINES: Final = 5_000


@router.post(
    "/preview",
    responses=problems(400, 401, 403, 413, 422),
    summary="See what a work list would be",
)
async def post_preview(services: ServicesDep, reporter: ReporterDep, told: WorkListNew) -> Preview:
    """Its rows with what the record shows of them, and all that keeps it from being made."""
    found, _ = await gather(told, services, reporter, business_date(now_of(services.clock)))
    await _check_held(found, services, reporter)
    rows = [
        _planned(place, line, standing, services, reporter)
        for place, (line, standing) in enumerate(found.rows, 1)
    ]
    return Preview(
        sets=sum(line.expected or 1 for line, _ in found.rows),
        stations=len({line.station for line, _ in found.rows}),
        rows=rows,
        faults=[fault_body(fault) for fault in found.faults],
    )


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": WorkListRead, "description": "This list is open already"},
        **problems(400, 401, 403, 409, 413, 422),
    },
    summary="Make a work list",
)
async def post_list(
    services: ServicesDep, reporter: ReporterDep, told: WorkListNew, response: Response
) -> WorkListRead:
    """Makes a list for a crew: one's own people, or an organisation with a mandate.

    A battery stands on one open list only. The same list again is the one that is there.
    """
    now = now_of(services.clock)
    found, crew = await gather(told, services, reporter, business_date(now))
    lender, _ = eyes_of_owner(services, reporter.organisation)
    plan = replace(found.plan(told, reporter, crew), since=await end_of_log(lender))
    known = await _known(services, reporter, plan.said())
    if known is not None:
        response.status_code = 200
        return await read_list(services, known)
    await _check_held(found, services, reporter)
    if found.faults:
        raise Refused(*found.faults)
    try:
        async with services.make_session() as session:
            row, is_new = await keep_list(session, plan, now)
    except HeldError:
        raise _meanwhile() from None
    response.status_code = 201 if is_new else 200
    return await read_list(services, row)


@router.put(
    "/table",
    openapi_extra=bytes_of(),
    responses=problems(400, 401, 403, 413, 422),
    summary="Read a table as lines",
)
async def put_table(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    name: Annotated[str, Query(min_length=1, max_length=200)],
) -> TableText:
    """Reads xlsx, xls, ods or csv into the lines that `text` takes; stores nothing."""
    del services, reporter
    body = await request.body()
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dianchi-work-") as folder:
        path = Path(folder) / "file"
        await run_in_threadpool(path.write_bytes, body)
        async for told in read_apart(path, name):
            cells = told.columns if isinstance(told, Opened) else told[1]
            lines.append("\t".join(_cell(cell) for cell in cells))
            if len(lines) > _MOST_LINES:
                raise _too_long()
    return TableText(text="\n".join(lines), rows=max(len(lines) - 1, 0))


def _cell(cell: object) -> str:
    told = "" if cell is None else str(cell)
    return " ".join(told.split())


async def _known(services: Services, reporter: Reporter, said: bytes) -> WorkListRow | None:
    async with services.make_session() as session:
        rows = await lists_of(session, reporter.organisation, open_only=True)
    mine = (row for row in rows if row.organisation == reporter.organisation)
    return next((row for row in mine if row.said == said), None)


async def _check_held(found: Gathered, services: Services, reporter: Reporter) -> None:
    """Adds a fault for each battery that stands on another open list and is not done there."""
    own = reporter.organisation
    batteries = [line.battery for line, _ in found.rows if line.battery is not None]
    async with services.make_session() as session:
        held = await holding(session, own, batteries)
    lender, _ = eyes_of_owner(services, own)
    around = await names_around(lender, held) if held else {}
    done = [
        (told.id, row.place)
        for battery, (told, row) in held.items()
        if await seen_since(lender, around[battery], told.since)
    ]
    async with services.make_session() as session:
        await release(session, done, now_of(services.clock))
    for (line, _), pointer in zip(found.rows, found.pointers, strict=True):
        other = held.get(line.battery or "")
        if other is not None and (other[0].id, other[1].place) not in done:
            list_ = other[0]
            found.faults.append(on_other_list(pointer, str(line.battery), list_.number, list_.name))


def _planned(
    place: int, line: Line, standing: Standing | None, services: Services, reporter: Reporter
) -> Planned:
    site = services.registry.now.sites.get((reporter.organisation, line.station))
    return Planned(
        place=place,
        station=line.station,
        station_name=site.name if site else None,
        battery=line.battery,
        expected=line.expected,
        stage=standing.stage if standing else None,
        model=standing.model if standing else None,
        warnings=_warnings(line, standing, registered=site is not None),
    )


def _warnings(line: Line, standing: Standing | None, *, registered: bool) -> Sequence[Told]:
    told: list[Told] = []
    if not registered:
        told.append(Told(zh="站点未登记", en="this station is not registered"))
    if line.battery is not None and standing is None:
        told.append(Told(zh="没有您看得到的记录", en="no record that you see"))
    if standing is not None and standing.station not in (None, line.station):
        where = standing.station
        told.append(Told(zh=f"记录在站点 {where}", en=f"on record at station {where}"))
    if standing is not None and standing.quarantined:
        told.append(Told(zh="隔离中，拆运须按险情处置", en="quarantined: handle as dangerous"))
    return told


def _meanwhile() -> Refused:
    return refuse(
        "try_again",
        ("刚刚有人把其中的电池派到了另一张单上", "somebody just put one of them on another list"),
        ("请重新预览，看是哪一只", "ask for a preview: it names the battery"),
    )


def _too_long() -> Refused:
    return refuse(
        "too_many_rows",
        (f"表格超过 {_MOST_LINES} 行", f"the table has more than {_MOST_LINES} rows"),
        ("请分成几张表", "divide it"),
    )
