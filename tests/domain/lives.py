"""Builders of events and lives: plausible ones that say only what a test is about, and nonsense."""
# ruff: noqa: FBT003 - hypothesis takes values as they come

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any, Final

from hypothesis import strategies as st

from dianchi.domain.events import CATALOGUE
from dianchi.domain.fields import instant
from dianchi.domain.life import Event, Life, fold
from dianchi.domain.rules import RULES

CHINA: Final = timezone(timedelta(hours=8))
PACK: Final = "04QPB0600000AAB611000001"
OTHER: Final = "04QPB0600000AAB611000002"
TEMPORARY: Final = "tmp:KM01-7"
MAKER, CAR_MAKER, OUTLET, UTILIZER, RECYCLER, TOWER, OFFICE = (
    f"O{letter * 11}" for letter in ("A", "B", "C", "D", "E", "F", "G")
)
ROLES: Final = {
    MAKER: "maker",
    CAR_MAKER: "vehicle_maker",
    OUTLET: "outlet",
    UTILIZER: "utilizer",
    RECYCLER: "recycler",
    TOWER: "site_operator",
    OFFICE: "regulator",
}
RATINGS: Final = {
    "model": "M-60",
    "chemistry": "lfp",
    "rated_capacity_ah": "150",
    "rated_energy_kwh": "60.5",
    "nominal_voltage_v": "403.2",
    "mass_kg": "410.5",
}
CAR: Final = {"kind": "vehicle", "vin_ref": "v1"}
STATION: Final = {"kind": "base_station", "id": "KM-0001"}
_numbers = count(1)


def identifier(number: int) -> str:
    """A UUID that sorts by its number."""
    return f"00000000-0000-7000-8000-{number:012d}"


def when(text: str) -> tuple[int, bool]:
    """Microseconds and day precision of `2026-06-01` or `2026-06-01T09:30` in China."""
    _, moment_us, by_day = instant(f"{text}:00+08:00" if "T" in text else text)
    return moment_us, by_day


def event(
    kind: str,
    at: str,
    who: str = MAKER,
    *,
    data: Mapping[str, Any] | None = None,
    subject: str = PACK,
    **more: Any,
) -> Event:
    """One event; its members of data by keyword or, where they are no words, as `data`."""
    moment_us, by_day = when(at)
    return Event(
        event_id=identifier(next(_numbers)),
        type=kind,
        subject=subject,
        occurred_us=moment_us,
        by_day=by_day,
        organisation=who,
        role=ROLES[who],
        site=None,
        data={**(data or {}), **more},
    )


def born(at: str = "2021-06-02T08:00", who: str = MAKER, **ratings: str) -> Event:
    return event("produced", at, who, data={**RATINGS, **ratings})


def installed(at: str, host: Mapping[str, str] = CAR, who: str = CAR_MAKER) -> Event:
    return event("installed", at, who, host=host)


def sold(at: str, vin: str = "v1") -> Event:
    return event("sold", at, CAR_MAKER, prefecture="530100", vin_ref=vin)


def removed(at: str, host: Mapping[str, str] = CAR, who: str = CAR_MAKER) -> Event:
    return event("removed", at, who, host=host, reason="end_of_life")


def collected(at: str, who: str = OUTLET, **more: Any) -> Event:
    told = {"source": "person", "safety_class": "B", "label_legible": True, **more}
    return event("collected", at, who, data=told)


def dispatched(at: str, receiver: Any = UTILIZER, who: str = OUTLET, **more: Any) -> Event:
    return event("dispatched", at, who, data={"handover": "H1", "receiver": receiver, **more})


def side(kind: str, at: str, who: str = UTILIZER, sender: Any = OUTLET, **more: Any) -> Event:
    return event(kind, at, who, data={"handover": "H1", "sender": sender, **more})


def corrected(target: Event, at: str = "2026-10-01T08:00", **more: str) -> Event:
    told = {"event_id": target.event_id, "reason": "wrong", **more}
    return event("corrected", at, target.organisation, data=told)


def official(kind: str, at: str, who: str = OFFICE, **more: Any) -> Event:
    """An officer's act, on its basis."""
    told = {"basis": "暂行办法", "document": "滇工信〔2026〕7号", "reason": "seen", **more}
    return event(kind, at, who, data=told)


