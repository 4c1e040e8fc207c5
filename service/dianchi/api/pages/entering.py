"""`/sign-in` and `/welcome/…`: how people get in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from dianchi.access.flood import TooMany
from dianchi.access.keys import now_of
from dianchi.access.people import invited, place_of
from dianchi.access.people_tables import PersonRow
from dianchi.access.sign_in import Opened
from dianchi.api.cookies import browser_of
from dianchi.api.deps import ServicesDep
from dianchi.api.pages.frame import STALE, WRONG_CODE, Asked, Said, asked_of, facts_of, said_of
from dianchi.domain.refusals import Malformed, Text

router = APIRouter(include_in_schema=False)
_NEXT = {"code": "/sign-in/code", "enrol": "/account/phone", "whole": "/account"}
_WRONG = Said(
    Text("登录名或密码不对。", "Login or password is wrong."),
    Text("请核对后重试。", "Check them and try again."),
)
_DIFFERENT = Said(
    Text("两次输入的密码不同。", "The two passwords differ."),
    Text("请重新输入。", "Type them again."),
)


@router.get("/sign-in")
async def get_sign_in(request: Request, services: ServicesDep) -> Response:
    """Asks for login and password, unless one is signed in."""
    asked = await asked_of(request, services)
    if asked.signed is not None:
        return asked.go(_NEXT[asked.signed.step])
    return sign_in_page(asked)


@router.post("/sign-in")
async def post_sign_in(request: Request, services: ServicesDep) -> Response:
    """Signs in, or says that it did not work."""
    asked = await asked_of(request, services)
    if not asked.ours():
        return sign_in_page(asked, STALE, 403)
    login, password = asked.form.get("login", ""), asked.form.get("password", "")
    try:
        opened = await services.entry.sign_in.by_password(
            login, password, None, browser_of(request.scope, services)
        )
    except TooMany as many:
        return waiting(sign_in_page(asked, said_of(many), 429), many)
    return on(asked, opened) if opened else sign_in_page(asked, _WRONG, 401)


@router.get("/sign-in/code")
async def get_code(request: Request, services: ServicesDep) -> Response:
    """Asks for the code of the phone."""
    asked = await asked_of(request, services)
    if asked.signed is None:
        return asked.go("/sign-in")
    if asked.signed.step != "code":
        return asked.go(_NEXT[asked.signed.step])
    return asked.page("code.html")


@router.post("/sign-in/code")
async def post_code(request: Request, services: ServicesDep) -> Response:
    """Goes on with a code."""
    asked = await asked_of(request, services)
    if asked.signed is None or asked.signed.step != "code":
        return asked.go("/sign-in")
    if not asked.ours():
        return asked.page("code.html", 403, said=STALE)
    try:
        opened = await services.entry.sign_in.by_code(
            asked.signed, asked.form.get("code", ""), browser_of(request.scope, services)
        )
    except TooMany as many:
        return waiting(asked.page("code.html", 429, said=said_of(many)), many)
    return on(asked, opened) if opened else asked.page("code.html", 401, said=WRONG_CODE)


@router.get("/welcome/{token}")
async def get_welcome(request: Request, services: ServicesDep, token: str) -> Response:
    """Shows an invited person who they are; uses nothing up, however often it is opened."""
    asked = await asked_of(request, services)
    person = await _invited(services, token)
    return _welcome(asked, token, person) if person else asked.page("gone.html", 404)


@router.post("/welcome/{token}")
async def post_welcome(request: Request, services: ServicesDep, token: str) -> Response:
    """Sets login and password, and signs in."""
    asked = await asked_of(request, services)
    person = await _invited(services, token)
    if person is None:
        return asked.page("gone.html", 404)
    if not asked.ours():
        return _welcome(asked, token, person, STALE, 403)
    if asked.form.get("password") != asked.form.get("again"):
        return _welcome(asked, token, person, _DIFFERENT, 422)
    return await _set(asked, token, person)


async def _set(asked: Asked, token: str, person: PersonRow) -> Response:
    login, password = asked.form.get("login", ""), asked.form.get("password", "")
    browser = browser_of(asked.request.scope, asked.services)
    try:
        opened = await asked.services.entry.sign_in.by_link(token, login, password, browser)
    except Malformed as error:
        return _welcome(asked, token, person, said_of(error), 422)
    except TooMany as many:
        return waiting(_welcome(asked, token, person, said_of(many), 429), many)
    return on(asked, opened) if opened else asked.page("gone.html", 404)


async def _invited(services: ServicesDep, token: str) -> PersonRow | None:
    async with services.make_session() as session:
        return await invited(session, token, now_of(services.clock))


def sign_in_page(asked: Asked, said: Said | None = None, status: int = 200) -> Response:
    """The page that asks for login and password."""
    login, provider = asked.form.get("login", ""), asked.services.entry.provider is not None
    return asked.page("sign_in.html", status, said=said, login=login, provider=provider)


def _welcome(
    asked: Asked, token: str, person: PersonRow, said: Said | None = None, status: int = 200
) -> Response:
    return asked.page(
        "welcome_person.html",
        status,
        said=said,
        path=f"/welcome/{token}",
        facts=facts_of(asked, place_of(person)),
        login=asked.form.get("login") or person.login or "",
        provider=asked.services.entry.provider is not None,
    )


def on(asked: Asked, opened: Opened) -> Response:
    """Goes on in a session that was just opened."""
    asked.entered(opened.token)
    return asked.go(_NEXT[opened.step])


def waiting(response: Response, many: TooMany) -> Response:
    """Says in the header, too, when the next try may come."""
    response.headers["retry-after"] = str(many.wait_s)
    return response
