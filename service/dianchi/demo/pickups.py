"""Stores that ask a utilizer to fetch: some are answered, some are declined, some never heard."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final, NamedTuple

from dianchi.demo.book import Data, Planned
from dianchi.demo.clock import DAY_US, MINUTE_US, at_work
from dianchi.demo.firms import Post
from dianchi.demo.stage import Stage

_ASKING: Final = frozenset(("outlet", "dismantler"))
_ONE_IN: Final = 3
_FATES: Final = ("accept", "refuse", "silent")
_WEIGHTS: Final = (6, 2, 2)
_REASONS: Final = ("本月库容已满", "危货车辆排期在下月", "不收该型号")
_LEAST_US: Final = 120 * MINUTE_US
"""Between the request and the lorry: time for an answer."""
_STILL_OPEN: Final = 4
_OPEN_DAYS: Final = 3


class _Load(NamedTuple):
    """Batteries in store, since when all of them are, and until when; to whom they went."""

    post: Post
    batteries: list[str]
    since_us: int
    until_us: int
    receiver: str | None = None


def ask_for_pickups(stage: Stage, rng: Random) -> None:
    """Puts requests before loads that left, and before some that wait still.

    Told last of all, so that the rest of the story is the same with it and without.
    """
    posts = {post.id: post for role in _ASKING for post in stage.province.posts[role]}
    spoken = list(stage.book.in_order())
    loads = [each for each in _loads(stage, spoken) if each.post.id in posts]
    for load in loads[::_ONE_IN]:
        _ask(stage, load, rng)
    for load in _waiting(stage, spoken, posts)[:_STILL_OPEN]:
        utilizer = rng.choice(stage.province.posts["utilizer"])
        asked_us = stage.book.plan.horizon_us - _OPEN_DAYS * DAY_US
        _tell(stage, load, utilizer, asked_us)


def _loads(stage: Stage, spoken: Iterable[Planned]) -> Iterator[_Load]:
    """The honest loads that were in store long enough to ask for a lorry."""
    utilizers = {post.id for post in stage.province.posts["utilizer"]}
    last: dict[str, Planned] = {}
    for told in sorted(spoken, key=lambda each: (each.occurred_us, each.number)):
        names = _names(told)
        if told.raw["type"] == "dispatched" and told.raw["data"]["receiver"] in utilizers:
            load = _load(told, names, last)
            if load is not None and all(_is_honest(stage, name) for name in names):
                yield load
        last.update(dict.fromkeys(names, told))


def _load(told: Planned, names: list[str], last: dict[str, Planned]) -> _Load | None:
    before = [last.get(name) for name in names]
    if any(each is None or each.post.id != told.post.id for each in before):
        return None
    since_us = max(each.occurred_us for each in before if each is not None)
    return _Load(told.post, names, since_us, told.occurred_us, told.raw["data"]["receiver"])


def _waiting(stage: Stage, spoken: Iterable[Planned], posts: dict[str, Post]) -> list[_Load]:
    """What was taken in by the end and has not left, by outlet."""
    end_us = stage.book.plan.horizon_us - (_OPEN_DAYS + 1) * DAY_US
    last: dict[str, Planned] = {}
    for told in sorted(spoken, key=lambda each: (each.occurred_us, each.number)):
        last.update(dict.fromkeys(_names(told), told))
    held: dict[str, list[str]] = {}
    for name, told in last.items():
        is_in = told.raw["type"] == "collected" and told.post.id in posts
        if is_in and told.occurred_us < end_us and _is_honest(stage, name):
            held.setdefault(told.post.id, []).append(name)
    return [_Load(posts[post], names, 0, end_us) for post, names in held.items()]


def _names(told: Planned) -> list[str]:
    data = told.raw["data"]
    listed = [each["battery"] for each in data.get("batteries", ()) if isinstance(each, dict)]
    return [*listed, *([told.raw["battery"]] if "battery" in told.raw else [])]


def _is_honest(stage: Stage, name: str) -> bool:
    return name in stage.book.honest and name not in stage.book.tainted


def _ask(stage: Stage, load: _Load, rng: Random) -> None:
    asked_us = at_work(load.since_us, 0, rng)
    if asked_us > load.until_us - _LEAST_US:
        return
    fate = rng.choices(_FATES, _WEIGHTS)[0]
    utilizers = stage.province.posts["utilizer"]
    # Who came for it had accepted; the others had been asked in vain.
    asked = rng.choice([p for p in utilizers if (p.id == load.receiver) == (fate == "accept")])
    number = _tell(stage, load, asked, asked_us)
    if fate == "silent":
        return
    answer: Data = {"pickup": number, "requester": load.post.id, "answer": fate}
    if fate == "refuse":
        answer["reason"] = rng.choice(_REASONS)
    later_us = asked_us + (load.until_us - asked_us) // 2
    stage.book.tell(asked, "pickup_answered", min(later_us, asked_us + DAY_US), answer)


def _tell(stage: Stage, load: _Load, asked: Post, asked_us: int) -> str:
    number = stage.codes.number(f"{load.post.site}-SY")
    told: Data = {"pickup": number, "batteries": load.batteries, "to": asked.id}
    stage.book.tell(load.post, "pickup_requested", asked_us, told)
    return number
