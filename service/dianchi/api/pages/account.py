"""`/account`: who one is, where one is signed in, the password, the phone."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from dianchi.access.flood import TooMany
from dianchi.access.people_tables import SessionRow
from dianchi.access.sessions import Signed, session_id_of
from dianchi.api.cookies import browser_of
from dianchi.api.deps import ServicesDep
from dianchi.api.pages.entering import waiting
from dianchi.api.pages.frame import (
    STALE,
    WRONG_CODE,
    Asked,
    Said,
    asked_of,
    facts_of,
    local,
    said_of,
)
from dianchi.api.pages.phrases import PHRASES
from dianchi.domain.people import PLATFORM_ADMIN, needs_second_factor
from dianchi.domain.refusals import Malformed, Text
from dianchi.exchange.qr import qr_svg
from dianchi.look.pages import say

router = APIRouter(prefix="/account", include_in_schema=False)
Page = Callable[[Asked, Signed, Said, int], Awaitable[Response]]
Sent = tuple[Asked, Signed]
_WRONG = Said(
    Text("现在的密码不对。", "The present password is wrong."),
    Text("密码没有改变，请重试。", "Nothing was changed; try again."),
)
_DIFFERENT = Said(
    Text("两次输入的密码不同。", "The two passwords differ."),
    Text("密码没有改变，请重试。", "Nothing was changed; try again."),
)


@router.get("")
async def get_account(request: Request, services: ServicesDep) -> Response:
    """Who one is."""
    asked = await asked_of(request, services)
    signed = whole(asked)
    return await _account(asked, signed) if signed else back(asked)


@router.post("/sign-out")
async def post_sign_out(request: Request, services: ServicesDep) -> Response:
    """Ends the session of this browser."""
    asked = await asked_of(request, services)
    if asked.signed is not None and asked.ours():
        mine = session_id_of(asked.signed.digest)
        await services.entry.sessions.end(asked.signed.person, mine)
        asked.left()
    return asked.go("/sign-in")


@router.post("/sessions")
async def post_sessions(request: Request, services: ServicesDep) -> Response:
    """Ends one session, or all where none is named."""
    sent = await form_of(request, services, _account)
    if isinstance(sent, Response):
        return sent
    asked, signed = sent
    await services.entry.sessions.end(signed.person, asked.form.get("id"))
    return asked.go("/account")


@router.post("/password")
async def post_password(request: Request, services: ServicesDep) -> Response:
    """Changes the password."""
    sent = await form_of(request, services, _account)
    if isinstance(sent, Response):
        return sent
    asked, signed = sent
    if asked.form.get("password") != asked.form.get("again"):
        return await _account(asked, signed, _DIFFERENT, 422)
    return await _change(asked, signed)


async def _change(asked: Asked, signed: Signed) -> Response:
    old, new = asked.form.get("old", ""), asked.form.get("password", "")
    browser = browser_of(asked.request.scope, asked.services)
    try:
        opened = await asked.services.entry.sign_in.change_password(signed, old, new, browser)
    except Malformed as error:
        return await _account(asked, signed, said_of(error), 422)
    except TooMany as many:
        return waiting(await _account(asked, signed, said_of(many), 429), many)
    if opened is None:
        return await _account(asked, signed, _WRONG, 401)
    asked.entered(opened.token)
    return asked.go("/account")


@router.get("/phone")
async def get_phone(request: Request, services: ServicesDep) -> Response:
    """Says how a phone is added."""
    asked = await asked_of(request, services)
    signed = _enrolling(asked)
    return _phone(asked, signed) if signed else back(asked)


@router.post("/phone")
async def post_phone(request: Request, services: ServicesDep) -> Response:
    """Shows the QR code, once; who has a phone already shows a code of it first."""
    asked = await asked_of(request, services)
    signed = _enrolling(asked)
    if signed is None:
        return back(asked)
    if not asked.ours():
        return _phone(asked, signed, STALE, 403)
    try:
        secret = await services.entry.sign_in.begin_phone(signed, asked.form.get("code", ""))
    except TooMany as many:
        return waiting(_phone(asked, signed, said_of(many), 429), many)
    if secret is None:
        return _phone(asked, signed, WRONG_CODE, 401)
    address = services.entry.sign_in.codes.address_of(secret, signed.login, services.public_host)
    return asked.page(
        "phone.html",
        confirming=True,
        must=False,
        has_codes=False,
        qr=qr_svg(address),
        secret=secret,
    )


@router.post("/phone/confirm")
async def post_confirmed(request: Request, services: ServicesDep) -> Response:
    """Takes the phone into use and shows the recovery codes, once."""
    asked = await asked_of(request, services)
    signed = _enrolling(asked)
    if signed is None:
        return back(asked)
    if not asked.ours():
        return _phone(asked, signed, STALE, 403)
    code, browser = asked.form.get("code", ""), browser_of(request.scope, services)
    try:
        confirmed = await services.entry.sign_in.confirm_phone(signed, code, browser)
    except TooMany as many:
        return waiting(_phone(asked, signed, said_of(many), 429, confirming=True), many)
    if confirmed is None:
        return _phone(asked, signed, WRONG_CODE, 401, confirming=True)
    asked.entered(confirmed[0].token)
    return asked.page("recovery.html", codes=confirmed[1])


@router.get("/sign-out")
@router.get("/sessions")
@router.get("/password")
@router.get("/phone/confirm")
async def get_other(request: Request, services: ServicesDep) -> Response:
    """The address of a form, opened by itself (as by the link to the other language)."""
    asked = await asked_of(request, services)
    return asked.go("/account") if whole(asked) else back(asked)


def whole(asked: Asked) -> Signed | None:
    """Who is signed in, with everything that is asked for."""
    return asked.signed if asked.signed is not None and asked.signed.step == "whole" else None


async def form_of(request: Request, services: ServicesDep, page: Page) -> Sent | Response:
    """A form and who sent it; else what they are shown instead.

    Args:
        request: the form.
        services: all.
        page: where the form stands, shown with what is wrong and a status.
    """
    asked = await asked_of(request, services)
    signed = whole(asked)
    if signed is None:
        return back(asked)
    return (asked, signed) if asked.ours() else await page(asked, signed, STALE, 403)


def _enrolling(asked: Asked) -> Signed | None:
    """Who may add a phone: anybody signed in, but not past a question for a code."""
    return asked.signed if asked.signed is not None and asked.signed.step != "code" else None


def back(asked: Asked) -> Response:
    """To where the signing in goes on."""
    steps = {None: "/sign-in", "code": "/sign-in/code", "enrol": "/account/phone"}
    return asked.go(steps.get(asked.signed.step if asked.signed else None, "/sign-in"))


def _phone(
    asked: Asked,
    signed: Signed,
    said: Said | None = None,
    status: int = 200,
    *,
    confirming: bool = False,
) -> Response:
    must = needs_second_factor(signed.place.role) and not signed.has_codes
    return asked.page(
        "phone.html",
        status,
        said=said,
        must=must,
        has_codes=signed.has_codes,
        confirming=confirming,
        qr=None,
        secret=None,
    )


async def _account(
    asked: Asked, signed: Signed, said: Said | None = None, status: int = 200
) -> Response:
    until = (say(PHRASES["session_until"], asked.language), local(signed.expires_at))
    login = (say(PHRASES["login"], asked.language), signed.login)
    sessions = await asked.services.entry.sessions.of(signed.person)
    return asked.page(
        "account.html",
        status,
        said=said,
        name=asked.services.entry.sessions.name_of(signed),
        facts=[login, *facts_of(asked, signed.place), until],
        has_codes=signed.has_codes,
        changing=said is not None,
        confirms=signed.place.role in ("regulator", PLATFORM_ADMIN),
        sessions=[_shown(one, signed, asked) for one in sessions],
    )


def _shown(one: SessionRow, signed: Signed, asked: Asked) -> dict[str, object]:
    return {
        "id": session_id_of(one.digest),
        "agent": device_of(one.agent or "") or say(PHRASES["unknown_device"], asked.language),
        "address": one.address,
        "here": one.digest == signed.digest,
        "since": local(one.made_at),
        "until": local(one.expires_at),
    }


def device_of(agent: str) -> str:
    """Browser and system in two words, from what the browser calls itself."""
    systems = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
    browsers = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
    shown = {"MicroMessenger": "WeChat", "Edg": "Edge", "Mac OS X": "macOS"}
    found = [next((one for one in names if one in agent), "") for names in (browsers, systems)]
    return " · ".join(shown.get(one, one) for one in found if one) or agent[:60]
