"""What a window measured, and what many windows say together."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dianchi.bench import processes

_P99 = 0.99


@dataclass(frozen=True, slots=True)
class Sample:
    """One window of one contender.

    `python_us` and `postgres_us` are CPU microseconds for each operation, ours and PostgreSQL's;
    `other` holds more of the kind by name (the worker, the load generator). `p50_ms` is the median
    wait of one operation.
    """

    count: int
    seconds: float
    python_us: float
    postgres_us: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    other: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of several windows, and how far they scatter."""

    median: float
    min: float
    max: float

    def as_json(self) -> dict[str, float]:
        """Rounded to four digits that mean something."""
        return {name: float(f"{getattr(self, name):.4g}") for name in ("median", "min", "max")}


def figure(values: Iterable[float]) -> Figure | None:
    """The figure of these values; None when there are none."""
    listed = list(values)
    if not listed:
        return None
    return Figure(statistics.median(listed), min(listed), max(listed))


def waits_ms(waits_s: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 99th percentile of waits, in milliseconds."""
    if not waits_s:
        return None, None
    ordered = sorted(waits_s)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * _P99)] * 1000


class Meter:
    """Measures one window: wall time, CPU of this process and of PostgreSQL's tree."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster
        self._postgres_us = processes.cpu_us([postmaster])
        self._python_s = time.process_time()
        self._began = time.perf_counter()

    def sample(self, count: int, waits_s: Sequence[float] = ()) -> Sample:
        """The window until now, for `count` operations."""
        seconds = time.perf_counter() - self._began
        python_us = (time.process_time() - self._python_s) * 1e6
        postgres_us = processes.cpu_us([self._postmaster]) - self._postgres_us
        p50, p99 = waits_ms(waits_s)
        return Sample(count, seconds, python_us / count, postgres_us / count, p50, p99)


@dataclass(slots=True)
class Results:
    """Everything a run measured: samples by contender, ratios by name."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    ratios: dict[str, list[float]] = field(default_factory=dict)

    def compare(
        self, name: str, contender: str, base: str, of: Callable[[Sample], float] = lambda s: s.rate
    ) -> None:
        """Puts down the ratio of two contenders window by window."""
        pairs = zip(self.samples[contender], self.samples[base], strict=True)
        self.ratios[name] = [of(one) / of(other) for one, other in pairs if of(other)]
