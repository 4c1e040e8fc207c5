"""Acts of the service as what a round takes: one line into the stream of an organisation."""

from hashlib import sha256
from typing import Any

from dianchi.access.audit import SEALED, Seal
from dianchi.domain.acts import ABOUT_SIGNING, ACTS, SIGNING
from dianchi.domain.admit import Reporter
from dianchi.domain.fields import instant_text
from dianchi.domain.lines import Key, KeyKind, Line, Stream, organisation_subject
from dianchi.domain.people import PLATFORM, PLATFORM_ADMIN
from dianchi.domain.report import Report
from dianchi.ports import Clock
from dianchi.recording.gather import Gatherer
from dianchi.recording.prepare import Prepared, placed
from dianchi.store.envelope import Stamp, canonical_json
from dianchi.store.names import new_id


def acted(name: str, subject: str, data: dict[str, Any], by: Reporter, now_us: int) -> Prepared:
    """An act that happens now.

    Args:
        name: of `domain.acts`.
        subject: the organisation that it is about.
        data: canonical JSON.
        by: whose act it is.
        now_us: UTC microseconds.
    """
    event_id = str(new_id())
    moment = instant_text(now_us)
    told = Report(
        event_id,
        ACTS[name],
        battery=None,
        occurred_at=moment,
        occurred_us=now_us,
        by_day=False,
        site=None,
        device=None,
        data=data,
        vins={},
    )
    stamp = Stamp(by.organisation, by.role, sha256(canonical_json(told.canonical())).digest())
    keys = (Key(KeyKind.SIGNING, SIGNING),) if name in ABOUT_SIGNING else ()
    line = Line(Stream.ORGANISATION, organisation_subject(subject), data, keys)
    return placed(told, stamp, [line], None)


def audit_seal(gatherer: Gatherer, clock: Clock) -> Seal:
    """What makes the digest of a batch of the audit log an entry of the log."""

    async def seal(data: dict[str, Any]) -> None:
        by = Reporter(PLATFORM, PLATFORM_ADMIN)
        await gatherer.one(acted(SEALED, PLATFORM, data, by, clock.now_us()))

    return seal
