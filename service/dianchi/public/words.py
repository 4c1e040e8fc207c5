"""What the public pages say of every stage: one word, what it means and what to do."""

from typing import Final, Literal, NamedTuple

from dianchi.domain.refusals import Text

Tone = Literal["calm", "due", "wrong", "ended"]
"""Teal, amber, red or slate; the icon differs too, so colour never speaks alone."""


class Advice(NamedTuple):
    """The state of a battery for somebody who stands in front of it."""

    tone: Tone
    word: Text
    meaning: Text
    steps: tuple[Text, ...]


_HAND_OVER: Final = Text(
    "不要自行存放、转卖或丢弃，交给有资质的回收网点。",
    "Do not store, resell or throw it away: hand it to an authorised recycling outlet.",
)
_REPORT: Final = Text(
    "您面前若有贴此编码的电池，请勿使用，并拨打 12345 反映。",
    "If a battery with this code is in front of you, do not use it; please call 12345.",
)
_BY_TRADE: Final = Text(
    "安装、维修和拆卸只由专业人员进行。",
    "Only trained people may fit, repair or remove it.",
)
_AT_WORK: Final = Text(
    "它由回收企业保管，请勿触碰或带走。",
    "A recycling company is in charge of it: do not touch or take it.",
)
_ASK_SELLER: Final = Text(
    "若有人把它作为完好电池出售，请勿购买。",
    "If somebody sells it as a sound battery, do not buy it.",
)

_IN_USE: Final = Advice(
    "calm",
    Text("在用", "In use"),
    Text("这块电池正在车辆或设备中使用。", "This battery is at work in a vehicle or a device."),
    (
        _BY_TRADE,
        Text(
            "续航明显下降、进水或碰撞后，请到维修网点检测。",
            "Have it checked when its range drops, after a crash or after water got in.",
        ),
        Text(
            "更换下来的旧电池交给维修或回收网点。",
            "When it is replaced, leave the old one with the workshop or an outlet.",
        ),
    ),
)
_RECOVERY: Final = Advice(
    "due",
    Text("回收中", "In recovery"),
    Text("这块电池已进入正规回收渠道。", "This battery is in the hands of authorised recyclers."),
    (_AT_WORK, _ASK_SELLER),
)
_DISMANTLED: Final = Advice(
    "ended",
    Text("已拆解", "Taken apart"),
    Text(
        "这块电池已被拆解，不再作为整体存在。",
        "This battery has been taken apart and no longer exists as a whole.",
    ),
    (_REPORT, _ASK_SELLER),
)

QUARANTINED: Final = Advice(
    "wrong",
    Text("请勿触碰", "Do not touch"),
    Text(
        "这块电池有安全隐患，已被隔离。",
        "This battery has been set apart because it is not safe.",
    ),
    (
        Text("不要使用、移动、充电或打开它。", "Do not use, move, charge or open it."),
        Text(
            "离开并提醒他人；通知现场负责人或所属网点。",
            "Step away, warn others, tell whoever is in charge of the site.",
        ),
        Text(
            "冒烟、发热、漏液或起火：撤到上风处，拨打 119。",
            "Smoke, heat, leaking or fire: go upwind and call 119.",
        ),
    ),
)

