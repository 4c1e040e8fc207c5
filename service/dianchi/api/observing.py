"""Notes what a sandbox receives and answers, for the conformity runs of its firm.

Only in sandboxes: the true service has nothing of this on its way.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qs

import structlog

from dianchi.access.exchanges import note
from dianchi.access.flood import Buckets, TooMany
from dianchi.api.headers import Asgi, Receive, Scope, Send
from dianchi.api.intake import ONE_BATCH, body_of
from dianchi.api.practice import Home
from dianchi.api.problems import MEDIA_TYPE, problem_bytes, refuse
from dianchi.api.services import Services
from dianchi.domain.conformity.exchanges import TURNED_AWAY, Row, spelled
from dianchi.domain.refusals import Refused, Text
from dianchi.exchange.json_in import read_json

log = structlog.get_logger()
_REPORTING: Final = ("/v1/events", "/v1/events/batch")
_NOTED: Final = ("/v1/events", "/v1/batteries", "/v1/findings", "/v1/feed", "/v1/sites")
_AT_ONCE: Final = 400
_EVERY_S: Final = 0.02
"""A sandbox answers fifty requests a second in the long run: it shares a machine with the truth."""
_EVENT_ID: Final = re.compile(rb'"event_id":"([0-9a-f-]{36})"')
_TOO_MANY: Final = 429
_NOBODY: Final = 401
_OUTCOMES: Final = {200: "duplicate", 201: "accepted"}
Headers = list[tuple[bytes, bytes]]


class Observed:
    """A sandbox behind its observer."""

    def __init__(self, inner: Asgi, services: Services, home: Home) -> None:
        self._inner = inner
        self._services = services
        self._home = home
        self._buckets = Buckets(_AT_ONCE, _EVERY_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, and notes it."""
        if scope["type"] != "http" or not scope["path"].startswith(_NOTED):
            await self._inner(scope, receive, send)
            return
        try:
            self._buckets.take("sandbox")
        except TooMany as many:
            await _turn_away(send, many.wait_s)
            return
        watched = _Watched(scope, self._services, send)
        if scope["method"] == "POST" and scope["path"] in _REPORTING:
            receive = await watched.hear(receive)
            wait_s = self._home.slow.wait_s(watched.names())
            if wait_s is not None:
                await _turn_away(watched.send, wait_s)
                return
        await self._inner(scope, receive, watched.send)


