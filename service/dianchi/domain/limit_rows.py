"""Rows of limits with their source marks (domain study 2.2, 6, 7, 13, 14)."""

from datetime import date
from decimal import Decimal
from typing import Final, get_args

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadline_rows import CN_2018, CN_2026
from dianchi.domain.deadlines import Mark
from dianchi.domain.limits import (
    Floor,
    Number,
    OutletLimit,
    Prohibition,
    Severity,
    Tolerance,
    Window,
    WindowKind,
)
from dianchi.domain.refusals import Text

_MARKS: Final[dict[str, Mark]] = {mark: mark for mark in get_args(Mark)}


def _table(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


NUMBERS: Final = tuple(
    Number(name, Decimal(value), unit, ALWAYS, None, _MARKS[mark])
    for name, value, unit, mark in _table("""
due_soon_share               0.20   share   D
soh_rise_points              3      points  D
residual_over_rated          1.05   ratio   D
insulation_ohm_per_v         100    ohm/V   R-h
cell_temperature_high_c      60     C       D
handover_pair_minutes        15     min     D
disassembly_factor           1.02   ratio   D
batch_balance_share          0.03   share   D
recovery_most                1.00   ratio   D
travel_km_per_hour           120    km/h    D
travel_slack_km              30     km      D
silent_battery_days          180    days    D
silent_transit_days          30     days    D
silent_firm_days             90     days    D
pickup_answer_days           7      days    D
old_battery_years            8      years   D
onboarding_days              180    days    D
sandbox_kept_days            90     days    D
relabel_burst_per_day        20     count   D
backdate_burst_per_day       50     count   D
backdate_days                30     days    D
powder_impurity_percent      1.5    %       V
water_reuse_percent          90     %       V
energy_kgce_per_t_carbonate  2200   kgce/t  V
recovery_window_months       12     months  D
full_stock_share             0.80   share   D
""")
)

_EDITIONS: Final[dict[str, tuple[date, date | None]]] = {
    "2019": (date(2020, 1, 1), date(2024, 12, 31)),
    "2024": (date(2025, 1, 1), None),
}
"""公告2024年第42号 is of December 2024, its day was not seen: from the next full month (D)."""

_FLOORS: Final = """
2019 nickel,cobalt,manganese hydro,pyro 0.98 R-h
2019 lithium                 hydro,pyro 0.85 R-h
2019 rare_earth              hydro,pyro 0.97 R-h
2024 nickel,cobalt,manganese hydro,pyro 0.98 V
2024 lithium                 hydro,pyro 0.90 V
2024 rare_earth              hydro,pyro 0.97 V
2024 copper,aluminium        crush      0.98 V2
2024 electrode_powder        crush      0.98 V
2019 repaired_material       repair     0.99 R-h
2024 repaired_material       repair     0.99 V
"""
FLOORS: Final = tuple(
    Floor(
        metal,
        process,
        Decimal(share),
        *_EDITIONS[edition],
        _MARKS[mark],
    )
    for edition, metals, processes, share, mark in _table(_FLOORS)
    for metal in metals.split(",")
    for process in processes.split(",")
)

PROHIBITIONS: Final = (
    Prohibition(
        "e_bike",
        frozenset(),
        Text(
            "废旧动力电池不得用于电动自行车等领域(第73号令第22条)。",
            "Waste traction batteries must not be used in e-bikes (Order 73, Art. 22).",
        ),
        "Art. 22",
        "high",
        CN_2026.valid_from,
        CN_2026.valid_to,
        "V2",
    ),
    Prohibition(
        "energy_storage",
        frozenset({"nmc", "nca"}),
        Text(
            "中大型储能电站不得使用三元电池(国能发安全〔2023〕22号)。",
            "Medium and large storage stations shall not use ternary cells (NEA 2023 No. 22).",
        ),
        "国能发安全〔2023〕22号",
        "medium",
        date(2023, 4, 1),
        None,
        "R-h",
    ),
)
"""Whether four-wheel low-speed vehicles are prohibited was not verified: no row."""

_GUIDE: Final = (date(2019, 11, 1), CN_2018.valid_to)
_AFTER: Final = (CN_2026.valid_from, None)
_COLLECTION: Final = (Decimal(5000), Decimal(10), None)
_CENTRAL: Final = (None, None, Decimal(30000))
OUTLET_LIMITS: Final = (
    OutletLimit("collection", *_COLLECTION, "statutory", *_GUIDE, "V"),
    OutletLimit("central", *_CENTRAL, "statutory", *_GUIDE, "V"),
    OutletLimit("collection", *_COLLECTION, "house", *_AFTER, "V"),
    OutletLimit("central", *_CENTRAL, "house", *_AFTER, "V"),
)
"""公告2019年第46号； house rules since its repeal, until GB/T 38698.2-2023 has been read."""

_WORST: Final[dict[str, Severity]] = {"estimated": "low"}
TOLERANCES: Final = tuple(
    Tolerance(
        basis,
        Decimal(share),
        Decimal(kg),
        _WORST.get(basis, "medium"),
        ALWAYS,
        None,
        "D",
    )
    for basis, share, kg in _table("""
weighed            0.01  2
nameplate          0.03  5
weighbridge_share  0.05  10
estimated          0.20  50
""")
)

_KINDS: Final[dict[str, WindowKind]] = {kind: kind for kind in get_args(WindowKind)}
WINDOWS: Final = tuple(
    Window(_KINDS[kind], chemistry, product, Decimal(low), Decimal(high), ALWAYS, None, _MARKS[m])
    for kind, product, chemistry, low, high, m in _table("""
wh_per_kg      pack  lfp             80    170   R-m
wh_per_kg      pack  lmfp            90    190   D
wh_per_kg      pack  lmo             60    160   D
wh_per_kg      pack  nmc             110   220   R-m
wh_per_kg      pack  nca             110   240   D
wh_per_kg      pack  lto             40    90    R-m
wh_per_kg      pack  nimh            30    70    R-m
wh_per_kg      pack  sodium_ion      60    150   D
wh_per_kg      pack  semi_solid      120   320   D
wh_per_kg      pack  supercapacitor  2     20    D
wh_per_kg      cell  lfp             90    220   D
wh_per_kg      cell  nmc             130   330   D
wh_per_kg      cell  nca             150   340   D
wh_per_kg      cell  lto             40    120   D
volt_per_cell  any   nimh            1.2   1.3   V2
volt_per_cell  any   lfp             3.2   3.3   V
volt_per_cell  any   lmfp            3.5   4.0   D
volt_per_cell  any   lmo             3.6   3.8   V2
volt_per_cell  any   lco             3.6   3.85  V2
volt_per_cell  any   nmc             3.5   3.8   V
volt_per_cell  any   nca             3.5   3.8   V
volt_per_cell  any   supercapacitor  2.5   2.7   V2
volt_per_cell  any   lto             2.2   2.4   V2
volt_per_cell  any   sodium_ion      2.8   3.2   D
""")
)
