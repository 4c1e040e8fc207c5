"""What an exported file says of itself: who asked for what and when, and what came of it."""

from collections.abc import Mapping
from typing import Final

from dianchi.domain.exports import TITLES
from dianchi.domain.refusals import Text
from dianchi.domain.role_titles import ROLE_TITLES
from dianchi.domain.working_days import CHINA
from dianchi.exchange.json_out import moment
from dianchi.exchange.tables.cells import RowsHash
from dianchi.exchange.tables.telling import About, Fact
from dianchi.exports.export import Export
from dianchi.exports.reading import Reading

_NAMED: Final[Mapping[str, Text]] = {
    "query": Text("查询", "Query"),
    "organisation": Text("导出单位", "Organisation"),
    "role": Text("身份", "Role"),
    "area": Text("辖区", "Area"),
    "person": Text("导出人编号", "Person (id)"),
    "asked_at": Text("导出时间", "Asked at"),
    "today": Text("业务日期", "Business day"),
    "log_index": Text("日志序号", "Log index"),
    "rows": Text("行数", "Rows"),
    "rows_sha256": Text("各行 SHA-256", "SHA-256 of the rows"),
    "personal": Text("个人信息", "Personal values"),
    "export": Text("导出编号", "Export (id)"),
}
_MASKED: Final = Text("已隐去", "masked")


def about(export: Export, rows: RowsHash, log_index: int | None, reading: Reading) -> About:
    """The facts of a file, in their order.

    Args:
        export: as it was asked for.
        rows: those that were written.
        log_index: up to where in the log they go.
        reading: what they were read with.
    """
    who = export.reporter
    told = {
        "query": export.query,
        "organisation": who.organisation,
        "role": who.role,
        "area": who.bound_to or "",
        "person": who.person or "",
        "asked_at": moment(export.asked_at),
        "today": reading.today.isoformat(),
        "log_index": "" if log_index is None else str(log_index),
        "rows": str(rows.rows),
        "rows_sha256": rows.hex(),
        "personal": "masked",
        "export": str(export.id),
    }
    shown = told | _shown(export, reading)
    return [Fact(name, told[name], title, shown[name]) for name, title in _NAMED.items()]


def _shown(export: Export, reading: Reading) -> dict[str, str]:
    """What people read where machines read a code, an id or a time in UTC."""
    who = export.reporter
    title, name = reading.say(TITLES[export.list]), reading.name(who.organisation)
    return {
        "query": f"{title} ({export.query})",
        "organisation": f"{name} ({who.organisation})",
        "role": reading.say(ROLE_TITLES.get(who.role)) or who.role,
        "area": reading.place(who.bound_to) or "",
        "asked_at": f"{export.asked_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} (+08:00)",
        "personal": reading.say(_MASKED) or "",
    }
