"""Reads the registry into the domain's `Registry`, and keeps that reading fresh."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, func, pool, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.people_tables import PersonRow
from dianchi.access.tables import KeyRow, MandateRow, OrganisationRow, SiteRow, VendorRow
from dianchi.domain.dated import ALWAYS
from dianchi.domain.registry import (
    NOBODY,
    Mandate,
    Organisation,
    Permit,
    Principal,
    Registry,
    Site,
)
from dianchi.domain.vendors import VENDORS, Vendor
from dianchi.store.connect import connect_as
from dianchi.store.rights import REGISTRAR

FRESH_S: Final = 3.0
_HORIZON: Final = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_SITES: Final = select(*SiteRow.__table__.columns).where(  # type: ignore[attr-defined] # of a model
    col(SiteRow.changed) >= bindparam("since")
)
# Roles are held by keys and by people.
_HELD: Final = (
    select(col(KeyRow.organisation), col(KeyRow.role))
    .union(select(col(PersonRow.organisation), col(PersonRow.role)))
    .subquery()
)
_SMALL: Final = (
    select(*OrganisationRow.__table__.columns),  # type: ignore[attr-defined] # as above
    select(_HELD.c.organisation, func.array_agg(_HELD.c.role.distinct()).label("roles"))
    .group_by(_HELD.c.organisation)
    .order_by(_HELD.c.organisation),
    select(*VendorRow.__table__.columns),  # type: ignore[attr-defined] # as above
    select(*MandateRow.__table__.columns)  # type: ignore[attr-defined] # as above
    .where(col(MandateRow.revoked_at).is_(None))
    .order_by(col(MandateRow.id)),
)


def engine_of(dsn: str, role: str = REGISTRAR) -> AsyncEngine:
    """SQLAlchemy over asyncpg, for the registry."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=functools.partial(connect_as, role, dsn),
        poolclass=pool.AsyncAdaptedQueuePool,
        pool_size=4,
        max_overflow=4,
    )


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions for the registry and the views; never for the record."""
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of the registry, and up to where sites were.

    `rows` are those of the small tables, to see by whether anything changed. Every transaction
    below `horizon` had ended when it was read.
    """

    registry: Registry = NOBODY
    rows: tuple[Sequence[Any], ...] = ()
    horizon: int = 0


async def read_registry(session: AsyncSession) -> Registry:
    """The whole registry."""
    return (await read_on(session, Reading())).registry


async def read_on(session: AsyncSession, before: Reading) -> Reading:
    """The registry of now. Of sites, which may be many, only what changed since is read.

    Where nothing changed the registry is the same object.
    """
    connection = await session.connection()
    # First: what is not seen below had not ended by now, and is read next time.
    horizon = (await connection.execute(_HORIZON)).scalar_one()
    changed = {
        (row.organisation, row.number): site_of(row)
        for row in (await connection.execute(_SITES, {"since": before.horizon})).all()
    }
    known = before.registry.sites
    sites = {place: site for place, site in changed.items() if known.get(place) != site}
    rows = tuple([(await connection.execute(query)).all() for query in _SMALL])
    if rows != before.rows:
        return Reading(_registry(rows, {**known, **sites}), rows, horizon)
    if not sites:
        return Reading(before.registry, rows, horizon)
    return Reading(replace(before.registry, sites={**known, **sites}), rows, horizon)


def _registry(rows: Sequence[Sequence[Any]], sites: Mapping[tuple[str, str], Site]) -> Registry:
    organisations, keys, vendors, mandates = rows
    roles = {row.organisation: frozenset(row.roles) for row in keys}
    return Registry(
        {row.id: _organisation(row, roles.get(row.id, frozenset())) for row in organisations},
        sites,
        {**VENDORS, **{row.code: _vendor(row) for row in vendors}},
        _by_parties(map(mandate_of, mandates)),
    )


def _organisation(row: Any, roles: frozenset[str]) -> Organisation:  # noqa: ANN401 - a row
    return Organisation(
        row.id,
        row.name,
        row.uscc,
        row.province,
        row.prefecture,
        roles,
        row.onboarded_on,
        _permits(row.permits),
    )


def _permits(told: Iterable[dict[str, Any]]) -> tuple[Permit, ...]:
    return tuple(
        Permit(
            permit["kind"],
            date.fromisoformat(permit["valid_from"]),
            date.fromisoformat(permit["valid_to"]),
            permit.get("number"),
        )
        for permit in told
    )


def site_of(row: Any) -> Site:  # noqa: ANN401 - a row of the table
    """A site as the domain knows it."""
    return Site(
        row.organisation,
        row.number,
        row.name,
        row.kind,
        row.prefecture,
        row.area_m2,
        row.county,
        row.functional,
        row.capacity_kg,
        _permits(row.permits),
        tuple(
            Principal(
                told["organisation"],
                told["known_as"],
                told["relation"],
                date.fromisoformat(told["valid_from"]),
                date.fromisoformat(told["valid_to"]) if told.get("valid_to") else None,
            )
            for told in row.principals
        ),
        row.opened_on,
        row.closed_on,
    )


def _vendor(row: Any) -> Vendor:  # noqa: ANN401 - a row
    return Vendor(row.code, row.name, row.valid_from or ALWAYS, row.valid_to)


def mandate_of(row: Any) -> Mandate:  # noqa: ANN401 - a row of the table
    """A mandate as the domain knows it."""
    return Mandate(
        row.id,
        row.organisation,
        row.agent,
        row.role,
        frozenset(row.types),
        None if row.sites is None else frozenset(row.sites),
        row.area,
        row.valid_from,
        row.valid_to,
    )


def _by_parties(mandates: Iterable[Mandate]) -> dict[tuple[str, str], tuple[Mandate, ...]]:
    found: dict[tuple[str, str], tuple[Mandate, ...]] = {}
    for mandate in mandates:
        parties = mandate.organisation, mandate.agent
        found[parties] = (*found.get(parties, ()), mandate)
    return found


class LiveRegistry:
    """The registry of now: read again when it is a few seconds old or somebody changed it.

    `beside` is read with it: what must be as fresh, such as signing keys.
    """

    def __init__(
        self,
        make: async_sessionmaker[AsyncSession],
        ticks: Callable[[], float] = time.monotonic,
        *,
        beside: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._make = make
        self._beside = beside
        self._ticks = ticks
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()
        self._reading = Reading()

    @property
    def now(self) -> Registry:
        """The last reading, however old."""
        return self._reading.registry

    async def current(self) -> Registry:
        """A reading at most a few seconds old."""
        if self._ticks() - self._read_at > FRESH_S:
            await self.refresh()
        return self.now

    async def knowing(self, organisations: AbstractSet[str]) -> Registry:
        """A reading at most a few seconds old, and of now where one of these is not in it."""
        registry = await self.current()
        if not organisations <= registry.organisations.keys():
            await self.refresh()
        return self.now

    async def refresh(self) -> None:
        """Reads it again, once however many ask."""
        asked = self._ticks()
        async with self._lock:
            if self._read_at < asked:
                read_at = self._ticks()
                async with self._make() as session:
                    self._reading = await read_on(session, self._reading)
                if self._beside is not None:
                    await self._beside()
                self._read_at = read_at
