"""What may be erased, who may ask for it, and whom a request concerns.

A VIN concerns who reported it and who sees a life that names it; an attachment, who is shown the
case that it belongs to.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.attachment_erasing import Target, was_sent
from dianchi.access.case_reading import find_case
from dianchi.access.erasure_tables import ErasureRow
from dianchi.access.erasures import Erasure, Wanted, reported_by, seen_by
from dianchi.api.bodies.erasures import AttachmentTarget, ErasureBody, ErasureNew
from dianchi.api.bodies.shared import Told
from dianchi.api.case_answers import attached_to
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.erasing import BASES, expires_at
from dianchi.domain.identifiers import parse_vin
from dianchi.domain.passing import acts_for
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.sight import seers_of
from dianchi.domain.working_days import CHINA


async def may_ask(
    services: Services, session: AsyncSession, reporter: Reporter, reference: str
) -> bool:
    """Whether a caller may ask to erase this; what it is not shown does not exist for it."""
    target = Target.read(reference)
    if target is not None:
        return await _sees_attachment(services, reporter, target)
    if await _seen(session, reporter, reference):
        return True
    return await reported_by(session, reference, reporter.organisation)


async def _sees_attachment(services: Services, reporter: Reporter, target: Target) -> bool:
    """Whether a case that the caller is shown has it, in a step that it is shown, or of its own."""
    case = await find_case(services.seeing(reporter), target.case_id)
    if case is None:
        return False
    senders = attached_to(case.steps, target.sha256)
    return bool(senders) or await was_sent(services.keeper, target, reporter.organisation)


async def _seen(session: AsyncSession, reporter: Reporter, reference: str) -> bool:
    """Whether an authority sees a life that names the value."""
    if reporter.role != "regulator":
        return False
    seers = seers_of(reporter)
    return seers is None or await seen_by(session, reference, seers)


async def concerns(
    services: Services, session: AsyncSession, reporter: Reporter, asked: ErasureRow
) -> bool:
    """Whether a request is for this reader: of its firm, or of a firm or a life of its area.

    One about an attachment is for whoever is shown that.
    """
    target = Target.read(asked.reference)
    if target is not None:
        return await _sees_attachment(services, reporter, target)
    firm = services.registry.now.organisations.get(asked.organisation)
    if acts_for(reporter, firm, asked.organisation):
        return True
    return await _seen(session, reporter, asked.reference)


def wanted_of(told: ErasureNew, now: datetime, services: Services) -> Wanted:
    """What is asked for.

    Raises:
        Refused: no such basis, or not exactly one thing to be erased.
    """
    today = now.astimezone(CHINA).date()
    if told.basis not in BASES.on(today):
        listed_words = ", ".join(BASES.on(today))
        raise refuse(
            "invalid_value",
            ("没有这个法定理由", "there is no such basis"),
            (f"请选择：{listed_words}", f"choose one of: {listed_words}"),
            pointer="/basis",
            value=told.basis,
        )
    return Wanted(_reference(told, services), told.basis, told.document.strip())


def _reference(told: ErasureNew, services: Services) -> str:
    given = [each for each in (told.vin, told.vin_ref, told.attachment) if each is not None]
    if len(given) != 1:
        raise refuse(
            "invalid_value" if given else "missing_field",
            (
                "vin_ref、vin、attachment 须且只须填一项",
                "exactly one of vin_ref, vin and attachment is needed",
            ),
            ("请只填其中一项", "give one of them only"),
            pointer="/vin_ref",
        )
    if told.attachment is not None:
        return Target(told.attachment.case, told.attachment.sha256).reference
    if told.vin_ref is not None:
        return told.vin_ref
    try:
        return services.seals.refer(parse_vin(told.vin or "").value)
    except Malformed as error:
        raise Refused(Fault(error.code, "/vin", None, error.what, error.way_out)) from None


def erasure_body(found: Erasure, now: datetime) -> ErasureBody:
    """A request as it is answered."""
    asked, decision = found.asked, found.decision
    target = Target.read(asked.reference)
    label = BASES.of(asked.basis)[0].label
    return ErasureBody(
        id=asked.id,
        vin_ref=None if target else asked.reference,
        attachment=AttachmentTarget(case=target.case_id, sha256=target.sha256) if target else None,
        basis=asked.basis,
        basis_text=Told(zh=label.zh, en=label.en),
        document=asked.document,
        state=found.state(now),
        asked_by=asked.organisation,
        asked_hand=asked.hand,
        asked_at=asked.asked_at,
        expires_at=expires_at(asked.asked_at),
        decided_by=decision.organisation if decision else None,
        decided_hand=decision.hand if decision else None,
        decided_at=decision.decided_at if decision else None,
        why=decision.why if decision else None,
    )


def no_value(told: ErasureNew) -> Refused:
    """Nothing of the kind is kept, or nothing that the caller is shown."""
    if told.attachment is not None:
        return refuse(
            "not_found",
            ("案件中没有这份附件", "the case has no such attachment"),
            ("SHA-256 见案件各步的 attachments", "see `attachments` of the steps of the case"),
            pointer="/attachment",
            value=told.attachment.sha256,
        )
    return refuse(
        "not_found",
        ("没有保存过这项个人信息", "no personal value is kept under this reference"),
        ("vin_ref 见电池的 host 或历史", "the vin_ref stands in the host or history of a battery"),
        pointer="/vin_ref",
    )
