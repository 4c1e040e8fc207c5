"""The pages anybody may open: the greeting, and what a scanned label leads to."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.types import Scope

from dianchi.domain.codes import without_revision
from dianchi.domain.refusals import Refused
from dianchi.exchange.json_out import encode
from dianchi.exchange.language import language_of
from dianchi.public.pages import (
    CSP,
    Links,
    PublicBattery,
    absent_page,
    battery_page,
    welcome_page,
)

Find = Callable[[str], Awaitable[PublicBattery | None]]
Asked = Annotated[str | None, Header(alias="accept-language")]
Lang = Annotated[str | None, Query(max_length=10)]
_HEADERS: Final = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "vary": "accept, accept-language",
}
_CACHED: Final = _HEADERS | {"cache-control": "public, max-age=300"}
_BOTH: Final[dict[str, Any]] = {"text/html": {}, "application/json": {}}


def public_router(find: Find, links: Callable[[], Links]) -> APIRouter:
    """The routes.

    Args:
        find: the public facts of the battery under a name as it stands in an address; raises
            `Refused` when that is no name.
        links: what the greeting points to now.
    """
    router = APIRouter(tags=["public"])

    @router.get("/", include_in_schema=False)
    async def welcome(asked: Asked = None, lang: Lang = None) -> Response:
        """What is here and where to go."""
        return HTMLResponse(welcome_page(links(), language_of(asked, lang)), headers=_HEADERS)

    @router.get(
        "/B/{name:path}",
        summary="The public page of a battery",
        response_class=HTMLResponse,
        responses={
            200: {"content": _BOTH},
            404: {"content": _BOTH, "description": "Nothing known"},
        },
    )
    @router.get("/b/{name:path}", include_in_schema=False)
    async def public_page(
        request: Request, name: str, asked: Asked = None, lang: Lang = None
    ) -> Response:
        """What anybody may know of a battery, as a page or (by `Accept`) as JSON."""
        language = language_of(asked, lang)
        name, revision = _asked_for(request.scope, name)
        found, hint = await _found(find, name, language)
        if "application/json" in request.headers.get("accept", ""):
            answer: dict[str, Any] = found.as_json() if found else {"battery": None, "hint": hint}
            return Response(
                encode(answer), 200 if found else 404, _CACHED, media_type="application/json"
            )
        if found is None:
            return HTMLResponse(absent_page(name, hint, language), 404, _HEADERS)
        return HTMLResponse(battery_page(found, language, revision), headers=_CACHED)

    return router


def _asked_for(scope: Scope, path: str) -> tuple[str, int | None]:
    """The name, and the revision of the label that led here; None where the address says none.

    Read before decoding: only a slash of the address itself ends a name.
    """
    raw = scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    name, revision = without_revision(raw[len("/B/") :])
    return (unquote(name), revision) if revision else (path, None)


async def _found(find: Find, name: str, language: str) -> tuple[PublicBattery | None, str | None]:
    """The battery, or the hint that its name is malformed."""
    try:
        return await find(name), None
    except Refused as refused:
        return None, str(getattr(refused.faults[0].what, language))
