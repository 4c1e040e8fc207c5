"""What the national form asks for and our record cannot say, each with what can be done."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dianchi.domain.refusals import Text


class Gap(NamedTuple):
    """A place in the form that was left out.

    Attributes:
        pointer: of the member, as it would stand in the form.
        code: of `GAPS`.
        blocks: nothing is sent because of it.
    """

    pointer: str
    code: str
    blocks: bool = False


class Meaning(NamedTuple):
    """What a gap is, and the way out."""

    what: Text
    way_out: Text


GAPS: Final[Mapping[str, Meaning]] = {
    "vin_erased": Meaning(
        Text("车辆识别代号已依法删除", "the VIN was erased"),
        Text(
            "无法报送；如平台上已有，请在平台上处理",
            "it cannot be sent; see to it at the platform itself",
        ),
    ),
    "vin_not_shown": Meaning(
        Text("车辆识别代号不对您开放", "the VIN is not shown to you"),
        Text(
            "上报它的单位看得到；监管部门请写明目的（purpose）",
            "who reported it sees it; authorities say what for (`purpose`)",
        ),
    ),
    "no_packs": Meaning(
        Text(
            "按本单位的上报，这辆车里没有电池",
            "by your reports there is no battery in this vehicle",
        ),
        Text(
            "请补报装车（installed），或更正拆下的上报",
            "report what was fitted, or correct what took it out",
        ),
    ),
    "no_vehicle": Meaning(
        Text(
            "上报没有写车辆：嵌套格式以车辆为单位，没有装车的电池没有位置",
            "the report names no vehicle: the nested form begins with one, and has no place for a"
            " pack without it",
        ),
        Text(
            "请在国家平台上填报，再写明理由搁置；装了车的，补报或更正装车（installed）",
            "tell it at the platform itself and set it aside with a reason; report or correct"
            " `installed` where it is in a vehicle",
        ),
    ),
    "owner_has_no_place": Meaning(
        Text("嵌套格式没有权属变更的位置", "the nested form has no place for a change of owner"),
        Text(
            "请在国家平台上填报，再写明理由搁置",
            "tell it at the platform itself and set it aside with a reason",
        ),
    ),
    "buyer_unknown": Meaning(
        Text("没有上报购买者是个人还是单位", "whether a person or a firm bought it is not told"),
        Text("更正销售（sold），写明 buyer_kind", "correct the sale and tell `buyer_kind`"),
    ),
    "vehicle_member_unknown": Meaning(
        Text("车辆的这一项不在本平台的记录里", "this member of the vehicle is not on record here"),
        Text(
            "在连接里填写每辆车都一样的值，或重报时补上",
            "give it with the connection where all vehicles share it, or when sending again",
        ),
    ),
    "no_national_code": Meaning(
        Text("只有自编号，没有国标编码", "it has a name of its own only, no GB/T 34014 code"),
        Text("认定其国标编码（identified）", "report its code (identified)"),
    ),
    "not_shown": Meaning(
        Text("这只电池的档案不对贵单位开放", "its life is not shown to you"),
        Text("只报编码；请厂商补报", "its code is sent alone; its maker knows the rest"),
    ),
    "model_unknown": Meaning(
        Text("型号未知", "its model is not known"),
        Text(
            "由厂商上报生产，或存量登记时写明型号",
            "its maker reports its production, or a declaration names it",
        ),
    ),
    "day_unknown": Meaning(
        Text("生产日期未知", "the day of its production is not known"),
        Text("由厂商上报生产", "its maker reports its production"),
    ),
    "order_unknown": Meaning(
        Text("订单号不在本平台的记录里", "no order code is on record here"),
        Text("平台要求时，在国家平台上补填", "fill it in there where it is asked for"),
    ),
    "modules_unknown": Meaning(
        Text("模块编码未知", "the codes of its modules are not known"),
        Text("由厂商上报生产时写明 modules", "its maker reports its production with `modules`"),
    ),
    "cells_unknown": Meaning(
        Text("电芯编码不逐只记录", "codes of single cells are not on record"),
        Text("平台要求时，由电芯厂商报送", "their maker sends them where they are asked for"),
    ),
    "cell_model_unknown": Meaning(
        Text("电芯型号未知", "the model of its cells is not known"),
        Text("平台要求时，由电芯厂商报送", "their maker sends it where it is asked for"),
    ),
}
