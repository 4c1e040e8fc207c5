"""Who may see a life: whoever made it, holds it, held it, or is being sent it (design 6, TRUST).

Reporting about a battery is not enough, or anybody could read any life by reporting nonsense about
it. So a report gives sight of the life only where the record does not speak against it:

* the birth that was recorded first gives sight to its maker;
* what makes an organisation the holder gives it sight, unless the same report opens one of
  `CONTRADICTIONS`, or another organisation keeps the battery and did not hand it over;
* a hand-over by a holder gives sight to its receiver, and its receipt to the sender it names;
* a report that was slipped in behind what others had recorded before gives none.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from dianchi.domain.admit import Reporter
from dianchi.domain.areas import members
from dianchi.domain.findings import WITHHELD, Finding
from dianchi.domain.life_event import HANDOVER_SIDES, MARKS, Event
from dianchi.domain.life_state import Life
from dianchi.domain.lines import Line, Stream
from dianchi.domain.members import party_key
from dianchi.domain.standing import STORED, Hosted, Moving, Standing

BIRTHS: Final = frozenset(("produced", "imported", "repurposed"))
OWN_REPORT: Final = "~"
"""Before an organisation that a finding concerns only by a report of its own."""
CONTRADICTIONS: Final = frozenset(
    ("not_holder", "duplicate_code", "code_mismatch", "activity_after_end")
)
_UNEXPECTED: Final = frozenset(("not_dispatched", "taken_already", "other_receiver"))


@dataclass(slots=True)
class Before:
    """What a life was like before an event: all that sight depends on."""

    holder: str | None
    standing: Standing
    born: bool
    findings: Sequence[Finding]


def give_sight(life: Life, event: Event, before: Before) -> None:
    """Notes whom an event that was just folded gives sight of the life."""
    if _is_birth(event):
        if not before.born:
            life.grants = (*life.grants, (event.organisation, event.event_id))
        return
    sent = event.type == "dispatched"
    if not sent and life.holder == before.holder and event.type not in HANDOVER_SIDES:
        return
    if life.holder is None or _is_contested(life, event, before):
        return
    seers = [life.holder]
    if sent:
        seers.append(party_key(event.data["receiver"]))
    elif event.type == "received":
        seers.append(party_key(event.data["sender"]))
    life.grants = (*life.grants, *((seer, event.event_id) for seer in seers))


def _is_birth(event: Event) -> bool:
    return event.type in BIRTHS and "product" not in event.data


def _is_contested(life: Life, event: Event, before: Before) -> bool:
    """Whether the record speaks against what the event says of who has the battery."""
    part = "parent" in event.data or "pack" in event.data
    for finding in life.findings:
        if event.event_id not in finding.evidence or finding in before.findings:
            continue
        if finding.code in CONTRADICTIONS or (part and finding.code == "broken_chain"):
            return True
        if finding.code == "handover_mismatch" and finding.values.get("what") in _UNEXPECTED:
            return True
    return _is_kept_by_another(event, before)


def _is_kept_by_another(event: Event, before: Before) -> bool:
    """Whether somebody else has it in store, under way or at a site, and does not hand it over.

    What its maker has not sent by the record may have been delivered without a word.
    """
    here = before.standing
    if before.holder in (None, event.organisation):
        return False
    if isinstance(here, Moving):
        return event.handover != (here.sender, here.handover)
    at_site = isinstance(here, Hosted) and here.kind != "vehicle"
    return at_site or here.stage in STORED


def standing_grants(
    grants: Iterable[tuple[str, str]], told: Sequence[Event]
) -> tuple[tuple[str, str], ...]:
    """The grants that stand when the order of recording is looked at, too.

    Args:
        grants: what `give_sight` noted, in whatever order things became known.
        told: all events that count, sorted by business time.
    """
    first = min(
        (event for event in told if _is_birth(event)),
        key=lambda event: (event.recorded_us, event.event_id),
        default=None,
    )
    barred = _slipped_in([event for event in told if event.type not in MARKS])
    kept = [grant for grant in grants if grant[1] not in barred]
    if first is not None:
        kept.append((first.organisation, first.event_id))
    return tuple(kept)


def _slipped_in(told: Sequence[Event]) -> set[str]:
    """Events recorded after what others reported of a later time."""
    if all(a.recorded_us <= b.recorded_us for a, b in pairwise(told)):
        return set()
    barred: set[str] = set()
    earliest: dict[str, int] = {}
    for event in reversed(told):
        others = (us for firm, us in earliest.items() if firm != event.organisation)
        if event.recorded_us > min(others, default=event.recorded_us):
            barred.add(event.event_id)
        known = earliest.get(event.organisation, event.recorded_us)
        earliest[event.organisation] = min(known, event.recorded_us)
    return barred


def seers_of_line(line: Line, organisation: str, seen_by: Container[str]) -> set[str]:
    """Whom a line of a lot, batch, site or vehicle gives sight of its stream.

    A lot or batch is seen by its issuer, and a lot by whom one who sees it sends it to; a site or
    vehicle by who reports of it; what is done for an organisation by that organisation.
    """
    if line.stream is Stream.ORGANISATION:
        return {line.subject.partition(":")[2]}
    if line.stream is Stream.PICKUP:
        return _seers_of_pickup(line, organisation)
    if line.stream not in (Stream.LOT, Stream.BATCH):
        return {organisation}
    issuer = line.subject.split(":")[1]
    seers = {issuer}
    receiver = line.data.get("receiver") if "handover" in line.data else None
    if receiver is not None and (organisation == issuer or organisation in seen_by):
        seers.add(party_key(receiver))
    return seers


def _seers_of_pickup(line: Line, organisation: str) -> set[str]:
    """Who asks sees a pickup, and whom it asked; to answer what one was not asked shows nothing."""
    issuer = line.subject.split(":")[1]
    asked = line.data.get("to") if organisation == issuer else None
    return {issuer} if asked is None else {issuer, party_key(asked)}


def own_finding(finding: Finding, own: Container[str]) -> Finding | None:
    """A finding as it is told to who only reported of the battery: without what others said.

    Args:
        finding: of the life.
        own: the ids of the reports that were made by whoever asks.

    Returns:
        None where none of these reports shows it.
    """
    shown = tuple(each for each in finding.evidence if each in own)
    if not shown:
        return None
    what = {"what": finding.values["what"]} if "what" in finding.values else {}
    return Finding(finding.code, shown, {WITHHELD: True, **what}, finding.severity)


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody sees with: everything, or what concerns these organisations and areas."""

    everything: bool = False
    of: frozenset[str] = field(default_factory=frozenset)

    def see(self, seen_by: Iterable[str]) -> bool:
        """Whether a life that is seen by these organisations and areas is seen."""
        return self.everything or not self.of.isdisjoint(seen_by)

    def hold(self, others: "Eyes") -> bool:
        """Whether whatever others see is seen with these, too."""
        return self.everything or (not others.everything and others.of <= self.of)


NO_EYES: Final = Eyes()
EVERYTHING: Final = Eyes(everything=True)


def eyes_of(reporter: Reporter) -> Eyes:
    """What a caller sees with: the province sees all, everybody else what concerns them.

    An auditor sees what the organisations see that it is bound to. Who runs the platform sees
    nothing.
    """
    if reporter.role == "platform-admin":
        return NO_EYES
    if reporter.role == "auditor":
        return Eyes(of=reporter.names or frozenset())
    if reporter.role == "regulator":
        return EVERYTHING if reporter.bound_to is None else Eyes(of=members(reporter.bound_to))
    return Eyes(of=frozenset((reporter.organisation,)))


def seers_of(reporter: Reporter) -> frozenset[str] | None:
    """Among whom the seers of a row must be, that lists show a caller; None: all are shown.

    Findings concern an organisation also by its own reports.
    """
    eyes = eyes_of(reporter)
    if eyes.everything:
        return None
    return eyes.of | {f"{OWN_REPORT}{each}" for each in eyes.of}
