"""Queries that people save: a list with filters under a name, for oneself or one's authority."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from dianchi.access.owners import owner_of
from dianchi.domain.admit import Reporter
from dianchi.store.names import new_id
from dianchi.store.readers import Lender, Readers

MOST_SAVED: Final = 200
_COLUMNS: Final = "id, owner, organisation, name, list, filters, shared, made_at"
_SAVE: Final = f"""
INSERT INTO saved_query ({_COLUMNS}) SELECT $1, $2, $3, $4, $5, $6, $7, $8
 WHERE (SELECT count(*) FROM saved_query WHERE owner = $2) < $9 RETURNING {_COLUMNS}
"""  # noqa: S608 - constants
_LIST: Final = f"SELECT {_COLUMNS} FROM saved_query ORDER BY name, id"  # noqa: S608 - constants
_DELETE: Final = "DELETE FROM saved_query WHERE id = $1 AND owner = $2 RETURNING id"


class TooManySavedError(Exception):
    """The owner has saved as many queries as it may."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A list with filters, under a name."""

    id: UUID
    owner: str
    organisation: str
    name: str
    list: str
    filters: Mapping[str, str]
    shared: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class New:
    """A query to be saved; its filters with ids for names."""

    name: str
    list: str
    filters: Mapping[str, str]
    shared: bool


def lender_of(own: Readers, reporter: Reporter) -> Lender:
    """Connections that see the caller's own queries, and what its authority shares."""
    return own.seeing((owner_of(reporter), reporter.organisation))


async def save(keeper: Readers, new: New, reporter: Reporter, now: datetime) -> SavedQuery:
    """Keeps a query.

    Raises:
        TooManySavedError: others have to go first.
    """
    filters = msgspec.json.encode(dict(new.filters)).decode()
    who = owner_of(reporter), reporter.organisation
    told = new.name, new.list, filters, new.shared, now, MOST_SAVED
    row = await keeper.fetchrow(_SAVE, new_id(), *who, *told)
    if row is None:
        raise TooManySavedError
    return _of(row)


async def saved_queries(seeing: Lender) -> list[SavedQuery]:
    """What a caller sees of them, by name."""
    return [_of(row) for row in await seeing.fetch(_LIST)]


async def forget(keeper: Readers, identity: UUID, reporter: Reporter) -> bool:
    """Deletes one of the caller's own; whether there was such."""
    return await keeper.fetchval(_DELETE, identity, owner_of(reporter)) is not None


def _of(row: Any) -> SavedQuery:  # noqa: ANN401 - a row of asyncpg
    told = {name: row[name] for name in SavedQuery.__slots__}
    if isinstance(told["filters"], str):
        told["filters"] = json.loads(told["filters"])
    return SavedQuery(**told)
