"""The cookie of a session, and what keeps other sites from using it."""

from typing import Final
from urllib.parse import urlsplit

from dianchi.access.sessions import Browser, Signed, Step
from dianchi.api.addresses import client_address
from dianchi.api.headers import Scope, header, host_of, on_loopback, text_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.refusals import Refused

COOKIE: Final = "__Host-dianchi"
LOOPBACK_COOKIE: Final = "dianchi-loopback"
"""Over plain http browsers refuse `__Host-`: this one is set and taken on this machine only."""
BY_SCRIPT: Final = b"x-dianchi-request"
"""A header that no form and no foreign page can send without asking first."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_of(scope: Scope, name: str) -> str | None:
    """A cookie by its name."""
    for part in text_of(scope, b"cookie").split(";"):
        found, _, value = part.strip().partition("=")
        if found == name and value:
            return value
    return None


def named(scope: Scope, suffix: str = "") -> str:
    """How our cookie is named at the host of this request."""
    return (LOOPBACK_COOKIE if on_loopback(scope) else COOKIE) + suffix


def cookie_line(scope: Scope, value: str, suffix: str = "") -> str:
    """The `Set-Cookie` that gives a cookie to this browser; an empty value takes it away."""
    secure = "" if on_loopback(scope) else "; Secure"
    ends = "" if value else "; Max-Age=0"
    return f"{named(scope, suffix)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}"


def has_session(scope: Scope) -> bool:
    """Whether the request carries the cookie of a session."""
    return header(scope, b"cookie") is not None and cookie_of(scope, named(scope)) is not None


def browser_of(scope: Scope, services: Services) -> Browser:
    """Where somebody signs in."""
    return Browser(client_address(scope, services.entry.trusted), text_of(scope, b"user-agent"))


async def signed_of(scope: Scope, services: Services) -> Signed | None:
    """Who is signed in, however far; None where nobody is."""
    token = cookie_of(scope, named(scope))
    return await services.entry.sessions.find(token) if token else None


async def person_of(scope: Scope, services: Services) -> Signed:
    """The person who sends a request with their cookie.

    Raises:
        Refused: `cross_site`, `session_ended` or `code_needed`.
    """
    if scope["method"] not in _READING:
        check_script(scope)
    signed = await signed_of(scope, services)
    if signed is None:
        raise refuse(
            "session_ended",
            ("登录已结束", "the session has ended"),
            ("请重新登录：/sign-in", "sign in again: /sign-in"),
        )
    if signed.step != "whole":
        raise _unfinished(signed.step)
    return signed


def _unfinished(step: Step) -> Refused:
    path = "/sign-in/code" if step == "code" else "/account/phone"
    return refuse(
        "code_needed",
        ("还没有通过第二步验证", "the second step of signing in is missing"),
        (f"请先完成：{path}", f"finish it first: {path}"),
    )


def check_script(scope: Scope) -> None:
    """A request that changes something must come from a page of ours, by script.

    Raises:
        Refused: `cross_site`.
    """
    if not from_here(scope, none=False) or header(scope, BY_SCRIPT) is None:
        raise cross_site()


def from_here(scope: Scope, *, none: bool) -> bool:
    """Whether the browser says that a page of ours sent this.

    Args:
        scope: of the request.
        none: what to answer where it says nothing, or (as on pages that tell no referrer) `null`.
    """
    site = text_of(scope, b"sec-fetch-site")
    if site:
        return site == "same-origin"
    origin = text_of(scope, b"origin")
    if origin in ("", "null"):
        return none
    return urlsplit(origin).netloc.lower() == host_of(scope)


def cross_site() -> Refused:
    """The request may have been sent by a page of somebody else."""
    return refuse(
        "cross_site",
        (
            "无法确认请求来自本站页面",
            "it is not certain that a page of this site sent the request",
        ),
        (
            "请在本站页面上操作；程序请使用密钥，或带上请求头 Origin 和 X-Dianchi-Request",
            "use the pages of this site; programs use a key, or send Origin and X-Dianchi-Request",
        ),
    )
