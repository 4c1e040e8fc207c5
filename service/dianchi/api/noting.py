"""What authorities note of the sites of firms: who may, who sees it, how its document is told."""

from collections.abc import Iterable
from typing import Any

from dianchi.domain.admit import Reporter
from dianchi.domain.areas import covers
from dianchi.domain.capacities import Capacity
from dianchi.domain.demonstrations import Demonstration
from dianchi.domain.passing import acts_for, not_yours
from dianchi.domain.registry import Registry


def seers_of(
    reporter: Reporter,
    registry: Registry,
    organisation: str,
    sites: Iterable[str],
    asked: str,
    before: Iterable[frozenset[str]] = (),
) -> set[str]:
    """Who sees what is noted of these sites: their organisation, and the areas they lie in.

    Args:
        reporter: who notes it.
        registry: as it is now.
        organisation: whose sites they are.
        sites: their numbers.
        asked: the organisation as it was asked for.
        before: the areas of each site of the note that this one replaces.

    Raises:
        Refused: neither the organisation nor all of the sites lie in the area of who notes it.
    """
    firm = registry.organisations.get(organisation)
    areas = [*(registry.areas(organisation, site) for site in sites), *before]
    within = all(_lies_in(reporter.bound_to, each) for each in areas)
    if not within and not acts_for(reporter, firm, organisation):
        raise not_yours(asked)
    return {organisation}.union(*areas)


def _lies_in(area: str | None, areas: frozenset[str]) -> bool:
    return area is not None and any(covers(area, each) for each in areas)


def document_json(noted: Capacity | Demonstration) -> dict[str, Any]:
    """The document of a note, and the days for which it holds."""
    return {
        "document": noted.document,
        "document_on": str(noted.document_on),
        "valid_from": str(noted.valid_from),
        "valid_to": str(noted.valid_to) if noted.valid_to else None,
    }
