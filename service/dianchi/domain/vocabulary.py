"""The closed lists and the suggested words of reports, with their Chinese and English labels.

Version 1 of the lists (2026-11). A word is judged by the business date of the report that uses it.
A row is only ever added, or given its last day; what a word means never changes, since it stands in
stored and hashed bytes.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from dianchi.domain.dated import ALWAYS
from dianchi.domain.refusals import Text
from dianchi.domain.words import Word, Words, undated

LABELS: Final[dict[str, tuple[str, str]]] = {}


def read_words(rows: str) -> Iterator[Word]:
    """Reads rows of `word | 中文 | English`, with `| first day | last day` where there are such."""
    for row in rows.strip().splitlines():
        word, zh, en, *days = (cell.strip() for cell in row.split("|"))
        first, last = (date.fromisoformat(day) if day else None for day in (*days, "", "")[:2])
        yield Word(word, Text(zh, en), first or ALWAYS, last)


def _listed(rows: str) -> Words:
    """Reads a list and remembers its labels."""
    found = Words(tuple(read_words(rows)))
    LABELS.update((row.word, (row.label.zh, row.label.en)) for row in found.rows)
    return found


def label(word: str, language: str) -> str:
    """The word in `zh` or `en`; the word itself where it is open text."""
    zh, en = LABELS.get(word, (word, word))
    return zh if language == "zh" else en


CHEMISTRIES: Final = _listed("""
lfp | 磷酸铁锂 | LFP
lmfp | 磷酸锰铁锂 | LMFP
lmo | 锰酸锂 | LMO
lco | 钴酸锂 | LCO
nmc | 镍钴锰三元 | NMC
nca | 镍钴铝三元 | NCA
lto | 钛酸锂 | LTO
nimh | 镍氢 | NiMH
sodium_ion | 钠离子 | sodium-ion
solid_state | 固态 | solid-state
semi_solid | 半固态 | semi-solid
metal_air | 金属空气 | metal-air
supercapacitor | 超级电容器 | supercapacitor
other | 其他 | other
""")
MATERIALS: Final = _listed("""
lithium_carbonate | 碳酸锂 | lithium carbonate
lithium_hydroxide | 氢氧化锂 | lithium hydroxide
nickel_sulfate | 硫酸镍 | nickel sulfate
cobalt_sulfate | 硫酸钴 | cobalt sulfate
manganese_sulfate | 硫酸锰 | manganese sulfate
iron_phosphate | 磷酸铁 | iron phosphate
phosphoric_acid | 磷酸 | phosphoric acid
graphite | 石墨 | graphite
cathode_powder | 正极粉 | cathode powder
anode_powder | 负极粉 | anode powder
electrolyte | 电解液 | electrolyte
separator | 隔膜 | separator
copper | 铜 | copper
aluminium | 铝 | aluminium
steel | 钢 | steel
plastic | 塑料 | plastic
black_mass | 黑粉 | black mass
other | 其他 | other
""")
HOSTS: Final = _listed("""
vehicle | 车辆 | vehicle
swap_pool | 换电站 | swap pool
base_station | 通信基站 | base station
data_centre | 数据中心 | data centre
low_speed_ev | 低速电动车 | low-speed vehicle
energy_storage | 储能 | energy storage
e_bike | 电动自行车 | e-bike
""")
APPLICATIONS: Final = HOSTS
STAGES: Final = tuple(
    _listed("""
