"""The catalogue: its order, its roles and its schemas are what the design's table says."""

from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints

import pytest
from jsonschema import Draft202012Validator

from dianchi.domain import events, vocabulary
from dianchi.domain.events import CATALOGUE, REPORTING, ROLES
from dianchi.domain.moves import _MOVES
from dianchi.domain.standing import FINAL, MOVES, is_legal
from dianchi.domain.vocabulary import LABELS

IN_ORDER = (
    "lot_declared",
    "produced",
    "imported",
    "declared",
    "installed",
    "sold",
    "owner_changed",
    "inspected",
    "repaired",
    "removed",
    "vehicle_scrapped",
    "retired",
    "collected",
    "dispatched",
    "received",
    "declined",
    "returned",
    "assessed",
    "disassembled",
    "repurposed",
    "recycled",
    "disposed",
    "relabelled",
    "identified",
    "incident",
    "released",
    "counted",
    "lost",
    "exported",
    "left_province",
    "entered",
    "voided",
    "recall_opened",
    "recall_closed",
    "remedied",
    "pickup_requested",
    "pickup_answered",
    "hold_placed",
    "hold_lifted",
    "correction_ordered",
    "annotated",
    "referred",
    "set_aside",
    "corrected",
)
OFFICERS = {
    "hold_placed",
    "hold_lifted",
    "correction_ordered",
    "annotated",
    "referred",
    "set_aside",
}
RECALLS = {"recall_opened", "recall_closed", "remedied"}


def test_the_order_of_the_catalogue_is_the_precedence_of_the_fold() -> None:
    assert tuple(CATALOGUE) == IN_ORDER
    assert [kind.precedence for kind in CATALOGUE.values()] == list(range(len(IN_ORDER)))


def test_every_type_has_a_move_a_chinese_name_and_a_summary() -> None:
    assert _MOVES.keys() == CATALOGUE.keys()
    assert all(kind.zh and kind.summary for kind in CATALOGUE.values())


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("produced", {"maker"}),
        ("imported", {"importer"}),
        ("declared", {*REPORTING, "regulator"}),
        ("sold", {"vehicle_maker", "dealer", "utilizer"}),
        ("collected", {"outlet", "dismantler"}),
        ("assessed", {"utilizer"}),
        ("recycled", {"recycler"}),
        ("released", {"utilizer", "outlet"}),
        ("corrected", {*ROLES} - {"auditor"}),
        *((act, {"regulator"}) for act in sorted(OFFICERS)),
        *((act, {"maker", "regulator"}) for act in sorted(RECALLS)),
    ],
)
def test_who_may_report(kind: str, roles: set[str]) -> None:
    assert CATALOGUE[kind].roles == roles


def test_an_auditor_reports_nothing_and_a_regulator_what_it_sees_and_decides() -> None:
    by_regulator = {name for name, kind in CATALOGUE.items() if "regulator" in kind.roles}
    assert by_regulator == {"declared", "counted", "corrected", *OFFICERS, *RECALLS}
    assert all("auditor" not in kind.roles for kind in CATALOGUE.values())


@pytest.mark.parametrize("name", IN_ORDER)
def test_the_schema_of_data_is_a_schema_and_names_every_member(name: str) -> None:
    kind = CATALOGUE[name]
    schema = kind.schema()
    Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == {member.name for member in kind.members}
    assert schema["additionalProperties"] is False


def test_every_dataclass_of_the_catalogue_can_be_typed() -> None:
    parts = [
        import_module(f"{events.__name__}.{part.name}") for part in iter_modules(events.__path__)
    ]
    declared = [
        value
        for part in parts
        for value in vars(part).values()
        if isinstance(value, type) and value.__module__ == part.__name__
    ]
    assert len(declared) > len(CATALOGUE)
    assert all(get_type_hints(one) is not None for one in declared)


def test_every_stage_has_a_label_and_a_row_of_moves() -> None:
    assert MOVES.keys() == set(vocabulary.STAGES)
    assert all(stage in LABELS for stage in MOVES)
    assert all(after in MOVES for row in MOVES.values() for after in row)


def test_nothing_leaves_a_final_stage() -> None:
    assert not any(is_legal(stage, after) for stage in FINAL for after in MOVES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in_use", "retired"),
        ("second_life", "retired"),
        ("removed", "retired"),
        ("collected", "retired"),
        ("retired", "collected"),
        ("retired", "in_transit"),
        ("retired", "removed"),
        ("retired", "in_use"),
        ("removed", "at_utilizer"),
        ("retired", "at_utilizer"),
        ("at_utilizer", "collected"),
        ("product", "at_utilizer"),
        ("product", "in_transit"),
        ("in_use", "lost"),
        ("lost", "collected"),
        ("made", "exported"),
    ],
)
def test_moves_that_the_design_adds_are_legal(before: str, after: str) -> None:
    assert is_legal(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("made", "removed"), ("collected", "in_use"), ("in_use", "in_transit"), ("made", "recycled")],
)
def test_shortcuts_are_not_legal(before: str, after: str) -> None:
    assert not is_legal(before, after)
