"""The rules of every date in one frozen object: duties, floors, prohibitions, limits, thresholds.

A report is judged by the rule in force on its business date, never by today's (design 2). Words of
closed lists, dated as well, stand in `vocabulary`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from dianchi.domain.dated import Dated, in_force, latest
from dianchi.domain.deadline_rows import DEADLINES, REGIMES
from dianchi.domain.deadlines import Regime, Rule, Standing, due, standing
from dianchi.domain.limit_rows import (
    FLOORS,
    NUMBERS,
    OUTLET_LIMITS,
    PROHIBITIONS,
    TOLERANCES,
    WINDOWS,
)
from dianchi.domain.limits import (
    Floor,
    Number,
    OutletLimit,
    Prohibition,
    Tolerance,
    Window,
    WindowKind,
)

__all__ = ["RULES", "Regime", "Rule", "Rules", "Standing", "due", "standing"]

_Row = TypeVar("_Row", bound=Dated)
Key = tuple[str, ...]


def _index(rows: Iterable[tuple[Key, _Row]]) -> Mapping[Key, tuple[_Row, ...]]:
    found: defaultdict[Key, list[_Row]] = defaultdict(list)
    for key, row in rows:
        found[key].append(row)
    return MappingProxyType({key: tuple(listed) for key, listed in found.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All dated rows; another set of rows makes another object (tests, a regulator's own table).

    Equal only to itself, so that what follows from it can be remembered.
    """

    regimes: tuple[Regime, ...] = REGIMES
    duties: tuple[Rule, ...] = DEADLINES
    numbers: tuple[Number, ...] = NUMBERS
    floors: tuple[Floor, ...] = FLOORS
    prohibitions: tuple[Prohibition, ...] = PROHIBITIONS
    outlet_limits: tuple[OutletLimit, ...] = OUTLET_LIMITS
    tolerances: tuple[Tolerance, ...] = TOLERANCES
    windows: tuple[Window, ...] = WINDOWS
    _duties: Mapping[Key, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    _numbers: Mapping[Key, tuple[Number, ...]] = field(init=False, repr=False, compare=False)
    _windows: Mapping[Key, tuple[Window, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        indexes: Mapping[str, object] = {
            "_duties": _index(((t,), r) for r in self.duties for t in r.trigger.types),
            "_numbers": _index(((n.id,), n) for n in self.numbers),
            "_windows": _index(((w.kind, w.product, w.chemistry), w) for w in self.windows),
        }
        for name, index in indexes.items():
            object.__setattr__(self, name, index)

    def regime(self, on: date) -> Regime | None:
        """The national regime of a business date; None before 2018-08-01."""
        return latest((regime for regime in self.regimes if regime.id != "HOUSE"), on)

    def deadlines(
        self,
        event_type: str,
        role: str,
        on: date,
        *,
        host_kind: str | None = None,
        safety_class: str | None = None,
    ) -> tuple[Rule, ...]:
        """The duties that a report of this type by this role starts on its business date."""
        return tuple(
            rule
            for rule in self._duties.get((event_type,), ())
            if in_force(rule, on)
            and rule.trigger.fits(event_type, role, host_kind=host_kind, safety_class=safety_class)
        )

    def number(self, name: str, on: date) -> Decimal:
        """A threshold by name on a date; before its first row, that row."""
        rows = self._numbers[(name,)]
        return (latest(rows, on) or rows[0]).value

    def floor(self, metal: str, process: str, on: date) -> Floor | None:
        """The least share of a metal that a process must recover, where a row says so."""
        rows = (row for row in self.floors if (row.metal, row.process) == (metal, process))
        return latest(rows, on)

    def prohibited(
        self, application: str, on: date, chemistry: str | None = None
    ) -> Prohibition | None:
        """The ban on second use of waste traction batteries in an application, where there is one.

        Bans that name chemistries hold only for a chemistry that is given and named.
        """
        rows = (
            row
            for row in self.prohibitions
            if row.application == application
            and (not row.chemistries or chemistry in row.chemistries)
        )
        return latest(rows, on)

    def outlet_limit(self, kind: str, on: date) -> OutletLimit | None:
        """What an outlet of this kind (`collection`, `central`) may hold on a date."""
        return latest((row for row in self.outlet_limits if row.kind == kind), on)

    def tolerance(self, mass_basis: str, on: date) -> Tolerance:
        """How far two masses may differ; an unknown basis counts as estimated."""
        rows = [row for row in self.tolerances if row.basis == mass_basis]
        rows = rows or [row for row in self.tolerances if row.basis == "estimated"]
        return latest(rows, on) or rows[0]

    def window(
        self, kind: WindowKind, chemistry: str, on: date, product: str = "any"
    ) -> Window | None:
        """What a ratio plausibly is: `wh_per_kg` of a `pack` or `cell`, `volt_per_cell` of any."""
        return latest(self._windows.get((kind, product, chemistry), ()), on)

    def plausible_density(
        self, chemistry: str, energy_kwh: Decimal, mass_kg: Decimal, on: date, product: str = "pack"
    ) -> bool:
        """Whether Wh/kg lies in the window of the chemistry; True where there is no window."""
        window = self.window("wh_per_kg", chemistry, on, product)
        return window is None or mass_kg <= 0 or window.holds(energy_kwh * 1000 / mass_kg)

    def plausible_voltage(self, chemistry: str, voltage_v: Decimal, on: date) -> bool:
        """Whether a whole number of cells in series can give the nominal voltage."""
        window = self.window("volt_per_cell", chemistry, on)
        if window is None or voltage_v <= 0:
            return True
        return voltage_v // window.low * window.high >= voltage_v


RULES: Final = Rules()
"""The rules as known to this version of the service."""
