"""The organisations, sites, vendor codes and keys of the synthetic province, for the registry."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.capacities import capacities as noted
from dianchi.access.capacities import note_capacity
from dianchi.access.demonstrations import demonstrations as noted_projects
from dianchi.access.demonstrations import note_demonstration
from dianchi.access.devices import Wanted, add_device, link_of
from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.factors import factor_tables as noted_factors
from dianchi.access.factors import note_factors
from dianchi.access.issue import KeyTerms, add_key
from dianchi.access.keys import now_of
from dianchi.access.sites import put_site
from dianchi.access.tables import SiteRow, VendorRow
from dianchi.api.services import Services
from dianchi.demo.firms import JOINED, PERMIT_FROM, PERMIT_TO, Firm, Province
from dianchi.demo.laying_out import capacities, demonstrations, factor_tables, principals
from dianchi.demo.packs import STRANGERS, UTILIZERS, VENDORS
from dianchi.demo.plan import write_private
from dianchi.domain.working_days import CHINA, business_date

_KEYS: Final = "demo-keys.json"
_JOINED_AT: Final = datetime.combine(JOINED, time(9), tzinfo=CHINA)
Keys = dict[str, str]
"""Bearer keys by the name of their organisation."""


def kept_keys(folder: Path) -> Keys:
    """The keys that this folder holds."""
    path = folder / _KEYS
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


_AUDITED: Final = frozenset(("utilizer", "recycler"))
"""Whom the auditor of the demo is bound to."""


async def enrol_all(services: Services, province: Province, folder: Path) -> Keys:
    """Enrols everybody with a key each, kept in the folder; what is there already stays."""
    keys = kept_keys(folder)
    async with services.make_session() as session:
        for firm in province.firms:
            await enrol(session, _enrolment(firm), _JOINED_AT)
            if firm.name not in keys:
                keys[firm.name] = await _key(services, session, firm, province)
        whose = principals(province)
        for place in province.places:
            row = SiteRow(
                organisation=place.firm.id,
                number=place.number,
                name=place.name,
                kind=place.kind,
                prefecture=place.prefecture,
                area_m2="320" if place.kind == "central" else None,
                principals=whose.get((place.firm.id, place.number), []),
            )
            await put_site(session, row)
        for vendor in _vendors(province):
            await session.merge(vendor)
        await session.commit()
    _write(folder, keys)
    await services.registry.refresh()
    await _note_capacities(services, province)
    await _note_projects(services, province)
    await _note_factors(services, province)
    return keys


async def _note_capacities(services: Services, province: Province) -> None:
    """Notes the capacities, once."""
    today = business_date(now_of(services.clock))
    async with services.readers.acquire() as connection:
        known = {(c.organisation, c.site, c.process) for c in await noted(connection, None, today)}
    registry = services.registry.now
    authority = province.posts["regulator"][0].firm.id
    async with services.make_session() as session:
        for each in capacities(province):
            if (each.organisation, each.site, each.process) not in known:
                seen_by = {each.organisation, *registry.areas(each.organisation, each.site)}
                await note_capacity(session, each, authority, seen_by, _JOINED_AT)


async def _note_projects(services: Services, province: Province) -> None:
    """Notes the demonstration projects, once."""
    async with services.readers.acquire() as connection:
        known = {each.name for each in await noted_projects(connection, None)}
    registry = services.registry.now
    async with services.make_session() as session:
        for each in demonstrations(province):
            if each.name not in known:
                areas = [registry.areas(each.organisation, site) for site in each.sites]
                seen_by = {each.organisation}.union(*areas)
                by = province.posts["regulator"][0].firm.id
                await note_demonstration(session, each, by, seen_by, _JOINED_AT)


async def _note_factors(services: Services, province: Province) -> None:
    """Notes the tables of factors, once."""
    async with services.readers.acquire() as connection:
        known = {each.version for each in await noted_factors(connection)}
    async with services.make_session() as session:
        for each in factor_tables():
            if each.version not in known:
                by = province.posts["regulator"][0].firm.id
                await note_factors(session, each, by, _JOINED_AT)


async def scan_link(services: Services, province: Province) -> str:
    """A link that binds a phone to the first outlet, for half an hour."""
    place = next(place for place in province.places if place.firm.role == "outlet")
    wanted = Wanted(place.firm.id, place.firm.role, "演示手机", place.number)
    async with services.make_session() as session:
        _, code = await add_device(session, services.ring, wanted, now_of(services.clock))
    return link_of(services.entry.issuer, code)


def _vendors(province: Province) -> Iterator[VendorRow]:
    roles = ("maker", "importer", "utilizer")
    firms = [post.firm.name for role in roles for post in province.posts[role]]
    for code, name in zip((*VENDORS, *UTILIZERS), firms, strict=True):
        yield VendorRow(code=code, name=name)
    for n, code in enumerate(STRANGERS, 1):
        yield VendorRow(code=code, name=f"外省第{n}电池制造示范")


def _write(folder: Path, keys: Mapping[str, str]) -> None:
    write_private(folder / _KEYS, json.dumps(keys, ensure_ascii=False, indent=1))


def _enrolment(firm: Firm) -> Enrolment:
    permits: tuple[dict[str, str], ...] = ()
    if firm.permit is not None:
        dates = {"valid_from": str(PERMIT_FROM), "valid_to": str(PERMIT_TO)}
        permits = ({"kind": firm.permit} | dates,)
    return Enrolment(firm.name, firm.uscc, firm.province, firm.prefecture, permits)


async def _key(services: Services, session: AsyncSession, firm: Firm, province: Province) -> str:
    area = firm.prefecture if firm.role == "regulator" else None
    audited = (
        [f.id for f in province.firms if f.role in _AUDITED] if firm.role == "auditor" else None
    )
    names = tuple(audited) if audited is not None else None
    terms = KeyTerms(firm.role, area, names=names)
    return await add_key(session, services.ring, firm.id, terms, _JOINED_AT)
