"""The published scenarios: of one form, whole, and with examples that the service would take."""

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from dianchi.domain.admit import Reporter, admit
from dianchi.domain.conformity.judging import KINDS
from dianchi.domain.conformity.naming import names_of
from dianchi.domain.conformity.scenario import Scenario, written
from dianchi.domain.report import read_report
from dianchi.exchange.scenarios import FOLDER, SCHEMA, SHARED, in_force, scenario_of, scenarios
from dianchi.store.published import published

NOW_US = 1_796_000_000_000_000
RUN = "LT-20261130-ABCDEFGH"
ROLES = {"maker", "vehicle_maker", "outlet", "site_operator", "utilizer", "recycler"}


def test_every_document_fits_the_published_schema() -> None:
    folder = published("schemas") / FOLDER
    schema = json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    shared = json.loads((folder / SHARED).read_text(encoding="utf-8"))
    about = {"role": "any", "version": "1.0.0", "valid_from": "2026-11-30"}
    for path in folder.glob("*.json"):
        if path.name == SCHEMA:
            continue
        told = json.loads(path.read_text(encoding="utf-8"))
        if path.name == SHARED:
            told = shared | about | {"title": {"zh": "共同", "en": "shared"}}
        Draft202012Validator(schema).validate(told)


def test_each_role_has_one_in_force_and_a_version_is_found_again() -> None:
    assert set(in_force(date(2026, 12, 1))) == ROLES
    assert in_force(date(2026, 1, 1)) == {}
    for scenario in scenarios():
        assert scenario_of(scenario.role, scenario.version) is scenario
    with pytest.raises(LookupError):
        scenario_of("outlet", "0.0.1")


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: one.role)
def test_every_task_has_a_judge_and_every_example_is_one_that_this_role_may_report(
    scenario: Scenario,
) -> None:
    names = names_of(scenario.names, RUN, date(2026, 11, 29)) | {"number": RUN}
    told = written(scenario, names)

    assert len({task.id for task in told.tasks}) == len(told.tasks)
    for task in told.tasks:
        assert task.kind in KINDS
        for sentence in (*task.title, *task.how):
            assert sentence
            assert "${" not in sentence
        if task.example is None or task.kind == "refused":
            continue
        raw = {"event_id": "018f3c1e-0000-7000-8000-00000000c001", **task.example}
        report = read_report(raw, lambda vin: f"ref-{vin}")
        admit(report, Reporter("O1", scenario.role), NOW_US)
