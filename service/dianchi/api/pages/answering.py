"""`/receipts/…`: a receiver without an account says whether a hand-over came, once."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from dianchi.access.keys import now_of
from dianchi.access.outside_receipts import Answer, is_open, link_of, spend
from dianchi.access.pack_tables import OutsideReceiptRow
from dianchi.api.bodies.shared import impersonal
from dianchi.api.deps import ServicesDep
from dianchi.api.pages.frame import STALE, Asked, Said, asked_of, said_of
from dianchi.api.services import Services
from dianchi.domain.acts import OUTSIDE_ANSWERED
from dianchi.domain.admit import Reporter
from dianchi.domain.identifiers import parse_uscc
from dianchi.domain.people import PLATFORM, PLATFORM_ADMIN
from dianchi.domain.refusals import Malformed, Text
from dianchi.domain.working_days import business_date
from dianchi.recording.acts import acted
from dianchi.store.envelope import canonical_json, open_json

router = APIRouter(prefix="/receipts", include_in_schema=False)
_FIELDS: Final = ("decision", "organisation", "uscc", "person", "received_on", "note")
_LONGEST: Final = {"organisation": 120, "person": 60, "note": 500}
_DECISIONS: Final = frozenset(("confirmed", "declined"))
_INCOMPLETE: Final = Said(
    Text("还缺少内容。", "Something is missing."),
    Text(
        "请选择收到或拒收，并写明单位和统一社会信用代码。",
        "Choose whether it came, and give your organisation and its credit code.",
    ),
)
_NO_DAY: Final = Said(
    Text("日期不对。", "The day is not right."),
    Text("请填写今天或以前的日期。", "Give today or an earlier day."),
)


@router.get("/{token}")
async def get_answer(request: Request, services: ServicesDep, token: str) -> Response:
    """What is said to come, and a form."""
    asked = await asked_of(request, services)
    row = await _row(services, token)
    if row is None:
        return asked.page("no_receipt.html", 404)
    return _form(asked, token, row, {})


@router.post("/{token}")
async def post_answer(request: Request, services: ServicesDep, token: str) -> Response:
    """Keeps the answer, and notes in the log that it was given."""
    asked = await asked_of(request, services)
    row = await _row(services, token)
    if row is None:
        return asked.page("no_receipt.html", 404)
    form = {name: " ".join(asked.form.get(name, "").split()) for name in _FIELDS}
    if not asked.ours():
        return _form(asked, token, row, form, STALE, 403)
    claimed = open_json(row.claimed)
    answer = _answer(form, claimed, business_date(now_of(services.clock)))
    if isinstance(answer, Said):
        return _form(asked, token, row, form, answer, 422)
    if not await _kept(services, row, answer):
        return asked.page("no_receipt.html", 404)
    return asked.page("receipt_given.html", claimed=claimed, said=None, answer=answer.said)


async def _row(services: Services, token: str) -> OutsideReceiptRow | None:
    """The link, while it may be answered: one that was used or ended looks like none."""
    async with services.make_keeper_session() as session:
        row = await link_of(session, token)
    return row if row is not None and is_open(row, now_of(services.clock)) else None


def _answer(form: dict[str, str], claimed: dict[str, Any], today: date) -> Answer | Said:
    """What the form says, or what is wrong with it."""
    if form["decision"] not in _DECISIONS or not form["organisation"] or not form["uscc"]:
        return _INCOMPLETE
    day = _day(form["received_on"] or str(today))
    if day is None or day > today:
        return _NO_DAY
    try:
        code = parse_uscc(form["uscc"])
        firm = impersonal(form["organisation"][: _LONGEST["organisation"]])
    except Malformed as error:
        return said_of(error)
    expected = claimed["receiver"]["uscc"]
    said = {
        "decision": form["decision"],
        "organisation": firm,
        "uscc": code,
        "same_uscc": None if expected is None else expected == code,
        "received_on": str(day),
    }
    return Answer(said, form["person"][: _LONGEST["person"]], form["note"][: _LONGEST["note"]])


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


async def _kept(services: Services, row: OutsideReceiptRow, answer: Answer) -> bool:
    """Whether the answer was the first; what the log holds of it names no person.

    The log is told before the row is committed: an answer that shows is an answer that was logged.
    """
    now_us = services.clock.now_us()
    claimed = open_json(row.claimed)
    data = answer.said | {
        "handover": claimed["handover"],
        "dispatched": claimed["event_id"],
        "batteries": len(claimed["batteries"]),
        "claimed_sha256": sha256(canonical_json(claimed)).hexdigest(),
        "assurance": "unverified",
    }
    async with services.make_keeper_session() as session:
        if not await spend(session, services.vault, row, answer, now_of(services.clock)):
            return False
        by = Reporter(PLATFORM, PLATFORM_ADMIN)
        await services.gatherer.one(acted(OUTSIDE_ANSWERED, row.organisation, data, by, now_us))
        await session.commit()
    return True


def _form(
    asked: Asked,
    token: str,
    row: OutsideReceiptRow,
    form: dict[str, str],
    said: Said | None = None,
    status: int = 200,
) -> Response:
    return asked.page(
        "receipt.html",
        status,
        path=f"/receipts/{token}",
        claimed=open_json(row.claimed),
        until=str(business_date(row.expires_at - timedelta(seconds=1))),
        today=str(business_date(now_of(asked.services.clock))),
        form=dict.fromkeys(_FIELDS, "") | form,
        said=said,
    )
