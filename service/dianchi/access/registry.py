"""Reads the registry into the domain's `Registry`, and keeps that reading fresh."""

import asyncio
import functools
import time
from collections.abc import Callable
from datetime import date
from typing import Final

import asyncpg
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.people_tables import PersonRow
from dianchi.access.tables import KeyRow, OrganisationRow, SiteRow, VendorRow
from dianchi.domain.dated import ALWAYS
from dianchi.domain.registry import NOBODY, Organisation, Permit, Registry, Site
from dianchi.domain.vendors import VENDORS, Vendor

FRESH_S: Final = 3.0


def engine_of(dsn: str) -> AsyncEngine:
    """SQLAlchemy over asyncpg, for the registry and the views."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=functools.partial(asyncpg.connect, dsn),
        poolclass=pool.AsyncAdaptedQueuePool,
        pool_size=4,
        max_overflow=4,
    )


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions for the registry and the views; never for the record."""
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def read_registry(session: AsyncSession) -> Registry:
    """The whole registry: some thousand organisations and their sites."""
    roles: dict[str, set[str]] = {}
    keys = select(KeyRow.organisation, KeyRow.role)
    people = select(PersonRow.organisation, PersonRow.role)
    for organisation, role in await session.exec(keys.union(people)):  # type: ignore[call-overload]
        roles.setdefault(organisation, set()).add(role)
    organisations = {
        row.id: Organisation(
            row.id,
            row.name,
            row.uscc,
            row.province,
            row.prefecture,
            frozenset(roles.get(row.id, ())),
            row.onboarded_on,
            tuple(
                Permit(
                    p["kind"],
                    date.fromisoformat(p["valid_from"]),
                    date.fromisoformat(p["valid_to"]),
                )
                for p in row.permits
            ),
        )
        for row in await session.exec(select(OrganisationRow))
    }
    sites = {
        (row.organisation, row.number): Site(
            row.organisation, row.number, row.name, row.kind, row.prefecture, row.area_m2
        )
        for row in await session.exec(select(SiteRow))
    }
    vendors = {
        row.code: Vendor(row.code, row.name, row.valid_from or ALWAYS, row.valid_to)
        for row in await session.exec(select(VendorRow))
    }
    return Registry(organisations, sites, {**VENDORS, **vendors})


class LiveRegistry:
    """The registry of now: read again when it is a few seconds old or somebody changed it."""

    def __init__(
        self, make: async_sessionmaker[AsyncSession], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._ticks = ticks
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()
        self.now: Registry = NOBODY

    async def current(self) -> Registry:
        """A reading at most a few seconds old."""
        if self._ticks() - self._read_at > FRESH_S:
            await self.refresh()
        return self.now

    async def refresh(self) -> None:
        """Reads it again, once however many ask."""
        asked = self._ticks()
        async with self._lock:
            if self._read_at < asked:
                read_at = self._ticks()
                async with self._make() as session:
                    self.now = await read_registry(session)
                self._read_at = read_at
