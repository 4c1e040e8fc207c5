"""Work lists (派工单): listed, read, closed; what a crew did not find."""

from datetime import UTC
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.access.work_lists import close_list, find_list, keep_note, lists_of
from dianchi.access.work_tables import WorkListRow, WorkNoteRow
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.work_lists import (
    Close,
    NoteNew,
    State,
    WorkListRead,
    WorkLists,
    WorkListShort,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.working import read_list, short_of, standing_of
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.exchange.work_sheets import work_xlsx

router = APIRouter(prefix="/v1/work-lists", tags=["work lists"])
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("", responses=problems(401, 403, 422), summary="List work lists")
async def get_lists(
    services: ServicesDep, reporter: ReporterDep, state: State | None = None
) -> WorkLists:
    """The lists that one's organisation gave, and those that it works off."""
    await services.registry.current()
    async with services.make_session() as session:
        rows = await lists_of(session, reporter.organisation)
    shorts = [short_of(services, each) for each in await standing_of(services, rows)]
    return WorkLists(items=[each for each in shorts if state in (None, each.state)])


@router.get("/{id}", responses=problems(401, 403, 404, 422), summary="A work list")
async def get_list(
    services: ServicesDep, reporter: ReporterDep, named: Annotated[UUID, Path(alias="id")]
) -> WorkListRead:
    """Its rows, by which reports of the crew they are settled, and what was not found."""
    await services.registry.current()
    return await read_list(services, await _found(services, reporter, named))


@router.get(
    "/{id}/sheet.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}}, **problems(401, 403, 404, 422)},
    summary="A work list as a workbook",
)
async def get_sheet(
    services: ServicesDep, reporter: ReporterDep, named: Annotated[UUID, Path(alias="id")]
) -> Response:
    """One row for each set that is asked for, with who reported it when."""
    await services.registry.current()
    told = await read_list(services, await _found(services, reporter, named))
    body = await run_in_threadpool(work_xlsx, told.model_dump(mode="json"))
    name = f'attachment; filename="{told.number}.xlsx"'
    return Response(body, media_type=XLSX, headers={"content-disposition": name})


@router.post(
    "/{id}/close",
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Close a work list",
)
async def post_close(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: Close,
) -> WorkListShort:
    """Ends a list; what is left of it may stand on another. Again, the first closing stands."""
    await services.registry.current()
    row = await _found(services, reporter, named)
    if row.organisation != reporter.organisation:
        raise _absent(named)
    async with services.make_session() as session:
        kept = await session.get(WorkListRow, row.id)
        if kept is not None:
            await close_list(session, kept, told.reason.strip(), now_of(services.clock))
            row = kept
    [standing] = await standing_of(services, [row])
    return short_of(services, standing)


@router.post(
    "/{id}/notes",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Say that something was not found",
)
async def post_note(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    told: NoteNew,
) -> WorkListRead:
    """Keeps why a row could not be worked off. A report ticks it later all the same."""
    await services.registry.current()
    row, now = await _found(services, reporter, named), now_of(services.clock)
    [standing] = await standing_of(services, [row])
    if told.place not in standing.rows:
        raise _no_row(told.place)
    at = told.at if told.at is None or told.at.tzinfo else told.at.replace(tzinfo=UTC)
    note = WorkNoteRow(
        id=told.id,
        list=row.id,
        place=told.place,
        organisation=reporter.organisation,
        device=reporter.device,
        why=told.why.strip(),
        at=min(at or now, now),
        told_at=now,
    )
    async with services.make_session() as session:
        kept = await keep_note(session, note)
    if (kept.list, kept.place, kept.organisation) != (note.list, note.place, note.organisation):
        raise _other_note(told.id)
    return await read_list(services, row)


async def _found(services: Services, reporter: Reporter, named: UUID) -> WorkListRow:
    async with services.make_session() as session:
        row = await find_list(session, named, reporter.organisation)
    if row is None:
        raise _absent(named)
    return row


def _absent(named: UUID) -> Refused:
    return refuse(
        "not_found",
        ("没有这张派工单", "there is no such work list"),
        ("见 GET /v1/work-lists", "see GET /v1/work-lists"),
        pointer="/id",
        value=str(named),
    )


def _no_row(place: int) -> Refused:
    return refuse(
        "invalid_value",
        (f"单上没有第 {place} 行", f"the list has no row {place}"),
        ("行号见派工单的 place", "see `place` of its rows"),
        pointer="/place",
        value=place,
    )


def _other_note(named: UUID) -> Refused:
    return refuse(
        "request_conflict",
        ("这个 id 已用于另一条说明", "this id was used for another note"),
        ("新的说明请用新的 UUID", "give a new note a new UUID"),
        pointer="/id",
        value=str(named),
    )
