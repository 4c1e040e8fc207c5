"""The findings about organisations: silence and bursts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from asyncpg import Connection, Record

from dianchi.domain.events import REPORTING
from dianchi.domain.findings import Finding
from dianchi.domain.firms import MOST_EVIDENCE, Crowd, burst, silent_firm, smallest_burst
from dianchi.domain.lines import Stream, organisation_subject
from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.terms import end_us
from dianchi.store.names import stream_id
from dianchi.views.assessing import Law
from dianchi.views.findings.project import Shown

_LAST: Final = "SELECT organisation, last_us FROM firm WHERE organisation = ANY ($1::text[])"
_CROWDS: Final = """
SELECT c.organisation, c.code, c.day, c.reports,
       array(SELECT d.event_id FROM doubtful d
              WHERE (d.organisation, d.code, d.day) = (c.organisation, c.code, c.day)
              ORDER BY d.recorded_us, d.event_id LIMIT $3) AS first
  FROM crowd c WHERE c.organisation = ANY ($1::text[]) AND c.reports > $2
"""
_SAID_SILENT: Final = "SELECT subject FROM finding WHERE is_open AND code = 'silent_firm'"
_REPORTS: Final = frozenset(REPORTING)


async def firm_findings(
    connection: Connection, names: Sequence[str], law: Law, now_us: int
) -> list[Shown]:
    """All that is found of these organisations now; they are named as subjects."""
    ids = {name.partition(":")[2]: name for name in names}
    silent = await _silent(connection, ids, law, now_us) if ids else {}
    crowds = await _bursts(connection, ids, law) if ids else {}
    return [
        _shown(name, each, [*silent.get(each, ()), *crowds.get(each, ())], law.registry)
        for each, name in ids.items()
    ]


def _shown(name: str, firm: str, findings: Sequence[Finding], registry: Registry) -> Shown:
    known = registry.organisations.get(firm)
    stream = stream_id(Stream.ORGANISATION, name)
    prefecture = known.prefecture if known else None
    kind = int(Stream.ORGANISATION)
    return Shown(kind, stream, name, findings, (stream,), {}, prefecture, firm)


async def changed_silence(connection: Connection, law: Law, now_us: int) -> set[str]:
    """The subjects of which it is not yet shown that they fell silent, or no longer are."""
    silent = await _silent(connection, law.registry.organisations, law, now_us)
    said = {row["subject"] for row in await connection.fetch(_SAID_SILENT)}
    return said ^ set(map(organisation_subject, silent))


async def _silent(
    connection: Connection, ids: Iterable[str], law: Law, now_us: int
) -> dict[str, list[Finding]]:
    firms = [f for each in ids if (f := law.registry.organisations.get(each)) and _reports(f)]
    last = {firm.id: _joined_us(firm) for firm in firms}
    for row in await connection.fetch(_LAST, list(last)):
        last[row["organisation"]] = row["last_us"]
    found = ((f.id, silent_firm(f.name, last[f.id], now_us, law.rules)) for f in firms)
    return {firm: [silence] for firm, silence in found if silence}


def _reports(firm: Organisation) -> bool:
    """Whether it is here to report: an authority or a mere party owes no report."""
    return firm.onboarded_on is not None and not firm.roles.isdisjoint(_REPORTS)


def _joined_us(firm: Organisation) -> int:
    """The end of the day since which it could report."""
    assert firm.onboarded_on is not None  # noqa: S101 - or it would not report
    return end_us(firm.onboarded_on) - 1


async def _bursts(
    connection: Connection, ids: Iterable[str], law: Law
) -> Mapping[str, list[Finding]]:
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    least = smallest_burst(law.rules)
    for row in await connection.fetch(_CROWDS, list(ids), least, MOST_EVIDENCE):
        firm = law.registry.organisations.get(row["organisation"])
        name = firm.name if firm else row["organisation"]
        if (finding := burst(name, _crowd(row), law.rules)) is not None:
            found[row["organisation"]].append(finding)
    return found


def _crowd(row: Record) -> Crowd:
    return Crowd(row["code"], row["day"], row["reports"], tuple(map(str, row["first"])))
