"""Papers of cases: attachments of either side, and letters as PDF."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.attachments import (
    MOST_A_DAY,
    MOST_OF_CASE,
    TYPES,
    ErasedError,
    TooMuchError,
    Where,
    WrongHashError,
    WrongTypeError,
    attachment_of,
    keep,
)
from dianchi.access.case_reading import letter_of
from dianchi.access.keys import now_of
from dianchi.api.bodies.cases import AttachmentKept
from dianchi.api.bodies.shared import problems
from dianchi.api.case_answers import attached_to
from dianchi.api.case_steps import seen_case
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.sent_files import SHOWN, Digest, bytes_of
from dianchi.domain.refusals import Refused
from dianchi.exchange.case_paper import letter_pdf
from dianchi.store.envelope import open_json

router = APIRouter(prefix="/v1/cases", tags=["cases"])
Number = Annotated[str, Path(max_length=40)]


@router.put(
    "/{id}/attachments/{sha256}",
    status_code=201,
    responses={
        200: {"model": AttachmentKept, "description": "It was there"},
        **problems(401, 403, 404, 410, 413, 422, 429),
    },
    openapi_extra=bytes_of(),
    summary="Send an attachment",
)
async def put_attachment(
    request: Request,
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    sha256: Digest,
) -> AttachmentKept:
    """Keeps a file of at most 8 MiB for a step that will name it.

    A PDF, JPEG, PNG, WebP, workbook (xlsx) or text (docx) without macros, by its content.
    """
    await seen_case(services, reporter, named)
    body = await request.body()
    where = Where(named, reporter.organisation, bytes.fromhex(sha256))
    try:
        fact, is_new = await keep(services.keeper, where, body, now_of(services.clock))
    except ErasedError:
        raise _erased(sha256) from None
    except WrongHashError:
        raise _wrong_hash(sha256) from None
    except WrongTypeError:
        raise _wrong_type() from None
    except TooMuchError:
        raise _too_much() from None
    response.status_code = 201 if is_new else 200
    return AttachmentKept(sha256=sha256, **fact._asdict())


@router.get(
    "/{id}/attachments/{sha256}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in TYPES}}, **problems(401, 403, 404, 422)},
    summary="Fetch an attachment",
)
async def get_attachment(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    sha256: Digest,
) -> Response:
    """An attachment of a step that the caller is shown, or one that it sent itself."""
    told = await seen_case(services, reporter, named)
    senders = attached_to(told.steps, sha256) | {reporter.organisation}
    for sender in sorted(senders):
        where = Where(named, sender, bytes.fromhex(sha256))
        try:
            found = await attachment_of(services.keeper, where)
        except ErasedError:
            raise _erased(sha256) from None
        if found is not None:
            headers = SHOWN | {"content-disposition": f'attachment; filename="{sha256[:12]}"'}
            return Response(found.body, headers=headers, media_type=found.type)
    raise _absent(sha256, "/sha256")


@router.get(
    "/{id}/letters/{number}.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **problems(401, 403, 404, 422)},
    summary="A letter of a case",
)
async def get_letter(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[UUID, Path(alias="id")],
    number: Number,
) -> Response:
    """The letter as it was when it was sent (督促函, 责令改正通知书), in Chinese."""
    await seen_case(services, reporter, named)
    found = await letter_of(services.seeing(reporter), number)
    if found is None or found["case_id"] != named:
        raise _absent(number, "/number")
    told = open_json(found["body"])
    body = await run_in_threadpool(letter_pdf, told, found["sha256"].hex())
    name = f'attachment; filename="{found["number"]}.pdf"'
    headers = {"content-disposition": name, "cache-control": "private, no-store"}
    return Response(body, headers=headers, media_type="application/pdf")


def _absent(told: str, pointer: str) -> Refused:
    return refuse(
        "not_found",
        ("案件中没有这份材料", "the case has no such paper"),
        ("编号见案件的 steps", "see the steps of the case"),
        pointer=pointer,
        value=told,
    )


def _erased(told: str) -> Refused:
    return refuse(
        "attachment_erased",
        ("这份附件已按要求删除", "this attachment was erased"),
        (
            "只留下哈希；需要时请附去掉个人信息的版本",
            "only its hash is kept; attach a version without personal data where it is needed",
        ),
        pointer="/sha256",
        value=told,
    )


def _wrong_hash(told: str) -> Refused:
    return refuse(
        "hash_differs",
        ("内容与 SHA-256 不符", "the bytes do not have this SHA-256"),
        ("请重新上传", "send it again"),
        pointer="/sha256",
        value=told,
    )


def _wrong_type() -> Refused:
    return refuse(
        "invalid_value",
        ("不是可以收的文件", "it is no file of a kind that is taken"),
        (
            "可用：PDF、JPEG、PNG、WebP、xlsx、docx（不含宏），按内容辨别",
            "take PDF, JPEG, PNG, WebP, xlsx or docx without macros; told by content",
        ),
        pointer="",
    )


def _too_much() -> Refused:
    size = MOST_A_DAY // (1024 * 1024)
    return refuse(
        "too_many_requests",
        (
            f"每方每案最多 {MOST_OF_CASE} 个附件，每天最多 {size} MiB",
            f"a case takes {MOST_OF_CASE} files of each side, and {size} MiB a day",
        ),
        ("请合并后上传，或明天继续", "join files, or go on tomorrow"),
    )
