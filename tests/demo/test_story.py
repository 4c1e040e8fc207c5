"""The story of a plan: the same each time, in order, and nothing in it that would be refused."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from hashlib import sha256

import pytest

from dianchi.demo.clock import DAY_US
from dianchi.demo.dishonest import KINDS, LEAST, lies_per_kind
from dianchi.demo.plan import Plan
from dianchi.demo.story import Story, tell
from dianchi.domain.admit import Reporter, admit
from dianchi.domain.events import CATALOGUE
from dianchi.domain.fields import chinese_day
from dianchi.domain.firms import Crowd, burst, doubts, silent_firm
from dianchi.domain.lines import organisation_subject
from dianchi.domain.personal import without_personal
from dianchi.domain.report import read_report
from dianchi.domain.rules import RULES

PLAN = Plan(53, 220, date(2026, 11, 24))
DIGEST = """
import json, sys
from datetime import date
from hashlib import sha256
from dianchi.demo.plan import Plan
from dianchi.demo.story import tell
story = tell(Plan(53, 220, date(2026, 11, 24)))
told = json.dumps([[r.recorded_us, r.post.id, r.raw] for r in story.reports])
print(sha256(told.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def story() -> Story:
    """A small province."""
    return tell(PLAN)


def digest(story: Story) -> str:
    """Stands for every byte of every report, who sends it and when it arrives."""
    told = json.dumps([[r.recorded_us, r.post.id, r.raw] for r in story.reports])
    return sha256(told.encode()).hexdigest()


def test_the_same_plan_tells_the_same_story_in_another_process(story: Story) -> None:
    other = subprocess.run(
        [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert other.stdout.strip() == digest(story)


def test_another_seed_tells_another_story(story: Story) -> None:
    assert digest(tell(Plan(54, 220, date(2026, 11, 24)))) != digest(story)


def test_every_report_is_read_and_admitted(story: Story) -> None:
    for planned in story.reports:
        report = read_report(planned.raw, lambda vin: f"ref-{vin}")
        admit(report, Reporter(planned.post.id, planned.post.role), planned.recorded_us)


def test_no_text_of_the_province_is_taken_for_personal_data(story: Story) -> None:
    told = {
        text
        for planned in story.reports
        for text in re.findall(r'"([^"]*)"', json.dumps(planned.raw, ensure_ascii=False))
    }
    assert len(told) > 1000
    assert [text for text in told if without_personal(text) != text] == []


def test_no_event_id_is_given_twice(story: Story) -> None:
    assert len({planned.raw["event_id"] for planned in story.reports}) == len(story.reports)


def test_nothing_arrives_before_it_happens_or_after_the_end(story: Story) -> None:
    for planned in story.reports:
        assert planned.occurred_us <= planned.recorded_us <= PLAN.horizon_us


def test_every_lie_is_told_at_least_five_times(story: Story) -> None:
    told = Counter(lie["kind"] for lie in story.truth["lies"])
    assert {kind: told[kind] for kind, _, _ in KINDS} == dict.fromkeys(
        (kind for kind, _, _ in KINDS), lies_per_kind(PLAN)
    )
    assert lies_per_kind(PLAN) >= LEAST


def test_a_large_province_lies_in_about_four_of_a_hundred_lives() -> None:
    share = lies_per_kind(Plan(53, 3000, PLAN.until)) * len(KINDS) / 3000
    assert 0.03 < share < 0.05


def test_the_evidence_of_a_lie_is_in_the_story_and_no_liar_is_called_honest(story: Story) -> None:
    ids = {planned.raw["event_id"] for planned in story.reports}
    for lie in story.truth["lies"]:
        assert ids.issuperset(lie["event_ids"])
    liars = {lie["battery"] for lie in story.truth["lies"]}
    assert liars.isdisjoint(story.truth["honest"])


@pytest.mark.parametrize("seed", [1, 53, 54, 7])
def test_only_firms_that_lie_fall_silent_or_report_in_bulk(seed: int) -> None:
    told = tell(Plan(seed, 220, PLAN.until))
    last = {planned.post.id: planned.recorded_us for planned in told.reports}
    crowds = Counter(
        (planned.post.id, chinese_day(planned.recorded_us), code)
        for planned in told.reports
        for code in doubts(planned.raw["type"], planned.occurred_us, planned.recorded_us, RULES)
    )
    found = {
        (organisation_subject(firm), code)
        for (firm, day, code), count in crowds.items()
        if burst("", Crowd(code, day, count, ()), RULES)
    } | {
        (organisation_subject(firm), "silent_firm")
        for firm, at_us in last.items()
        if silent_firm("", at_us, PLAN.horizon_us, RULES)
    }
    assert found == {
        (lie["subject"], lie["expected_code"])
        for lie in told.truth["lies"]
        if lie["subject"].startswith("organisation:")
    }
    assert last.keys() >= {name.partition(":")[2] for name in told.truth["honest_firms"]}


def test_before_the_ban_nobody_uses_old_packs_in_e_bikes_unlawfully() -> None:
    early = tell(Plan(53, 220, date(2026, 3, 1)))
    assert "prohibited_use" not in {lie["kind"] for lie in early.truth["lies"]}


def test_the_story_knows_almost_every_type_of_report() -> None:
    told = {planned.raw["type"] for planned in tell(Plan(53, 900, PLAN.until)).reports}
    untold = {"lot_declared", "counted", "entered"}
    # What officers decide and who calls back comes after the story.
    decided = {name for name, kind in CATALOGUE.items() if kind.roles <= {"maker", "regulator"}}
    assert set(CATALOGUE) - told <= untold | (decided - {"produced"})


def test_every_organisation_is_named_as_synthetic(story: Story) -> None:
    assert all("示范" in firm.name for firm in story.province.firms)
    assert len({place.prefecture for place in story.province.places if place.prefecture}) == 16


def test_the_samples_show_a_circle_a_tower_set_and_a_lie(story: Story) -> None:
    assert {"circle", "second_life", "asset", "in_use", "vanished"} <= story.samples.keys()


def test_pickups_are_answered_declined_unheard_and_still_open() -> None:
    reports = tell(Plan(53, 900, PLAN.until)).reports
    asked = {
        (told.post.id, told.raw["data"]["pickup"]): told
        for told in reports
        if told.raw["type"] == "pickup_requested"
    }
    answers = {
        (told.raw["data"]["requester"], told.raw["data"]["pickup"]): told
        for told in reports
        if told.raw["type"] == "pickup_answered"
    }

    lately = PLAN.horizon_us - 7 * DAY_US
    unheard = [asked[each] for each in asked.keys() - answers.keys()]

    assert answers.keys() <= asked.keys()
    assert {told.raw["data"]["answer"] for told in answers.values()} == {"accept", "refuse"}
    assert {told.occurred_us < lately for told in unheard} == {True, False}
    assert all(told.post.id == asked[each].raw["data"]["to"] for each, told in answers.items())
