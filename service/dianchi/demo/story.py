"""The whole story of a plan: every report of the synthetic province, and the truth about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

from dianchi.demo.acts import officers_act
from dianchi.demo.births import (
    declare_in_use,
    declare_swap_box,
    fit,
    maker_of,
    produce,
    ship,
)
from dianchi.demo.book import Book, Planned
from dianchi.demo.clock import DAY_US, at_work, moment
from dianchi.demo.custody import empty_stores, leave_vehicle, swap_out, years_on_the_road
from dianchi.demo.dice import chance
from dianchi.demo.dishonest import KINDS, lies_per_kind, tell_lies
from dianchi.demo.firms import Post, Province, found
from dianchi.demo.makers import close_circle
from dianchi.demo.middle import (
    emigrate,
    label_lost,
    mistyped,
    nameless,
    repaired,
    tower_asset,
    void,
)
from dianchi.demo.packs import Pack
from dianchi.demo.pickups import ask_for_pickups
from dianchi.demo.plan import Plan
from dianchi.demo.recycling import recycle
from dianchi.demo.second_life import clear_out, utilize
from dianchi.demo.stage import Stage
from dianchi.demo.upkeep import honest_firms, keep_in_touch

_FIRST_DAY: Final = date(2018, 9, 1)
_SHARES: Final = (
    ("born", 44),
    ("declared", 28),
    ("swap", 8),
    ("asset", 11),
    ("nameless", 4),
    ("void", 2),
    ("emigrant", 3),
)
_YEARS: Final = {"commercial": (4.2, 0.9), "private": (7.2, 1.3), "swap": (3.6, 0.8)}


@dataclass(frozen=True, slots=True)
class Story:
    """A story told to its end.

    Attributes:
        reports: in the order in which they arrive.
        truth: what is a lie in it, and who is honest.
        samples: names of good examples, by what they show.
    """

    province: Province
    reports: list[Planned]
    truth: Mapping[str, Any]
    samples: Mapping[str, str]


def tell(plan: Plan) -> Story:
    """Tells the story of a plan; the same plan, the same story to the last byte."""
    stage = Stage(Book(plan, Random(f"delays/{plan.name}")), found(plan.seed))
    born: list[tuple[Post, Pack, int]] = []
    lies = lies_per_kind(plan) * len(KINDS)
    _begin(stage, plan.lives - lies, born)
    rng = Random(f"crowd/{plan.name}")
    empty_stores(stage, rng)
    utilize(stage, rng)
    clear_out(stage, rng)
    recycle(stage, rng)
    close_circle(stage, born)
    tell_lies(stage, plan)
    keep_in_touch(stage, Random(f"upkeep/{plan.name}"))
    ask_for_pickups(stage, Random(f"pickups/{plan.name}"))
    officers_act(stage, Random(f"acts/{plan.name}"))
    reports = stage.book.in_order()
    truth = {**stage.book.truth(), "honest_firms": honest_firms(stage)}
    return Story(stage.province, reports, truth, dict(stage.samples))


def _begin(stage: Stage, lives: int, born: list[tuple[Post, Pack, int]]) -> None:
    """The lives one by one, up to the store where they wait for others."""
    kinds = _kinds(lives, stage.book.plan)
    shipped: list[Pack] = []
    rngs: dict[str, Random] = {}
    for n, kind in enumerate(kinds):
        rng = Random(f"{n}/{stage.book.plan.name}")
        if kind != "born":
            stage.honest(_LIVES[kind](stage, rng))
            continue
        made_us = _day_between(stage, _FIRST_DAY, 45, rng)
        pack = produce(stage, made_us, rng)
        born.append((maker_of(stage, pack), pack, made_us))
        if chance(rng, 0.35):  # sent in loads that are reported
            shipped.append(pack)
            rngs[pack.name] = rng
        else:
            fit(stage, pack, rng.choice(stage.province.posts["vehicle_maker"]), rng)
            _use(stage, pack, rng)
        stage.honest(pack)
    ship(stage, shipped, Random(f"ships/{stage.book.plan.name}"))
    for pack in shipped:
        _use(stage, pack, rngs[pack.name])
        stage.honest(pack)


def _kinds(lives: int, plan: Plan) -> list[str]:
    names, weights = zip(*_SHARES, strict=True)
    return Random(f"kinds/{plan.name}").choices(names, weights, k=lives)


def _day_between(stage: Stage, first: date, days_before_end: int, rng: Random) -> int:
    """A working moment between a first day and so many days before the end."""
    start_us = moment(first)
    span = (stage.book.plan.horizon_us - start_us) // DAY_US - days_before_end
    return at_work(start_us + rng.randrange(max(1, span)) * DAY_US, 0, rng)


def _use(stage: Stage, pack: Pack, rng: Random, years_behind: float = 0.0) -> None:
    """On the road until the pack is worn out, and into a store."""
    mean, spread = _YEARS[pack.model.use]
    years = max(0.6, rng.gauss(mean, spread) - years_behind)
    if pack.modules and chance(rng, 0.15):  # one in seven is repaired
        repaired(stage, pack, rng)
    years_on_the_road(stage, pack, years, rng)
    if chance(rng, 0.07):
        _oddly(stage, pack, rng, typo=chance(rng, 0.5))
    else:
        leave_vehicle(stage, pack, rng)


def _oddly(stage: Stage, pack: Pack, rng: Random, *, typo: bool) -> None:
    """Out of the vehicle at a workshop, then with a typing error or without a label."""
    workshop = stage.province.near("workshop", pack.prefecture, rng)
    data = {"host": {"kind": "vehicle", "id": pack.vin}, "reason": "end_of_life"}
    at_us = pack.pass_time(rng.randint(5, 60), rng)
    stage.book.tell(workshop, "removed", at_us, data, pack.name)
    if typo:
        mistyped(stage, pack, workshop, rng)
    else:
        label_lost(stage, pack, rng)


# --- the kinds of lives --------------------------------------------------------------------------


def _declared_lately(stage: Stage, rng: Random) -> tuple[int, int]:
    """When a pack was made somewhere, and when it was first told of here."""
    since_us = _day_between(stage, date(2016, 3, 1), 420, rng)
    latest = (stage.book.plan.horizon_us - since_us) // DAY_US - 40
    days = rng.randint(200, max(200, min(latest, 2000)))
    told_us = max(since_us + days * DAY_US, moment(date(2018, 9, 3)))
    return since_us, at_work(told_us, 0, rng)


def _declared(stage: Stage, rng: Random) -> Pack:
    since_us, told_us = _declared_lately(stage, rng)
    pack = declare_in_use(stage, since_us, told_us, rng)
    _use(stage, pack, rng, years_behind=(told_us - since_us) / DAY_US / 365)
    return pack


def _emigrant(stage: Stage, rng: Random) -> Pack:
    return emigrate(stage, *_declared_lately(stage, rng), rng)


def _swap(stage: Stage, rng: Random) -> Pack:
    pack = declare_swap_box(stage, _day_between(stage, date(2021, 3, 1), 60, rng), rng)
    years_on_the_road(stage, pack, max(1.2, rng.gauss(*_YEARS["swap"])), rng)
    swap_out(stage, pack, rng)
    return pack


def _asset(stage: Stage, rng: Random) -> Pack:
    return tower_asset(stage, _day_between(stage, date(2019, 1, 2), 30, rng), rng)


def _nameless(stage: Stage, rng: Random) -> Pack:
    return nameless(stage, _day_between(stage, date(2021, 1, 4), 20, rng), rng)


def _void(stage: Stage, rng: Random) -> Pack:
    return void(stage, _day_between(stage, _FIRST_DAY, 60, rng), rng)


_LIVES: Final[dict[str, Callable[[Stage, Random], Pack]]] = {
    "declared": _declared,
    "emigrant": _emigrant,
    "swap": _swap,
    "asset": _asset,
    "nameless": _nameless,
    "void": _void,
}
