"""People by hand: the administrator's one-time link, and what waits for a second person."""

from datetime import datetime
from typing import Final
from uuid import UUID

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import now_of
from dianchi.access.people import ADMIN_FOR, Link, admin_link
from dianchi.access.proposals import check_open, confirm
from dianchi.api.services import Services
from dianchi.cli.enrolling import session_over
from dianchi.cli.noting import note_command, operator
from dianchi.ports import SystemClock
from dianchi.settings import Settings

_MINUTES: Final = int(ADMIN_FOR.total_seconds() // 60)


def address_of(link: Link, settings: Settings) -> str:
    """Where the link leads."""
    return f"{settings.public_address}/welcome/{link.token}"


async def say_admin_link(services: Services, settings: Settings) -> None:
    """Prints the link where the platform has no administrator yet."""
    async with services.make_session() as session:
        link = await admin_link(session, now_of(services.clock))
    if link is not None:
        await services.audit.note(operator(), "dianchi serve", "admin-link")
        typer.echo(
            f"This platform has no administrator yet. For {_MINUTES} minutes, and once:\n"
            f"  {address_of(link, settings)}\n"
            "Later: dianchi admin-link"
        )


async def admin_link_by_hand(settings: Settings, dsn: str) -> tuple[str, datetime]:
    """A link for another administrator, or the first; and until when it is good."""
    await note_command(dsn, "admin-link", "")
    async with session_over(dsn) as session:
        link = await _another(session)
    return address_of(link, settings), link.expires_at


async def _another(session: AsyncSession) -> Link:
    link = await admin_link(session, now_of(SystemClock()), another=True)
    assert link is not None  # noqa: S101 - asked for another one
    return link


async def confirm_by_hand(settings: Settings, dsn: str, proposal: UUID) -> str | None:
    """Confirms what waits for a second person; where its link leads, if it makes one.

    Raises:
        DecidedError: there is none that waits.
    """
    async with session_over(dsn) as session:
        now = now_of(SystemClock())
        await check_open(session, proposal, now)
        await note_command(dsn, "person confirm", str(proposal))
        _, link = await confirm(session, proposal, None, now)
    return None if link is None else address_of(link, settings)
