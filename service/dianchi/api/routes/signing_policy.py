"""Whether an organisation insists on signatures of its own reports.

What is done here becomes an entry of the log, in the stream of the organisation.
"""

from typing import Any, Final

from fastapi import APIRouter

from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.signing import SigningPolicy, SigningPolicyNew
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.signing_acts import Whose, act, must_be_signed, subject_of
from dianchi.domain.admit import Reporter
from dianchi_client import signers

router = APIRouter(prefix="/v1", tags=["signatures"])
MAY_INSIST: Final = ("maker", "site_operator", "recycler")
"""Roles whose organisations may have their unsigned reports refused."""


@router.get(
    "/signing-policy",
    responses=problems(401, 403, 422),
    summary="Whether reports must be signed",
)
async def get_signing_policy(
    services: ServicesDep, reporter: ReporterDep, organisation: Whose = None
) -> SigningPolicy:
    """What an organisation asks of its own reports."""
    return _policy(services, await subject_of(services, reporter, organisation))


@router.put(
    "/signing-policy",
    responses=problems(400, 401, 403, 409, 413, 422),
    summary="Insist on signatures",
)
async def put_signing_policy(
    services: ServicesDep, reporter: ReporterDep, told: SigningPolicyNew
) -> SigningPolicy:
    """Has unsigned reports of one's own organisation refused, within 5 s, whichever key sends them.

    To end it takes a signature by a valid key of the organisation, or a regulator: an API key that
    was stolen can neither report unsigned nor lift the rule.
    """
    subject = await subject_of(services, reporter, told.organisation)
    await services.signing.refresh()
    if told.required != services.signing.required(subject):
        data: dict[str, Any] = {"required": told.required}
        if told.required:
            _may_insist(services, reporter, subject)
        elif reporter.role != "regulator":
            must_be_signed(services, subject, told.release, signers.release(subject), "/release")
            data["release"] = told.release
        await act(services, signers.REQUIRED, subject, data, reporter)
    return _policy(services, subject)


def _may_insist(services: Services, reporter: Reporter, subject: str) -> None:
    if reporter.role not in MAY_INSIST or reporter.organisation != subject:
        listed = ", ".join(MAY_INSIST)
        raise refuse(
            "role_not_allowed",
            (
                f"角色 {reporter.role} 不能要求上报签名",
                f"role {reporter.role} may not insist on signatures",
            ),
            (
                f"由单位自己、以下列角色的密钥提出：{listed}",
                f"it is up to the organisation itself, by a key of one of: {listed}",
            ),
        )
    if not any(signer.valid for signer in services.signing.of(subject)):
        raise refuse(
            "invalid_value",
            ("还没有可用的签名密钥", "there is no valid signing key yet"),
            (
                "请先登记签名密钥（POST /v1/signing-keys），几秒后再提出",
                "add one first (POST /v1/signing-keys), and ask again a few seconds later",
            ),
            pointer="/required",
            value=True,
        )


def _policy(services: Services, subject: str) -> SigningPolicy:
    told = services.signing.policy(subject)
    return SigningPolicy(
        organisation=subject,
        required=services.signing.required(subject),
        since=told["recorded_at"] if told else None,
        event_id=told["event_id"] if told else None,
    )
