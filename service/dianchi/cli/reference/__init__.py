"""Generates the pages of docs/reference from the code, so that they cannot fall behind it."""

from collections.abc import Iterator

from dianchi.cli.reference.access import access_page
from dianchi.cli.reference.columns import columns_page
from dianchi.cli.reference.duties import obligations_page
from dianchi.cli.reference.indicators import indicators_page
from dianchi.cli.reference.law import rules_page
from dianchi.cli.reference.reports import events_page, stages_page, words_page
from dianchi.cli.reference.running import commands_page, settings_page
from dianchi.cli.reference.tables import page
from dianchi.cli.reference.verdicts import findings_page, problems_page


def documents() -> Iterator[tuple[str, str]]:
    """Every generated page: its path under docs/, and its text."""
    yield "reference/events.md", page("事件 · Events", events_page())
    yield "reference/words.md", page("词表 · Words", words_page())
    yield "reference/stages.md", page("状态 · Stages", stages_page())
    yield "reference/findings.md", page("发现 · Findings", findings_page())
    yield "reference/indicators.md", page("指标 · Indicators", indicators_page())
    yield "reference/problems.md", page("拒绝代码 · Problems", problems_page())
    yield "reference/rules.md", page("期限与限值 · Deadlines and limits", rules_page())
    yield "reference/obligations.md", page("责任期限 · Obligations", obligations_page())
    yield "reference/access.md", page("访问权限 · Access", access_page())
    yield "reference/settings.md", page("设置 · Settings", settings_page())
    yield "reference/commands.md", page("命令 · Commands", commands_page())
    yield "reference/columns.md", page("列的等级 · Classes of columns", columns_page())
