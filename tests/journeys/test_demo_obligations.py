"""Obligations of a province of which the truth is known, counted without the code of the view."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dianchi.demo.clock import SetClock, day_of
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.settings import load
from dianchi.wiring import opened
from journeys.test_demo_findings import _settled

PLAN = Plan(53, 300, date(2026, 11, 24))
ROWS = """
SELECT battery, duty, event_id::text, due_day, met_day, phase, unreported FROM obligation
"""
LATE = """
SELECT battery, due_day FROM obligation
 WHERE phase = 'late' OR (phase = 'open' AND due_day < $1)
"""


async def test_planted_late_lives_are_late_or_overdue_and_honest_ones_are_not(
    database: str, tmp_path: Path
) -> None:
    settings = load(
        database_url=database, vin_key="11" * 32, key_pepper="22" * 32, personal_key="33" * 32
    )
    clock = SetClock()
    clock.at_us = PLAN.horizon_us
    story = tell(PLAN)
    async with opened(settings, database, clock) as services:
        await enrol_all(services, story.province, tmp_path)
        await record(services, database, story.reports, lambda _done, _total: None)
        await _settled(services, database)
        rows = [dict(row) for row in await services.readers.fetch(ROWS)]
        today = day_of(clock.at_us)
        late = {row["battery"] for row in await services.readers.fetch(LATE, today)}

    planted = {
        lie["battery"]
        for lie in story.truth["lies"]
        if lie["expected_code"] in {"late_report", "handover_open", "over_time", "class_c_stuck"}
    }
    assert planted
    assert sorted(planted - late) == []
    honest = set(story.truth["honest"])
    assert len(late & honest) < 0.01 * len(honest), sorted(late & honest)
    assert _answers_due(story.reports, today) == _answers_open(rows, today)


def _answers_due(reports: list[Any], today: date) -> set[tuple[str, str]]:
    """Hand-overs sent over a fortnight ago that nobody answered, from the story alone."""
    answered: defaultdict[str, set[str]] = defaultdict(set)
    for told in reports:
        if told.raw["type"] in {"received", "declined", "returned"}:
            lines = told.raw["data"].get("batteries", ())
            answered[told.raw["data"]["handover"]] |= {line["battery"] for line in lines}
    withdrawn = {
        told.raw["data"]["event_id"] for told in reports if told.raw["type"] == "corrected"
    }
    return {
        (line["battery"], told.raw["event_id"])
        for told in reports
        if told.raw["type"] == "dispatched" and told.raw["event_id"] not in withdrawn
        if day_of(told.occurred_us) + timedelta(days=14) < today
        for line in told.raw["data"].get("batteries", ())
        if line["battery"] not in answered[told.raw["data"]["handover"]]
    }


def _answers_open(rows: list[dict[str, Any]], today: date) -> set[tuple[str, str]]:
    return {
        (row["battery"], row["event_id"])
        for row in rows
        if row["duty"] == "HANDOVER_ACK" and row["met_day"] is None
        if row["due_day"] + timedelta(days=7) < today
    }
