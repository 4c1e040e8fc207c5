"""Judges: each compares one kind of task with what was seen. Tasks themselves are data."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dianchi.domain.conformity.exchanges import RECORDED, Seen, Sent, spelled, twins
from dianchi.domain.conformity.many import many_mended, many_sent
from dianchi.domain.conformity.reading import followed, paged, verified
from dianchi.domain.conformity.scenario import Scenario, Task
from dianchi.domain.conformity.verdicts import (
    Verdict,
    done,
    recorded_as,
    refused_as,
    text,
    todo,
    wrong,
)
from dianchi.domain.conformity.waiting import waited
from dianchi.domain.refusals import Text

Judge = Callable[[Mapping[str, Any], Seen], Verdict]
_NO_WAY: Final = Text(
    "请对照示例改正后重发", "compare it with the example, mend it and send it again"
)


def judged(scenario: Scenario, seen: Seen) -> dict[str, Verdict]:
    """What is said of each task of a scenario whose places are filled, by the id of the task."""
    return {task.id: _judge(task, seen) for task in scenario.tasks}


def _judge(task: Task, seen: Seen) -> Verdict:
    return KINDS[task.kind](task.asked, seen)


def reported(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """A report of a type about a battery is on record, signed where that is asked."""
    kind, name = asked["type"], spelled(asked["battery"])
    signed = asked.get("signed", False)
    told = {"type": kind, "name": asked["battery"]}
    expected = text(
        "{name} 的 {type} 上报已记录" + ("，并带有签名" if signed else ""),
        "a report {type} of {name} is on record" + (", with a signature" if signed else ""),
        told,
    )
    about = seen.reports(lambda row: name in row.batteries and row.type == kind)
    good = [each for each in about if each.row.outcome in RECORDED]
    if signed and good and not any(each.row.signed for each in good):
        return _unsigned(expected, good[-1])
    found = next((each for each in good if each.row.signed or not signed), None)
    if found:
        return done(expected, recorded_as(found.row), found.exchange)
    return _not_reported(expected, about, seen, kind, name)


def _not_reported(expected: Text, about: list[Sent], seen: Seen, kind: str, name: str) -> Verdict:
    """What came instead: a refused one, another type, or another battery."""
    for each in reversed(about):
        if each.row.outcome == "refused":
            came = refused_as(each.row)
            return wrong(expected, came, each.row.way_out or _NO_WAY, each.exchange)
    other_type = [each for each in seen.of(name) if each.row.outcome in RECORDED]
    if other_type:
        way = text("请以类型 {type} 上报", "report it as {type}", {"type": kind})
        return wrong(expected, recorded_as(other_type[-1].row), way, other_type[-1].exchange)
    strays = seen.reports(lambda row: row.type == kind and row.outcome == "refused")
    if strays:
        last = strays[-1]
        way = last.row.way_out or _NO_WAY
        named = Text(f"{way.zh}；本任务的编码是 {name}", f"{way.en}; this task is about {name}")
        return wrong(expected, refused_as(last.row), named, last.exchange)
    return todo(expected)


def _unsigned(expected: Text, last: Sent) -> Verdict:
    way = Text(
        "同一份上报加上 signature 后以新的 event_id 上报；见 docs/how-to/sign-reports.md",
        "report it with the member signature, under a new event_id: docs/how-to/sign-reports.md",
    )
    came = recorded_as(last.row)
    bare = Text(f"{came.zh}，没有签名", f"{came.en}, without a signature")
    return wrong(expected, bare, way, last.exchange)


def repeated(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """The same report came again under the same `event_id`, and nothing was added."""
    kind, name = asked["type"], spelled(asked["battery"])
    expected = text(
        "{name} 的 {type} 原样重发：event_id 不变，回答 200，未新增",
        "the report {type} of {name} came again with its event_id: answered 200, nothing added",
        {"type": kind, "name": asked["battery"]},
    )
    about = seen.reports(lambda row: name in row.batteries and row.type == kind)
    doubled = list(twins(about))
    after = doubled[-1].exchange.number if doubled else -1
    replays = [
        each for each in about if each.row.outcome == "duplicate" and each.exchange.number > after
    ]
    if replays:
        return done(expected, recorded_as(replays[-1].row), replays[-1].exchange)
    if doubled:
        return _doubled(expected, about, doubled[-1])
    clash = [each for each in about if each.row.code == "event_id_conflict"]
    if clash:
        return wrong(
            expected,
            refused_as(clash[-1].row),
            clash[-1].row.way_out or _NO_WAY,
            clash[-1].exchange,
        )
    return todo(expected)


def _doubled(expected: Text, about: list[Sent], last: Sent) -> Verdict:
    first = next(each.row for each in about if each.row.outcome == "accepted")
    told = {"first": first.event_id, "second": last.row.event_id}
    came = text(
        "同一份上报用新的 event_id 又发了一次，成了两份：先 {first}，后 {second}",
        "the same report came again under a new event_id and is there twice: {first}, {second}",
        told,
    )
    way = text(
        "第一次发送前生成 event_id 并保存，重发时原样使用；现在请用 {second} 再发一次",
        "make the event_id once, before the first try, keep it, and send it again as it is; now"
        " send the report once more under {second}",
        told,
    )
    return wrong(expected, came, way, last.exchange)


def refused(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """A report that must be refused came, and was refused for the right reason."""
    code, name = asked["code"], spelled(asked["battery"])
    told = {"code": code, "name": asked["battery"]}
    expected = text("{name} 被拒绝：{code}", "{name} is refused: {code}", told)
    about = [each for each in seen.of(name) if each.row.outcome == "refused"]
    right = [each for each in about if each.row.code == code]
    if right:
        return done(expected, refused_as(right[0].row), right[0].exchange)
    if about:
        way = text(
            "请只把编码写错，其余照示例；应得到 {code}",
            "let the code alone be wrong, the rest as in the example, to be answered {code}",
            told,
        )
        return wrong(expected, refused_as(about[-1].row), way, about[-1].exchange)
    return todo(expected)


KINDS: Final[Mapping[str, Judge]] = {
    "reported": reported,
    "repeated": repeated,
    "refused": refused,
    "many_sent": many_sent,
    "many_mended": many_mended,
    "paged": paged,
    "waited": waited,
    "verified": verified,
    "followed": followed,
}
"""Every kind of task."""
