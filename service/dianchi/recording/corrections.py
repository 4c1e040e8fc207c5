"""What corrections aim at, and why one cannot be."""

from typing import Any, Final, NamedTuple

from dianchi.domain.lines import Key, KeyKind, Stream
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.recording.prepare import Prepared
from dianchi.store.envelope import Stamp

_MOST_NAMED: Final = 5


class Target(NamedTuple):
    """What a correction aims at.

    Its type and site, data of one of its lines, its streams by name, the hand-over that it is a
    side of, and the agent that reported it for its organisation.
    """

    type: str
    site: str | None
    data: dict[str, Any]
    lines: list[tuple[Stream, str]]
    handover: Key | None
    agent: str | None = None


def beside(target: Prepared, correction: Stamp, data: dict[str, Any]) -> Target:
    """A target that is recorded together with its correction.

    Raises:
        Refused: `target_unknown`, where it is reported in another name.
    """
    if target.stamp.organisation != correction.organisation:
        raise unknown_target(data)
    lines = [(line.stream, line.subject) for line in target.lines]
    keys = (key for line in target.lines for key in line.keys)
    side = next((key for key in keys if key.kind is KeyKind.HANDOVER), None)
    report = target.report
    return Target(report.kind.name, report.site, report.data, lines, side, agent=target.stamp.agent)


def unknown_target(data: dict[str, Any]) -> Refused:
    """There is no such report, or it is somebody else's."""
    return Refused(
        Fault(
            "target_unknown",
            "/data/event_id",
            data["event_id"],
            Text("贵单位没有上报过这个事件", "your organisation reported no such event"),
            Text(
                "请核对 event_id；只能更正本单位的上报",
                "check the event_id; only your own reports can be corrected",
            ),
        )
    )


def no_such_line(battery: str, target: Target) -> Refused:
    """The report is known; it is the battery that it does not name."""
    named = [name for stream, name in target.lines if stream is Stream.BATTERY]
    some = ", ".join(named[:_MOST_NAMED]) + (", …" if len(named) > _MOST_NAMED else "")
    way_out = Text(
        "请删除 battery，即更正整份上报", "leave battery out: then the whole report is corrected"
    )
    if named:
        way_out = Text(
            f"请填写其中的电池：{some}；或删除 battery，即更正整份上报",
            f"name one of its batteries: {some}; or leave battery out: then the whole report"
            " is corrected",
        )
    what = Text("该上报中没有这只电池的记录", "that report has no line for this battery")
    return Refused(Fault("target_unknown", "/data/battery", battery, what, way_out))


def not_correctable(data: dict[str, Any], *, aside: bool) -> Refused:
    """It aims at a correction, or an officer's decision; or would set aside an officer's mark."""
    if aside:
        return Refused(
            Fault(
                "not_correctable",
                "/data/event_id",
                data["event_id"],
                Text(
                    "更正和监管部门的标记不能不予采信",
                    "corrections and officers' marks cannot be set aside",
                ),
                Text(
                    "标记用解除或更正撤销；更正后的内容可责令重新上报",
                    "lift or correct a mark; order the report to be made again",
                ),
            )
        )
    return Refused(
        Fault(
            "not_correctable",
            "/data/event_id",
            data["event_id"],
            Text(
                "更正和不予采信的决定不能再更正",
                "a correction or a decision to set aside cannot be corrected",
            ),
            Text("请把正确的内容重新上报", "report the right facts again"),
        )
    )
