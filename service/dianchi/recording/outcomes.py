"""What becomes of a report."""

from collections.abc import Collection
from typing import NamedTuple

from dianchi.domain.findings import Finding
from dianchi.domain.lines import Stream
from dianchi.domain.refusals import Fault, Refused, Text


class Entry(NamedTuple):
    """The answer for one stream a report wrote into.

    `seen_by` are those who may see that stream; `organisation` is in whose name it was reported.
    """

    stream: Stream
    subject: str
    version: int
    stage: str | None
    findings: tuple[Finding, ...]
    seen_by: Collection[str] = ()
    organisation: str = ""


class Recorded(NamedTuple):
    """The report is in the record; `replay` when it was there before."""

    event_id: str
    entries: tuple[Entry, ...]
    replay: bool = False


class Clash(NamedTuple):
    """The event id is known with another body; or an officer does not see what it is about.

    `unseen` names the latter.
    """

    event_id: str
    unseen: str = ""


class Busy(NamedTuple):
    """Others kept moving the same heads; the report can be sent again as it is."""

    event_id: str


Outcome = Recorded | Clash | Busy


def refusal_of(outcome: Clash | Busy) -> Refused:
    """Why a report that was good in itself was not recorded."""
    if isinstance(outcome, Clash) and outcome.unseen:
        what = Text("贵部门看不到这只电池", "your office does not see this battery")
        way_out = Text(
            "请核对编码；不在本辖区的，请由省级部门处理",
            "check the name; what lies outside of your area is for the province",
        )
        return Refused(Fault("not_found", "/battery", outcome.unseen, what, way_out))
    if isinstance(outcome, Clash):
        code = "event_id_conflict"
        what = Text("这个 event_id 已用于另一份内容", "this event_id was used for another report")
        way_out = Text("新的上报请用新的 UUID", "give a new report a new UUID")
    else:
        code = "try_again"
        what = Text("同一只电池正被多方同时写入", "others keep writing to this battery")
        way_out = Text("请原样重新提交，不会重复", "send it again as it is; it will not be doubled")
    return Refused(Fault(code, "/event_id", outcome.event_id, what, way_out))
