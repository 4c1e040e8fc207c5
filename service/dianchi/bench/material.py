"""What is reported in a run: the life of a pack in ten steps, told by seven organisations."""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zlib import crc32

from dianchi.bench.scales import STEPS
from dianchi.domain.admit import Reporter
from dianchi.domain.identifiers import vin_check
from dianchi.domain.places import YUNNAN
from dianchi.domain.registry import Organisation, Registry, organisation_id
from dianchi.store.vault import Seals, Vault

ROLES: Final = ("maker", "vehicle_maker", "workshop", "outlet", "utilizer")
PLACES: Final = tuple(prefecture.code for prefecture in YUNNAN)
SITES: Final = 48
"""How many sites a firm with phones has, where its work is spread over the province."""
_SPREAD_DAYS: Final = 880
WITH_PHONES: Final = frozenset(("workshop", "outlet", "utilizer"))
_MADE: Final = date(2021, 6, 1)
_CODE: Final = "04QPB0600000AAB61"
"""GB/T 34014: a lithium iron phosphate pack, made on 1 June 2021; seven digits follow."""
_MOST_CODES: Final = 10_000_000
_RATINGS: Final = {
    "model": "M-60",
    "chemistry": "lfp",
    "rated_capacity_ah": "150",
    "rated_energy_kwh": "60.5",
    "nominal_voltage_v": "403.2",
    "mass_kg": "410.5",
}
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a life: who tells it, when (days after the birth), and what of pack `n`."""

    role: str
    type: str
    day: int
    data: Callable[[int], Raw]


def name_of(role: str) -> str:
    """The organisation that plays a role."""
    return f"bench {role}"


def reporter_of(role: str) -> Reporter:
    """The reporter of a role."""
    return Reporter(organisation_id(name_of(role)), role)


def registry() -> Registry:
    """The registry of the run, as the service reads it from the database."""
    firms = [
        Organisation(organisation_id(name_of(r)), name_of(r), roles=frozenset((r,))) for r in ROLES
    ]
    return Registry({firm.id: firm for firm in firms})


def battery(number: int) -> str:
    """The code of pack `number`."""
    return f"{_CODE}{number % _MOST_CODES:07d}"


def vin(number: int) -> str:
    """The VIN of the vehicle that pack `number` is in, with a right check digit."""
    draft = f"LSVAU2A30B{number % _MOST_CODES:07d}"
    return f"{draft[:8]}{vin_check(draft)}{draft[9:]}"


def site(place: int) -> str:
    """The number of one of a firm's sites, from 0 to `SITES`."""
    return f"S{1 + place:02d}"


def site_of(number: int) -> str:
    """The site at which pack `number` is worked on, where work is spread."""
    return site(_drawn(number, "site") % SITES)


def _drawn(number: int, of: str) -> int:
    """A number that follows from a pack: what is drawn of one thing says nothing of another."""
    return crc32(f"{of}{number}".encode())


def _refer(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


SEALS: Final = Seals(_refer, Vault([bytes(32)]).lock)
"""For VINs of rows that are loaded, not reported."""


def _host(number: int) -> Raw:
    return {"kind": "vehicle", "id": vin(number)}


def _handed(number: int) -> Raw:
    return {"handover": f"H{number}", "total_mass_kg": "408", "mass_basis": "weighed"}


STORY: Final = (
    Step("maker", "produced", 0, lambda _: dict(_RATINGS)),
    Step("maker", "inspected", 1, lambda n: {"soh_percent": "100", "voltage_v": f"40{n % 10}.5"}),
    Step("vehicle_maker", "installed", 20, lambda n: {"host": _host(n)}),
    Step("vehicle_maker", "sold", 40, lambda n: {"prefecture": "530100", "vin": vin(n)}),
    Step("workshop", "inspected", 400, lambda n: {"soh_percent": f"9{n % 10}.5", "cycles": 300}),
    Step(
        "workshop",
        "removed",
        1100,
        lambda n: {"host": _host(n), "reason": "end_of_life", "mileage_km": f"{90_000 + n % 999}"},
    ),
    Step(
        "workshop",
        "retired",
        1101,
        lambda n: {"reason": "capacity_low", "soh_percent": f"7{n % 10}.5"},
    ),
    Step(
        "outlet",
        "collected",
        1110,
        lambda _: {
            "source": "organisation",
            "safety_class": "B",
            "label_legible": True,
            "mass_kg": "408",
            "mass_basis": "weighed",
            "source_organisation": name_of("workshop"),
        },
    ),
    Step("outlet", "dispatched", 1115, lambda n: {"receiver": name_of("utilizer"), **_handed(n)}),
    Step("utilizer", "received", 1117, lambda n: {"sender": name_of("outlet"), **_handed(n)}),
)


@dataclass(slots=True)
class Author:
    """Writes reports; the same seed gives the same reports but for the time in their ids.

    `spread`: over places, sites and 880 days, as a province has them; else all packs live alike.
    """

    seed: int
    spread: bool = False
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def tell(self, number: int, place: int) -> Raw:
        """Step `place` of the life of pack `number`."""
        day = STORY[place].day
        if self.spread and place > 1:
            day += _drawn(number, "day") % _SPREAD_DAYS
        return self._report(number, STORY[place], day, 0)

    def check(self, number: int, turn: int) -> Raw:
        """One more inspection of a pack, `turn` minutes after the last step before."""
        return self._report(number, STORY[1], STORY[1].day, 1 + turn)

    def _report(self, number: int, step: Step, day: int, minute: int) -> Raw:
        moment = datetime(_MADE.year, _MADE.month, _MADE.day, tzinfo=UTC)
        moment += timedelta(days=day, minutes=minute, seconds=number % 50_000)
        told: Raw = {
            "event_id": self._id(),
            "type": step.type,
            "battery": battery(number),
            "occurred_at": moment.isoformat(),
            "data": step.data(number),
        }
        if step.role in WITH_PHONES:
            told["site"] = site_of(number) if self.spread else site(0)
            told["device"] = {"clock": told["occurred_at"], "offset_ms": number % 900}
        if self.spread and step.type == "sold":
            told["data"]["prefecture"] = PLACES[_drawn(number, "sold") % len(PLACES)]
        return told

    def _id(self) -> str:
        """A version 7 UUID, as reporters are advised to make."""
        bits = time.time_ns() // 1_000_000 << 80 | self._random.getrandbits(80)
        bits = bits & ~(0xF << 76) & ~(0b11 << 62) | 7 << 76 | 0b10 << 62
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def steps_of(number: int) -> int:
    """How many steps of its life pack `number` has when it is loaded: 1 to 9."""
    return 1 + number % (STEPS - 1)


def existing(author: Author, first: int, count: int) -> Iterator[tuple[str, Raw]]:
    """The next step, with its role, of each of `count` loaded packs from `first` on."""
    for number in range(first, first + count):
        place = steps_of(number)
        yield STORY[place].role, author.tell(number, place)


def births(author: Author, first: int, count: int) -> Iterator[tuple[str, Raw]]:
    """The birth of each of `count` packs from `first` on."""
    for number in range(first, first + count):
        yield STORY[0].role, author.tell(number, 0)
