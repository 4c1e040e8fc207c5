"""The rules that are looked at before a hand-over leaves, with their sentences and ways out.

A block that begins with `#` is a rule from one day to another: `# code | from | to | mark |
source`, then its title zh | en. The others are what it may say, for every row of the code:
`code/what | outcome`, the sentence zh, en and, unless the outcome is `ok`, the way out zh, en.
`{placeholders}` are the facts that were looked at.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Mark
from dianchi.domain.handover_rows_receiver import RECEIVER_ROWS
from dianchi.domain.refusals import Text

Outcome = Literal["ok", "warn", "stop_advised"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
"""From harmless to worst."""
_MARKS: Final[dict[str, Mark]] = {mark: mark for mark in get_args(Mark)}


@dataclass(frozen=True, slots=True)
class HandoverRule:
    """A rule while it is in force, with where it comes from."""

    code: str
    title: Text
    source: str
    valid_from: date
    valid_to: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Saying:
    """What a rule may say of a battery."""

    outcome: Outcome
    sentence: Text
    way_out: Text | None = None


_ROWS: Final = """
# name | | | V | GB/T 34014-2017
编码 | Name

name/malformed | stop_advised
编码“{battery}”无效：{fault_zh}
The name '{battery}' is not valid: {fault_en}
请重新扫码，或按标签改正
scan again, or mend it by the label

# record | | | D | design 4
记录 | Record

record/none | warn
贵单位看不到这只电池的记录，或尚无记录。
You are shown no record of this battery, or there is none.
请核对编码；确有其物的，先上报收购入库（collected）或存量登记（declared）再移交
check the name; if you do have it, report `collected` or `declared` first

record/known | ok
有记录，状态：{stage}。
It is on record; stage: {stage}.

# custody | | | D | design 4, domain 12
持有 | Custody

custody/sender | ok
记录中由交出单位持有，状态：{stage}。
The sender holds it by the record; stage: {stage}.

custody/other | stop_advised
记录中由 {holder} 持有，不在交出单位手中。
By the record {holder} holds it, not the sender.
请先由持有单位移交（dispatched）、贵单位接收（received）；或更正错误的上报
let the holder dispatch it and receive it first; or correct what was reported wrongly

custody/nobody | warn
记录中没有持有单位，状态：{stage}。
By the record nobody holds it; stage: {stage}.
请先上报如何到手：收购入库（collected）、拆下（removed）或接收（received）
report first how it came to you: `collected`, `removed` or `received`

custody/moving | stop_advised
已在移交途中（移交单 {handover}），尚未签收。
It is under way already (hand-over {handover}) and was not received.
请接收方先上报接收、拒收或退回
the receiver has to report `received`, `declined` or `returned` first

custody/hosted | warn
记录中仍在使用，状态：{stage}。
By the record it is still in use; stage: {stage}.
请先上报拆下（removed）或退役（retired）
report `removed` or `retired` first

custody/gone | stop_advised
记录中已不在库，状态：{stage}。
By the record it is not there any more; stage: {stage}.
请核对实物与编码；如记录有误，请更正
compare the battery with its name; where the record is wrong, correct it

# safety_class | 2020-10-01 | | V | GB/T 38698.1-2020 A
安全分级 | Safety class

safety_class/A | ok
安全等级 A。
Safety class A.

safety_class/B | warn
安全等级 B：未通过分拣检查，须已预处理。
Safety class B: it failed the sorting, and has to be pre-treated.
请确认已做预处理并有记录，再装车
see that it was pre-treated, with a record, before it is loaded

safety_class/C | stop_advised
安全等级 C：预处理前不得包装、移动。
Safety class C: not to be packed or moved before it is pre-treated.
请隔离并预处理，再上报解除隔离（released）和新的等级；破损电池按 P908、LP904 包装
isolate and pre-treat it, then report `released` with its new class; damaged ones: P908, LP904

safety_class/unknown | warn
没有安全等级。
Its safety class is not on record.
交接双方应先共同判定安全等级，并上报检测（inspected）
both sides judge its safety before it is packed; report `inspected`

# quarantine | | | D | domain 12
隔离 | Quarantine

quarantine/none | ok
没有未了结的安全事件。
No incident is open.

