"""Bodies of requests and who sends them: read within bounds, or refused."""

from collections.abc import MutableMapping
from typing import Any, Final, NamedTuple

from dianchi.access.attachments import MOST_BYTES as ATTACHMENT_BYTES
from dianchi.access.keys import Expired, is_of_sandbox
from dianchi.access.photos import MOST_BYTES
from dianchi.access.tokens import looks_like_token
from dianchi.api.cookies import has_session, person_of
from dianchi.api.headers import Receive, Scope, Send, header
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused

__all__ = [
    "ONE_ATTACHMENT",
    "ONE_BATCH",
    "ONE_PHOTO",
    "ONE_REPORT",
    "Answer",
    "Receive",
    "Scope",
    "Send",
    "body_of",
    "header",
    "reporter_of",
]


class Answer(NamedTuple):
    """Status and JSON body; `problem` when it is a problem document.

    `etag` where something shorter than the body tells one answer from another.
    """

    status: int
    body: bytes
    problem: bool = False
    etag: bytes | None = None


ONE_REPORT: Final = 1024 * 1024
ONE_PHOTO: Final = MOST_BYTES
ONE_ATTACHMENT: Final = ATTACHMENT_BYTES
ONE_BATCH: Final = 32 * 1024 * 1024


async def body_of(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body, if it is no larger than `most` bytes.

    Raises:
        Refused: `body_too_large`, before more than `most` bytes were kept; or the client went
            before it had sent all.
    """
    told = header(scope, b"content-length")
    if told is not None and told.isdigit() and int(told) > most:
        raise _too_large(most)
    message = await receive()
    body = _part(message)
    if not message.get("more_body"):
        if len(body) > most:
            raise _too_large(most)
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(_part(message))
        size += len(parts[-1])
        if size > most:
            raise _too_large(most)
    return b"".join(parts)


def _part(message: MutableMapping[str, Any]) -> bytes:
    if message["type"] == "http.disconnect":
        # What came may be whole JSON by chance; it is not what was meant to be sent.
        raise refuse(
            "malformed_json",
            ("内容没有发完，连接就断开了", "the connection ended before the whole body came"),
            ("请原样重试", "send it again as it is"),
        )
    return bytes(message.get("body", b""))


def _too_large(most: int) -> Refused:
    size = most // (1024 * 1024)
    return refuse(
        "body_too_large",
        (f"内容超过 {size} MiB", f"the body is larger than {size} MiB"),
        ("请分成多次提交", "split it into several requests"),
    )


async def reporter_of(scope: Scope, services: Services) -> Reporter:
    """Who sends the request, by key, token or session, whatever these are narrowed to.

    Raises:
        Refused: `key_missing`, `key_invalid`, `two_credentials`, or what is wrong with a session.
    """
    given = header(scope, b"authorization")
    if has_session(scope):
        if given is not None:
            raise _two()
        return (await person_of(scope, services)).reporter
    if given is None:
        raise _no_key("没有提供密钥", "no key was given")
    scheme, _, key = given.decode("latin-1").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise _no_key(
            "请求头 Authorization 中没有 Bearer 密钥",
            "the header Authorization holds no Bearer key",
        )
    reporter = services.ring.remembered(key)
    return reporter if reporter is not None else await _first_seen(key, services)


async def _first_seen(key: str, services: Services) -> Reporter:
    """Whose key or token this is; a firm made with its key is known at once."""
    if looks_like_token(key):
        return await _token_holder(key, services)
    if services.ring.is_foreign(key):
        raise _wrong_environment(sandbox=is_of_sandbox(key))
    reporter = await services.ring.holder(key)
    if reporter is None:
        raise _invalid_key()
    if isinstance(reporter, Expired):
        raise _expired_key(reporter)
    if reporter.organisation not in services.registry.now.organisations:
        await services.registry.refresh()
    return reporter


async def _token_holder(token: str, services: Services) -> Reporter:
    tokens = services.entry.tokens
    reporter = await tokens.holder(token) if tokens is not None else None
    if reporter is None:
        raise refuse(
            "key_invalid",
            ("令牌无效、已到期或已吊销", "the token is not valid, has ended or was revoked"),
            ("请重新获取令牌：POST /oauth/token", "get another one: POST /oauth/token"),
        )
    return reporter


def _two() -> Refused:
    return refuse(
        "two_credentials",
        (
            "请求同时带有密钥和登录会话",
            "the request carries a key and the cookie of a session",
        ),
        ("请只用其中一种", "send one of them"),
    )


def _no_key(zh: str, en: str) -> Refused:
    return refuse(
        "key_missing",
        (zh, en),
        (
            "请在请求头中加入 Authorization: Bearer <密钥>",
            "send the header Authorization: Bearer <key>",
        ),
    )


def _wrong_environment(*, sandbox: bool) -> Refused:
    """A key of the sandbox at the true service, or the other way round; the key is not repeated."""
    if sandbox:
        return refuse(
            "wrong_environment",
            (
                "这是沙盒环境的密钥，而这里是正式环境",
                "the key is of the sandbox environment, and this is the true one",
            ),
            (
                "联调用沙盒地址（见工作台“沙盒”页或 GET /v1/sandbox）；正式上报用监管部门发的密钥",
                "use the address of your sandbox (GET /v1/sandbox); here, a key by an authority",
            ),
            value="sandbox",
        )
    return refuse(
        "wrong_environment",
        (
            "这是正式环境的密钥，而这里是沙盒环境",
            "the key is of the true environment, and this is a sandbox",
        ),
        (
            "正式上报请用不带 /sandbox/… 的地址；联调请用沙盒的密钥（dk_sandbox_ 开头）",
            "use the address without /sandbox/…; here, a key that begins with dk_sandbox_",
        ),
        value="true",
    )


def _invalid_key() -> Refused:
    return refuse(
        "key_invalid",
        ("密钥不存在或已停用", "the key is unknown or was revoked"),
        ("请核对密钥，或用 dianchi key add 新建", "check it, or make one: dianchi key add"),
    )


def _expired_key(expired: Expired) -> Refused:
    day = expired.day.isoformat()
    return refuse(
        "key_invalid",
        (f"密钥已在 {day} 当日结束时到期", f"the key expired at the end of {day} (+08:00)"),
        (
            "请向监管部门申领新密钥（POST /v1/keys），或由运行者用 dianchi key add 新建",
            "ask a regulator for a new one (POST /v1/keys), or who runs this: dianchi key add",
        ),
    )
