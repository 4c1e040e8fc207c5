"""The id of a report that was sent without one: one rule, for every way it may come."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dianchi.store.published import published
from dianchi_client.row_ids import report_id, row_text

VECTORS = json.loads(
    Path(published("schemas") / "examples" / "row-ids-v1.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda v: v["name"])
def test_the_published_vectors_hold(vector: dict[str, object]) -> None:
    report = vector["report"]
    assert isinstance(report, dict)
    assert row_text(report) == vector["text"]
    assert str(report_id(VECTORS["organisation"], report)) == vector["event_id"]


def test_what_is_told_otherwise_is_another_report() -> None:
    report = {"type": "retired", "site": "007", "data": {"soh_percent": "72.5"}}
    others = [
        report | {"site": "7"},
        report | {"type": "removed"},
        report | {"data": {"soh_percent": "72.51"}},
        report | {"data": {"soh_percent": "72.5", "reason": "x"}},
    ]
    ids = {report_id("O1", each) for each in [report, *others]} | {report_id("O2", report)}
    assert len(ids) == 6


def test_a_number_of_endless_digits_fills_no_memory() -> None:
    assert len(row_text({"data": {"mass_kg": Decimal("1E+999999999")}})) < 100


def test_what_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError):
        row_text({"data": {"x": object()}})
