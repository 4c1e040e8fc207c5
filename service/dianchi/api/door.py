"""The door before the framework: the few routes that carry nearly all traffic.

FastAPI's machinery costs more than the work itself on these routes (docs/decisions); they are
answered here, and declared to FastAPI for the OpenAPI document only. A test holds the answers and
the declared schemas together.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import quote, unquote

import structlog

from dianchi.api.answers import recorded_json
from dianchi.api.headers import Asgi
from dianchi.api.intake import (
    ONE_ATTACHMENT,
    ONE_PHOTO,
    ONE_REPORT,
    Answer,
    Receive,
    Scope,
    Send,
    body_of,
    header,
    reporter_of,
)
from dianchi.api.metrics import ACCEPTED, REFUSED, REPLAYED
from dianchi.api.problems import MEDIA_TYPE, problem_bytes, refuse
from dianchi.api.services import Services
from dianchi.domain.passing import check
from dianchi.domain.policy import REPORTS
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import eyes_of
from dianchi.exchange.json_in import read_json
from dianchi.exchange.json_out import encode
from dianchi.exchange.language import language_of
from dianchi.recording.outcomes import Recorded, refusal_of

Handler = Callable[[Scope, Receive, Services], Awaitable[Answer]]
_BATTERIES: Final = "/v1/batteries/"
_CASES: Final = "/v1/cases/"
_BYTES: Final = (_CASES, "/v1/photos/", "/v1/uploads/", "/v1/work-lists/table")
"""Where a `PUT` sends bytes, and no JSON."""
_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())
log = structlog.get_logger()


async def send_answer(send: Send, answer: Answer) -> None:
    """Sends a JSON answer."""
    status, body, problem, etag = answer
    length = (b"content-length", b"%d" % len(body))
    headers = [_PROBLEM if problem else _JSON, length]
    if etag is not None:
        headers.append((b"etag", etag))
    if status == 401:  # noqa: PLR2004 - HTTP's own number
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def language(scope: Scope) -> str:
    """The reader's language."""
    asked = header(scope, b"accept-language")
    return language_of(asked.decode("latin-1") if asked else None, None)


async def post_event(scope: Scope, receive: Receive, services: Services) -> Answer:
    """`POST /v1/events`: one report."""
    body = await body_of(scope, receive, ONE_REPORT)
    reporter = await reporter_of(scope, services)
    check(REPORTS, reporter)
    registry = await services.registry.current()
    outcome = await services.recorder.record(read_json(body), reporter)
    if isinstance(outcome, Recorded):
        (REPLAYED if outcome.replay else ACCEPTED).inc()
        answer = recorded_json(outcome, registry.names, eyes_of(reporter))
        return Answer(200 if outcome.replay else 201, encode(answer))
    raise refusal_of(outcome)


class Door:
    """Answers the hot routes; passes everything else on."""

    def __init__(
        self,
        inner: Asgi,
        services: Callable[[], Services | None],
        routes: dict[tuple[str, str], Handler],
        *,
        history: Handler,
    ) -> None:
        self._inner = inner
        self._services = services
        self._routes = routes
        self._history = history

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers or passes on."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        path = path_of(scope)
        handler = self._find(scope["method"], path)
        if handler is None:
            await self._pass_on({**scope, "path": path}, receive, send)
            return
        await send_answer(send, await guarded(handler, scope, receive, self._services()))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on; a body must be within bounds and the JSON that `read_json` takes."""
        if scope["method"] in {"POST", "PUT"}:
            try:
                receive = await checked_body(scope, receive)
            except Refused as refused:
                answer = Answer(*problem_bytes(refused, language(scope)), problem=True)
                await send_answer(send, answer)
                return
        await self._inner(scope, receive, send)

    def _find(self, method: str, path: str) -> Handler | None:
        if method == "GET" and path.endswith("/history") and path.startswith(_BATTERIES):
            return self._history
        return self._routes.get((method, path))


def path_of(scope: Scope) -> str:
    """The path to route by: a slash of a battery's name stays encoded."""
    raw, path = scope["raw_path"], str(scope["path"])
    if b"%" not in raw or not path.startswith(_BATTERIES):
        return path
    parts = raw.decode("latin-1").split("/")
    return "/".join(quote(unquote(part), safe="") if "%" in part else part for part in parts)


def kind_of_path(path: str) -> str:
    """An address as a log may tell it: without names, which may be anything."""
    parts = path.split("/")
    kept = parts[: 3 if parts[1:2] in (["v1"], ["log"]) else 2]
    return "/".join([*kept, "…"] if len(parts) > len(kept) else kept)


async def checked_body(scope: Scope, receive: Receive) -> Receive:
    """Reads the body once, for whoever reads it again.

    Raises:
        Refused: it is too large, or no JSON.
    """
    bare = scope["method"] == "PUT" and scope["path"].startswith(_BYTES)
    most = ONE_ATTACHMENT if scope["path"].startswith(_CASES) else ONE_PHOTO
    body = await body_of(scope, receive, most if bare else ONE_REPORT)
    # Forms are sent by our pages and to /oauth/; all else is JSON.
    if body and not bare and scope["path"].startswith("/v1/"):
        read_json(body)
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> MutableMapping[str, Any]:
        told = next(messages, None)
        return await receive() if told is None else told

    return again


async def guarded(
    handler: Handler, scope: Scope, receive: Receive, services: Services | None
) -> Answer:
    """Runs a handler; a refusal becomes its problem, anything else one of ours."""
    try:
        return await handler(scope, receive, ready(services))
    except Refused as refused:
        REFUSED.inc()
        return Answer(*problem_bytes(refused, language(scope)), problem=True)
    except OSError:
        log.exception("database unreachable", path=kind_of_path(scope["path"]))
        return Answer(*problem_bytes(not_ready(), language(scope)), problem=True)
    except Exception:
        log.exception("request failed", path=kind_of_path(scope["path"]))
        return Answer(*problem_bytes(failed(scope), language(scope)), problem=True)


def ready(services: Services | None) -> Services:
    """The services, once they are built.

    Raises:
        Refused: `not_ready`.
    """
    if services is None:
        raise not_ready()
    return services


def not_ready() -> Refused:
    """The service is starting, or its database is."""
    return refuse(
        "not_ready",
        ("服务正在启动或数据库暂不可用", "the service or its database is starting"),
        ("请稍后原样重试", "send it again in a moment"),
    )


def failed(scope: Scope) -> Refused:
    """Our fault; only reports can be sent again without a thought."""
    way_out = ("请稍后重试；如果一直这样，请联系运行者", "try again; if it stays, tell who runs it")
    if scope["method"] == "POST" and scope["path"].startswith("/v1/events"):
        way_out = (
            "可以原样重试；event_id 保证不会重复",
            "send it again as it is; the event_id keeps it single",
        )
    what = ("服务内部出错，已记录", "the service failed; it was logged")
    return refuse("internal_error", what, way_out)
