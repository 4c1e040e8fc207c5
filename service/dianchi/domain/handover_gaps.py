"""What is not looked at before a hand-over leaves, said in every answer rather than passed over."""

from typing import Final

from dianchi.domain.refusals import Text

GAPS: Final[dict[str, Text]] = {
    "permit_scope": Text(
        "登记的许可不含电池类别和年处理量，请看许可证原件",
        "permits on record do not say for which batteries or how many tonnes a year: look at it",
    ),
    "carrier": Text(
        "承运单位、车辆和包装没有核对（第 9 类危险货物：UN 3480 等）",
        "carrier, vehicle and packing are not checked (class 9: UN 3480 and others)",
    ),
    "under_way": Text(
        "正运往接收单位的其他电池没有计入余量",
        "what others have on its way there is not counted against its room",
    ),
    "capacity": Text(
        "接收单位没有登记容量，余量没有核对",
        "no capacity of the receiver is registered: its room is not checked",
    ),
    "use": Text("没有写明用途，禁止用途没有核对", "no use was told: bans of uses are not checked"),
    "receiver": Text(
        "没有写明接收单位，许可、余量和转移备案没有核对",
        "no receiver was told: permit, room and filing are not checked",
    ),
}
ALWAYS_OPEN: Final = ("carrier",)
"""What no answer covers yet."""
