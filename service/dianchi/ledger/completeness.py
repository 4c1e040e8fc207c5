"""Whether the tables of the record tell of the same events, each of them once in the log."""

from typing import Final, NamedTuple

from dianchi.store.connect import Queryable


class Fault(NamedTuple):
    """Something that does not fit; `log_index` where it is about one place of the log."""

    code: str
    text: str
    log_index: int | None = None


SHOWN: Final = 20
"""How many faults of a kind are named."""
_CHECKS: Final[dict[str, tuple[str, str]]] = {
    "unlogged": (
        "event {0} version {1} is neither in the log nor on its way to it",
        """
        WITH q AS (SELECT x.s, x.v FROM outbox o, unnest(o.stream_ids, o.versions) x(s, v))
        SELECT e.stream_id, e.version FROM event e
         WHERE NOT EXISTS (SELECT FROM log_entry l
                            WHERE l.stream_id = e.stream_id AND l.version = e.version)
           AND NOT EXISTS (SELECT FROM q WHERE q.s = e.stream_id AND q.v = e.version)
        """,
    ),
    "waiting_twice": (
        "event {0} version {1} waits for the log although it is in it, or waits without an event",
        """
        WITH q AS (SELECT x.s, x.v FROM outbox o, unnest(o.stream_ids, o.versions) x(s, v))
        SELECT q.s, q.v FROM q
         WHERE EXISTS (SELECT FROM log_entry l WHERE l.stream_id = q.s AND l.version = q.v)
            OR NOT EXISTS (SELECT FROM event e WHERE e.stream_id = q.s AND e.version = q.v)
        """,
    ),
    "head": (
        "stream {0}: its head counts {1} events, there are {2}, the last has version {3}",
        """
        SELECT coalesce(s.stream_id, e.stream_id), s.version, e.count, e.last
          FROM stream s FULL JOIN (SELECT stream_id, count(*), max(version) AS last
                                     FROM event GROUP BY stream_id) e USING (stream_id)
         WHERE s.version IS DISTINCT FROM e.count OR s.version IS DISTINCT FROM e.last
        """,
    ),
    "report": (
        "event_id {0}: an event without its report",
        """
        SELECT e.event_id FROM event e
         WHERE NOT EXISTS (SELECT FROM report r WHERE r.event_id = e.event_id)
        """,
    ),
    "report_place": (
        "event_id {0}: its report is without its event, or names another place or other content",
        """
        SELECT r.event_id FROM report r
          LEFT JOIN event e ON e.stream_id = r.stream_id AND e.version = r.version
         WHERE e.event_id IS DISTINCT FROM r.event_id
            OR position(convert_to(encode(r.sha256, 'hex'), 'UTF8') IN e.body) = 0
        """,
    ),
}


async def gaps(connection: Queryable) -> list[Fault]:
    """Every contradiction between the tables, the first of each kind by name."""
    found = []
    for code, (sentence, query) in _CHECKS.items():
        rows = await connection.fetch(f"{query} LIMIT {SHOWN}")
        found += [Fault(code, sentence.format(*row.values())) for row in rows]
    return found
