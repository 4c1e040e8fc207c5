"""Which lives a change of the registry concerns."""

from hashlib import blake2b
from typing import Any, Final

from asyncpg import Connection

from dianchi.domain.lines import Stream
from dianchi.domain.registry import Organisation, Registry
from dianchi.views.findings.subjects import firm_subject, mark

# Codes of other vendors are not read; a change of this table is rare, a scan of the list is cheap.
_MARK_MADE_BY: Final = """
UPDATE battery SET next_change_us = 0
 WHERE left(name, 3) = ANY ($1::text[]) AND strpos(name, ':') = 0
"""
_BYTES: Final = 7
_CODES: Final = ("illegal_receiver", "impossible_travel", "unknown_origin", "unknown_party")
# Due at once: the sweep takes them.
_MARK: Final = """
UPDATE battery SET next_change_us = 0
 WHERE holder = ANY ($1::text[]) OR reporter = ANY ($1::text[])
    OR stream_id IN (SELECT subject_id FROM finding WHERE is_open AND code = ANY ($2::text[]))
"""
# Where something was counted follows the registry: so does what was counted under a firm, and a
# flow whose other end nobody knew (or, once a firm has moved, any).
_COUNTED: Final = """
SELECT DISTINCT s.stream_id, s.kind, s.name
  FROM tally t
  JOIN contribution c ON c.cells @> ARRAY[t.cell]
  JOIN stream s ON s.stream_id = c.stream_id
 WHERE t.firm = ANY ($1::text[])
    OR (t.measure = ANY ($2::text[]) AND (t.partner = '' OR $3))
"""
_FLOWS: Final = ("came", "inflow", "left", "outflow")
_MARK_THESE: Final = "UPDATE battery SET next_change_us = 0 WHERE stream_id = ANY ($1::uuid[])"


def fingerprint(registry: Registry) -> int:
    """A number that stands for all that the registry says."""
    said = [_said(each) for _, each in sorted(registry.organisations.items())]
    sites = sorted(map(repr, registry.sites.values()))
    vendors = sorted(map(repr, registry.vendors.values()))
    digest = blake2b(repr((said, sites, vendors)).encode(), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big")


def _said(firm: Organisation) -> tuple[Any, ...]:
    return (
        firm.id,
        firm.name,
        firm.uscc,
        firm.province,
        firm.prefecture,
        sorted(firm.roles),
        str(firm.onboarded_on),
        [repr(permit) for permit in firm.permits],
    )


def changed(before: Registry, after: Registry) -> set[str]:
    """The organisations of which the registry says something else, of them or of their sites."""
    firms = {
        each
        for each in before.organisations.keys() | after.organisations.keys()
        if before.organisations.get(each) != after.organisations.get(each)
    }
    return firms | {
        place[0]
        for place in before.sites.keys() | after.sites.keys()
        if before.sites.get(place) != after.sites.get(place)
    }


def moved(before: Registry, after: Registry) -> set[str]:
    """The organisations that were known and are said to be elsewhere now."""
    return {
        each.id
        for each in before.organisations.values()
        if (firm := after.organisations.get(each.id)) is None
        or (firm.prefecture, firm.province) != (each.prefecture, each.province)
    }


def changed_vendors(before: Registry, after: Registry) -> set[str]:
    """The vendor codes of which the registry says something else."""
    codes = before.vendors.keys() | after.vendors.keys()
    return {code for code in codes if before.vendors.get(code) != after.vendors.get(code)}


async def mark_concerned(connection: Connection, before: Registry, after: Registry) -> None:
    """Makes due what changed: organisations and the lives they touched, lives by their vendor."""
    firms = changed(before, after)
    if firms:
        await connection.execute(_MARK, list(firms), list(_CODES))
        await mark(connection, map(firm_subject, firms), 0)
        await _mark_counted(connection, firms, moved(before, after))
    vendors = changed_vendors(before, after)
    if vendors:
        await connection.execute(_MARK_MADE_BY, list(vendors))


async def _mark_counted(connection: Connection, firms: set[str], gone: set[str]) -> None:
    """Makes due what was counted where these firms were said to be."""
    rows = await connection.fetch(_COUNTED, list(firms), list(_FLOWS), bool(gone))
    lives = [row["stream_id"] for row in rows if row["kind"] == Stream.BATTERY]
    await connection.execute(_MARK_THESE, lives)
    batches = [(row["kind"], row["name"]) for row in rows if row["kind"] == Stream.BATCH]
    await mark(connection, batches, 0)
