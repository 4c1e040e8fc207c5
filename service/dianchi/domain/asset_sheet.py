"""The data sheet of an asset pack (资产包): what an owner lets a buyer know before a hand-over.

It says what the record shows and how it came to be known: who measured by which method and when,
how much of a pack's life is recorded here, which incidents there were. It tells no lives: whoever
takes the batteries over sees those, by the hand-over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dianchi.domain.events import CATALOGUE
from dianchi.domain.fields import chinese_day
from dianchi.domain.life import Event, Folded
from dianchi.domain.measures import business_day
from dianchi.domain.sight import BIRTHS
from dianchi.domain.told import told

UNTESTED: Final = "untested"
UNKNOWN: Final = "unknown"
REPORTED: Final = "reported"
"""Method of a state of health that somebody reported without saying how it was found."""
_STEP: Final = 10
_LEAST: Final = 50
_WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Health:
    """A state of health: per cent of the rating, how it was found, by whom, on which day."""

    soh: Decimal
    method: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Item:
    """One battery of the sheet.

    Attributes:
        recorded_share: of the days since it was made, those since its first report here; None
            where nobody knows when it was made.
        incidents: how many were ever reported.
        last_event: the newest of its history, and where the log has it: receipts prove it.
    """

    name: str
    stage: str
    chemistry: str | None
    energy_kwh: Decimal | None
    tested: Health | None
    retired_on: date | None
    recorded_share: Decimal | None
    incidents: int
    quarantined: bool
    last_event: str | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the batteries that an organisation holds go into the pack; None: any."""

    stage: str | None = None
    chemistry: str | None = None
    prefecture: str | None = None
    site: str | None = None
    soh_least: Decimal | None = None
    soh_most: Decimal | None = None
    retired_since: date | None = None

    def takes(self, item: Item) -> bool:
        """Whether a battery fits what only its life tells."""
        soh = item.tested.soh if item.tested else None
        if self.soh_least is not None and (soh is None or soh < self.soh_least):
            return False
        if self.soh_most is not None and (soh is None or soh > self.soh_most):
            return False
        since = self.retired_since
        return since is None or (item.retired_on is not None and item.retired_on >= since)


def item_of(name: str, names: frozenset[str], folded: Folded, now_us: int) -> Item:
    """A battery as the sheet shows it.

    Args:
        name: canonical.
        names: all of its names.
        folded: its life.
        now_us: when the sheet is frozen, UTC microseconds.
    """
    life, events = folded.life, told(folded)
    retired = [business_day(event) for event in events if event.type == "retired"]
    energy = life.facts.get("rated_energy_kwh")
    return Item(
        name,
        life.stage,
        life.facts.get("chemistry"),
        Decimal(energy) if energy is not None else None,
        _tested(events, life.facts.get("rated_capacity_ah"), life.soh_event),
        retired[-1] if retired else None,
        _share(events, life.made_day, now_us),
        sum(event.type == "incident" for event in events),
        life.quarantined,
        life.last_event,
        names,
    )


def _tested(events: Sequence[Event], rated_ah: str | None, soh_event: str | None) -> Health | None:
    """The newest state of health: reported in per cent, or a residual capacity over the rating."""
    for event in reversed(events):
        if event.type == "repaired" and event.data.get("modules_in"):
            # Other modules have come in since: what was measured before says nothing of it.
            return None
        residual = event.data.get("residual_capacity_ah")
        if event.type == "assessed" and residual and rated_ah and Decimal(rated_ah) > 0:
            soh = Decimal(residual) * _WHOLE / Decimal(rated_ah)
            method = str(event.data["method"])
            return Health(round(soh, 1), method, event.organisation, business_day(event))
        if event.event_id == soh_event:
            soh = Decimal(event.data["soh_percent"])
            return Health(soh, f"{REPORTED}:{event.type}", event.organisation, business_day(event))
    return None


