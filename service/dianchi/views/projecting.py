"""Brings the rows of lives, and of the lots, batches and sites around them, up to date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from asyncpg import Connection

from dianchi.domain.lines import Stream, batch_subject
from dianchi.domain.measures import day_of
from dianchi.domain.rule_set import rule_set
from dianchi.domain.told import told
from dianchi.views.assessing import Assessed, Law, Told, View, assess_all
from dianchi.views.batteries.project import battery_row, stores_of, write_batteries
from dianchi.views.findings.project import Shown, write_findings
from dianchi.views.findings.subjects import Subject, mark, settle, site_subject
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
        following: this is for entries of the log.
        moment: when what is found became known; None when that was at some time before.
        anew: the rules changed, so that verdicts that change are kept.
        tallied: obligations are counted as they are written, not all of them at the end.
    """

    law: Law
    now_us: int
    log_index: int
    moment: datetime | None
    following: bool = False
    anew: bool = False
    tallied: bool = True


async def project_lives(connection: Connection, names: Iterable[str], now: Now) -> int:
    """Writes the rows of these lives and their findings, and marks what they touch.

    In the caller's transaction, some hundred lives at a time; gives how many lives were written.
    """
    written = 0
    for some in _chunks(sorted(set(names))):
        lives = await read_lives(connection, some)
        await write_lives(connection, lives, now)
        written += len(lives.told)
    return written


async def write_lives(connection: Connection, lives: Lives, now: Now) -> None:
    """The same for lives that were read."""
    assessed = await assess_all(connection, lives.told, now.law, View(now.now_us), lives.known)
    await _write(connection, lives, assessed, now)


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))


async def _write(
    connection: Connection, lives: Lives, assessed: Sequence[Assessed], now: Now
) -> None:
    registry = now.law.registry
    left = await stores_of(connection, lives.streams.values())
    pairs = list(zip(lives.told, assessed, strict=True))
    rows = [
        battery_row(life, found, lives.stream(life), registry, now.log_index)
        for life, found in pairs
    ]
    await write_batteries(connection, rows, lives.others(), following=now.following)
    shown = [_shown(life, found, lives, now.law) for life, found in pairs]
    await write_findings(connection, shown, registry, now.moment)
    owed = [
        Owed(lives.stream(life), life.union.canonical, lives.members(life), found.owed)
        for life, found in pairs
    ]
    await write_obligations(connection, owed, _judging(now))
    await count_lives(connection, pairs, lives, registry)
    await mark(connection, _touched(assessed, left, now.law), now.now_us)


def _judging(now: Now) -> Judging:
    registry, rules, calendar = now.law
    today = day_of(now.now_us)
    return Judging(
        rules, registry, rule_set(rules, calendar), today, anew=now.anew, tallied=now.tallied
    )


def _shown(life: Told, assessed: Assessed, lives: Lives, law: Law) -> Shown:
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
            batches |= {
                (int(Stream.BATCH), batch_subject(event.organisation, event.data["batch"]))
                for event in told(each.folded)
                if event.type == "recycled"
            }
    return batches | {site_subject(*store) for store in stores if store in law.registry.sites}


async def project_subjects(connection: Connection, now: Now) -> int:
    """Looks at lots, batches and sites that are due; gives how many findings they showed.

    Gives the number looked at; fewer than asked for at once means that none is left.
    """
    shown = await settle(connection, now.law, now.now_us, SUBJECTS_AT_ONCE)
    await write_findings(connection, shown, now.law.registry, now.moment)
    return len(shown)
