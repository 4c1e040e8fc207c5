"""What is read of uploads beside their rows: types, templates, progress, errors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response
from starlette.responses import StreamingResponse

from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.uploads import (
    ColumnBody,
    TypeBody,
    TypeList,
    told,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.uploading import body_of, found, not_ready, seeing_of
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.writing import errors_workbook, template
from dianchi.uploads.results import to_mend
from dianchi.uploads.upload import WORKING

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOK_S: Final = 0.5
"""How often somebody who follows an upload is told."""
LONGEST_S: Final = 600.0
"""How long one answer follows it; then whoever listens asks again."""
_WORKBOOK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {XLSX: {}}, "description": "A workbook"}
}


@router.get("/types", responses=problems(401, 403), summary="What tables are read as")
async def get_types(_: ReporterDep) -> TypeList:
    """The kinds of reports with their columns, as mappings and templates name them."""
    return TypeList(
        items=[
            TypeBody(
                type=name,
                title=told(kind.title),
                columns=[
                    ColumnBody(
                        target=column.target,
                        title=told(column.title),
                        needed=column.needed,
                        words={word: told(label) for word, label in column.words.items()},
                        example=column.example,
                    )
                    for column in kind.columns
                ],
            )
            for name, kind in KINDS.items()
        ]
    )


@router.get(
    "/templates/{type}.xlsx",
    response_class=Response,
    responses={**_WORKBOOK, **problems(401, 403, 404)},
    summary="A workbook to fill in",
)
async def get_template(_: ReporterDep, kind: Annotated[str, Path(alias="type")]) -> Response:
    """A workbook for one type of report: drop-down lists, examples, a version."""
    if kind not in KINDS:
        listed = ", ".join(KINDS)
        raise refuse(
            "not_found",
            ("没有这种模板", "there is no such template"),
            (f"可用：{listed}", f"use one of: {listed}"),
            pointer="/type",
            value=kind,
        )
    return _file(await asyncio.to_thread(template, kind), f"{kind}.xlsx")


def _file(body: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=XLSX, headers=headers)


@router.get(
    "/{id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "The upload, as it moves on"},
        **problems(401, 403, 404, 422),
    },
    summary="Follow an upload",
)
async def get_progress(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> StreamingResponse:
    """Server-sent events of type `upload`, until its present step is complete."""
    first = await found(services, reporter, identity)

    async def follow() -> AsyncIterator[bytes]:
        upload, told_before = first, b""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            body = await body_of(services, upload)
            now = body.model_dump_json().encode()
            yield b": waiting\n\n" if now == told_before else b"event: upload\ndata: %b\n\n" % now
            told_before = now
            if upload.state not in WORKING or loop.time() - began > LONGEST_S:
                return
            await asyncio.sleep(LOOK_S)
            upload = await found(services, reporter, identity)

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(follow(), media_type="text/event-stream", headers=headers)


@router.get(
    "/{id}/errors.xlsx",
    response_class=Response,
    responses={**_WORKBOOK, **problems(401, 403, 404, 409, 422)},
    summary="What is to be mended",
)
async def get_errors(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> Response:
    """The refused rows with what is wrong, to be mended and sent back; lead-acid sets beside them.

    At most 50,000 rows of each.
    """
    upload = await found(services, reporter, identity)
    if upload.checked is None and upload.committed is None:
        raise not_ready(upload)
    rows, excluded = await to_mend(seeing_of(services, reporter), upload)
    columns = upload.columns or ["report"]
    body = await asyncio.to_thread(errors_workbook, columns, rows, excluded, str(upload.id))
    return _file(body, "errors.xlsx")
