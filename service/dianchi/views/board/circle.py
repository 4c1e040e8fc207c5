"""What new packs are made of, and what recovered and second-life material saves, as counted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.indicators.cells import Amount
from dianchi.domain.indicators.content import CONTENTS, Made, Traced
from dianchi.domain.savings import SOURCES
from dianchi.views.indicators.query import SUMS, Asked, amount_of, where_of

_KG: Final = Decimal("0.001")
_RECYCLED, _KNOWN = "new_recycled_", "new_known_"
NEW: Final = ("made", "made_of_lots", *(p + w for p in (_RECYCLED, _KNOWN) for w in CONTENTS))
SAVING: Final = tuple(source.measure for source in SOURCES.values())
_CIRCLE: Final = f"""
SELECT measure, month, chemistry, firm, {SUMS} FROM tally WHERE {{where}} GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - our own columns


class Counted(NamedTuple):
    """A sum of a measure."""

    measure: str
    month: int
    chemistry: str
    firm: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Circle:
    """Sums of all measures of `NEW` and `SAVING`."""

    rows: Sequence[Counted]

    def made(self) -> list[Made]:
        """Packs by month, chemistry and maker."""
        return [
            Made(row.month, row.chemistry, row.firm, row.amount.things, _kg(row.amount.mass_g))
            for row in self.rows
            if row.measure == "made"
        ]

    def traced(self) -> list[Traced]:
        """What went into them, by its origin."""
        found: defaultdict[tuple[int, str, str], list[Decimal]]
        found = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for row in self.rows:
            for at, prefix in enumerate((_RECYCLED, _KNOWN)):
                if row.measure.startswith(prefix):
                    what = row.measure.removeprefix(prefix)
                    found[row.month, row.firm, what][at] += _kg(row.amount.mass_g)
        return [Traced(*key, *masses) for key, masses in sorted(found.items())]

    def packs(self, measure: str, maker: str | None = None) -> int:
        """How many packs, of all makers or one."""
        rows = (row for row in self.rows if row.measure == measure and maker in (None, row.firm))
        return sum(row.amount.things for row in rows)

    def saving(self) -> dict[int, dict[str, Decimal]]:
        """By month and source what was recovered, or made for a second life, in its unit."""
        of = {source.measure: (name, source.kept) for name, source in SOURCES.items()}
        found: defaultdict[int, defaultdict[str, Decimal]]
        found = defaultdict(lambda: defaultdict(Decimal))
        for row in self.rows:
            if row.measure in of:
                name, kept = of[row.measure]
                found[row.month][name] += _kg(getattr(row.amount, kept))
        return {month: dict(each) for month, each in found.items()}


def _kg(whole: int) -> Decimal:
    """Grams as kilograms, watt-hours as kilowatt-hours."""
    return whole * _KG


async def read_circle(
    connection: Connection, asked: Asked, measures: Iterable[str] = (*NEW, *SAVING)
) -> Circle:
    """The sums, in one question."""
    where, values = where_of(asked, measures)
    rows = await connection.fetch(_CIRCLE.format(where=where), *values)
    return Circle(
        [
            Counted(row["measure"], row["month"], row["chemistry"], row["firm"], amount_of(row))
            for row in rows
        ]
    )
