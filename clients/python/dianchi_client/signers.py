"""Whose key was good when: what organisations did with their signing keys, as the log has it.

Keys are added and revoked by entries of the log, in the stream `organisation:<id>`. The place in
the log decides: a key signs from its entry on and until it is revoked.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Self

from dianchi_client.canonical import retold
from dianchi_client.errors import Rejected, malformed
from dianchi_client.signing import PublicKey, Signature, kid_of, statement

Told = dict[str, Any]
ADDED: Final = "signing_key_added"
REVOKED: Final = "signing_key_revoked"
REQUIRED: Final = "signing_required"
ACTS: Final = (ADDED, REVOKED, REQUIRED)
_STREAM: Final = "organisation:"
IN_FLIGHT: Final = timedelta(seconds=60)
"""A report that was let in before a revocation is stored at most so much later."""


def subject_of(organisation: str) -> str:
    """The stream that holds the acts of an organisation."""
    return f"{_STREAM}{organisation}"


def possession(kid: str) -> bytes:
    """What a new key signs, so that nobody adds a key that is not theirs."""
    return statement(signing_key=kid)


def endorsement(kid: str) -> bytes:
    """What a valid key of the same organisation signs of a new one."""
    return statement(endorsed=kid)


def release(organisation: str) -> bytes:
    """What a valid key signs when its organisation no longer wants unsigned reports refused."""
    return statement(organisation=organisation, signing_required=False)


@dataclass(slots=True)
class Signer:
    """A key with its entries in the log.

    Attributes:
        added: index of the entry; None while it waits for its place.
        added_by: the event.
        revoked: the same of the revocation, once there is one.
    """

    organisation: str
    key: PublicKey
    added_by: Told
    added: int | None
    revoked_by: Told | None = None
    revoked: int | None = None

    @property
    def kid(self) -> str:
        """The name of the key."""
        return kid_of(self.organisation, self.key.thumbprint)

    @property
    def valid(self) -> bool:
        """Whether it may sign now."""
        return self.added is not None and self.revoked_by is None


@dataclass(slots=True)
class Signers:
    """The keys by `kid`, and which organisations said that their reports are signed."""

    keys: dict[str, Signer] = field(default_factory=dict)
    required: dict[str, Told] = field(default_factory=dict)

    @classmethod
    def of(cls, acts: list[tuple[int, Told]]) -> Self:
        """From entries of the log that are believed; each key must have agreed to be one.

        Raises:
            Rejected: an entry is none of these acts, or a key that it adds did not sign it.
        """
        signers = cls()
        try:
            for index, told in sorted(acts, key=lambda act: act[0]):
                signers.take(told, index)
                if told["type"] == ADDED:
                    must_be_possessed(signers.keys[told["data"]["kid"]], told["data"])
        except (KeyError, TypeError) as error:
            raise malformed("密钥记录", "entry of a key") from error
        return signers

    def take(self, told: Told, index: int | None) -> None:
        """The next act of an organisation; once more when it got its place in the log.

        Raises:
            Rejected: it is none.
        """
        organisation = str(told["reported_as"]).removeprefix(_STREAM)
        if told["reported_as"] != subject_of(organisation):
            raise malformed("密钥记录", "entry of a key")
        data = told["data"]
        if told["type"] == ADDED:
            self._add(organisation, told, index)
        elif told["type"] == REVOKED:
            signer = self.keys.get(str(data.get("kid")))
            if signer is None or signer.organisation != organisation:
                raise malformed("密钥记录", "entry of a key")
            if signer.revoked_by is None or signer.revoked_by["event_id"] == told["event_id"]:
                signer.revoked_by, signer.revoked = told, index
        elif told["type"] == REQUIRED:
            self.required[organisation] = told
        else:
            raise malformed("密钥记录", "entry of a key")

    def _add(self, organisation: str, told: Told, index: int | None) -> None:
        key = PublicKey.parse(told["data"].get("jwk"))
        kid = kid_of(organisation, key.thumbprint)
        if told["data"].get("kid") != kid:
            raise malformed("密钥记录", "entry of a key")
        known = self.keys.get(kid)
        if known is None:
            self.keys[kid] = Signer(organisation, key, told, index)
        elif known.added_by["event_id"] == told["event_id"]:
            known.added = index

    def named(self, signature: Signature, organisation: str) -> Signer:
        """The key that a signature names.

        Args:
            signature: as it was read.
            organisation: who must have signed.

        Raises:
            Rejected: it is another organisation's, or not known.
        """
        if signature.organisation != organisation:
            raise Rejected(
                "other_signer",
                f"签名密钥属于 {signature.organisation}，而上报单位是 {organisation}",
                f"the key belongs to {signature.organisation}, the report is of {organisation}",
            )
        signer = self.keys.get(signature.kid)
        if signer is None:
            raise Rejected(
                "unknown_key",
                f"日志中没有这把签名密钥：{signature.kid}",
                f"the log has no such signing key: {signature.kid}",
            )
        return signer

    def verify(self, event: Told, index: int, report: bytes | None = None) -> Signature:
        """Believes the signature of an event that the log holds.

        Args:
            event: the stored event, with its `signature`.
            index: its place in the log.
            report: the canonical report, where the event does not tell it.

        Raises:
            Rejected: it is not by a key that was good then, or does not fit.
        """
        try:
            return self._verify(event, index, payload_of(event, report))
        except (KeyError, TypeError, ValueError) as error:
            raise malformed("事件", "event") from error

    def _verify(self, event: Told, index: int, payload: bytes) -> Signature:
        signature = Signature.parse(event["signature"])
        signer = self.named(signature, signer_of(event))
        if signer.added is None or signer.added >= index:
            raise Rejected(
                "key_too_late",
                "上报记入日志时，这把签名密钥还没有登记",
                "the key was not in the log yet when the report was",
            )
        if signer.revoked is not None and signer.revoked < index and _came_after(event, signer):
            raise revoked_key(signer.kid)
        signature.verify(payload, signer.key)
        return signature


def payload_of(event: Told, report: bytes | None) -> bytes:
    """What the signature of an event covers: the canonical report, told by the event or given.

    Raises:
        Rejected: the event does not tell it and none was given, or another one was.
    """
    if report is None:
        report = retold(event)
        if report is None:
            raise Rejected(
                "report_needed",
                "核对签名需要这份上报的规范原文（/v1/events/{event_id}/report）",
                "the signature can only be checked with the report: /v1/events/{event_id}/report",
            )
    if sha256(report).hexdigest() != event["report_sha256"]:
        raise Rejected(
            "other_report",
            "上报原文与事件中的 report_sha256 不符",
            "the report is not the one whose SHA-256 the event holds",
        )
    return report


def signer_of(event: Told) -> str:
    """Who must have signed an event. Where somebody reports for another, it is who reports."""
    return str(event.get("agent", event["organisation"]))


def must_be_possessed(signer: Signer, told: Told) -> None:
    """Checks that a key agreed to be the key of its organisation.

    Raises:
        Rejected: it did not.
    """
    signature = Signature.parse(told.get("possession"))
    if signature.kid != signer.kid:
        raise malformed("密钥持有证明", "proof of possession")
    signature.verify(possession(signer.kid), signer.key)


def _came_after(event: Told, signer: Signer) -> bool:
    """Whether an event was let in when its key was revoked: longer after it than any takes."""
    assert signer.revoked_by is not None  # noqa: S101 - it was revoked
    moments = (event["recorded_at"], signer.revoked_by["recorded_at"])
    stored, revoked = (datetime.fromisoformat(str(moment)) for moment in moments)
    return stored >= revoked + IN_FLIGHT


def revoked_key(kid: str) -> Rejected:
    """A key that signs nothing any more."""
    return Rejected(
        "revoked_key",
        f"签名密钥已停用：{kid}",
        f"the signing key was revoked: {kid}",
    )
