"""Adding organisations and vendor codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.tables import OrganisationRow, VendorRow
from dianchi.domain.refusals import Malformed, Text
from dianchi.domain.registry import Organisation, organisation_id


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is told of an organisation when it is enrolled."""

    name: str
    uscc: str | None = None
    province: str | None = None
    prefecture: str | None = None
    permits: tuple[dict[str, Any], ...] = ()


async def enrol(session: AsyncSession, told: Enrolment, now: datetime) -> OrganisationRow:
    """The organisation of this name or USCC, made when missing; told facts fill gaps only.

    Raises:
        Malformed: the name is blank, or name and USCC belong to two organisations.
    """
    row = await enrolled(session, told, now)
    await session.commit()
    return row


async def _of_name_or_code(
    session: AsyncSession, name: str, uscc: str | None
) -> Sequence[OrganisationRow]:
    # A USCC that was not told must not be looked for: it would find whoever has none.
    known_by = [col(OrganisationRow.name) == name]
    if uscc is not None:
        known_by.append(col(OrganisationRow.uscc) == uscc)
    return (await session.exec(select(OrganisationRow).where(or_(*known_by)))).all()


async def enrolled(session: AsyncSession, told: Enrolment, now: datetime) -> OrganisationRow:
    """`enrol` as part of a transaction: the caller commits.

    Raises:
        Malformed: as `enrol`.
    """
    name = " ".join(told.name.split())
    if not name:
        raise _blank()
    known = await _of_name_or_code(session, name, told.uscc)
    found = next(iter(known), None)
    if len(known) > 1 or (found and told.uscc and found.uscc not in {None, told.uscc}):
        raise _of_another(name)
    if found is None:
        row = OrganisationRow(
            id=organisation_id(told.uscc or name),
            name=name,
            uscc=told.uscc,
            province=told.province,
            prefecture=told.prefecture,
            onboarded_on=now.date(),
            permits=list(told.permits),
        )
        # Two may enrol the same firm at once; the second finds the first's row.
        await session.exec(
            insert(OrganisationRow).values(**row.model_dump()).on_conflict_do_nothing()
        )
        return (
            await session.exec(select(OrganisationRow).where(OrganisationRow.id == row.id))
        ).one()
    for fact in ("uscc", "province", "prefecture"):
        if getattr(found, fact) is None and getattr(told, fact) is not None:
            setattr(found, fact, getattr(told, fact))
    session.add(found)
    return found


async def settle_in(session: AsyncSession, firm: Organisation, name: str) -> None:
    """Enrols a firm in its sandbox under the id that it has, so that its systems need not change.

    Args:
        session: of the sandbox.
        firm: as it is registered.
        name: what it is called there.
    """
    row = insert(OrganisationRow).values(
        id=firm.id,
        name=name,
        uscc=firm.uscc,
        province=firm.province,
        prefecture=firm.prefecture,
        onboarded_on=firm.onboarded_on,
        permits=[],
    )
    # The synthetic province may have a firm of this id: then that one's lives are the firm's.
    row = row.on_conflict_do_update(index_elements=["id"], set_={"name": name})
    await session.exec(row)
    await session.commit()


def _blank() -> Malformed:
    return Malformed(
        "invalid_value",
        Text("单位名称为空", "the name of the organisation is blank"),
        Text("请填写登记的全称", "give its registered name"),
    )


def _of_another(name: str) -> Malformed:
    return Malformed(
        "invalid_value",
        Text(
            f"“{name}”和这个统一社会信用代码属于两家单位",
            f"'{name}' and this credit code belong to two organisations",
        ),
        Text("请核对名称和代码", "check the name and the code"),
    )


async def put_vendor(session: AsyncSession, vendor: VendorRow) -> None:
    """Adds or changes a vendor code."""
    await session.merge(vendor)
    await session.commit()
