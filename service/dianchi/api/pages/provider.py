"""`/sign-in/provider`: to the identity provider and back."""

from typing import Final

import structlog
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dianchi.access.oidc import Attempt, NotProven, Provider
from dianchi.access.sign_in import Opened
from dianchi.api.cookies import browser_of, cookie_line, cookie_of, named
from dianchi.api.deps import ServicesDep
from dianchi.api.pages.entering import on, sign_in_page
from dianchi.api.pages.frame import Asked, Said, asked_of
from dianchi.domain.refusals import Malformed, Text

router = APIRouter(include_in_schema=False)
_ATTEMPT: Final = "-provider"
_LONGEST: Final = 2048
_FAILED: Final = Said(
    Text("统一身份登录未成功。", "Signing in with your organisation's account did not work."),
    Text(
        "请重试；一直这样时，请告诉平台管理员。", "Try again; if it stays, tell an administrator."
    ),
)
_NOT_INVITED: Final = Said(
    Text("这个统一身份没有受邀。", "Nobody was invited with this account."),
    Text(
        "请先打开邀请链接，在那里选择统一身份。",
        "Open your invitation first, and choose the account there.",
    ),
)
log = structlog.get_logger()


@router.get("/sign-in/provider")
async def get_provider(request: Request, services: ServicesDep) -> Response:
    """Leads to the provider."""
    return await _begin(await asked_of(request, services), None)


@router.get("/welcome/{token}/provider")
async def get_welcome_provider(request: Request, services: ServicesDep, token: str) -> Response:
    """Leads an invited person to the provider; the link is used up on the way back."""
    return await _begin(await asked_of(request, services), token)


async def _begin(asked: Asked, link: str | None) -> Response:
    provider = asked.services.entry.provider
    if provider is None:
        return asked.go("/sign-in")
    try:
        address, sealed = await provider.begin(link)
    except NotProven as error:
        log.warning("identity provider", reason=str(error))
        return sign_in_page(asked, _FAILED, 503)
    response = RedirectResponse(address, 303, {"cache-control": "no-store"})
    response.headers["referrer-policy"] = "no-referrer"
    response.headers.append("set-cookie", cookie_line(asked.request.scope, sealed, _ATTEMPT))
    return response


@router.get("/sign-in/provider/done")
async def get_done(request: Request, services: ServicesDep) -> Response:
    """Back from the provider: in, or told why not."""
    asked = await asked_of(request, services)
    provider = services.entry.provider
    if provider is None:
        return asked.go("/sign-in")
    asked.cookies.append(cookie_line(request.scope, "", _ATTEMPT))
    try:
        opened = await _finish(asked, provider)
    except NotProven as error:
        log.warning("identity provider", reason=str(error))
        return sign_in_page(asked, _FAILED, 401)
    except Malformed as error:
        return sign_in_page(asked, Said(error.what, error.way_out), 422)
    return on(asked, opened) if opened else sign_in_page(asked, _NOT_INVITED, 403)


async def _finish(asked: Asked, provider: Provider) -> Opened | None:
    scope, query = asked.request.scope, asked.request.query_params
    sealed = cookie_of(scope, named(scope, _ATTEMPT)) or ""
    attempt: Attempt = provider.attempt_of(sealed, query.get("state", ""))
    if "error" in query:
        raise NotProven(f"the provider answered {query['error'][:100]}")
    code = query.get("code", "")[:_LONGEST]
    identity = await provider.finish(attempt, code, query.get("iss"))
    browser = browser_of(scope, asked.services)
    return await asked.services.entry.sign_in.by_provider(identity, attempt.link, browser)
