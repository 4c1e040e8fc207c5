"""The detectors against a province of which the truth is known: every lie found, nobody accused."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dianchi.api.services import Services
from dianchi.demo.clock import SetClock
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.ledger.sequencer import Sequencer
from dianchi.settings import load
from dianchi.views.runner import Projector
from dianchi.wiring import opened

PLANS = [Plan(53, 400, date(2026, 11, 24)), Plan(53, 300, date(2026, 11, 24))]
FALSE_ALARMS = 0.01
_OPEN = "SELECT subject, code, severity, evidence FROM finding WHERE closed_at IS NULL"


async def _settled(services: Services, dsn: str) -> None:
    sequencer = Sequencer(dsn)
    await sequencer.drain()
    await sequencer.close()
    projector = Projector(
        dsn, services.registry.knowing, services.rules, services.calendar, services.clock
    )
    while await projector.step():
        pass
    await projector.close()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.lives} lives")
async def test_every_lie_is_found_and_the_honest_are_left_alone(
    database: str, tmp_path: Path, plan: Plan
) -> None:
    settings = load(
        database_url=database, vin_key="11" * 32, key_pepper="22" * 32, personal_key="33" * 32
    )
    clock = SetClock()
    clock.at_us = plan.horizon_us
    story = tell(plan)
    async with opened(settings, database, clock) as services:
        await enrol_all(services, story.province, tmp_path)
        await record(services, database, story.reports, lambda _done, _total: None)
        await _settled(services, database)
        rows = await services.readers.fetch(_OPEN)
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for subject, code, severity, _ in rows:
        found[subject].add((code, severity))
    assert _missed(story.truth["lies"], found) == []
    honest = story.truth["honest"]
    accused = {name: found[name] for name in honest if _is_accused(found[name])}
    assert len(accused) < FALSE_ALARMS * len(honest), accused
    shown = {(code, str(each)) for _, code, _, evidence in rows for each in evidence}
    bursts = [lie for lie in story.truth["lies"] if lie["expected_code"].endswith("_burst")]
    assert [one for one in bursts if not _is_shown(one, shown)] == []
    firms = story.truth["honest_firms"]
    assert len(firms) > 50
    assert not {firm: found[firm] for firm in firms if found[firm]}
    assert "unknown_vendor" not in {code for said in found.values() for code, _ in said}
    suspect = {lie["subject"] for lie in story.truth["lies"]}
    others = {name: said for name, said in found.items() if name.startswith(("batch:", "lot:"))}
    wrong = {name: said for name, said in others.items() if name not in suspect}
    assert not {name for name, said in wrong.items() if _is_accused(said)}, wrong


def _is_shown(lie: dict[str, Any], shown: set[tuple[str, str]]) -> bool:
    """Whether a finding of the expected code names reports of this very lie."""
    return any((lie["expected_code"], each) in shown for each in lie["event_ids"])


def _missed(
    lies: list[dict[str, Any]], found: dict[str, set[tuple[str, str]]]
) -> list[dict[str, Any]]:
    return [
        lie
        for lie in lies
        if lie["expected_code"] not in {code for code, _ in found[lie["subject"]]}
    ]


def _is_accused(findings: set[tuple[str, str]]) -> bool:
    return any(severity in ("medium", "high") for _, severity in findings)
