"""Cases (案件): overdue duties and findings of one firm, worked by an officer step by step.

A case has a state of its own, apart from that of the findings in it, which open and close by what
is reported. Which step is lawful follows from the state alone: one table says so. Who is ordered
to correct something is heard first, or had its time to answer (陈述申辩).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from dianchi.domain.refusals import Fault, Refused, Text


class State(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    ASKED = "asked"
    REPLIED = "replied"
    ACCEPTED = "accepted"
    ORDERED = "ordered"
    REFERRED = "referred"
    SET_ASIDE = "set_aside"
    DISMISSED = "dismissed"
    RECHECKED = "rechecked"
    CLOSED = "closed"


class Step(StrEnum):
    """What is done in a case."""

    OPEN = "open"
    ADD = "add"
    ASSIGN = "assign"
    NOTE = "note"
    ASK = "ask"
    REPLY = "reply"
    ACCEPT = "accept"
    ORDER = "order"
    REFER = "refer"
    SET_ASIDE = "set_aside"
    DISMISS = "dismiss"
    HOLD = "hold"
    RECHECK = "recheck"
    CLOSE = "close"
    REOPEN = "reopen"


STATES: Final[Mapping[State, Text]] = {
    State.OPENED: Text("待办理", "opened"),
    State.ASKED: Text("待企业答复", "firm asked"),
    State.REPLIED: Text("企业已答复", "firm replied"),
    State.ACCEPTED: Text("说明成立", "reply accepted"),
    State.ORDERED: Text("责令改正中", "correction ordered"),
    State.REFERRED: Text("已移送", "referred"),
    State.SET_ASIDE: Text("不予采信", "reports set aside"),
    State.DISMISSED: Text("不予处理", "dismissed"),
    State.RECHECKED: Text("回头看通过", "re-checked"),
    State.CLOSED: Text("已结案", "closed"),
}
STEPS: Final[Mapping[Step, Text]] = {
    Step.OPEN: Text("立案", "open"),
    Step.ADD: Text("增补事项", "add items"),
    Step.ASSIGN: Text("指派", "assign"),
    Step.NOTE: Text("内部记录", "note"),
    Step.ASK: Text("督促并要求答复", "ask the firm"),
    Step.REPLY: Text("企业答复", "reply"),
    Step.ACCEPT: Text("采纳说明", "accept the reply"),
    Step.ORDER: Text("责令改正", "order a correction"),
    Step.REFER: Text("移送", "refer"),
    Step.SET_ASIDE: Text("不予采信", "set reports aside"),
    Step.DISMISS: Text("不予处理", "dismiss"),
    Step.HOLD: Text("风险标记", "place a hold"),
    Step.RECHECK: Text("回头看", "re-check"),
    Step.CLOSE: Text("结案", "close"),
    Step.REOPEN: Text("重新办理", "reopen"),
}
_GOES_ON: Final = frozenset(State) - {State.CLOSED}
_UNDECIDED: Final = frozenset((State.OPENED, State.ASKED, State.REPLIED))
DECIDED: Final = frozenset(
    (State.ACCEPTED, State.ORDERED, State.REFERRED, State.SET_ASIDE, State.DISMISSED)
)


class Move(NamedTuple):
    """From which states a step is lawful, and where it leads; None: the state stays."""

    before: frozenset[State]
    after: State | None


MOVES: Final[Mapping[Step, Move]] = {
    # What is added was not asked about yet: a firm that was asked is asked again.
    Step.ADD: Move(_UNDECIDED, None),
    Step.ASSIGN: Move(_GOES_ON, None),
    Step.NOTE: Move(_GOES_ON, None),
    Step.ASK: Move(_UNDECIDED, State.ASKED),
    # While a correction is ordered, the firm tells how it goes.
    Step.REPLY: Move(frozenset((State.ASKED, State.REPLIED, State.ORDERED)), State.REPLIED),
    Step.ACCEPT: Move(frozenset((State.REPLIED,)), State.ACCEPTED),
    Step.ORDER: Move(frozenset((State.ASKED, State.REPLIED, State.ORDERED)), State.ORDERED),
    Step.REFER: Move(_UNDECIDED | {State.ORDERED}, State.REFERRED),
    Step.SET_ASIDE: Move(frozenset((State.ASKED, State.REPLIED)), State.SET_ASIDE),
    Step.DISMISS: Move(_UNDECIDED, State.DISMISSED),
    Step.HOLD: Move(_GOES_ON, None),
    Step.RECHECK: Move(DECIDED, State.RECHECKED),
    Step.CLOSE: Move((DECIDED - {State.ORDERED}) | {State.RECHECKED}, State.CLOSED),
    Step.REOPEN: Move(frozenset((State.CLOSED,)), State.OPENED),
}
INTERNAL: Final = frozenset((Step.OPEN, Step.ASSIGN, Step.NOTE))
"""Steps that the firm is never shown."""
HEARING: Final = frozenset((Step.ORDER, Step.SET_ASIDE))
"""Decisions against a firm that has not replied: only once its time to reply is over."""

NEEDS: Final[Mapping[Step, frozenset[str]]] = {
    Step.NOTE: frozenset(("note",)),
    Step.ASK: frozenset(("note", "due_on")),
    Step.REPLY: frozenset(("note",)),
    Step.ACCEPT: frozenset(("note",)),
    Step.ORDER: frozenset(("note", "due_on", "basis")),
    Step.REFER: frozenset(("note", "to", "basis")),
    Step.SET_ASIDE: frozenset(("note", "events")),
    Step.DISMISS: frozenset(("note", "false_alarm")),
    Step.HOLD: frozenset(("note", "basis")),
    Step.RECHECK: frozenset(("note", "settled")),
    Step.CLOSE: frozenset(("note",)),
    Step.REOPEN: frozenset(("note",)),
}
_OF_ASKED: Final = frozenset(("note", "due_on"))
"""What `add` says to a firm that was asked already."""
_MAY_TAKE: Final[Mapping[Step, frozenset[str]]] = {
    Step.ADD: _OF_ASKED,
    Step.ASSIGN: frozenset(("assignee", "note")),
    Step.NOTE: frozenset(("attachments",)),
    Step.REPLY: frozenset(("attachments",)),
    Step.ACCEPT: frozenset(("recheck_on",)),
    Step.ORDER: frozenset(("document", "items", "recheck_on")),
    Step.REFER: frozenset(("document", "recheck_on")),
    Step.SET_ASIDE: frozenset(("recheck_on",)),
    Step.DISMISS: frozenset(("items", "recheck_on")),
    Step.HOLD: frozenset(("document",)),
    Step.RECHECK: frozenset(("attachments", "recheck_on")),
}
MEMBERS: Final[Mapping[str, Text]] = {
    "note": Text("说明", "what it says"),
    "due_on": Text("期限", "by when"),
    "recheck_on": Text("回头看日期", "when to look again"),
    "basis": Text("依据", "the basis"),
    "document": Text("文号", "the number of the document"),
    "to": Text("移送对象", "to whom"),
    "assignee": Text("承办人", "who works on it"),
    "items": Text("所涉事项", "which items"),
    "false_alarm": Text("是否误报", "whether it was a false alarm"),
    "settled": Text("是否已改正", "whether it is put right"),
    "events": Text("不予采信的决定", "the decisions that set reports aside"),
    "attachments": Text("附件", "attachments"),
}
LEFT_OUT: Final = frozenset(("dismissed", "false_alarm"))
"""Outcomes of items that no further step is about."""
ACTS: Final = frozenset((Step.ORDER, Step.REFER, Step.HOLD))
"""Steps that are events in the log as well; their notes are the reasons there."""
LONGEST_REASON: Final = 400
"""Characters of the reason of an event."""


def takes(step: Step) -> frozenset[str]:
    """The members that a step may have."""
    return NEEDS.get(step, frozenset()) | _MAY_TAKE.get(step, frozenset())


def needs(step: Step, state: State) -> frozenset[str]:
    """The members that a step must have where the case stands so."""
    if step is Step.ADD and asks(state):
        return _OF_ASKED
    return NEEDS.get(step, frozenset())


def asks(state: State) -> bool:
    """Whether what is added to a case is asked about at once: its firm was asked already."""
    return state in (State.ASKED, State.REPLIED)


def after(state: State, step: Step, *, settled: bool | None = None, all_out: bool = True) -> State:
    """The state behind a step.

    Args:
        state: before it.
        step: that is taken.
        settled: of a re-check, whether all is put right; else the case stays where it is.
        all_out: of a dismissal, whether no item is left that is not dismissed.

    Raises:
        Refused: `step_not_lawful`.
    """
    move = MOVES.get(step)
    if move is None or state not in move.before:
        raise not_lawful(state, step)
    if step is Step.ADD and asks(state):
        return State.ASKED
    stays = (
        move.after is None
        or (step is Step.RECHECK and not settled)
        or (step is Step.DISMISS and not all_out)
        or (step is Step.REPLY and state is State.ORDERED)
    )
    return state if stays or move.after is None else move.after


def lawful(state: State, *, of_firm: bool) -> list[Step]:
    """The steps that may be taken next, in the order of the table.

    Args:
        state: of the case.
        of_firm: those of the firm; else those of officers.
    """
    return [
        step
        for step, move in MOVES.items()
        if state in move.before and (step is Step.REPLY) is of_firm
    ]


def is_heard(state: State, due_on: date | None, today: date) -> bool:
    """Whether the firm replied, or its time to reply is over: then steps of `HEARING` are lawful.

    Args:
        state: of the case.
        due_on: the last day on which the firm may reply.
        today: the day in China.
    """
    return state is not State.ASKED or due_on is None or today > due_on


def must_be_whole(step: Step, told: Mapping[str, object], state: State = State.OPENED) -> None:
    """Checks that a step says what it must, and nothing that it cannot mean.

    Args:
        step: that is to be taken.
        told: its members.
        state: of the case, where that is known: what `add` must say depends on it.

    Raises:
        Refused: `missing_field` and `unknown_field`, with all that is wrong.
    """
    given = {name for name, value in told.items() if value is not None}
    missing = [_missing(step, name) for name in sorted(needs(step, state) - given)]
    beside = [_beside(step, name) for name in sorted(given - takes(step))]
    reason = str(told.get("note") or "")
    long = [_long(step)] if step in ACTS and len(reason) > LONGEST_REASON else []
    if missing or beside or long:
        raise Refused(*missing, *beside, *long)


def not_lawful(state: State, step: Step) -> Refused:
    """What is told of a step that the state does not allow."""
    here, named = STATES[state], STEPS[step]
    further = [STEPS[each] for firm in (False, True) for each in lawful(state, of_firm=firm)]
    what = Text(f"案件“{here.zh}”时不能“{named.zh}”", f"a case that is '{here.en}' has no '{step}'")
    way_out = Text(
        f"现在可以：{'、'.join(each.zh for each in further)}",
        f"what may be done now: {', '.join(each.en for each in further)}",
    )
    return Refused(Fault("step_not_lawful", "/step", step.value, what, way_out))


def _missing(step: Step, name: str) -> Fault:
    member, named = MEMBERS[name], STEPS[step]
    what = Text(f"“{named.zh}”须写明{member.zh}", f"'{step}' must say {member.en}")
    way_out = Text(f"请填写 {name}", f"give `{name}`")
    return Fault("missing_field", f"/{name}", None, what, way_out)


def _long(step: Step) -> Fault:
    named = STEPS[step]
    return Fault(
        "invalid_value",
        "/note",
        None,
        Text(f"“{named.zh}”的理由会写入日志，过长", f"the reason of '{step}' stands in the log"),
        Text(f"最多 {LONGEST_REASON} 字", f"at most {LONGEST_REASON} characters"),
    )


def _beside(step: Step, name: str) -> Fault:
    member, named = MEMBERS[name], STEPS[step]
    what = Text(f"“{named.zh}”不含{member.zh}", f"'{step}' does not say {member.en}")
    listed = ", ".join(sorted(takes(step))) or "-"
    return Fault(
        "unknown_field",
        f"/{name}",
        None,
        what,
        Text(f"请删除 {name}；可填：{listed}", f"leave `{name}` out; it may have: {listed}"),
    )
