"""At the recyclers: batches into material, and material into lots that go to makers."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Final

from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, at_work, day_of
from dianchi.demo.firms import Post
from dianchi.demo.packs import Pack, number
from dianchi.demo.smelting import smelt
from dianchi.demo.stage import Lot, Stage, Waiting, loads
from dianchi.domain.materials import contained

_BATCH: Final = 18
_BATCH_DAYS: Final = 25
_CRUSHED: Final = (("black_mass", 0.40), ("steel", 0.14), ("plastic", 0.08), ("separator", 0.02))
_LEACHED: Final = {
    "lfp": (("lithium_carbonate", 0.11), ("iron_phosphate", 0.50), ("graphite", 0.22)),
    "nmc": (("lithium_carbonate", 0.12), ("nickel_sulfate", 0.34), ("cobalt_sulfate", 0.12),
            ("manganese_sulfate", 0.08), ("graphite", 0.20)),
}  # fmt: skip
_SOUGHT: Final = frozenset(("lithium_carbonate", "nickel_sulfate", "iron_phosphate"))
_FOILS: Final = ("copper", "aluminium")
_YEAR_US: Final = 365 * DAY_US


def recycle(stage: Stage, rng: Random) -> list[Lot]:
    """Recycles all that ever came, and delivers what came out; answers the lots at makers."""
    delivered: list[Lot] = []
    for recycler in stage.province.posts["recycler"]:
        packs = stage.to_recycle.pop(recycler.id, [])
        for chemistry in ("lfp", "nmc"):
            of = [pack for pack in packs if pack.model.chemistry == chemistry]
            lots, salts = _work_off(stage, recycler, of, rng)
            delivered += salts
            lots = [lot for lot in lots if stage.book.has_happened(lot.at)]
            delivered += _leach(stage, recycler, chemistry, lots, rng)
    return delivered


def _work_off(
    stage: Stage, recycler: Post, packs: list[Pack], rng: Random
) -> tuple[list[Lot], list[Lot]]:
    """Crushes loads into black mass; since a year, every other one goes whole into salts."""
    waiting = [Waiting(pack, pack.at + _BATCH_DAYS * DAY_US) for pack in packs]
    black: list[Lot] = []
    salts: list[Lot] = []
    for n, (starts_us, load) in enumerate(loads(waiting, _BATCH, rng)):
        at_us = at_work(starts_us, 1, rng)
        if n % 2 or at_us < stage.book.plan.horizon_us - _YEAR_US:
            black.append(crush(stage, recycler, load, at_us, rng)[0])
        else:
            made = smelt(stage, recycler, load, at_us, rng)
            salts += _delivered(stage, recycler, made, at_us, rng)
    return black, salts


def crush(
    stage: Stage, recycler: Post, load: list[Pack], at_us: int, rng: Random, gain: float = 1.0
) -> tuple[Lot, str]:
    """Crushes a load; a `gain` above 1 says that more came out than went in."""
    batch = stage.codes.number(f"{recycler.site}-PC")
    inputs = [pack.line | {"mass_kg": pack.weighed(rng)} for pack in load]
    total = sum(float(line["mass_kg"]) for line in inputs)
    outputs: list[Data] = [
        {
            "lot": f"{batch}-{material}",
            "material": material,
            "mass_kg": number(total * share * gain),
        }
        for material, share in _CRUSHED
    ]
    outputs += [
        {"lot": f"{batch}-{metal}", "material": metal, "mass_kg": number(kg * 0.988 * gain)}
        for metal, kg in _foils(load, total, at_us).items()
    ]
    out_kg = sum(float(line["mass_kg"]) for line in outputs) / gain
    residue_kg = max(0.0, total * rng.uniform(0.985, 0.998) - out_kg)
    event_id = stage.book.tell(
        recycler,
        "recycled",
        at_us,
        {
            "batch": batch,
            "process": "crush",
            "inputs": inputs,
            "outputs": outputs,
            "residue_kg": number(residue_kg),
        },
    )
    for pack in load:
        pack.at = at_us
    if residue_kg >= 1:
        dispose(stage, recycler, batch, residue_kg, at_us, rng)
    black = outputs[0]
    lot = Lot(black["lot"], recycler.id, "black_mass", float(black["mass_kg"]), at_us, load[0])
    return lot, event_id


def _foils(load: list[Pack], total_kg: float, at_us: int) -> dict[str, float]:
    """Copper and aluminium in a load, by the shares that the service itself assumes."""
    held = contained(load[0].model.chemistry, Decimal(str(total_kg)), day_of(at_us))
    return {metal: float(held[metal]) for metal in _FOILS}


def dispose(stage: Stage, recycler: Post, batch: str, kg: float, at_us: int, rng: Random) -> None:
    """Hands the residue of a batch to who may bury it."""
    gone: Data = {
        "batch": batch,
        "mass_kg": number(kg),
        "manifest": stage.codes.number("GF53"),
        "receiver": {"external": True, "name": "贵州固废处置示范", "province": "52"},
    }
    stage.book.tell(recycler, "disposed", at_work(at_us, rng.randint(2, 20), rng), gone)


def _leach(
    stage: Stage, recycler: Post, chemistry: str, lots: list[Lot], rng: Random
) -> Iterator[Lot]:
    """Every few lots of black mass become salts; the sought ones go to makers of the province."""
    while lots:
        taken, lots = lots[: (size := rng.randint(2, 3))], lots[size:]
        at_us = at_work(max(lot.at for lot in taken), rng.randint(3, 20), rng)
        salts = _salts(stage, recycler, chemistry, taken, at_us, rng)
        yield from _delivered(stage, recycler, salts, at_us, rng)


def _delivered(
    stage: Stage, recycler: Post, salts: list[Lot], at_us: int, rng: Random
) -> list[Lot]:
    """The sought ones of these lots, once they are at a maker of the province."""
    sought = [lot for lot in salts if lot.material in _SOUGHT]
    maker = rng.choice(stage.province.posts["maker"][:2])
    came_us = _deliver(stage, recycler, maker, sought, at_us, rng)
    for lot in sought:
        lot.at = came_us
    return sought


def _salts(
    stage: Stage, recycler: Post, chemistry: str, taken: list[Lot], at_us: int, rng: Random
) -> list[Lot]:
    batch = stage.codes.number(f"{recycler.site}-SF")
    total = sum(lot.kg for lot in taken)
    made = [
        Lot(
            f"{batch}-{material}",
            recycler.id,
            material,
            round(total * share, 1),
            at_us,
            taken[0].of,
        )
        for material, share in _LEACHED[chemistry]
    ]
    residue_kg = total * rng.uniform(0.982, 0.998) - sum(lot.kg for lot in made)
    data: Data = {
        "batch": batch,
        "process": "hydro",
        "inputs": [{"lot": lot.number, "mass_kg": number(lot.kg)} for lot in taken],
        "outputs": [lot.told | {"purity_percent": "99.6"} for lot in made],
        "residue_kg": number(residue_kg),
        "energy_kgce": number(total * 0.2),
        "water_reuse_percent": "92.5",
    }
    stage.book.tell(recycler, "recycled", at_us, data)
    return made


def _deliver(
    stage: Stage, recycler: Post, maker: Post, lots: list[Lot], at_us: int, rng: Random
) -> int:
    leaves_us = at_work(at_us, rng.randint(2, 10), rng)
    handover = stage.codes.number(f"{recycler.site}-HO")
    lines = [lot.told for lot in lots]
    stage.book.tell(
        recycler,
        "dispatched",
        leaves_us,
        {"handover": handover, "receiver": maker.id, "lots": lines},
    )
    came_us = at_work(leaves_us, rng.randint(1, 2), rng)
    taken = [line | {"issuer": recycler.id} for line in lines]
    told: Data = {"handover": handover, "sender": recycler.id, "lots": taken}
    stage.book.tell(maker, "received", came_us, told)
    for lot in lots:
        lot.issuer = recycler.id
        stage.stock.setdefault(maker.id, []).append(lot)
    return came_us
