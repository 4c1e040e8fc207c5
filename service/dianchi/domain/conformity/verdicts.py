"""What is said of a task: done, not yet, or wrong; what was expected, what came, how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dianchi.domain.conformity.exchanges import Exchange, Row
from dianchi.domain.refusals import Text

State = Literal["done", "todo", "wrong"]
NOTHING_YET: Final = Text("还没有收到", "nothing came yet")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a task.

    Attributes:
        came: what the sandbox received.
        way_out: how to mend it, where it is wrong.
        at_us: when that came; None where nothing did.
    """

    state: State
    expected: Text
    came: Text = NOTHING_YET
    way_out: Text | None = None
    at_us: int | None = None


def done(expected: Text, came: Text, exchange: Exchange) -> Verdict:
    """It came as expected."""
    return Verdict("done", expected, came, None, exchange.at_us)


def todo(expected: Text, came: Text = NOTHING_YET) -> Verdict:
    """It has not come yet, or not all of it."""
    return Verdict("todo", expected, came)


def wrong(expected: Text, came: Text, way_out: Text, exchange: Exchange) -> Verdict:
    """Something else came."""
    return Verdict("wrong", expected, came, way_out, exchange.at_us)


def refused_as(row: Row) -> Text:
    """A refused report, in words: its code, where it is, and the sentence of the problem."""
    what = row.what or Text("", "")
    where = f" {row.pointer}" if row.pointer else ""
    named = ", ".join(row.batteries) or "—"
    return Text(
        f"{row.type or '—'} {named}：被拒绝 {row.code}{where}：{what.zh}",
        f"{row.type or '—'} {named}: refused, {row.code}{where}: {what.en}",
    )


def recorded_as(row: Row) -> Text:
    """A recorded report, in words."""
    named = ", ".join(row.batteries) or "—"
    again = (
        Text("（重发，未新增）", " (sent again, nothing added)")
        if row.outcome == "duplicate"
        else Text("", "")
    )
    return Text(
        f"{row.type} {named}，event_id {row.event_id}{again.zh}",
        f"{row.type} {named}, event_id {row.event_id}{again.en}",
    )


def text(zh: str, en: str, told: Mapping[str, object]) -> Text:
    """A sentence in both languages with the same facts in it."""
    return Text(zh.format(**told), en.format(**told))
