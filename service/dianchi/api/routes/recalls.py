"""Recalls: listed, and tried before they are opened (`recall_opened` opens one)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response

from dianchi.api.bodies.recalls import Previewed, Recalls, SelectorWish
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.recalling import lender_of, own_recalls
from dianchi.api.routes.batteries import reflected
from dianchi.domain.events import CATALOGUE
from dianchi.domain.faults import FaultsFound, faults_at
from dianchi.domain.fields import instant_text
from dianchi.domain.kinds import Reading
from dianchi.domain.lines.resolving import id_of, named
from dianchi.domain.recalls import Recall, Selector, selector_of
from dianchi.domain.refusals import Malformed, Refused
from dianchi.domain.registry import Registry
from dianchi.domain.sight import seers_of
from dianchi.domain.whole import CHECKS
from dianchi.exchange.json_out import encode
from dianchi.views.recalls.query import concerned, how_many, list_recalls, remedied

router = APIRouter(prefix="/v1/recalls", tags=["recalls"])
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_REFLECTED: Final = "SELECT log_index FROM projection WHERE name = 'views'"
_SELECTOR: Final = next(
    member.kind for member in CATALOGUE["recall_opened"].members if member.name == "selector"
)


@router.get("", response_model=Recalls, responses=problems(401, 403, 422), summary="List recalls")
async def get_recalls(
    services: ServicesDep,
    reporter: ReporterDep,
    state: Annotated[Literal["open", "closed"] | None, Query()] = None,
) -> Response:
    """For an authority all recalls, for a maker its own; with how many batteries each concerns.

    Counted are those that the caller sees.
    """
    registry, own = await services.registry.current(), own_recalls(reporter)
    closed = None if state is None else state == "closed"
    async with lender_of(services, reporter).acquire() as connection:
        found = await list_recalls(connection, closed=closed, issuer=own)
    seers = seers_of(reporter)
    async with services.seeing(reporter).acquire() as connection:
        done = await remedied(connection, [each.subject for each in found], seers)
        counts = await how_many(connection, found, seers)
        end = await connection.fetchval(_REFLECTED)
    items = _items(found, counts, done, registry)
    answer = {"items": items, "next": None, "log_index": reflected(end or 0)}
    return Response(encode(answer), media_type="application/json")


@router.post(
    "/preview",
    response_model=Previewed,
    responses=problems(400, 401, 403, 413, 422),
    summary="How many batteries a recall would concern",
)
async def post_preview(
    services: ServicesDep, reporter: ReporterDep, wish: SelectorWish
) -> Response:
    """Counts what the caller sees of it; nothing is stored. A maker is told of what it made."""
    registry = await services.registry.current()
    asked = _asked(wish.selector, registry)
    async with services.seeing(reporter).acquire() as connection:
        found = await concerned(connection, asked, own_recalls(reporter), seers_of(reporter))
        end = await connection.fetchval(_REFLECTED)
    answer = {
        "count": found.total,
        "stages": found.stages,
        "names": found.names,
        "log_index": reflected(end or 0),
    }
    return Response(encode(answer), media_type="application/json")


def _asked(told: dict[str, Any], registry: Registry) -> Selector:
    try:
        selector = _SELECTOR.read(told, Reading(str))
    except (Malformed, FaultsFound) as error:
        raise Refused(*faults_at(error, "/selector", told)) from None
    CHECKS["recall_opened"](None, {"selector": selector})
    if "maker" in selector:
        selector["maker"] = id_of(selector["maker"], registry)
    if "names" in selector:
        selector["names"] = [named(name, registry) for name in selector["names"]]
    return selector_of(selector)


def _items(
    found: Sequence[Recall], counts: Sequence[int], done: dict[str, int], registry: Registry
) -> list[dict[str, Any]]:
    return [
        {
            "recall": each.number,
            "issuer": each.issuer,
            "issuer_name": registry.names.get(each.issuer),
            "subject": each.subject,
            "event_id": each.event_id,
            "selector": _selector_json(each.selector, registry),
            "advice": {"zh": each.advice} | ({"en": each.advice_en} if each.advice_en else {}),
            "reason": each.reason,
            "document": each.document,
            "opened_at": instant_text(each.opened_us),
            "closed_at": None if each.closed_us is None else instant_text(each.closed_us),
            "closing": each.closing,
            "concerned": count,
            "remedied": done.get(each.subject, 0),
        }
        for each, count in zip(found, counts, strict=True)
    ]


def _selector_json(asked: Selector, registry: Registry) -> dict[str, Any]:
    told = {
        "maker": registry.names.get(asked.maker, asked.maker) if asked.maker else None,
        "vendor": asked.vendor,
        "model": asked.model,
        "produced_from": _date(asked.made_from),
        "produced_to": _date(asked.made_to),
        "codes_from": asked.codes_from,
        "codes_to": asked.codes_to,
        "names": asked.names,
    }
    return {name: value for name, value in told.items() if value is not None}


def _date(day: int | None) -> date | None:
    return None if day is None else _EPOCH + timedelta(days=day)
