"""Asset packs (资产包): frozen data sheets, shown to named organisations until a day."""

from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.asset_packs import (
    Offer,
    find_pack,
    freeze,
    note_opening,
    openings_of,
    packs_of,
    revoke,
)
from dianchi.access.keys import now_of
from dianchi.access.pack_tables import AssetPackRow
from dianchi.api.bodies.asset_packs import (
    Opening,
    PackFigures,
    PackFilter,
    PackNew,
    PackPreview,
    PackRead,
    Packs,
    PackShort,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.ends import end_of
from dianchi.api.naming import registered
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.asset_sheet import Item, Wanted, item_json, sheet_of
from dianchi.domain.working_days import business_date
from dianchi.exchange.asset_sheets import sheet_pdf, sheet_xlsx
from dianchi.exchange.json_out import moment
from dianchi.store.envelope import open_json
from dianchi.views.handovers.assets import MOST, chunks, held, items_of, lives_of, places_of

router = APIRouter(prefix="/v1/asset-packs", tags=["asset packs"])
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF: Final = "application/pdf"
_DAYS: Final = 30
_MOST_DAYS: Final = 365
_PRIVATE: Final = {"cache-control": "private, no-store"}
Form = Literal["xlsx", "pdf"]


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Freeze a data sheet of what one holds",
)
async def post_pack(services: ServicesDep, reporter: ReporterDep, told: PackNew) -> PackRead:
    """Freezes what the record says of these batteries now, for the organisations named.

    They see the sheet until it ends or is revoked, never the lives behind it.
    """
    registry, now = await services.registry.current(), now_of(services.clock)
    named = [registered(registry, who, f"/named/{n}").id for n, who in enumerate(told.named)]
    ends = end_of(told.expires_on, now, days=_DAYS, most=_MOST_DAYS)
    items, places = await _items(services, reporter, told.filter)
    sheet = await _sheet(services, reporter, told, (items, places))
    offer = Offer(reporter.organisation, told.title, named, sheet, ends)
    async with services.make_session() as session:
        row = await freeze(session, offer, now)
    return _read(row, services, reporter, [])


@router.post(
    "/preview",
    responses=problems(400, 401, 403, 413, 422),
    summary="What an asset pack would hold",
)
async def post_preview(
    services: ServicesDep, reporter: ReporterDep, told: PackPreview
) -> PackFigures:
    """The figures of the sheet as it would be frozen now; nothing is stored."""
    items, _ = await _items(services, reporter, told.filter)
    return PackFigures(**sheet_of(items))


@router.get("", responses=problems(401, 403), summary="List asset packs")
async def get_packs(services: ServicesDep, reporter: ReporterDep) -> Packs:
    """Those that one offers, and those that one may still open."""
    now, own = now_of(services.clock), reporter.organisation
    async with services.make_session() as session:
        rows = await packs_of(session, own)
    lasting = [
        r for r in rows if r.organisation == own or (not r.revoked_at and now < r.expires_at)
    ]
    return Packs(items=[_short(row, services, reporter) for row in lasting])


@router.get("/{number}", responses=problems(401, 403, 404, 422), summary="An asset pack")
async def get_pack(
    services: ServicesDep, reporter: ReporterDep, number: UUID, response: Response
) -> PackRead:
    """The sheet; to its owner also who opened it."""
    response.headers.update(_PRIVATE)
    row = await _opened(services, reporter, number, "json")
    openings = []
    if row.organisation == reporter.organisation:
        async with services.make_session() as session:
            openings = [
                Opening(**one.model_dump(), name=services.registry.now.names.get(one.organisation))
                for one in await openings_of(session, row.id)
            ]
    return _read(row, services, reporter, openings)


@router.get(
    "/{number}/sheet.{form}",
    response_class=Response,
    responses={200: {"content": {_PDF: {}, _XLSX: {}}}, **problems(401, 403, 404, 422)},
    summary="The sheet as a workbook or on paper",
)
async def get_sheet(
    services: ServicesDep, reporter: ReporterDep, number: UUID, form: Form
) -> Response:
    """`xlsx` lists every battery, `pdf` the first of them."""
    row = await _opened(services, reporter, number, form)
    told = open_json(row.sheet)
    if form == "xlsx":
        body = await run_in_threadpool(sheet_xlsx, told)
    else:
        until = f"{business_date(row.expires_at - timedelta(seconds=1))}"
        body = await run_in_threadpool(sheet_pdf, told, row.sha256.hex(), until)
    name = f'attachment; filename="asset-pack-{row.id}.{form}"'
    headers = {**_PRIVATE, "content-disposition": name}
    return Response(body, media_type=_XLSX if form == "xlsx" else _PDF, headers=headers)


