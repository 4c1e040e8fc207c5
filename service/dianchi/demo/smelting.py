"""A recycler that takes whole packs to salts in one batch: what went in is known by kind."""

from decimal import Decimal
from random import Random
from typing import Final

from dianchi.demo.book import Data
from dianchi.demo.clock import day_of
from dianchi.demo.firms import Post
from dianchi.demo.packs import Pack, number
from dianchi.demo.stage import Lot, Stage
from dianchi.domain.materials import Output, contained, recovered

_SALTS: Final = {
    "lithium": "lithium_carbonate",
    "nickel": "nickel_sulfate",
    "cobalt": "cobalt_sulfate",
    "manganese": "manganese_sulfate",
    "copper": "copper",
    "aluminium": "aluminium",
}
_RATES: Final = {"lithium": (0.903, 0.931), "copper": (0.981, 0.99), "aluminium": (0.981, 0.99)}
_GOOD: Final = (0.9815, 0.994)
_POOR: Final = {"lithium": (0.84, 0.89), "nickel": (0.955, 0.975)}
"""A batch that did not go well: information, not a breach (floors are judged over 12 months)."""
_POOR_EVERY: Final = 6
_OTHERS: Final = {
    "lfp": (("iron_phosphate", 0.28), ("graphite", 0.16)),
    "nmc": (("graphite", 0.08),),
}
_PURITY: Final = "99.6"


def smelt(stage: Stage, recycler: Post, load: list[Pack], at_us: int, rng: Random) -> list[Lot]:
    """Takes a load of one chemistry to salts; gives the lots that came out."""
    batch = stage.codes.number(f"{recycler.site}-YT")
    inputs = [pack.line | {"mass_kg": pack.weighed(rng)} for pack in load]
    total = sum(float(line["mass_kg"]) for line in inputs)
    poor = int(batch[-4:]) % _POOR_EVERY == 2  # noqa: PLR2004 - the second of each plant, and on
    masses = _outputs(load[0].model.chemistry, total, at_us, rng, poor=poor)
    lots = [
        Lot(f"{batch}-{material}", recycler.id, material, kg, at_us, load[0])
        for material, kg in masses.items()
    ]
    residue_kg = max(0.0, total * rng.uniform(0.985, 0.998) - sum(masses.values()))
    data: Data = {
        "batch": batch,
        "process": "hydro",
        "inputs": inputs,
        "outputs": [lot.told | _pure(lot.material) for lot in lots],
        "residue_kg": number(residue_kg),
        "energy_kgce": number(total * 0.24),
        "water_reuse_percent": "93.1",
    }
    stage.book.tell(recycler, "recycled", at_us, data)
    for pack in load:
        pack.at = at_us
    return lots


def _pure(material: str) -> Data:
    salts = set(_SALTS.values()) - {"copper", "aluminium"}
    return {"purity_percent": _PURITY} if material in salts else {}


def _outputs(
    chemistry: str, total_kg: float, at_us: int, rng: Random, *, poor: bool
) -> dict[str, float]:
    """Kilograms of each material, by the contents that the service itself assumes."""
    on = day_of(at_us)
    made: dict[str, float] = {}
    for metal, held_kg in contained(chemistry, Decimal(str(total_kg)), on).items():
        material = _SALTS[metal]
        usual = _RATES.get(metal, _GOOD)
        share = rng.uniform(*(_POOR.get(metal, usual) if poor else usual))
        each = recovered([Output(material, Decimal(1), _percent(material))], on)[metal]
        made[material] = round(float(held_kg) * share / float(each), 2)
    return made | {material: round(total_kg * part, 1) for material, part in _OTHERS[chemistry]}


def _percent(material: str) -> Decimal | None:
    return Decimal(_PURITY) if _pure(material) else None
