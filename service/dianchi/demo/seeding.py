"""Records a story through the recorder, on a clock that follows the story.

`recorded_at` of seeded events is simulated: business time plus a few days. The place in the log
(`log_index`, `logged_at`) is real. Event ids follow from the plan, so that recording a story twice,
or going on after an interruption, adds nothing that is there already.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Final

from dianchi.api.services import Services
from dianchi.demo.book import Planned
from dianchi.demo.clock import DAY_US, SetClock
from dianchi.demo.firms import Post
from dianchi.domain.admit import Reporter
from dianchi.domain.fields import chinese_day
from dianchi.recording.gather import Gatherer
from dianchi.recording.outcomes import Recorded
from dianchi.recording.recorder import Batch, Recorder

MOST: Final = 600
_LARGEST: Final = 5_000
"""Of a day so busy that it has to be cut: what one batch takes."""
_ENOUGH: Final = 100
_SPAN_US: Final = 3 * DAY_US
_LONGEST_US: Final = 9 * DAY_US
Progress = Callable[[int, int], None]
"""Told how many reports of how many are recorded."""


class SeedingError(Exception):
    """A report of the story was not taken; the text says which and why."""


@asynccontextmanager
async def story_recorder(services: Services, dsn: str) -> AsyncIterator[tuple[Recorder, SetClock]]:
    """A recorder of its own beside the service, and its clock."""
    clock = SetClock()
    gatherer = Gatherer(dsn, services.rules, clock)
    try:
        await gatherer.open()
        yield (
            Recorder(
                gatherer, services.readers, clock, services.seals, lambda: services.registry.now
            ),
            clock,
        )
    finally:
        await gatherer.close()


async def record(
    services: Services, dsn: str, reports: Sequence[Planned], progress: Progress
) -> int:
    """Records all reports in the order in which they arrive; answers how many were new."""
    done = new = 0
    async with story_recorder(services, dsn) as (recorder, clock):
        for part in _parts(reports):
            clock.at_us = part[-1].recorded_us
            runs = [(post, list(run)) for post, run in groupby(part, key=lambda one: one.post)]
            batches = await asyncio.gather(*(_send(recorder, post, run) for post, run in runs))
            for (_, run), batch in zip(runs, batches, strict=True):
                new += _taken(run, batch)
            done += len(part)
            progress(done, len(reports))
    return new


async def _send(recorder: Recorder, post: Post, run: Iterable[Planned]) -> Batch:
    return await recorder.batch([one.raw for one in run], Reporter(post.id, post.role))


def _parts(reports: Iterable[Planned]) -> Iterator[list[Planned]]:
    """A few days of arrivals at a time; a correction waits for what it corrects.

    A day is not cut, or what was typed on one day would be recorded on two.
    """
    part: list[Planned] = []
    for one in reports:
        if part and (_is_full(part, one) or one.raw["type"] == "corrected"):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _is_full(part: Sequence[Planned], following: Planned) -> bool:
    if chinese_day(following.recorded_us) == chinese_day(part[-1].recorded_us):
        return len(part) == _LARGEST
    span_us = following.recorded_us - part[0].recorded_us
    enough = span_us > _SPAN_US and len(part) >= _ENOUGH
    return enough or span_us > _LONGEST_US or len(part) >= MOST


def _taken(run: Sequence[Planned], batch: Batch) -> int:
    new = 0
    for one, outcome in zip(run, batch.outcomes, strict=True):
        if not isinstance(outcome, Recorded):
            raise SeedingError(f"{one.raw} was not recorded: {outcome!r}")
        new += not outcome.replay
    return new
