"""The duties of domain study 13, mapped to our event types.

CN-2018: 溯源管理暂行规定， Announcement 35 of 2018; CN-2026: 六部门令第73号， Order 73.
"""

from datetime import date
from typing import Final, get_args

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Mark, OwedTo, Regime, Rule, Trigger
from dianchi.domain.refusals import Text
from dianchi.domain.working_days import Unit

CN_2018: Final = Regime(
    "CN-2018",
    Text(
        "2018 年溯源管理暂行规定(公告2018年第35号)",
        "2018 provisions on traceability (Announcement 35)",
    ),
    date(2018, 8, 1),
    date(2026, 3, 31),
)
CN_2026: Final = Regime(
    "CN-2026",
    Text("2026 年暂行办法(六部门令第73号)", "2026 interim measures (Order 73)"),
    date(2026, 4, 1),
    None,
)
HOUSE: Final = Regime("HOUSE", Text("本平台约定", "House rules of this service"), ALWAYS, None)
REGIMES: Final = (CN_2018, CN_2026, HOUSE)

TITLES: Final = {
    "VEH_REPORT": Text("车辆与电池编码上报", "Report of vehicle and battery codes"),
    "SALE_REPORT": Text("销售信息上报", "Report of a sale"),
    "REPLACE_REPORT": Text("维修更换信息上报", "Report of a repair or replacement"),
    "OUTLET_IN": Text("网点入库上报", "Report of a battery taken in by an outlet"),
    "OUTLET_OUT": Text("网点出库上报", "Report of a hand-over by an outlet"),
    "ELV_CERT": Text("报废车辆信息上报", "Report of a scrapped vehicle"),
    "ELV_OUT": Text("拆解企业移交上报", "Report of a hand-over by a dismantler"),
    "SL_OUT": Text("梯次产品出库上报", "Report of a second-life product leaving the store"),
    "SL_WASTE": Text("梯次企业废电池出入库上报", "Report of waste batteries in and out"),
    "RECYCLE_IN": Text("再生企业接收上报", "Report of waste batteries received for recycling"),
    "RECYCLE_DONE": Text("再生利用与处置上报", "Report of recycling and disposal done"),
    "UTIL_IN": Text("综合利用企业入库上报", "Report of batteries received for utilization"),
    "UTIL_OUT": Text("综合利用企业产品出库上报", "Report of products handed over"),
    "DISMANTLE_DOC": Text("拆解技术信息备案", "Filing of dismantling information"),
    "HANDOVER_ACK": Text("移交签收", "Acknowledgement of a hand-over"),
    "OUTLET_STORAGE": Text("网点贮存时间", "Time in store at an outlet"),
}


