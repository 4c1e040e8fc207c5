"""Lies about what a battery is: twins, new names for old packs, health, mass, use."""

from collections.abc import Callable
from datetime import date
from typing import Final

from dianchi.demo.births import maker_of
from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, at_work, day_of, moment
from dianchi.demo.custody import intake
from dianchi.demo.liar import Liar, Told
from dianchi.demo.packs import MODELS, UTILIZERS, VENDORS, Pack, number, ratings
from dianchi.demo.recycling import crush
from dianchi.domain.lines import batch_subject

_BAN: Final = date(2026, 4, 1)
_TAXI: Final = MODELS[2]


def _twin_facts(liar: Liar) -> Told:
    """One code, born twice with different facts."""
    pack = liar.born(liar.between(400, 1500))
    maker = maker_of(liar.stage, pack)
    pack.pass_time(liar.rng.randint(20, 90), liar.rng)
    other = ratings(pack.model) | {"mass_kg": number(pack.model.kg * 1.08), "model": "DC-X"}
    again = liar.tell(liar.others("maker", maker), "produced", pack, other)
    return Told(pack.name, (again,))


def _twin_vehicles(liar: Liar) -> Told:
    """One code, in two vehicles at once."""
    pack = liar.in_use(liar.between(200, 900))
    pack.pass_time(liar.rng.randint(20, 150), liar.rng)
    vin = liar.stage.codes.vin(day_of(pack.at).year, liar.rng)
    host = {"kind": "vehicle", "id": vin}
    return Told(pack.name, (liar.tell(liar.post("workshop"), "installed", pack, {"host": host}),))


def _relabelled_chemistry(liar: Liar) -> Told:
    """An old ternary pack, born again under the code of a phosphate one."""
    maker = liar.stage.province.posts["maker"][1]
    at_us = liar.between(100, 900)
    name = liar.stage.codes.pack(VENDORS[1], _TAXI, day_of(at_us))
    pack = Pack(name, _TAXI, at_us, _TAXI.kg, "530300", vendor=VENDORS[1])
    liar.names.add(name)
    data = ratings(MODELS[6])
    return Told(name, (liar.tell(maker, "produced", pack, data),))


def _relabelled_modules(liar: Liar) -> Told:
    """A "new" pack, made of the modules of an old one that is still on record."""
    old = liar.born(liar.between(1200, 1600))
    while not old.modules:
        old = liar.born(liar.between(1200, 1600))
    at_us = liar.between(100, 700)
    name = liar.stage.codes.pack(VENDORS[1], old.model, day_of(at_us))
    pack = Pack(name, old.model, at_us, old.kg, "530300", vendor=VENDORS[1])
    liar.names.add(name)
    data = ratings(old.model) | {"modules": old.modules}
    told = liar.tell(liar.stage.province.posts["maker"][1], "produced", pack, data)
    return Told(name, (told,))


def _relabelled_age(liar: Liar) -> Told:
    """A young date on an old pack: it was on the road before its code says it was made."""
    at_us = liar.between(300, 900)
    pack = liar.in_use(at_us)
    young = day_of(at_us + 200 * DAY_US)
    pack.name = liar.stage.codes.pack(pack.vendor, pack.model, young)
    liar.names.add(pack.name)
    workshop = liar.post("workshop", pack.prefecture)
    data = ratings(pack.model) | {"stage": "in_use", "basis": "opening_stock"}
    return Told(pack.name, (liar.tell(workshop, "declared", pack, data),))


def _invented_mass(liar: Liar) -> Told:
    """A pack that grows on the way to the scale that pays."""
    pack, workshop = liar.removed(liar.between(30, 60))
    pack.pass_time(3, liar.rng)
    outlet = liar.post("outlet", pack.prefecture)
    data = intake(pack, liar.rng, workshop) | {"mass_kg": number(pack.kg * 1.35)}
    return Told(pack.name, (liar.tell(outlet, "collected", pack, data),))


def _invented_output(liar: Liar) -> Told:
    """A batch that yields more than went in."""
    at_us = liar.between(60, 400)
    recycler = liar.post("recycler")
    packs = []
    for _ in range(2):
        pack, outlet = liar.stored(at_us - 20 * DAY_US)
        liar.stage.hand_over(outlet, recycler, [pack], at_us - 12 * DAY_US, liar.rng)
        packs.append(pack)
    same = [pack for pack in packs if pack.model.chemistry == packs[0].model.chemistry]
    _, event_id = crush(liar.stage, recycler, same, at_us, liar.rng, gain=1.25)
    batch = liar.stage.book.reports[-1].raw["data"]["batch"]
    return Told(same[0].name, (event_id,), batch_subject(recycler.id, batch))


def _soh_rise(liar: Liar) -> Told:
    """A worn pack that tests as good as new, without any repair."""
    pack = liar.in_use(liar.between(200, 700))
    workshop = liar.post("workshop", pack.prefecture)
    pack.pass_time(30, liar.rng)
    first = liar.tell(workshop, "inspected", pack, {"soh_percent": "71.5"})
    pack.pass_time(liar.rng.randint(20, 100), liar.rng)
    again = liar.tell(workshop, "inspected", pack, {"soh_percent": "93.0"})
    return Told(pack.name, (first, again))


def _prohibited_use(liar: Liar) -> Told:
    """A set of used packs for e-bikes, after the ban."""
    free = (liar.end_us - moment(_BAN)) // DAY_US - 5
    if free < 1:
        return Told("")
    at_us = at_work(moment(_BAN), liar.rng.randrange(free) + 1, liar.rng)
    utilizer = liar.post("utilizer")
    parents = []
    for _ in range(3):
        pack, outlet = liar.stored(at_us - 40 * DAY_US)
        liar.stage.hand_over(outlet, utilizer, [pack], at_us - 30 * DAY_US, liar.rng)
        pack.pass_time(3, liar.rng)
        told: Data = {
            "residual_capacity_ah": number(pack.model.ah * 0.7),
            "method": "pulse",
            "decision": "reuse",
        }
        liar.tell(utilizer, "assessed", pack, told)
        parents.append(pack)
    name = liar.stage.codes.second(UTILIZERS[0], "B", day_of(at_us))
    liar.names.add(name)
    data: Data = {
        "parents": [pack.name for pack in parents],
        "application": "e_bike",
        "rated_capacity_ah": "40",
        "rated_energy_kwh": "2",
        "mass_kg": "21",
    }
    return Told(name, (liar.stage.book.tell(utilizer, "repurposed", at_us, data, name),))


FACT_LIES: Final[tuple[tuple[str, str, Callable[[Liar], Told]], ...]] = (
    ("twin_facts", "duplicate_code", _twin_facts),
    ("twin_vehicles", "duplicate_code", _twin_vehicles),
    ("relabelled_chemistry", "chemistry_mismatch", _relabelled_chemistry),
    ("relabelled_modules", "child_in_two_parents", _relabelled_modules),
    ("relabelled_age", "before_made", _relabelled_age),
    ("invented_mass", "mass_gain", _invented_mass),
    ("invented_output", "batch_imbalance", _invented_output),
    ("soh_rise", "soh_rise", _soh_rise),
    ("prohibited_use", "prohibited_use", _prohibited_use),
)
