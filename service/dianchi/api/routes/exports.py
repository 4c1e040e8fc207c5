"""Exports: lists as files, written by a worker, fetched in parts for a few days."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from starlette.responses import StreamingResponse

from dianchi.access.keys import now_of
from dianchi.access.owners import owner_of
from dianchi.api.bodies.exports import ExportBody, ExportList, ExportNew
from dianchi.api.bodies.shared import problems
from dianchi.api.cursors import page_place
from dianchi.api.deps import LanguageDep, ReporterDep, ServicesDep
from dianchi.api.export_answers import export_body
from dianchi.api.exporting import filters_of
from dianchi.api.problems import refuse
from dianchi.api.ranges import Span, span_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.exports import Form
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import eyes_of
from dianchi.exchange.tables.files import MEDIA, forms_here
from dianchi.exports.export import DONE, PART_BYTES, Export, asked_text
from dianchi.exports.jobs import (
    MOST_WAITING,
    TooManyError,
    Wish,
    ask,
    cancel,
    exports_of,
    own_export,
    part_of,
)
from dianchi.store.readers import Lender
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/exports", tags=["exports"])
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media: {} for media in MEDIA.values()}, "description": "The file"},
    206: {"description": "The part of the file that `Range` asks for"},
}


@router.post(
    "",
    status_code=202,
    responses=problems(400, 401, 403, 422, 429),
    summary="Ask for a list as a file",
)
async def post_export(
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    language: LanguageDep,
    new: ExportNew,
) -> ExportBody:
    """Has a worker write what the caller sees of a list, all of it at one moment.

    What is asked for is noted in the audit log, whoever asks. A PDF takes 5,000 rows at most: of
    a longer list the export fails, and its `problem` says what to do.
    """
    filters = await filters_of(new.list, new.filters, services, reporter)
    if new.form not in forms_here():
        raise _no_form(new.form)
    asked = f"{new.form} {asked_text(new.list, filters)}"
    await services.audit.note(reporter, "POST /v1/exports", asked)
    wish = Wish(new.list, filters, new.form, language)
    try:
        export = await ask(services.uploader, wish, reporter, now_of(services.clock))
    except TooManyError:
        raise _too_many() from None
    response.headers["location"] = f"/v1/exports/{export.id}"
    return export_body(export)


@router.get("", responses=problems(401, 403, 422), summary="List exports")
async def get_exports(
    services: ServicesDep,
    reporter: ReporterDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> ExportList:
    """What the caller asked for, the newest first; files of others are nobody else's."""
    place = page_place(cursor, tuple[datetime, UUID])
    owner = owner_of(reporter)
    found = await exports_of(_seeing(services, reporter), owner, place, limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return ExportList(
        items=[export_body(export) for export in found[:limit]],
        next=cursor_of((last.asked_at.isoformat(), str(last.id))) if last else None,
        forms=list(forms_here()),
    )


@router.get("/{id}", responses=problems(401, 403, 404, 422), summary="How far an export is")
async def get_export(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> ExportBody:
    """Its state, how many rows were written, and where the file is."""
    return export_body(await _found(services, reporter, identity))


@router.post("/{id}/cancel", responses=problems(401, 403, 404, 409, 422), summary="End an export")
async def post_export_cancel(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> ExportBody:
    """Ends an export that is not finished."""
    export = await _found(services, reporter, identity)
    if not await cancel(services.uploader, export, now_of(services.clock)):
        raise _not_so(export)
    return export_body(await _found(services, reporter, identity))


@router.get(
    "/{id}/file",
    response_class=StreamingResponse,
    responses={**_FILE, **problems(401, 403, 404, 409, 422)},
    summary="The file of an export",
)
async def get_export_file(
    services: ServicesDep,
    reporter: ReporterDep,
    identity: Annotated[UUID, Path(alias="id")],
    wanted: Annotated[str | None, Header(alias="range", description="as `bytes=1048576-`")] = None,
    unless: Annotated[str | None, Header(alias="if-range", description="the etag known")] = None,
) -> StreamingResponse:
    """The file, or with `Range` the rest of it after a cut; its hash is its `etag`.

    Not to somebody who by now sees less than when it was asked for.
    """
    export = await _found(services, reporter, identity)
    if not eyes_of(reporter).hold(eyes_of(export.reporter)):
        raise _sees_less()
    if export.state != DONE or export.sha256 is None:
        raise _not_so(export)
    etag = f'"{export.sha256.hex()}"'
    span = span_of(wanted if unless in (None, etag) else None, export.size)
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-disposition": f'attachment; filename="{export.file_name}"',
        "content-length": str(span.length),
        "etag": etag,
    }
    if span.is_part:
        headers["content-range"] = f"bytes {span.first}-{span.last}/{export.size}"
    body = _bytes(_seeing(services, reporter), export, span)
    return StreamingResponse(body, 206 if span.is_part else 200, headers, MEDIA[export.form])


async def _bytes(seeing: Lender, export: Export, span: Span) -> AsyncIterator[bytes]:
    """One part after another: no file is ever whole in memory."""
    for number in range(span.first // PART_BYTES, span.last // PART_BYTES + 1):
        part = await part_of(seeing, export, number)
        if part is None:  # deleted at this moment
            return
        begins = number * PART_BYTES
        yield part[max(span.first - begins, 0) : span.last - begins + 1]


def _seeing(services: Services, reporter: Reporter) -> Lender:
    """Connections that see the caller's own exports, whoever calls."""
    return services.own_readers.seeing((owner_of(reporter),))


async def _found(services: Services, reporter: Reporter, identity: UUID) -> Export:
    export = await own_export(_seeing(services, reporter), identity)
    if export is None or export.owner != owner_of(reporter):
        raise refuse(
            "not_found",
            ("您没有这次导出", "you have no such export"),
            ("请从 GET /v1/exports 中选取", "choose one of GET /v1/exports"),
            pointer="/id",
            value=str(identity),
        )
    return export


def _sees_less() -> Refused:
    return refuse(
        "role_not_allowed",
        (
            "您的辖区或权限已变更，这个文件超出现在可见的范围",
            "your area changed: this file holds more than you see now",
        ),
        ("请按现在的权限重新导出", "ask for it again, with what you see now"),
        pointer="/id",
    )


def _no_form(form: Form) -> Refused:
    known = ", ".join(forms_here())
    return refuse(
        "invalid_value",
        (f"本平台没有安装 {form} 格式", f"this installation does not write {form}"),
        (
            f"可用：{known}；或请管理员安装 dianchi[{form}]",
            f"use {known}, or install dianchi[{form}]",
        ),
        pointer="/form",
        value=form,
    )


def _too_many() -> Refused:
    return refuse(
        "too_many_requests",
        (
            f"已有 {MOST_WAITING} 个导出在等待或进行",
            f"{MOST_WAITING} of your exports wait or run already",
        ),
        ("请等其中一个完成，或取消一个", "wait until one is done, or cancel one"),
    )


def _not_so(export: Export) -> Refused:
    return refuse(
        "export_not_ready",
        (f"导出{_STATE_WORDS[export.state]}", f"the export is {export.state}"),
        _NEXT[export.state],
        pointer="/state",
        value=export.state,
    )


_STATE_WORDS: Final = {
    "waiting": "还没有开始",
    "running": "正在进行",
    "done": "已经完成",
    "failed": "没有成功",
    "cancelled": "已经取消",
    "deleted": "的文件已经删除",
}
_NEXT: Final = {
    "waiting": ("正在排队，请稍后再取", "it waits for its turn; ask again in a moment"),
    "running": ("正在生成，请稍后再取", "it is being written; ask again in a moment"),
    "done": ("已经完成，可以下载", "it is done; fetch the file"),
    "failed": ("没有生成，请重新导出", "it was not written; ask for it again"),
    "cancelled": ("已取消，请重新导出", "it was cancelled; ask for it again"),
    "deleted": ("文件已到期删除，请重新导出", "the file was deleted; ask for it again"),
}
