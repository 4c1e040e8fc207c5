"""The page of measures and indicators."""

from collections.abc import Iterable, Iterator

from dianchi.cli.reference.tables import day_text, table
from dianchi.domain.indicators.measure_rows import MEASURES, Kept
from dianchi.domain.indicators.rows import INDICATORS, Indicator
from dianchi.domain.indicators.values import side


def indicators_page() -> Iterator[str]:
    """What each indicator divides by what, and what each measure counts."""
    yield (
        "没有找到官方公式；下列定义由本平台作出（D），可机读：`schemas/indicators.json`。各项按业务日期\n"
        "（+08:00）计入月份，按事件发生的地点计入州市；更正收回它所更正的，一分不差。\n"
        "`/v1/statistics/indicators` 给出每个数字、截至日志的哪一条，以及数字背后的清单。\n"
    )
    yield (
        "No official formula was found: these definitions are ours (D), for machines in\n"
        "`schemas/indicators.json`. What is counted stands in the month of its business date\n"
        "(+08:00) and at the place of its event; a correction takes back what it corrects, to the\n"
        "gram. `/v1/statistics/indicators` gives each number, up to which entry of the log it is,\n"
        "and the list behind it. Masses are those told with the event, else the last told before\n"
        "it, else the first told at all; who told none counts as 0 kg. Recovered metals follow\n"
        "the log some seconds later than lives.\n"
    )
    yield "## Indicators 指标\n"
    yield table(
        ("indicator", "中文", "English", "unit", "=", "定义", "definition", "source", "from"),
        map(_indicator, INDICATORS),
    )
    yield "## Measures 计量\n"
    yield table(
        ("measure", "中文", "English", "计入", "counts", "other end"),
        ((f"`{m.id}`", m.name.zh, m.name.en, m.text.zh, m.text.en, m.partner) for m in MEASURES),
    )


def _indicator(row: Indicator) -> Iterable[str]:
    formula = _side(row.counts) if row.over is None else f"{_side(row.counts)} ÷ {_side(row.over)}"
    return (
        f"`{row.id}`", row.name.zh, row.name.en, row.unit, formula, row.text.zh, row.text.en,
        f"{row.source}, {row.mark}", day_text(row.valid_from),
    )  # fmt: skip


def _side(counted: tuple[str, Kept]) -> str:
    told = side(counted)
    return f"`{told['measure']}` ({told['unit']})"
