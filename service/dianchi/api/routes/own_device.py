"""What a device does with its own key: tells how it is, and asks for what it needs offline."""

import gzip
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from dianchi.access.devices import BLOCK_SIZE, add_block, find_device, note_told
from dianchi.access.keys import now_of
from dianchi.access.told import keep, marks_at
from dianchi.access.work_lists import lists_of
from dianchi.api.bodies.devices import Block, Clock, Heartbeat, Reference, SelfTest, Snapshot
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.reference import reference_of
from dianchi.api.services import Services
from dianchi.api.snapshot import part_of
from dianchi.api.working import device_lists, standing_of
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.domain.working_days import CHINA
from dianchi.exchange.json_out import encode, moment
from dianchi.views.stores.query import Store, read_store

_SMALL: Final = 1000
router = APIRouter(prefix="/v1/devices", tags=["devices"])


@router.post("/self-test", responses=problems(400, 401, 403, 413, 422), summary="Send a self-test")
async def post_self_test(services: ServicesDep, reporter: ReporterDep, told: SelfTest) -> Clock:
    """Keeps the last self-test of this device."""
    now = now_of(services.clock)
    async with services.make_session() as session:
        await note_told(session, str(reporter.device), now, test=told.root, tested_at=now)
    return Clock(now=moment(now))


@router.post(
    "/heartbeat", responses=problems(400, 401, 403, 413, 422), summary="Tell how the device is"
)
async def post_heartbeat(services: ServicesDep, reporter: ReporterDep, told: Heartbeat) -> Clock:
    """Keeps what this device has not sent yet, the version of its app and its clock."""
    now = now_of(services.clock)
    async with services.make_session() as session:
        await note_told(session, str(reporter.device), now, **told.model_dump(exclude_unset=True))
    return Clock(now=moment(now))


@router.post(
    "/blocks",
    responses=problems(400, 401, 403, 413, 422),
    summary="Get a block of temporary names",
)
async def post_block(
    services: ServicesDep,
    reporter: ReporterDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Block:
    """Temporary names that nobody else has; with the same `Idempotency-Key` the same again."""
    if idempotency_key is None:
        raise _needs_key()
    async with services.make_session() as session:
        now = now_of(services.clock)
        block = await add_block(session, str(reporter.device), idempotency_key, now)
    return Block(block=block, first=1, count=BLOCK_SIZE)


def _needs_key() -> Refused:
    return refuse(
        "missing_field",
        ("缺少请求头 Idempotency-Key", "the header Idempotency-Key is missing"),
        ("请使用随机的 UUID；重试时用同一个", "send a random UUID; the same one on a retry"),
        pointer="/Idempotency-Key",
    )


@router.get(
    "/reference",
    responses=problems(401, 403),
    response_model=Reference,
    summary="Tables to check what is typed",
)
async def get_reference(request: Request, services: ServicesDep, _: ReporterDep) -> Response:
    """Makers, places of a code and words, as the service itself uses them today."""
    registry = await services.registry.current()
    today = now_of(services.clock).astimezone(CHINA).date()
    told = reference_of(registry, today, services.public_host)
    return _answer(request, told, str(told["version"]))


@router.get(
    "/snapshot",
    responses=problems(401, 403, 422),
    response_model=Snapshot,
    summary="What a phone needs without a network",
)
async def get_snapshot(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    after: Annotated[str | None, Query(max_length=40, pattern="^[0-9a-f]+$")] = None,
) -> Response:
    """What is in store and what is expected: whole, or what changed `after` a cursor.

    A cursor that is no longer known answers the whole again. A large store comes in parts of 5,000
    rows: while an answer says `more`, the rest is what changed after its cursor.
    """
    store = await _store(services, reporter)
    device = str(reporter.device)
    known = await marks_at(services.registrar, device, after) if after else None
    part = await run_in_threadpool(part_of, store, known)
    if known is None or part.cursor != after:
        await keep(services.registrar, device, part.marks, now_of(services.clock))
    told = part.told | {
        "cursor": part.cursor,
        "as_of": moment(now_of(services.clock)),
        "log_index": store.log_index,
        "complete": store.complete,
    }
    return _answer(request, told, f"{part.cursor}.{after if known is not None else ''}")


async def _store(services: Services, reporter: Reporter) -> Store:
    registry = await services.registry.current()
    async with services.make_session() as session:
        row = await find_device(session, str(reporter.device))
        lists = await lists_of(session, reporter.organisation, open_only=True)
    site = row.site if row is not None else None
    store = await read_store(services.seeing(reporter), reporter.organisation, site, registry)
    ours = [each for each in lists if each.crew == reporter.organisation]
    return store._replace(lists=device_lists(services, await standing_of(services, ours)))


def _answer(request: Request, told: dict[str, Any], tag: str) -> Response:
    """The answer, packed where it is worth it and the reader can open it."""
    body = encode(told)
    headers = {"etag": f'"{tag}"', "vary": "Accept-Encoding", "cache-control": "private, no-cache"}
    if len(body) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers |= {"content-encoding": "gzip", "etag": f'W/"{tag}"'}
    return Response(body, headers=headers, media_type="application/json")
