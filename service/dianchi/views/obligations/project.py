"""Writes the rows of obligations: what is owed now against what was owed.

When the rules change, every life is judged once more and each row whose verdict changes keeps the
old one in `earlier`. Otherwise a row only follows the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from asyncpg import Connection
from asyncpg.pgproto.pgproto import UUID

from dianchi.domain.deadlines import soon_from
from dianchi.domain.obligations import Obligation
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.store.names import key_id
from dianchi.views.obligations.tallies import count_all, count_of, settle_tallies

_OBLIGATIONS: Final = 14
"""A kind beyond those of `KeyKind`, for ids."""


class Row(msgspec.Struct, gc=False):
    """A row to be written, its members named as the columns are."""

    obligation_id: UUID
    stream_id: UUID
    battery: str
    duty: str
    regime: str
    event_id: str
    event_type: str
    unreported: bool
    bearer: str
    bearer_told: str | None
    reporter: str
    owed_to: str
    statutory: bool
    prefecture: str
    safety_class: str | None
    start_day: date
    soon_day: date
    due_day: date
    met_day: date | None
    met_by: str | None
    ended_day: date | None
    phase: str
    seen_by: Sequence[str]
    dropped: bool = False


_NAMED: Final = Row.__struct_fields__
# What the rules make of the facts: where this changes under other rules, the old is kept.
_VERDICT: Final = ("regime", "due_day", "statutory", "owed_to", "bearer", "phase", "dropped")
_OLD: Final = """
coalesce(o.earlier, '[]') || jsonb_build_array(jsonb_build_object(
    'rule_set', o.rule_set, 'regime', o.regime, 'due', o.due_day, 'statutory', o.statutory,
    'owed_to', o.owed_to, 'bearer', o.bearer, 'phase', o.phase, 'met', o.met_day,
    'from', o.judged_at, 'until', clock_timestamp()))
"""


def _columns(of: str, names: Iterable[str] = _NAMED) -> str:
    return ", ".join(f"{of}.{name}" for name in names)


_JUDGED_ANEW: Final = (
    f"$2 AND ({_columns('o', _VERDICT)}) IS DISTINCT FROM ({_columns('excluded', _VERDICT)})"
)


def _upsert(source: str) -> str:
    """A row that stays as it was is not written again."""
    return f"""
INSERT INTO obligation AS o ({", ".join(_NAMED)}, rule_set, judged_at)
SELECT {_columns("n")}, $1, clock_timestamp() FROM {source} n
 WHERE NOT EXISTS (SELECT FROM obligation e WHERE e.obligation_id = n.obligation_id
       AND ({_columns("e")}) IS NOT DISTINCT FROM ({_columns("n")}))
    ON CONFLICT (obligation_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _NAMED[1:])}, rule_set = $1,
       judged_at = CASE WHEN {_JUDGED_ANEW} THEN excluded.judged_at ELSE o.judged_at END,
       earlier = CASE WHEN {_JUDGED_ANEW} THEN {_OLD} ELSE o.earlier END
"""  # noqa: S608 - made of the constants above


_UPSERT: Final = _upsert("json_populate_recordset(NULL::obligation, $3::text::json)")
_PLACE: Final = _upsert("rebuilt_obligation")
_LAY: Final = f"""
INSERT INTO rebuilt_obligation ({", ".join(_NAMED)}, rule_set, judged_at)
SELECT {", ".join(_NAMED)}, $1, clock_timestamp()
  FROM json_populate_recordset(NULL::obligation, $2::text::json)
"""  # noqa: S608 - made of the constants above
_NO_LONGER: Final = (
    "stream_id = ANY ($1::uuid[]) AND obligation_id <> ALL ($2::uuid[]) AND NOT dropped"
)
# Of these streams nothing was made anew yet.
_NOT_MADE_ANEW: Final = """stream_id <> ALL ($1::uuid[]) AND NOT dropped AND NOT EXISTS (
    SELECT FROM rebuilt_obligation n WHERE n.obligation_id = o.obligation_id)"""


def _drop(which: str, day: str, by: str) -> str:
    return f"""
UPDATE obligation o
   SET earlier = {_OLD}, dropped = true, phase = 'lapsed', met_day = NULL, met_by = NULL,
       ended_day = {day}, rule_set = {by}, judged_at = clock_timestamp()
 WHERE {which}
