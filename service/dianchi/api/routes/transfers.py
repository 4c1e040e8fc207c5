"""利旧调拨: one form that moves sets of one's own to another of one's own sites, with a slip."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.access.transfers import (
    begin,
    drop,
    find_transfer,
    note_recorded,
    transfer_id,
    transfers_of,
)
from dianchi.access.work_tables import TransferRow
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.transfers import (
    SetRead,
    Step,
    TransferNew,
    TransferPreview,
    TransferRead,
    Transfers,
    TransferShort,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.plan_faults import fault_body
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.transferring import body_of, form_of, refused_of, sets_of, sets_read
from dianchi.domain import refusals
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.exchange.transfer_slips import TransferSlip, transfer_pdf
from dianchi.recording.outcomes import Recorded
from dianchi.store.envelope import open_json
from dianchi.views.work.query import standings

router = APIRouter(prefix="/v1/transfers", tags=["transfers"])
Number = Annotated[str, Path(max_length=40)]


@router.post(
    "/preview",
    responses=problems(400, 401, 403, 413, 422),
    summary="See what a transfer would report",
)
async def post_preview(
    services: ServicesDep, reporter: ReporterDep, told: TransferNew
) -> TransferPreview:
    """The reports of each set and the findings that they would open; nothing is stored."""
    sets = await sets_of(told, services, reporter, all_there=True)
    form = await form_of(told, sets, services, reporter)
    batch = await services.recorder.together(form.reports, reporter, write=False)
    faults = form.faults or refused_of(form, batch)
    return TransferPreview(
        sets=sets_read(form, batch, services.registry.now),
        faults=[fault_body(each) for each in faults],
    )


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": TransferRead, "description": "It is in the record already"},
        **problems(400, 401, 403, 409, 413, 422),
    },
    summary="Move sets to another of one's own sites",
)
async def post_transfer(
    services: ServicesDep, reporter: ReporterDep, told: TransferNew, response: Response
) -> TransferRead:
    """Records all reports of all sets, or none. The same form again is the same transfer."""
    sets = await sets_of(told, services, reporter, all_there=False)
    named = transfer_id(reporter.organisation, body_of(told, sets))
    row = await _known(services, named)
    if row is not None and row.recorded_at is not None:
        response.status_code = 200
        return await _read(services, reporter, row)
    if row is None:
        form = await form_of(told, sets, services, reporter)
        if form.faults:
            raise Refused(*form.faults)
        async with services.make_session() as session:
            now = now_of(services.clock)
            row = await begin(session, form.id, form.move, form.body, form.reports, now)
    await _record(services, reporter, row)
    return await _read(services, reporter, row)


async def _record(services: Services, reporter: Reporter, row: TransferRow) -> None:
    """Records what was kept; where a report is refused, nothing is and the form is forgotten.

    Raises:
        Refused: why, said of each report.
    """
    reports = open_json(row.reports)
    batch = await services.recorder.together(reports, reporter, write=True)
    faults = [
        refusals.Fault(f.code, f"/reports/{n}{f.pointer}", f.value, f.what, f.way_out)
        for n, outcome in enumerate(batch.outcomes)
        if isinstance(outcome, Refused)
        for f in outcome.faults
    ]
    async with services.make_session() as session:
        if faults:
            await drop(session, row.id)
            raise Refused(*faults)
        if not all(isinstance(outcome, Recorded) for outcome in batch.outcomes):
            raise _again()
        await note_recorded(session, row.id, now_of(services.clock))


@router.get("", responses=problems(401, 403), summary="List transfers")
async def get_transfers(services: ServicesDep, reporter: ReporterDep) -> Transfers:
    """The transfers of one's organisation."""
    await services.registry.current()
    async with services.make_session() as session:
        rows = await transfers_of(session, reporter.organisation)
    return Transfers(items=[TransferShort(**_members(services, row)) for row in rows])


@router.get("/{number}", responses=problems(401, 403, 404), summary="A transfer")
async def get_transfer(
    services: ServicesDep, reporter: ReporterDep, number: Number
) -> TransferRead:
    """Its sets, and the reports that moved them."""
    await services.registry.current()
    return await _read(services, reporter, await _found(services, reporter, number))


@router.get(
    "/{number}/slip.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **problems(401, 403, 404)},
    summary="The slip of a transfer",
)
async def get_slip(services: ServicesDep, reporter: ReporterDep, number: Number) -> Response:
    """The slip (调拨单) on A4, with a code by which anybody may check its number."""
    registry = await services.registry.current()
    row = await _found(services, reporter, number)
    told = await _read(services, reporter, row)
    slip = TransferSlip(
        number=row.number,
        url=f"HTTPS://{services.public_host.upper()}/R/{row.number}",
        firm=registry.names.get(row.organisation, row.organisation),
        source=_called(told.source, told.source_name),
        target=_called(told.target, told.target_name),
        day=str(row.day),
        reason=row.reason,
        sets=[(one.battery, one.model, one.soh_percent) for one in told.sets],
    )
    body = await run_in_threadpool(transfer_pdf, slip)
    name = f'attachment; filename="{row.number}.pdf"'
    return Response(body, media_type="application/pdf", headers={"content-disposition": name})


def _called(number: str, name: str | None) -> str:
    return f"{number}  {name}" if name else number


async def _known(services: Services, named: UUID) -> TransferRow | None:
    async with services.make_session() as session:
        return await find_transfer(session, named)


async def _found(services: Services, reporter: Reporter, number: str) -> TransferRow:
    async with services.make_session() as session:
        row = await find_transfer(session, number, reporter.organisation)
    if row is None or row.recorded_at is None:
        raise _absent(number)
    return row


async def _read(services: Services, reporter: Reporter, row: TransferRow) -> TransferRead:
    form: Any = open_json(row.form)
    reports: Any = open_json(row.reports)
    names = [name for name, *_ in form["sets"]]
    known = await standings(services.seeing(reporter), names)
    sets = [
        SetRead(
            battery=name,
            soh_percent=soh,
            stage_before=None,
            stage_after=known[name].stage if name in known else None,
            model=known[name].model if name in known else None,
            steps=[
                Step(**{member: each[member] for member in Step.model_fields})
                for each in reports
                if each["battery"] == name
            ],
            findings=[],
            quarantined=known[name].quarantined if name in known else False,
        )
        for name, soh, _ in form["sets"]
    ]
    return TransferRead(**_members(services, row), sets=sets)


def _members(services: Services, row: TransferRow) -> dict[str, Any]:
    sites = services.registry.now.sites
    source = sites.get((row.organisation, row.source))
    target = sites.get((row.organisation, row.target))
    return {
        "id": row.id,
        "number": row.number,
        "source": row.source,
        "source_name": source.name if source else None,
        "target": row.target,
        "target_name": target.name if target else None,
        "date": row.day,
        "reason": row.reason,
        "count": row.count,
        "made_at": row.made_at,
    }


def _absent(number: str) -> Refused:
    return refuse(
        "not_found",
        ("没有这张调拨单", "there is no such transfer"),
        ("见 GET /v1/transfers", "see GET /v1/transfers"),
        pointer="/number",
        value=number,
    )


def _again() -> Refused:
    return refuse(
        "try_again",
        ("有电池正被多方同时写入，本次没有记录", "others keep writing; nothing was recorded"),
        ("请原样重新提交，不会重复", "send it again as it is; it will not be doubled"),
    )
