"""Photos and drawn signatures: sent whole or in parts, shown with the report, erased."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from dianchi.access.keys import now_of
from dianchi.access.photos import (
    MOST_A_DAY,
    MOST_PARTS,
    PART_BYTES,
    TYPES,
    ErasedError,
    Place,
    TooMuchError,
    WrongPartsError,
    WrongTypeError,
    erase,
    join,
    parts_of,
    photo_of,
    put_part,
    put_whole,
    reports_naming,
)
from dianchi.api.bodies.photos import PhotoErased, PhotoJoin, PhotoKept, PhotoParts
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.sent_files import SHOWN, Digest, bytes_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.passing import acts_for, not_yours
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import eyes_of
from dianchi.store.sight import lines_of_report, reported_among

router = APIRouter(prefix="/v1/photos", tags=["photos"])


@router.put(
    "/{sha256}",
    status_code=201,
    responses={
        200: {"model": PhotoKept, "description": "It was there"},
        **problems(401, 403, 410, 413, 422, 429),
    },
    openapi_extra=bytes_of(*TYPES),
    summary="Send a photo",
)
async def put_photo(
    request: Request,
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    sha256: Digest,
    content_type: Annotated[str | None, Header()] = None,
) -> PhotoKept:
    """Keeps a JPEG, PNG or WebP of at most 2 MiB under the SHA-256 that reports name it by."""
    place, kind = _place(reporter, sha256), (content_type or "").partition(";")[0].strip().lower()
    with _told(sha256):
        body = await request.body()
        is_new = await put_whole(services.keeper, place, body, kind, now_of(services.clock))
    response.status_code = 201 if is_new else 200
    return PhotoKept(sha256=sha256)


@router.get("/{sha256}/parts", responses=problems(401, 403, 410, 422), summary="What has come")
async def get_parts(services: ServicesDep, reporter: ReporterDep, sha256: Digest) -> PhotoParts:
    """The parts of a photo that one's organisation has sent."""
    with _told(sha256):
        parts, whole = await parts_of(services.keeper, _place(reporter, sha256))
    return PhotoParts(parts=parts, whole=whole)


@router.put(
    "/{sha256}/parts/{part}",
    responses=problems(401, 403, 410, 413, 422, 429),
    openapi_extra=bytes_of(),
    summary="Send a part of a photo",
)
async def put_photo_part(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    sha256: Digest,
    part: Annotated[int, Path(ge=0, lt=MOST_PARTS)],
) -> PhotoKept:
    """Keeps 64 KiB of a photo (the last part may be shorter), in any order; again replaces it."""
    body = await request.body()
    if not 0 < len(body) <= PART_BYTES:
        raise _wrong_size(len(body))
    with _told(sha256):
        place = _place(reporter, sha256)
        await put_part(services.keeper, place, part, body, now_of(services.clock))
    return PhotoKept(sha256=sha256)


@router.post(
    "/{sha256}",
    status_code=201,
    responses={
        200: {"model": PhotoKept, "description": "It was whole before"},
        **problems(400, 401, 403, 410, 413, 422),
    },
    summary="Join the parts of a photo",
)
async def post_photo(
    response: Response,
    services: ServicesDep,
    reporter: ReporterDep,
    sha256: Digest,
    told: PhotoJoin,
) -> PhotoKept:
    """Joins the parts and checks the hash; a problem names the parts that are to be sent again."""
    place = _place(reporter, sha256)
    with _told(sha256):
        now = now_of(services.clock)
        is_new = await join(services.keeper, place, told.parts, told.type, now)
    response.status_code = 201 if is_new else 200
    return PhotoKept(sha256=sha256)


@router.get(
    "/{sha256}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in TYPES}}, **problems(401, 403, 404, 422)},
    summary="Look at a photo",
)
async def get_photo(services: ServicesDep, reporter: ReporterDep, sha256: Digest) -> Response:
    """The photo, for who sees a report that names it; for others as if it did not exist."""
    organisations = await _shown_by(services, reporter, sha256)
    photo = await photo_of(services.keeper, organisations, bytes.fromhex(sha256))
    if photo is None:
        raise _absent(sha256)
    return Response(photo.body, headers=SHOWN, media_type=photo.type)


