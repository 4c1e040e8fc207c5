"""`GET /v1/batteries/{name}/history`: stored bytes passed through, in order of the fold."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final
from urllib.parse import parse_qs

from dianchi.api.intake import Answer, Receive, Scope, reporter_of
from dianchi.api.naming import canonical_name, moment_of, moment_us
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.life import fold
from dianchi.domain.lines import Stream
from dianchi.exchange.json_out import encode
from dianchi.store.envelope import open_json
from dianchi.store.heads import read_outline
from dianchi.store.lives import SQL, read_life
from dianchi.store.names import stream_id

LONGEST_PAGE: Final = 1000
PAGE: Final = 200
_ADDED: Final = b',"corrected_by":null,"log_index":'
Row = tuple[bytes, int | None, str | None]


async def get_history(scope: Scope, _: Receive, services: Services) -> Answer:
    """The history of a battery."""
    reporter = await reporter_of(scope, services)
    asked = scope["path"].removeprefix("/v1/batteries/").removesuffix("/history")
    name = canonical_name(asked, await services.registry.current())
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    limit = _bounded(query, "limit", PAGE, 1, LONGEST_PAGE)
    start = _bounded(query, "cursor", 0, 0, 10**9)
    if "as_of" in query or "known_at" in query:
        rows = await _as_it_was(name, query, services)
        if not rows:
            raise absent(asked)
        return await _page(rows[start : start + limit + 1], start, limit, reporter, services)
    stream = stream_id(Stream.BATTERY, name)
    found = await services.readers.fetchrow(SQL["history_page"], stream, start, limit)
    if found is None:
        raise absent(asked)
    head = read_outline(found["state"])
    if head.joined or head.order is not None:
        rows = await _whole(name, services)
        return await _page(rows[start : start + limit + 1], start, limit, reporter, services)
    bodies, places = found["bodies"], found["places"]
    following = start + limit if found["version"] > start + limit else None
    if head.corrected or head.vins:
        rows = _rows(bodies, places, start, dict(head.corrected or ()))
        return await _answer(rows, following, reporter, services)
    return _plain(bodies, places, following)


def _plain(bodies: Sequence[bytes], places: Sequence[int], following: int | None) -> Answer:
    """The page as stored, where no correction is to be shown and no VIN put back.

    Every body ends with a brace; what the answer adds stands before it. The parts are laid out by
    slices and joined once: formatting a hundred events one by one takes twice as long.
    """
    if not bodies:
        return _sent((), following, None)
    laid = [b"},"] * (4 * len(bodies))
    laid[0::4] = [body[:-1] for body in bodies]
    laid[1::4] = [_ADDED] * len(bodies)
    laid[2::4] = [b"%d" % place for place in places] + [b"null"] * (len(bodies) - len(places))
    laid[-1] = b"}"
    return _sent(laid, following, places[-1] if places else None)


def _sent(items: Sequence[bytes], following: int | None, last: int | None) -> Answer:
    cursor = b"null" if following is None else b'"%d"' % following
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


def absent(name: str) -> Exception:
    """Nothing was ever reported under this name."""
    return refuse(
        "not_found",
        ("没有这只电池的记录", "nothing was reported under this name"),
        ("请核对编码；新电池先由厂商或网点登记", "check the name, or report it first"),
        pointer="/battery",
        value=name,
    )


def _bounded(query: Mapping[str, list[str]], name: str, default: int, low: int, high: int) -> int:
    text = query.get(name, [str(default)])[0]
    if not (text.isascii() and text.isdigit() and low <= int(text[:12]) <= high):
        raise refuse(
            "invalid_value",
            (
                f"{name} 应为 {low}–{high} 的整数",
                f"{name} must be a whole number from {low} to {high}",
            ),
            ("请改正查询参数", "mend the query"),
            pointer=f"/{name}",
            value=text,
        )
    return int(text)


async def _whole(name: str, services: Services) -> list[Row]:
    """The slow way: for lives that were reported out of order or under several names."""
    async with services.readers.acquire() as connection:
        stored = await read_life(connection, name)
    if stored is None:
        return []
    return _ordered(stored.events, stored, services)


def _ordered(events: Any, stored: Any, services: Services) -> list[Row]:  # noqa: ANN401 - see read_life
    folded = fold(events, services.rules)
    rows: list[Row] = []
    for event in folded.order:
        key = event.event_id, event.subject
        rows.append((stored.bodies[key], stored.logged[key].log_index, folded.corrected.get(key)))
    return rows


async def _as_it_was(name: str, query: Mapping[str, list[str]], services: Services) -> list[Row]:
    as_of = moment_us(query.get("as_of", [None])[0], "as_of")
    known_at = moment_of(query.get("known_at", [None])[0], "known_at")
    async with services.readers.acquire() as connection:
        stored = await read_life(connection, name, known_at=known_at)
    if stored is None:
        return []
    events = [e for e in stored.events if as_of is None or e.occurred_us <= as_of]
    return _ordered(events, stored, services)


async def _page(
    rows: list[Row], start: int, limit: int, reporter: Reporter, services: Services
) -> Answer:
    following = start + limit if len(rows) > limit else None
    return await _answer(rows[:limit], following, reporter, services)


async def _answer(
    rows: list[Row], following: int | None, reporter: Reporter, services: Services
) -> Answer:
    if any(b'"vin_ref"' in body for body, _, _ in rows):
        rows = await _with_vins(rows, reporter, services)
    items = [
        b'%b,"corrected_by":%b,"log_index":%b}'
        % (
            body[:-1],
            b"null" if by is None else b'"%b"' % by.encode(),
            b"null" if index is None else b"%d" % index,
        )
        for body, index, by in rows
    ]
    last = max((index for _, index, _ in rows if index is not None), default=None)
    return _sent((b",".join(items),), following, last)


def may_see_vin(reporter: Reporter, organisation: str) -> bool:
    """Who reads a VIN back: the regulator, and the organisation that reported it."""
    return reporter.role == "regulator" or reporter.organisation == organisation


async def _with_vins(rows: list[Row], reporter: Reporter, services: Services) -> list[Row]:
    opened = {n: open_json(body) for n, (body, _, _) in enumerate(rows) if b'"vin_ref"' in body}
    await put_vins_back(opened.values(), reporter, services)
    rejoined = list(rows)
    for number, envelope in opened.items():
        rejoined[number] = (encode(envelope), *rows[number][1:])
    return rejoined


async def put_vins_back(
    envelopes: Iterable[dict[str, Any]], reporter: Reporter, services: Services
) -> None:
    """Puts VINs beside their references, in the events where this reader may see them."""
    places = [
        place
        for envelope in envelopes
        if may_see_vin(reporter, envelope["organisation"])
        for place in (envelope["data"], envelope["data"].get("host") or {})
        if "vin_ref" in place
    ]
    vins = await vins_of({place["vin_ref"] for place in places}, services)
    for place in places:
        if place["vin_ref"] in vins:
            place["id" if "kind" in place else "vin"] = vins[place["vin_ref"]]


async def vins_of(references: set[str], services: Services) -> dict[str, str]:
    """The VINs behind references, as far as they were not erased."""
    if not references:
        return {}
    rows = await services.readers.fetch(SQL["vins"], list(references))
    return {row["vin_ref"]: row["vin"] for row in rows}
