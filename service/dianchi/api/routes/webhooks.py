"""Webhooks of one's organisation, and what was sent to them."""
# ruff: noqa: FAST003 - `own_webhook` reads the id of the path

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Depends, Path, Query, Response

from dianchi.api.bodies.shared import Told, problems
from dianchi.api.bodies.webhooks import (
    DeliveryPage,
    DeliveryRead,
    State,
    TestSent,
    WebhookList,
    WebhookMade,
    WebhookNew,
    WebhookRead,
    WebhookReplay,
)
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import checked, refuse
from dianchi.api.services import Services
from dianchi.domain.acts import ABOUT_SIGNING
from dianchi.domain.admit import Reporter
from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Malformed, Refused, Text
from dianchi.store.feed import end_of_log
from dianchi.views.pages import cursor_of
from dianchi.webhooks.book import MOST, Wanted
from dianchi.webhooks.deliveries import MESSAGE_IDS
from dianchi.webhooks.targets import parse_target

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
TYPES: Final = frozenset((*CATALOGUE, *ABOUT_SIGNING))
_NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "")
WHY: Final[Mapping[str, Text]] = {
    "failing": Text(
        "连续五天没有一次投递成功；请修复接收端后恢复（resume），其间的事件会补发",
        "nothing was taken for five days; mend the receiver and resume: nothing is lost",
    ),
    "gone": Text(
        "接收端答复 410：不再接收；如有误请恢复（resume）",
        "the receiver answered 410, gone; resume if that was a mistake",
    ),
}
FAULTS: Final[Mapping[str, Text]] = {
    "address_not_allowed": Text(
        "域名指向内部或保留地址，未发送", "the name leads to an inner address: nothing was sent"
    ),
    "not_resolved": Text("域名无法解析", "the name has no address"),
    "no_connection": Text(
        "无法建立连接或证书无效", "no connection, or a certificate that is not valid"
    ),
    "timed_out": Text("接收端未在 15 秒内答复", "no answer within 15 seconds"),
    "no_http": Text("接收端的答复不是 HTTP", "what was answered is no HTTP"),
    "redirected": Text(
        "接收端要求转向；不跟随转向，请登记最终地址",
        "it was redirected, which is not followed: give the last address",
    ),
    "refused": Text("接收端没有接受（见 status）", "it was not taken: see `status`"),
    "not_shown": Text("事件不再对贵单位开放", "the event is not shown to you any more"),
    "no_secret": Text(
        "签名密钥无法读取，请轮换（secret）", "the secret cannot be read: have a new one made"
    ),
}


async def own_webhook(
    services: ServicesDep, reporter: ReporterDep, webhook: Annotated[UUID, Path(alias="id")]
) -> Record:
    """The webhook that a path names.

    Raises:
        Refused: `not_found`: there is none, or it is another's.
    """
    row = await services.webhooks.find(reporter, webhook)
    if row is None:
        raise _absent(webhook)
    return row


FoundDep = Annotated[Record, Depends(own_webhook)]


@router.get("", responses=problems(400, 401, 403), summary="List webhooks")
async def get_webhooks(services: ServicesDep, reporter: ReporterDep) -> WebhookList:
    """The webhooks of one's own organisation."""
    rows = await services.webhooks.all_of(reporter)
    return WebhookList(items=[WebhookRead(**_members(row)) for row in rows])


@router.post(
    "", status_code=201, responses=problems(400, 401, 403, 409, 413, 422), summary="Add a webhook"
)
async def post_webhook(
    services: ServicesDep, reporter: ReporterDep, told: WebhookNew
) -> WebhookMade:
    """Sends what the caller may see to an address, signed by Standard Webhooks."""
    checked(told.url, "url", lambda text: _reachable(text, services))
    for place, kind in enumerate(told.types or ()):
        checked(kind, f"types/{place}", _known_type)
    end = await end_of_log(services.readers)
    after = end if told.after is None else _within(told.after, end)
    wanted = Wanted(told.url, told.types, told.payload == "whole", after)
    made = await services.webhooks.add(reporter, wanted)
    if made is None:
        raise refuse(
            "invalid_value",
            (f"每个单位最多 {MOST} 个", f"an organisation may have {MOST}"),
            ("请先删除不用的", "delete one first"),
        )
    return await _made(services, reporter, *made)


@router.get("/{id}", responses=problems(400, 401, 403, 404, 422), summary="A webhook")
async def get_webhook(found: FoundDep) -> WebhookRead:
    """A webhook of one's own organisation."""
    return WebhookRead(**_members(found))


@router.delete(
    "/{id}",
    status_code=204,
    responses=problems(400, 401, 403, 404, 422),
    summary="Delete a webhook",
)
async def delete_webhook(services: ServicesDep, reporter: ReporterDep, found: FoundDep) -> Response:
    """Deletes it and the log of what was sent; what is under way may still arrive."""
    await services.webhooks.delete(reporter, found["id"])
    return Response(status_code=204)


@router.post(
    "/{id}/secret", responses=problems(400, 401, 403, 404, 422), summary="Change its secret"
)
async def post_secret(services: ServicesDep, reporter: ReporterDep, found: FoundDep) -> WebhookMade:
    """A new secret; for one day messages are signed with the former one, too."""
    secret = await services.webhooks.rotate(reporter, found["id"])
    return await _made(services, reporter, found["id"], secret)


