"""Sandboxes below `/sandbox/<id>`: each answers as the service does, about nothing of it."""

from collections.abc import Callable
from typing import Final

from dianchi.api.door import language, send_answer
from dianchi.api.headers import Asgi, Receive, Scope, Send
from dianchi.api.intake import Answer
from dianchi.api.practice import BASE
from dianchi.api.problems import problem_bytes
from dianchi.api.services import Services
from dianchi.domain.refusals import Refused

_BELOW: Final = "/sandbox/"


class Annex:
    """Hands what is asked of a sandbox to that sandbox, and all else on."""

    def __init__(self, inner: Asgi, services: Callable[[], Services | None]) -> None:
        self._inner = inner
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers or passes on."""
        services = self._services()
        host = services.practice if services else None
        if host is None or scope["type"] != "http" or not scope["path"].startswith(_BELOW):
            await self._inner(scope, receive, send)
            return
        named, slash, rest = scope["path"][len(_BELOW) :].partition("/")
        base = f"{_BELOW}{named}"
        raw = scope["raw_path"][len(base.encode()) :] or b"/"
        inside = {**scope, "path": f"/{rest}" if slash else "/", "raw_path": raw, BASE: base}
        try:
            async with host.entered(named) as entered:
                await entered.app(inside, receive, send)
        except Refused as refused:
            answer = Answer(*problem_bytes(refused, language(scope)), problem=True)
            await send_answer(send, answer)
