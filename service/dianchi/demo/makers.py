"""At the makers: what they buy and what comes back from recyclers goes into new packs."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, at_work
from dianchi.demo.firms import Post
from dianchi.demo.packs import Pack, number
from dianchi.demo.stage import Lot, Stage

_CATHODE: Final = {"nickel_sulfate": "nmc", "cobalt_sulfate": "nmc", "iron_phosphate": "lfp"}
_RECYCLED: Final = {"lithium_carbonate": 0.015, "nickel_sulfate": 0.05, "iron_phosphate": 0.06}
"""Of the mass of a new pack, how much of a recycled lot goes in where there is enough of it."""
_BOUGHT: Final = {"lithium_carbonate": 0.025, "nickel_sulfate": 0.18, "cobalt_sulfate": 0.07}
_ORIGINS: Final = ("production_scrap", "purchased", "purchased", "consumer_waste", "opening_stock")
_QUARTERS: Final = 6
_QUARTER_DAYS: Final = 91
_LOT_KG: Final = 900.0
_SEEN: Final = 0.75
"""How many of the packs have what was bought for them on record: the rest is not known."""
_TWO_PLACES: Final = 2


@dataclass(slots=True)
class Bought:
    """A lot that a maker declared, and what is left of it."""

    number: str
    material: str
    kg: float
    at: int


def buy(stage: Stage, maker: Post, rng: Random) -> Iterator[Bought]:
    """The lots that a maker declared since a year and a half, each with its origin."""
    for quarter in range(_QUARTERS, 0, -1):
        for n, material in enumerate((*_BOUGHT, "iron_phosphate")):
            days = quarter * _QUARTER_DAYS + rng.randint(0, 20)
            at_us = at_work(stage.book.plan.horizon_us - days * DAY_US, 0, rng)
            lot = stage.codes.number(f"{maker.site}-WL")
            told: Data = {
                "lot": lot,
                "material": material,
                "mass_kg": number(_LOT_KG),
                "origin": _ORIGINS[(quarter + n) % len(_ORIGINS)],
            }
            stage.book.tell(maker, "lot_declared", at_us, told)
            yield Bought(lot, material, _LOT_KG, at_us)


def close_circle(stage: Stage, born: list[tuple[Post, Pack, int]]) -> None:
    """Puts the lots that a maker has into the packs it makes afterwards."""
    rng = Random(f"bought/{stage.book.plan.name}")
    bought = {maker.id: list(buy(stage, maker, rng)) for maker in stage.province.posts["maker"][:2]}
    for maker, pack, made_us in sorted(born, key=lambda item: (item[2], item[1].name)):
        shares = list(_recycled(stage, maker, pack, made_us))
        if rng.random() < _SEEN:
            shares += _own(bought.get(maker.id, []), pack, made_us)
        if shares and pack.born is not None:
            pack.born["lots"] = shares


def _recycled(stage: Stage, maker: Post, pack: Pack, made_us: int) -> Iterator[Data]:
    for material, kg in _wanted(_RECYCLED, pack):
        lots = stage.stock.get(maker.id, ())
        lot = _enough(lots, material, kg, made_us)
        if lot is not None:
            lot.kg -= kg
            yield {"lot": lot.number, "issuer": lot.issuer} | _told(material, kg)
            _note_circle(stage, lot)


def _own(lots: list[Bought], pack: Pack, made_us: int) -> Iterator[Data]:
    for material, kg in _wanted(_BOUGHT, pack):
        # The newest that was there: so that packs of different months hold different origins.
        had = (each for each in reversed(lots) if each.material == material)
        lot = next((each for each in had if each.kg >= kg and each.at < made_us), None)
        if lot is not None:
            lot.kg -= kg
            yield {"lot": lot.number} | _told(material, kg)


def _wanted(shares: dict[str, float], pack: Pack) -> Iterator[tuple[str, float]]:
    for material, share in shares.items():
        if _CATHODE.get(material, pack.model.chemistry) == pack.model.chemistry:
            yield material, round(pack.kg * share, _TWO_PLACES)


def _told(material: str, kg: float) -> Data:
    return {"material": material, "mass_kg": f"{kg:.2f}"}


def _enough(lots: tuple[Lot, ...] | list[Lot], material: str, kg: float, at_us: int) -> Lot | None:
    had = (lot for lot in lots if lot.material == material and lot.kg >= kg and lot.at < at_us)
    return next(had, None)


def _note_circle(stage: Stage, lot: Lot) -> None:
    """The best sample has its birth and its end on record, and its material in a new pack."""
    whole = lot.of.born is not None and bool(lot.of.vin)
    if whole or "circle" not in stage.samples:
        stage.samples["circle"] = lot.of.name