class _Watched:
    """One exchange as it goes by."""

    def __init__(self, scope: Scope, services: Services, send: Send) -> None:
        self._scope = scope
        self._services = services
        self._send = send
        self._began_us = services.clock.now_us()
        self._reports: list[Any] = []
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._body = bytearray()

    async def hear(self, receive: Receive) -> Receive:
        """Reads the reports, and hands the body on."""
        try:
            body = await body_of(self._scope, receive, ONE_BATCH)
        except Refused:
            return receive
        self._reports = list(_reports(body, batch=self._scope["path"] == _REPORTING[1]))
        parts = iter(({"type": "http.request", "body": body, "more_body": False},))

        async def again() -> Any:  # noqa: ANN401 - a message of ASGI
            return next(parts, None) or await receive()

        return again

    def names(self) -> Iterator[str]:
        """The batteries that are reported of."""
        for report in self._reports:
            yield from _batteries(report)

    async def send(self, message: Any) -> None:  # noqa: ANN401 - a message of ASGI
        """Hands an answer on; what it told is noted first, so that a run knows it at once."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = dict(message["headers"])
        else:
            self._body += message.get("body", b"")
            streamed = self._headers.get(b"content-type", b"").startswith(b"text/event-stream")
            if not message.get("more_body") or (streamed and _EVENT_ID.search(self._body)):
                await self._note()
                self._body.clear()
        await self._send(message)

    async def _note(self) -> None:
        if self._status == _NOBODY:
            # Whoever has no key of this sandbox writes nothing into the runs of its firm.
            return
        told = await self._told()
        now_us = self._services.clock.now_us()
        try:
            await note(self._services.registrar, self._began_us, now_us, told)
        except Exception:
            # What is not noted cannot be judged, and is answered all the same.
            log.exception("exchange not noted")

    async def _told(self) -> dict[str, Any]:
        query = parse_qs(self._scope["query_string"].decode("latin-1"))
        told: dict[str, Any] = {
            "method": self._scope["method"],
            "path": self._scope["path"],
            "status": self._status,
            "cursor": query.get("cursor", [None])[0],
            "batch": self._scope["path"] == _REPORTING[1],
            "dry_run": query.get("dry_run") == ["true"],
        }
        wait = self._headers.get(b"retry-after", b"")
        if wait.isdigit():
            told["retry_after_s"] = int(wait)
        if self._scope["path"] == "/v1/feed":
            return told | {"ids": [each.decode() for each in _EVENT_ID.findall(self._body)]}
        answer = _json(bytes(self._body))
        if self._reports:
            return told | {"rows": list(_rows(self._reports, self._status, answer))}
        if isinstance(answer, dict) and isinstance(answer.get("items"), list):
            return told | {"items": len(answer["items"]), "next": answer.get("next")}
        return told


def _reports(body: bytes, *, batch: bool) -> Iterator[Any]:
    """What was sent as reports; what is none stands as it is, so that places fit."""
    if not batch:
        yield _json(body)
    elif body.lstrip()[:1] == b"[":
        yield from _json(body) or ()
    else:
        yield from (_json(line) for line in body.splitlines() if line.strip())


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    with suppress(Refused):
        return read_json(body)
    return None


def _batteries(report: Any) -> Iterator[str]:  # noqa: ANN401 - what was sent
    if not isinstance(report, dict):
        return
    if isinstance(report.get("battery"), str):
        yield spelled(report["battery"])
    data = report.get("data")
    if not isinstance(data, dict):
        return
    for member in ("batteries", "inputs"):
        listed = data.get(member)
        for line in listed if isinstance(listed, list) else ():
            named = line.get("battery") if isinstance(line, dict) else line
            if isinstance(named, str):
                yield spelled(named)


def _rows(reports: Iterable[Any], status: int, answer: Any) -> Iterator[Row]:  # noqa: ANN401 - JSON
    results = answer.get("results") if isinstance(answer, dict) else None
    for place, report in enumerate(reports):
        if isinstance(results, list) and place < len(results):
            yield _row(report, results[place]["outcome"], results[place]["problem"])
        elif status == _TOO_MANY:
            yield _row(report, TURNED_AWAY, None)
        else:
            yield _row(report, _OUTCOMES.get(status, "refused"), answer)


def _row(report: Any, outcome: str, problem: Any) -> Row:  # noqa: ANN401 - JSON
    told = report if isinstance(report, dict) else {}
    faults = problem.get("errors") if isinstance(problem, dict) else None
    first = faults[0] if outcome == "refused" and faults else None
    return Row(
        _text(told.get("event_id")),
        _text(told.get("type")),
        tuple(dict.fromkeys(_batteries(told))),
        outcome,
        signed="signature" in told,
        code=first and first["code"],
        pointer=first["pointer"] if first else "",
        what=first and Text(**first["message"]),
        way_out=first and Text(**first["way_out"]),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


async def _turn_away(send: Send, wait_s: int) -> None:
    refused = refuse(
        "too_many_requests",
        ("请求过于频繁", "you ask too much"),
        (
            f"请按 Retry-After 等 {wait_s} 秒，再原样重发，event_id 不变",
            f"wait {wait_s} seconds, as Retry-After says, then send it again with its event_id",
        ),
        value=wait_s,
    )
    _, body = problem_bytes(refused, "zh")
    headers: Headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % wait_s),
    ]
    await send({"type": "http.response.start", "status": _TOO_MANY, "headers": headers})
    await send({"type": "http.response.body", "body": body})
