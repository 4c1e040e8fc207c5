"""Indicators with their written definitions, as dated rows.

No official formula was found (domain study 14): these definitions are ours (mark D). A definition
never changes under its date; a new one is a new row, from a date on.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Mark
from dianchi.domain.indicators.measure_rows import METALS, Kept
from dianchi.domain.refusals import Text

_FROM: Final = ALWAYS


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number of the dashboard: a sum, or a sum over another.

    Attributes:
        counts: the measure above the line, and what of it.
        over: the measure below the line; None where there is none.
        source: where the formula comes from.
        metal: the metal of which dated floors are shown beside it.
    """

    id: str
    name: Text
    text: Text
    unit: Literal["share", "days", "kg", "packs"]
    counts: tuple[str, Kept]
    over: tuple[str, Kept] | None
    source: str = "domain 14"
    mark: Mark = "D"
    metal: str = ""
    valid_from: date = _FROM
    valid_to: date | None = None


INDICATORS: Final = (
    Indicator(
        "collection_rate",
        Text("归集率", "collection rate"),
        Text(
            "归集的电池数 ÷ 已知退役的电池数；未上报的退役不在分母中",
            "packs gathered over packs known to be retired; what nobody reported is not below the"
            " line",
        ),
        "share",
        ("gathered", "things"),
        ("retired", "things"),
    ),
    Indicator(
        "proper_recovery_rate",
        Text("规范回收率", "proper recovery rate"),
        Text(
            "有许可的利用企业接收的质量 ÷ 退役电池的质量",
            "mass received by utilizers under a valid permit over mass retired",
        ),
        "share",
        ("properly_received", "mass_g"),
        ("retired", "mass_g"),
    ),
    Indicator(
        "second_life_rate",
        Text("综合（梯次）利用率", "second-life rate"),
        Text(
            "综合利用产品的质量 ÷ 经评估电池的质量",
            "mass of second-life products over mass assessed",
        ),
        "share",
        ("second_life_made", "mass_g"),
        ("assessed", "mass_g"),
    ),
    Indicator(
        "recycling_rate",
        Text("再生利用率", "recycling rate"),
        Text(
            "投入再生批次的质量 ÷ 再生企业接收的质量；同月的批次可含以前接收的电池",
            "mass that entered batches over mass received by recyclers; a batch may hold what was"
            " received in an earlier month",
        ),
        "share",
        ("recycled", "mass_g"),
        ("recycler_in", "mass_g"),
    ),
    Indicator(
        "completeness",
        Text("完整率（全部）", "completeness, all packs"),
        Text("链条完整的电池数 ÷ 见过的电池数", "unbroken packs over packs seen"),
        "share",
        ("unbroken", "things"),
        ("seen", "things"),
    ),
    Indicator(
        "completeness_onboarded",
        Text("完整率（接入后首见）", "completeness, first seen after onboarding"),
        Text(
            "同上，仅限首个事件不早于其上报单位接入之日的电池",
            "the same, of packs first seen on or after the day on which their reporter was"
            " onboarded",
        ),
        "share",
        ("unbroken_onboarded", "things"),
        ("seen_onboarded", "things"),
    ),
    Indicator(
        "closed_rate",
        Text("闭环率", "closed hand-overs"),
        Text(
            "已答复的移交电池数 ÷ 移交的电池数，计入发出的月份",
            "packs sent and answered over packs sent, in the month of sending",
        ),
        "share",
        ("closed", "things"),
        ("sent", "things"),
    ),
    Indicator(
        "timeliness",
        Text("及时率", "timeliness"),
        Text(
            "按期办结的法定义务 ÷ 到期应办的法定义务，按到期日计入月份、按义务所在地计入州市；"
            "平台自定的期限、失效和待核的不计",
            "statutory duties met in time over those due, in the month of the due day and the place"
            " where they are owed; neither house terms nor what lapsed or nobody has checked",
        ),
        "share",
        ("duties_met", "things"),
        ("duties_due", "things"),
        source="domain 13, 14",
    ),
    Indicator(
        "days_in_store",
        Text("平均在库天数", "mean days in store"),
        Text(
            "当月结束的在库时间之和 ÷ 在库次数；仍在库的不计",
            "time in store of the stays that ended over their number; what is still in store does"
            " not count",
        ),
        "days",
        ("stayed", "stay_s"),
        ("stayed", "things"),
    ),
    *(
        Indicator(
            f"{word}_kg",
            Text(zh, en),
            Text(f"“{zh}”的质量之和", f"the mass of all that is counted as {word}"),
            "kg",
            (word, "mass_g"),
            None,
        )
        for word, zh, en in (
            ("retired", "退役量", "mass retired"),
            ("gathered", "归集量", "mass gathered"),
            ("recycled", "再生利用量", "mass recycled"),
            ("inflow", "流入本省", "inflow into the province"),
            ("outflow", "流出本省", "outflow from the province"),
        )
    ),
    *(
        Indicator(
            f"recovered_{metal}_kg",
            Text(f"回收{zh}", f"recovered {en}"),
            Text("所有再生批次产出中的金属量", "the metal in what all batches gave"),
            "kg",
            (f"recovered_{metal}", "mass_g"),
            None,
            source="domain 6",
        )
        for metal, zh, en in METALS
    ),
    *(
        Indicator(
            f"{metal}_recovery_rate",
            Text(f"{zh}回收率", f"{en} recovery rate"),
            Text(
                "可核算批次回收的金属量 ÷ 投入的金属量；下限按企业和工艺的 12 个月判定，列出供对照",
                "metal recovered by rated batches over metal put in; floors are judged per firm and"
                " process over 12 months and stand beside it for comparison",
            ),
            "share",
            (f"rated_out_{metal}", "mass_g"),
            (f"rated_in_{metal}", "mass_g"),
            source="domain 6",
            metal=metal,
        )
        for metal, zh, en in METALS
    ),
)
