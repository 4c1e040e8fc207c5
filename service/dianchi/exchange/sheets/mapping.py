"""Which column says what: guessed from its name, corrected by its owner, used for every row."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dianchi.domain.refusals import Fault, Malformed, Refused, Text
from dianchi.exchange.sheets.columns import SCOPE, Column, Kind, members_of
from dianchi.exchange.sheets.headers import Cell
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.sheets.values import READERS, is_lead_acid, text_of, word_of

_UNIT: Final = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_NOISE: Final = re.compile(r"[\s*＊:：_\-、.。/]+")
_SHORTEST: Final = 2
NAMES: Final = ("module", "cell", "asset")
"""Targets that name a battery where nothing else does."""
ERROR_COLUMNS: Final = ("错误码", "错误说明", "怎样改正")
"""What our workbooks of errors add to the columns of the file; never read as data."""


class Plan(NamedTuple):
    """How a table is read: the column (from 0) of each target, and what every row says besides."""

    columns: Mapping[str, int]
    fixed: Mapping[str, str] = MappingProxyType({})


class Excluded(NamedTuple):
    """The row is about something that is not traced here."""

    why: str = "lead_acid"


def folded(name: str) -> str:
    """A column's name without what differs between exports: case, width, units, marks."""
    told = unicodedata.normalize("NFKC", name).casefold()
    return _NOISE.sub("", _UNIT.sub("", told))


def _names(column: Column) -> set[str]:
    """Its title, what else it is called, and the member that it fills, as `data.host.id`."""
    return {
        folded(name) for name in (column.title.zh, column.title.en, *column.names, column.target)
    }


_KNOWN: Final = frozenset(
    name for kind in KINDS.values() for column in kind.columns for name in _names(column)
)


def is_known(text: str) -> bool:
    """Whether a text is called like a column of any kind."""
    return folded(text) in _KNOWN


def guess(kind: Kind, columns: Sequence[str]) -> Plan:
    """Which column is probably which; each is used once, surer guesses first.

    What a report needs and no column tells is proposed as the same for every row.
    """
    found: dict[str, int] = {}
    sure = sorted(
        (-_likeness(column, name), order, at)
        for order, column in enumerate(kind.columns)
        for at, name in enumerate(columns)
        if name not in ERROR_COLUMNS and _likeness(column, name)
    )
    for _, order, at in sure:
        target = kind.columns[order].target
        if target not in found and at not in found.values():
            found[target] = at
    fixed = {
        column.target: column.default
        for column in kind.columns
        if column.default is not None and column.target not in found
    }
    return Plan(found, fixed)


def _likeness(column: Column, name: str) -> int:
    """3: called so; 2: so is its last storey; 1: a name is part of it; 0: not alike."""
    told, last = folded(name), folded(name.rpartition("/")[2])
    names = _names(column)
    if told in names:
        return 3
    if last in names:
        return 2
    return int(any(len(each) > _SHORTEST and each in told for each in names if not each.isascii()))


def check_plan(kind: Kind, columns: Sequence[str], plan: Plan) -> None:
    """Sees to it that a plan can be used.

    Raises:
        Refused: a target or column that there is not, or something needed that nothing tells.
    """
    faults = [*_wrong(kind, columns, plan), *_missing(kind, plan)]
    if faults:
        raise Refused(*faults)


def _wrong(kind: Kind, columns: Sequence[str], plan: Plan) -> Iterator[Fault]:
    targets = {column.target for column in kind.columns}
    listed = ", ".join(sorted(targets))
    for target in {**plan.columns, **plan.fixed}.keys() - targets:
        what = Text("没有这个目标字段", "there is no such target")
        way_out = Text(f"可用：{listed}", f"use one of: {listed}")
        yield Fault("unknown_field", f"/columns/{target}", target, what, way_out)
    for target, at in plan.columns.items():
        if not 0 <= at < len(columns):
            what = Text("没有这一列", "there is no such column")
            last = len(columns) - 1
            way_out = Text(f"列从 0 数到 {last}", f"columns are counted from 0 to {last}")
            yield Fault("invalid_value", f"/columns/{target}", at, what, way_out)


def _missing(kind: Kind, plan: Plan) -> Iterator[Fault]:
    told = plan.columns.keys() | plan.fixed.keys()
    if kind.either and told.isdisjoint(kind.either):
        yield _lacking(kind.either[0], one_of(kind))
    for column in kind.columns:
        if column.needed and column.target not in told:
            yield _lacking(column.target, column.title)


def one_of(kind: Kind) -> Text:
    titles = [column.title for column in kind.columns if column.target in kind.either]
    return Text("或".join(t.zh for t in titles), " or ".join(t.en for t in titles))


def _lacking(target: str, title: Text) -> Fault:
    return Fault(
        "missing_field",
        f"/columns/{target}",
        None,
        Text(f"没有对应“{title.zh}”的列", f"no column is mapped to {title.en}"),
        Text("请指定是哪一列，或改用模板", "say which column it is, or use the template"),
    )


class Told(NamedTuple):
    """A row understood: the members of a report but its id, or the faults of its cells."""

    report: dict[str, Any]
    faults: tuple[Fault, ...]


def told_by(kind: Kind, plan: Plan, cells: Sequence[Cell], organisation: str) -> Told | Excluded:
    """What a row says.

    Args:
        kind: of the report.
        plan: checked.
        cells: of the row.
        organisation: in whose asset numbers a battery without a code is named.
    """
    at = plan.columns.get(SCOPE)
    if at is not None and is_lead_acid(cells[at]):
        return Excluded()
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for column in kind.columns:
        cell = _cell(column, plan, cells)
        try:
            value = _value(column, cell)
        except Malformed as error:
            pointer = pointer_of(column.target)
            faults.append(Fault(error.code, pointer, text_of(cell), error.what, error.way_out))
            continue
        if value:
            values[column.target] = value
    return Told(_report(kind, values, organisation), tuple(faults))


def _cell(column: Column, plan: Plan, cells: Sequence[Cell]) -> Cell:
    at = plan.columns.get(column.target)
    cell = cells[at] if at is not None else None
    return plan.fixed.get(column.target) if text_of(cell) == "" else cell


def _value(column: Column, cell: Cell) -> str:
    if text_of(cell) == "":
        return ""
    return word_of(cell, column.words) if column.words else READERS[column.read](cell)


def _report(kind: Kind, values: dict[str, str], organisation: str) -> dict[str, Any]:
    values.pop(SCOPE, None)
    if kind.shape is not None:
        return kind.shape(values, organisation)
    if asset := values.pop("asset", None):
        values.setdefault("battery", f"asset:{organisation}:{asset}")
    if "data/host/id" not in values:
        values.pop("data/host/kind", None)
    return members_of(kind.type, values)


def pointer_of(target: str) -> str:
    """Where a fault of this column points, in reports and for `column_of`."""
    return f"/{target}"


def column_of(pointer: str, plan: Plan) -> int | None:
    """The column that a fault of a report came from; an asset number, too, is a battery's name."""
    target = pointer.removeprefix("/")
    while target:
        if target in plan.columns:
            return plan.columns[target]
        if target == "battery":
            return next((plan.columns[each] for each in NAMES if each in plan.columns), None)
        parts = (at for each, at in plan.columns.items() if each.startswith(f"{target}/"))
        if target != "data" and (part := next(parts, None)) is not None:
            return part
        target = target.rpartition("/")[0]
    return None