quarantine/open | stop_advised
有未了结的安全事件，处于隔离中。
An incident is open; it is quarantined.
请处理后上报解除隔离（released）
treat it, then report `released`

# hold | | | D | design 4
风险标记 | Hold

hold/none | ok
没有监管部门的风险标记。
No officer placed a hold on it.

hold/placed | stop_advised
有监管部门的风险标记，应原地保持。
An officer placed a hold on it: it is to stay where it is.
请联系监管部门解除后再移交；已移交的照样可以上报，会成为发现
ask the authority to lift it first; a report is taken all the same, and is found

# recall | | | D | design 4
召回 | Recall

recall/none | ok
不在未结束的召回范围内，或已处置。
No open recall concerns it, or its remedy was reported.

recall/open | stop_advised
在召回范围内，尚未处置：{recalls}。
It is being recalled and was not remedied: {recalls}.
请按召回建议处理，由制造企业上报召回处置完成（remedied）
follow the advice of the recall; its maker reports `remedied`

# findings | | | D | design 2, domain 14
未了结的发现 | Open findings

findings/none | ok
没有影响移交的未了结发现。
No open finding stands against it.

findings/doubt | warn
有未了结的发现：{codes}。
Findings are open: {codes}.
请查看 /v1/findings?battery=…，补报或更正后再移交
see /v1/findings?battery=…; report what is missing or correct it

findings/identity | stop_advised
不能确定是哪一只电池：{codes}。
It is not certain which battery this is: {codes}.
请核对铭牌和实物；由首次上报或误报的单位更正
compare plate and battery; whoever reported wrongly has to correct it

# deadlines | | | D | domain 13
期限 | Deadlines

deadlines/met | ok
没有已过的期限。
No deadline was missed.

deadlines/missed | warn
已有期限超过：{codes}。
Deadlines were missed: {codes}.
移交可以了结超期贮存；其余请尽快补报
the hand-over ends a stay that is too long; report the rest soon

# prohibited_use | 2023-04-01 | | V2 | Order 73 Art. 22; 国能发安全〔2023〕22号
禁止的用途 | Prohibited use

prohibited_use/allowed | ok
用途“{use}”没有禁止规定。
No rule forbids the use: {use}.

prohibited_use/banned | stop_advised
禁止用于“{use}”（{article}，自 {since} 起）。
Not to be used in: {use} ({article}, since {since}).
请改变用途，或交由综合利用企业
choose another use, or hand it to a utilizer
"""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _days(first: str, last: str) -> tuple[date, date | None]:
    return (
        date.fromisoformat(first) if first else ALWAYS,
        date.fromisoformat(last) if last else None,
    )


def _rule(block: str) -> HandoverRule:
    head, titles = block.splitlines()
    code, first, last, mark, source = _cells(head.removeprefix("#"))
    return HandoverRule(code, Text(*_cells(titles)), source, *_days(first, last), _MARKS[mark])


def _saying(block: str) -> tuple[tuple[str, str], Saying]:
    head, *texts = block.splitlines()
    name, told = _cells(head)
    outcome = next(each for each in OUTCOMES if each == told)
    code, what = name.split("/")
    way_out = Text(*texts[2:]) if outcome != "ok" else None
    return (code, what), Saying(outcome, Text(*texts[:2]), way_out)


_BLOCKS: Final = [*_ROWS.strip().split("\n\n"), *RECEIVER_ROWS.strip().split("\n\n")]
HANDOVER_RULES: Final = tuple(_rule(block) for block in _BLOCKS if block.startswith("#"))
SAYINGS: Final[dict[tuple[str, str], Saying]] = dict(
    _saying(block) for block in _BLOCKS if not block.startswith("#")
)

OF_IDENTITY: Final = frozenset(("duplicate_code", "identity_conflict", "child_in_two_parents"))
"""Findings by which it is not certain which battery it is."""
OF_TERMS: Final = frozenset(
    ("late_report", "overdue_report", "over_time", "class_c_stuck", "handover_open")
)
"""Findings that a term was missed."""
WEIGHTY: Final = frozenset(("medium", "high"))
"""Severities of findings by which one should wait and look."""