@router.post(
    "/{number}/revoke", responses=problems(401, 403, 404, 422), summary="Take an asset pack back"
)
async def post_revocation(services: ServicesDep, reporter: ReporterDep, number: UUID) -> PackShort:
    """Nobody but the owner opens it any more; what was downloaded stays where it is."""
    now = now_of(services.clock)
    async with services.make_session() as session:
        row = await find_pack(session, number, reporter.organisation, now)
        if row is None or row.organisation != reporter.organisation:
            raise _absent(number)
        await revoke(session, row, now)
    return _short(row, services, reporter)


async def _items(
    services: Services, reporter: Reporter, told: PackFilter
) -> tuple[list[Item], dict[str, int]]:
    wanted = Wanted(**told.model_dump())
    names = await held(services.seeing(reporter), reporter.organisation, wanted)
    if len(names) > MOST:
        raise _too_many()
    found: list[Item] = []
    places: dict[str, int] = {}
    now_us = services.clock.now_us()
    for some in chunks(names):
        async with services.readers.acquire() as connection:
            lives = await lives_of(connection, some)
            items = await run_in_threadpool(items_of, lives, services.rules, now_us)
            fitting = [item for item in items if wanted.takes(item)]
            places |= await places_of(connection, fitting)
        found += fitting
    if not found:
        raise _nothing()
    return sorted(found, key=lambda item: item.name), places


async def _sheet(
    services: Services, reporter: Reporter, told: PackNew, found: tuple[list[Item], dict[str, int]]
) -> dict[str, Any]:
    items, places = found
    names = services.registry.now.names
    newest = await services.log.newest()
    return {
        "title": told.title,
        "owner": reporter.organisation,
        "owner_name": names.get(reporter.organisation),
        "frozen_at": moment(now_of(services.clock)),
        "filter": told.filter.model_dump(mode="json", exclude_none=True),
        **sheet_of(items),
        "items": [item_json(item, names, places) for item in items],
        # Whoever takes the batteries over can prove later that nothing was changed since.
        "log": newest
        and {
            "origin": services.log.origin,
            "size": newest.size,
            "root": newest.root.hex(),
            "checkpoint": newest.note.decode(),
        },
    }


async def _opened(services: Services, reporter: Reporter, number: UUID, form: str) -> AssetPackRow:
    """The pack, where the caller may open it; that it did is kept before it is answered.

    Raises:
        Refused: `not_found`.
    """
    now, own = now_of(services.clock), reporter.organisation
    async with services.make_session() as session:
        row = await find_pack(session, number, own, now)
        if row is None:
            raise _absent(number)
        if row.organisation != own:
            await services.audit.note(reporter, "open asset pack", f"{number} {form}")
        await note_opening(session, row, own, form, now)
    return row


def _short(row: AssetPackRow, services: Services, reporter: Reporter) -> PackShort:
    return PackShort(**_members(row, services, reporter))


def _read(
    row: AssetPackRow, services: Services, reporter: Reporter, openings: list[Opening]
) -> PackRead:
    own = row.organisation == reporter.organisation
    return PackRead(
        **_members(row, services, reporter),
        sheet=open_json(row.sheet),
        openings=openings if own else None,
    )


def _members(row: AssetPackRow, services: Services, reporter: Reporter) -> dict[str, Any]:
    sheet = open_json(row.sheet)
    return {
        "id": row.id,
        "owner": row.organisation,
        "owner_name": services.registry.now.names.get(row.organisation),
        "title": row.title,
        "count": sheet["count"],
        "energy_kwh": sheet["energy_kwh"],
        "sha256": row.sha256.hex(),
        "link": f"{services.entry.issuer}/v1/asset-packs/{row.id}",
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "named": row.named if row.organisation == reporter.organisation else None,
    }


def _absent(number: UUID) -> Exception:
    return refuse(
        "not_found",
        (
            "没有这个资产包，或已到期、已收回、不是给贵单位的",
            "there is no such asset pack, or it ended, was taken back, or is not for you",
        ),
        ("请向持有单位索取新的链接", "ask its owner for a new one"),
        pointer="/number",
        value=str(number),
    )


def _nothing() -> Exception:
    return refuse(
        "invalid_value",
        ("贵单位持有的电池中没有符合条件的", "none of the batteries that you hold fits"),
        ("请放宽条件；刚上报的稍后才能选到", "widen the filter; fresh reports take a moment"),
        pointer="/filter",
    )


def _too_many() -> Exception:
    return refuse(
        "invalid_value",
        (f"符合条件的超过 {MOST} 只", f"more than {MOST} batteries fit"),
        ("请用 site、stage、chemistry 分成几包", "divide them by site, stage or chemistry"),
        pointer="/filter",
    )
