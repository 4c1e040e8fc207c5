"""Brings the rows of lives, and of the lots, batches and sites around them, up to date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.lines import Stream, batch_subject
from dianchi.domain.measures import day_of
from dianchi.domain.registry import Registry
from dianchi.domain.rule_set import rule_set
from dianchi.domain.told import told
from dianchi.views.assessing import Assessed, Law, Told, View, assess_all
from dianchi.views.batteries.project import Row, battery_row, stores_of, write_batteries
from dianchi.views.findings.project import Shown, write_findings
from dianchi.views.findings.subjects import Subject, mark, settle, site_subject
from dianchi.views.indicators.origins import counted_as, downstream
from dianchi.views.indicators.project import count_lives
from dianchi.views.obligations.project import Judging, Owed, write_obligations
from dianchi.views.reading import Lives, read_lives
from dianchi.views.standpoint import prefecture_of

AT_ONCE: Final = 500
"""Lives read by one question: enough that the trips do not count, few enough for the memory."""
SUBJECTS_AT_ONCE: Final = 50


class Now(NamedTuple):
    """When and by what law rows are brought up to date.

    Attributes:
        log_index: the end of the log, before anything is read.
        moment: when what is found became known; None when that was at some time before.
        anew: the rules changed, so that verdicts that change are kept.
    """

    law: Law
    now_us: int
    log_index: int
    moment: datetime | None
    anew: bool = False


async def project_lives(connection: Connection, names: Iterable[str], now: Now) -> int:
    """Writes the rows of these lives and their findings, and marks what they touch.

    In the caller's transaction, some hundred lives at a time; gives how many lives were written.
    """
    written = 0
    for some in _chunks(sorted(set(names))):
        lives = await read_lives(connection, some)
        assessed = await assess_all(connection, lives.told, now.law, View(now.now_us), lives.known)
        await _write(connection, lives, assessed, now)
        written += len(lives.told)
    return written


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))


async def _write(
    connection: Connection, lives: Lives, assessed: Sequence[Assessed], now: Now
) -> None:
    registry = now.law.registry
    left = await stores_of(connection, lives.streams.values())
    pairs = list(zip(lives.told, assessed, strict=True))
    rows = [row_of(life, found, lives, now) for life, found in pairs]
    await write_batteries(connection, rows, lives.others())
    shown = [shown_of(life, found, lives, now.law) for life, found in pairs]
    await write_findings(connection, shown, registry, now.moment)
    owed = [owed_of(life, found, lives) for life, found in pairs]
    await write_obligations(connection, owed, judging(now))
    anew = await _count(connection, pairs, lives, registry)
    touched = _touched(assessed, left, now.law) | await downstream(connection, anew)
    await mark(connection, touched, now.now_us)


async def _count(
    connection: Connection, pairs: Sequence[tuple[Told, Assessed]], lives: Lives, registry: Registry
) -> set[Subject]:
    """Counts the lives; gives the batches whose packs are known to be used, or not, since now.

    What comes out of these is of another origin from now on, however long ago it did.
    """
    treated = {
        lives.stream(life): found for life, found in pairs if "recycled" in found.folded.types
    }
    before = await counted_as(connection, treated) if treated else {}
    await count_lives(connection, pairs, lives, registry)
    after = await counted_as(connection, treated) if treated else {}
    changed = [found for s, found in treated.items() if before.get(s) != after.get(s)]
    return {batch for found in changed for batch in _batches(found)}


def judging(now: Now) -> Judging:
    """By what obligations are judged."""
    registry, rules, calendar = now.law
    return Judging(rules, registry, rule_set(rules, calendar), day_of(now.now_us), anew=now.anew)


def row_of(life: Told, assessed: Assessed, lives: Lives, now: Now) -> Row:
    """The list row of a life."""
    return battery_row(life, assessed, lives.stream(life), now.law.registry, now.log_index)


def owed_of(life: Told, assessed: Assessed, lives: Lives) -> Owed:
    """All that is owed of a life."""
    return Owed(lives.stream(life), life.union.canonical, lives.members(life), assessed.owed)


def shown_of(life: Told, assessed: Assessed, lives: Lives, law: Law) -> Shown:
    """All that is found of a life."""
    return Shown(
        int(Stream.BATTERY),
        lives.stream(life),
        life.union.canonical,
        assessed.findings,
        lives.members(life),
        assessed.around,
        prefecture_of(assessed.folded.life, law.registry) if assessed.findings else None,
        assessed.folded.life.holder,
    )


def _touched(
    assessed: Iterable[Assessed], left: Iterable[tuple[str, str]], law: Law
) -> set[Subject]:
    """The batches that lives went into, and the stores that they stand in or stood in."""
    batches: set[Subject] = set()
    stores = set(left)
    for each in assessed:
        life = each.folded.life
        if life.stage == "collected" and life.holder and life.site:
            stores.add((life.holder, life.site))
        if life.stage == "recycled":
            batches |= _batches(each)
    return batches | {site_subject(*store) for store in stores if store in law.registry.sites}


def _batches(assessed: Assessed) -> set[Subject]:
    """The batches that a life went into."""
    return {
        (int(Stream.BATCH), batch_subject(event.organisation, event.data["batch"]))
        for event in told(assessed.folded)
        if event.type == "recycled"
    }


async def project_subjects(connection: Connection, now: Now) -> int:
    """Looks at lots, batches and sites that are due; gives how many findings they showed.

    Gives the number looked at; fewer than asked for at once means that none is left.
    """
    shown = await settle(connection, now.law, now.now_us, SUBJECTS_AT_ONCE)
    await write_findings(connection, shown, now.law.registry, now.moment)
    return len(shown)