# rule | regime | report that starts it | by role | host kind or safety class | term
#      | met by (empty: by its own recording) | bearer | data from | mark | article
_TABLE: Final = """
VEH_REPORT|CN-2018|installed|vehicle_maker|vehicle|15 working_days||vehicle_maker|vehicle_maker|V2|
SALE_REPORT|CN-2018|sold|vehicle_maker||30 working_days||vehicle_maker|vehicle_maker|R-m|Art. 9
SALE_REPORT|CN-2018|sold|dealer||30 working_days||vehicle_maker|dealer|R-m|Art. 9
REPLACE_REPORT|CN-2018|removed repaired installed|workshop||30 working_days||\
vehicle_maker|workshop|V|Art. 10
OUTLET_IN|CN-2018|collected|outlet||30 working_days||vehicle_maker|outlet|V|Art. 11
OUTLET_OUT|CN-2018|dispatched|outlet||30 working_days||vehicle_maker|outlet|V|Art. 11
ELV_CERT|CN-2018|vehicle_scrapped|dismantler||15 working_days||dismantler|dismantler|V|Art. 13
ELV_OUT|CN-2018|dispatched|dismantler||15 working_days||dismantler|dismantler|V|Art. 13
SL_OUT|CN-2018|sold|utilizer||15 working_days||utilizer|utilizer|V|Art. 14
SL_WASTE|CN-2018|received dispatched|utilizer||15 working_days||utilizer|utilizer|V|Art. 14
RECYCLE_IN|CN-2018|received|recycler||30 working_days||recycler|recycler|V|Art. 15
RECYCLE_DONE|CN-2018|recycled disposed|recycler||30 working_days||recycler|recycler|V|Art. 15
VEH_REPORT|CN-2026|installed|vehicle_maker|vehicle|20 calendar_days||\
vehicle_maker|vehicle_maker|V2|
SALE_REPORT|CN-2026|sold|vehicle_maker||30 calendar_days||vehicle_maker|vehicle_maker|D|
SALE_REPORT|CN-2026|sold|dealer||30 calendar_days||vehicle_maker|dealer|D|
REPLACE_REPORT|CN-2026|removed repaired installed|workshop||30 calendar_days||workshop|workshop|D|
REPLACE_REPORT|CN-2026|removed repaired installed|swap_operator||30 calendar_days||\
swap_operator|swap_operator|D|
OUTLET_IN|CN-2026|collected|outlet||30 calendar_days||outlet|outlet|D|
OUTLET_OUT|CN-2026|dispatched|outlet||30 calendar_days||outlet|outlet|D|
ELV_CERT|CN-2026|vehicle_scrapped|dismantler||30 calendar_days||dismantler|dismantler|D|
ELV_OUT|CN-2026|dispatched|dismantler||30 calendar_days||dismantler|dismantler|D|
UTIL_IN|CN-2026|received|utilizer||30 calendar_days||utilizer|utilizer|V2|Art. 24(7)
UTIL_IN|CN-2026|received|recycler||30 calendar_days||recycler|recycler|V2|Art. 24(7)
UTIL_OUT|CN-2026|sold dispatched|utilizer||30 calendar_days||utilizer|utilizer|V2|Art. 24(7)
UTIL_OUT|CN-2026|dispatched|recycler||30 calendar_days||recycler|recycler|V2|Art. 24(7)
DISMANTLE_DOC|CN-2026||||6 months||maker|maker|V2|
HANDOVER_ACK|HOUSE|dispatched|||7 calendar_days|received declined returned|receiver|receiver|D|
OUTLET_STORAGE|HOUSE|collected received returned|outlet|A|90 calendar_days|\
dispatched|outlet|outlet|D|
OUTLET_STORAGE|HOUSE|collected received returned|outlet|B|30 calendar_days|\
dispatched|outlet|outlet|D|
OUTLET_STORAGE|HOUSE|collected received returned|outlet|unassessed|30 calendar_days|\
dispatched|outlet|outlet|D|
OUTLET_STORAGE|HOUSE|collected received returned|outlet|C|5 calendar_days|\
dispatched|outlet|outlet|D|
"""
_BY_ID: Final[dict[str, Regime]] = {regime.id: regime for regime in REGIMES}
_MARKS: Final[dict[str, Mark]] = {mark: mark for mark in get_args(Mark)}
_PHYSICAL: Final = frozenset({"OUTLET_STORAGE"})
"""A dangerous battery does not wait for the end of a holiday (D)."""


def _rule(line: str) -> Rule:
    rule, regime_id, types, roles, what, term, met_by, bearer, reporter, mark, article = line.split(
        "|"
    )
    regime = _BY_ID[regime_id]
    amount, unit = term.split()
    owed_to: OwedTo = "house" if regime is HOUSE else "national"
    return Rule(
        id=rule,
        regime=regime.id,
        valid_from=regime.valid_from,
        valid_to=regime.valid_to,
        title=TITLES[rule],
        trigger=_trigger(types, roles, what, physical=rule in _PHYSICAL),
        met_by=frozenset(met_by.split()),
        amount=int(amount),
        unit=Unit(unit),
        bearer=bearer,
        reporter=reporter,
        owed_to=owed_to,
        mark=_MARKS[mark],
        article=article,
        rolls=rule not in _PHYSICAL,
    )


def _trigger(types: str, roles: str, what: str, *, physical: bool) -> Trigger:
    hosts, classes = ("", what) if physical else (what, "")
    return Trigger(*(frozenset(words.split()) for words in (types, roles, hosts, classes)))


DEADLINES: Final = tuple(_rule(line) for line in _TABLE.strip().splitlines())
"""`DISMANTLE_DOC` has no report that starts it yet: certification is not reported here.

For `OUTLET_STORAGE` the safety class is the battery's latest known one, not that of the report.
"""
