"""Findings as rows."""

from typing import Any, Final

from dianchi.domain.findings import kind_of, render, severity_of
from dianchi.domain.sight import seers_of
from dianchi.exchange.json_out import moment
from dianchi.exchange.tables.cells import Row
from dianchi.exports.reading import Listing, Reading, Rows, columns, pages
from dianchi.views.findings.query import FindingItem, list_findings
from dianchi.views.findings.telling import told_to

_COLUMNS: Final = columns("""
code | 异常代码 | Code
text | 内容 | What was found
severity | 级别 | Severity
kind | 类别 | Kind
subject | 对象 | About
prefecture | 州市代码 | Prefecture code
prefecture_name | 州市 | Prefecture
organisation | 单位编号 | Organisation id
organisation_name | 单位 | Organisation
opened_at | 发现时间 | Opened at
closed_at | 消除时间 | Closed at
closes_when | 消除条件 | Closes when
evidence | 证据（事件编号） | Evidence (events)
""")
_SEVERITIES: Final = {
    "zh": {"info": "提示", "low": "低", "medium": "中", "high": "高"},
    "en": {"info": "info", "low": "low", "medium": "medium", "high": "high"},
}
_KINDS: Final = {
    "zh": {"life": "生命史", "link": "关联", "clock": "期限"},
    "en": {"life": "life", "link": "link", "clock": "clock"},
}


async def _rows(reading: Reading) -> Rows:
    told = reading.filters
    state: Any = told.get("state", "open")
    async for page in pages(
        lambda limit, cursor: list_findings(
            reading.seeing,
            limit=limit,
            after=cursor,
            battery=told.get("battery"),
            code=told.get("code"),
            kind=told.get("kind"),
            organisation=told.get("organisation"),
            prefecture=told.get("prefecture"),
            state=state,
            seers=seers_of(reading.reporter),
        )
    ):
        items = await told_to(reading.reporter, reading.seeing, page.items)
        yield [_row(item, reading) for item in items]


def _row(item: FindingItem, reading: Reading) -> Row:
    finding, kind = item.finding, kind_of(item.finding)
    return (
        finding.code,
        render(finding, reading.language, reading.registry.names),
        _SEVERITIES[reading.language][severity_of(finding)],
        _KINDS[reading.language][kind.kind],
        item.subject or None,
        item.prefecture or None,
        reading.place(item.prefecture),
        item.organisation,
        reading.name(item.organisation),
        moment(item.opened_at),
        moment(item.closed_at) if item.closed_at else None,
        reading.say(kind.closes_when),
        " ".join(finding.evidence),
    )


FINDINGS: Final = Listing(_COLUMNS, _rows)
