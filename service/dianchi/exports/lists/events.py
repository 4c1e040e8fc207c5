"""Events as rows: what happened in an area, or what a firm reported; never all that one may read.

Three officers may read one whole life; each takes out the events of its own area only, so that
three tables put together hold every event once.
"""

from typing import Any, Final

from dianchi.access.audit import SEALED
from dianchi.domain.events import CATALOGUE
from dianchi.domain.indicators.cells import Place, place_of
from dianchi.domain.measures import day_of
from dianchi.domain.moments import microseconds
from dianchi.domain.personal import redacted
from dianchi.domain.sight import eyes_of
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import Listing, Reading, Rows, columns
from dianchi.store.envelope import canonical_json, open_json
from dianchi.store.feed import BEGINNING, Entry, read_page

_COLUMNS: Final = columns("""
log_index | 日志序号 | Log index | count
event_id | 事件编号 | Event
type | 类型代码 | Type
type_text | 类型 | What happened
subject | 对象 | About
occurred_at | 发生时间 | Occurred at
recorded_at | 记录时间 | Recorded at
organisation | 单位编号 | Organisation id
organisation_name | 单位 | Organisation
role | 身份代码 | Role
site | 场所编号 | Site
prefecture | 州市代码 | Prefecture code
prefecture_name | 州市 | Prefecture
data | 内容（JSON） | Data (JSON)
""")
_STRETCH: Final = 500


async def _rows(reading: Reading) -> Rows:
    after = BEGINNING
    while True:
        page = await read_page(reading.seeing, after, _STRETCH, whole=reading.whole)
        rows = [_row(entry, reading) for entry in page.entries]
        yield [row for row in rows if row is not None]
        if page.next >= page.end:
            return
        after = page.next


def _row(entry: Entry, reading: Reading) -> Row | None:
    told = open_json(entry.body)
    if told["type"] == SEALED:
        return None
    where = _place(told, reading)
    if not (_is_mine(told, where, reading) and _is_asked_for(told, where.prefecture, reading)):
        return None
    kind = CATALOGUE.get(told["type"])
    return (
        entry.log_index,
        told["event_id"],
        told["type"],
        kind.zh if kind and reading.language == "zh" else told["type"].replace("_", " "),
        redacted(told["reported_as"]),
        told["occurred_at"],
        told["recorded_at"],
        told["organisation"],
        reading.name(told["organisation"]),
        told["role"],
        told.get("site"),
        where.prefecture or None,
        reading.place(where.prefecture),
        redacted(canonical_json(told["data"]).decode()),
    )


def _place(told: dict[str, Any], reading: Reading) -> Place:
    """Where it happened; a sale where it says, as counts have it."""
    if told["type"] == "sold":
        return Place(told["data"]["prefecture"])
    return place_of(reading.registry, told["organisation"], told.get("site"))


def _is_mine(told: dict[str, Any], where: Place, reading: Reading) -> bool:
    return eyes_of(reading.reporter).see({*where, told["organisation"]} - {""})


def _is_asked_for(told: dict[str, Any], prefecture: str, reading: Reading) -> bool:
    # Records keep moments in UTC; days are those of China.
    filters, day = reading.filters, str(day_of(microseconds(told["occurred_at"])))
    return (
        filters.get("type", told["type"]) == told["type"]
        and filters.get("prefecture", prefecture) == prefecture
        and filters.get("from", day) <= day <= filters.get("to", day)
    )


EVENTS: Final = Listing(_COLUMNS, _rows)