def _share(events: Sequence[Event], made_day: int, now_us: int) -> Decimal | None:
    """Days since the first report here, of those since it was made; 1 where it was born here."""
    if any(event.type in BIRTHS for event in events):
        return Decimal(1)
    if not made_day or not events:
        return None
    begun = chinese_day(min(event.occurred_us for event in events))
    today = chinese_day(now_us)
    whole = today - made_day
    return round(Decimal(today - max(begun, made_day)) / whole, 3) if whole > 0 else Decimal(1)


def sheet_of(items: Sequence[Item]) -> dict[str, Any]:
    """The figures of a sheet: all as JSON has them, decimals as text."""
    energies = [item.energy_kwh for item in items if item.energy_kwh is not None]
    shares = [item.recorded_share for item in items if item.recorded_share is not None]
    return {
        "count": len(items),
        "energy_kwh": _text(sum(energies, Decimal(0))),
        "without_energy": len(items) - len(energies),
        "stages": dict(sorted(Counter(item.stage for item in items).items())),
        "chemistries": dict(sorted(Counter(item.chemistry or UNKNOWN for item in items).items())),
        "soh": _histogram(items),
        "recorded_share": _text(round(sum(shares, Decimal(0)) / len(shares), 3))
        if shares
        else None,
        "unknown_age": len(items) - len(shares),
        "incidents": sum(item.incidents for item in items),
        "with_incidents": sum(item.incidents > 0 for item in items),
        "quarantined": sum(item.quarantined for item in items),
    }


def _histogram(items: Iterable[Item]) -> list[dict[str, Any]]:
    """How many batteries have which state of health, by the method by which it was found."""
    counted = Counter(
        (_class_of(item.tested), item.tested.method if item.tested else UNTESTED) for item in items
    )
    return [
        {"soh_percent": _named(low), "method": method, "count": count}
        for (low, method), count in sorted(counted.items(), key=lambda each: (-each[0][0], each[0]))
    ]


def _class_of(tested: Health | None) -> int:
    """Where the class begins: 80 holds 80 and not 90; all below 50 are one; -1 is untested."""
    if tested is None:
        return -1
    low = int(tested.soh // _STEP * _STEP)
    return 0 if low < _LEAST else min(low, int(_WHOLE))


def _named(low: int) -> str | None:
    if low < 0:
        return None
    if low == _WHOLE:
        return "100+"
    return f"{low}-{low + _STEP}" if low else f"<{_LEAST}"


def item_json(item: Item, names: Mapping[str, str], places: Mapping[str, int]) -> dict[str, Any]:
    """A row of the sheet.

    Args:
        item: of it.
        names: what to call organisations.
        places: of events in the log, by their ids.
    """
    tested = item.tested
    return {
        "battery": item.name,
        "stage": item.stage,
        "chemistry": item.chemistry,
        "energy_kwh": _text(item.energy_kwh),
        "soh_percent": _text(tested.soh) if tested else None,
        "method": tested.method if tested else None,
        "tested_by": names.get(tested.by, tested.by) if tested else None,
        "tested_on": str(tested.on) if tested else None,
        "retired_on": str(item.retired_on) if item.retired_on else None,
        "recorded_share": _text(item.recorded_share),
        "incidents": item.incidents,
        "quarantined": item.quarantined,
        "last_event": item.last_event,
        "log_index": places.get(item.last_event or ""),
    }


def _text(number: Decimal | None) -> str | None:
    return format(number.normalize(), "f") if number is not None else None


def method_label(method: str | None, language: str) -> str:
    """How a state of health was found, in words."""
    if method in (None, UNTESTED):
        return "未检测" if language == "zh" else "not tested"
    how, _, kind = str(method).partition(":")
    if how != REPORTED:
        return str(method)
    if language == "zh":
        return f"{CATALOGUE[kind].zh}时上报，方法未写明"
    return f"told when {kind.replace('_', ' ')}, method not said"
