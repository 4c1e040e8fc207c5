"""`/v1/uploads/{id}/receipt.…`: the receipt of a file, for a program and to keep on paper."""

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.keys import now_of
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.uploads import ReceiptBody
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.uploading import found, not_ready, seeing_of
from dianchi.domain.admit import Reporter
from dianchi.exchange.upload_paper import receipt_pdf
from dianchi.uploads.receipts import Kept, keep_receipt, kept_receipt, places_of, said
from dianchi.uploads.upload import COMMITTED, Upload

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
_PDF: Final = "application/pdf"
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 2.0, 0)


@router.get(
    "/{id}/receipt.json",
    responses=problems(401, 403, 404, 409, 422),
    summary="The receipt of a file",
)
async def get_receipt(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> ReceiptBody:
    """What was sent, what became of it, and where all of that stands in the log.

    Given once everything is in a signed log; who asks just before waits a little. It then stays
    the same, also when the rows are gone.
    """
    return ReceiptBody.model_validate(await _receipt(services, reporter, identity))


@router.get(
    "/{id}/receipt.pdf",
    response_class=Response,
    responses={200: {"content": {_PDF: {}}}, **problems(401, 403, 404, 409, 422)},
    summary="The receipt of a file, to keep",
)
async def get_receipt_pdf(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> Response:
    """The same on paper, with the code by which anybody may check it."""
    told = await _receipt(services, reporter, identity)
    body = await run_in_threadpool(receipt_pdf, told)
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="{told["number"]}.pdf"',
    }
    return Response(body, media_type=_PDF, headers=headers)


async def _receipt(services: Services, reporter: Reporter, identity: UUID) -> dict[str, Any]:
    upload = await found(services, reporter, identity)
    if upload.state != COMMITTED:
        raise not_ready(upload)
    kept = await kept_receipt(services.uploader, upload)
    for pause in _PAUSES_S:
        if kept is not None:
            break
        kept = await _made(services, reporter, upload)
        await asyncio.sleep(0 if kept else pause)
    if kept is None:
        raise _not_yet(upload)
    registry = await services.registry.current()
    return {
        "number": kept.number,
        "check": f"HTTPS://{services.public_host.upper()}/R/{kept.number}",
        "issued_at": kept.issued_at.isoformat(),
        "organisation_name": registry.names.get(upload.organisation),
        **kept.body,
    }


async def _made(services: Services, reporter: Reporter, upload: Upload) -> Kept | None:
    """The receipt, kept from now on; None while something is not in a signed log."""
    places = await places_of(seeing_of(services, reporter), services.readers, upload)
    if places is None:
        return None
    proof = None
    if places.last is not None:
        receipt = await services.log.receipt(places.last)
        if receipt is None:
            return None
        proof = bytes(receipt).decode()
    body = said(upload, places, proof)
    return await keep_receipt(services.uploader, upload, body, now_of(services.clock))


def _not_yet(upload: Upload) -> Exception:
    return refuse(
        "receipt_not_ready",
        (
            "回执尚未就绪：已记入，正等待全部写入已签名的日志",
            "recorded, but not all of it is in a signed log yet",
        ),
        ("请一分钟后再取", "ask again in a minute"),
        pointer="/id",
        value=str(upload.id),
    )
