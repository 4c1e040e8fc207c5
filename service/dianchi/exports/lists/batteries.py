"""Batteries as rows."""

from decimal import Decimal
from typing import Final

from dianchi.domain.sight import seers_of
from dianchi.domain.vocabulary import label
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import YES_NO, Listing, Reading, Rows, columns, pages
from dianchi.views.batteries.query import BatteryItem, list_batteries
from dianchi.views.recalls.query import Conditions, narrowing

_COLUMNS: Final = columns("""
battery | 电池编码 | Battery
stage | 阶段 | Stage
prefecture | 州市代码 | Prefecture code
prefecture_name | 州市 | Prefecture
chemistry | 化学体系 | Chemistry
holder | 持有单位编号 | Holder id
holder_name | 持有单位 | Holder
site | 场所编号 | Site
model | 型号 | Model
rated_energy_kwh | 额定能量（kWh） | Rated energy (kWh) | amount
quarantined | 隔离 | Quarantined
last_event_at | 最近事件 | Last event
""")


async def _rows(reading: Reading) -> Rows:
    told = reading.filters
    if "recall" in told and reading.recall is None:
        return
    among = _among(reading)
    async for page in pages(
        lambda limit, cursor: list_batteries(
            reading.seeing,
            limit=limit,
            after=cursor,
            stage=told.get("stage"),
            prefecture=told.get("prefecture"),
            chemistry=told.get("chemistry"),
            holder=told.get("holder"),
            site=told.get("site"),
            seers=seers_of(reading.reporter),
            among=among,
        )
    ):
        yield [_row(item, reading) for item in page.items]


def _among(reading: Reading) -> Conditions:
    if reading.recall is None:
        return []
    done = {"true": True, "false": False}.get(reading.filters.get("remedied", ""))
    return narrowing(reading.recall, done=done)


def _row(item: BatteryItem, reading: Reading) -> Row:
    return (
        item.battery,
        label(item.stage, reading.language),
        item.prefecture,
        reading.place(item.prefecture),
        label(item.chemistry, reading.language) if item.chemistry else None,
        item.holder,
        reading.name(item.holder),
        item.site,
        item.model,
        Decimal(item.rated_energy_kwh) if item.rated_energy_kwh else None,
        YES_NO[reading.language][item.quarantined],
        item.last_event_at,
    )


BATTERIES: Final = Listing(_COLUMNS, _rows)
