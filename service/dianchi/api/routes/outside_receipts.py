"""One-time links for receivers without an account: made, listed, taken back."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Response

from dianchi.access.keys import now_of
from dianchi.access.outside_receipts import Answered, find_link, links_of, make_link, revoke
from dianchi.access.pack_tables import OutsideReceiptRow
from dianchi.api.bodies.outside_receipts import LinkRead, Links, OutsideLinkMade, OutsideLinkNew
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.ends import end_of
from dianchi.api.problems import refuse
from dianchi.api.routes.events import absent_event, corrected_by
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.store.envelope import open_json
from dianchi.views.reports import Sent, report_of

router = APIRouter(prefix="/v1/outside-receipts", tags=["handovers"])
_DAYS: Final = 30
_MOST_DAYS: Final = 90


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="A one-time link for a receiver without an account",
)
async def post_link(
    services: ServicesDep, reporter: ReporterDep, told: OutsideLinkNew, response: Response
) -> OutsideLinkMade:
    """Whoever opens the link sees what is said to come, and confirms or declines it once.

    The answer is kept as unverified: it moves no battery and closes no finding.
    """
    response.headers["cache-control"] = "no-store"
    now = now_of(services.clock)
    ends = end_of(told.expires_on, now, days=_DAYS, most=_MOST_DAYS)
    claimed = await _claimed(services, reporter, told.event_id)
    async with services.make_keeper_session() as session:
        row, token = await make_link(session, reporter.organisation, claimed, (now, ends))
    link = f"{services.entry.issuer}/receipts/{token}"
    return OutsideLinkMade(**_members(Answered(row, None, None)), link=link)


@router.get("", responses=problems(401, 403), summary="List one-time links and their answers")
async def get_links(services: ServicesDep, reporter: ReporterDep, response: Response) -> Links:
    """The links that one made, with what was answered; at most 500."""
    response.headers["cache-control"] = "no-store"
    async with services.make_keeper_session() as session:
        found = await links_of(session, services.vault, reporter.organisation)
    return Links(items=[LinkRead(**_members(each)) for each in found])


@router.post("/{number}/revoke", responses=problems(401, 403, 404, 422), summary="Take a link back")
async def post_revocation(services: ServicesDep, reporter: ReporterDep, number: UUID) -> LinkRead:
    """Nobody answers by it any more; an answer that was given stays."""
    async with services.make_keeper_session() as session:
        row = await find_link(session, number, reporter.organisation)
        if row is None:
            raise _absent(number)
        await revoke(session, row, now_of(services.clock))
    return LinkRead(**_members(Answered(row, None, None)))


async def _claimed(services: Services, reporter: Reporter, event_id: UUID) -> dict[str, Any]:
    """What the hand-over says is coming.

    Raises:
        Refused: it is no hand-over of the caller's that stands, or its receiver has an account.
    """
    async with services.readers.acquire() as connection:
        sent = await report_of(connection, event_id)
        if sent is None or sent.organisation != reporter.organisation:
            raise absent_event(event_id)
        withdrawn = await corrected_by(connection, event_id)
    if sent.told["type"] != "dispatched" or withdrawn is not None:
        raise _no_handover(event_id)
    registry = await services.registry.current()
    known = registry.organisation(sent.told["data"]["receiver"])
    if known is not None and known.roles:
        raise _has_account(known.name)
    return _told(sent, event_id, registry.names.get(sent.organisation, sent.organisation))


def _told(sent: Sent, event_id: UUID, sender: str) -> dict[str, Any]:
    data = sent.told["data"]
    lines = data.get("batteries") or [
        # Of one battery the event says by itself which it is.
        {"battery": sent.told["reported_as"], "mass_kg": data.get("mass_kg")}
    ]
    receiver = data["receiver"]
    named = receiver if isinstance(receiver, dict) else {"name": receiver}
    return {
        "event_id": str(event_id),
        "handover": data["handover"],
        "sender": sender,
        "receiver": {name: named.get(name) for name in ("name", "uscc", "province")},
        "occurred_at": sent.told["occurred_at"],
        "batteries": [{name: line.get(name) for name in ("battery", "mass_kg")} for line in lines],
        "total_mass_kg": data.get("total_mass_kg"),
    }


def _members(found: Answered) -> dict[str, Any]:
    row: OutsideReceiptRow = found.row
    return row.model_dump(exclude={"digest", "organisation"}) | {
        "claimed": open_json(row.claimed),
        "answer": None if row.answer is None else open_json(row.answer),
        "person": found.person,
        "note": found.note,
    }


def _no_handover(event_id: UUID) -> Exception:
    return refuse(
        "invalid_value",
        ("这不是有效的移交出库", "this is no hand-over that stands"),
        ("请用 dispatched 上报的 event_id", "name the event_id of a `dispatched` report"),
        pointer="/event_id",
        value=str(event_id),
    )


def _has_account(name: str) -> Exception:
    return refuse(
        "invalid_value",
        (f"{name} 已在本平台登记，由其自行上报接收", f"{name} is enrolled, and reports by itself"),
        ("请对方上报 received 或 declined", "it reports `received` or `declined`"),
        pointer="/event_id",
    )


def _absent(number: UUID) -> Exception:
    return refuse(
        "not_found",
        ("没有这个链接", "there is no such link"),
        ("请用 GET /v1/outside-receipts 查看", "see GET /v1/outside-receipts"),
        pointer="/number",
        value=str(number),
    )
