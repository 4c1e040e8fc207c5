"""Kinds of permits, and with which of them waste batteries may be taken over."""

from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from dianchi.domain.deadlines import Mark
from dianchi.domain.vocabulary import read_words
from dianchi.domain.words import Words

_MARKS: Final[dict[str, Mark]] = {mark: mark for mark in get_args(Mark)}


@dataclass(frozen=True, slots=True)
class Taker:
    """A kind of permit with which waste traction batteries may be taken over."""

    permit: str
    valid_from: date
    valid_to: date | None
    mark: Mark
    source: str


PERMITS: Final = Words(
    tuple(
        read_words("""
comprehensive_utilization | 综合利用 | comprehensive utilization
recycling_outlet | 回收服务网点 | recycling outlet
vehicle_dismantling | 报废机动车回收拆解 | vehicle dismantling
""")
    )
)
"""The kinds of permits that are understood; the register holds open text."""
_TAKERS: Final = """
comprehensive_utilization | 2019-11-01 | 2026-03-31 | V  | 公告2019年第46号
recycling_outlet          | 2019-11-01 | 2026-03-31 | V  | 公告2019年第46号
comprehensive_utilization | 2026-04-01 |            | V2 | Order 73 Art. 19
recycling_outlet          | 2026-04-01 |            | V  | Order 73
"""
"""A dismantler's permit is for vehicles (GB 22128-2019): loose batteries do not go there."""


def _taker(line: str) -> Taker:
    permit, first, last, mark, source = (cell.strip() for cell in line.split("|"))
    until = date.fromisoformat(last) if last else None
    return Taker(permit, date.fromisoformat(first), until, _MARKS[mark], source)


TAKERS: Final = tuple(map(_taker, _TAKERS.strip().splitlines()))
