"""What the members of reports are called, in pages, workbooks and apps alike.

A row is `member | 中文 | English`. The same name means the same thing in every type.
"""

from types import MappingProxyType
from typing import Final

from dianchi.domain.refusals import Text

_ROWS: Final = """
advice | 处置建议 | Advice
advice_en | 处置建议（英文） | Advice in English
answer | 答复 | Answer
application | 用途 | Use
basis | 依据 | Basis
batch | 批次 | Batch
batteries | 电池 | Batteries
battery | 电池 | Battery
battery_present | 有电池 | Battery present
burnt | 烧过 | Burnt
buyer_kind | 买方 | Buyer
carrier | 承运单位 | Carrier
case | 案件号 | Case
cells | 电芯数 | Cells
certificate | 证明 | Certificate
chemistry | 化学体系 | Chemistry
children | 拆出 | Taken out
children_mass_kg | 拆出合计（kg） | Taken out, in all (kg)
codes_from | 编码起 | Codes from
codes_to | 编码止 | Codes to
complete | 完整 | Complete
condition | 外观 | Condition
conformity | 合格证明 | Conformity
count | 数量 | Count
cycles | 循环次数 | Cycles
decision | 决定 | Decision
destination | 去向 | Destination
document | 文号 | Document
due | 期限 | Due
energy_kgce | 能耗（kgce） | Energy (kgce)
event_id | 所指上报 | Report meant
external | 省外单位 | Outside the system
handover | 移交单 | Hand-over
hold | 所指风险标记 | Hold meant
host | 装在 | Installed in
id | 编号 | Number
incident | 险情 | Incident
inputs | 投入 | Inputs
insulation_ohm_per_v | 绝缘（Ω/V） | Insulation (Ω/V)
issuer | 出具单位 | Issuer
kind | 类别 | Kind
label_legible | 标签可读 | Label legible
leak | 漏液 | Leaking
lot | 物料批 | Lot
lots | 物料批 | Lots
maker | 生产单位 | Maker
manifest | 转移联单 | Manifest
mass_basis | 质量依据 | Basis of mass
mass_kg | 质量（kg） | Mass (kg)
material | 材料 | Material
measure | 处置措施 | Measure
method | 方法 | Method
mileage_km | 里程（km） | Mileage (km)
model | 型号 | Model
modules | 模块数 | Modules
modules_in | 装入模块 | Modules in
modules_out | 换下模块 | Modules out
name | 名称 | Name
names | 编码清单 | List of codes
nominal_voltage_v | 标称电压（V） | Nominal voltage (V)
officers | 经办人 | Officers
opened | 被拆开 | Opened
origin | 来源 | Origin
other_mass_kg | 其他质量（kg） | Other mass (kg)
outputs | 产出 | Outputs
owner | 所有者 | Owner
parents | 来自 | Made from
photos | 照片 | Photos
pickup | 收运请求 | Pick-up
prefecture | 地区 | Place
process | 工艺 | Process
produced_from | 生产日期起 | Made from
produced_to | 生产日期止 | Made until
product | 新产品 | Product
province | 省份 | Province
purity_percent | 纯度（%） | Purity (%)
rated_capacity_ah | 额定容量（Ah） | Rated capacity (Ah)
rated_energy_kwh | 额定能量（kWh） | Rated energy (kWh)
reason | 原因 | Reason
recall | 召回编号 | Recall
receiver | 接收单位 | Receiver
replaced_by | 替换为 | Replaced by
replaced_lead_acid | 替换铅酸 | Replaced lead-acid
replacement | 更换 | Replacement
requester | 请求单位 | Requester
residual_capacity_ah | 剩余容量（Ah） | Residual capacity (Ah)
residue_kg | 残渣（kg） | Residue (kg)
revision | 标签版次 | Revision of label
safety_class | 安全等级 | Safety class
selector | 召回范围 | Concerned
sender | 移交单位 | Sender
signatures | 签字 | Signatures
since | 起始 | Since
site | 站点 | Site
soh_percent | 健康度（%） | State of health (%)
source | 来源 | Source
source_organisation | 来源单位 | From
stage | 阶段 | Stage
standard | 标准 | Standard
supplier | 供应单位 | Supplier
swap_capable | 可换电 | Swappable
swollen | 鼓包 | Swollen
temperature_c | 温度（℃） | Temperature (°C)
to | 给 | To
total_mass_kg | 总质量（kg） | Total mass (kg)
transfer_filing | 转移备案 | Transfer filing
treatment | 处理方式 | Treatment
un_number | 联合国编号 | UN number
uscc | 统一社会信用代码 | Credit code
vendor | 厂商代码 | Vendor code
vin | 车架号 | VIN
vin_ref | 车架号代号 | Reference of VIN
voltage_v | 电压（V） | Voltage (V)
water_reuse_percent | 水重复利用率（%） | Water reuse (%)
waybill | 运单 | Waybill
wet | 泡水 | Wet
"""


def _read(row: str) -> tuple[str, Text]:
    member, zh, en = (cell.strip() for cell in row.split("|"))
    return member, Text(zh, en)


MEMBER_NAMES: Final = MappingProxyType(dict(map(_read, _ROWS.strip().splitlines())))
