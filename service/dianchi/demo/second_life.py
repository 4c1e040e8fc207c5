"""At the utilizers: testing, taking apart, and sets for base stations, data halls, small cars."""

from random import Random
from typing import Final

from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, at_work, day_of
from dianchi.demo.dice import chance
from dianchi.demo.firms import Place, Post
from dianchi.demo.packs import UTILIZERS, Pack, number
from dianchi.demo.stage import Stage, Waiting, loads

_REUSABLE: Final = 62.0
_BAD_MODULES: Final = 0.12
_LEAST_PARENTS: Final = 3
_SET_V: Final = 51.2
_USES: Final = (("base_station", 70), ("data_centre", 15), ("low_speed_ev", 15))
_TO_RECYCLER: Final = 14
_SETS_A_LOAD: Final = 8


def utilize(stage: Stage, rng: Random) -> None:
    """Works through all that ever arrived at the utilizers."""
    for place, utilizer in enumerate(stage.province.posts["utilizer"]):
        parts: list[Pack] = []
        wholes: list[Pack] = []
        arrived = stage.arrived.pop(utilizer.id, [])
        for pack in sorted(arrived, key=lambda pack: (pack.at, pack.name)):
            _test(stage, utilizer, pack, rng)
            if pack.model.chemistry != "lfp" or pack.soh < _REUSABLE:
                stage.store(utilizer, pack, rng.randint(10, 60))
            elif chance(rng, 0.6):  # taken apart into modules
                parts += _take_apart(stage, utilizer, pack, rng)
            else:
                wholes.append(pack)
        sets = [
            *_build(stage, utilizer, UTILIZERS[place], parts, rng),
            *_build(stage, utilizer, UTILIZERS[place], wholes, rng),
        ]
        _deploy(stage, utilizer, sets, rng)


def _test(stage: Stage, utilizer: Post, pack: Pack, rng: Random) -> None:
    if chance(rng, 0.4):  # those that are looked at first
        seen: Data = {
            "voltage_v": number(pack.model.volts * rng.uniform(0.95, 1.02)),
            "insulation_ohm_per_v": str(rng.randrange(150, 900)),
            "temperature_c": number(rng.uniform(16, 27)),
        }
        stage.book.tell(
            utilizer, "inspected", pack.pass_time(rng.randint(1, 5), rng), seen, pack.name
        )
    reuse = pack.model.chemistry == "lfp" and pack.soh >= _REUSABLE
    data: Data = {
        "residual_capacity_ah": number(pack.model.ah * pack.soh / 100),
        "method": rng.choice(("GB/T 34015", "full_cycle", "pulse")),
        "decision": "reuse" if reuse else "recycle",
    }
    stage.book.tell(utilizer, "assessed", pack.pass_time(rng.randint(2, 20), rng), data, pack.name)


def _take_apart(stage: Stage, utilizer: Post, pack: Pack, rng: Random) -> list[Pack]:
    """Modules of a pack, tested one by one; bad ones go to the recycler."""
    at_us = pack.pass_time(rng.randint(1, 12), rng)
    names = pack.modules or [
        f"serial:{pack.vendor}:{pack.model.spec}{pack.name[-10:].replace(':', '').upper()}-{n}"
        for n in range(1, pack.model.modules + 1)
    ]
    each_kg = pack.kg * 0.82 / len(names)
    modules = [
        Pack(name, pack.model, at_us, each_kg * rng.uniform(0.985, 1.0), pack.prefecture,
             soh=pack.soh - rng.uniform(0, 4), fade=pack.fade, vendor=pack.vendor)
        for name in names
    ]  # fmt: skip
    lines = [module.line | {"mass_kg": number(module.kg)} for module in modules]
    other_kg = number(pack.kg * 0.17)
    stage.book.tell(
        utilizer, "disassembled", at_us, {"children": lines, "other_mass_kg": other_kg}, pack.name
    )
    stage.honest(*modules)
    return [module for module in modules if _is_good(stage, utilizer, module, rng)]


def _is_good(stage: Stage, utilizer: Post, module: Pack, rng: Random) -> bool:
    good = rng.random() > _BAD_MODULES
    share = module.soh / 100 if good else rng.uniform(0.2, 0.5)
    told: Data = {
        "residual_capacity_ah": number(module.model.ah * share),
        "method": "pulse",
        "decision": "reuse" if good else "recycle",
    }
    module.pass_time(rng.randint(1, 6), rng)
    stage.book.tell(utilizer, "assessed", module.at, told, module.name)
    if not good:
        stage.store(utilizer, module, rng.randint(15, 80))
    return good


def _build(stage: Stage, utilizer: Post, vendor: str, parts: list[Pack], rng: Random) -> list[Pack]:
    """48 V sets of three to five parents each, in the order in which they became ready."""
    ready = sorted(parts, key=lambda part: (part.at, part.name))
    sets = []
    while len(ready) >= _LEAST_PARENTS:
        size = min(len(ready), rng.randint(_LEAST_PARENTS, 5))
        parents, ready = ready[:size], ready[size:]
        sets.append(_repurpose(stage, utilizer, vendor, parents, rng))
    for part in ready:
        stage.store(utilizer, part, 90)
    return sets


