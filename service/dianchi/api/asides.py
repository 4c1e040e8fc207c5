"""Reports that are not to count (不予采信), until two officers decided: proposed, then decided."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import now_of
from dianchi.access.sessions import Signed
from dianchi.access.setting_aside import LISTED, AsideRow, decide, find, hold, propose, waiting
from dianchi.api.bodies.setting_aside import AsideRead, AsideWish
from dianchi.api.naming import canonical_name
from dianchi.api.routes.events import absent_event, find_line
from dianchi.api.second_person import decided_before, same_person
from dianchi.api.services import Services
from dianchi.api.sight import must_see, seen_among
from dianchi.domain.admit import Reporter
from dianchi.recording.outcomes import Recorded, refusal_of
from dianchi.store.lives import sets_aside

_WHO_CONFIRMS: Final = (
    "请由另一位监管人员确认",
    "another officer who sees the battery confirms it",
)


async def asides_waiting(
    services: Services, reporter: Reporter, battery: str | None
) -> Sequence[AsideRow]:
    """What waits for a second officer, of batteries that the caller sees; the oldest first.

    At most `LISTED`, however much waits elsewhere.

    Args:
        services: that keep it.
        reporter: the caller.
        battery: the only one to look at, by any of its names.
    """
    registry = await services.registry.current()
    name = canonical_name(battery, registry) if battery is not None else None
    found: list[AsideRow] = []
    behind: AsideRow | None = None
    while len(found) < LISTED:
        async with services.make_session() as session:
            rows = await waiting(session, name, behind)
        seen = await seen_among(services, reporter, {row.battery for row in rows})
        found += [row for row in rows if row.battery in seen]
        if len(rows) < LISTED:
            break
        behind = rows[-1]
    return found[:LISTED]


async def aside_proposed(
    services: Services, reporter: Reporter, signed: Signed, wish: AsideWish
) -> AsideRow:
    """Keeps what an officer proposes about a report that the officer sees.

    Raises:
        Refused: there is no such battery or report.
    """
    registry = await services.registry.current()
    name = canonical_name(wish.battery, registry)
    await must_see(services, reporter, name, wish.battery)
    async with services.readers.acquire() as connection:
        await find_line(connection, wish.event_id, wish.battery, registry, reporter)
    async with services.make_session() as session:
        return await propose(
            session,
            event_id=wish.event_id,
            line=name if wish.only_this else None,
            battery=name,
            basis=wish.basis,
            document=wish.document,
            reason=wish.reason,
            organisation=reporter.organisation,
            made_at=now_of(services.clock),
            made_by=signed.person,
        )


async def aside_confirmed(
    services: Services, reporter: Reporter, signed: Signed, named: UUID
) -> AsideRow:
    """Records the `set_aside` of two officers, then keeps that it was decided.

    Raises:
        Refused: nothing waits for this officer, or the record does not take it.
    """
    row = await _waiting(services, reporter, named)
    if row.made_by == signed.person:
        raise same_person(_WHO_CONFIRMS)
    now = now_of(services.clock)
    async with _held(services, row) as session:
        if not await _is_recorded(services, row):
            both = replace(reporter, proposer=str(row.made_by))
            outcome = await services.recorder.record(_report(row, signed, now), both)
            if not isinstance(outcome, Recorded):
                raise refusal_of(outcome)
        await decide(session, row.id, "confirmed", signed.person, now)
    return await _found(services, row.id)


async def aside_declined(
    services: Services, reporter: Reporter, signed: Signed, named: UUID
) -> AsideRow:
    """Declines, or withdraws one's own: nothing is recorded.

    Raises:
        Refused: nothing waits for this officer, or it is recorded already.
    """
    row = await _waiting(services, reporter, named)
    async with _held(services, row) as session:
        if await _is_recorded(services, row):
            raise decided_before("confirmed", str(row.id))
        await decide(session, row.id, "declined", signed.person, now_of(services.clock))
    return await _found(services, row.id)


async def _waiting(services: Services, reporter: Reporter, named: UUID) -> AsideRow:
    async with services.make_session() as session:
        row = await find(session, named)
    if row is None or row.battery not in await seen_among(services, reporter, [row.battery]):
        raise absent_event(named)
    if row.decision is not None:
        raise decided_before(row.decision, str(row.id))
    return row


@asynccontextmanager
async def _held(services: Services, row: AsideRow) -> AsyncIterator[AsyncSession]:
    """Nobody else decides it meanwhile.

    Raises:
        Refused: somebody did at the same moment; the first one counts.
    """
    async with services.make_session() as session:
        waits = await hold(session, row.id)
        if waits:
            yield session
    if not waits:
        decided = await _found(services, row.id)
        assert decided.decision is not None  # noqa: S101 - or it would wait
        raise decided_before(decided.decision, str(row.id))


async def _is_recorded(services: Services, row: AsideRow) -> bool:
    """Whether two officers decided it before, and a crash kept that from being noted."""
    async with services.readers.acquire() as connection:
        return await sets_aside(connection, _event_id(row), str(row.event_id))


async def _found(services: Services, named: UUID) -> AsideRow:
    async with services.make_session() as session:
        row = await find(session, named)
    assert row is not None  # noqa: S101 - rows are never deleted
    return row


def _event_id(row: AsideRow) -> str:
    """The same whoever confirms it, and however often."""
    return str(uuid5(NAMESPACE_URL, f"set-aside:{row.id}"))


def _report(row: AsideRow, signed: Signed, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event_id": str(row.event_id),
        "basis": row.basis,
        "document": row.document,
        "reason": row.reason,
        "officers": [str(row.made_by), str(signed.person)],
    }
    if row.line is not None:
        told["battery"] = row.line
    return {
        "event_id": _event_id(row),
        "type": "set_aside",
        "occurred_at": now.isoformat(),
        "data": told,
    }


def aside_read(services: Services, reporter: Reporter, row: AsideRow) -> AsideRead:
    """A proposal as it is told."""
    told = row.model_dump(exclude={"line", "made_by", "decision", "decided_at", "decided_by"})
    return AsideRead(
        **told,
        only_this=row.line is not None,
        organisation_name=services.registry.now.names.get(row.organisation),
        own=str(row.made_by) == reporter.person,
        state="waiting" if row.decision is None else row.decision,
    )