def identified(name: str, at: str = "2026-07-01T08:00", subject: str = TEMPORARY) -> list[Event]:
    """Both lines of it, one in each stream."""
    first = event("identified", at, OUTLET, subject=subject, name=name)
    second = Event(
        first.event_id,
        first.type,
        name,
        first.occurred_us,
        first.by_day,
        first.organisation,
        first.role,
        None,
        {"name": subject, "mirrored": True},
    )
    return [first, second]


IN_USE: Final = (born(), installed("2021-07-01T08:00"), sold("2021-08-01T08:00"))
AT_OUTLET: Final = (*IN_USE, removed("2026-05-01T08:00"), collected("2026-05-02T08:00"))


def life_of(*events: Event) -> Life:
    """The life of these events, reported in this or any other order."""
    return fold(events, RULES).life


def codes(life: Life) -> list[str]:
    return [finding.code for finding in life.findings]


# --- any life at all ---

_BASE: Final = datetime(2026, 6, 1, tzinfo=CHINA)
_PARTY: Final = st.sampled_from(
    [*ROLES, "某某公司", {"external": True, "name": "甲", "province": "51"}]
)
_MASS: Final = st.sampled_from(["1", "300", "410.5", "500"])
_HOST: Final = st.sampled_from([CAR, {"kind": "vehicle", "vin_ref": "v2"}, STATION])
_SAFETY: Final = st.sampled_from(["A", "B", "C", "unassessed"])
_TEXT: Final = st.sampled_from(["x", "y"])
_NAME: Final = st.sampled_from([PACK, OTHER, TEMPORARY])
_EVENT_ID: Final = st.integers(1, 12).map(identifier)
_HANDED: Final[dict[str, st.SearchStrategy[Any]]] = {
    "handover": st.sampled_from(["H1", "H2"]),
    "sender": _PARTY,
}
_WEIGHED: Final[dict[str, st.SearchStrategy[Any]]] = {
    "mass_kg": _MASS,
    "mass_basis": st.sampled_from(["weighed", "estimated", "nameplate"]),
}
_BIRTH: Final = {
    **{name: st.just(value) for name, value in RATINGS.items()},
    "chemistry": st.sampled_from(["lfp", "nmc"]),
}
_REASON: Final = {"reason": _TEXT}
_ACT: Final = {"basis": _TEXT, "document": _TEXT, **_REASON}
_PRESENT: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "produced": _BIRTH,
    "imported": _BIRTH,
    "declared": {
        "stage": st.sampled_from(["made", "in_use", "removed", "collected", "product", "unknown"]),
        "basis": st.just("opening_stock"),
    },
    "installed": {"host": _HOST},
    "sold": {"prefecture": st.just("530100")},
    "owner_changed": {"to": _PARTY, "basis": st.just("sale")},
    "inspected": {},
    "repaired": {"modules_out": st.just([]), "modules_in": st.just([]), **_REASON},
    "removed": {"host": _HOST, **_REASON},
    "vehicle_scrapped": {
        "vin_ref": st.sampled_from(["v1", "v2"]),
        "battery_present": st.just(True),
    },
    "retired": _REASON,
    "collected": {
        "source": st.just("person"),
        "safety_class": _SAFETY,
        "label_legible": st.just(True),
    },
    "dispatched": {"handover": _HANDED["handover"], "receiver": _PARTY},
    "received": _HANDED,
    "declined": {**_HANDED, **_REASON},
    "returned": {**_HANDED, **_REASON},
    "assessed": {
        "residual_capacity_ah": st.sampled_from(["100", "300"]),
        "method": _TEXT,
        "decision": st.just("reuse"),
    },
    "disassembled": {"count": st.just(1), "other_mass_kg": _MASS},
    "repurposed": {
        "application": st.sampled_from(["base_station", "e_bike"]),
        "rated_capacity_ah": st.just("100"),
        "rated_energy_kwh": st.just("40"),
        "mass_kg": _MASS,
    },
    "recycled": {"batch": _TEXT, "process": st.just("hydro"), "mass_kg": _MASS},
    "relabelled": {"revision": st.integers(1, 9), **_REASON},
    "incident": {"kind": _TEXT},
    "released": {"incident": _EVENT_ID, "treatment": _TEXT, "safety_class": _SAFETY},
    "counted": {"site": _TEXT, "complete": st.just(True), "basis": st.just("self")},
    "lost": {"since": st.just("2026-06-01")},
    "exported": {"destination": _TEXT},
    "left_province": {"province": st.just("51")},
    "entered": {"province": st.just("51")},
    "voided": _REASON,
    "pickup_requested": {"pickup": _TEXT, "to": _PARTY, "count": st.just(1)},
    "remedied": {"recall": st.just("ZH-1"), "issuer": st.just(MAKER)},
    "hold_placed": _ACT,
    "hold_lifted": {**_ACT, "hold": _EVENT_ID},
    "correction_ordered": _ACT,
    "annotated": _REASON,
    "referred": {**_ACT, "to": _TEXT},
    "set_aside": {**_ACT, "event_id": _EVENT_ID},
    "corrected": {"event_id": _EVENT_ID, **_REASON},
}
_PERHAPS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "declared": {"host": _HOST, "owner": _PARTY, "mass_kg": _MASS},
    "sold": {
        "vin_ref": st.sampled_from(["v1", "v2"]),
        "application": st.sampled_from(["e_bike", "base_station"]),
    },
    "inspected": {
        "soh_percent": st.sampled_from(["70", "90"]),
        "safety_class": _SAFETY,
        "insulation_ohm_per_v": st.sampled_from(["50", "500"]),
    },
    "repaired": {"pack": _NAME},
    "removed": {"soh_percent": st.sampled_from(["70", "90"])},
    "collected": {**_WEIGHED, "vin_ref": st.sampled_from(["v1", "v2"])},
    "dispatched": _WEIGHED,
    "received": _WEIGHED,
    "disassembled": {"parent": _NAME, "mass_kg": _MASS, "children_mass_kg": _MASS},
    "repurposed": {"product": _NAME},
    "set_aside": {"battery": _NAME},
    "corrected": {"battery": _NAME},
}
assert CATALOGUE.keys() - _PRESENT.keys() == {
    "lot_declared",
    "disposed",
    "identified",
    "pickup_answered",
    "recall_opened",
    "recall_closed",
}


