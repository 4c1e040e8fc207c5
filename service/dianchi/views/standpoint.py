"""One battery as it stands: its life read, folded and assessed for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dianchi.domain.findings import Finding
from dianchi.domain.life import Life
from dianchi.domain.recalls import Recall, standing
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar
from dianchi.store.lives import StoredLife, read_life
from dianchi.store.readers import Readers
from dianchi.views.assessing import assess
from dianchi.views.findings.query import opened_at
from dianchi.views.recalls.query import open_recalls


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where a life is looked at: the registry, the rules and the moment of the reader.

    `as_of_us` leaves out what happened later, `known_at` what the log did not hold yet.
    """

    registry: Registry
    rules: Rules
    calendar: WorkingCalendar
    now_us: int
    as_of_us: int | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A life read and assessed for one answer.

    Attributes:
        stored: with all its events.
        life: by then.
        findings: open ones.
        opened: when those opened, by their identity, where the list of findings has them.
        count: of its events by then.
        recalls: the open ones that concern it and whose remedy it has not had.
    """

    stored: StoredLife
    life: Life
    findings: list[Finding]
    opened: Mapping[tuple[str, str, tuple[str, ...]], datetime]
    count: int
    recalls: list[Recall]


async def read_battery(readers: Readers, name: str, at: Standpoint) -> Read | None:
    """The life under a canonical name; None when nothing was reported of it (by then)."""
    async with readers.acquire() as connection:
        stored = await read_life(connection, name, known_at=at.known_at)
        if stored is None or _nothing_by(stored, at.as_of_us):
            return None
        assessed = await assess(
            connection,
            stored,
            at.registry,
            at.rules,
            at.calendar,
            at.now_us,
            as_of_us=at.as_of_us,
            known_at=at.known_at,
        )
        found = assessed.findings
        opened = await opened_at(connection, stored.union.names) if found else {}
        recalls = await open_recalls(connection, at.as_of_us)
    count = len(assessed.folded.order)
    life, names = assessed.folded.life, stored.union.names
    concerning = standing(recalls, life, names)
    return Read(stored, life, found, opened, count, concerning) if count else None


def _nothing_by(stored: StoredLife, as_of_us: int | None) -> bool:
    return as_of_us is not None and all(e.occurred_us > as_of_us for e in stored.events)


def prefecture_of(life: Life, registry: Registry) -> str | None:
    """The prefecture: where it was sold while in use, else of its site, else of its reporter."""
    if life.stage == "in_use" and life.sold_in:
        return life.sold_in
    return registry.prefecture(life.reporter, life.site) if life.reporter else None
