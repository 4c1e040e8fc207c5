"""Making, listing and revoking keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.keys import KeyRing, end_of, new_key
from dianchi.access.tables import KeyRow
from dianchi.domain.refusals import Malformed, Text
from dianchi.domain.working_days import CHINA
from dianchi.store.readers import Readers

_LONGEST_DAYS: Final = 365
_ID_BYTES: Final = 16
_SHOWN: Final = 7
"""Characters of a key that are shown again, behind what says where it is good."""
_LIST: Final = """
SELECT encode(substring(digest FROM 1 FOR 16), 'hex') AS id, prefix, organisation, role, prefecture,
       area, department, names, scopes, made_at, expires_at, last_used_at,
       revoked_at, revoked_by, revoked_why
  FROM api_key WHERE organisation = $1 ORDER BY made_at, prefix
"""


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a key is made for: role, area, scopes (None: all of the role), last day (None: none).

    `area` and `department` are a regulator's; `names` are the ids an auditor is bound to.
    """

    role: str
    prefecture: str | None = None
    scopes: tuple[str, ...] | None = None
    expires_on: date | None = None
    area: str | None = None
    department: str | None = None
    names: tuple[str, ...] | None = None


class Misplaced(Malformed):
    """A term that a key of this role cannot have, or lacks; `member` names it."""

    def __init__(self, member: str, what: Text, way_out: Text, code: str = "invalid_value") -> None:
        super().__init__(code, what, way_out)
        self.member = member


def check_bounds(terms: KeyTerms) -> None:
    """Area and department are a regulator's; an auditor has names and a last day.

    Raises:
        Misplaced: another role was given one of these, or an auditor's lacks one.
    """
    for member, role in (
        ("area", "regulator"),
        ("department", "regulator"),
        ("names", "auditor"),
    ):
        if getattr(terms, member) is not None and terms.role != role:
            what = Text(f"只有角色 {role} 可以有 {member}", f"only the role {role} has {member}")
            raise Misplaced(member, what, Text(f"请删除 {member}", f"leave {member} out"))
    for member in ("names", "expires_on"):
        if terms.role == "auditor" and getattr(terms, member) is None:
            what = Text(
                "审计只对指定的单位有效，并有到期日",
                "an auditor is bound to named organisations until a day",
            )
            raise Misplaced(
                member, what, Text(f"请填写 {member}", f"add {member}"), "missing_field"
            )


async def add_key(
    session: AsyncSession,
    ring: KeyRing,
    organisation: str,
    terms: KeyTerms,
    now: datetime,
    *,
    device: str | None = None,
) -> str:
    """Makes a key for an organisation, or one of its devices; it is seen this once.

    Raises:
        Malformed: its last day is past, or more than a year ahead.
    """
    if terms.expires_on is not None:
        check_last_day(terms.expires_on, now)
    key = new_key(ring.prefix)
    session.add(
        KeyRow(
            digest=ring.digest(key),
            prefix=key[: len(ring.prefix) + _SHOWN],
            organisation=organisation,
            role=terms.role,
            prefecture=terms.prefecture,
            made_at=now,
            expires_at=end_of(terms.expires_on) if terms.expires_on else None,
            scopes=_listed(terms.scopes),
            area=terms.area,
            department=terms.department,
            names=_listed(terms.names),
            device=device,
        )
    )
    await session.commit()
    return key


def _listed(told: Iterable[str] | None) -> list[str] | None:
    return None if told is None else sorted(set(told))


def check_last_day(day: date, now: datetime) -> None:
    """The last day of a key or a person lies within a year.

    Raises:
        Malformed: it is past, or further ahead.
    """
    today, latest = day_in(0, now), day_in(_LONGEST_DAYS, now)
    if not today <= day <= latest:
        raise Malformed(
            "invalid_value",
            Text(
                f"到期日须在今天起 {_LONGEST_DAYS} 天之内",
                f"the last day lies within {_LONGEST_DAYS} days from today",
            ),
            Text(f"请填写 {today} 至 {latest} 的日期", f"give a day from {today} to {latest}"),
        )


def day_in(days: int, now: datetime) -> date:
    """The day (+08:00) that lies so many days ahead."""
    return now.astimezone(CHINA).date() + timedelta(days=days)


async def keys_of(readers: Readers, organisation: str) -> list[asyncpg.Record]:
    """The keys of an organisation, by their id and beginning; nobody reads a whole key again."""
    return list(await readers.fetch(_LIST, organisation))


def key_id(digest: bytes) -> str:
    """The id of a key: the first half of its keyed hash, which opens nothing."""
    return digest[:_ID_BYTES].hex()


def id_bounds(told: str) -> tuple[bytes, bytes] | None:
    """The digests that a key of this id may have, so that the primary key finds it."""
    try:
        start = bytes.fromhex(told)
    except ValueError:
        return None
    if len(start) != _ID_BYTES:
        return None
    return start + bytes(_ID_BYTES), start + b"\xff" * _ID_BYTES


async def find_key(session: AsyncSession, told: str) -> KeyRow | None:
    """The key of an id, locked until the session commits; None where there is none."""
    bounds = id_bounds(told)
    if bounds is None:
        return None
    named = select(KeyRow).where(col(KeyRow.digest).between(*bounds)).with_for_update()
    return (await session.exec(named)).one_or_none()


@dataclass(frozen=True, slots=True)
class Revocation:
    """Who revokes a key (an organisation; None: by hand, at the machine), and why."""

    by: str | None
    why: str


async def revoke(session: AsyncSession, row: KeyRow, told: Revocation, now: datetime) -> None:
    """Revokes a key; one that was revoked before keeps its first day and reason."""
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by, row.revoked_why = now, told.by, told.why
        session.add(row)
    await session.commit()
