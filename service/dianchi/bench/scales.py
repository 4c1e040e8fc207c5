"""How much a run loads and measures."""

from dataclasses import dataclass
from typing import Final

STEPS: Final = 10
"""Events in a whole life of `material.story`."""

GROUPS: Final = (
    *("singles", "batch", "history", "file"),
    *("ledger", "growth", "sequencing", "rebuild", "console", "sizes"),
)
"""What `--only` may name; the contenders of a group take turns."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of one run.

    Attributes:
        small: lives in the small database of the growth comparison, 5 events each on average.
        main: lives in the main database, likewise; reports about existing batteries go to these.
        windows: windows kept per contender; one more is measured first and dropped.
        singles: reports in a window of single reports.
        inserts: rows in a window of raw inserts.
        peers: events in a window of the `eventsourcing` recorder.
        batch: rows of a batch.
        filed: rows of a file.
        histories: history requests in a window.
        reads: queries in a window of one connection.
        queued: events that wait in the outbox for a window of sequencing.
        weighed: lives of 10 events whose bytes are counted.
        rebuilt: lives whose views are made again in a window; where they are as many as are shown,
            they are those.
        shown: lives that an officer asks about.
        shown_checks: inspections of each of them, beside its life.
        consulted: how often each query of the console is asked in a window.
    """

    name: str
    small: int
    main: int
    windows: int = 5
    singles: int = 2_000
    inserts: int = 4_000
    peers: int = 400
    batch: int = 10_000
    filed: int = 20_000
    histories: int = 800
    reads: int = 600
    queued: int = 30_000
    weighed: int = 1_000
    rebuilt: int = 20_000
    shown: int = 20_000
    shown_checks: int = 0
    consulted: int = 40


QUICK: Final = Scale("quick", small=4_000, main=40_000)
SCALES: Final = {
    "quick": QUICK,
    "100k": Scale("100k", small=10_000, main=100_000, rebuilt=100_000, shown=100_000),
    "1m": Scale(
        "1m", small=20_000, main=200_000, windows=7, rebuilt=40_000, filed=100_000, shown=200_000
    ),
    "10m": Scale(
        "10m",
        small=20_000,
        main=2_000_000,
        windows=7,
        rebuilt=1_000_000,
        filed=100_000,
        shown=1_000_000,
        shown_checks=5,
    ),
}
TINY: Final = Scale(
    "tiny",
    small=20,
    main=600,
    windows=1,
    singles=40,
    inserts=64,
    peers=16,
    batch=50,
    filed=100,
    histories=40,
    reads=20,
    queued=200,
    weighed=20,
    rebuilt=20,
    shown=20,
    consulted=2,
)
"""Shows that every contender runs; its figures mean nothing."""
