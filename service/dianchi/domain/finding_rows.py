"""The published findings that one life shows by itself (kind `life`), in words; and their reader.

A block is: `code | kind | severity | source`, or `code/what | …` for a variant; title zh | en; the
sentence in zh, then in en; when it closes, zh then en. `{placeholders}` are values of the finding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dianchi.domain.refusals import Text


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One code of the catalogue, or one variant of it.

    Attributes:
        kind: `life`, `link` or `clock`: what it is computed from (design 2).
        sentence: what the finding says, with `{placeholders}` of `Finding.values`.
        closes_when: which report closes it.
        source: where the check comes from: a section of the design or of the domain study.
        what: of a variant, the value `what` that selects it; empty for the code itself.
    """

    code: str
    kind: str
    severity: str
    title: Text
    sentence: Text
    closes_when: Text
    source: str
    what: str = ""


def read_rows(blocks: str) -> Iterator[FindingKind]:
    """Reads blocks of the form above."""
    for block in blocks.strip().split("\n\n"):
        head, titles, *texts = block.splitlines()
        name, kind, severity, source = (cell.strip() for cell in head.split("|"))
        code, _, what = name.partition("/")
        zh, en = (cell.strip() for cell in titles.split("|"))
        says_zh, says_en, closes_zh, closes_en = texts
        yield FindingKind(
            code,
            kind,
            severity,
            Text(zh, en),
            Text(says_zh, says_en),
            Text(closes_zh, closes_en),
            source,
            what,
        )


