"""What the third-party evaluation of an organisation (第三方评价) looks at, with definitions.

No official formula was found: the definitions are ours (mark D), and dated: a new one is a new row.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dianchi.domain.dated import ALWAYS
from dianchi.domain.refusals import Text

PLACES: Final = Decimal("0.0001")
INDICATORS_LOOKED_AT: Final = ("completeness", "completeness_onboarded", "closed_rate")
"""Indicators of the dashboard that the sheet has, over what the organisation reported."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is looked at.

    Attributes:
        id: its word.
        text: how it is worked out.
    """

    id: str
    name: Text
    text: Text
    valid_from: date = ALWAYS
    valid_to: date | None = None


CRITERIA: Final = (
    Criterion(
        "timeliness",
        Text("及时率", "timeliness"),
        Text(
            "按期办结的法定义务 ÷（按期 + 逾期办结 + 超期未办），"
            "按到期日落在评价期内、由该单位承担责任的计；"
            "待核的和失效的不计，另行列出；平台约定不参与评价",
            "statutory duties met in time over those met in time, met late or overdue, of those due"
            " in the period that the organisation answers for; unchecked and lapsed ones stand"
            " beside it; house rules are not looked at",
        ),
    ),
    Criterion(
        "findings",
        Text("异常", "findings"),
        Text(
            "评价期内由该单位的上报显示的异常数、其中已消除的，和期末仍未消除的全部异常",
            "findings that reports of the organisation showed in the period, how many were cleared"
            " in it, and all that are open",
        ),
    ),
    Criterion(
        "recovery",
        Text("金属回收率", "metal recovery"),
        Text(
            "评价期内可核算批次回收的金属量 ÷ 投入的金属量；旁列评价期末有效的各工艺下限，供对照："
            "是否达标按企业、工艺和 12 个月另行判定",
            "metal recovered by rated batches over metal put in, within the period; beside it the"
            " floor of each process that holds at its end, for comparison: whether a floor is kept"
            " is judged per firm, process and 12 months",
        ),
    ),
)


def timeliness(met: int, late: int, overdue: int) -> Decimal | None:
    """The share of what was due that was met in time; None where nothing was due."""
    due = met + late + overdue
    return (Decimal(met) / due).quantize(PLACES) if due else None
