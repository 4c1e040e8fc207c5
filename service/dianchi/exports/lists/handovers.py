"""Hand-overs as rows: each battery each time it was sent, and what was answered.

They are the duties to acknowledge a hand-over: one for each, whoever sent it.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from dianchi.domain.deadlines import Standing
from dianchi.domain.obligations import ACKNOWLEDGEMENT
from dianchi.domain.rule_set import STATES
from dianchi.exchange.tables.cells import Row
from dianchi.exports.lists.obligations import obligation_pages, wish_of
from dianchi.exports.reading import Listing, Reading, Rows, columns
from dianchi.store.envelope import open_json
from dianchi.store.readers import Lender

_COLUMNS: Final = columns("""
battery | 电池编码 | Battery
sent_on | 发出日 | Sent on
handover | 移交编号 | Hand-over
sender | 发出单位编号 | Sender id
sender_name | 发出单位 | Sender
receiver_name | 接收单位 | Receiver
prefecture | 接收州市代码 | Prefecture code of the receiver
prefecture_name | 接收州市 | Prefecture of the receiver
state | 状态 | State
due_on | 应答期限 | To be answered by
answered_on | 答复日 | Answered on
dispatched | 发出事件 | Event of sending
answered_by | 答复事件 | Event of the answer
""")
_SENT: Final = """
SELECT r.event_id, r.organisation, e.body FROM report r
  JOIN event e ON e.stream_id = r.stream_id AND e.version = r.version
 WHERE r.event_id = ANY ($1::uuid[])
"""


async def _rows(reading: Reading) -> Rows:
    wish = wish_of({**reading.filters, "duty": ACKNOWLEDGEMENT}, reading)
    async for page in obligation_pages(reading, wish):
        sent = await _sent(reading.seeing, {row["event_id"] for row in page.items})
        yield [_row(row, sent.get(row["event_id"], (None, None)), reading) for row in page.items]


async def _sent(seeing: Lender, events: Collection[UUID]) -> Mapping[Any, tuple[str, str | None]]:
    """Who sent, and as which hand-over; of reports that the reader is shown."""
    rows = await seeing.fetch(_SENT, list(events))
    return {
        row["event_id"]: (row["organisation"], open_json(row["body"])["data"].get("handover"))
        for row in rows
    }


def _row(row: Record, sent: tuple[str | None, str | None], reading: Reading) -> Row:
    sender, handover = sent
    return (
        row["battery"],
        str(row["start_day"]),
        handover,
        sender,
        reading.name(sender),
        reading.registry.names.get(row["bearer"], row["bearer_told"]),
        row["prefecture"] or None,
        reading.place(row["prefecture"]),
        reading.say(STATES[Standing(row["state"])]),
        str(row["due_day"]),
        str(row["met_day"]) if row["met_day"] else None,
        str(row["event_id"]),
        str(row["met_by"]) if row["met_by"] else None,
    )


HANDOVERS: Final = Listing(_COLUMNS, _rows)
