"""From decoded JSON to a report that only needs its place: read, admit, hash, cut into lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from dianchi.domain.admit import Reporter, admit
from dianchi.domain.life_event import MARKS, WITHDRAWALS
from dianchi.domain.lines import KeyKind, Line, Stream, lines_of
from dianchi.domain.mandates import acting_for
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.report import Report, read_report
from dianchi.domain.sight import Eyes, eyes_of
from dianchi.store.envelope import LARGEST, Stamp, canonical_json, largest
from dianchi.store.names import UUID, key_id, stream_id
from dianchi.store.vault import Locked, Seals

# An asset's name may grow when its organisation is resolved, but never to twice the report.
_SURELY_SMALL: Final = 8 * 1024


Check = Callable[[Report, str, bytes], None]
"""Lets a report of an organisation pass, with its canonical bytes, or raises `Refused`."""


@dataclass(slots=True)
class Prepared:
    """A report ready to be recorded: its lines, each with the id of its stream.

    `areas` are those in which it happened, or in which the battery was sold. `eyes` are those of an
    officer, who acts only on what they see.
    """

    report: Report
    stamp: Stamp
    event_id: UUID
    lines: list[Line]
    streams: list[UUID]
    keys: list[list[tuple[int, UUID]]]
    body: bytes | None
    areas: frozenset[str] = frozenset()
    personal: Sequence[Locked] = ()
    eyes: Eyes | None = None

    @property
    def own_key(self) -> UUID:
        """The key by which all lines of this report are found."""
        return key_id(KeyKind.REPORT, self.report.event_id)

    @property
    def alone(self) -> bool:
        """Whether it touches one battery and nothing else: the fast lane."""
        return len(self.streams) == 1 and self.lines[0].stream is Stream.BATTERY


def unsigned_only(report: Report, _: str, __: bytes) -> None:
    """Where no signing key is known, a signature cannot be checked."""
    if report.signature is not None:
        raise Refused(
            Fault(
                "signature_invalid",
                "/signature",
                report.signature,
                Text("这里不能核对签名", "no signature can be checked here"),
                Text("请不带签名提交", "send it without a signature"),
            )
        )


def prepare(
    raw: Any,  # noqa: ANN401 - decoded JSON
    reporter: Reporter,
    registry: Registry,
    now_us: int,
    seals: Seals,
    check: Check = unsigned_only,
) -> Prepared:
    """Reads and admits one report.

    Raises:
        Refused: malformed, not this role's to report, ahead of the clock, for another without its
            mandate, or not signed as it must.
    """
    report = read_report(raw, seals.refer)
    acting = acting_for(report, reporter, registry, now_us)
    admit(report, acting.reporter, now_us)
    canonical = canonical_json(report.canonical())
    # Who sends it signs it, also in another's name.
    check(report, reporter.organisation, canonical)
    named, digest = acting.reporter, sha256(canonical).digest()
    stamp = Stamp(
        named.organisation, named.role, digest, report.signature, acting.agent, acting.mandate
    )
    if report.kind.name in WITHDRAWALS:
        ready = placed(report, stamp, [], None)
        ready.eyes = _eyes(report, named)
        return ready
    lines = lines_of(report, named.organisation, registry)
    ready = placed(report, stamp, lines, canonical)
    ready.eyes = _eyes(report, named)
    if report.kind.name not in MARKS:
        ready.areas = registry.areas(named.organisation, report.site)
    if report.kind.name == "sold":
        ready.areas |= {report.data["prefecture"]}
    if report.vins:
        ready.personal = [seals.lock(*vin) for vin in report.vins.items()]
    return ready


def _eyes(report: Report, reporter: Reporter) -> Eyes | None:
    """With what an officer has to see what they act on; None for everybody else."""
    official = report.kind.name in MARKS or report.kind.name == "set_aside"
    return eyes_of(reporter) if official and reporter.role == "regulator" else None


def placed(report: Report, stamp: Stamp, lines: list[Line], canonical: bytes | None) -> Prepared:
    """Gives every line its stream; a report that touches several keeps its whole body.

    So does a signed one in which the registry resolved a name: the signature covers its own words.

    Raises:
        Refused: an event of it would be larger than the record takes.
    """
    if canonical is not None and len(canonical) > _SURELY_SMALL:
        for line in lines:
            size = largest(report, line, stamp)
            if size > LARGEST:
                raise _too_large(size)
    streams = [stream_id(line.stream, line.subject) for line in lines]
    keys = [
        [(int(key.kind), key_id(key.kind, key.value)) for key in line.keys] if line.keys else []
        for line in lines
    ]
    if len(lines) > 1:
        own = (int(KeyKind.REPORT), key_id(KeyKind.REPORT, report.event_id))
        for carried in keys:
            carried.append(own)
    if stamp.mandate is not None:
        under = (int(KeyKind.MANDATE), key_id(KeyKind.MANDATE, stamp.mandate))
        for carried in keys:
            carried.append(under)
    body = canonical if len(lines) > 1 or (stamp.signature and _altered(report, lines)) else None
    return Prepared(report, stamp, UUID(report.event_id), lines, streams, keys, body)


def _altered(report: Report, lines: list[Line]) -> bool:
    """Whether the only event of a report says it in other words than the report does."""
    return any(
        line.data != report.data or report.battery not in {None, line.subject} for line in lines
    )


def _too_large(size: int) -> Refused:
    return Refused(
        Fault(
            "body_too_large",
            "/data",
            size,
            Text(
                f"记入一个对象的内容有 {size} 字节，最多 {LARGEST} 字节",
                f"holds {size} bytes for one thing, {LARGEST} are allowed",
            ),
            Text("请缩短文字或拆成多份上报", "shorten its texts or split it into several reports"),
        )
    )
