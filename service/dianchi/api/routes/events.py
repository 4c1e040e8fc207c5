"""Events by id; and the declarations of the routes that the door answers."""

from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query, Response

from dianchi.api.bodies.events import BatchBody, EventBody, HistoryBody, RecordedBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.history import LONGEST_PAGE, PAGE
from dianchi.api.naming import thing_name
from dianchi.api.problems import refuse
from dianchi.api.sight import may_read
from dianchi.api.vins import Purpose, put_vins_back, vin_reader
from dianchi.domain.admit import Reporter
from dianchi.domain.events import CATALOGUE
from dianchi.domain.lines import KeyKind, Stream
from dianchi.domain.registry import Registry
from dianchi.domain.report import MOST_SIGNATURE
from dianchi.exchange.json_out import encode
from dianchi.store.connect import Queryable
from dianchi.store.envelope import open_json
from dianchi.store.lives import SQL, withdrawn_among
from dianchi.store.names import key_id, stream_id

_THINGS = {
    "lot": Stream.LOT,
    "batch": Stream.BATCH,
    "site": Stream.SITE,
    "vin": Stream.VEHICLE,
    "pickup": Stream.PICKUP,
}
router = APIRouter(prefix="/v1", tags=["events"])


def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report: the common members, and `data` by type."""
    common: dict[str, Any] = {
        "event_id": {"type": "string", "format": "uuid"},
        "battery": {"type": "string", "minLength": 1, "maxLength": 200},
        "occurred_at": {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
            ]
        },
        "site": {"type": "string", "minLength": 1, "maxLength": 80},
        "device": {
            "type": "object",
            "required": ["clock", "offset_ms"],
            "additionalProperties": False,
            "properties": {
                "clock": {"type": "string"},
                "offset_ms": {"type": "integer"},
                "id": {"type": "string", "minLength": 1, "maxLength": 40},
                "sequence": {"type": "integer", "minimum": 1},
            },
        },
        "signature": {
            "type": "string",
            "maxLength": MOST_SIGNATURE,
            "pattern": "^[A-Za-z0-9_.-]+$",
            "description": "detached JWS over the canonical report, which it is no part of",
        },
        "on_behalf_of": {"type": "string", "minLength": 1, "maxLength": 120},
    }
    shapes = []
    for kind in CATALOGUE.values():
        members = common | {"type": {"const": kind.name}, "data": kind.schema()}
        needed = ["event_id", "type", "occurred_at", "data"]
        if kind.subject == "none":
            del members["battery"]
        elif kind.subject == "battery":
            needed.append("battery")
        shapes.append(
            {
                "type": "object",
                "title": kind.name,
                "description": kind.summary,
                "properties": members,
                "required": needed,
                "additionalProperties": False,
            }
        )
    return {"oneOf": shapes, "discriminator": {"propertyName": "type"}}


def body_schema(schema: dict[str, Any], *kinds: str) -> dict[str, Any]:
    """A body that is read without the framework, for the declaration of its route."""
    return {
        "requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
    }


@router.post(
    "/events",
    status_code=201,
    response_model=RecordedBody,
    responses={
        200: {"model": RecordedBody, "description": "A replay"},
        **problems(400, 401, 403, 409, 413, 422),
    },
    openapi_extra=body_schema(report_schema(), "application/json"),
    summary="Report one event",
)
async def post_event(_: ReporterDep) -> Response:
    """Records what happened; the same report again answers 200 and doubles nothing."""
    # Only declared here: the door answers before the framework.
    raise AssertionError("the door answers this route")


@router.post(
    "/events/batch",
    response_model=BatchBody,
    responses={
        **problems(400, 401, 403, 413),
        422: {"model": BatchBody, "description": "A failed atomic batch"},
    },
    openapi_extra=body_schema(
        {"type": "array", "maxItems": 10_000, "items": {}},
        "application/json",
        "application/x-ndjson",
    ),
    summary="Report up to 10,000 events",
)
async def post_batch(
    _: ReporterDep,
    mode: Annotated[str, Query(pattern="^(partial|atomic)$")] = "partial",
    dry_run: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Records each good row by itself, or (`mode=atomic`) all or none; `dry_run` stores nothing."""
    raise AssertionError((mode, dry_run))


