"""Recalls that are open, as a list, and how many batteries each concerns."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from asyncpg import Record

from dianchi.domain.lines import Stream
from dianchi.domain.recalls import Recall, Selector
from dianchi.store.connect import Queryable
from dianchi.store.names import stream_id
from dianchi.store.readers import Lender

MOST_LISTED: Final = 200
SAMPLE: Final = 8
_OPEN: Final = "SELECT * FROM recall WHERE closed_us IS NULL ORDER BY opened_us"
_AT: Final = """
SELECT * FROM recall WHERE opened_us <= $1 AND (closed_us IS NULL OR closed_us > $1)
 ORDER BY opened_us
"""
_LISTED: Final = f"""
SELECT * FROM recall WHERE ($1::boolean IS NULL OR (closed_us IS NOT NULL) = $1)
 AND ($2::text IS NULL OR issuer = $2) ORDER BY opened_us DESC LIMIT {MOST_LISTED}
"""  # noqa: S608 - made of the constants above
_ONE: Final = "SELECT * FROM recall WHERE stream_id = $1"
_REMEDIED: Final = """
SELECT subject, count(*) AS remedied FROM battery, unnest(remedied) subject
 WHERE remedied && $1::text[] AND ($2::text[] IS NULL OR seen_by && $2) GROUP BY subject
"""
_CONCERNED: Final = """
SELECT stage, count(*) AS packs, (array_agg(name ORDER BY name))[1:$1] AS names
  FROM battery WHERE
"""
_NAMED: Final = "(name = ANY (${0}::text[]) OR names && ${0}::text[])"
_SELECTOR: Final = tuple(Selector.__dataclass_fields__)


Conditions = list[tuple[str, Any]]
"""In SQL, with `{}` for the number of the parameter, each with its value."""


class Concerned(NamedTuple):
    """How many batteries a selector concerns, by stage, and the first of them by name."""

    total: int
    stages: Mapping[str, int]
    names: Sequence[str]


async def open_recalls(connection: Queryable, as_of_us: int | None = None) -> list[Recall]:
    """The recalls that are open, or were at a moment of business time: a handful, by an index."""
    if as_of_us is None:
        rows = await connection.fetch(_OPEN)
    else:
        rows = await connection.fetch(_AT, as_of_us)
    return [recall_of(row) for row in rows]


async def list_recalls(
    connection: Queryable, *, closed: bool | None = None, issuer: str | None = None
) -> list[Recall]:
    """Recalls, the latest first, at most `MOST_LISTED`."""
    return [recall_of(row) for row in await connection.fetch(_LISTED, closed, issuer)]


async def recall_named(readers: Lender, subject: str) -> Recall | None:
    """A recall by the name of its stream; None where there is none that `readers` are shown."""
    row = await readers.fetchrow(_ONE, stream_id(Stream.RECALL, subject))
    return None if row is None else recall_of(row)


def narrowing(recall: Recall, *, done: bool | None) -> Conditions:
    """By what a list of batteries is narrowed to those that a recall concerns.

    Args:
        recall: whether it is open or over.
        done: those that had its remedy, or those that had it not; None: both.
    """
    conditions = _asked(recall.selector)
    if recall.only_of is not None:
        conditions.append(("maker = ${}", recall.only_of))
    if done is not None:
        had = "coalesce(remedied @> ARRAY[${}::text], false)"
        conditions.append((had if done else f"NOT {had}", recall.subject))
    return conditions


def recall_of(row: Record) -> Recall:
    """The recall of a row."""
    told = dict(row)
    del told["stream_id"]
    selector = {name: told.pop(name) for name in _SELECTOR}
    if selector["names"] is not None:
        selector["names"] = tuple(selector["names"])
    return Recall(**(told | {"event_id": str(told["event_id"])}), selector=Selector(**selector))


async def remedied(
    connection: Queryable, subjects: Sequence[str], seers: Collection[str] | None
) -> dict[str, int]:
    """How many batteries had the remedy of each of these recalls, of those that `seers` see."""
    told = None if seers is None else list(seers)
    rows = await connection.fetch(_REMEDIED, list(subjects), told)
    return {row["subject"]: row["remedied"] for row in rows if row["subject"] in subjects}


async def concerned(
    connection: Queryable, asked: Selector, by: str | None, seers: Collection[str] | None
) -> Concerned:
    """How many batteries a selector concerns, whatever became of them.

    Args:
        connection: reads for whoever asks.
        asked: the selector.
        by: the maker that calls back, and so only what it made; None for an authority.
        seers: among whom those must be who see what is counted; None: everything is.
    """
    told: list[Any] = [SAMPLE]
    where = _where(asked, by, seers, told)
    rows = await connection.fetch(f"{_CONCERNED} {where} GROUP BY stage", *told)
    stages = {row["stage"]: row["packs"] for row in rows}
    names = sorted(name for row in rows for name in row["names"])[:SAMPLE]
    return Concerned(sum(stages.values()), stages, names)


async def how_many(
    connection: Queryable, recalls: Sequence[Recall], seers: Collection[str] | None
) -> list[int]:
    """How many batteries each of these recalls concerns (`concerned`): one question for all.

    No names are gathered: a recall may concern a hundred thousand batteries.
    """
    if not recalls:
        return []
    told: list[Any] = []
    counts = [
        f"(SELECT count(*) FROM battery WHERE {_where(each.selector, each.only_of, seers, told)})"  # noqa: S608 - made of the constants above
        for each in recalls
    ]
    return list(await connection.fetchval(f"SELECT ARRAY[{', '.join(counts)}]", *told))


def _where(asked: Selector, by: str | None, seers: Collection[str] | None, told: list[Any]) -> str:
    """The condition of a selector; its values are added to what a statement is told."""
    more = (("maker = ${}", by), ("seen_by && ${}::text[]", seers and list(seers)))
    where = []
    for condition, value in [*_asked(asked), *(each for each in more if each[1] is not None)]:
        told.append(value)
        where.append(condition.format(len(told)))
    return " AND ".join(where)


def _asked(asked: Selector) -> Conditions:
    """The conditions of a selector, each with its value; as `recalls.concerns` has them."""
    if asked.names is not None:
        return [(_NAMED, list(asked.names))]
    coded = any((asked.vendor, asked.codes_from, asked.codes_to))
    every = (
        ("maker = ${}", asked.maker),
        ("model = ${}", asked.model),
        ("made_day >= ${}", asked.made_from),
        ("made_day > 0 AND made_day <= ${}", asked.made_to),
        ("starts_with(name, ${})", asked.vendor),
        ("name >= ${}", asked.codes_from),
        ("name <= ${}", asked.codes_to),
        ("position(${} in name) = 0", ":" if coded else None),
    )
    return [(condition, value) for condition, value in every if value is not None]
