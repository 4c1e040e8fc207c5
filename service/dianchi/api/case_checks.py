"""What keeps a step of a case from being taken, beside its state."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from dianchi.access.attachments import facts_of
from dianchi.access.case_reading import Whole
from dianchi.api.bodies.cases import AttachmentNamed, ItemsAdded, ReplyNew, StepNew
from dianchi.api.case_answers import today_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import HEARING, Step, is_heard
from dianchi.domain.refusals import Fault, Refused, Text

_FARTHEST: Final = timedelta(days=3 * 366)


def check_hearing(services: Services, whole: Whole, step: Step) -> None:
    """Who has not replied is decided against once its time is over."""
    case = whole.case
    if step in HEARING and not is_heard(case.state, case.due_on, today_of(services)):
        raise refuse(
            "step_not_lawful",
            (
                f"企业的答复期限到 {case.due_on}，尚未期满",
                f"the firm may still reply, until {case.due_on}",
            ),
            ("等企业陈述申辩，或期满后再作决定", "wait for its reply, or for the end of its time"),
            pointer="/step",
            value=step.value,
        )


def check_days(services: Services, told: StepNew | ReplyNew | ItemsAdded) -> None:
    """Days lie ahead, and not too far."""
    today = today_of(services)
    days = {name: getattr(told, name, None) for name in ("due_on", "recheck_on")}
    faults = [
        Fault(
            "invalid_date",
            f"/{name}",
            str(day),
            Text("日期应在今天以后、三年以内", "the day must lie ahead, within three years"),
            Text(f"今天是 {today}", f"today is {today}"),
        )
        for name, day in days.items()
        if day is not None and not today <= day <= today + _FARTHEST
    ]
    if faults:
        raise Refused(*faults)


async def attached_of(
    services: Services, reporter: Reporter, case_id: UUID, named: tuple[AttachmentNamed, ...]
) -> list[dict[str, Any]]:
    """The attachments of a step with their facts; each was sent by the same side before."""
    if not named:
        return []
    digests = [bytes.fromhex(one.sha256) for one in named]
    async with services.keeper.acquire() as connection:
        facts = await facts_of(connection, case_id, reporter.organisation, digests)
    missing = [
        Fault(
            "invalid_value",
            f"/attachments/{place}/sha256",
            one.sha256,
            Text("还没有收到这个附件", "this attachment has not come"),
            Text(
                "先上传：PUT /v1/cases/{id}/attachments/{sha256}",
                "send it first: PUT /v1/cases/{id}/attachments/{sha256}",
            ),
        )
        for place, (one, digest) in enumerate(zip(named, digests, strict=True))
        if digest not in facts
    ]
    if missing:
        raise Refused(*missing)
    return [
        one.model_dump() | facts[digest]._asdict()
        for one, digest in zip(named, digests, strict=True)
    ]


def no_item(place: int) -> Fault:
    """An item is named that cannot be decided."""
    return Fault(
        "invalid_value",
        "/items",
        place,
        Text("没有这一项，或已不予处理", "there is no such item, or it is dismissed"),
        Text("序号见 things 的 place", "see `place` of `things`"),
    )