def _repurpose(stage: Stage, utilizer: Post, vendor: str, parents: list[Pack], rng: Random) -> Pack:
    at_us = at_work(max(parent.at for parent in parents), rng.randint(2, 15), rng)
    use = rng.choices([name for name, _ in _USES], [share for _, share in _USES])[0]
    health = min(parent.soh for parent in parents)
    hours = round(parents[0].model.ah * health / 100)
    model = parents[0].model._replace(name=f"TC-48-{hours}", ah=hours, cells=16, use=use)
    name = stage.codes.second(vendor, "B", day_of(at_us))
    made = Pack(name, model, at_us, sum(p.kg for p in parents) * 1.04, parents[0].prefecture,
                soh=rng.uniform(96, 100), fade=3.5, vendor=vendor)  # fmt: skip
    data: Data = {
        "parents": [parent.name for parent in parents],
        "application": use,
        "rated_capacity_ah": str(hours),
        "rated_energy_kwh": number(_SET_V * hours / 1000),
        "mass_kg": number(made.kg),
        "standard": "YD/T 3768.1-2020" if use == "base_station" else "GB/T 34015.3-2021",
    }
    stage.book.tell(utilizer, "repurposed", at_us, data, name)
    stage.honest(made)
    return made


# --- into use ------------------------------------------------------------------------------------


def _deploy(stage: Stage, utilizer: Post, sets: list[Pack], rng: Random) -> None:
    for use, post in (
        ("base_station", stage.province.posts["site_operator"][0]),
        ("data_centre", stage.province.posts["site_operator"][1]),
    ):
        bound = [
            Waiting(one, one.at + rng.randint(10, 40) * DAY_US)
            for one in sets
            if one.model.use == use
        ]
        for leaves_us, load in loads(bound, _SETS_A_LOAD, rng):
            stage.hand_over(utilizer, post, load, leaves_us, rng)
            for one in load:
                _at_site(stage, post, one, rng)
    for one in sets:
        if one.model.use == "low_speed_ev":
            _in_small_car(stage, utilizer, one, rng)


def _at_site(stage: Stage, depot: Post, one: Pack, rng: Random) -> None:
    """A set's second life in a station or hall, and its end when it is old."""
    base = one.model.use == "base_station"
    place = rng.choice(stage.province.stations if base else stage.province.halls)
    data: Data = {"host": {"kind": one.model.use, "id": place.number}}
    if base and chance(rng, 0.5):  # half replace lead-acid sets
        lead = {"count": 4, "mass_kg": "156", "manifest": stage.codes.number("WF53")}
        data["replaced_lead_acid"] = lead
    at_us = one.pass_time(rng.randint(2, 30), rng)
    stage.book.tell(depot._replace(site=place.number), "installed", at_us, data, one.name)
    tested = stage.book.has_happened(at_work(at_us, 400, rng))
    left_us = serve_site(stage, depot, place, one, rng.uniform(2.5, 6), rng)
    if base and tested and not stage.book.has_happened(left_us):
        stage.samples.setdefault("second_life", one.name)


def serve_site(
    stage: Stage, depot: Post, place: Place, one: Pack, years: float, rng: Random
) -> int:
    """Yearly measurements at a site, then removal for the recycler; answers when it leaves."""
    here = depot._replace(site=place.number)
    for _ in range(int(years)):
        at_us = one.pass_time(rng.randint(330, 400), rng)
        told: Data = {
            "soh_percent": one.health,
            "voltage_v": number(rng.uniform(50.8, 53.6)),
            "temperature_c": number(rng.uniform(18, 34)),
        }
        stage.book.tell(here, "inspected", at_us, told, one.name)
    host = {"kind": place.kind, "id": place.number}
    end: Data = {"host": host, "reason": "end_of_life", "soh_percent": one.health}
    left_us = one.pass_time(rng.randint(20, 200), rng)
    stage.book.tell(here, "removed", left_us, end, one.name)
    retired: Data = {"reason": "capacity_low", "soh_percent": one.health}
    stage.book.tell(depot, "retired", one.pass_time(1, rng), retired, one.name)
    stage.store(depot, one, rng.randint(20, 90))
    return left_us


def _in_small_car(stage: Stage, utilizer: Post, one: Pack, rng: Random) -> None:
    sold: Data = {
        "prefecture": one.prefecture,
        "application": "low_speed_ev",
        "buyer_kind": "organisation",
    }
    at_us = one.pass_time(rng.randint(5, 40), rng)
    stage.book.tell(utilizer, "sold", at_us, sold, one.name)
    car = {"kind": "low_speed_ev", "id": stage.codes.number("DSC53")}
    workshop = stage.province.near("workshop", one.prefecture, rng)
    at_us = one.pass_time(rng.randint(1, 12), rng)
    stage.book.tell(workshop, "installed", at_us, {"host": car}, one.name)


def clear_out(stage: Stage, rng: Random) -> None:
    """What nobody uses again goes to the recyclers, in loads."""
    recyclers = stage.province.posts["recycler"]
    posts = [*stage.province.posts["utilizer"], *stage.province.posts["site_operator"]]
    for place, post in enumerate(posts):
        to = recyclers[place % len(recyclers)]
        for leaves_us, load in loads(stage.waiting.pop(post.id, ()), _TO_RECYCLER, rng):
            stage.hand_over(post, to, load, leaves_us, rng)
            stage.to_recycle.setdefault(to.id, []).extend(load)
