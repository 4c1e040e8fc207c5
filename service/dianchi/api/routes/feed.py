"""The feed: the log in its order, as far as the caller sees it; page by page, or as it grows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Final

import asyncpg
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from dianchi.api.bodies.feed import CLOUD_EVENTS
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.intake import Scope, reporter_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.refusals import Refused
from dianchi.exchange.cloud_events import BATCH, batch_of, read_told
from dianchi.store.feed import BEGINNING, Page, read_page
from dianchi.webhooks.letters import Desk, Onlooker, onlooker

router = APIRouter(prefix="/v1/feed", tags=["feed"])
LONGEST_PAGE: Final = 1_000
STREAMED: Final = 200
"""Events read at a time for a stream."""
LOOK_AGAIN_S: Final = 0.5
"""How often it is looked whether the key of a stream is still good; keys are believed for 3 s."""
BEAT_S: Final = 15.0
EVENT_STREAM: Final = "text/event-stream"
_LAST: Final = 2**53 - 1
_GREETING: Final = b": dianchi\nretry: 2000\n\n"
_STREAM_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
# The database went away: whoever follows comes again by itself, with what it saw last.
_GONE: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class BatchResponse(Response):
    """A batch of CloudEvents."""

    media_type = BATCH


@dataclass(frozen=True, slots=True)
class Asked:
    """From where, and in which form."""

    after: Annotated[
        int,
        Query(ge=BEGINNING, le=_LAST, description="log index behind which to begin; -1: all"),
    ] = BEGINNING
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = STREAMED
    accept: Annotated[str, Header(description=f"`{BATCH}` or `{EVENT_STREAM}`")] = BATCH
    last_event_id: Annotated[
        int | None,
        Header(ge=BEGINNING, le=_LAST, description="as `after`; browsers send it by themselves"),
    ] = None

    @property
    def streamed(self) -> bool:
        """Whether the caller wants to stay."""
        return EVENT_STREAM in self.accept

    @property
    def begin(self) -> int:
        """Behind which log index: a browser that comes again asks with its first address."""
        return (
            self.last_event_id if self.streamed and self.last_event_id is not None else self.after
        )


@router.get(
    "",
    responses={200: CLOUD_EVENTS, **problems(400, 401, 403, 422, 429)},
    response_class=BatchResponse,
    summary="Follow the log",
)
async def get_feed(
    request: Request,
    services: ServicesDep,
    reporter: ReporterDep,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """What was recorded and the caller may see, in the order of the log, as CloudEvents 1.0.

    `Feed-Next` says up to which log index it was looked through: ask for what lies `after` it.
    Where it is `Feed-End`, that was all. A page looks through at most 5,000 entries, so it may be
    empty before the end. With `Accept: text/event-stream` events are sent as they are recorded.
    """
    follower = _Follower(services, onlooker(reporter))
    page = await follower.page(asked.begin, STREAMED if asked.streamed else asked.limit)
    if asked.begin > page.end:
        raise _beyond(asked.begin, page.end)
    if not asked.streamed:
        return _batch(follower, page, asked.limit)
    services.followers.must_have_room(reporter.organisation)
    stream = _stream(follower, page, request.scope)
    return StreamingResponse(stream, media_type=EVENT_STREAM, headers=_STREAM_HEADERS)


class _Follower:
    """Reads the log for a caller."""

    def __init__(self, services: Services, looking: Onlooker) -> None:
        self.services = services
        self._looking = looking
        self._desk = Desk(services.entry.issuer)

    @property
    def organisation(self) -> str:
        """Whose place among the followers this is."""
        return self._looking.reporter.organisation

    async def page(self, after: int, limit: int) -> Page:
        """What the database shows behind a log index."""
        lender = self.services.seeing(self._looking.reporter)
        return await read_page(lender, after, limit, whole=lender is self.services.readers)

    async def next_page(self, page: Page) -> Page:
        """What comes behind a page, for a stream."""
        return await self.page(page.next, STREAMED)

    def events(self, page: Page) -> list[tuple[int, bytes]]:
        """What of it the caller sees, each with its log index."""
        return [
            (entry.log_index, self._desk.event(entry, whole=True))
            for entry in page.entries
            if self._looking.sees(entry, read_told(entry.body))
        ]


def _batch(follower: _Follower, page: Page, limit: int) -> Response:
    headers = {
        "feed-next": str(page.next),
        "feed-end": str(page.end),
        "link": f'</v1/feed?after={page.next}&limit={limit}>; rel="next"',
    }
    body = batch_of(event for _, event in follower.events(page))
    return BatchResponse(body, headers=headers)


async def _stream(follower: _Follower, page: Page, scope: Scope) -> AsyncIterator[bytes]:
    """The pages one after another, and then what comes; ends with the service, or with the key."""
    services, clock = follower.services, asyncio.get_running_loop().time
    looked = beaten = clock()
    with services.followers.place(follower.organisation):
        yield _GREETING
        while not services.followers.ending.is_set():
            told = follower.events(page)
            if told or clock() - beaten > BEAT_S:
                beaten = clock()
                yield _sent(told, page.next)
            try:
                more = page.next < page.end
                more = more or await services.followers.wait(page.next, LOOK_AGAIN_S)
                if clock() - looked > LOOK_AGAIN_S:
                    await reporter_of(scope, services)
                    looked = clock()
                page = await follower.next_page(page) if more else page._replace(entries=[])
            except (Refused, *_GONE):
                return


def _sent(told: list[tuple[int, bytes]], reached: int) -> bytes:
    """Events, and an id alone: it says how far was looked, and a proxy sees that we live."""
    lines = [b"id: %d\ndata: %b\n\n" % event for event in told]
    return b"".join(lines) if told else b": \nid: %d\n\n" % reached


def _beyond(after: int, end: int) -> Refused:
    return refuse(
        "invalid_value",
        (
            f"日志只到 {end}：数据可能由备份恢复，或这个位置属于另一套系统",
            f"the log ends at {end}: it was restored from a backup, or the place is of another log",
        ),
        (
            "请核对地址；恢复之后请从对方确认的位置重新读取",
            "check the address; after a restore begin again where both sides agree",
        ),
        pointer="/after",
        value=after,
    )
