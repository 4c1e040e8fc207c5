"""An upload in words for an answer, and what its routes refuse."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dianchi.access.keys import now_of
from dianchi.api.bodies.uploads import Opened, PlanBody, Tallies, UploadBody, UploadProblem
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.passing import check
from dianchi.domain.policy import RULES
from dianchi.domain.refusals import Refused
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.stations import SITE
from dianchi.store.readers import Lender
from dianchi.uploads.files import MOST_A_DAY, PART_BYTES, missing_of, own_upload
from dianchi.uploads.upload import TALLIES, WORKING, Upload

_NEXT_STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "receiving": ("请先传完缺少的分段", "send the missing parts first"),
    "reading": ("正在读取，请稍后再试", "it is being read; ask again in a moment"),
    "read": ("请先试运行", "make a dry run first"),
    "checking": ("正在检查，请稍后再试", "it is being checked; ask again in a moment"),
    "checked": ("请选择记入方式", "commit it"),
    "committing": ("正在记入，请稍后再试", "it is being recorded; ask again in a moment"),
    "committed": ("已经记入；改正的行请另传", "it was recorded; send mended rows as a new file"),
    "cancelled": ("已取消，请重新上传", "it was cancelled; send the file again"),
    "failed": ("文件没有读成，请按提示改正后重传", "it was not read; mend it and send it again"),
}


def shown(upload: Upload, missing: Sequence[int], now: datetime) -> UploadBody:
    """The upload as answers show it."""
    rate, left = _pace(upload, now)
    opened, plan = upload.opened, upload.plan
    return UploadBody(
        id=str(upload.id),
        state=upload.state,
        type=upload.type,
        name=upload.name,
        size=upload.size,
        sha256=upload.sha256.hex(),
        family=str(upload.family) if upload.family else None,
        parts=upload.parts,
        missing=list(missing),
        opened=Opened.model_validate(opened) if opened else None,
        plan=PlanBody(columns=dict(plan.columns), fixed=dict(plan.fixed)) if plan else None,
        plan_from=upload.plan_from,
        mode=upload.mode,
        rows=upload.row_count,
        done=upload.done,
        rows_per_second=rate,
        seconds_left=left,
        checked=_tallies(upload.checked),
        committed=_tallies(upload.committed),
        problem=UploadProblem.model_validate(upload.problem) if upload.problem else None,
        made_at=upload.made_at,
        ended_at=upload.ended_at,
    )


def seeing_of(services: Services, reporter: Reporter) -> Lender:
    """Connections that see the uploads of the caller's organisation alone, whoever calls."""
    return services.own_readers.seeing((reporter.organisation,))


async def found(services: Services, reporter: Reporter, identity: UUID) -> Upload:
    """An upload of the caller's organisation.

    Raises:
        Refused: it has none of this id.
    """
    upload = await own_upload(seeing_of(services, reporter), identity)
    if upload is None:
        raise absent(identity)
    return upload


async def body_of(services: Services, upload: Upload) -> UploadBody:
    """The upload as answers show it, with what is missing of it."""
    missing = await missing_of(services.uploader, upload)
    return shown(upload, missing, now_of(services.clock))


def _tallies(told: Mapping[str, Any] | None) -> Tallies | None:
    return Tallies(**{name: told.get(name, 0) for name in TALLIES}) if told is not None else None


def _pace(upload: Upload, now: datetime) -> tuple[float | None, int | None]:
    """Rows per second since the step was asked for, and how long the rest takes at that rate."""
    if upload.state not in WORKING or upload.asked_at is None or not upload.done:
        return None, None
    rate = upload.done / max((now - upload.asked_at).total_seconds(), 0.001)
    left = round((upload.row_count - upload.done) / rate) if upload.row_count else None
    return round(rate, 1), left


async def pass_registry(
    services: Services, reporter: Reporter, kind: str, subject: str | None = None
) -> None:
    """Files that register sites need what registering a site needs; the act itself is noted.

    Args:
        services: of the application.
        reporter: the caller.
        kind: of the upload.
        subject: what is about to be written; None where nothing is as yet.

    Raises:
        Refused: `role_not_allowed` or `scope_not_allowed`.
    """
    if kind not in KINDS or KINDS[kind].type != SITE:
        return
    rule = RULES["POST", "/v1/sites"]
    if subject is None:
        check(rule, reporter)
    else:
        await services.pass_noted(rule, reporter, subject)


def absent(identity: UUID) -> Refused:
    """What is told of an upload that the caller's organisation does not have."""
    return refuse(
        "not_found",
        ("本单位没有这次上传", "your organisation has no such upload"),
        ("请从 GET /v1/uploads 中选取", "choose one of GET /v1/uploads"),
        pointer="/id",
        value=str(identity),
    )


def not_ready(upload: Upload) -> Refused:
    """What is told where an upload is at another stage."""
    return refuse(
        "upload_not_ready",
        (f"上传处于“{upload.state}”阶段", f"the upload is {upload.state}"),
        _NEXT_STEPS[upload.state],
        pointer="/state",
        value=upload.state,
    )


def too_much() -> Refused:
    """What is told to who sent as much as it may within a day."""
    size = MOST_A_DAY // 1024**3
    return refuse(
        "too_many_requests",
        (f"本单位一天内上传超过 {size} GiB", f"your files of the last day are over {size} GiB"),
        ("请明天继续", "go on tomorrow"),
    )


def wrong_part(why: str, part: int, size: int, expected: int) -> Refused:
    """What is told of a part that was cut or changed on its way."""
    if why == "hash":
        return refuse(
            "hash_differs",
            ("分段内容与 SHA-256 不符", "the part does not have the SHA-256 that was told"),
            ("请重传这一段", "send this part again"),
            pointer="/part",
            value=part,
        )
    return refuse(
        "invalid_value",
        (f"第 {part} 段为 {size} 字节，应为 {expected}", f"has {size} bytes, not {expected}"),
        (
            f"每段 {PART_BYTES} 字节，最后一段为余下的；请重传这一段",
            f"send {PART_BYTES} bytes in each part and the rest in the last; send it again",
        ),
        pointer="/part",
        value=size,
    )
