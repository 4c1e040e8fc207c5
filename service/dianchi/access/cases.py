"""Cases as they are kept: opened, worked step by step, and listed.

Steps are never changed; the row of a case is what they come to. Who takes a step says which
version of the case it looked at: two officers do not decide past each other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from dianchi.access.slips import letters_of
from dianchi.domain.cases import State, Step
from dianchi.domain.working_days import CHINA
from dianchi.store.connect import Queryable
from dianchi.store.envelope import canonical_json
from dianchi.store.readers import Readers

PREFIX: Final = "AJ"
_STEP: Final = "SELECT case_id, said FROM case_step WHERE id = $1"
_HELD: Final = """
SELECT i.ref, f.id, f.number FROM case_item i JOIN case_file f ON f.id = i.case_id
 WHERE i.ref = ANY ($1::uuid[]) AND i.released_at IS NULL
"""
_OPEN: Final = """
INSERT INTO case_file (id, number, firm, prefecture, seen_by, items, state, version, assignee,
                       opened_at, opened_by)
VALUES ($1, $2, $3, $4, $5, $6, 'opened', 1, $7, $8, $9)
"""
_ITEM: Final = """
INSERT INTO case_item (case_id, place, kind, ref, code, battery, statutory, told, unasked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_KEEP_STEP: Final = """
INSERT INTO case_step (case_id, version, id, step, state, organisation, person, at, internal, told,
                       said)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_MOVE: Final = """
UPDATE case_file SET state = $3, version = version + 1, assignee = $4, due_on = $5,
       recheck_on = $6, asked_at = coalesce(asked_at, $7), closed_at = $8
 WHERE id = $1 AND version = $2 RETURNING version
"""
_OUTCOME: Final = """
UPDATE case_item SET outcome = $3 WHERE case_id = $1 AND place = ANY ($2::bigint[])
"""
_ASKED: Final = "UPDATE case_item SET unasked = false WHERE case_id = $1 AND unasked"
_WIDEN: Final = """
UPDATE case_file SET items = items + $2,
       seen_by = ARRAY (SELECT DISTINCT unnest(seen_by || $3::text[]) ORDER BY 1)
 WHERE id = $1 RETURNING items - $2
"""
_REFS: Final = "SELECT ref FROM case_item WHERE case_id = $1 AND released_at IS NOT NULL"
_RELEASE: Final = """
UPDATE case_item SET released_at = $3
 WHERE case_id = $1 AND place = ANY ($2::bigint[]) AND released_at IS NULL
"""
# What was dismissed and added again stands in the case twice: only the last of them is worked.
_HOLD_AGAIN: Final = """
UPDATE case_item i SET released_at = NULL, outcome = NULL
 WHERE case_id = $1 AND NOT EXISTS (
       SELECT FROM case_item later
        WHERE later.case_id = i.case_id AND later.ref = i.ref AND later.place > i.place)
"""
_LETTER: Final = """
INSERT INTO case_letter (number, case_id, version, kind, body, sha256, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class HeldError(Exception):
    """Something is worked in another case already: these, with the numbers of those cases."""

    def __init__(self, held: Mapping[UUID, str]) -> None:
        super().__init__(str(dict(held)))
        self.held = held


class ChangedError(Exception):
    """The case went on since the version that was looked at."""


class TakenError(Exception):
    """The id belongs to something else."""


class Hand(NamedTuple):
    """Who does something: the organisation, and the person where somebody is signed in."""

    organisation: str
    person: UUID | None


class ItemNew(NamedTuple):
    """Something to be worked: `kind` is `finding` or `obligation`, `ref` its id.

    `told` is what was found or owed at the time, with what of it the firm may know.
    """

    kind: str
    ref: UUID
    code: str
    battery: str | None
    statutory: bool
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be; `areas` are the areas whose officers see it."""

    id: UUID
    firm: str
    prefecture: str
    areas: Collection[str]
    items: Sequence[ItemNew]
    hand: Hand
    assignee: UUID | None
    told: Mapping[str, Any]
    said: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that goes with a step: its kind, and all that it says."""

    number: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Taking:
    """A step to be taken.

    Attributes:
        version: of the case that was looked at.
        outcome: of the items at `places`, where the step decides.
        release: other cases may take up these items.
        add: items that come to the case.
        areas: whose officers see the case from now on as well.
    """

    id: UUID
    step: Step
    state: State
    version: int
    hand: Hand
    internal: bool
    told: Mapping[str, Any]
    said: bytes
    assignee: UUID | None
    due_on: date | None
    recheck_on: date | None
    places: Sequence[int] = ()
    outcome: str | None = None
    release: Sequence[int] = ()
    add: Sequence[ItemNew] = ()
    areas: Collection[str] = ()
    letter: Letter | None = None


def number_of(prefix: str, told: bytes, now: datetime) -> str:
    """`<prefix>-`, the Chinese day, and 40 bits of a hash, in letters that nobody confuses."""
    return f"{prefix}-{now.astimezone(CHINA):%Y%m%d}-{letters_of(told)}"


def said_of(told: Mapping[str, Any]) -> bytes:
    """A hash of what was asked for."""
    return sha256(canonical_json(dict(told))).digest()


async def open_case(registrar: Readers, opening: Opening, now: datetime) -> bool:
    """Opens a case; whether it is new.

    Raises:
        HeldError: some of it is worked already.
        TakenError: the id is that of another case.
    """
    try:
        async with registrar.acquire() as connection, connection.transaction():
            if await _is_replay(connection, opening.id, opening.id, opening.said):
                return False
            await _open(connection, opening, now)
    except asyncpg.UniqueViolationError:
        # Somebody was faster, perhaps with the same words.
        async with registrar.acquire() as connection:
            if await _is_replay(connection, opening.id, opening.id, opening.said):
                return False
            raise await _held(connection, [item.ref for item in opening.items]) from None
    return True


async def _held(connection: Queryable, refs: Collection[UUID]) -> HeldError:
    held = await held_among(connection, refs)
    return HeldError({ref: number for ref, (_, number) in held.items()})


async def held_among(connection: Queryable, refs: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The open cases, by id and number, in which these are worked."""
    rows = await connection.fetch(_HELD, list(refs))
    return {row["ref"]: (row["id"], row["number"]) for row in rows}


async def _open(connection: Queryable, new: Opening, now: datetime) -> None:
    number = number_of(PREFIX, b"case:" + new.id.bytes, now)
    await connection.execute(
        _OPEN, new.id, number, new.firm, new.prefecture, sorted(new.areas), len(new.items),
        new.assignee, now, new.hand.organisation,
    )  # fmt: skip
    await _put_items(connection, new.id, new.items, behind=0, unasked=False)
    internal, told = True, canonical_json(dict(new.told))
    await connection.execute(
        _KEEP_STEP, new.id, 1, new.id, Step.OPEN, State.OPENED, *new.hand, now, internal, told,
        new.said,
    )  # fmt: skip


async def _put_items(
    connection: Queryable, case_id: UUID, items: Sequence[ItemNew], *, behind: int, unasked: bool
) -> None:
    for place, item in enumerate(items, behind + 1):
        told = canonical_json(dict(item.told))
        await connection.execute(_ITEM, case_id, place, *item[:-1], told, unasked)


async def take_step(registrar: Readers, case_id: UUID, taking: Taking, now: datetime) -> bool:
    """Takes a step; whether it is new: the same again changes nothing.

    Raises:
        ChangedError: the case is no longer what was looked at.
        HeldError: some of it is worked in another case by now.
        TakenError: the id is that of another step.
    """
    try:
        async with registrar.acquire() as connection, connection.transaction():
            moved = await connection.fetchval(
                _MOVE, case_id, taking.version, taking.state, taking.assignee, taking.due_on,
                taking.recheck_on, now if taking.step is Step.ASK else None,
                now if taking.step is Step.CLOSE else None,
            )  # fmt: skip
            if moved is None:
                raise ChangedError
            await _keep(connection, case_id, taking, moved, now)
    except asyncpg.UniqueViolationError:
        async with registrar.acquire() as connection:
            refs = [row["ref"] for row in await connection.fetch(_REFS, case_id)]
            refs += [item.ref for item in taking.add]
            held = await _held(connection, refs)
            # Or another case took a step of this id at the same moment.
            raise (held if held.held else TakenError) from None
    return True


async def was_taken(readers: Queryable, case_id: UUID, step: UUID, said: bytes) -> bool:
    """Whether a step was taken before.

    Raises:
        TakenError: the id is that of another step.
    """
    return await _is_replay(readers, case_id, step, said)


async def _is_replay(connection: Queryable, case_id: UUID, step: UUID, said: bytes) -> bool:
    row = await connection.fetchrow(_STEP, step)
    if row is not None and (row["case_id"], row["said"]) != (case_id, said):
        raise TakenError
    return row is not None


async def _keep(
    connection: Queryable, case_id: UUID, taking: Taking, version: int, now: datetime
) -> None:
    await connection.execute(
        _KEEP_STEP, case_id, version, taking.id, taking.step, taking.state, *taking.hand, now,
        taking.internal, canonical_json(dict(taking.told)), taking.said,
    )  # fmt: skip
    if taking.outcome is not None:
        await connection.execute(_OUTCOME, case_id, list(taking.places), taking.outcome)
    if taking.add:
        behind = await connection.fetchval(_WIDEN, case_id, len(taking.add), sorted(taking.areas))
        await _put_items(connection, case_id, taking.add, behind=behind, unasked=taking.internal)
    if taking.step is Step.ASK:
        await connection.execute(_ASKED, case_id)
    if taking.release:
        await connection.execute(_RELEASE, case_id, list(taking.release), now)
    if taking.step is Step.REOPEN:
        await connection.execute(_HOLD_AGAIN, case_id)
    if taking.letter is not None:
        letter = taking.letter
        digest = sha256(letter.body).digest()
        await connection.execute(
            _LETTER, letter.number, case_id, version, letter.kind, letter.body, digest, now
        )
