"""Where a walk over a life stands, and what it has found so far."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from dianchi.domain.indicators.cells import (
    Amount,
    Cell,
    Place,
    is_outside,
    month_of,
    place_of,
    thousandths,
)
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.registry import Registry

_ANSWERS: Final = frozenset(("received", "declined", "returned"))
_SECOND_US: Final = 1_000_000
Side = tuple[str, str] | None


class _Stored(NamedTuple):
    """In store since a moment, by an event that says where."""

    entry: Event
    since_us: int


class Walk:
    """The walk; `found` is what the life contributes.

    Attributes:
        answered: the hand-overs that were received, declined or returned.
        taken: the hand-overs received so far.
        stage: as `STAGES`, but a battery under way stays where it was sent from.
        used: it came back from use, or is in use.
        worn: something says that it was in use, or came out of it; treatment alone says no such
            thing.
        born: its birth is told.
        part: it was taken out of another one.
        product: it was born by `repurposed`.
        ended: nothing changes any more.
        stored: its stay in store.
        sent: the dispatch that took it out of a store.
        fitted_by: the vehicle maker that fitted it, where one did.
    """

    def __init__(self, life: Life, events: Sequence[Event], registry: Registry) -> None:
        self.life, self.registry = life, registry
        self.found: dict[Cell, Amount] = {}
        self.answered: set[Side] = {e.handover for e in events if e.type in _ANSWERS}
        self.taken: set[Side] = set()
        self.stage = "unknown"
        self.used = self.worn = self.born = self.part = self.product = self.ended = False
        self.stored: _Stored | None = None
        self.sent: Event | None = None
        self.fitted_by = ""
        self._senders = {e.handover: e for e in events if e.type == "dispatched"}
        self._chemistry = life.facts.get("chemistry") or ""
        self._energy_wh = thousandths(life.facts.get("rated_energy_kwh"))
        told = (e.data["mass_kg"] for e in events if e.data.get("mass_kg") is not None)
        self._each = Amount(1, thousandths(next(told, None)), self._energy_wh)
        self._event: Event | None = None
        self._here, self._month = Place(), 0
        self._retired = False
        self._counted: set[str] = set()
        self._inside: bool | None = None

    def come_to(self, event: Event) -> None:
        """The event that comes next; its place and month are asked for many times."""
        self._event = event
        self._here = place_of(self.registry, event.organisation, event.site)
        self._month = month_of(event)

    def weigh(self, mass_kg: str) -> None:
        """Its mass from now on; before anybody tells one, it is the first that is told."""
        self._each = Amount(1, thousandths(mass_kg), self._energy_wh)

    def place(self, event: Event) -> Place:
        """Where an event happened."""
        if event is self._event:
            return self._here
        return place_of(self.registry, event.organisation, event.site)

    def place_of_party(self, party: Any) -> str:  # noqa: ANN401 - a canonical JSON party
        """The prefecture or province of a party; empty where nobody knows."""
        firm = self.registry.organisation(party)
        if firm is not None:
            return firm.prefecture or firm.province or ""
        return str(party["province"]) if isinstance(party, dict) else ""

    def sender_place(self, event: Event) -> str:
        """Where what is received was sent from: by its dispatch, else by who sent it."""
        sent = self._senders.get(event.handover)
        if sent is not None:
            return self.place(sent).prefecture
        return self.place_of_party(event.data["sender"])

    def add(
        self, measure: str, event: Event, *, place: Place | None = None, partner: str = ""
    ) -> None:
        """Counts the battery, with its mass and energy, in the cell of the present event."""
        self._put(measure, place or self._here, event.organisation, partner, self._each)

    def _put(self, measure: str, place: Place, firm: str, partner: str, more: Amount) -> None:
        cell = Cell(measure, self._month, *place, self._chemistry, firm, partner)
        known = self.found.get(cell)
        self.found[cell] = more if known is None else known.plus(more)

    def once(self, measure: str, event: Event) -> None:
        """Counts it, unless it was since the battery last came out of use."""
        if measure not in self._counted:
            self._counted.add(measure)
            self.add(measure, event)

    def retire(self, event: Event) -> None:
        """Out of use from now on; counted at the first sign of it."""
        if not self._retired:
            self._retired = self.used = self.worn = True
            self._counted.clear()
            self.add("retired", event)

    def use(self) -> None:
        """In use from now on."""
        self.used = self.worn = True
        self._retired, self.stored = False, None
        self._counted.clear()

    def take_out(self, role: str) -> None:
        """A part that was taken out: what it came from was counted, it is not counted again."""
        self.used = self.part = self._retired = True
        self._counted |= {"gathered", "utilizer_in", "properly_received"}
        if role == "recycler":
            self._counted.add("recycler_in")

    def go(self, stage: str, event: Event) -> None:
        """Into a stage; a change of stage is a flow."""
        if stage != self.stage:
            self.add("moved", event, partner=f"{self.stage}>{stage}")
            self.stage = stage

    def end(self, stage: str, event: Event) -> None:
        """Into a stage that nothing leaves."""
        self.leave_store(event)
        self.go(stage, event)
        self.ended = True

    def cross(self, measure: str, event: Event, other: str) -> None:
        """Counts a way between two places, `came` where it arrives, `left` where it leaves.

        Over the border of the province it is `inflow` or `outflow`, once each time, told by its end
        inside; what is told outside of it is none of its flows.
        """
        if is_outside(self._here.prefecture):
            return
        if is_outside(other):
            inside = measure == "came"
            if self._inside is inside:
                return
            self._inside = inside
            measure = "inflow" if inside else "outflow"
        self.add(measure, event, partner=other)

    def store(self, event: Event, since_us: int) -> None:
        """In store from now on, unless the same firm has it in store already."""
        held = self.stored
        if held is None or held.entry.organisation != event.organisation:
            self.leave_store(event)
            self.stored = _Stored(event, since_us)

    def leave_store(self, event: Event) -> bool:
        """Out of store; how long it was there counts in the month in which it left."""
        held, self.stored = self.stored, None
        if held is None:
            return False
        stay_s = max(0, event.occurred_us - held.since_us) // _SECOND_US
        stay = Amount(1, self._each.mass_g, 0, stay_s)
        entry = held.entry
        place = place_of(self.registry, entry.organisation, entry.site)
        self._put("stayed", place, entry.organisation, "", stay)
        return True