async def _shown_by(services: Services, reporter: Reporter, sha256: str) -> set[str]:
    """Whose photos of this hash the caller sees: those of reports that it may read."""
    eyes = eyes_of(reporter)
    shown: set[str] = set()
    lender = services.seeing(reporter)
    async with services.readers.acquire() as connection:
        named = await reports_naming(connection, sha256)
    own = await reported_among(lender, reporter.organisation, {one.event_id for one in named})
    for one in named:
        lines = await lines_of_report(lender, one.event_id)
        if one.event_id in own or any(eyes.see(seers) for _, seers in lines):
            shown |= one.organisations
    return shown


@router.delete(
    "/{sha256}", responses=problems(401, 403, 404, 422), summary="Erase a photo for good"
)
async def delete_photo(
    services: ServicesDep,
    reporter: ReporterDep,
    sha256: Digest,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
) -> PhotoErased:
    """Erases a photo of one's own, or as an officer one of a firm of the area; the hash stays."""
    registry = await services.registry.current()
    whose = registry.resolve(organisation) if organisation else reporter.organisation
    if not acts_for(reporter, registry.organisations.get(whose), whose):
        raise not_yours(whose)
    place = Place(whose, bytes.fromhex(sha256))
    at = await erase(services.keeper, place, now_of(services.clock))
    if at is None:
        raise _absent(sha256)
    return PhotoErased(sha256=sha256, erased_at=at)


def _place(reporter: Reporter, digest: str) -> Place:
    return Place(reporter.organisation, bytes.fromhex(digest))


@contextmanager
def _told(digest: str) -> Iterator[None]:
    """What is wrong with a photo, as a problem."""
    try:
        yield
    except ErasedError:
        raise _erased(digest) from None
    except TooMuchError:
        raise _too_much() from None
    except WrongPartsError as wrong:
        raise _wrong_parts(wrong.parts) from None
    except WrongTypeError:
        raise _wrong_type() from None


def _erased(digest: str) -> Refused:
    return refuse(
        "photo_erased",
        ("这张照片已按要求删除", "this photo was erased"),
        ("不必再传；请从待传列表中移除", "do not send it again; drop it from what is to be sent"),
        pointer="/sha256",
        value=digest,
    )


def _too_much() -> Refused:
    size = MOST_A_DAY // (1024 * 1024)
    return refuse(
        "too_many_requests",
        (
            f"本单位一天内上传的照片超过 {size} MiB",
            f"your photos of the last day are more than {size} MiB",
        ),
        ("请明天继续；照片请缩小到 200 kB 以内", "go on tomorrow; shrink photos to 200 kB"),
    )


def _wrong_parts(parts: Sequence[int]) -> Refused:
    listed = ", ".join(map(str, parts))
    return refuse(
        "invalid_value",
        ("内容与 SHA-256 不符，或缺少分段", "the bytes do not have this SHA-256, or parts miss"),
        (f"请重传分段：{listed}", f"send these parts again: {listed}"),
        pointer="/parts",
        value=listed,
    )


def _wrong_type() -> Refused:
    listed = ", ".join(TYPES)
    return refuse(
        "invalid_value",
        ("文件不是所声明的图片格式", "the bytes are not of the type that is told"),
        (f"可用：{listed}", f"use one of: {listed}"),
        pointer="/type",
    )


def _wrong_size(size: int) -> Refused:
    return refuse(
        "invalid_value",
        (f"分段为 {size} 字节", f"the part has {size} bytes"),
        (f"每段 {PART_BYTES} 字节，最后一段可短", f"send {PART_BYTES} bytes, or less in the last"),
        pointer="/part",
        value=size,
    )


def _absent(digest: str) -> Refused:
    return refuse(
        "not_found",
        ("没有这张照片", "there is no such photo"),
        (
            "照片在上报之后显示；他方的不对贵单位开放",
            "it is shown with its report, if you see that",
        ),
        pointer="/sha256",
        value=digest,
    )
