"""Measures: what is counted of lives and batches, and how it is written down."""

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from dianchi.domain.refusals import Text

Partner = Literal["", "place", "stage", "site", "process", "firm", "maker"]
Kept = Literal["things", "mass_g", "energy_wh", "stay_s"]
"""What of an amount is looked at."""
_PARTNERS: Final[dict[str, Partner]] = {word: word for word in get_args(Partner)}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted.

    Attributes:
        partner: what the other end of it is, where it is a flow: a place, two stages; or what else
            it is counted by: a site, a site and a process, the firm whose it is, who made it.
        of_duties: counted of obligations (`views/obligations/timeliness`), not of lives.
    """

    id: str
    name: Text
    text: Text
    partner: Partner = ""
    of_duties: bool = False


def _measure(block: str) -> Measure:
    """Reads `word | 中文 | English | kind of the other end`, the definition in zh, and in en."""
    head, zh, *en = block.splitlines()
    word, name_zh, name_en, *more = head.split(" | ")
    partner = _PARTNERS["".join(more)]
    return Measure(word, Text(name_zh, name_en), Text(zh, " ".join(en)), partner)


METALS: Final = (
    ("lithium", "锂", "lithium"),
    ("nickel", "镍", "nickel"),
    ("cobalt", "钴", "cobalt"),
    ("manganese", "锰", "manganese"),
)
_LIVES: Final = """
seen | 见过的电池 | packs seen
每只电池一次，计入首个事件的月份和地点
each pack once, in the month and place of its first event

unbroken | 链条完整的电池 | unbroken packs
见过的电池中，没有断链、来源不明、结束后活动或重码发现的
of the packs seen, those without a finding of a broken chain, unknown origin, activity after the
end or a doubled code

seen_onboarded | 接入后见过的电池 | packs seen after onboarding
见过的电池中，首个事件不早于其上报单位接入之日的
of the packs seen, those whose first event is not before the day on which its reporter was
onboarded

unbroken_onboarded | 接入后链条完整的电池 | unbroken packs after onboarding
同时满足上两项
both of the above

made | 生产、进口 | made or imported
每只电池的出生登记
the birth of each pack

made_of_lots | 登记了物料的新电池 | new packs whose lots are told
上一项中，出生登记写明所用物料批次的
of those, packs whose birth names lots that went in

sold | 销售 | sold
每条销售上报，计入所报的州市
each report of a sale, in the prefecture that it names

retired | 退役 | retired
使用结束的首个迹象：退役、报废拆下、回收入库、被利用企业接收或如此登记；再次投用后可再计
the first sign that use has ended: retired, out of a scrapped vehicle, taken in, received by a
utilizer, or declared so; again after it came back into use

gathered | 归集 | gathered
退役后首次由网点、拆解或利用企业收到
first taken in by an outlet, dismantler, utilizer or recycler after it was retired

utilizer_in | 利用企业接收 | received by utilizers
退役后首次由综合利用或再生企业接收
first received by a utilizer or recycler after it was retired

properly_received | 有许可的利用企业接收 | received under a permit
上一项中，接收当日登记有有效许可的
of those, under a permit that was valid on the day, as registered; what it takes a permit for is
dated

recycler_in | 再生企业接收 | received by recyclers
退役后首次由再生企业接收
first received by a recycler after it was retired

assessed | 余能评估 | assessed
退役后首次评估
first assessed after it was retired

disassembled | 拆解 | disassembled
被拆解的电池
packs that were taken apart

consumed | 并入新品 | built into products
重组时用掉的电池
packs that went into a second-life product

second_life_made | 综合利用产品 | second-life products
重组出的新产品
products that were made of used packs

recycled | 再生利用 | recycled
投入再生批次的电池，按投料质量
packs that entered a recycling batch, by the mass entered

recycled_used | 用过的电池再生利用 | used packs recycled
上一项中，投料前有使用或退役迹象的，以及拆出的部件和综合利用产品；产出物料算再生
of those, packs with a sign of use or of its end before, parts that were taken out, and second-life
products: what comes of them is recycled material

recycled_new | 未用过的电池再生利用 | unused packs recycled
投入再生批次、出生已登记而没有任何使用或退役迹象的；产出物料按生产废料，不算再生
packs that entered a batch whose birth is told and no use nor end of it: what comes of them is
production scrap and no recycled material

sent | 移交出库 | sent
每只电池的每次移交
each pack each time it was sent

closed | 移交已答复 | sent and answered
上一项中，已接收、拒收或退回的；计入发出的月份和地点
of those, received, declined or returned; in the month and place of sending

stayed | 在库结束 | stays ended
每次在库，计入离库的月份和入库的地点
each stay in a store, in the month in which it ended and the place where it was

