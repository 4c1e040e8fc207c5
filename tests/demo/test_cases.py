"""The demo's cases: planted once the views know the story, each once."""

from datetime import date
from pathlib import Path

import pytest

from dianchi.access.case_reading import Wish, list_cases
from dianchi.access.keys import now_of
from dianchi.demo.cases import SCENES, known, plant_cases
from dianchi.demo.clock import SetClock
from dianchi.demo.enrolling import enrol_all
from dianchi.demo.people import guests
from dianchi.demo.plan import Plan
from dianchi.demo.seeding import record
from dianchi.demo.story import tell
from dianchi.domain.working_days import business_date
from dianchi.ledger.sequencer import Sequencer
from dianchi.settings import load
from dianchi.views.runner import Projector
from dianchi.wiring import opened

PLAN = Plan(53, 300, date(2026, 11, 24))


@pytest.mark.timeout(240)
async def test_cases_in_several_states_are_planted_once(database: str, tmp_path: Path) -> None:
    """Given the story on record, when cases are planted twice, then each is there once."""
    settings = load(
        database_url=database, vin_key="11" * 32, key_pepper="22" * 32, personal_key="33" * 32
    )
    clock = SetClock()
    clock.at_us = PLAN.horizon_us
    story = tell(PLAN)
    authority = story.province.posts["regulator"][0].id
    at_hand = {firm.id for firm, _, _ in guests(story.province)}
    async with opened(settings, database, clock) as services:
        await enrol_all(services, story.province, tmp_path)
        await record(services, database, story.reports, lambda _done, _total: None)
        sequencer = Sequencer(database)
        await sequencer.drain()
        projector = Projector(
            database, services.registry.knowing, services.rules, services.calendar, clock
        )
        while await projector.step():
            pass
        await known(services)
        first = await plant_cases(services, PLAN, authority, at_hand)
        again = await plant_cases(services, PLAN, authority, at_hand)
        await sequencer.close()
        await projector.close()
        today = business_date(now_of(clock))
        cases = await list_cases(services.readers, Wish(), today, 50, None)

    # A story as short as this one may lack what one of the cases is about.
    assert first == again == len(cases) >= len(SCENES) - 1
    states = {case.state.value for case in cases}
    assert states >= {"opened", "asked", "ordered", "referred", "closed"}
    assert [case.is_overdue(today) for case in cases].count(True) == 1
