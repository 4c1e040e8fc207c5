"""The published findings that marks, several lives (`link`) and time (`clock`) show."""

from typing import Final

from dianchi.domain.finding_rows import read_rows

MARK_ROWS: Final = tuple(
    read_rows("""
moved_under_hold | life | high | design 4
风险标记期间移动 | Moved under a hold
电池有监管部门的风险标记，其间上报了{type}。
An officer's hold lay on the battery, and {type} was reported under it.
更正有误的上报；标记有误的，由监管部门更正该标记。
A correction of that report; of the hold, by the authority, where it was placed in error.
""")
)

LINK_ROWS: Final = tuple(
    read_rows("""
handover_mismatch/count | link | medium | domain 14
移交数量不符 | Count of a hand-over
移交 {handover}：发出 {sent} 件，签收或拒收 {taken} 件。
Hand-over {handover}: {sent} sent, {taken} received or declined.
一方更正清单。
A correction of the list by one side.

handover_mismatch/total_mass | link | medium | domain 14
移交总质量不符 | Total mass of a hand-over
移交 {handover}：发出共 {sent_kg} kg，收到共 {taken_kg} kg。
Hand-over {handover}: {sent_kg} kg sent in all, {taken_kg} kg received in all.
一方更正质量。
A correction of the mass by one side.

handover_mismatch/missing_in_receipt | link | medium | domain 14
签收清单缺少此电池 | Missing in the receipt
移交 {handover} 已有签收，但其中没有这块电池。
Others of hand-over {handover} were received; this battery was not among them.
接收方补签、拒收或退回这块电池，或移交方更正。
Its own receipt, refusal or return by the receiver, or a correction by the sender.

code_mismatch/vehicle | link | high | domain 14
车电不符 | Vehicle and battery do not match
车上的电池是 {found}，而该车最后装的是 {known}。
The vehicle came with {found}; the last battery known in it is {known}.
补报更换（拆下并写明替换电池）或装车，或更正编码。
A report of the replacement or installation, or a correction of the code.

vehicle_without_battery | link | high | domain 14; Order 73
车电分离 | Vehicle without battery
车辆报废时没有电池，也没有电池拆下的记录。
The vehicle was scrapped without its battery, and no removal of it was reported.
补报拆下或更换，或电池在别处被上报。
A report of the removal or replacement, or any report that shows the battery elsewhere.

child_in_two_parents | link | medium | domain 14
同一模组在两个电池包 | One module in two packs
模组 {name} 同时列在 {first} 和 {second} 中。
The module {name} is listed in both {first} and {second}.
补报从其中一个拆出，或更正清单。
A report that it left one of them, or a correction of the list.

child_in_two_parents/products | link | medium | domain 14
同一电池并入两个产品 | One battery in two products
{name} 同时并入 {first} 和 {second}。
{name} was built into both {first} and {second}.
更正其中一个产品的来源电池。
A correction of the parents of one product.

identity_conflict | link | medium | design 4
认定冲突 | Conflicting names
{first} 与 {second} 连在一起会使两个国标编码成为一块电池，未予合并。
To join {first} and {second} would make two GB/T codes one battery; they stay apart.
更正有误的认定。
A correction of the wrong identification.

identity_conflict/names | link | medium | design 4
同一电池的编号过多 | Too many names for one battery
与 {name} 直接或间接认定为同一电池的编号超过 {most} 个，全部不予合并，各自单独记录。
With {name} more than {most} names would be one battery; none of them is joined.
更正有误的认定，使编号不超过限值。
Corrections of the wrong identifications, until the names are no more than that.

batch_imbalance | link | medium | domain 14
批次物料不平衡 | Batch does not balance
批次 {batch}：投入 {inputs_kg} kg，产出与残余 {outputs_kg} kg。
Batch {batch}: {inputs_kg} kg went in, {outputs_kg} kg came out with the residue.
更正投入、产出或残余物质量。
A correction of inputs, outputs or residue.

recovery_low | link | info | domain 6
单批回收率偏低 | Recovery of one batch is low
批次 {batch}：{metal}回收率 {percent}%，参考下限 {floor_percent}%（按 12 个月考核）。
Batch {batch}: {percent} % of {metal}; the floor is {floor_percent} %, judged over 12 months.
更正产出；单批偏低只作提示。
A correction of the outputs; a single batch is information only.

recovery_over_100 | link | high | domain 14
回收率超过 100% | Recovery above 100 %
批次 {batch}：{metal}产出为投入含量的 {percent}%，可能有未上报的投入。
Batch {batch}: {percent} % of the {metal} that went in came out; input may be missing.
补报投入，或更正产出。
A report of the missing input, or a correction of the outputs.

lot_overdrawn | link | medium | domain 14
物料批超量使用 | Lot overdrawn
物料 {lot}：共 {mass_kg} kg，已移交和使用 {drawn_kg} kg。
Lot {lot}: {mass_kg} kg in all, {drawn_kg} kg given away or used.
更正质量，或补报物料登记。
A correction of a mass, or a report of the missing material.

missing_at_count | link | medium | domain 14
盘点缺失 | Missing at the count
{day} 对 {site} 全面盘点时没有这块电池。
A complete count of {site} on {day} did not find this battery.
补报移交出库，或在之后的盘点、上报中出现。
A report of its dispatch, or any later report or count that shows it.
""")
)

