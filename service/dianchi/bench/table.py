"""The table of design 9 with what a run measured."""

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from dianchi.bench.figures import Figure, Results, Sample, figure
from dianchi.bench.questions import QUESTIONS

SEQUENCING: Final = "sequencing_per_s"
FSCK: Final = "fsck_per_s"
RECEIPT: Final = "receipt_p99_ms"
FILE_MEMORY: Final = "file_above_idle_mib"
SEEN: Final = "seen_p99_ms"
CONSOLE: Final = "console_p95_ms"
PAPER: Final = "paper_p95_ms"
REBUILD: Final = "rebuild_per_s"


@dataclass(frozen=True, slots=True)
class Row:
    """One number to reach: at least (`most` false) or at most `required`, better `goal`."""

    key: str
    what: str
    required: float | None = None
    goal: float | None = None
    most: bool = False

    def verdict(self, found: Figure | None) -> str:
        """`goal`, `required`, `short`, or `-` where nothing was measured or nothing is asked."""
        if found is None or self.required is None or self.goal is None:
            return "-"
        for name, bound in (("goal", self.goal), ("required", self.required)):
            if found.median <= bound if self.most else found.median >= bound:
                return name
        return "short"


ROWS: Final = (
    Row("http_single_vs_insert", "single reports over HTTP vs raw INSERT", 0.20, 0.40),
    Row("http_birth_vs_insert", "… births", 0.20, 0.40),
    Row("http_single_vs_eventsourcing", "single reports over HTTP vs eventsourcing", 2, 4),
    Row("gathered_vs_insert", "gathered append in process vs raw INSERT", 0.6, 1.0),
    Row("gathered_birth_vs_insert", "… births", 0.6, 1.0),
    Row("gathered_cpu_vs_insert", "… Python CPU, reports on existing batteries", most=True),
    Row("gathered_postgres_cpu_vs_insert", "… PostgreSQL CPU", most=True),
    Row("batch_vs_copy", "batch of 10,000 births, one request, vs COPY", 0.06, 0.15),
    Row("batch_in_process_vs_copy", "… in process"),
    Row("history_vs_memory", "history of 100 events over HTTP vs memory", 0.20, 0.40),
    Row("file_vs_memory", "file of NDJSON committed vs the same rows from memory", 0.8, 1.0),
    Row(
        "others_beside_file",
        "p99 of others' single reports beside a file vs quiet",
        2,
        1.5,
        most=True,
    ),
    Row(FILE_MEMORY, "memory of the worker above idle, MiB, committing a file", 150, 75, most=True),
    Row(SEQUENCING, "sequencing, events/s", 20_000, 60_000),
    Row(
        "http_logged_vs_unfollowed",
        "single reports while placed, hashed, signed vs not",
        0.85,
        0.95,
    ),
    Row("http_followed_vs_unfollowed", "… while the views follow, too"),
    Row(RECEIPT, "receipt ready, p99 ms at 60 % of the rate", 1_000, 500, most=True),
    Row(SEEN, "… seen in the views, p99 ms", 2_000, 1_000, most=True),
    Row(FSCK, "fsck, events/s", 30_000, 60_000),
    Row(CONSOLE, "the slowest query of the console, p95 ms", 200, 100, most=True),
    Row(PAPER, "… the slowest named export (a file made at once), p95 ms", most=True),
    Row(REBUILD, "views rebuilt beside those shown, events/s", 20_000, 30_000),
    Row("rebuild_vs_sql", "views rebuilt in Python vs a fold in SQL", 0.25, 0.35),
    Row("growth_history", "history p50, main vs small database", 1.5, 1.3, most=True),
    Row("history_vs_select1", "history p50 vs SELECT 1", 3, 2.5, most=True),
    Row("deep_page_vs_first", "deep keyset page vs first, p50", 1.5, 1.0, most=True),
    Row("disk_vs_body", "disk over lives of 10 events vs canonical bytes", 2.5, 2.2, most=True),
    Row("wal_vs_body", "WAL records without page images vs canonical bytes", 4, 3, most=True),
    Row("wal_with_log_vs_body", "… with the sequencer's", most=True),
)


