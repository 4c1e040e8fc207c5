"""The page of deadlines and limits."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any, Final

from dianchi.cli.reference.tables import day_text, table, ticked
from dianchi.domain.areas import FUNCTIONAL_AREAS
from dianchi.domain.danger import STEPS
from dianchi.domain.deadlines import Regime, Rule, Trigger
from dianchi.domain.handover_rows import HANDOVER_RULES
from dianchi.domain.permit_rows import TAKERS
from dianchi.domain.refusals import Text
from dianchi.domain.rules import RULES
from dianchi.domain.vendors import VENDORS

_MARKS: Final = (
    ("V", "原文见过", "the source text was seen"),
    ("V2", "经第二手来源见过", "seen in a second-hand source"),
    ("R-h, R-m, R-l", "凭记忆，可信度高、中、低", "from memory; high, medium, low confidence"),
    ("D", "本平台自定", "decided here"),
)


def rules_page() -> Iterator[str]:
    """Regimes, duties and limits with their marks."""
    yield (
        "每条规则按上报的业务日期适用，不按今天。期限从次日起算，到最后一日 24:00（+08:00）为止；\n"
        "最后一日不是工作日的，顺延到下一个工作日（贮存期限不顺延）。\n"
    )
    yield (
        "A report is judged by the rule in force on its business date, not by today's. The day\n"
        "itself is not counted; a term ends at 24:00 +08:00 of its last day, which moves to the\n"
        "next working day (time in store does not move). A row is *statutory* only where its\n"
        "source was seen and names an article; every other row is a house rule of this service.\n"
    )
    yield table(("mark", "中文", "English"), _MARKS)
    yield "## Regimes 制度\n"
    yield table(
        ("id", "中文", "English", "from", "to"),
        (
            (f"`{r.id}`", r.title.zh, r.title.en, day_text(r.valid_from), day_text(r.valid_to))
            for r in RULES.regimes
            if isinstance(r, Regime)
        ),
    )
    yield "## Deadlines 期限\n"
    yield table(
        ("rule", "中文", "regime", "begins with", "term", "met by", "answers", "reports", "binding",
         "source"),
        (_deadline(rule) for rule in RULES.duties),
    )  # fmt: skip
    for title, rows in _limits():
        yield f"## {title}\n"
        yield _dated(rows)


def _deadline(rule: Rule) -> Iterable[str]:
    unit = rule.unit.value.replace("_", " ")
    met = ticked(sorted(rule.met_by)) or "being recorded in time"
    source = " ".join(filter(None, (rule.mark, rule.article)))
    return (
        f"`{rule.id}`", rule.title.zh, rule.regime, _trigger(rule.trigger),
        f"{rule.amount} {unit}", met if rule.trigger.types else "", rule.bearer, rule.reporter,
        rule.binding, source,
    )  # fmt: skip


def _trigger(trigger: Trigger) -> str:
    if not trigger.types:
        return "no report yet"
    said = ticked(sorted(trigger.types))
    for word, values in (
        ("by", trigger.roles),
        ("into", trigger.host_kinds),
        ("class", trigger.safety_classes),
    ):
        said += f" {word} {ticked(sorted(values))}" if values else ""
    return said


def _limits() -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "Thresholds 阈值", RULES.numbers
    yield "Recovery floors 回收率下限", RULES.floors
    yield "Prohibited uses 禁用领域", RULES.prohibitions
    yield "Outlets 网点", RULES.outlet_limits
    yield "Tolerances of mass 质量容差", RULES.tolerances
    yield "Plausible ratios 合理范围", RULES.windows
    yield "Steps at a dangerous battery 险情处置", STEPS
    yield "Before a hand-over 装车之前", HANDOVER_RULES
    yield "Permits to take waste over 接收废旧电池的许可", TAKERS
    yield "Functional areas 功能区", FUNCTIONAL_AREAS
    yield "Vendor codes 厂商代码", tuple(VENDORS.values())


def _dated(rows: tuple[Any, ...]) -> str:
    """A table of dated rows, one column for each field."""
    names = [f.name for f in fields(rows[0])]
    heads = [name.replace("_", " ") for name in names]
    return table(heads, ([_cell(getattr(row, name)) for name in names] for row in rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "any"
    if isinstance(value, Text):
        return f"{value.zh} {value.en}"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value)
