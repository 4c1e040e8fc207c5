"""Contenders take turns: A B C A B C …, so that what slows the machine slows them alike."""

from collections.abc import Awaitable, Callable, Mapping

from dianchi.bench.field import Field
from dianchi.bench.figures import Sample

Window = Callable[[], Awaitable[Sample]]


async def take_turns(field: Field, contenders: Mapping[str, Window], windows: int) -> None:
    """Measures `windows` windows of each; one more goes before, and is dropped."""
    for turn in range(windows + 1):
        for name, window in contenders.items():
            field.say(f"{name}, window {turn} of {windows}")
            await field.settle()
            sample = await window()
            field.say(f"{name}, window {turn} of {windows}: {sample.rate:,.0f}/s")
            if turn:
                field.results.samples.setdefault(name, []).append(sample)