@st.composite
def _moments(draw: st.DrawFn) -> tuple[str, bool]:
    """Close together, so that ties, days and hand-over windows are met often."""
    day = draw(st.integers(0, 3))
    if draw(st.integers(0, 3)) == 0:
        return (_BASE + timedelta(days=day)).date().isoformat(), True
    minutes = draw(st.sampled_from([0, 1, 10, 15, 16, 500, 510, 1430, 1439]))
    return (_BASE + timedelta(days=day, minutes=minutes)).isoformat(), False


@st.composite
def _events(draw: st.DrawFn, number: int, kinds: Sequence[str]) -> list[Event]:
    kind = draw(st.sampled_from(kinds))
    moment, by_day = draw(_moments())
    who = draw(st.sampled_from([MAKER, OUTLET, UTILIZER, TOWER]))
    subject = draw(_NAME)
    if kind == "identified":
        other = draw(_NAME.filter(lambda name: name != subject))
        mirrored = {"name": subject, "mirrored": True}
        told: list[tuple[str, dict[str, Any]]] = [(subject, {"name": other}), (other, mirrored)]
    else:
        data = draw(st.fixed_dictionaries(_PRESENT[kind], optional=_PERHAPS.get(kind, {})))
        told = [(subject, data)]
    return [
        Event(
            identifier(number),
            kind,
            name,
            instant(moment)[1],
            by_day,
            who,
            ROLES[who],
            draw(st.sampled_from([None, "S1"])),
            data,
        )
        for name, data in told
    ]


@st.composite
def any_life(draw: st.DrawFn, kinds: Sequence[str] = (*_PRESENT, "identified")) -> list[Event]:
    """Up to twelve reports of these kinds on one union of three names: mostly nonsense."""
    found: list[Event] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        found += draw(_events(number, kinds))
    return found


PLAUSIBLE: Final = (
    "produced",
    "declared",
    "installed",
    "sold",
    "inspected",
    "removed",
    "collected",
    "dispatched",
    "received",
    "declined",
    "returned",
    "hold_placed",
    "hold_lifted",
    "set_aside",
    "corrected",
    "identified",
)


def plausible_life() -> st.SearchStrategy[list[Event]]:
    """The kinds of events that most lives are made of, over and over: many hand-overs."""
    return any_life(PLAUSIBLE)
