"""Findings as they are told to somebody: of what it only reported of, by its reports alone."""

from collections.abc import Sequence
from dataclasses import replace

from dianchi.domain.admit import Reporter
from dianchi.domain.findings import Finding
from dianchi.domain.sight import eyes_of, own_finding
from dianchi.store.readers import Lender
from dianchi.store.sight import reported_among
from dianchi.views.findings.query import FindingItem


async def told_to(
    reporter: Reporter, seeing: Lender, items: Sequence[FindingItem]
) -> list[FindingItem]:
    """What of these findings a caller is told; `seeing` reads for it."""
    eyes = eyes_of(reporter)
    if all(eyes.see(row.seen_by) for row in items):
        return list(items)
    named = {each for row in items if not eyes.see(row.seen_by) for each in row.finding.evidence}
    own = await reported_among(seeing, reporter.organisation, named)
    told = []
    for row in items:
        shown = row.finding if eyes.see(row.seen_by) else own_finding(row.finding, own)
        if shown is row.finding:
            told.append(row)
        elif shown is not None:
            told.append(_withheld(row, shown, reporter.organisation))
    return told


def _withheld(row: FindingItem, shown: Finding, organisation: str) -> FindingItem:
    """The row without the battery, and without who and where where that is another's."""
    own = row.organisation == organisation
    return replace(
        row,
        finding=shown,
        battery=None,
        subject="",
        prefecture=row.prefecture if own else None,
        organisation=row.organisation if own else None,
    )
