"""Packs of the story: models with ratings that can be true, codes, vehicles, ageing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final, NamedTuple

from dianchi.demo.clock import DAY_US, at_work
from dianchi.domain import code_tables as tables
from dianchi.domain.identifiers import vin_check

_SYMBOL_OF_YEAR: Final = {year: symbol for symbol, year in tables.YEARS.items()}
_SYMBOL_OF_MONTH: Final = {month: symbol for symbol, month in tables.MONTHS.items()}
_SYMBOL_OF_DAY: Final = {day: symbol for symbol, day in tables.DAYS.items()}
_YEAR_DAYS: Final = 365.0
_VIN_SERIALS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


class Model(NamedTuple):
    """A pack model: its ratings follow from cells in series, capacity and density."""

    name: str
    chemistry: str
    letter: str
    spec: str
    cells: int
    cell_v: float
    ah: int
    wh_per_kg: int
    modules: int
    use: str

    @property
    def volts(self) -> float:
        """Nominal voltage."""
        return round(self.cells * self.cell_v, 1)

    @property
    def kwh(self) -> float:
        """Rated energy."""
        return round(self.volts * self.ah / 1000, 1)

    @property
    def kg(self) -> float:
        """Mass by the name plate."""
        return round(self.kwh * 1000 / self.wh_per_kg, 1)


MODELS: Final = (
    Model("DC-BUS-LFP-162", "lfp", "B", "1A", 168, 3.2, 302, 138, 12, "commercial"),
    Model("DC-VAN-LFP-42", "lfp", "B", "1B", 104, 3.2, 127, 132, 8, "commercial"),
    Model("DC-TAXI-LFP-54", "lfp", "B", "1C", 112, 3.2, 150, 140, 8, "commercial"),
    Model("DC-CAR-LFP-60", "lfp", "B", "1D", 124, 3.2, 153, 146, 8, "private"),
    Model("DC-MINI-LFP-14", "lfp", "B", "1E", 36, 3.2, 120, 108, 4, "private"),
    Model("DC-CAR-NMC-56", "nmc", "E", "2A", 96, 3.65, 160, 165, 8, "private"),
    Model("DC-TAXI-NMC-48", "nmc", "E", "2B", 96, 3.65, 138, 158, 8, "commercial"),
    Model("DC-SUV-NMC-75", "nmc", "E", "2C", 108, 3.65, 190, 172, 10, "private"),
)
_WEIGHTS: Final = (8, 16, 18, 20, 10, 14, 8, 6)
SWAP_MODEL: Final = Model("DC-SWAP-LFP-50", "lfp", "B", "3A", 108, 3.2, 145, 142, 8, "swap")
VENDORS: Final = ("9Y1", "9Y2", "9Y3", "9Y4", "9Y5")
"""Vendor codes of the makers in the order of the firms' table (synthetic)."""
STRANGERS: Final = ("9X1", "9X2", "9X3")
"""Vendor codes of makers in other provinces that have no account here."""
UTILIZERS: Final = ("9R1", "9R2", "9R3")
"""Vendor codes of the utilizers, under which they name the sets that they build (synthetic)."""


@dataclass(slots=True)
class Pack:
    """A battery of the story: pack, module or second-life set.

    Attributes:
        at: the last moment at which something happened to it.
        kg: what a scale shows; the name plate says `rated_kg`.
        soh: per cent, never rising.
        fade: points of health lost in a year.
        born: the body of its birth report, for lots that are added later.
        safety: its class at the last intake.
    """

    name: str
    model: Model
    at: int
    kg: float
    prefecture: str
    soh: float = 100.0
    fade: float = 3.0
    vin: str = ""
    vendor: str = ""
    modules: list[str] = field(default_factory=list)
    born: dict[str, Any] | None = None
    safety: str = "A"

    def pass_time(self, days: int, rng: Random) -> int:
        """Lets days pass; answers the moment of what happens then."""
        before = self.at
        self.at = at_work(self.at, days, rng)
        self._age((self.at - before) / DAY_US, rng)
        return self.at

    def _age(self, days: float, rng: Random) -> None:
        lost = self.fade * days / _YEAR_DAYS * rng.uniform(0.7, 1.3)
        self.soh = max(35.0, self.soh - lost)

    def weighed(self, rng: Random) -> str:
        """What a scale shows this time."""
        return number(self.kg * (1 + rng.uniform(-0.002, 0.002)))

    @property
    def health(self) -> str:
        """State of health as a tester shows it."""
        return number(self.soh)

    @property
    def line(self) -> dict[str, Any]:
        """Its line in a list of batteries, without a mass."""
        return {"battery": self.name}


def number(value: float) -> str:
    """A measured value with one digit after the point."""
    return f"{value:.1f}"


def ratings(model: Model) -> dict[str, Any]:
    """What a birth or declaration says of a pack of this model."""
    return {
        "model": model.name,
        "chemistry": model.chemistry,
        "rated_capacity_ah": str(model.ah),
        "rated_energy_kwh": number(model.kwh),
        "nominal_voltage_v": number(model.volts),
        "mass_kg": number(model.kg),
    }


def chosen_model(rng: Random) -> Model:
    """A model as frequent as its kind is on the road."""
    return rng.choices(MODELS, _WEIGHTS)[0]


@dataclass(slots=True)
class Codes:
    """Hands out codes, VINs and numbers; each once."""

    _serials: Counter[str] = field(default_factory=Counter)
    _vins: int = 0

    def pack(self, vendor: str, model: Model, made: date, kind: str = "P") -> str:
        """A 24-character code of GB/T 34014."""
        stem = f"{vendor}{kind}{model.letter}{model.spec}D1A{model.spec}SN"
        return self._numbered(stem, made)

    def second(self, vendor: str, letter: str, made: date) -> str:
        """A 19-character code of a second-life set."""
        return f"{self._numbered(f'{vendor}P{letter}R1', made)}RM"

    def _numbered(self, stem: str, made: date) -> str:
        dated = f"{stem}{_dated(made)}"
        self._serials[dated] += 1
        return f"{dated}{self._serials[dated]:07d}"

    def vin(self, year: int, rng: Random) -> str:
        """A Chinese VIN with the right check digit, of a maker code nobody has."""
        self._vins += 1
        symbol = "ABCDEFGHJKLMNPRSTVWXY123456789"[(year - 2010) % 30]
        letters = "".join(rng.choice(_VIN_SERIALS) for _ in range(4))
        stem = f"LYD{letters}0", f"{symbol}D{self._vins:06d}"
        check = vin_check(f"{stem[0]}0{stem[1]}")
        return f"{stem[0]}{check}{stem[1]}"

    def number(self, prefix: str) -> str:
        """The next number of a series: hand-overs, batches, lots."""
        self._serials[prefix] += 1
        return f"{prefix}-{self._serials[prefix]:04d}"


def _dated(made: date) -> str:
    return _SYMBOL_OF_YEAR[made.year] + _SYMBOL_OF_MONTH[made.month] + _SYMBOL_OF_DAY[made.day]