@router.get(
    "/batteries/{name}/history",
    response_model=HistoryBody,
    responses=problems(401, 403, 404, 422, 429),
    summary="The whole life of a battery",
)
async def get_history(
    _: ReporterDep,
    name: str,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    cursor: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
    purpose: Purpose = None,
) -> Response:
    """Events in the order in which they happened, in pages."""
    raise AssertionError((name, limit, cursor, as_of, known_at, purpose))


@router.get(
    "/events/{event_id}",
    response_model=EventBody,
    responses=problems(400, 401, 403, 404, 422, 429),
    summary="One event",
)
async def get_event(
    services: ServicesDep,
    reporter: ReporterDep,
    event_id: UUID,
    battery: str | None = None,
    representation: Annotated[Literal["leaf"] | None, Query()] = None,
    purpose: Purpose = None,
) -> Response:
    """An event by its id; `battery` (or lot, batch, site) says which line of several.

    `representation=leaf` answers the very bytes that the log hashes, as they are stored.
    """
    registry = await services.registry.current()
    async with services.seeing(reporter).acquire() as connection:
        row = await find_line(connection, event_id, battery, registry, reporter)
        withdrawn_by = await corrected_by(connection, event_id)
    if representation is not None:
        return Response(row["body"], media_type="application/json")
    envelope = open_json(row["body"]) | {
        "log_index": row["log_index"],
        "corrected_by": withdrawn_by,
    }
    envelope["assurance"] = "signed" if "signature" in envelope else "unsigned"
    await put_vins_back([envelope], vin_reader(reporter, purpose, services), services)
    return Response(encode(envelope), media_type="application/json")


async def find_line(
    connection: Queryable,
    event_id: UUID,
    battery: str | None,
    registry: Registry,
    reporter: Reporter,
) -> asyncpg.Record:
    """The `body` and `log_index` of an event that the reporter may read.

    Args:
        connection: reads for the reporter.
        event_id: of the report.
        battery: which of its lines, by a name.
        registry: for names.
        reporter: who asks.

    Raises:
        Refused: there is none to be read, or the report touched several things and none is named.
    """
    stream = None
    if battery is not None:
        name = thing_name(battery, registry, tuple(_THINGS))
        stream = stream_id(_THINGS.get(name.partition(":")[0], Stream.BATTERY), name)
    rows = await readable_lines(connection, event_id, reporter, stream)
    if not rows:
        raise absent_event(event_id)
    if len(rows) > 1:
        raise refuse(
            "battery_required",
            ("这份上报涉及多个对象", "this report touched several things"),
            ("请加上 ?battery=编码", "add ?battery= with one of their names"),
            pointer="/battery",
        )
    return rows[0]


async def readable_lines(
    connection: Queryable, event_id: UUID, reporter: Reporter, stream: UUID | None = None
) -> list[asyncpg.Record]:
    """Two at most of the lines of a report that the reporter may read: `body`, `log_index`."""
    own = key_id(KeyKind.REPORT, str(event_id))
    found = await connection.fetch(SQL["report_events"], event_id, own, stream)
    return [row for row in found if may_read(open_json(row["body"]), row["seen_by"], reporter)]


def absent_event(event_id: UUID) -> Exception:
    """There is no such event, as far as the caller may know."""
    return refuse(
        "not_found",
        ("没有这个事件", "there is no such event"),
        ("请核对 event_id", "check the event_id"),
        pointer="/event_id",
        value=str(event_id),
    )


async def corrected_by(connection: Queryable, event_id: UUID) -> str | None:
    """The correction that withdrew an event, if one did."""
    if not await withdrawn_among(connection, [str(event_id)]):
        return None
    rows = await connection.fetch(SQL["corrections_of"], [key_id(KeyKind.TARGET, str(event_id))])
    return min(str(open_json(row["body"])["event_id"]) for row in rows)
