"""One caller at one service: a request is sent, with its proof, until it is answered."""

from typing import Any, Final, cast

from dianchi_client.sdk.retries import Attempts, Retries, json_of
from dianchi_client.sdk.tokens import Credentials, Token, read_token
from dianchi_client.sdk.wire import Answer, Call, Lost, Opened, Request, paused, sent

_NOT_SIGNED_IN: Final = 401


class Session:
    """What the calls of one client share.

    Args:
        credentials: of the caller.
        retries: how patient it is.
        timeout_s: of each try.
        service: the address, which a journal remembers.
    """

    def __init__(
        self, credentials: Credentials, retries: Retries, timeout_s: float, service: str
    ) -> None:
        self._credentials = credentials
        self._token: Token | None = None
        self._timeout_s = timeout_s
        self._retries = retries
        self.service: Final = service

    def attempts(self) -> Attempts:
        """The tries of a new call."""
        return Attempts(self._retries)

    def content(self, request: Request) -> Call[bytes]:
        """The bytes that a request is answered with.

        Raises:
            DianchiError: refused for good, or no time left.
        """
        attempts = self.attempts()
        while True:
            outcome = yield from self.once(request, attempts)
            if isinstance(outcome, Answer) and outcome.status in range(200, 300):
                return outcome.body
            yield from paused(attempts.wait_s(outcome))

    def json(self, request: Request) -> Call[Any]:
        """The JSON object that a request is answered with.

        Raises:
            DianchiError: refused for good, no time left, or the answer is none.
        """
        attempts = self.attempts()
        while True:
            outcome = yield from self.once(request, attempts)
            told = json_of(outcome) if isinstance(outcome, Answer) else None
            if isinstance(told, dict):
                return told
            yield from paused(attempts.wait_s(outcome))

    def once(self, request: Request, attempts: Attempts) -> Call[Answer | Lost]:
        """Sends a request once; again at once where its token was revoked or ended meanwhile."""
        held = self._token
        outcome = yield from self._proven(request, attempts)
        turned_away = isinstance(outcome, Answer) and outcome.status == _NOT_SIGNED_IN
        if held is None or not turned_away:
            return outcome
        self._token = None
        return (yield from self._proven(request, attempts))

    def listened(self, request: Request, attempts: Attempts) -> Call[Answer | Lost | Opened]:
        """Asks once for a stream; an answer is a refusal."""
        outcome = yield from self.once(request._replace(stays=True), attempts)
        return cast("Answer | Lost | Opened", outcome)

    def _proven(self, request: Request, attempts: Attempts) -> Call[Answer | Lost]:
        proof = f"Bearer {self._credentials.key}"
        if self._credentials.client_id is not None:
            token = yield from self._current_token(attempts)
            if not isinstance(token, Token):
                return token
            proof = f"Bearer {token.text}"
        timeout_s = attempts.left_s(self._timeout_s)
        return (yield from sent(request._replace(authorization=proof, timeout_s=timeout_s)))

    def _current_token(self, attempts: Attempts) -> Call[Token | Answer | Lost]:
        now = self._retries.clock()
        if self._token is not None and now < self._token.until:
            return self._token
        asked = self._credentials.token_request()
        outcome = yield from sent(asked._replace(timeout_s=attempts.left_s(self._timeout_s)))
        found = read_token(outcome, now)
        self._token = found if isinstance(found, Token) else None
        return found