moved | 阶段流转 | moved between stages | stage
每次阶段变化；在途仍算原阶段
each change of stage; under way counts as the stage before

came | 省内流入 | came from within | place
从省内其他州市或不明地点到达
arrived from another prefecture of Yunnan or from nobody knows where

left | 省内流出 | left within | place
发往省内其他州市或不明地点
sent to another prefecture of Yunnan or to nobody knows where

inflow | 流入本省 | inflow | place
从外省移交或登记入省，每次进入计一次
handed over or reported in from another province, once for each time

outflow | 流出本省 | outflow | place
移交或登记到外省，每次离开计一次
handed over or reported out to another province, once for each time

seen_of | 见过的电池，按制造单位 | packs seen, by their maker | maker
每只电池一次；制造单位是上报其生产的单位，没有时按编码的厂商代码
each pack once; its maker is who reported its production, else the vendor of its code

sold_of | 随车销售，按整车企业 | sold in vehicles, by vehicle maker | firm
随车销售的电池，计入所报的州市；整车企业是上报装车或销售的整车企业，没有时为不明
packs sold in vehicles, in the prefecture that is named; the vehicle maker is the one that reported
the fitting, else the sale, else nobody knows

taken_in | 网点入库 | taken in at outlets | site
网点、拆解企业每次收进旧电池：回收入库，或首次接收一次移交；按场所
each time an outlet or dismantler took a used pack in: collected, or received for the first time of
a hand-over; by its site

treated | 处理 | treated | process
拆解、并入新品或投入再生批次的电池，按场所和工艺
packs taken apart, built into products or put into a batch, by site and process

treated_lots | 处理的物料 | lots treated | process
投入再生批次的物料（如黑粉），按场所和工艺；每批次计一次
lots put into a batch, as black mass is, by site and process; once for each batch
"""
_DUTIES: Final = """
duties_met | 按期办结 | duties met in time
法定义务，到期日在所选月份内，已在到期日或以前办结
statutory duties that fall due in these months and were met on that day or before

duties_due | 到期应办 | duties due
法定义务，到期日在所选月份内：按期办结、逾期办结和逾期未办的；失效和待核的不计
statutory duties that fall due in these months: met in time, met late, or overdue; neither lapsed
nor those that nobody has checked
"""
_BATCHES: Final = tuple(
    Measure(f"{what}_{metal}", Text(name_zh.format(zh), name_en.format(en)), Text(*text))
    for metal, zh, en in METALS
    for what, name_zh, name_en, text in (
        (
            "recovered",
            "回收的{}",
            "recovered {}",
            (
                "再生批次产出物料中的金属量，按化学计量和化验纯度；黑粉、极粉不计",
                "the metal in what a batch gave, by its formula and assayed purity, powders not",
            ),
        ),
        (
            "rated_out",
            "可核算批次回收的{}",
            "{} recovered by rated batches",
            (
                "同上，仅限投料全部已知且产出无需化验的批次",
                "the same, of batches whose inputs are all known and whose outputs need no assay",
            ),
        ),
        (
            "rated_in",
            "可核算批次投入的{}",
            "{} put into rated batches",
            (
                "这些批次投料中的金属量，按化学体系的平均含量（R-l）",
                "the metal in what went into these batches, by the average of its kind (R-l)",
            ),
        ),
    )
)
_NEW: Final = tuple(
    Measure(
        f"new_{kind}_{word}",
        Text(f"新电池所用物料中{kind_zh}{zh}", f"{kind_en} {en} in lots of new packs"),
        Text(
            f"出生登记写明的物料中{of_zh}的{zh}量，计入电池的生产月份和企业；每批物料、每只电池计一次",
            f"the {en} in lots that births name, {of_en}; in the month and firm of the pack, once"
            " for each lot and pack",
        ),
    )
    for word, zh, en in (("material", "物料", "material"), *METALS)
    for kind, kind_zh, kind_en, of_zh, of_en in (
        (
            *("recycled", "再生的", "recycled"),
            "沿物料批次追溯到用过的电池或登记为消费后废料",
            "traced through their batches to used packs, or declared as consumer waste",
        ),
        (
            *("known", "来源已知的", "known"),
            "来源已知（再生的，或来自未用过的电池、登记为生产废料的）",
            "of known origin: recycled, or out of unused packs or declared as production scrap",
        ),
    )
)
MEASURES: Final = (
    *map(_measure, _LIVES.strip().split("\n\n")),
    *_BATCHES,
    *_NEW,
    *(replace(_measure(block), of_duties=True) for block in _DUTIES.strip().split("\n\n")),
)
