"""What both clients are made of: a session, and how httpx is to be opened."""

import inspect
import ssl
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Literal, TypedDict, get_args

from dianchi_client.sdk.failures import NotConfigured
from dianchi_client.sdk.http import checked_url
from dianchi_client.sdk.retries import Retries
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.settings import Settings, read_settings
from dianchi_client.sdk.tokens import Credentials

Language = Literal["zh", "en"]


class Options(TypedDict, total=False):
    """How a client behaves; what is good for most is the default.

    Attributes:
        client_id: with it, the key only gets tokens of ten minutes, which are then used.
        scope: what such tokens are narrowed to.
        language: of titles and details of problems, `zh` by default; `Refused.errors` hold both.
        retries: how patient the client is.
        timeout_s: of each try, 30 by default.
        verify: certificates to trust where the system's are not enough.
    """

    client_id: str | None
    scope: str | None
    language: Language
    retries: Retries
    timeout_s: float
    verify: ssl.SSLContext


def opened(url: str | None, key: str | None, options: Options) -> tuple[Session, dict[str, Any]]:
    """A session, and the arguments of httpx.

    Raises:
        NotConfigured: no address, no key, or an address that would show the key on its way.
    """
    told = Settings(url, key) if url and key else read_settings()
    url, client_id = url or told.url, options.get("client_id")
    if key is None:
        key, client_id = told.key, client_id or told.client_id
    if not url or not key:
        raise _missing("DIANCHI_URL" if not url else "DIANCHI_KEY")
    service = checked_url(url)
    credentials = Credentials(_visible(key), client_id, options.get("scope"))
    session = Session(
        credentials, options.get("retries", Retries()), options.get("timeout_s", 30.0), service
    )
    headers = {
        "accept-language": options.get("language", "zh"),
        "user-agent": f"dianchi-client/{version('dianchi-client')}",
    }
    return session, {
        "base_url": service,
        "headers": headers,
        "verify": options.get("verify", True),
    }


def told_as(call: Callable[..., object], result: object) -> inspect.Signature:
    """The signature of the method that a call becomes, for `help` and editors without types.

    Args:
        call: a function of `calls`.
        result: what the method returns; None: what the call returns at its end.
    """
    told = inspect.signature(call)
    named = [item for name, item in told.parameters.items() if name != "session"]
    first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    ends_with = get_args(told.return_annotation)[-1] if result is None else result
    return told.replace(parameters=[first, *named], return_annotation=ends_with)


def _visible(key: str) -> str:
    """A key as it may stand in a header: what was pasted often has an end of line."""
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise NotConfigured(
            "密钥中有不可用的字符：请重新复制",
            "the key holds characters that no key has: copy it anew",
        )
    return key


def _missing(name: str) -> NotConfigured:
    return NotConfigured(
        f"没有设置 {name}：请设环境变量，或运行 dianchi-client configure",
        f"{name} is not set: set it in the environment, or run dianchi-client configure",
    )
