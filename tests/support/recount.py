"""Counts what indicators count, written apart from them: by lists and intervals, over raw events.

Only the order of history is taken from the fold, which has tests of its own. Nothing here keeps a
state while it walks: a life is cut at its uses, and each question is asked of the pieces.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple

from dianchi.domain.fields import microseconds
from dianchi.domain.life import Event, fold
from dianchi.domain.permits import permits_at, valid_permit
from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES

END: Final = ("recycled", "disassembled", "repurposed", "voided")
TREATS: Final = ("utilizer", "recycler")
TAKERS: Final = (*TREATS, "outlet", "dismantler")
OUT: Final = ("retired", "vehicle_scrapped", "collected")
DECLARED_OUT: Final = ("retired", "collected", "at_utilizer", "assessed")
UNTOUCHED: Final = ("produced", "imported", "repurposed", "dispatched", "received", "inspected")
BROKEN: Final = (
    "broken_chain", "unknown_battery", "unknown_origin", "activity_after_end", "duplicate_code",
)  # fmt: skip
Key = tuple[str, str, str, str]
"""Measure, month, prefecture or province, chemistry."""


class Counted(NamedTuple):
    """Packs, grams, seconds in store."""

    things: Counter[Key]
    grams: Counter[Key]
    seconds: Counter[Key]


class Told:
    """One life: its events that hold up to its end, with the mass that was known at each."""

    def __init__(self, events: Sequence[Event], registry: Registry) -> None:
        folded = fold(events, RULES)
        withdrawn = set(folded.corrected)
        holding = [
            e
            for e in folded.order
            if e.type != "corrected" and (e.event_id, e.subject) not in withdrawn
        ]
        self.broken = any(f.code in BROKEN for f in folded.life.findings)
        self.chemistry = folded.life.facts.get("chemistry", "")
        self.born = folded.life.birth
        self.registry = registry
        ends = [at for at, e in enumerate(holding) if self.is_end(e)]
        self.all = holding
        self.events = holding[: ends[0] + 1] if ends else holding
        weighed = [e.data.get("mass_kg") for e in holding]
        first = next((each for each in weighed if each is not None), "0")
        self.mass = [
            next((each for each in reversed(weighed[: at + 1]) if each is not None), first)
            for at in range(len(holding))
        ]

    def is_end(self, e: Event) -> bool:
        if e.type == "disassembled":
            return "parent" not in e.data
        return e.type in END and (e.type != "repurposed" or "product" in e.data)

    def key(self, measure: str, e: Event, place: str | None = None) -> Key:
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=e.occurred_us, hours=8)
        where = self.place(e) if place is None else place
        return measure, day.strftime("%Y-%m"), where, self.chemistry

    def place(self, e: Event) -> str:
        firm = self.registry.organisations.get(e.organisation)
        site = self.registry.sites.get((e.organisation, e.site or ""))
        return (site and site.prefecture) or (firm and (firm.prefecture or firm.province)) or ""

    def party(self, told: Any) -> str:
        firm = self.registry.organisation(told)
        if firm is not None:
            return firm.prefecture or firm.province or ""
        return str(told["province"]) if isinstance(told, dict) else ""

    def is_permitted(self, e: Event) -> bool:
        firm = self.registry.organisations[e.organisation]
        site = self.registry.sites.get((e.organisation, e.site or ""))
        day = (
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=e.occurred_us, hours=8)
        ).date()
        return valid_permit(permits_at(self.registry, firm, site), day) is not None

    def pieces(self) -> Iterator[list[int]]:
        """The places of events between two uses."""
        turns = 0
        numbered = []
        for at, e in enumerate(self.events):
            turns += self.is_use(at, e)
            numbered.append((turns, at))
        for _, piece in groupby(numbered, key=lambda pair: pair[0]):
            yield [at for _, at in piece]

    def is_use(self, at: int, e: Event) -> bool:
        if e.type == "sold":
            return not self._is_fresh_product(at)
        return e.type == "installed" or (
            e.type == "declared" and e.data["stage"] in ("in_use", "installed", "second_life")
        )

    def _is_fresh_product(self, at: int) -> bool:
        before = [e for e in self.events[:at] if e.type not in ("inspected", "owner_changed")]
        return bool(before) and before[-1].type == "repurposed"

    def is_new(self, at: int) -> bool:
        """Whether nothing says by then that it was ever used."""
        before = self.events[:at]
        return any(e.event_id == self.born for e in before) and all(
            e.type in UNTOUCHED for e in before
        )

    def first_receipts(self) -> set[int]:
        """Places of receipts that are not repeats of the same hand-over."""
        seen: dict[Any, int] = {}
        for at, e in enumerate(self.events):
            if e.type == "received":
                seen.setdefault(e.handover, at)
        return set(seen.values())


def recount(lives: Iterable[Sequence[Event]], registry: Registry) -> Counted:
    """All lives, each given by its events in any order."""
    counted = Counted(Counter(), Counter(), Counter())
    for events in lives:
        life = Told(events, registry)
        for at, key in _of(life):
            counted.things[key] += 1
            counted.grams[key] += int(Decimal(life.mass[at]) * 1000)
        for key, seconds in stays(life):
            counted.things[key] += 1
            counted.seconds[key] += seconds
    return counted


def _of(life: Told) -> Iterator[tuple[int, Key]]:
    yield from _seen(life)
    answered = {e.handover for e in life.all if e.type in ("received", "declined", "returned")}
    for at, e in enumerate(life.events):
        if e.type == "sold":
            yield at, life.key("sold", e, e.data["prefecture"])
        elif e.type == "recycled":
            yield at, life.key("recycled", e)
        elif e.type == "dispatched":
            known = ("sent", "closed") if e.handover in answered else ("sent",)
            yield from ((at, life.key(measure, e)) for measure in known)
        elif e.event_id == life.born:
            yield at, life.key("second_life_made" if e.type == "repurposed" else "made", e)
    for piece in life.pieces():
        yield from _out_of_use(life, piece)
    for sign, crossing in groupby(_crossings(life), key=lambda one: one[0]):
        # Who is in cannot come in: of several only the first counts.
        at = next(at for _, at in crossing)
        yield at, life.key(sign, life.events[at])


def _crossings(life: Told) -> Iterator[tuple[str, int]]:
    """Ways over the border of the province, in order."""
    senders = {e.handover: e for e in life.all if e.type == "dispatched"}
    receipts = life.first_receipts()
    for at, e in enumerate(life.events):
        here = life.place(e)
        if _is_abroad(here):  # from there, only a way to here is one of ours, and that is told here
            continue
        if e.type in ("entered", "left_province"):
            yield ("inflow" if e.type == "entered" else "outflow"), at
        elif e.type == "dispatched":
            there = life.party(e.data["receiver"])
            if _is_abroad(there) and there != here:
                yield "outflow", at
        elif at in receipts:
            sent = senders.get(e.handover)
            there = life.place(sent) if sent else life.party(e.data["sender"])
            if _is_abroad(there) and there != here:
                yield "inflow", at


def _is_abroad(place: str) -> bool:
    return len(place) == 2


def _seen(life: Told) -> Iterator[tuple[int, Key]]:
    if not life.all:
        return
    e = life.all[0]
    firm = life.registry.organisations.get(e.organisation)
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=e.occurred_us, hours=8)).date()
    later = firm is not None and firm.onboarded_on is not None and day >= firm.onboarded_on
    yield 0, life.key("seen", e)
    if not life.broken:
        yield 0, life.key("unbroken", e)
    if later:
        yield 0, life.key("seen_onboarded", e)
    if later and not life.broken:
        yield 0, life.key("unbroken_onboarded", e)


def _out_of_use(life: Told, piece: list[int]) -> Iterator[tuple[int, Key]]:
    receipts = life.first_receipts()

    def waste(at: int) -> bool:
        e = life.events[at]
        return at in receipts and e.role in TAKERS and not life.is_new(at)

    def treated(at: int, *roles: str) -> bool:
        return at in receipts and life.events[at].role in roles

    def declared(at: int, *stages: str) -> bool:
        e = life.events[at]
        return e.type == "declared" and e.data["stage"] in stages

    out = [at for at in piece if life.events[at].type in OUT or waste(at)
           or declared(at, *DECLARED_OUT)]  # fmt: skip
    in_hand = [at for at in piece if life.events[at].type == "collected" or waste(at)
               or declared(at, *DECLARED_OUT[1:])]  # fmt: skip
    # A part that was taken out was counted with the whole.
    part = [at for at in piece if "parent" in life.events[at].data]
    questions = (
        ("retired", out),
        ("gathered", in_hand),
        ("utilizer_in", [at for at in piece if treated(at, *TREATS)]),
        (
            "properly_received",
            [
                at
                for at in piece
                if waste(at) and treated(at, *TREATS) and life.is_permitted(life.events[at])
            ],
        ),
        ("recycler_in", [at for at in piece if treated(at, "recycler")]),
        ("assessed", [at for at in piece if life.events[at].type == "assessed"]),
    )
    for measure, places in questions:
        if places and not _counted_before(life, part, places[0], measure):
            yield places[0], life.key(measure, life.events[places[0]])


def _counted_before(life: Told, part: list[int], at: int, measure: str) -> bool:
    if not part or part[0] > at or measure == "assessed":
        return False
    return measure != "recycler_in" or life.events[part[0]].role == "recycler"


def stays(life: Told) -> Iterator[tuple[Key, int]]:
    """Each stay in a store that ended, with its seconds: pairs of coming in and going out."""
    receipts = life.first_receipts()
    inside: tuple[Event, int] | None = None
    left: dict[Any, Event] = {}
    for at, e in enumerate(life.events):
        begins = e.occurred_us
        back = e.type in ("declined", "returned") and e.handover in left
        entry = left[e.handover] if back else e
        arrives = (
            back
            or e.type in ("collected", "entered")
            or (at in receipts and e.role not in TREATS)
            or (e.type == "declared" and e.data["stage"] == "collected")
        )
        if e.type == "declared" and "since" in e.data:
            begins = microseconds(e.data["since"])
        out = e.type in ("dispatched", "left_province", "exported", "sold", "installed") or (
            at in receipts and e.role in TREATS
        )
        out = out or life.is_end(e)
        forgotten = e.type == "lost" or (life.is_use(at, e) and not out)
        if e.type == "dispatched":
            left = {e.handover: e} if inside else {}
        moved = arrives and inside is not None and inside[0].organisation != entry.organisation
        if inside is not None and (out or moved):
            key = life.key("stayed", e, life.place(inside[0]))
            yield key, max(0, e.occurred_us - inside[1]) // 1_000_000
        if out or forgotten or moved:
            inside = None
        if arrives and inside is None:
            inside = (entry, begins)
