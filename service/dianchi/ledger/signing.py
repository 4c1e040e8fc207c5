"""The signing keys of reporters, in memory: read from the log's own entries, never from a table.

A key may sign as soon as its entry has its place in the log, so that every report it signs comes
later there; a revocation counts as soon as it is stored.
"""

import asyncio
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from dianchi.domain.acts import SIGNING
from dianchi.domain.lines import KeyKind
from dianchi.domain.refusals import Fault, Refused, Text, Whole
from dianchi.domain.report import Report
from dianchi.ports import Clock
from dianchi.store.names import key_id
from dianchi.store.readers import Readers
from dianchi_client.errors import Rejected
from dianchi_client.signers import Signer, Signers, Told, revoked_key
from dianchi_client.signing import Signature

LEEWAY_S: Final = 600
"""How far ahead of ours, and in statements also behind, the signer's clock may be."""
LONGEST_SHOWN: Final = 16 * 1024
_NEW: Final = """
SELECT l.log_index, e.body FROM event_key k
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
  LEFT JOIN log_entry l ON l.stream_id = k.stream_id AND l.version = k.version
 WHERE k.kind = 10 AND k.key = $1 AND (l.log_index >= $2 OR l.log_index IS NULL)
 ORDER BY l.log_index NULLS LAST, e.version
"""


class SigningKeys:
    """Says whose signature is good. What it knows is as old as its last refreshing.

    Args:
        readers: of the database.
        clock: the time, for signers' own.
    """

    def __init__(self, readers: Readers, clock: Clock) -> None:
        self._readers = readers
        self._clock = clock
        self._known = Signers()
        self._next = 0
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Takes what was added to the log, and what still waits for its place there."""
        async with self._turn:
            key = key_id(KeyKind.SIGNING, SIGNING)
            for index, body in await self._readers.fetch(_NEW, key, self._next):
                self._known.take(json.loads(body), index)
                if index is not None:
                    self._next = index + 1

    def of(self, organisation: str) -> Iterator[Signer]:
        """Every key that an organisation ever added, in their order."""
        return (s for s in self._known.keys.values() if s.organisation == organisation)

    def named(self, kid: str) -> Signer | None:
        """A key by its name."""
        return self._known.keys.get(kid)

    def policy(self, organisation: str) -> Told | None:
        """What an organisation last said of signing, if it ever did."""
        return self._known.required.get(organisation)

    def required(self, organisation: str) -> bool:
        """Whether the organisation said that all its reports are signed."""
        told = self.policy(organisation)
        return told is not None and bool(told["data"]["required"])

    def check(self, report: Report, organisation: str, canonical: bytes) -> None:
        """Lets a report pass whose signature is good, or that needs none.

        Args:
            report: with the signature that was sent, if any.
            organisation: who reports; where somebody reports for another, it is they who sign.
            canonical: what must have been signed.

        Raises:
            Refused: `signature_invalid`, or `signature_required` and there is none.
        """
        if report.signature is None:
            if self._known.required and self.required(organisation):
                raise _required(organisation)
            return
        try:
            self.verified(report.signature, organisation, canonical)
        except Rejected as error:
            raise invalid(error, "/signature", report.signature, canonical) from None

    def verified(self, text: str, organisation: str, payload: bytes) -> Signature:
        """The signature, when a valid key of the organisation made it over these bytes.

        Raises:
            Rejected: it is not.
        """
        signature = Signature.parse(text)
        signer = self._known.named(signature, organisation)
        if signer.revoked_by is not None:
            raise revoked_key(signer.kid)
        if signer.added is None:
            raise _waiting(signer.kid)
        self.must_not_be_ahead(signature)
        signature.verify(payload, signer.key)
        return signature

    def must_not_be_ahead(self, signature: Signature) -> None:
        """Checks the time that a signer gave, where it gave one.

        Raises:
            Rejected: it lies ahead of ours.
        """
        if signature.issued_at is not None and signature.issued_at > self._now_s() + LEEWAY_S:
            raise _dated("在将来", "lies in the future")

    def must_be_recent(self, signature: Signature) -> None:
        """Checks that a statement was signed now, so that an old one is of no use to anybody.

        Raises:
            Rejected: it was not, or does not say when.
        """
        if signature.issued_at is None or signature.issued_at < self._now_s() - LEEWAY_S:
            raise _dated("没有写明或已过期", "is missing or too long ago")
        self.must_not_be_ahead(signature)

    def _now_s(self) -> int:
        return self._clock.now_us() // 1_000_000


_WAYS_OUT: Final = {
    "unknown_key": Text(
        "请先登记公钥（POST /v1/signing-keys），并核对 kid",
        "register the public key first (POST /v1/signing-keys), and check the kid",
    ),
    "key_waiting": Text("请几秒后原样重新提交", "send it again as it is in a few seconds"),
    "revoked_key": Text("请用另一把密钥签名", "sign with another key"),
    "other_signer": Text(
        "请用上报单位自己的签名密钥和接口密钥",
        "use a signing key and an API key of one organisation",
    ),
    "bad_signature": Text(
        "请对下面这段规范文本签名；也可先取 POST /v1/events/canonical 的回答来签",
        "sign exactly the canonical text shown here, or the answer of POST /v1/events/canonical",
    ),
}
_ANY_WAY_OUT: Final = Text(
    "格式见 docs/reference/signatures.md；可用 dianchi-client sign 签名",
    "see docs/reference/signatures.md; `dianchi-client sign` makes one",
)


def invalid(error: Rejected, pointer: str, text: str, payload: bytes | None = None) -> Refused:
    """The refusal of a signature; where it does not fit, with what was hashed."""
    way_out = _WAYS_OUT.get(error.code, _ANY_WAY_OUT)
    first = Fault("signature_invalid", pointer, text, Text(error.zh, error.en), way_out)
    if payload is None or error.code != "bad_signature" or len(payload) > LONGEST_SHOWN:
        return Refused(first)
    digest = sha256(payload).hexdigest()
    what = Text(
        f"平台对这段规范文本计算签名，其 SHA-256 为 {digest}",
        f"this is the canonical text that must be signed; its SHA-256 is {digest}",
    )
    return Refused(first, Fault("signature_invalid", "", Whole(payload.decode()), what, way_out))


def _required(organisation: str) -> Refused:
    return Refused(
        Fault(
            "signature_required",
            "/signature",
            None,
            Text(
                f"{organisation} 已要求本单位的上报都要签名，这份没有签名",
                f"{organisation} asks that all its reports be signed; this one is not",
            ),
            Text(
                "请用 dianchi-client sign 签名后提交；如需取消此要求，见 PUT /v1/signing-policy",
                "sign it with `dianchi-client sign`; to end this rule, see PUT /v1/signing-policy",
            ),
        )
    )


def _waiting(kid: str) -> Rejected:
    return Rejected(
        "key_waiting",
        f"签名密钥刚刚登记，正等待写入日志：{kid}",
        f"the signing key was just added and waits for its place in the log: {kid}",
    )


def _dated(zh: str, en: str) -> Rejected:
    return Rejected("bad_time", f"签名时间 iat {zh}", f"the time of the signature (iat) {en}")
