"""Signing keys of reporters: added, listed, revoked.

What is done here becomes an entry of the log, in the stream of the organisation.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from dianchi.api.bodies.keys import RevocationNew
from dianchi.api.bodies.shared import problems
from dianchi.api.bodies.signing import (
    SigningKeyNew,
    SigningKeyRead,
    SigningKeys,
)
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.signing_acts import Whose, act, must_be_signed, subject_of
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.ledger.signing import invalid
from dianchi_client import signers
from dianchi_client.errors import Rejected
from dianchi_client.signers import Signer
from dianchi_client.signing import PublicKey, Signature, kid_of

router = APIRouter(prefix="/v1", tags=["signatures"])


@router.get("/signing-keys", responses=problems(401, 403, 422), summary="List signing keys")
async def get_signing_keys(
    services: ServicesDep, reporter: ReporterDep, organisation: Whose = None
) -> SigningKeys:
    """The public keys of an organisation, revoked ones too; its own, for a regulator any."""
    subject = await subject_of(services, reporter, organisation)
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
    subject = await subject_of(services, reporter, told.organisation)
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
        must_be_signed(
            services, subject, told.endorsement, signers.endorsement(kid), "/endorsement"
        )
        data["endorsement"] = told.endorsement
    await act(services, signers.ADDED, subject, data, reporter)
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
    subject = await subject_of(services, reporter, organisation)
    await services.signing.refresh()
    signer = services.signing.named(kid_of(subject, thumbprint))
    if signer is None:
        raise _absent(thumbprint)
    if signer.revoked_by is None:
        data = {"kid": signer.kid, "reason": told.reason.strip()}
        await act(services, signers.REVOKED, subject, data, reporter)
    return _read(signer)


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


def _absent(thumbprint: str) -> Refused:
    return refuse(
        "not_found",
        ("没有这把签名密钥", "there is no such signing key"),
        ("本单位的密钥见 GET /v1/signing-keys", "see GET /v1/signing-keys"),
        pointer="/thumbprint",
        value=thumbprint,
    )