CLOCK_ROWS: Final = tuple(
    read_rows("""
disappeared/silent | clock | medium | domain 14
长期无上报 | Silent too long
自 {since} 起“{stage}”，超过 {days} 天没有上报。
"{stage}" since {since}, and nothing reported for more than {days} days.
任何说明电池所在的上报。
Any report that says where it is.

disappeared/silent_transit | clock | medium | domain 14
移交途中失联 | Lost in transit
{since} 出库（移交 {handover}），超过 {days} 天没有签收。
Dispatched on {since} (hand-over {handover}); not received for more than {days} days.
接收方签收、拒收或退回。
Its receipt, refusal or return by the receiver.

handover_open | clock | medium | domain 13 HANDOVER_ACK
移交未签收 | Hand-over open
移交 {handover} 应由 {receiver} 在 {due} 前签收，尚未签收。
{receiver} should have acknowledged hand-over {handover} by {due}.
接收方签收、拒收或退回。
Its receipt, refusal or return by the receiver.

late_report | clock | medium | domain 13
超期已报 | Reported late
{type}应在 {due} 前上报，实际 {recorded} 上报，晚 {days} 天（{rule}）。
{type} was due by {due} and was reported on {recorded}, {days} days late ({rule}).
不会关闭；由主管部门说明。
Never: it stays as a fact.

overdue_report | clock | medium | domain 13
超期未报 | Overdue
{type}之后应在 {due} 前完成上报（{rule}），尚未收到。
After {type} a report was due by {due} ({rule}); none has come.
补报。
The missing report.

over_time | clock | medium | domain 13 OUTLET_STORAGE
超期贮存 | Stored too long
自 {since} 起在库，{safety}，应在 {due} 前移交。
In store since {since}, {safety}; it was to be handed over by {due}.
移交出库，或重新评定安全等级。
Its dispatch, or another safety class.

class_c_stuck | clock | high | domain 14
危险电池滞留 | Dangerous battery stuck
C 类电池自 {since} 起在库，应在 {due} 前移交或处理。
A class C battery in store since {since}; it was to be moved or treated by {due}.
移交出库，或上报处理并重新评级。
Its dispatch, or its treatment with another safety class.

over_stock | clock | medium | domain 7
超量贮存 | Too much in store
在库 {total_kg} kg，此类网点最多 {most_kg} kg。
{total_kg} kg in store; an outlet of this kind may hold {most_kg} kg.
移交出库，使在库量回到限值以内。
Dispatches that bring the stock below the limit.

over_stock/capacity | clock | medium | domain 7
超出登记容量 | More in store than there is room for
在库 {total_kg} kg，该场所登记的容量为 {most_kg} kg。
{total_kg} kg in store; the site has room for {most_kg} kg by the registry.
移交出库，或登记新的容量。
Dispatches that bring the stock below it, or another capacity in the registry.

over_stock/asked | clock | medium | domain 7
超量贮存，收运未答复 | Too much in store, nobody answers
在库 {total_kg} kg，此类网点最多 {most_kg} kg；{day} 已请{addressee}收运，未见答复。
{total_kg} kg in store, {most_kg} kg allowed; {addressee} was asked on {day} and has not answered.
移交出库，使在库量回到限值以内；收运单位尽快答复。
Dispatches that bring the stock below the limit; whoever was asked should answer.

over_stock/capacity_asked | clock | medium | domain 7
超出登记容量，收运未答复 | More than there is room for, nobody answers
在库 {total_kg} kg，登记容量 {most_kg} kg；{day} 已请{addressee}收运，未见答复。
{total_kg} kg in store, room for {most_kg} kg; {addressee} was asked on {day} and has not answered.
移交出库，或登记新的容量；收运单位尽快答复。
Dispatches that bring the stock below it, or another capacity; whoever was asked should answer.

silent_firm | clock | low | domain 14
长期未上报的单位 | Silent firm
{firm}自 {since} 起没有任何上报，已超过 {days} 天。
{firm} has reported nothing since {since}, for more than {days} days.
该单位的任何上报。
Any report of the firm.

relabel_burst | clock | medium | domain 14
集中换标 | Many relabels
{firm}在 {day} 一天内换标 {count} 次。
{firm} put on {count} new labels on {day}.
核实后由主管部门批注；更正有误的上报。
Corrections of the wrong reports.

backdate_burst | clock | medium | domain 14
集中补报 | Many back-dated reports
{firm}在 {day} 一天内补报 {count} 份，业务日期都在 {days} 天以前。
{firm} reported {count} times on {day} what had happened more than {days} days before.
核实后由主管部门批注；更正有误的上报。
Corrections of the wrong reports.
""")
)
