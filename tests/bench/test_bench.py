"""A run so small that its figures mean nothing: every contender runs, every ratio has its shape."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import make_data_dir
from dianchi.bench import peers
from dianchi.bench.client import drive, get
from dianchi.bench.figures import Figure, figure
from dianchi.bench.groups import SERVED, UNSERVED
from dianchi.bench.helper import Helper, HelperGoneError
from dianchi.bench.loading import Chunk, chunks, written
from dianchi.bench.material import PLACES, SITES, STORY, Author, battery, site
from dianchi.bench.questions import QUESTIONS
from dianchi.bench.run import fitted, run
from dianchi.bench.scales import GROUPS, SCALES, STEPS, TINY
from dianchi.bench.table import (
    FILE_MEMORY,
    MEASURED,
    ROWS,
    Row,
    as_document,
    rate_table,
    ratio_table,
)
from dianchi.store.envelope import open_event

# Starting PostgreSQL, the service and its worker on a busy machine takes longer than any measuring.
pytestmark = pytest.mark.timeout(400)
YEAR = 12


@pytest.fixture(scope="module")
def temporary() -> Iterator[Path]:
    """The folder that the run makes its own in; as root, PostgreSQL must be able to reach it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = make_data_dir()
        patch.setattr("tempfile.tempdir", str(folder))
        yield folder
        folder.rmdir()


@pytest.fixture(scope="module")
def document(temporary: Path) -> dict[str, Any]:
    """What `--json` would print of a tiny run of everything."""
    said: list[str] = []
    machine, results = asyncio.run(run(TINY, (), said.append))
    assert not list(temporary.iterdir()), "the run left something behind"
    assert rate_table(results).row_count == len(results.samples)
    assert ratio_table(results).row_count == len(ROWS)
    told: dict[str, Any] = json.loads(json.dumps(as_document(machine, results)))
    return told


def test_a_run_gives_every_ratio_with_median_and_spread(document: dict[str, Any]) -> None:
    assert document.keys() == {"machine", "ratios", "rates", *MEASURED}
    assert document["ratios"].keys() == {row.key for row in ROWS} - set(MEASURED)
    missing = {name for name, ratio in document["ratios"].items() if ratio is None}
    assert missing <= ({"http_single_vs_eventsourcing"} if not peers.installed() else set())
    # A small file may fit into memory that the worker has already.
    measured = map(document.get, MEASURED.keys() - {FILE_MEMORY})
    for ratio in (*filter(None, document["ratios"].values()), *measured):
        assert 0 < ratio["min"] <= ratio["median"] <= ratio["max"]


def test_a_run_names_its_machine(document: dict[str, Any]) -> None:
    machine = document["machine"]
    assert {"cores", "cpu", "memory_mib", "kernel", "postgresql", "python"} <= machine.keys()
    assert machine["settings"]["fsync"] == machine["settings"]["synchronous_commit"] == "on"


def test_rates_come_with_the_cpu_they_cost(document: dict[str, Any]) -> None:
    for rate in document["rates"].values():
        assert {"median", "min", "max", "python_us", "postgres_us"} <= rate.keys()
    assert {"worker_us", "client_us"} <= document["rates"]["http_single"].keys()


def test_every_question_of_the_console_is_told_and_named_exports_apart(
    document: dict[str, Any],
) -> None:
    told = document["rates"]["console"]
    assert QUESTIONS.keys() <= told.keys()
    papers = {name: told[name] for name, each in QUESTIONS.items() if each.paper}
    pages = {name: told[name] for name in QUESTIONS.keys() - papers.keys()}
    assert document["console_p95_ms"]["median"] == pytest.approx(max(pages.values()), rel=0.01)
    assert document["paper_p95_ms"]["median"] == pytest.approx(max(papers.values()), rel=0.01)


def test_reports_are_seen_in_the_views_after_they_are_answered(document: dict[str, Any]) -> None:
    assert document["seen_p99_ms"]["median"] > 0


def test_lives_of_a_province_are_spread_over_its_places_and_months() -> None:
    author = Author(1, spread=True)
    sold = [author.tell(number, 3) for number in range(60)]
    taken_in = [author.tell(number, 7) for number in range(60)]
    assert len({each["data"]["prefecture"] for each in sold}) == len(PLACES)
    assert len({each["occurred_at"][:7] for each in sold}) > YEAR
    assert {each["site"] for each in taken_in} <= {site(place) for place in range(SITES)}
    assert len({each["site"] for each in taken_in}) > len(PLACES)


def test_a_verdict_follows_the_direction_of_its_bound() -> None:
    at_least, at_most = Row("a", "", 0.2, 0.4), Row("b", "", 4, 3, most=True)
    assert [at_least.verdict(Figure(m, m, m)) for m in (0.5, 0.3, 0.1)] == [
        "goal",
        "required",
        "short",
    ]
    assert [at_most.verdict(Figure(m, m, m)) for m in (2, 3.5, 5)] == ["goal", "required", "short"]
    assert at_least.verdict(figure(())) == "-"


def test_every_group_that_can_be_asked_for_is_measured() -> None:
    assert set(GROUPS) == {*SERVED, *UNSERVED}


def test_no_pack_is_reported_twice_however_many_windows() -> None:
    for scale in SCALES.values():
        for windows in (None, 1, 50):
            fit = fitted(scale, windows)
            assert fit.singles * (fit.windows + 1) <= scale.main // 2


def test_loaded_lives_are_whole_and_their_places_in_the_log_follow() -> None:
    assert len(STORY) == STEPS
    first, second = chunks(8, 4)
    rows = written(first)
    assert second.log_index == first.events == len(rows.events[0])
    assert [open_event(body).type for body in rows.events[3][:4]] == ["produced"] * 4
    assert {name for _, name in rows.names.values()} == set(map(battery, range(4)))
    assert Chunk(0, 2, 0, told=1, checks=99).events == 200


def test_a_helper_answers_raises_and_ends() -> None:
    with Helper() as helper:
        assert helper.call(battery, 7) == battery(7)
        with pytest.raises(ConnectionError):
            helper.call(drive, 1, [get("/", "key")], 1)
    with pytest.raises((HelperGoneError, ValueError)):
        helper.call(battery, 7)
