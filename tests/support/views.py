"""The record with its log and its views, each moved by hand."""

from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.exchange.working_calendar import working_calendar
from dianchi.ledger.sequencer import Sequencer
from dianchi.views.findings.query import FindingItem, State, list_findings
from dianchi.views.runner import Projector
from support.record import Record, StillClock, recording

BATTERY_COLUMNS = """
name, names, stage, prefecture, chemistry, holder, reporter, owner, site, host_kind, host, model,
energy_kwh, mass_kg, quarantined, last_us, since_us, next_change_us
"""


@dataclass(slots=True)
class Views:
    """A record, and what follows it."""

    record: Record
    sequencer: Sequencer
    projector: Projector

    async def follow(self) -> None:
        """Lets the log and the views catch up with what was reported."""
        await self.sequencer.drain()
        while await self.projector.step():
            pass

    async def batteries(self) -> list[dict[str, Any]]:
        """All list rows by name, but for the log index."""
        rows = await self.record.rows(
            f"SELECT {BATTERY_COLUMNS} FROM battery ORDER BY name"  # noqa: S608 - our own columns
        )
        return [dict(row) for row in rows]

    async def battery(self, name: str) -> dict[str, Any]:
        """One list row."""
        [row] = [row for row in await self.batteries() if row["name"] == name]
        return row

    async def findings(self, state: State = "open", **filters: str) -> list[FindingItem]:
        """Findings, by code and subject."""
        page = await list_findings(self.record.readers, limit=500, state=state, **filters)
        return sorted(page.items, key=lambda item: (item.finding.code, item.subject))

    async def codes(self, state: State = "open", **filters: str) -> list[str]:
        """The codes of findings, but those of late reports."""
        return [
            item.finding.code
            for item in await self.findings(state, **filters)
            if item.finding.code not in ("late_report", "overdue_report")
        ]

    async def shown(self) -> list[tuple[Any, ...]]:
        """All that the open findings say, but for the times at which they opened."""
        rows = await self.record.rows(
            "SELECT finding_id, subject, code, kind, severity, prefecture, organisation, said,"
            " evidence FROM finding WHERE is_open ORDER BY finding_id"
        )
        return [tuple(row) for row in rows]

    async def lawful(self) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
        """What no order of arrival may change: all but what depends on when it was recorded."""
        rows = await self.batteries()
        for row in rows:
            del row["next_change_us"]
        return rows, [row for row in await self.shown() if row[3] != "clock"]

    def enrol(self, registry: Registry) -> None:
        """Makes this the registry of now."""
        self.record.registry.append(registry)


@asynccontextmanager
async def views_over(dsn: str, clock: StillClock | None = None) -> AsyncIterator[Views]:
    """A recorder, sequencer and projector over a migrated database."""
    async with recording(dsn, clock) as record:

        async def registry(_reporters: AbstractSet[str]) -> Registry:
            return record.registry[-1]

        sequencer = Sequencer(dsn)
        projector = Projector(dsn, registry, RULES, working_calendar(), record.clock)
        try:
            yield Views(record, sequencer, projector)
        finally:
            await projector.close()
            await sequencer.close()