LIFE_ROWS: Final = tuple(
    read_rows("""
broken_chain | life | high | domain 14
断链 | Broken chain
记录从“{before}”直接变为“{after}”（{type}），中间缺少上报。
The record goes from "{before}" straight to "{after}" ({type}); reports in between are missing.
补报中间环节，或更正有误的上报。
A report of what happened in between, or a correction of the wrong report.

duplicate_code | life | high | domain 14
重码 | Duplicate code
同一编码出现在两处：{first} 与 {second}。
The same code was reported in two places: {first} and {second}.
其中一方更正编码，或补报两处之间的移交、拆下。
A correction of one code, or a report of the hand-over or removal between the two.

duplicate_code/other_facts | life | high | domain 14
同一编码两次生产 | Two births of one code
同一单位再次上报了这个编码的生产或进口，内容不同。
The same organisation reported a birth of this code again, with other facts.
更正其中一份上报。
A correction of one of the two reports.

duplicate_report | life | info | domain 14
重复上报 | Reported twice
同一内容用另一个编号又报了一次，未改变记录。
The same was reported again under another event id; nothing changed.
更正（撤回）其中一份。
A correction that withdraws one of the two.

activity_after_end | life | high | domain 12
终结后仍有活动 | Activity after the end
电池已“{stage}”，之后又上报了{type}。
The battery is "{stage}", and {type} was reported after that.
更正终结的上报或之后的上报。
A correction of the final report or of the later one.

unknown_battery | life | low | design 4
电池情况不明 | Unknown battery
第一份上报（{type}）没有说明电池在哪里、由谁持有。
The first report ({type}) does not say where the battery is or who has it.
补报生产、进口、存量登记或回收入库。
A report that it was produced, imported, declared or taken in.

unknown_origin | life | medium | design 4
来源不明 | Unknown origin
记录从{type}开始，没有生产、进口或存量登记。
The record begins with {type}; there is no production, import or declaration.
补报生产、进口或存量登记。
A report that it was produced, imported or declared.

chemistry_mismatch | life | medium | domain 14
化学体系与编码不符 | Chemistry against code
上报为{chemistry}，编码第 5 位却是 {letter}。
Reported as {chemistry}, but the fifth character of the code is {letter}.
更正化学体系或编码。
A correction of the chemistry or of the code.

implausible_rating | life | low | domain 14
额定参数可疑 | Implausible rating
额定参数彼此不符：{what}。
The ratings cannot all be true: {what}.
更正额定容量、能量、电压或质量。
A correction of capacity, energy, voltage or mass.

reuse_code_without_parents | life | medium | domain 14
综合利用编码缺少来源电池 | Second-life code without parents
编码 {name} 是综合利用编码，却按新电池上报。
The code {name} marks a second life, but it was reported as a new battery.
改报重组并写明来源电池。
A report `repurposed` that names its parents.

before_made | life | medium | domain 14
早于生产日期 | Before it was made
{type}的日期早于编码所示的生产日期 {made}。
{type} is dated before {made}, the day of production that the code shows.
更正日期或编码。
A correction of the date or of the code.

date_code_variant | life | info | domain 2.3
日期码写法特殊 | Unusual date code
编码 {name} 的日期位使用了标准表以外的字符。
The date in the code {name} uses a character outside the table of the standard.
核对标签；编码有误时更正。
A correction, where the label reads otherwise.

unknown_vendor | life | info | domain 2.3
厂商代码未登记 | Vendor code not listed
编码 {name} 的厂商代码 {vendor} 不在厂商代码表中。
The vendor code {vendor} of {name} is not in the table of vendor codes.
主管部门把这个厂商代码加入代码表；标签读错时更正编码。
The regulator adds the vendor code to the table; or a correction, where the label reads otherwise.

soh_rise | life | low | domain 14
健康度上升 | State of health rose
健康度由 {before}% 升到 {after}%，其间没有维修。
State of health rose from {before} % to {after} % without a repair.
补报维修，或更正检测值。
A report of the repair, or a correction of the measurement.

residual_above_rated | life | low | domain 14
余能高于额定 | Residual above rated
剩余容量 {residual} Ah 高于额定容量 {rated} Ah。
The residual capacity of {residual} Ah exceeds the rated {rated} Ah.
更正评估值或额定容量。
A correction of the assessment or of the rating.

class_a_contradicted | life | medium | domain 14
A 类评级不成立 | Class A contradicted
评为 A 类，但{what}不合格。
Rated class A, but this does not pass: {what}.
重新评级，或更正检测值。
A new safety class, or a correction of what was measured.

mass_gain | life | medium | domain 14
质量增加 | Mass grew
质量由 {before_kg} kg 增加到 {after_kg} kg，超出允许误差。
The mass grew from {before_kg} kg to {after_kg} kg, beyond the tolerance.
更正质量，或补报维修。
A correction of the mass, or a report of a repair.

not_holder | life | medium | design 2
非持有方上报 | Not the holder
{reporter} 上报了{type}，记录中的持有方是 {holder}。
{reporter} reported {type}; by the record {holder} has the battery.
补报双方之间的移交，或更正上报。
A report of the hand-over between the two, or a correction.

code_mismatch | life | high | domain 14
车电不符 | Vehicle and battery do not match
{type}写的车辆或站点与电池装入的不同。
{type} names another vehicle or site than the one the battery was fitted into.
补报更换、拆下或装车，或更正编码。
A report of the replacement, removal or installation, or a correction of the code.

handover_mismatch | life | medium | domain 14
移交不符 | Hand-over does not match
移交 {handover} 的两方上报不一致。
The two sides of hand-over {handover} do not agree.
一方更正，或补报缺少的一方。
A correction by one side, or the missing report.

handover_mismatch/not_dispatched | life | medium | domain 14
无出库即接收 | Received without dispatch
移交 {handover} 没有对应的移交出库。
No dispatch was reported for hand-over {handover}.
移交方补报出库，或更正移交编号。
The sender's dispatch, or a correction of the hand-over number.

handover_mismatch/taken_already | life | medium | domain 14
重复接收 | Received twice
移交 {handover} 已由另一家单位接收。
Another organisation had already received hand-over {handover}.
其中一方更正接收。
A correction of one of the two receipts.

handover_mismatch/other_receiver | life | medium | domain 14
接收方不符 | Another receiver
移交 {handover} 由另一家单位接收。
Hand-over {handover} was received by another organisation than the one it was sent to.
更正接收方，或由约定的接收方签收。
A correction of the receiver, or the agreed receiver's own receipt.

handover_mismatch/mass | life | medium | domain 14
移交质量不符 | Mass of a hand-over
移交 {handover}：发出 {sent_kg} kg，收到 {taken_kg} kg。
Hand-over {handover}: {sent_kg} kg sent, {taken_kg} kg received.
一方更正质量。
A correction of the mass by one side.

prohibited_use | life | high | domain 14
禁止的用途 | Prohibited use
废旧动力电池不得用于{application}（{article}）。
A waste traction battery must not be used in: {application} ({article}).
拆下并退役，或更正用途。
Its removal and retirement, or a correction of the use.

safety_incident | life | high | domain 14
安全事件 | Safety incident
发生{incident}，电池已隔离。
An incident was reported: {incident}; the battery is quarantined.
上报解除隔离及处理方式。
A report `released` with the treatment.

disappeared | life | medium | domain 14
去向不明 | Disappeared
电池去向不明。
Nobody knows where the battery is.
任何说明电池所在的上报。
Any report that says where it is.

disappeared/reported_lost | life | medium | domain 14
去向不明 | Disappeared
{day} 上报为去向不明。
Reported lost on {day}.
任何说明电池所在的上报。
Any report that says where it is.

unknown_party | life | low | design 4
单位未登记 | Unknown party
{party} 没有在本平台登记。
{party} is not registered here.
该单位登记，或更正单位名称。
Its registration, or a correction of the name.

illegal_receiver | life | high | domain 14
违规流向 | Illegal receiver
废旧电池移交给 {receiver}，该单位不是网点、报废机动车拆解或综合利用企业。
Waste went to {receiver}, which is no outlet, dismantler, utilizer or recycler.
该单位的资质登记后，或更正接收方。
The receiver's role or permit in the registry, or a correction of the receiver.

illegal_receiver/permit | life | high | domain 14
接收方许可不在有效期 | Receiver without a valid permit
{receiver} 在 {day} 没有有效许可。
{receiver} had no valid permit on {day}.
登记有效许可，或更正接收方。
A valid permit in the registry, or a correction of the receiver.

illegal_receiver/external | life | low | domain 14
省外接收方无法核实 | Receiver outside cannot be checked
接收方 {receiver} 没有统一社会信用代码，也没有转移备案号。
{receiver} has neither a credit code nor a transfer filing.
更正上报，补上信用代码或转移备案号。
A correction that adds the credit code or the transfer filing.

impossible_travel | life | medium | domain 14
行程过快 | Impossible travel
{minutes} 分钟内从{start}到{goal}，直线距离约 {km} km。
From {start} to {goal} in {minutes} minutes; they are about {km} km apart.
更正时间或站点。
A correction of the time or of the site.

vin_check_digit | life | low | design 2
车辆识别代号校验位不符 | Check digit of the VIN
{type}里车辆识别代号的校验位不符。
In {type} the check digit of the VIN is wrong.
核对行驶证后更正。
A correction, after a look at the vehicle licence.
""")
)
