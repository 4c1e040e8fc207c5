"""Reports in another's name: whether a mandate covers them, without reading any life.

A mandate is judged on the Chinese day on which the report arrives, not on the day that it tells
of: what was revoked or has ended carries nothing any more, however old the facts are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple

from dianchi.domain.admit import Reporter
from dianchi.domain.areas import covers
from dianchi.domain.events import REPORTING
from dianchi.domain.measures import day_of
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Mandate, Registry
from dianchi.domain.report import Report

_POINTER: Final = "/on_behalf_of"
_MOST_NAMED: Final = 5


class Deed(NamedTuple):
    """What a report does: its type, and the registered places of the principal that it names."""

    type: str
    places: frozenset[str]


class Acting(NamedTuple):
    """Who reports: in whose name and role; by which agent under which mandate, if any."""

    reporter: Reporter
    agent: str | None = None
    mandate: str | None = None


def acting_for(report: Report, reporter: Reporter, registry: Registry, now_us: int) -> Acting:
    """In whose name a report is to be admitted.

    A correction takes any mandate that holds: what it aims at is not known yet, and is judged by
    `covering` once it is.

    Raises:
        Refused: `mandate_missing`, naming the type, site or day that no mandate covers;
            `role_not_allowed` where the key's role reports nothing.
    """
    if report.on_behalf_of is None:
        return Acting(reporter)
    principal = registry.resolve(report.on_behalf_of)
    if principal == reporter.organisation:
        return Acting(reporter)
    if reporter.role not in REPORTING:
        raise _not_an_agent(reporter.role, report.on_behalf_of)
    if report.kind.name == "corrected":
        mandate = _holding(registry, principal, reporter.organisation, day_of(now_us))[0]
    else:
        deed = deed_of(report.kind.name, report.site, report.data, principal, registry)
        mandate = covering(registry, (principal, reporter.organisation), deed, day_of(now_us))
    named = replace(reporter, organisation=principal, role=mandate.role)
    return Acting(named, reporter.organisation, mandate.id)


def deed_of(
    kind: str, site: str | None, data: Mapping[str, Any], principal: str, registry: Registry
) -> Deed:
    """What a report does in the name of a principal.

    A host that is a registered site of the principal is a place, too: else a crew could name the
    site that it may work at and empty another one.
    """
    host = data.get("host")
    places = {site, host.get("id") if isinstance(host, dict) else None}
    return Deed(
        kind,
        frozenset(
            place
            for place in places
            if place is not None and (place == site or (principal, place) in registry.sites)
        ),
    )


def covering(registry: Registry, parties: tuple[str, str], deed: Deed, on: date) -> Mandate:
    """The mandate of two parties (principal, agent) that covers a deed on a day.

    Raises:
        Refused: `mandate_missing`.
    """
    holding = _holding(registry, *parties, on)
    of_type = [mandate for mandate in holding if deed.type in mandate.types]
    if not of_type:
        raise _wrong_type(deed.type, holding)
    for mandate in of_type:
        if _covers_places(mandate, deed.places, registry):
            return mandate
    raise _wrong_place(deed, of_type)


def _holding(registry: Registry, principal: str, agent: str, on: date) -> Sequence[Mandate]:
    """The mandates of two parties that hold on a day; at least one.

    Raises:
        Refused: `mandate_missing`.
    """
    given = registry.mandates.get((principal, agent), ())
    holding = [each for each in given if each.valid_from <= on <= each.valid_to]
    if not given:
        name = registry.names.get(principal, principal)
        raise _missing(
            principal,
            Text(f"贵单位没有“{name}”的授权", f"your organisation holds no mandate of '{name}'"),
            Text(
                "请对方在平台上授权（POST /v1/mandates），或以本单位名义上报",
                "ask them for one (POST /v1/mandates), or report in your own name",
            ),
        )
    if not holding:
        days = ", ".join(f"{each.valid_from}–{each.valid_to}" for each in given[:_MOST_NAMED])
        raise _missing(
            str(on),
            Text(f"{on} 不在授权期限内：{days}", f"{on} is not within the mandate: {days}"),
            Text("请对方延长授权", "ask for a mandate that holds on this day"),
        )
    return holding


def _covers_places(mandate: Mandate, places: frozenset[str], registry: Registry) -> bool:
    if mandate.sites is None and mandate.area is None:
        return True
    return bool(places) and all(_covers_place(mandate, place, registry) for place in places)


def _covers_place(mandate: Mandate, place: str, registry: Registry) -> bool:
    if mandate.sites is not None and place in mandate.sites:
        return True
    # Of a site that is not registered nobody knows where it lies.
    site = registry.sites.get((mandate.organisation, place))
    if mandate.area is None or site is None:
        return False
    return covers(mandate.area, site.prefecture, site.county, site.functional)


# --- refusals -----------------------------------------------------------------------------------


def _missing(value: str, what: Text, way_out: Text, pointer: str = _POINTER) -> Refused:
    return Refused(Fault("mandate_missing", pointer, value, what, way_out))


def _wrong_type(kind: str, holding: Sequence[Mandate]) -> Refused:
    named = ", ".join(sorted(frozenset[str]().union(*(each.types for each in holding))))
    return _missing(
        kind,
        Text(f"授权不含事件类型 {kind}", f"the mandate does not name the type {kind}"),
        Text(f"授权的类型：{named}；请对方补充授权", f"it names: {named}; ask for a wider mandate"),
        "/type",
    )


def _wrong_place(deed: Deed, of_type: Sequence[Mandate]) -> Refused:
    named = _some(place for each in of_type for place in sorted(each.sites or ()))
    areas = _some(each.area for each in of_type if each.area is not None)
    where = "; ".join(filter(None, (named, areas)))
    told = _some(sorted(deed.places))
    way_out = Text(
        f"授权的场所或区域：{where}；请填写其中的 site，或请对方补充授权",
        f"it names: {where}; give one of them as site, or ask for a wider mandate",
    )
    what = (
        Text(f"授权不含场所 {told}", f"the mandate does not cover the site {told}")
        if told
        else Text("授权限于指定场所，上报没有写明场所", "the mandate is for sites; none is named")
    )
    return _missing(told, what, way_out, "/site")


def _some(names: Iterable[str]) -> str:
    told = list(dict.fromkeys(names))
    return ", ".join(told[:_MOST_NAMED]) + (", …" if len(told) > _MOST_NAMED else "")


def _not_an_agent(role: str, principal: str) -> Refused:
    may = ", ".join(REPORTING)
    return Refused(
        Fault(
            "role_not_allowed",
            _POINTER,
            principal,
            Text(f"角色 {role} 不能代他人上报", f"role {role} reports for nobody else"),
            Text(f"可用角色：{may}", f"use a key of a role of: {may}"),
        )
    )
