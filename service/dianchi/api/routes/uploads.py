"""Uploads: a file in parts, a dry run, the record, its rows one by one."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from dianchi.access.keys import now_of
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.uploads import (
    CommitBody,
    PlanBody,
    RowBody,
    RowList,
    UploadBody,
    UploadList,
    UploadNew,
)
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.sent_files import bytes_of
from dianchi.api.uploading import (
    body_of,
    found,
    not_ready,
    pass_registry,
    seeing_of,
    shown,
    too_much,
    wrong_part,
)
from dianchi.exchange.sheets.mapping import Plan
from dianchi.recording.recorder import MOST_TOGETHER
from dianchi.uploads.asking import ask_commit, ask_dry_run, cancel
from dianchi.uploads.files import (
    MOST_PARTS,
    Announced,
    TooMuchError,
    begin,
    is_hash_of,
    put_part,
    uploads_of,
)
from dianchi.uploads.results import Place, page_of
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
_NEW: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": UploadBody, "description": "This file was sent before"}
}


@router.post(
    "",
    status_code=201,
    responses={**_NEW, **problems(400, 401, 403, 413, 422, 429)},
    summary="Announce a file",
)
async def post_upload(
    response: Response, services: ServicesDep, reporter: ReporterDep, new: UploadNew
) -> UploadBody:
    """Begins an upload; a file that was sent before is answered with how far it is."""
    await pass_registry(services, reporter, new.type)
    announced = Announced(new.name, new.size, bytes.fromhex(new.sha256), new.type)
    try:
        upload, is_new = await begin(services.uploader, announced, reporter, now_of(services.clock))
    except TooMuchError:
        raise too_much() from None
    response.status_code = 201 if is_new else 200
    response.headers["location"] = f"/v1/uploads/{upload.id}"
    return await body_of(services, upload)


@router.get("", responses=problems(401, 403, 422), summary="List uploads")
async def get_uploads(
    services: ServicesDep,
    reporter: ReporterDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> UploadList:
    """The uploads of one's organisation, the newest first."""
    place = page_place(cursor, tuple[datetime, UUID])
    lender = seeing_of(services, reporter)
    listed = await uploads_of(lender, reporter.organisation, place, limit + 1)
    items = [await body_of(services, upload) for upload in listed[:limit]]
    last = listed[limit - 1] if len(listed) > limit else None
    following = cursor_of((last.made_at.isoformat(), str(last.id))) if last else None
    return UploadList(items=items, next=following)


@router.get("/{id}", responses=problems(401, 403, 404, 422), summary="How far an upload is")
async def get_upload(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> UploadBody:
    """What of a file came, what it was found to be, and what became of its rows."""
    return await body_of(services, await found(services, reporter, identity))


@router.put(
    "/{id}/parts/{part}",
    responses=problems(401, 403, 404, 413, 422),
    openapi_extra=bytes_of(),
    summary="Send a part",
)
async def put_upload_part(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    identity: Annotated[UUID, Path(alias="id")],
    part: Annotated[int, Path(ge=0, lt=MOST_PARTS)],
    digest: Annotated[str, Query(alias="sha256", pattern="^[0-9a-f]{64}$")],
) -> UploadBody:
    """Keeps 1 MiB of a file (the last part is shorter), in any order; again replaces it.

    With the last one that was missing the file is read, without being asked.
    """
    upload = await found(services, reporter, identity)
    body = await request.body()
    expected = Announced(upload.name, upload.size, upload.sha256, upload.type)
    if part >= upload.parts or len(body) != expected.size_of(part):
        raise wrong_part("size", part, len(body), max(0, expected.size_of(part)))
    if not is_hash_of(bytes.fromhex(digest), body):
        raise wrong_part("hash", part, len(body), len(body))
    missing = await put_part(services.uploader, upload, part, body, now_of(services.clock))
    fresh = await found(services, reporter, identity)
    return shown(fresh, missing, now_of(services.clock))


@router.post(
    "/{id}/dry-run",
    status_code=202,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Check every row",
)
async def post_dry_run(
    services: ServicesDep,
    reporter: ReporterDep,
    identity: Annotated[UUID, Path(alias="id")],
    plan: PlanBody | None = None,
) -> UploadBody:
    """Looks at every row as if it were reported. A plan corrects how columns are read, for good."""
    upload = await found(services, reporter, identity)
    await pass_registry(services, reporter, upload.type)
    chosen = Plan(plan.columns, plan.fixed) if plan is not None else None
    if not await ask_dry_run(services.uploader, upload, reporter, chosen, now_of(services.clock)):
        raise not_ready(upload)
    return await body_of(services, await found(services, reporter, identity))


@router.post(
    "/{id}/commit",
    status_code=202,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Record the rows",
)
async def post_commit(
    services: ServicesDep,
    reporter: ReporterDep,
    identity: Annotated[UUID, Path(alias="id")],
    how: CommitBody,
) -> UploadBody:
    """Reports the rows: good ones only, or all or none. What was recorded before is not doubled."""
    upload = await found(services, reporter, identity)
    if how.mode == "atomic" and upload.row_count > MOST_TOGETHER:
        raise refuse(
            "too_many_rows",
            (
                f"{upload.row_count} 行不能整份记入，最多 {MOST_TOGETHER} 行",
                f"{upload.row_count} rows cannot be all or none, {MOST_TOGETHER} can",
            ),
            ("请先试运行，再用 mode=partial", "make a dry run, then use mode=partial"),
            pointer="/mode",
            value=upload.row_count,
        )
    await pass_registry(services, reporter, upload.type, f"{upload.name} {upload.id}")
    if not await ask_commit(services.uploader, upload, reporter, how.mode, now_of(services.clock)):
        raise not_ready(upload)
    return await body_of(services, await found(services, reporter, identity))


@router.post("/{id}/cancel", responses=problems(401, 403, 404, 409, 422), summary="End an upload")
async def post_cancel(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> UploadBody:
    """Ends an upload where it is; what was recorded until then stays recorded."""
    upload = await found(services, reporter, identity)
    if not await cancel(services.uploader, upload, now_of(services.clock)):
        raise not_ready(upload)
    return await body_of(services, await found(services, reporter, identity))


@router.get("/{id}/rows", responses=problems(401, 403, 404, 422), summary="Row by row")
async def get_rows(  # noqa: PLR0913, PLR0917 - what a page is asked by
    services: ServicesDep,
    reporter: ReporterDep,
    identity: Annotated[UUID, Path(alias="id")],
    outcome: Annotated[
        str | None, Query(pattern="^(accepted|duplicate|refused|skipped|out_of_scope|warned)$")
    ] = None,
    code: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> RowList:
    """What became of rows, or would; by outcome, and by code of a fault or finding."""
    upload = await found(services, reporter, identity)
    place = Place(*(page_place(cursor, tuple[int, int]) or ()))
    page = await page_of(seeing_of(services, reporter), upload, outcome, code, place, limit)
    return RowList(
        of=upload.shown,
        items=[RowBody.model_validate(row, from_attributes=True) for row in page.items],
        next=cursor_of(page.next) if page.next is not None else None,
    )
