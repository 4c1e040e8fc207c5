"""How a caller proves itself: a key, or tokens of ten minutes that a key gets (RFC 6749, 4.4)."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus, urlencode

from dianchi_client.sdk.retries import json_of
from dianchi_client.sdk.wire import FORM, Answer, Lost, Request

_EARLY_S: Final = 30.0
"""A token is changed for another so long before its end: requests take a while."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a caller proves itself.

    Attributes:
        key: an API key, which is a bearer key by itself.
        client_id: with it, the key is only shown to get tokens.
        scope: what tokens are narrowed to.
    """

    key: str = field(repr=False)
    client_id: str | None = None
    scope: str | None = None

    def token_request(self) -> Request:
        """Asks for a token."""
        pair = f"{quote_plus(self.client_id or '')}:{quote_plus(self.key)}"
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        basic = base64.b64encode(pair.encode()).decode()
        body = urlencode(form).encode()
        return Request("POST", "/oauth/token", body=body, kind=FORM, authorization=f"Basic {basic}")


class Token(NamedTuple):
    """A token and until when it is used, by the clock of the session."""

    text: str
    until: float


def read_token(outcome: Answer | Lost, now: float) -> Token | Answer | Lost:
    """The token of an answer; or why there is none, as any other request would be told."""
    if isinstance(outcome, Lost):
        return outcome
    told = json_of(outcome)
    if isinstance(told, dict) and isinstance(told.get("access_token"), str):
        return Token(told["access_token"], now + float(told.get("expires_in", 0)) - _EARLY_S)
    if outcome.status in range(200, 300):
        return Lost("/oauth/token gave no token", sent=True)
    return _as_problem(outcome)


def _as_problem(answer: Answer) -> Answer:
    """An error of OAuth (RFC 6749, 5.2) as the problem document that all else is refused with."""
    try:
        told: Any = json.loads(answer.body)
        code, said = str(told["error"]), str(told["error_description"])
    except (ValueError, KeyError, TypeError):
        return answer
    way_out = {
        "zh": "请核对 client_id、密钥和 scope",
        "en": "check client_id, key and scope",
    }
    fault = {
        "code": code,
        "pointer": "",
        "value": None,
        "message": {"zh": f"没有得到令牌：{said}", "en": f"there is no token: {said}"},
        "way_out": way_out,
    }
    problem = {
        "type": "about:blank",
        "title": code,
        "status": answer.status,
        "code": code,
        "detail": said,
        "errors": [fault],
    }
    return answer._replace(body=json.dumps(problem).encode())