"""  # noqa: S608 - made of the constants above


_GONE: Final = f"DELETE FROM obligation WHERE {_NO_LONGER}"  # noqa: S608 - as above
_DROPPED: Final = _drop(_NO_LONGER, "$3", "$4")
_GONE_BESIDE: Final = f"DELETE FROM obligation o WHERE {_NOT_MADE_ANEW}"  # noqa: S608 - as above
_DROPPED_BESIDE: Final = _drop(_NOT_MADE_ANEW, "$2", "$3")
_json = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class Owed:
    """All that is owed of one battery.

    Attributes:
        stream: of its canonical name.
        members: the streams of all its names.
    """

    stream: UUID
    name: str
    members: Sequence[UUID]
    obligations: Sequence[Obligation]


@dataclass(frozen=True, slots=True)
class Judging:
    """By what rows are judged.

    Attributes:
        rule_set: its name.
        anew: the rules changed: verdicts that change are kept.
    """

    rules: Rules
    registry: Registry
    rule_set: str
    today: date
    anew: bool = False


async def write_obligations(
    connection: Connection, every: Iterable[Owed], judging: Judging
) -> None:
    """Brings the rows of these batteries up to date, in the caller's transaction."""
    batteries = list(every)
    members = [stream for battery in batteries for stream in battery.members]
    if not members:
        return
    rows = [row for battery in batteries for row in rows_of(battery, judging)]
    ids = [row.obligation_id for row in rows]
    before = await count_of(connection, members)
    if judging.anew:
        await connection.execute(_DROPPED, members, ids, judging.today, judging.rule_set)
    else:
        await connection.execute(_GONE, members, ids)
    if rows:
        await connection.execute(_UPSERT, judging.rule_set, judging.anew, _json(rows).decode())
    await settle_tallies(connection, before, await count_of(connection, members))


async def lay_obligations(connection: Connection, rows: Sequence[Row], by: str) -> None:
    """Lays rows beside those that are shown; `by` names the rule set."""
    await connection.execute(_LAY, by, _json(rows).decode())


async def place_obligations(
    connection: Connection, judging: Judging, spared: Sequence[UUID]
) -> None:
    """Puts the rows laid beside in the place of those shown, and counts all of them.

    In the caller's transaction; of the streams that are spared every row stays.
    """
    if judging.anew:
        await connection.execute(_DROPPED_BESIDE, spared, judging.today, judging.rule_set)
    else:
        await connection.execute(_GONE_BESIDE, spared)
    await connection.execute(_PLACE, judging.rule_set, judging.anew)
    await count_all(connection)


def rows_of(battery: Owed, judging: Judging) -> list[Row]:
    """The rows of a battery."""
    return [_row(battery, owed, judging) for owed in battery.obligations]


def _row(battery: Owed, owed: Obligation, judging: Judging) -> Row:
    rule, event, registry = owed.rule, owed.event, judging.registry
    place = _place(owed, registry)
    share = judging.rules.number("due_soon_share", owed.start)
    which = "missing" if owed.is_unreported else "told"
    return Row(
        key_id(_OBLIGATIONS, f"{event.subject}|{rule.id}|{which}|{event.event_id}"),
        battery.stream,
        battery.name,
        rule.id,
        rule.regime,
        event.event_id,
        event.type,
        owed.is_unreported,
        owed.bearer,
        _told(owed, registry),
        owed.reporter,
        rule.owed_to,
        rule.binding == "statutory",
        registry.prefecture(*place) or "",
        owed.safety or None,
        owed.start,
        soon_from(owed.start, owed.due, share),
        owed.due,
        owed.met_on,
        owed.met.event_id if owed.met else None,
        owed.ended_on,
        phase_of(owed),
        sorted({owed.bearer, owed.reporter, *registry.areas(*place)} - {""}),
    )


def phase_of(owed: Obligation) -> str:
    """What an obligation is whatever the day."""
    if owed.met_on is not None:
        if owed.met_on <= owed.due:
            return "met"
        return "unchecked" if owed.elsewhere else "late"
    if owed.ended_us is not None:
        return "lapsed"
    return "owed" if owed.checked_elsewhere else "open"


def _place(owed: Obligation, registry: Registry) -> tuple[str, str | None]:
    """Where it is owed: at the site of the report, where its reporter answers; else at the firm."""
    event = owed.event
    for firm in (owed.bearer, owed.reporter):
        if firm == event.organisation:
            return firm, event.site
        if firm in registry.organisations:
            return firm, None
    return event.organisation, event.site


def _told(owed: Obligation, registry: Registry) -> str | None:
    """What the report calls who answers, where it is not registered."""
    if not owed.bearer or owed.bearer in registry.organisations:
        return None
    called: Any = owed.event.data.get("receiver")
    if isinstance(called, Mapping):
        called = called.get("name")
    return str(called) if called else None
