"""The stage of the story: who is there, what waits where, and how things change hands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from dianchi.demo.book import Book, Data
from dianchi.demo.clock import DAY_US, MINUTE_US, at_work
from dianchi.demo.firms import Post, Province
from dianchi.demo.packs import Codes, Pack, number

_CARRIERS: Final = ("云岭危货运输示范", "滇池物流示范", "金沙江运输示范")


class Waiting(NamedTuple):
    """A battery in store that should leave by a moment."""

    pack: Pack
    latest_us: int


class HandOver(NamedTuple):
    """One consignment: from whom, to whom, what."""

    sender: Post
    receiver: Post
    packs: Sequence[Pack]


class Sent(NamedTuple):
    """A consignment on the road: its number, the lines and the id of the dispatch."""

    number: str
    lines: list[Data]
    event_id: str
    at_us: int


@dataclass(slots=True)
class Lot:
    """A lot of material, what is left of it, and one battery that is in it."""

    number: str
    issuer: str
    material: str
    kg: float
    at: int
    of: Pack

    @property
    def told(self) -> Data:
        """Its line in a list of lots."""
        return {"lot": self.number, "material": self.material, "mass_kg": number(self.kg)}


@dataclass(slots=True)
class Stage:
    """All that the scenes of the story share.

    Attributes:
        waiting: batteries in store, by the organisation that has them.
        arrived: batteries at utilizers, by organisation.
        to_recycle: batteries at recyclers, by organisation.
        stock: material lots at makers.
        samples: good examples, by what they show.
    """

    book: Book
    province: Province
    codes: Codes = field(default_factory=Codes)
    waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    arrived: dict[str, list[Pack]] = field(default_factory=dict)
    to_recycle: dict[str, list[Pack]] = field(default_factory=dict)
    stock: dict[str, list[Lot]] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)

    def honest(self, *packs: Pack) -> None:
        """Notes batteries as honest."""
        self.book.honest.update((pack.name, None) for pack in packs)

    def send(self, way: HandOver, leaves_us: int, rng: Random) -> Sent:
        """Dispatches a consignment; it leaves after all that happened to its batteries."""
        start_us = max(leaves_us, *(pack.at + 10 * MINUTE_US for pack in way.packs))
        handover = self.codes.number(f"{way.sender.site}-HO")
        lines = [pack.line | {"mass_kg": pack.weighed(rng)} for pack in way.packs]
        data: Data = {
            "handover": handover,
            "receiver": way.receiver.id,
            "batteries": lines,
            "carrier": rng.choice(_CARRIERS),
            "waybill": f"YD{rng.randrange(10**9):09d}",
            "un_number": "UN3480",
        }
        event_id = self.book.tell(way.sender, "dispatched", start_us, data)
        for pack in way.packs:
            pack.at = start_us
        return Sent(handover, lines, event_id, start_us)

    def take(
        self, way: HandOver, sent: Sent, kind: str, at_us: int, rng: Random, reason: str = ""
    ) -> str:
        """The receiver's side of a consignment, or of the part of it in `way`."""
        data: Data = {
            "handover": sent.number,
            "sender": way.sender.id,
            "batteries": [pack.line | {"mass_kg": pack.weighed(rng)} for pack in way.packs],
        }
        if reason:
            data["reason"] = reason
        for pack in way.packs:
            pack.at = at_us
        return self.book.tell(way.receiver, kind, at_us, data)

    def hand_over(
        self, sender: Post, receiver: Post, packs: Sequence[Pack], leaves_us: int, rng: Random
    ) -> int:
        """A consignment that arrives as it left; answers when."""
        way = HandOver(sender, receiver, packs)
        sent = self.send(way, leaves_us, rng)
        at_us = at_work(sent.at_us, rng.randint(1, 4), rng)
        self.take(way, sent, "received", at_us, rng)
        return at_us

    def store(self, post: Post, pack: Pack, days: int) -> None:
        """Puts a battery in store with somebody, to leave within so many days."""
        self.waiting.setdefault(post.id, []).append(Waiting(pack, pack.at + days * DAY_US))


def loads(waiting: Iterable[Waiting], most: int, rng: Random) -> Iterator[tuple[int, list[Pack]]]:
    """Lorry loads out of a store: when the lorry is full, or the first battery must leave."""
    queue: list[Waiting] = []
    for one in sorted(waiting, key=lambda w: (w.pack.at, w.pack.name)):
        if queue and one.pack.at > min(w.latest_us for w in queue):
            yield _load(queue, rng)
            queue = []
        queue.append(one)
        if len(queue) == most:
            yield at_work(one.pack.at, 1, rng), [w.pack for w in queue]
            queue = []
    if queue:
        yield _load(queue, rng)


def _load(queue: list[Waiting], rng: Random) -> tuple[int, list[Pack]]:
    leaves_us = min(w.latest_us for w in queue)
    return at_work(leaves_us, 0, rng), [w.pack for w in queue]
