"""Recycled content of new packs and savings, as answers say them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from dianchi.api.asked import month_text
from dianchi.api.counting import behind
from dianchi.domain.indicators.content import (
    CONTENTS,
    DEFINITION,
    NAME,
    NOTHING_HELD,
    TARGETS,
    ContentTarget,
    Group,
    Held,
    content,
)
from dianchi.domain.savings import DEFINITION as SAVINGS_DEFINITION
from dianchi.domain.savings import ESTIMATE, SOURCES, FactorTable, Saved, saved, table_of, total
from dianchi.domain.savings import NAME as SAVINGS_NAME
from dianchi.views.board.circle import Circle
from dianchi.views.indicators.query import Asked

_GRAM: Final = Decimal("0.001")


def content_json(circle: Circle, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """The recycled content, of all, by month and by maker, each with its lists."""
    found = content(circle.made(), circle.traced())
    makers = sorted({row.maker for row in circle.made()} | {row.maker for row in circle.traced()})
    return {
        "name": NAME._asdict(),
        "definition": DEFINITION._asdict(),
        "mark": "D",
        "packs": circle.packs("made"),
        "packs_told": circle.packs("made_of_lots"),
        "behind": {each: behind(each, asked) for each in ("made", "made_of_lots")},
        "targets": [_target(each) for each in TARGETS],
        "metals": [_metal(what, found, asked) for what in CONTENTS],
        "makers": [_maker(maker, circle, found, asked, names) for maker in makers],
    }


def _target(target: ContentTarget) -> dict[str, Any]:
    return {
        "metal": target.metal,
        "share": format(target.share, "f"),
        "valid_from": str(target.valid_from),
        "document": target.document._asdict(),
        "mark": target.mark,
    }


def _metal(what: str, found: Mapping[Group, Held], asked: Asked) -> dict[str, Any]:
    months = sorted(at for of, at in found if of == what and isinstance(at, int) and at)
    return {
        "metal": what,
        "name": CONTENTS[what]._asdict(),
        **_held(found.get((what, 0), NOTHING_HELD)),
        "behind": _lots_behind(what, asked),
        "month": {month_text(month): _held(found[what, month]) for month in months},
    }


def _held(held: Held) -> dict[str, Any]:
    masses = {
        "held_kg": held.whole_kg,
        "recycled_kg": held.recycled_kg,
        "known_kg": held.known_kg,
        "unknown_kg": held.unknown_kg,
    }
    return {
        **{name: _plain(mass) for name, mass in masses.items()},
        "share": _text(held.share),
        "unknown_share": _text(held.unknown_share),
    }


def _plain(mass: Decimal) -> str:
    exact = mass.quantize(_GRAM, ROUND_HALF_UP).normalize()
    return format(exact or Decimal(0), "f")


def _text(share: Decimal | None) -> str | None:
    return None if share is None else format(share, "f")


def _lots_behind(what: str, asked: Asked) -> dict[str, str]:
    return {kind: behind(f"new_{kind}_{what}", asked) for kind in ("recycled", "known")}


def _maker(
    maker: str,
    circle: Circle,
    found: Mapping[Group, Held],
    asked: Asked,
    names: Mapping[str, str],
) -> dict[str, Any]:
    narrowed = replace(asked, firm=maker)
    return {
        "organisation": maker,
        "organisation_name": names.get(maker),
        "packs": circle.packs("made", maker),
        "packs_told": circle.packs("made_of_lots", maker),
        "behind": {each: behind(each, narrowed) for each in ("made", "made_of_lots")},
        "metals": {
            what: _held(found.get((what, maker), NOTHING_HELD))
            | {"behind": _lots_behind(what, narrowed)}
            for what in CONTENTS
        },
    }


def savings_json(
    circle: Circle, asked: Asked, tables: Sequence[FactorTable]
) -> dict[str, Any] | None:
    """What is saved, as an estimate, with the tables that were used; None where none is set.

    None, too, where none holds in any of these months: then nothing is shown.
    """
    amounts = circle.saving()
    months = months_of(asked)
    if not any(table_of(month, tables) for month in months):
        return None
    rows = saved(amounts, tables)
    used = {table_of(month, tables) for month in months} - {None}
    return {
        "name": SAVINGS_NAME._asdict(),
        "estimate": ESTIMATE._asdict(),
        "definition": SAVINGS_DEFINITION._asdict(),
        "tables": [
            table_json(each)
            for each in sorted(filter(None, used), key=lambda table: table.valid_from)
        ],
        "without_table": [month_text(m) for m in months if table_of(m, tables) is None],
        **_sums(rows),
        "rows": [_row(each, _held_in(each.table, months, tables, asked)) for each in rows],
        "month": {
            month_text(month): _sums(saved({month: each}, tables))
            for month, each in sorted(amounts.items())
            if table_of(month, tables)
        },
    }


def months_of(asked: Asked) -> list[int]:
    """Every month that is asked for."""
    months, month = [], asked.first
    while month <= asked.last:
        months.append(month)
        month = month + 1 if month % 100 < 12 else (month // 100 + 1) * 100 + 1  # noqa: PLR2004 - a year
    return months


def _held_in(
    table: FactorTable, months: Sequence[int], tables: Sequence[FactorTable], asked: Asked
) -> Asked:
    """The same question for the months in which a table holds."""
    held = [month for month in months if table_of(month, tables) == table]
    return replace(asked, first=held[0], last=held[-1])


def _sums(rows: Sequence[Saved]) -> dict[str, str | None]:
    return {
        "material_kg": _kg(total(each.material_kg for each in rows)),
        "co2e_kg": _kg(total(each.co2e_kg for each in rows)),
    }


def _kg(mass: Decimal | None) -> str | None:
    return None if mass is None else _plain(mass)


def _row(row: Saved, asked: Asked) -> dict[str, Any]:
    source = SOURCES[row.of]
    return {
        "of": row.of,
        "name": source.name._asdict(),
        "amount": _plain(row.amount),
        "unit": source.unit,
        "table": f"{row.table.name} {row.table.version}",
        "material_kg": _kg(row.material_kg),
        "co2e_kg": _kg(row.co2e_kg),
        "behind": behind(source.measure, asked),
    }


def table_json(table: FactorTable) -> dict[str, Any]:
    """A table of factors as it was registered."""
    return {
        "name": table.name,
        "version": table.version,
        "source": table.source,
        "valid_from": str(table.valid_from),
        "factors": [
            {
                "of": each.of,
                "name": SOURCES[each.of].name._asdict(),
                "unit": SOURCES[each.of].unit,
                "material_kg": _text(each.material_kg),
                "co2e_kg": _text(each.co2e_kg),
            }
            for each in table.factors
        ],
    }
