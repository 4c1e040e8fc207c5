"""Checks of what was measured or promised: age, ratings, health, mass, safety, lawful use."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from dianchi.domain.codes import CodeNote, chemistry_agrees, decode, parse_battery
from dianchi.domain.fields import chinese_day
from dianchi.domain.limits import Tolerance, Window, WindowKind
from dianchi.domain.refusals import Malformed
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Hosted

if TYPE_CHECKING:
    from dianchi.domain.life import Event, Life

_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_DATE_AT: Final = {19: 7, 24: 14, 26: 14}
_PLAUSIBLE_RATIO: Final = (Decimal(900), Decimal(1100))
_DAYS_KNOWN: Final = 4096


def business_day(event: "Event") -> date:
    """The Chinese calendar day on which the event happened: the day whose rules judge it."""
    return _date(chinese_day(event.occurred_us))


def day_of(moment_us: int) -> date:
    """The Chinese calendar day of a moment (UTC microseconds)."""
    return _date(chinese_day(moment_us))


@lru_cache(maxsize=_DAYS_KNOWN)
def _date(day: int) -> date:
    return _EPOCH_DAY + timedelta(days=day)


class _DayRules:
    """The rules of one business day; each is looked up once, since every birth asks the same."""

    def __init__(self, rules: Rules, day: int) -> None:
        self.rules = rules
        self.on = _date(day)
        self._numbers: dict[str, Decimal] = {}
        self._windows: dict[tuple[WindowKind, str, str], Window | None] = {}
        self._tolerances: dict[str, Tolerance] = {}

    def number(self, name: str) -> Decimal:
        if name not in self._numbers:
            self._numbers[name] = self.rules.number(name, self.on)
        return self._numbers[name]

    def window(self, kind: WindowKind, chemistry: str, product: str = "any") -> Window | None:
        key = kind, chemistry, product
        if key not in self._windows:
            self._windows[key] = self.rules.window(kind, chemistry, self.on, product)
        return self._windows[key]

    def tolerance(self, basis: str) -> Tolerance:
        if basis not in self._tolerances:
            self._tolerances[basis] = self.rules.tolerance(basis, self.on)
        return self._tolerances[basis]


def _rules_of(rules: Rules, event: "Event") -> _DayRules:
    """What the rules say on the event's day, remembered; rules are frozen, so it stays pure."""
    return _day_rules(rules, chinese_day(event.occurred_us))


_day_rules: Final = lru_cache(maxsize=_DAYS_KNOWN)(_DayRules)


class _Code(NamedTuple):
    """What a GB/T code says that a life is checked against; `made` are days, earliest first."""

    letter: str
    product: str
    reuse: bool
    variant: bool
    made: tuple[int, ...]


def _code_of(name: str) -> _Code | None:
    """Type, letter and dates of a GB/T code, whatever its vendor, trace and serial are."""
    at = _DATE_AT.get(len(name))
    if at is None or ":" in name:
        return None
    dated, mark = name[at : at + 3], name[at + 10 :]
    return _code_like(f"000{name[3:5]}00{'0' * (at - 7)}{dated}0000001{mark}")


@lru_cache(maxsize=8192)
def _code_like(name: str) -> _Code | None:
    try:
        facts = decode(parse_battery(name))
    except Malformed:
        return None
    if facts is None:
        return None
    days = tuple((made - _EPOCH_DAY).days for made in facts.made)
    variant = CodeNote.DATE_CODE_VARIANT in facts.notes
    return _Code(facts.letter, facts.product, facts.reuse, variant, days)


def check_age(life: "Life", event: "Event") -> None:
    """Nothing can happen to a battery before the day its code says it was made."""
    day = chinese_day(event.occurred_us)
    if not life.made_day:
        code = _code_of(event.subject)
        if code is None:
            return
        first, *later = code.made
        life.made_day = max((made for made in later if made <= day), default=first)
        if code.variant:
            life.find("date_code_variant", event.event_id, severity="info", name=event.subject)
    if day < life.made_day:
        made = str(_EPOCH_DAY + timedelta(days=life.made_day))
        life.find("before_made", event.event_id, made=made, type=event.type)


def check_ratings(life: "Life", event: "Event", rules: Rules) -> None:
    """A birth's chemistry against its code, and whether its ratings can be true."""
    data, chemistry = event.data, event.data["chemistry"]
    code = _code_of(event.subject)
    if code is not None and not chemistry_agrees(code.letter, chemistry):
        life.find("chemistry_mismatch", event.event_id, chemistry=chemistry, letter=code.letter)
    if code is not None and code.reuse:
        life.find("reuse_code_without_parents", event.event_id, name=event.subject)
    rated = tuple(data[name] for name in _RATED)
    what = _implausible(_rules_of(rules, event), chemistry, code.product if code else "pack", rated)
    if what:
        life.find("implausible_rating", event.event_id, what=what)


_RATED: Final = ("rated_energy_kwh", "mass_kg", "nominal_voltage_v", "rated_capacity_ah")


