"""Signing in and out, and one's own sessions, for pages with scripts."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from dianchi.access.flood import TooMany
from dianchi.access.sessions import Signed, session_id_of
from dianchi.api.bodies.people import SessionList, SessionRead, SessionsEnded, SignedIn, SignInTold
from dianchi.api.bodies.shared import problems
from dianchi.api.cookies import (
    BY_SCRIPT,
    browser_of,
    cookie_line,
    cross_site,
    from_here,
    person_of,
    signed_of,
)
from dianchi.api.deps import ServicesDep
from dianchi.api.headers import header
from dianchi.api.problems import refuse
from dianchi.domain.refusals import Refused

router = APIRouter(prefix="/v1", tags=["people"])


@router.post("/sign-in", responses=problems(400, 401, 403, 413, 422, 429), summary="Sign in")
async def post_sign_in(
    request: Request, response: Response, services: ServicesDep, told: SignInTold
) -> SignedIn:
    """Opens a session, as a cookie. Needs the header `X-Dianchi-Request`.

    A wrong login, password or code is answered the same way.
    """
    if not from_here(request.scope, none=True) or header(request.scope, BY_SCRIPT) is None:
        raise cross_site()
    try:
        opened = await services.entry.sign_in.by_password(
            told.login, told.password, told.code, browser_of(request.scope, services)
        )
    except TooMany as many:
        raise too_many(many) from None
    if opened is None:
        raise _failed()
    response.headers["set-cookie"] = cookie_line(request.scope, opened.token)
    response.headers["cache-control"] = "no-store"
    return SignedIn(person=opened.person, step=opened.step)


@router.post("/sign-out", responses=problems(400, 403), summary="Sign out")
async def post_sign_out(
    request: Request, response: Response, services: ServicesDep
) -> SessionsEnded:
    """Ends the session of this browser; where there is none, nothing happens."""
    if not from_here(request.scope, none=False) or header(request.scope, BY_SCRIPT) is None:
        raise cross_site()
    signed = await signed_of(request.scope, services)
    ended = await end(signed, session_id_of(signed.digest), services) if signed else 0
    response.headers["set-cookie"] = cookie_line(request.scope, "")
    return SessionsEnded(ended=ended)


@router.get("/sessions", responses=problems(401, 403), summary="List one's sessions")
async def get_sessions(request: Request, services: ServicesDep) -> SessionList:
    """Where one is signed in."""
    signed = await person_of(request.scope, services)
    return SessionList(
        items=[
            SessionRead(
                id=session_id_of(row.digest),
                here=row.digest == signed.digest,
                **row.model_dump(exclude={"digest", "person", "step", "tries"}),
            )
            for row in await services.entry.sessions.of(signed.person)
        ]
    )


@router.delete(
    "/sessions/{id}", responses=problems(401, 403, 404, 422), summary="End a session of one's own"
)
async def delete_session(
    request: Request,
    services: ServicesDep,
    named: Annotated[str, Path(alias="id", max_length=64)],
) -> SessionsEnded:
    """Ends one session."""
    signed = await person_of(request.scope, services)
    ended = await end(signed, named, services)
    if not ended:
        raise refuse(
            "not_found",
            ("没有这个会话", "there is no such session"),
            ("会话的 id 见 GET /v1/sessions", "the ids are in GET /v1/sessions"),
            pointer="/id",
            value=named,
        )
    return SessionsEnded(ended=ended)


@router.delete("/sessions", responses=problems(401, 403), summary="End all of one's sessions")
async def delete_sessions(request: Request, services: ServicesDep) -> SessionsEnded:
    """Ends every session, this one too."""
    signed = await person_of(request.scope, services)
    return SessionsEnded(ended=await end(signed, None, services))


async def end(signed: Signed, session_id: str | None, services: ServicesDep) -> int:
    """Ends sessions of a person."""
    return await services.entry.sessions.end(signed.person, session_id)


def too_many(many: TooMany) -> Refused:
    """Nothing was compared: the next try may come after a while."""
    return refuse(
        "too_many_tries",
        ("尝试过于频繁", "there were too many tries"),
        (f"请在 {many.wait_s} 秒后重试", f"try again in {many.wait_s} seconds"),
        value=many.wait_s,
    )


def _failed() -> Refused:
    return refuse(
        "sign_in_failed",
        ("登录名、密码或验证码不对", "login, password or code is wrong"),
        (
            "请核对后重试；忘记密码时请向邀请您的人要新链接",
            "check them; who forgot the password asks whoever invited them for a new link",
        ),
    )
