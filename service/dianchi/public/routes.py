"""The pages anybody may open: the greeting, a scanned label, a slip, outlets."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.types import Scope

from dianchi.domain.codes import without_revision
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Refused
from dianchi.exchange.json_out import encode
from dianchi.exchange.language import Language, language_of
from dianchi.public.conformity import PublicConformity, conformity_page
from dianchi.public.pages import (
    CSP,
    Links,
    Outlet,
    PublicBattery,
    absent_page,
    battery_page,
    outlets_page,
    places_page,
    welcome_page,
)
from dianchi.public.papers import Checked, receipt_page

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
_DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": _BOTH},
    404: {"content": _BOTH, "description": "Nothing known"},
    429: {"content": _BOTH, "description": "Too many look-ups from one address"},
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages ask for.

    Attributes:
        battery: the public facts of the battery under a name as it stands in an address; raises
            `Refused` when that is no name.
        receipt: what a slip, a receipt or a letter of this number is about.
        outlets: those that hold a valid permit, by the code of their prefecture.
        links: what the greeting points to now.
        conformity: the report of a conformity run of this number.
    """

    battery: Callable[[str], Awaitable[PublicBattery | None]]
    receipt: Callable[[str], Awaitable[Checked | None]]
    outlets: Callable[[], Awaitable[dict[str, Sequence[Outlet]]]]
    links: Callable[[], Links]
    conformity: Callable[[str], Awaitable[PublicConformity | None]]


def public_router(known: Known) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["public"])
    _greeting(router, known)
    _batteries(router, known)
    _receipts(router, known)
    _outlets(router, known)
    _conformity(router, known)
    return router


def _greeting(router: APIRouter, known: Known) -> None:
    @router.get("/", include_in_schema=False)
    async def welcome(asked: Asked = None, lang: Lang = None) -> Response:
        """What is here and where to go."""
        return HTMLResponse(welcome_page(known.links(), language_of(asked, lang)), headers=_HEADERS)


def _batteries(router: APIRouter, known: Known) -> None:
    @router.get(
        "/B/{name:path}",
        summary="The public page of a battery",
        response_class=HTMLResponse,
        responses=_DESCRIBED,
    )
    @router.get("/b/{name:path}", include_in_schema=False)
    async def public_page(
        request: Request, name: str, asked: Asked = None, lang: Lang = None
    ) -> Response:
        """What anybody may know of a battery, as a page or (by `Accept`) as JSON."""
        language = language_of(asked, lang)
        name, revision = _asked_for(request.scope, name)
        found, hint = await _found(known, name, language)
        if _wants_json(request):
            return _json(found.as_json() if found else {"battery": None, "hint": hint}, found)
        if found is None:
            return HTMLResponse(absent_page(name, hint, language), 404, _HEADERS)
        return HTMLResponse(battery_page(found, language, revision), headers=_CACHED)


class _Numbered(Protocol):
    """What stands under a number that anybody may check."""

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""


def _numbered(request: Request, found: _Numbered | None, page: str) -> Response:
    if _wants_json(request):
        return _json(found.as_json() if found else {"number": None}, found)
    return HTMLResponse(page, 200 if found else 404, _CACHED if found else _HEADERS)


def _receipts(router: APIRouter, known: Known) -> None:
    @router.get(
        "/R/{number}",
        summary="What a slip is about",
        response_class=HTMLResponse,
        responses=_DESCRIBED,
    )
    @router.get("/r/{number}", include_in_schema=False)
    async def public_receipt(
        request: Request, number: str, asked: Asked = None, lang: Lang = None
    ) -> Response:
        """What was taken in or sent, when and by whom, as a page or (by `Accept`) as JSON."""
        language = language_of(asked, lang)
        found = await known.receipt(number)
        return _numbered(request, found, receipt_page(found, language))


def _conformity(router: APIRouter, known: Known) -> None:
    @router.get(
        "/conformity/{number}",
        summary="What the report of a conformity run says",
        response_class=HTMLResponse,
        responses=_DESCRIBED,
    )
    async def public_run(
        request: Request, number: str, asked: Asked = None, lang: Lang = None
    ) -> Response:
        """Whose system did what in the sandbox, as a page or (by `Accept`) as JSON."""
        language = language_of(asked, lang)
        found = await known.conformity(number)
        return _numbered(request, found, conformity_page(found, language))


def _outlets(router: APIRouter, known: Known) -> None:
    @router.get("/outlets", include_in_schema=False)
    async def public_places(asked: Asked = None, lang: Lang = None) -> Response:
        """The prefectures."""
        outlets = await known.outlets()
        counts = {place: len(some) for place, some in outlets.items()}
        return HTMLResponse(places_page(counts, language_of(asked, lang)), headers=_CACHED)

    @router.get("/outlets/{prefecture}", include_in_schema=False)
    async def public_outlets(prefecture: str, asked: Asked = None, lang: Lang = None) -> Response:
        """Where to hand a battery over."""
        language = language_of(asked, lang)
        place = next((each for each in YUNNAN if each.code == prefecture), None)
        if place is None:
            return HTMLResponse(places_page({}, language), 404, _HEADERS)
        outlets = (await known.outlets()).get(place.code, ())
        return HTMLResponse(outlets_page(place, outlets, language), headers=_CACHED)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _json(answer: dict[str, Any], found: object) -> Response:
    status = 404 if found is None else 200
    return Response(encode(answer), status, _CACHED, media_type="application/json")


def _asked_for(scope: Scope, path: str) -> tuple[str, int | None]:
    """The name, and the revision of the label that led here; None where the address says none.

    Read before decoding: only a slash of the address itself ends a name.
    """
    raw = scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    name, revision = without_revision(raw[len("/B/") :])
    return (unquote(name), revision) if revision else (path, None)


async def _found(
    known: Known, name: str, language: Language
) -> tuple[PublicBattery | None, str | None]:
    """The battery, or the hint that its name is malformed."""
    try:
        return await known.battery(name), None
    except Refused as refused:
        return None, str(getattr(refused.faults[0].what, language))
