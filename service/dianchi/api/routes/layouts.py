"""The layout of outlets: the coverage matrix, and room, stock and demand by prefecture."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from fastapi import APIRouter, Response

from dianchi.api.asked import MOST_MONTHS, AskedDep, months_back
from dianchi.api.bodies.boards import CoverageBody, LayoutBody
from dianchi.api.bodies.shared import problems
from dianchi.api.counting import behind, head_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.routes.obligations import today_of
from dianchi.domain.indicators.cells import NOTHING
from dianchi.domain.indicators.values import told
from dianchi.domain.layout import (
    COVERS,
    FILLS,
    OUTLET_KINDS,
    Fill,
    cover,
    is_outlet,
    nearest,
    principals_on,
    stock_of,
)
from dianchi.domain.places import YUNNAN
from dianchi.domain.registry import Registry, Site
from dianchi.domain.rules import Rules
from dianchi.domain.sight import Eyes, eyes_of
from dianchi.exchange.json_out import encode
from dianchi.views.board.layout import Coverage, Layout, Store, read_coverage, read_layout
from dianchi.views.indicators.query import Asked

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])
_NONE: Final = Store(0, Decimal(0))
_FULLEST: Final = (Fill.OVER, Fill.FULL, Fill.ROOM, Fill.UNLIMITED)
_VENDOR: Final = "vendor:"


@router.get(
    "/coverage",
    response_model=CoverageBody,
    responses=problems(401, 403, 422),
    summary="Which vehicle makers have outlets where they sell",
)
async def get_coverage(services: ServicesDep, reporter: ReporterDep, asked: AskedDep) -> Response:
    """Vehicle makers by prefecture: sold, outlets valid today, packs really taken in; makers.

    Sales are those of 20 years; what was taken in, of the months asked for.
    """
    since, today = months_back(asked.last, MOST_MONTHS - 1), today_of(services)
    registry, eyes = await services.registry.current(), eyes_of(reporter)
    found = await read_coverage(services.seeing(reporter), asked, since)
    outlets = [site for site in outlets_seen(registry, eyes) if is_outlet(site, today)]
    places = places_seen(eyes, outlets)
    ever = replace(asked, first=since)
    matrix = _Matrix(found, outlets, today, ever)
    answer = head_of(asked, found.as_of) | {
        "today": str(today),
        "states": {state: text._asdict() for state, text in COVERS.items()},
        "prefectures": places,
        "makers": [
            _maker(maker, matrix, places, registry)
            for maker in _makers(found, outlets, places, today)
        ],
        "battery_makers": _battery_makers(found, ever, registry),
    }
    return Response(encode(answer), media_type="application/json")


def outlets_seen(registry: Registry, eyes: Eyes) -> list[Site]:
    """The outlets, open or not, that lie where the caller counts; by place and number."""
    seen = [
        site
        for site in registry.sites.values()
        if site.kind in OUTLET_KINDS and eyes.see(registry.areas(site.organisation, site.number))
    ]
    return sorted(seen, key=lambda each: (each.prefecture or "", each.organisation, each.number))


def places_seen(eyes: Eyes, outlets: Iterable[Site]) -> list[str]:
    """The prefectures in which the caller counts anything."""
    if eyes.everything:
        return [each.code for each in YUNNAN]
    own = {f"{area[:4]}00" for area in eyes.of if area.isdigit()}
    own |= {site.prefecture for site in outlets if site.prefecture}
    return [each.code for each in YUNNAN if each.code in own]


class _Matrix:
    """What a row of the matrix is made of."""

    def __init__(self, found: Coverage, outlets: Iterable[Site], today: date, asked: Asked) -> None:
        self.found, self.asked = found, asked
        self.whose: dict[tuple[str, str], list[Site]] = {}
        for site in outlets:
            for maker in principals_on(site, today):
                self.whose.setdefault((maker, site.prefecture or ""), []).append(site)

    def cell(self, maker: str, place: str, registry: Registry) -> dict[str, Any]:
        """A vehicle maker in a prefecture."""
        sold = self.found.sold.get((maker, place), 0)
        outlets = self.whose.get((maker, place), [])
        taken = sum(self.found.taken_in.get((s.organisation, s.number), 0) for s in outlets)
        return {
            "prefecture": place,
            "state": cover(sold, len(outlets), taken),
            "sold": sold,
            "outlets": [site_here(site, registry) for site in outlets],
            "taken_in": taken,
            "behind": behind("sold_of", replace(self.asked, prefecture=place, partner=maker)),
        }


def _makers(
    found: Coverage, outlets: Iterable[Site], places: Iterable[str], today: date
) -> list[str]:
    """Who sold most comes first; those that nobody knows are last."""
    sold: dict[str, int] = {}
    for (maker, place), packs in found.sold.items():
        if place in places:
            sold[maker] = sold.get(maker, 0) + packs
    named = {maker for site in outlets for maker in principals_on(site, today)}
    every = named | sold.keys()
    return sorted(every, key=lambda each: (not each, -sold.get(each, 0), each))


def _maker(
    maker: str, matrix: _Matrix, places: Iterable[str], registry: Registry
) -> dict[str, Any]:
    cells = [matrix.cell(maker, place, registry) for place in places]
    return {
        "maker": maker or None,
        "name": registry.names.get(maker) or _called(maker, registry),
        "sold": sum(each["sold"] for each in cells),
        "cells": cells,
    }


def _called(maker: str, registry: Registry) -> str | None:
    """What outlets call a principal that is not registered."""
    named = (one for site in registry.sites.values() for one in site.principals)
    return next((one.known_as for one in named if one.organisation == maker), None)


def site_here(site: Site, registry: Registry) -> dict[str, Any]:
    """An outlet by name."""
    return {
        "organisation": site.organisation,
        "organisation_name": registry.names.get(site.organisation),
        "number": site.number,
        "name": site.name,
    }


def _battery_makers(found: Coverage, asked: Asked, registry: Registry) -> list[dict[str, Any]]:
    """Makers by their packs; a vendor code that is a registered firm's is that firm's."""
    makers: dict[str, dict[str, Any]] = {}
    for maker, packs in sorted(found.makers.items()):
        made = _made_by(maker, registry)
        here = makers.setdefault(made["maker"] or "", made | {"packs": 0, "parts": []})
        here["packs"] += packs
        list_of = behind("seen_of", replace(asked, partner=maker))
        here["parts"].append({"by": _by(maker), "packs": packs, "behind": list_of})
    return sorted(makers.values(), key=lambda each: (-each["packs"], each["maker"] or ""))


def _by(maker: str) -> str:
    return "code" if maker.startswith(_VENDOR) else "report" if maker else "nothing"


def _made_by(maker: str, registry: Registry) -> dict[str, Any]:
    vendor = registry.vendors.get(maker.removeprefix(_VENDOR)) if ":" in maker else None
    firm = registry.organisations.get(maker) or (
        registry.organisation(vendor.name) if vendor else None
    )
    place = (firm.province or (firm.prefecture or "")[:2]) if firm else ""
    name = firm.name if firm else vendor.name if vendor else None
    return {"maker": (firm.id if firm else maker) or None, "name": name, "province": place or None}


@router.get(
    "/layout",
    response_model=LayoutBody,
    responses=problems(401, 403, 422),
    summary="Outlets, their room and stock, and demand by prefecture",
)
async def get_layout(services: ServicesDep, reporter: ReporterDep, asked: AskedDep) -> Response:
    """Outlets with room, stock and what they took in; by prefecture what is sold and retired."""
    since, today = months_back(asked.last, MOST_MONTHS - 1), today_of(services)
    registry, eyes = await services.registry.current(), eyes_of(reporter)
    sites = outlets_seen(registry, eyes)
    holders = {site.organisation for site in sites}
    found = await read_layout(services.seeing(reporter), asked, since, holders)
    outlets = [_outlet(site, found, today, services.rules, asked, registry) for site in sites]
    ever = replace(asked, first=since)
    answer = head_of(asked, found.as_of) | {
        "today": str(today),
        "fills": {fill: text._asdict() for fill, text in FILLS.items()},
        "places": list(_places(places_seen(eyes, sites), outlets, found, asked, ever)),
        "outlets": outlets,
    }
    return Response(encode(answer), media_type="application/json")


def _outlet(
    site: Site, found: Layout, today: date, rules: Rules, asked: Asked, registry: Registry
) -> dict[str, Any]:
    key = site.organisation, site.number
    store, taken = found.stock.get(key, _NONE), found.taken_in.get(key, NOTHING)
    stock = stock_of(site, store.mass_kg, today, rules)
    return site_here(site, registry) | {
        "kind": site.kind,
        "prefecture": registry.prefecture(*key),
        "open": is_outlet(site, today),
        "area_m2": site.area_m2,
        "most_kg": None if stock.most_kg is None else format(stock.most_kg, "f"),
        "stock_packs": store.packs,
        "stock_kg": format(store.mass_kg, "f"),
        "fill": stock.fill,
        "taken_in": taken.things,
        "taken_in_kg": told(taken, "mass_g"),
        "behind": behind("taken_in", replace(asked, firm=key[0], partner=key[1])),
    }


def _places(
    places: Iterable[str],
    outlets: Iterable[Mapping[str, Any]],
    found: Layout,
    asked: Asked,
    ever: Asked,
) -> Iterator[dict[str, Any]]:
    by_place: dict[str, list[Mapping[str, Any]]] = {}
    for outlet in outlets:
        if outlet["open"]:
            by_place.setdefault(outlet["prefecture"] or "", []).append(outlet)
    for place in places:
        here = by_place.get(place, [])
        limits = [Decimal(each["most_kg"]) for each in here if each["most_kg"] is not None]
        fills = {each["fill"] for each in here}
        near = None if here else nearest(place, by_place)
        yield {
            "prefecture": place,
            "outlets": len(here),
            "most_kg": format(sum(limits), "f") if limits else None,
            "stock_kg": format(sum((Decimal(each["stock_kg"]) for each in here), Decimal(0)), "f"),
            "fill": next((fill for fill in _FULLEST if fill in fills), None),
            "sold": found.demand.get(("sold", place), NOTHING).things,
            "retired": found.demand.get(("retired", place), NOTHING).things,
            "taken_in": sum(each["taken_in"] for each in here),
            "nearest": {"prefecture": near[0], "km": near[1]} if near else None,
            "behind": {
                "sold": behind("sold", replace(ever, prefecture=place)),
                "retired": behind("retired", replace(asked, prefecture=place)),
            },
        }
