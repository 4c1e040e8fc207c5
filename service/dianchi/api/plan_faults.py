"""What keeps a work list from being made, said of the row that it is about."""

from collections.abc import Sequence

from dianchi.api.bodies.shared import Told as Sentence
from dianchi.api.bodies.work_lists import Fault as FaultBody
from dianchi.api.problems import refuse
from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.work_texts import Told
from dianchi.exchange.json_out import shown


def fault_body(fault: Fault) -> FaultBody:
    """A fault as previews show it."""
    return FaultBody(
        code=fault.code,
        pointer=fault.pointer,
        value=shown(fault.value),
        message=Sentence(zh=fault.what.zh, en=fault.what.en),
        way_out=Sentence(zh=fault.way_out.zh, en=fault.way_out.en),
    )


def on_other_list(pointer: str, battery: str, number: str, name: str) -> Fault:
    """A battery stands on one open list only."""
    return Fault(
        "invalid_value",
        f"{pointer}/battery",
        battery,
        Text(
            f"电池 {battery} 已在未完的派工单 {number}“{name}”上；一只电池只能在一张未完的单上",
            f"battery {battery} is on the open list {number} '{name}'; it may be on one only",
        ),
        Text("请从这张单去掉，或先关闭那张单", "leave it out here, or close that list first"),
    )


def fault_at(pointer: str, refused: Refused) -> Fault:
    """A fault of a part, as one of the whole."""
    fault = refused.faults[0]
    return Fault(fault.code, pointer, fault.value, fault.what, fault.way_out)


def unread(line: Told) -> Fault:
    """A pasted cell says nothing that a list can take."""
    what = Text(
        f"第 {line.line} 行的“{line.fault}”既不是电池编码，也不是数量",
        f"line {line.line}: '{line.fault}' is neither a battery nor a number",
    )
    way_out = Text(
        "编码若成了 1.23E+15，请在表格里改为文本再粘贴", "a code as 1.23E+15: make the cell text"
    )
    return Fault("invalid_code", f"/text/{line.line}", line.fault, what, way_out)


def nothing_there(pointer: str, told: str | None) -> Fault:
    """A station alone, where the record has nothing."""
    what = Text(
        f"记录中站点 {told} 没有贵单位的电池",
        f"the record has no battery of yours at station {told}",
    )
    way_out = Text("请写明要拆几组，或写电池编码", "say how many sets, or name them")
    return Fault("missing_field", f"{pointer}/expected", told, what, way_out)


def no_station(pointer: str, told: str | None) -> Fault:
    """A battery alone, of which nobody knows where it is."""
    what = Text(f"不知道电池 {told} 在哪个站点", f"nobody knows where battery {told} is")
    way_out = Text("请写明站点编号", "name the station")
    return Fault("missing_field", f"{pointer}/station", told, what, way_out)


def no_stage(stage: str, may: Sequence[str]) -> Refused:
    """A stage in which nothing is taken down."""
    listed = ", ".join(may)
    return refuse(
        "invalid_value",
        ("这个阶段的电池不能派工", "sets in this stage cannot be taken down"),
        (f"可用：{listed}", f"use some of: {listed}"),
        pointer="/filter/stages",
        value=stage,
    )


def not_for_role(kind: str, role: str) -> Fault:
    """One's own people may not report what the list asks for."""
    what = Text(f"角色 {role} 不能上报{CATALOGUE[kind].zh}", f"role {role} may not report {kind}")
    way_out = Text("请改派有授权的单位", "send a crew with a mandate")
    return Fault("invalid_value", "/report", kind, what, way_out)