MEASURED: Final[Mapping[str, tuple[str, Callable[[Sample], float]]]] = {
    SEQUENCING: ("sequencing", lambda sample: sample.rate),
    FSCK: ("fsck", lambda sample: sample.rate),
    RECEIPT: ("receipt", lambda sample: sample.p99_ms or 0.0),
    REBUILD: ("rebuild", lambda sample: sample.rate),
    SEEN: ("receipt", lambda sample: sample.other["seen_p99_ms"]),
    CONSOLE: ("console", lambda sample: _slowest(sample, paper=False)),
    PAPER: ("console", lambda sample: _slowest(sample, paper=True)),
    FILE_MEMORY: ("rows_from_file", lambda sample: sample.other["above_idle_mib"]),
}
"""Rows that are no ratios: of which contender, and what of its windows."""


def _slowest(sample: Sample, *, paper: bool) -> float:
    return max(ms for name, ms in sample.other.items() if QUESTIONS[name].paper == paper)


def figures(results: Results) -> dict[str, Figure | None]:
    """The figure of each row."""
    found = {row.key: figure(results.ratios.get(row.key, ())) for row in ROWS}
    for key, (name, of) in MEASURED.items():
        found[key] = figure(map(of, results.samples.get(name, ())))
    return found


def as_document(machine: dict[str, Any], results: Results) -> dict[str, Any]:
    """What `--json` prints."""
    found = {key: value.as_json() if value else None for key, value in figures(results).items()}
    measured = {key: found.pop(key) for key in MEASURED}
    rates = {name: _rate(samples) for name, samples in results.samples.items()}
    return {"machine": machine, "ratios": found, "rates": rates, **measured}


def _rate(samples: list[Sample]) -> dict[str, float]:
    rate = figure(sample.rate for sample in samples)
    told = rate.as_json() if rate else {}
    for name, values in _columns(samples).items():
        middle = figure(values)
        if middle is not None:
            told[name] = middle.as_json()["median"]
    return told


def _columns(samples: list[Sample]) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = {}
    for sample in samples:
        told = {
            "p50_ms": sample.p50_ms,
            "p99_ms": sample.p99_ms,
            "python_us": sample.python_us,
            "postgres_us": sample.postgres_us,
            **sample.other,
        }
        for name, value in told.items():
            if value is not None:
                columns.setdefault(name, []).append(value)
    return columns


def ratio_table(results: Results) -> Table:
    """Ratios with what is asked of them."""
    table = Table(
        "ratio",
        "median",
        "min",
        "max",
        "required",
        "goal",
        "verdict",
        title="Numbers to reach (design 9)",
    )
    found = figures(results)
    for row in ROWS:
        at = found[row.key]
        sign = "≤" if row.most else "≥"
        asked = [
            f"{sign} {bound:,}" if bound is not None else "" for bound in (row.required, row.goal)
        ]
        shown = _shown((at.median, at.min, at.max)) if at else ["not measured", "", ""]
        table.add_row(row.what, *shown, *asked, row.verdict(at))
    return table


def rate_table(results: Results) -> Table:
    """Rates of the contenders, with the CPU each costs."""
    table = Table(
        "contender",
        "/s",
        "min",
        "max",
        "p50 ms",
        "p99 ms",
        "python us",
        "postgres us",
        "more",
        title="Rates; CPU microseconds for each operation",
    )
    for name, samples in results.samples.items():
        told = _rate(samples)
        known = ("median", "min", "max", "p50_ms", "p99_ms", "python_us", "postgres_us")
        more = ", ".join(
            f"{key} {value:.0f}"
            for key, value in told.items()
            if key not in known and key not in QUESTIONS
        )
        table.add_row(name, *_shown(told.get(key) for key in known), more)
    return table


def question_table(results: Results) -> Table | None:
    """What the console asks, the slowest first; None where it was not measured."""
    samples = results.samples.get("console", ())
    if not samples:
        return None
    table = Table("question", "p95 ms", "", title="Questions of the console, over HTTP")
    middle = {
        name: statistics.median(sample.other[name] for sample in samples) for name in QUESTIONS
    }
    for name, ms in sorted(middle.items(), key=lambda each: -each[1]):
        table.add_row(name, *_shown([ms]), "named export" if QUESTIONS[name].paper else "")
    return table


def _shown(values: Iterable[float | None]) -> list[str]:
    return [
        "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - digits that matter
        for value in values
    ]


def machine_line(machine: dict[str, Any]) -> str:
    """The machine in one line."""
    return (
        f"{machine['cores']} cores, {machine['cpu']}, {machine['memory_mib']:,} MiB, "
        f"{machine['kernel']}, {machine['file_system']}; PostgreSQL {machine['postgresql']} (fsync "
        f"{machine['settings']['fsync']}, synchronous_commit "
        f"{machine['settings']['synchronous_commit']}), Python {machine['python']}; load at the "
        f"start {machine['load'][0]}"
    )
