"""Signing keys of reporters: added, listed, revoked; and whether an organisation insists on them.

What is done here becomes an entry of the log, in the stream of the organisation.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response

from dianchi.api.answers import refusal_of
from dianchi.api.bodies.keys import RevocationNew
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.signing import (
    SigningKeyNew,
    SigningKeyRead,
    SigningKeys,
    SigningPolicy,
    SigningPolicyNew,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import registered
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.policy import acts_for, not_yours
from dianchi.domain.refusals import Refused
from dianchi.ledger.signing import invalid
from dianchi.recording.outcomes import Recorded
from dianchi_client import signers
from dianchi_client.errors import Rejected
from dianchi_client.signers import Signer
from dianchi_client.signing import PublicKey, Signature, kid_of

router = APIRouter(prefix="/v1", tags=["signatures"])
MAY_INSIST: Final = ("maker", "site_operator", "recycler")
"""Roles whose organisations may have their unsigned reports refused."""
Whose = Annotated[str | None, Query(max_length=120)]


@router.get("/signing-keys", responses=problems(401, 403, 422), summary="List signing keys")
async def get_signing_keys(
    services: ServicesDep, reporter: ReporterDep, organisation: Whose = None
) -> SigningKeys:
    """The public keys of an organisation, revoked ones too; its own, for a regulator any."""
    subject = await _subject(services, reporter, organisation)
    return SigningKeys(items=[_read(signer) for signer in services.signing.of(subject)])


@router.post(
    "/signing-keys",
    status_code=201,
    responses={
        200: {"model": SigningKeyRead, "description": "It was added before"},
        **problems(400, 401, 403, 409, 413, 422),
    },
    summary="Add a signing key",
)
async def post_signing_key(
    services: ServicesDep, reporter: ReporterDep, told: SigningKeyNew, response: Response
) -> SigningKeyRead:
    """Adds a public key. It signs once its entry has a place in the log: within 4 s.

    The first key of an organisation comes with an API key alone; every later one is endorsed by a
    valid signing key, or added by a regulator. So whoever steals an API key can add none.
    """
    subject = await _subject(services, reporter, told.organisation)
    key = _key(told.jwk)
    kid = kid_of(subject, key.thumbprint)
    await services.signing.refresh()
    known = services.signing.named(kid)
    if known is None:
        known = await _add(services, reporter, subject, key, told)
    else:
        response.status_code = 200
    return _read(known)


async def _add(
    services: Services, reporter: Reporter, subject: str, key: PublicKey, told: SigningKeyNew
) -> Signer:
    kid = kid_of(subject, key.thumbprint)
    _must_possess(services, key, kid, told.possession)
    data: dict[str, Any] = {"jwk": key.jwk, "kid": kid, "possession": told.possession}
    if reporter.role != "regulator" and any(services.signing.of(subject)):
        _must_be_signed(
            services, subject, told.endorsement, signers.endorsement(kid), "/endorsement"
        )
        data["endorsement"] = told.endorsement
    await _act(services, signers.ADDED, subject, data, reporter)
    added = services.signing.named(kid)
    assert added is not None  # noqa: S101 - it was just written
    return added


@router.post(
    "/signing-keys/{thumbprint}/revoke",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Revoke a signing key",
)
async def post_signing_key_revocation(
    services: ServicesDep,
    reporter: ReporterDep,
    thumbprint: Annotated[str, Path(max_length=100)],
    told: RevocationNew,
    organisation: Whose = None,
) -> SigningKeyRead:
    """Revokes a key for ever; nothing that it signs is accepted after 5 s.

    What it signed before stays signed. Again, it answers when and why it was revoked first.
    """
    subject = await _subject(services, reporter, organisation)
    await services.signing.refresh()
    signer = services.signing.named(kid_of(subject, thumbprint))
    if signer is None:
        raise _absent(thumbprint)
    if signer.revoked_by is None:
        data = {"kid": signer.kid, "reason": told.reason.strip()}
        await _act(services, signers.REVOKED, subject, data, reporter)
    return _read(signer)


@router.get(
    "/signing-policy",
    responses=problems(401, 403, 422),
    summary="Whether reports must be signed",
)
async def get_signing_policy(
    services: ServicesDep, reporter: ReporterDep, organisation: Whose = None
) -> SigningPolicy:
    """What an organisation asks of its own reports."""
    return _policy(services, await _subject(services, reporter, organisation))


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
    subject = await _subject(services, reporter, told.organisation)
    await services.signing.refresh()
    if told.required != services.signing.required(subject):
        data: dict[str, Any] = {"required": told.required}
        if told.required:
            _may_insist(services, reporter, subject)
        elif reporter.role != "regulator":
            _must_be_signed(services, subject, told.release, signers.release(subject), "/release")
            data["release"] = told.release
        await _act(services, signers.REQUIRED, subject, data, reporter)
    return _policy(services, subject)


async def _act(
    services: Services, name: str, subject: str, data: dict[str, Any], by: Reporter
) -> None:
    """Writes an act into the log, and knows of it at once.

    Raises:
        Refused: `try_again`, others keep writing about this organisation.
    """
    outcome = await services.recorder.act(name, subject, data, by)
    if not isinstance(outcome, Recorded):
        raise refusal_of(outcome)
    await services.signing.refresh()


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


async def _subject(services: Services, reporter: Reporter, organisation: str | None) -> str:
    """Whose keys are meant: one's own, for a regulator any registered organisation's.

    Raises:
        Refused: it is another's, or not registered.
    """
    registry = await services.registry.current()
    if organisation is None:
        return reporter.organisation
    known = registry.organisation(organisation)
    if not acts_for(reporter, known, known.id if known else ""):
        raise not_yours(organisation)
    return registered(registry, organisation, "/organisation").id


def _key(jwk: dict[str, Any]) -> PublicKey:
    try:
        return PublicKey.parse(jwk)
    except Rejected as error:
        # Never repeated in an answer: it may be a private key.
        raise _unusable(error) from None


def _unusable(error: Rejected) -> Refused:
    return refuse(
        "invalid_value",
        (error.zh, error.en),
        (
            "请提交 dianchi-client keygen 给出的公钥，或 Ed25519、P-256 公钥的 JWK",
            "send the public key that `dianchi-client keygen` shows, or a JWK of Ed25519 or P-256",
        ),
        pointer="/jwk",
    )


def _must_possess(services: Services, key: PublicKey, kid: str, text: str) -> None:
    payload = signers.possession(kid)
    try:
        signature = Signature.parse(text)
        services.signing.must_be_recent(signature)
        signature.verify(payload, key)
    except Rejected as error:
        raise invalid(error, "/possession", text, payload) from None


def _must_be_signed(
    services: Services, subject: str, text: str | None, payload: bytes, pointer: str
) -> None:
    """A statement by a valid key of the organisation.

    Raises:
        Refused: `signature_required` where it is missing, `signature_invalid` where it is not good.
    """
    if text is None:
        raise refuse(
            "signature_required",
            (
                "需要本单位一把可用签名密钥的签名",
                "this needs a signature by a valid key of the organisation",
            ),
            (
                "请用已登记的密钥签名后再提交；密钥都已失效时，请监管部门办理",
                "sign it with a key that was added before; if none is left, ask a regulator",
            ),
            pointer=pointer,
        )
    try:
        services.signing.must_be_recent(services.signing.verified(text, subject, payload))
    except Rejected as error:
        raise invalid(error, pointer, text, payload) from None


def _read(signer: Signer) -> SigningKeyRead:
    revoked = signer.revoked_by or {}
    return SigningKeyRead(
        kid=signer.kid,
        jwk=signer.key.jwk,
        event_id=signer.added_by["event_id"],
        added_at=signer.added_by["recorded_at"],
        log_index=signer.added,
        revoked_at=revoked.get("recorded_at"),
        revoked_by=revoked.get("organisation"),
        revoked_why=revoked["data"]["reason"] if revoked else None,
        revocation=revoked.get("event_id"),
    )


def _policy(services: Services, subject: str) -> SigningPolicy:
    told = services.signing.policy(subject)
    return SigningPolicy(
        organisation=subject,
        required=services.signing.required(subject),
        since=told["recorded_at"] if told else None,
        event_id=told["event_id"] if told else None,
    )


def _absent(thumbprint: str) -> Refused:
    return refuse(
        "not_found",
        ("没有这把签名密钥", "there is no such signing key"),
        ("本单位的密钥见 GET /v1/signing-keys", "see GET /v1/signing-keys"),
        pointer="/thumbprint",
        value=thumbprint,
    )