unknown | 情况不明 | unknown
made | 已生产 | made
installed | 已装车 | installed
in_use | 在用 | in use
removed | 已拆下 | removed
retired | 已退役 | retired
collected | 网点在库 | collected
in_transit | 移交途中 | in transit
at_utilizer | 综合利用企业在库 | at a utilizer
assessed | 已评估 | assessed
disassembled | 已拆解 | disassembled
consumed | 已并入新品 | built into a new product
product | 综合利用产品 | second-life product
second_life | 梯次使用中 | second life
recycled | 已再生利用 | recycled
lost | 去向不明 | lost
exported | 已出口 | exported
out_of_province | 已出省 | out of the province
voided | 已作废 | voided
""")
)
RATINGS: Final = (
    "model",
    "chemistry",
    "rated_capacity_ah",
    "rated_energy_kwh",
    "nominal_voltage_v",
    "mass_kg",
)
FACTS: Final = (*RATINGS, "application")
DECLARED_STAGES: Final = undated(
    (
        "made",
        "installed",
        "in_use",
        "removed",
        "retired",
        "collected",
        "at_utilizer",
        "assessed",
        "product",
        "second_life",
        "unknown",
    )
)
DECLARED_BASES: Final = _listed("""
opening_stock | 期初存量 | opening stock
national_import | 国家平台导入 | national import
before_coding | 编码制度之前 | before coding
unknown_origin | 来源不明 | unknown origin
""")
LOT_ORIGINS: Final = _listed("""
production_scrap | 生产废料 | production scrap
purchased | 外购 | purchased
opening_stock | 期初存量 | opening stock
consumer_waste | 消费后废料 | consumer waste
""")
OWNERSHIP_BASES: Final = _listed("""
sale | 出售 | sale
lease_start | 租赁开始 | lease start
lease_end | 租赁结束 | lease end
auction | 拍卖 | auction
""")
BUYER_KINDS: Final = _listed("""
person | 个人 | person
organisation | 单位 | organisation
""")
SOURCES: Final = BUYER_KINDS
SAFETY_CLASSES: Final = _listed("""
A | A 类 完好 | class A, intact
B | B 类 需关注 | class B, to be watched
C | C 类 危险 | class C, dangerous
unassessed | 未评级 | not assessed
""")
MASS_BASES: Final = _listed("""
weighed | 称重 | weighed
nameplate | 铭牌 | nameplate
weighbridge_share | 地磅均摊 | share of a weighbridge slip
estimated | 估计 | estimated
""")
DECISIONS: Final = _listed("""
reuse | 再利用 | reuse
recycle | 再生 | recycle
""")
PROCESSES: Final = _listed("""
crush | 破碎分选 | crushing
hydro | 湿法 | hydrometallurgy
pyro | 火法 | pyrometallurgy
repair | 材料修复 | material repair
""")
COUNT_BASES: Final = _listed("""
self | 自盘 | own count
inspection | 检查 | inspection
""")
PICKUP_ANSWERS: Final = _listed("""
accept | 接受收运 | accepts
refuse | 不接受 | refuses
""")
UN_NUMBERS: Final = _listed("""
UN3480 | 锂离子电池 | lithium-ion batteries
UN3481 | 装在设备中或同设备包装在一起的锂离子电池 | lithium-ion batteries in or with equipment
UN3171 | 电池供电车辆或设备 | battery-powered vehicle or equipment
UN3556 | 锂离子电池供电车辆 | vehicle powered by lithium-ion batteries
""")
SITE_KINDS: Final = _listed("""
collection | 收集型网点 | collection outlet
central | 集中贮存型网点 | central storage outlet
base_station | 通信基站 | base station
data_centre | 数据中心 | data centre
energy_storage | 储能 | energy storage
swap_station | 换电站 | swap station
plant | 工厂 | plant
warehouse | 仓库 | warehouse
depot | 场站 | depot
shop | 门店 | shop
workshop | 维修点 | workshop
vehicle_yard | 报废车场 | yard of scrapped vehicles
other | 其他 | other
""")

REPAIR_REASONS: Final = ("module_fault", "capacity_imbalance", "water_ingress", "recall")
REMOVAL_REASONS: Final = (
    "end_of_life",
    "replacement",
    "repair",
    "accident",
    "upgrade",
    "site_closed",
    "internal_reuse",
)
RETIREMENT_REASONS: Final = (
    "capacity_low",
    "accident",
    "vehicle_scrapped",
    "site_closed",
    "recall",
)
DECLINE_REASONS: Final = ("not_ordered", "damaged", "wrong_count", "class_c_not_accepted")
ACT_BASES: Final = (
    "《新能源汽车废旧动力电池回收和综合利用管理暂行办法》",
    "《中华人民共和国安全生产法》",
    "《中华人民共和国固体废物污染环境防治法》",
    "《缺陷汽车产品召回管理条例》",
)
RELABEL_REASONS: Final = ("unreadable", "lost_label", "wrong_label")
INCIDENT_KINDS: Final = ("smoke", "fire", "leak", "swelling", "electric_shock", "water")
ASSESSMENT_METHODS: Final = ("GB/T 34015", "pulse", "full_cycle", "bms_readout")
