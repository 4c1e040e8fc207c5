"""What every lie of the story begins with: an honest pack, brought to where the lie starts."""

from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from dianchi.demo.births import declare_in_use, produce
from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, at_work
from dianchi.demo.custody import intake
from dianchi.demo.firms import Post
from dianchi.demo.packs import Pack
from dianchi.demo.stage import Stage


class Told(NamedTuple):
    """A lie as it was told: the battery whose record shows it and the reports that tell it."""

    battery: str
    event_ids: tuple[str, ...] = ()
    subject: str = ""


@dataclass(slots=True)
class Liar:
    """The stage as somebody uses it who lies; `names` are the batteries touched."""

    stage: Stage
    rng: Random
    end_us: int
    names: set[str] = field(default_factory=set)

    def ago(self, days: int) -> int:
        """A working moment so many days before the end."""
        return at_work(self.end_us - days * DAY_US, 0, self.rng)

    def between(self, least: int, most: int) -> int:
        """A working moment between so many days before the end."""
        return self.ago(self.rng.randint(least, most))

    def tell(
        self, post: Post, kind: str, pack: Pack, data: Data, *, late_days: int | None = None
    ) -> str:
        """Reports something of a pack at the moment where it stands."""
        return self.stage.book.tell(post, kind, pack.at, data, pack.name, late_days=late_days)

    def post(self, role: str, prefecture: str = "") -> Post:
        """Somebody in a role, near where one is given."""
        return self.stage.province.near(role, prefecture, self.rng)

    def others(self, role: str, than: Post) -> Post:
        """Somebody else in a role."""
        return self.rng.choice([post for post in self.stage.province.posts[role] if post != than])

    def born(self, at_us: int) -> Pack:
        """A pack made by a maker of the record."""
        pack = produce(self.stage, at_us, self.rng)
        self.names.add(pack.name)
        self.names.update(pack.modules)
        return pack

    def in_use(self, at_us: int) -> Pack:
        """A pack on the road, declared at this moment."""
        since_us = at_us - self.rng.randint(900, 1900) * DAY_US
        pack = declare_in_use(self.stage, since_us, at_us, self.rng)
        self.names.add(pack.name)
        return pack

    def removed(self, at_us: int) -> tuple[Pack, Post]:
        """A pack out of its vehicle, at a workshop."""
        pack = self.in_use(at_us - 40 * DAY_US)
        workshop = self.post("workshop", pack.prefecture)
        pack.at = at_us
        host = {"kind": "vehicle", "id": pack.vin}
        self.tell(workshop, "removed", pack, {"host": host, "reason": "end_of_life"})
        return pack, workshop

    def stored(self, at_us: int, safety: str = "A", prefecture: str = "") -> tuple[Pack, Post]:
        """A pack in the store of an outlet since this moment."""
        pack, _ = self.removed(at_us - 3 * DAY_US)
        outlet = self.post("outlet", prefecture or pack.prefecture)
        pack.at, pack.safety = at_us, safety
        self.tell(outlet, "collected", pack, intake(pack, self.rng))
        return pack, outlet

    def arrived(self, at_us: int, role: str = "utilizer") -> tuple[Pack, Post]:
        """A pack properly received by a utilizer or recycler at about this moment."""
        pack, outlet = self.stored(at_us - 9 * DAY_US)
        to = self.post(role)
        self.stage.hand_over(outlet, to, [pack], at_us - 5 * DAY_US, self.rng)
        return pack, to