@router.post(
    "/{id}/test",
    status_code=202,
    responses=problems(400, 401, 403, 404, 422),
    summary="Send a test",
)
async def post_test(services: ServicesDep, found: FoundDep) -> TestSent:
    """Sends a message of type `dianchi.webhook_test`, once, even where it is paused or disabled."""
    message = await services.webhooks.test(found["id"])
    return TestSent(message=_message(found["id"], message))


@router.post("/{id}/pause", responses=problems(400, 401, 403, 404, 422), summary="Pause a webhook")
async def post_pause(services: ServicesDep, reporter: ReporterDep, found: FoundDep) -> WebhookRead:
    """Sends nothing until it is resumed; nothing is lost meanwhile."""
    await services.webhooks.pause(reporter, found["id"])
    return WebhookRead(**_members(await own_webhook(services, reporter, found["id"])))


@router.post(
    "/{id}/resume", responses=problems(400, 401, 403, 404, 422), summary="Resume a webhook"
)
async def post_resume(services: ServicesDep, reporter: ReporterDep, found: FoundDep) -> WebhookRead:
    """Goes on where it was paused, disabled, or waits because its receiver failed."""
    await services.webhooks.resume(reporter, found["id"])
    return WebhookRead(**_members(await own_webhook(services, reporter, found["id"])))


@router.post("/{id}/replay", responses=problems(400, 401, 403, 404, 422), summary="Send again")
async def post_replay(
    services: ServicesDep, reporter: ReporterDep, found: FoundDep, told: WebhookReplay
) -> WebhookRead:
    """Sends again what lies behind a log index, or one message; each has the id that it had."""
    if (told.after is None) is (told.message is None):
        raise _one_of_both()
    if told.after is not None:
        after = _within(told.after, await end_of_log(services.readers))
        await services.webhooks.replay(reporter, found["id"], after)
    if told.message is not None:
        known = told.message.removeprefix(_message(found["id"], ""))
        if not await services.webhooks.repeat(found["id"], known):
            raise _no_message(told.message)
    return WebhookRead(**_members(await own_webhook(services, reporter, found["id"])))


@router.get(
    "/{id}/deliveries", responses=problems(400, 401, 403, 404, 422), summary="What was sent"
)
async def get_deliveries(
    services: ServicesDep,
    found: FoundDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> DeliveryPage:
    """What was sent to it within 30 days and what waits to be, the newest first."""
    place = page_place(cursor, tuple[datetime, str]) or _NEWEST
    rows = await services.webhooks.sent(found["id"], place, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursor_of((last["made_at"], last["message"]))
    return DeliveryPage(items=[_delivery(found["id"], row) for row in rows[:limit]], next=following)


async def _made(services: Services, reporter: Reporter, webhook: UUID, secret: str) -> WebhookMade:
    row = await own_webhook(services, reporter, webhook)
    return WebhookMade(**_members(row), secret=secret)


def _absent(webhook: UUID) -> Refused:
    return refuse(
        "not_found",
        ("没有这个网络钩子", "there is no such webhook"),
        ("id 见 GET /v1/webhooks", "the ids are in GET /v1/webhooks"),
        pointer="/id",
        value=str(webhook),
    )


def _reachable(url: str, services: Services) -> str:
    parse_target(url, services.webhooks.reach)
    return url


def _known_type(kind: str) -> str:
    if kind in TYPES:
        return kind
    raise Malformed(
        "invalid_value",
        Text(f"没有 {kind} 这种事件", f"there is no event of type {kind}"),
        Text("类型见 docs/reference/events.md", "the types are in docs/reference/events.md"),
    )


def _within(after: int, end: int) -> int:
    if after <= end:
        return after
    raise refuse(
        "invalid_value",
        (f"日志只到 {end}", f"the log ends at {end}"),
        ("请给出不大于它的位置", "give a place that is not behind it"),
        pointer="/after",
        value=after,
    )


def _one_of_both() -> Refused:
    return refuse(
        "missing_field",
        ("要写 after 或 message 之一", "either `after` or `message` is needed"),
        ("写日志位置，或投递记录里的一条消息", "give a log index, or a message of the deliveries"),
        pointer="/after",
    )


def _no_message(message: str) -> Refused:
    return refuse(
        "not_found",
        ("没有这条消息，或已超过 30 天", "there is no such message, or it is older than 30 days"),
        ("改用 after 从日志位置重发", "replay from a log index by `after`"),
        pointer="/message",
        value=message,
    )


def _members(row: Record) -> dict[str, Any]:
    why = WHY.get(row["disabled_why"] or "")
    return {
        **row,
        "payload": "whole" if row["whole"] else "thin",
        "state": _state(row),
        "why": why and Told(**why._asdict()),
        "former_secret_until": row["former_until"],
    }


def _state(row: Record) -> State:
    if row["disabled_at"] is not None:
        return "disabled"
    if row["paused_at"] is not None:
        return "paused"
    return "failing" if row["failures"] else "active"


def _delivery(webhook: UUID, row: Record) -> DeliveryRead:
    text = FAULTS.get(row["fault"] or "")
    told = dict(row) | {"message": _message(webhook, row["message"])}
    told["next_at"] = row["next_at"] if row["state"] == "waiting" else None
    return DeliveryRead(**told, fault_text=text and Told(**text._asdict()))


def _message(webhook: UUID, message: str) -> str:
    return MESSAGE_IDS.format(webhook=webhook.hex, message=message)
