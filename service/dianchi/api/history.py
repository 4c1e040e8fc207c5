"""`GET /v1/batteries/{name}/history`: stored bytes passed through, in order of the fold."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Annotated, Final, NamedTuple
from urllib.parse import parse_qs

import msgspec

from dianchi.api.cursors import page_place
from dianchi.api.intake import Answer, Receive, Scope, reporter_of
from dianchi.api.naming import canonical_name, moment_of, moment_us
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.sight import Sight, own_reports, sight_of
from dianchi.api.subjects import subject_of
from dianchi.api.vins import VinReader, put_vins_back, vin_reader
from dianchi.domain.life import Event, fold
from dianchi.domain.lines import Stream
from dianchi.domain.policy import HISTORY
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import eyes_of
from dianchi.exchange.json_out import encode
from dianchi.store.envelope import SIGNED, open_event, open_json
from dianchi.store.heads import read_outline
from dianchi.store.lives import SQL, StoredLife, read_life
from dianchi.store.names import stream_id
from dianchi.store.sight import SHOWN_PAGE
from dianchi.views.pages import cursor_of

LONGEST_PAGE: Final = 1000
PAGE: Final = 200
_ADDED: Final = b',"assurance":"unsigned","corrected_by":null,"log_index":'
_ADDED_SIGNED: Final = b',"assurance":"signed","corrected_by":null,"log_index":'
_LAST: Final = 2**31 - 1
Row = tuple[bytes, int | None, str | None]
Seen = Mapping[str, int]
"""How far the first page saw each stream of a life, by name: what comes later is not in the next
pages, so that a late report neither doubles an event nor hides one."""


class _Place(msgspec.Struct, array_like=True):
    """What a cursor holds: how many events came before, and how far the first page saw."""

    before: Annotated[int, msgspec.Meta(ge=0, le=_LAST)]
    seen: dict[str, int]


class _Asked(NamedTuple):
    """One page of one history, for one reader."""

    name: str
    limit: int
    start: int
    seen: Seen | None
    reader: VinReader

    def cursor(self, seen: Seen, count: int) -> str | None:
        """Where the next page of `count` events begins; None after the last."""
        following = self.start + self.limit
        return cursor_of((following, dict(seen))) if count > following else None


async def get_history(scope: Scope, _: Receive, services: Services) -> Answer:
    """The history of a battery."""
    reporter = await reporter_of(scope, services)
    await services.pass_noted(HISTORY, reporter, subject_of(scope["path"]))
    given = scope["path"].removeprefix("/v1/batteries/").removesuffix("/history")
    name = canonical_name(given, await services.registry.current())
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    reader = vin_reader(reporter, query.get("purpose", [None])[0], services)
    asked = _Asked(name, _limit(query), *_place(query), reader)
    if "as_of" not in query and "known_at" not in query:
        answer = await _as_recorded(asked, services)
        if answer is not None:
            return answer
    return await _as_folded(asked, query, services)


async def _as_recorded(asked: _Asked, services: Services) -> Answer | None:
    """The page of a life whose history is the order of its one stream; None for any other."""
    name, limit, start, seen, reader = asked
    stream = stream_id(Stream.BATTERY, name)
    readers = services.seeing(reader.reporter)
    page = SQL["history_page"] if readers is services.readers else SHOWN_PAGE
    found = await readers.fetchrow(page, stream, start, limit)
    if found is None or not eyes_of(reader.reporter).see(found["seen_by"]):
        return await _own_page(asked, services)
    head = read_outline(found["state"])
    if head.joined or head.order is not None:
        return None
    version = found["version"] if seen is None else seen.get(name, 0)
    bodies = found["bodies"][: max(version - start, 0)]
    places = found["places"][: len(bodies)]
    following = asked.cursor({name: version}, version)
    if head.corrected or head.vins:
        rows = _rows(bodies, places, start, dict(head.corrected or ()))
        return await _answer(rows, following, reader, services)
    # Events never change: what was seen of the life and of the log says it all.
    tag = b'W/"%d-%d"' % (version, len(places))
    return _plain(bodies, places, following, signed=head.signed)._replace(etag=tag)


async def _own_page(asked: _Asked, services: Services) -> Answer:
    """What the caller reported itself of a life that it does not see, in order of business time."""
    rows = await own_reports(services, asked.reader.reporter, asked.name, asked.name)
    told = sorted(rows, key=lambda row: open_event(row[0]).key)
    some = told[asked.start : asked.start + asked.limit]
    page: list[Row] = [(body, index, None) for body, index in some]
    return await _answer(page, asked.cursor({}, len(told)), asked.reader, services)


async def _as_folded(asked: _Asked, query: Mapping[str, list[str]], services: Services) -> Answer:
    """The slow way: lives reported out of order or under several names, and lives as they were."""
    as_of = moment_us(query.get("as_of", [None])[0], "as_of")
    known_at = moment_of(query.get("known_at", [None])[0], "known_at")
    if await sight_of(services, asked.reader.reporter, asked.name, asked.name) is Sight.OWN_REPORTS:
        return await _own_page(asked, services)
    async with services.seeing(asked.reader.reporter).acquire() as connection:
        stored = await read_life(connection, asked.name, known_at=known_at)
    events = [event for event in stored.events if _was_seen(event, asked.seen)] if stored else []
    told = [event for event in events if as_of is None or event.occurred_us <= as_of]
    if stored is None or not told:
        raise not_by_then(asked.name)
    seen: dict[str, int] = {}
    for event in events:
        seen[event.subject] = max(event.version, seen.get(event.subject, 0))
    rows = _ordered(told, stored, services)
    page = rows[asked.start : asked.start + asked.limit]
    return await _answer(page, asked.cursor(seen, len(rows)), asked.reader, services)


def _was_seen(event: Event, seen: Seen | None) -> bool:
    return seen is None or event.version <= seen.get(event.subject, 0)


def _place(query: Mapping[str, list[str]]) -> tuple[int, Seen | None]:
    """Where the page begins, and what the first page saw."""
    if "cursor" not in query:
        return 0, None
    place: _Place = page_place(query["cursor"][0], _Place)
    return place.before, place.seen


def _plain(
    bodies: Sequence[bytes], places: Sequence[int], following: str | None, *, signed: bool
) -> Answer:
    """The page as stored, where no correction is to be shown and no VIN put back.

    Every body ends with a brace; what the answer adds stands before it. The parts are laid out by
    slices and joined once: formatting a hundred events one by one takes twice as long.
    """
    if not bodies:
        return _sent((), following, None)
    laid = [b"},"] * (4 * len(bodies))
    laid[0::4] = [body[:-1] for body in bodies]
    laid[1::4] = [_ADDED] * len(bodies)
    if signed:
        laid[1::4] = [_ADDED_SIGNED if SIGNED in body else _ADDED for body in bodies]
    laid[2::4] = [b"%d" % place for place in places] + [b"null"] * (len(bodies) - len(places))
    laid[-1] = b"}"
    return _sent(laid, following, places[-1] if places else None)


def _sent(items: Sequence[bytes], following: str | None, last: int | None) -> Answer:
    cursor = b"null" if following is None else b'"%b"' % following.encode()
    reflected = b"null" if last is None else b"%d" % last
    whole = (b'{"items":[', *items, b'],"next":', cursor, b',"log_index":', reflected, b"}")
    return Answer(200, b"".join(whole))


def _rows(
    bodies: Sequence[bytes], places: Sequence[int], start: int, corrected: Mapping[int, str]
) -> list[Row]:
    return [
        (body, place, corrected.get(version))
        for version, (body, place) in enumerate(zip_longest(bodies, places), start + 1)
    ]


def not_by_then(name: str) -> Refused:
    return refuse(
        "not_found",
        ("那时还没有这只电池的记录", "nothing was on record under this name by then"),
        ("请核对编码，或换一个较晚的时间", "check the name, or ask for a later moment"),
        pointer="/battery",
        value=name,
    )


def _limit(query: Mapping[str, list[str]]) -> int:
    text = query.get("limit", [str(PAGE)])[0]
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= LONGEST_PAGE):
        raise refuse(
            "invalid_value",
            (
                f"limit 应为 1–{LONGEST_PAGE} 的整数",
                f"limit must be a whole number from 1 to {LONGEST_PAGE}",
            ),
            ("请改正查询参数", "mend the query"),
            pointer="/limit",
            value=text,
        )
    return int(text)


def _ordered(events: Iterable[Event], stored: StoredLife, services: Services) -> list[Row]:
    folded = fold(events, services.rules)
    rows: list[Row] = []
    for event in folded.order:
        key = event.event_id, event.subject
        rows.append((stored.bodies[key], stored.logged[key].log_index, folded.corrected.get(key)))
    return rows


async def _answer(
    rows: list[Row], following: str | None, reader: VinReader, services: Services
) -> Answer:
    if any(b'"vin_ref"' in body for body, _, _ in rows):
        rows = await _with_vins(rows, reader, services)
    items = [
        b'%b,"assurance":"%b","corrected_by":%b,"log_index":%b}'
        % (
            body[:-1],
            b"signed" if SIGNED in body else b"unsigned",
            b"null" if by is None else b'"%b"' % by.encode(),
            b"null" if index is None else b"%d" % index,
        )
        for body, index, by in rows
    ]
    last = max((index for _, index, _ in rows if index is not None), default=None)
    return _sent((b",".join(items),), following, last)


async def _with_vins(rows: list[Row], reader: VinReader, services: Services) -> list[Row]:
    opened = {n: open_json(body) for n, (body, _, _) in enumerate(rows) if b'"vin_ref"' in body}
    await put_vins_back(opened.values(), reader, services)
    rejoined = list(rows)
    for number, envelope in opened.items():
        rejoined[number] = (encode(envelope), *rows[number][1:])
    return rejoined