@lru_cache(maxsize=4096)
def _implausible(today: _DayRules, chemistry: str, product: str, rated: tuple[str, ...]) -> str:
    """What of the ratings cannot be true, or nothing; packs of one model ask the same again."""
    kwh, mass, volts, hours = (Decimal(value) for value in rated)
    energy = kwh * 1000
    density = today.window("wh_per_kg", chemistry, product)
    if density is not None and not density.low * mass <= energy <= density.high * mass:
        return "density"
    if not _plausible_voltage(today.window("volt_per_cell", chemistry), volts):
        return "voltage"
    told = 1000 * volts * hours
    return "" if _PLAUSIBLE_RATIO[0] * energy <= told <= _PLAUSIBLE_RATIO[1] * energy else "energy"


def _plausible_voltage(window: Window | None, volts: Decimal) -> bool:
    """Whether a whole number of cells in series can give the voltage."""
    if window is None:
        return True
    cells = volts // window.low
    return cells >= 1 and cells * window.high >= volts


def check_soh(life: "Life", event: "Event", rules: Rules) -> None:
    """State of health only falls, unless modules were exchanged."""
    told = event.data.get("soh_percent")
    if told is None:
        return
    if life.soh is not None:
        rise = Decimal(told) - Decimal(life.soh)
        if rise > _rules_of(rules, event).number("soh_rise_points"):
            life.find("soh_rise", life.soh_event, event.event_id, before=life.soh, after=told)
    life.soh, life.soh_event = told, event.event_id


def check_residual(life: "Life", event: "Event", rules: Rules) -> None:
    """What is left cannot exceed what was rated."""
    rated = life.facts.get("rated_capacity_ah")
    residual = Decimal(event.data["residual_capacity_ah"])
    if rated is None or Decimal(rated) == 0:
        return
    if residual > Decimal(rated) * _rules_of(rules, event).number("residual_over_rated"):
        life.find(
            "residual_above_rated",
            event.event_id,
            rated=rated,
            residual=event.data["residual_capacity_ah"],
        )


def note_safety(life: "Life", event: "Event", safety: str | None, rules: Rules) -> None:
    """Takes a safety class over; class A with bad insulation or a visible fault does not fit."""
    if safety is not None and safety != "unassessed":
        life.safety = safety
    if safety != "A":
        return
    insulation = event.data.get("insulation_ohm_per_v")
    condition = event.data.get("condition") or {}
    floor = _rules_of(rules, event).number("insulation_ohm_per_v")
    if insulation is not None and Decimal(insulation) < floor:
        life.find("class_a_contradicted", event.event_id, what="insulation")
    elif any(condition.get(fault) for fault in ("leak", "swollen", "burnt")):
        life.find("class_a_contradicted", event.event_id, what="condition")


def tolerance(mass: str, bases: Iterable[str | None], event: "Event", rules: Rules) -> Decimal:
    """How far two masses of one thing may differ, in kg: the widest of the ways they were found."""
    today = _rules_of(rules, event)
    rows = [today.tolerance(basis or "weighed") for basis in bases]
    return max(max(row.share * Decimal(mass), row.kg) for row in rows)


def _told_mass(life: "Life") -> str | None:
    return life.mass_event or life.birth or life.declared


def weigh(life: "Life", event: "Event", mass: str, basis: str, rules: Rules) -> None:
    """Mass does not grow; an estimate never raises more than a low finding."""
    if life.mass is not None:
        allowed = tolerance(life.mass, (life.mass_basis, basis), event, rules)
        if Decimal(mass) - Decimal(life.mass) > allowed:
            estimated = "estimated" in (basis, life.mass_basis)
            life.find(
                "mass_gain",
                _told_mass(life),
                event.event_id,
                severity="low" if estimated else "",
                before_kg=life.mass,
                after_kg=mass,
            )
    if basis != "estimated" or life.mass is None:
        life.mass, life.mass_basis, life.mass_event = mass, basis, event.event_id


def check_parts(life: "Life", event: "Event", rules: Rules) -> None:
    """The parts of a pack do not weigh more than the pack (1.02, domain study 14)."""
    children = event.data.get("children_mass_kg")
    if life.mass is None or children is None:
        return
    parts = Decimal(children) + Decimal(event.data["other_mass_kg"])
    factor = _rules_of(rules, event).number("disassembly_factor")
    allowed = max(
        Decimal(life.mass) * factor,
        Decimal(life.mass) + tolerance(life.mass, (life.mass_basis,), event, rules),
    )
    if parts > allowed:
        life.find(
            "mass_gain",
            _told_mass(life),
            event.event_id,
            before_kg=life.mass,
            after_kg=format(parts, "f"),
        )


def check_use(life: "Life", event: "Event", application: str, rules: Rules) -> None:
    """A used battery or a second-life product in a use that is banned on that date."""
    here = life.standing
    second = life.product or life.used or (isinstance(here, Hosted) and here.stage == "second_life")
    if not second:
        return
    ban = rules.prohibited(application, business_day(event), life.facts.get("chemistry"))
    if ban is not None:
        life.find(
            "prohibited_use",
            event.event_id,
            severity=ban.severity,
            application=application,
            article=ban.article,
        )
