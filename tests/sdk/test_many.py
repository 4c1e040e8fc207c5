"""Reporting from a source: ids, order, back-pressure, what is refused, and the journal."""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dianchi_client import AsyncClient, Client, Journal, JournalError, NotAReport, Row, Tally
from dianchi_client.sdk.encoding import encoded
from support.process import Service
from support.sources import recorded, sets


@pytest.fixture
def client(service: Service, key: str) -> Iterator[Client]:
    with Client(service.url, key) as made:
        yield made


def test_the_same_source_again_adds_nothing(client: Client, sdk_data_dir: Path) -> None:
    assert client.report_many(sets("AGAIN", 30)) == Tally(accepted=30)
    assert client.report_many(sets("AGAIN", 30)) == Tally(duplicate=30)
    assert recorded(sdk_data_dir, "AGAIN") == (30, 30)


def test_a_source_that_is_mended_sends_only_what_is_new(client: Client, tmp_path: Path) -> None:
    journal = tmp_path / "j"
    good = list(sets("MEND", 20))
    spoilt = [dict(report) for report in good]
    spoilt[4]["occurred_at"] = "2036-01-01"
    told: list[Row] = []

    first = client.report_many(spoilt, journal=journal, tell=lambda rows, _: told.extend(rows))
    with Journal(journal) as kept:
        (refused,) = kept.refused()
    # A new row in the middle moves all that follow, and is nothing to them.
    second = client.report_many([*sets("MEND", 1, 99), *good], journal=journal)

    assert first == Tally(accepted=19, refused=1)
    assert (refused.place, refused.report) == (5, encoded(spoilt[4]))
    (row,) = [row for row in told if row.outcome == "refused"]
    assert row.problem is not None
    assert (row.place, row.problem.code) == (5, "in_future")
    assert second == Tally(accepted=2, before=19)


def test_equal_reports_of_one_source_are_one_event(client: Client, sdk_data_dir: Path) -> None:
    twice = [*sets("EQUAL", 1)] * 2
    assert client.report_many(twice) == Tally(accepted=1, duplicate=1)
    assert client.report_many(twice) == Tally(duplicate=2)
    assert recorded(sdk_data_dir, "EQUAL") == (1, 1)


def test_an_id_of_ones_own_is_kept_and_its_content_may_not_change(
    client: Client, tmp_path: Path
) -> None:
    own = {**next(sets("OWN", 1)), "event_id": "018f3c1e-0000-7000-8000-00000000b001"}
    assert client.report_many([own], journal=tmp_path / "j") == Tally(accepted=1)
    changed = {**own, "occurred_at": "2026-01-02"}
    told: list[Row] = []
    tally = client.report_many(
        [changed, own], journal=tmp_path / "j", tell=lambda rows, _: told.extend(rows)
    )
    assert tally == Tally(refused=1, before=1)
    assert [row.problem.code for row in told if row.problem] == ["event_id_conflict"]


def test_the_source_is_never_more_than_a_batch_ahead(client: Client) -> None:
    taken = settled = 0

    def source() -> Iterator[Mapping[str, object]]:
        nonlocal taken
        for report in sets("PRESS", 60):
            taken += 1
            assert taken - settled <= 20
            yield report

    def tell(_: object, tally: Tally) -> None:
        nonlocal settled
        settled = tally.total

    assert client.report_many(source(), most=20, tell=tell).recorded == 60


async def test_a_source_may_be_awaited(service: Service, key: str) -> None:
    async def source() -> AsyncIterator[Mapping[str, object]]:
        for report in sets("AWAIT", 45):
            yield report

    async with AsyncClient(service.url, key) as client:
        assert await client.report_many(source(), most=20) == Tally(accepted=45)
        assert await client.report_many(sets("AWAIT", 45)) == Tally(duplicate=45)


def test_a_source_that_fails_leaves_what_was_settled(client: Client, tmp_path: Path) -> None:
    def source() -> Iterator[Mapping[str, object]]:
        yield from sets("FAIL", 20)
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        client.report_many(source(), most=10, journal=tmp_path / "j")
    tally = client.report_many(sets("FAIL", 25), journal=tmp_path / "j")
    assert tally == Tally(accepted=5, before=20)


def test_a_dry_run_stores_nothing_here_or_there(
    client: Client, sdk_data_dir: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "j"
    assert client.report_many(sets("DRY", 5), dry_run=True, journal=journal).accepted == 5
    assert recorded(sdk_data_dir, "DRY") == (0, 0)
    assert client.report_many(sets("DRY", 5), journal=journal) == Tally(accepted=5)


def test_what_is_no_json_is_named_with_its_place(client: Client) -> None:
    broken: list[Any] = [*sets("JSON", 2), {"data": {"soh_percent": float("nan")}}]
    with pytest.raises(NotAReport, match="report 3 cannot be written as JSON"):
        client.report_many(broken, most=2)
    with pytest.raises(NotAReport, match="has no offset"):
        client.report({"occurred_at": datetime(2026, 1, 1)})  # noqa: DTZ001 - what is refused


def test_values_of_python_become_what_the_service_reads() -> None:
    told = {"a": Decimal("1E+2"), "b": date(2026, 1, 2), "c": datetime(2026, 1, 2, tzinfo=UTC)}
    assert encoded(told) == b'{"a":"100","b":"2026-01-02","c":"2026-01-02T00:00:00+00:00"}'


class TestJournal:
    def test_is_in_use_by_one_process_at_a_time(self, tmp_path: Path) -> None:
        with Journal(tmp_path / "j"), pytest.raises(JournalError, match="in use"):
            Journal(tmp_path / "j")
        Journal(tmp_path / "j").close()

    def test_belongs_to_one_service_and_organisation(self, tmp_path: Path) -> None:
        with Journal(tmp_path / "j") as journal:
            journal.begin("https://a.example.cn", "O1")
            with pytest.raises(JournalError, match="give another file"):
                journal.begin("https://b.example.cn", "O1")

    def test_is_nobody_elses_to_read(self, tmp_path: Path) -> None:
        Journal(tmp_path / "j").close()
        assert (tmp_path / "j").stat().st_mode & 0o777 == 0o600

    def test_of_something_else_is_not_touched(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("not a journal, but long enough to be one" * 10)
        with pytest.raises(JournalError):
            Journal(tmp_path / "text")
        other = sqlite3.connect(tmp_path / "other")
        other.execute("CREATE TABLE mine (x)")
        other.close()
        with pytest.raises(JournalError, match="no journal"):
            Journal(tmp_path / "other")
