"""The list of batteries, by stage, prefecture, chemistry, holder and site."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from asyncpg import Record

from dianchi.domain.fields import instant_text
from dianchi.store.readers import Lender
from dianchi.views.pages import Page, cursor_of, read_cursor, within

FILTERS: Final = ("stage", "prefecture", "chemistry", "holder")
# By what is filtered: the columns of the index whose range that is, in its order (migration 0003).
# With holder and prefecture or chemistry alone, the index is the holder's range; a site, whose
# number is its holder's, is in none.
_STAGE: Final = ("stage", "prefecture", "chemistry", "holder", "name")
_PREFECTURE: Final = ("prefecture", "chemistry", "holder", "name")
_CHEMISTRY: Final = ("chemistry", "stage", "holder", "name")
_HOLDER: Final = ("holder", "stage", "prefecture", "chemistry", "name")
# What a recall concerns is a range of makers and codes: its pages are sorted.
_BY_NAME: Final = ("name",)
_SELECT: Final = """
SELECT name, stage, prefecture, chemistry, holder, site, model, energy_kwh, quarantined, held,
       last_us
  FROM battery
"""
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"


@dataclass(frozen=True, slots=True)
class BatteryItem:
    """A battery as the list shows it; None where nobody knows."""

    battery: str
    stage: str
    prefecture: str | None
    chemistry: str | None
    holder: str | None
    site: str | None
    model: str | None
    rated_energy_kwh: str | None
    quarantined: bool
    held: bool
    last_event_at: str


def order_of(filters: Mapping[str, str], among: Sequence[object] = ()) -> Sequence[str]:
    """The columns by which a list with these filters, and conditions `among`, is ordered."""
    if among:
        return _BY_NAME
    asked = frozenset(filters) - {"site"}
    for columns in (_STAGE, _PREFECTURE, _CHEMISTRY, _HOLDER):
        if asked == frozenset(columns[: len(asked)]):
            return columns
    return _HOLDER


def statement(
    filters: Mapping[str, str],
    *,
    further: bool,
    seers: bool = False,
    among: Sequence[str] = (),
) -> str:
    """The question for a page: filters are $1, $2, … in the order given, the limit comes last.

    Args:
        filters: of `FILTERS`, and beside a holder its `site`.
        seers: before the limit stand those who must be among the seers of what is listed.
        further: the page goes on behind a row; its columns of `order_of` stand before the limit.
        among: further conditions, each with a `{}` for the number of its parameter.
    """
    columns = order_of(filters, among)
    where = [f"{name} = ${place}" for place, name in enumerate(filters, 1)]
    count = len(where)
    if further:
        behind = ", ".join(f"${count + place}" for place, _ in enumerate(columns, 1))
        where.append(f"({', '.join(columns)}) > ({behind})")
        count += len(columns)
    if seers:
        count += 1
        where.append(f"seen_by && ${count}::text[]")
    for each in among:
        count += 1
        where.append(each.format(count))
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f"{_SELECT}{condition} ORDER BY {', '.join(columns)} LIMIT ${count + 1}"


async def list_batteries(  # noqa: PLR0913 - one for each filter
    readers: Lender,
    *,
    limit: int,
    after: str | None = None,
    stage: str | None = None,
    prefecture: str | None = None,
    chemistry: str | None = None,
    holder: str | None = None,
    site: str | None = None,
    seers: Collection[str] | None = None,
    among: Sequence[tuple[str, object]] = (),
) -> Page[BatteryItem]:
    """A page of the batteries that fit all filters given, and the conditions `among`.

    `seers` are the organisations and areas that read, None for who may read all; the database
    shows `readers` no others either.

    Raises:
        Malformed: a cursor of another list, or a limit that no page has.
    """
    told = zip((*FILTERS, "site"), (stage, prefecture, chemistry, holder, site), strict=True)
    filters = {name: value for name, value in told if value is not None}
    columns = order_of(filters, among)
    place: list[str] = read_cursor(after, list[str]) if after is not None else []
    if after is not None and len(place) != len(columns):
        read_cursor("", list[str])
    only = [list(seers)] if seers is not None else []
    conditions, values = [each for each, _ in among], [value for _, value in among]
    parameters = [*filters.values(), *place, *only, *values, within(limit) + 1]
    asked = statement(filters, further=bool(place), seers=seers is not None, among=conditions)
    async with readers.acquire() as connection:
        rows = await connection.fetch(asked, *parameters)
        reflected = await connection.fetchval(_REFLECTED)
    further = cursor_of([rows[limit - 1][name] for name in columns]) if len(rows) > limit else None
    return Page([_item(row) for row in rows[:limit]], further, reflected or 0)


def _item(row: Record) -> BatteryItem:
    return BatteryItem(
        battery=row["name"],
        stage=row["stage"],
        prefecture=row["prefecture"] or None,
        chemistry=row["chemistry"] or None,
        holder=row["holder"] or None,
        site=row["site"],
        model=row["model"],
        rated_energy_kwh=_text(row["energy_kwh"]),
        quarantined=row["quarantined"],
        held=row["held"],
        last_event_at=instant_text(row["last_us"]),
    )


def _text(number: Decimal | None) -> str | None:
    return format(number, "f") if number is not None else None