RECALLED: Final = Advice(
    "wrong",
    Text("召回", "Recalled"),
    Text(
        "这块电池在召回范围内，缺陷尚未处理。",
        "This battery is being recalled; its defect has not been remedied yet.",
    ),
    (
        Text(
            "不要转卖、自行拆修或继续移交；联系制造企业或其维修网点免费处理。",
            "Do not sell, open or pass it on: its maker or a workshop of theirs sees to it, free.",
        ),
    ),
)
"""Before its own step stand those of the recalls."""
HELD: Final = Advice(
    "due",
    Text("监管标记", "Marked by an authority"),
    Text("监管部门正在核查这块电池。", "An authority is looking into this battery."),
    (
        Text(
            "请保持原处，不要购买、转卖或移交。",
            "Leave it where it is; do not buy, sell or pass it on.",
        ),
        Text("如有疑问，请拨打 12345。", "For questions call 12345."),
    ),
)
STAGES: Final[dict[str, Advice]] = {
    "made": Advice(
        "calm",
        Text("新品", "New"),
        Text("这块电池已生产，尚未登记使用。", "Made, and not yet registered as in use."),
        (
            _BY_TRADE,
            Text(
                "购买时请核对编码、厂商和型号。",
                "When you buy it, compare code, maker and model.",
            ),
        ),
    ),
    "installed": _IN_USE,
    "in_use": _IN_USE,
    "removed": Advice(
        "due",
        Text("已拆下", "Taken out"),
        Text(
            "这块电池已从车辆或设备上拆下。", "This battery was taken out of its vehicle or device."
        ),
        (_HAND_OVER, _BY_TRADE),
    ),
    "retired": Advice(
        "due",
        Text("已退役", "Retired"),
        Text("这块电池已退役，等待回收。", "This battery is retired and waits to be collected."),
        (_HAND_OVER, _ASK_SELLER),
    ),
    "collected": _RECOVERY,
    "in_transit": _RECOVERY,
    "at_utilizer": _RECOVERY,
    "assessed": _RECOVERY,
    "disassembled": _DISMANTLED,
    "consumed": Advice(
        "ended",
        Text("已重组", "Rebuilt"),
        Text(
            "这块电池已并入新的梯次利用产品。",
            "This battery has become part of a new second-life product.",
        ),
        (
            Text(
                "请以产品自己的编码为准，扫描产品标签。",
                "The product has a code of its own: scan the product's label.",
            ),
            _ASK_SELLER,
        ),
    ),
    "product": Advice(
        "calm",
        Text("梯次产品", "Second-life product"),
        Text(
            "由退役电池重组的产品，尚未登记使用。",
            "A product made of retired batteries, not yet registered as in use.",
        ),
        (
            Text(
                "不得用于电动自行车；只用于标明的用途。",
                "Not for electric bicycles; only for the use it is marked for.",
            ),
            _BY_TRADE,
        ),
    ),
    "second_life": Advice(
        "calm",
        Text("梯次使用", "Second life"),
        Text(
            "退役后在基站、储能或低速车辆等场合继续使用。",
            "After its first life it serves again, for example in a base station or storage.",
        ),
        (
            Text(
                "不得改装到电动自行车或其他车辆上。",
                "It must not be moved to an electric bicycle or another vehicle.",
            ),
            _BY_TRADE,
            _HAND_OVER,
        ),
    ),
    "recycled": Advice(
        "ended",
        Text("已再生", "Recycled"),
        Text(
            "这块电池已变成再生材料，不再存在。",
            "This battery has become raw material and no longer exists.",
        ),
        (_REPORT,),
    ),
    "lost": Advice(
        "wrong",
        Text("去向不明", "Missing"),
        Text("这块电池的去向没有记录。", "Nobody has recorded where this battery is."),
        (
            Text(
                "若您见到它：请勿使用或移动，拨打 12345 告知。",
                "If you have found it: do not use or move it, please call 12345.",
            ),
            _ASK_SELLER,
        ),
    ),
    "exported": Advice(
        "ended",
        Text("已出口", "Exported"),
        Text("这块电池已登记出口。", "This battery is registered as exported."),
        (_REPORT,),
    ),
    "out_of_province": Advice(
        "ended",
        Text("已出省", "Left Yunnan"),
        Text(
            "这块电池已离开云南，之后的情况本平台不掌握。",
            "This battery has left Yunnan; what happened since is not known here.",
        ),
        (_BY_TRADE, _HAND_OVER),
    ),
    "voided": Advice(
        "ended",
        Text("已作废", "Void"),
        Text("此编码登记有误，已作废。", "This code was registered by mistake and is void."),
        (_REPORT,),
    ),
    "unknown": Advice(
        "due",
        Text("待核实", "Unconfirmed"),
        Text(
            "这块电池的情况尚未核实。",
            "What happened to this battery has not been confirmed yet.",
        ),
        (_BY_TRADE, _HAND_OVER),
    ),
}

KINDS: Final[dict[str, Text]] = {
    "pack": Text("电池包", "battery pack"),
    "module": Text("模块", "module"),
    "cell": Text("单体电池", "cell"),
    "product": Text("梯次利用产品", "second-life product"),
}

SAFETY: Final = (
    Text(
        "不要打开、穿刺、挤压、浸水或加热。",
        "Never open, pierce, crush, wet or heat it.",
    ),
    Text(
        "鼓包、漏液、发热或有异味：远离，不要充电。",
        "Swollen, leaking, warm or smelling: keep away and do not charge it.",
    ),
    Text("起火：撤到上风处，拨打 119。", "Fire: go upwind and call 119."),
)
