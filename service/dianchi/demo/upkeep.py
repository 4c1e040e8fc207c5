"""Organisations to which little happens still report something now and then."""

from random import Random
from typing import Final

from dianchi.demo.births import declare_own
from dianchi.demo.clock import DAY_US, at_work
from dianchi.demo.firms import Post
from dianchi.demo.stage import Stage
from dianchi.domain.events import REPORTING
from dianchi.domain.lines import organisation_subject

_DAYS: Final = 75
"""Whoever told nothing for so long at the end of the story declares a vehicle of its own."""


def keep_in_touch(stage: Stage, rng: Random) -> None:
    """Lets no organisation fall silent that is not meant to."""
    last = {planned.post.id: planned.recorded_us for planned in stage.book.in_order()}
    end_us = stage.book.plan.horizon_us
    for post in [*_honest(stage), *stage.province.hasty]:
        if last.get(post.id, 0) < end_us - _DAYS * DAY_US:
            told_us = at_work(end_us - rng.randint(15, _DAYS - 10) * DAY_US, 0, rng)
            stage.honest(declare_own(stage, post, told_us, rng))


def honest_firms(stage: Stage) -> list[str]:
    """The organisations that neither fall silent nor report in bursts, as subjects of findings."""
    return [organisation_subject(post.id) for post in _honest(stage)]


def _honest(stage: Stage) -> list[Post]:
    return [post for role in REPORTING for post in stage.province.posts.get(role, ())]
