"""`dianchi org`, `dianchi key` and `dianchi kek`: beside a running service, or without one."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.enrol import Enrolment, enrolled
from dianchi.access.issue import (
    KeyTerms,
    Revocation,
    add_key,
    check_bounds,
    find_key,
    key_id,
    keys_of,
    revoke,
)
from dianchi.access.keys import KeyRing, now_of
from dianchi.access.registry import engine_of, read_registry, sessions
from dianchi.cli.noting import note_command
from dianchi.domain.refusals import Malformed, Text
from dianchi.ports import SystemClock
from dianchi.settings import Settings, personal_keys
from dianchi.store.keks import must_have_keys, rotate
from dianchi.store.readers import open_readers
from dianchi.store.rights import KEEPER, REGISTRAR
from dianchi.store.vault import Vault


async def enrol_by_hand(
    settings: Settings, dsn: str, told: Enrolment, wanted: KeyTerms | None
) -> dict[str, Any]:
    """Enrols an organisation and makes a key when one is wanted; what is shown of both."""
    now = now_of(SystemClock())
    async with (
        session_over(dsn) as session,
        await open_readers(dsn, most=1, role=REGISTRAR) as readers,
    ):
        if wanted is not None:
            wanted = replace(wanted, names=await _ids(session, wanted.names))
            check_bounds(wanted)
        row = await enrolled(session, told, now)
        answer: dict[str, Any] = {"organisation": row.id, "name": row.name}
        if wanted is None:
            await note_command(dsn, "org add", row.id)
            await session.commit()
        else:
            await note_command(dsn, "key add", f"{answer['organisation']} {wanted.role}")
            pepper = bytes.fromhex(settings.key_pepper.get_secret_value())
            ring = KeyRing(readers, pepper, SystemClock())
            key = await add_key(session, ring, row.id, wanted, now)
            answer |= {"role": wanted.role, "prefecture": wanted.prefecture, "key": key}
        return answer


async def _ids(session: AsyncSession, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The ids of registered organisations by id, code or name.

    Raises:
        Malformed: one of them is not registered.
    """
    if names is None:
        return None
    registry = await read_registry(session)
    for name in names:
        if registry.id_of(name) is None:
            raise Malformed(
                "invalid_value",
                Text(f"“{name}”尚未登记", f"'{name}' is not registered"),
                Text("请先登记单位", "enrol it first"),
            )
    return tuple(map(registry.resolve, names))


async def revoke_by_hand(dsn: str, named: str, reason: str) -> datetime | None:
    """Revokes a key by its id; since when it is revoked, None where there is no such key."""
    async with session_over(dsn) as session:
        row = await find_key(session, named)
        if row is None:
            return None
        await note_command(dsn, "key revoke", key_id(row.digest))
        await revoke(session, row, Revocation(None, reason), now_of(SystemClock()))
        return row.revoked_at


async def keys_by_hand(dsn: str, name: str) -> list[dict[str, Any]]:
    """The keys of the organisation of this name or id."""
    async with (
        session_over(dsn) as session,
        await open_readers(dsn, most=1, role=REGISTRAR) as readers,
    ):
        known = (await read_registry(session)).organisation(name)
        return [] if known is None else [dict(row) for row in await keys_of(readers, known.id)]


async def rotate_by_hand(
    settings: Settings, dsn: str, say: Callable[[int], None]
) -> tuple[str, int]:
    """Wraps every personal value's key by the newest key; its id, and how many it were.

    Raises:
        SettingsError: no key was given.
        KeyGoneError: one that is still in use is not among those given.
    """
    vault = Vault(personal_keys(settings))
    async with await open_readers(dsn, most=1, role=KEEPER) as readers:
        await must_have_keys(readers, vault, now_of(SystemClock()))
    await note_command(dsn, "kek rotate", vault.current)
    return vault.current, await rotate(dsn, vault, say)


@asynccontextmanager
async def session_over(dsn: str) -> AsyncIterator[AsyncSession]:
    """A session over the database at this address, for one command."""
    engine = engine_of(dsn)
    try:
        async with sessions(engine)() as session:
            yield session
    finally:
        await engine.dispose()
