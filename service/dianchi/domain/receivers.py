"""Who may lawfully take waste batteries over: by prefecture, the nearest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dianchi.domain.handover_plan import Plan
from dianchi.domain.handovers import is_open, room_for
from dianchi.domain.permits import permits_at, valid_permit
from dianchi.domain.places import YUNNAN, Prefecture, distance_km
from dianchi.domain.registry import Organisation, Permit, Site
from dianchi.domain.vocabulary import HOSTS

_PREFECTURES: Final = {place.code: place for place in YUNNAN}


@dataclass(frozen=True, slots=True)
class Lawful:
    """An organisation with a valid permit and with room, at one of its sites if it has any.

    Attributes:
        room: `fits`, or None where nobody knows how much it can hold.
        km: between the seats of the prefectures; None where it is not told whence.
    """

    firm: Organisation
    site: Site | None
    place: Prefecture
    permit: Permit
    room: str | None
    km: int | None


def lawful_receivers(plan: Plan, origin: str | None) -> list[Lawful]:
    """Who may take a load of waste batteries over, the nearest first.

    Args:
        plan: without a receiver; its `stock` tells how full every site is.
        origin: the prefecture whence the truck leaves.
    """
    start = _PREFECTURES.get(origin or "")
    stores = _stores(plan)
    firms = plan.registry.organisations.values()
    found = [each for firm in firms for each in _at(plan, firm, stores.get(firm.id, [None]))]
    told = [_far(each, start) for each in found]
    return sorted(told, key=lambda each: (each.km or 0, each.place.code, each.firm.name))


def takers(plan: Plan) -> list[str]:
    """The ids of the organisations that hold a permit on the day, room or not."""
    return [
        firm.id
        for firm in plan.registry.organisations.values()
        if valid_permit(permits_at(plan.registry, firm, None), plan.on) is not None
    ]


def _at(plan: Plan, firm: Organisation, stores: Sequence[Site | None]) -> Iterator[Lawful]:
    if firm.id == plan.sender or not permits_at(plan.registry, firm, None):
        return
    for site in stores:
        permit = valid_permit(permits_at(plan.registry, firm, site), plan.on)
        place = _PREFECTURES.get((site and site.prefecture) or firm.prefecture or "")
        if permit is None or place is None:
            continue
        room = room_for(plan, firm.id, [site]) if site is not None else None
        if room in ("fits", None):
            yield Lawful(firm, site, place, permit, room, None)


def _stores(plan: Plan) -> dict[str, list[Site | None]]:
    """By organisation the places where batteries are stored and that are open on the day.

    None of them where all are shut; those where batteries are used are no stores.
    """
    found: dict[str, list[Site | None]] = {}
    for site in plan.registry.sites.values():
        if site.kind not in HOSTS:
            stores = found.setdefault(site.organisation, [])
            stores.extend([site] if is_open(site, plan.on) else [])
    return found


def _far(each: Lawful, start: Prefecture | None) -> Lawful:
    km = None if start is None else round(distance_km(start, each.place))
    return Lawful(each.firm, each.site, each.place, each.permit, each.room, km)
