"""Why a call did not succeed.

DianchiError
├── Unreachable            no answer came: nobody knows more than the next try tells
│   ├── NotConnected       no connection; nothing was sent
│   ├── AnswerLost         the connection broke after the request was sent
│   └── TimedOut           it took too long
├── UnexpectedAnswer       something answered, but not as the service does
├── Refused                the service refused, with a problem document (RFC 9457)
│   ├── NotSignedIn        401 key or token missing, unknown, ended
│   ├── NotAllowed         403 role, scope, mandate or signature
│   ├── NotFound           404 missing, or of others
│   ├── Conflict           409 event_id taken, target of a correction unknown, try again
│   ├── TooLarge           413
│   ├── Invalid            400, 410, 422 … something in what was sent
│   ├── TooMany            429
│   └── Unavailable        5xx the service fails or is starting
├── NotAReport             something in the source cannot be written as JSON
├── JournalError           the journal is damaged, in use, or of another run
└── NotConfigured          no address, no key, or neither may be used so
"""

from typing import Any, Final, NamedTuple, Self

from dianchi_client.sdk.wire import Answer, Lost


class Text(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


class Fault(NamedTuple):
    """One fault of what was sent.

    Attributes:
        code: stable, of docs/reference/problems.md.
        pointer: to the member (RFC 6901); empty for the whole.
        value: what stood there.
        message: what is wrong.
        way_out: what to do.
    """

    code: str
    pointer: str
    value: object
    message: Text
    way_out: Text


class Problem(NamedTuple):
    """A problem document (RFC 9457); `title` and `detail` are in the language that was asked."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[Fault, ...]

    @classmethod
    def read(cls, told: Any) -> Self:  # noqa: ANN401 - JSON
        """Reads one.

        Raises:
            KeyError, TypeError: it is none.
        """
        faults = tuple(
            Fault(
                str(error["code"]),
                str(error["pointer"]),
                error["value"],
                Text(**error["message"]),
                Text(**error["way_out"]),
            )
            for error in told["errors"]
        )
        title, code, detail = str(told["title"]), str(told["code"]), str(told["detail"])
        return cls(str(told["type"]), title, int(told["status"]), code, detail, faults)


class DianchiError(Exception):
    """A call did not succeed.

    Attributes:
        zh: one sentence in Chinese.
        en: the same in English.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh: Final = zh
        self.en: Final = en


class Unreachable(DianchiError):  # noqa: N818 - reads as what happened
    """No answer came.

    Attributes:
        tries: how often it was sent.
        maybe_recorded: the service may have done what was asked. Sending the same report again,
            under the same `event_id`, never doubles it.
    """

    zh_said = "没有收到答复"
    en_said = "no answer came"

    def __init__(self, lost: Lost, tries: int) -> None:
        super().__init__(
            f"{self.zh_said}（试了 {tries} 次）：{lost.why}。请检查网络和地址，然后原样重发",
            f"{self.en_said} ({tries} tries): {lost.why}. Check network and address, then send the"
            " same again",
        )
        self.tries: Final = tries
        self.maybe_recorded: Final = lost.sent


class NotConnected(Unreachable):
    """There was no connection, so nothing was sent."""

    zh_said = "连不上服务"
    en_said = "the service cannot be reached"


class AnswerLost(Unreachable):
    """The connection broke after the request was sent."""

    zh_said = "请求已发出，连接在答复之前断开"
    en_said = "the connection broke before the answer"


class TimedOut(Unreachable):
    """It took too long."""

    zh_said = "等待超时"
    en_said = "it took too long"


class UnexpectedAnswer(DianchiError):  # noqa: N818 - reads as what happened
    """Something answered, but not as the service does: a gateway, or another address.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(
            f"答复（状态 {status}）不像是本服务的：{why}。请检查地址和中间的网关",
            f"the answer (status {status}) is not the service's: {why}. Check the address, and what"
            " stands between",
        )
        self.status: Final = status


class Refused(DianchiError):  # noqa: N818 - reads as what happened
    """The service refused; `problem` says why and what to do.

    Attributes:
        problem: the whole document.
        tries: how often it was sent.
        retry_after_s: how long the service asks to wait, where it does.
    """

    def __init__(
        self, problem: Problem, tries: int = 1, retry_after_s: float | None = None
    ) -> None:
        first = problem.errors[0] if problem.errors else None
        if first is None:
            super().__init__(problem.detail, problem.detail)
        else:
            where = f"{first.pointer}: " if first.pointer else ""
            super().__init__(
                f"{where}{first.message.zh}。{first.way_out.zh}（{problem.code}）",
                f"{where}{first.message.en}. {first.way_out.en} ({problem.code})",
            )
        self.problem: Final = problem
        self.tries: Final = tries
        self.retry_after_s: Final = retry_after_s

    @property
    def code(self) -> str:
        """Of the problem: stable, never translated."""
        return self.problem.code

    @property
    def status(self) -> int:
        """Of HTTP."""
        return self.problem.status

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Every fault, with pointer, value and way out."""
        return self.problem.errors


class NotSignedIn(Refused):
    """401: the key or token is missing, unknown, revoked or has ended."""


class NotAllowed(Refused):
    """403: not for this role, scope or mandate, or a signature is required."""


class NotFound(Refused):
    """404: it does not exist, or is of others."""


class Conflict(Refused):
    """409: the `event_id` is taken, the target of a correction is unknown, or it was busy."""


class TooLarge(Refused):
    """413: too many bytes or rows."""


class Invalid(Refused):
    """400, 410, 422: something in what was sent."""


class TooMany(Refused):
    """429: too many requests."""


class Unavailable(Refused):
    """5xx: the service fails, or is starting."""


class NotAReport(DianchiError, ValueError):  # noqa: N818 - reads as what happened
    """Something in the source of reports cannot be written as JSON."""


class JournalError(DianchiError):
    """The journal is damaged, in use by another process, or belongs to another run."""


class NotConfigured(DianchiError):  # noqa: N818 - reads as what happened
    """There is no address or no key, or they may not be used like this."""


_BY_STATUS: Final[dict[int, type[Refused]]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: TooMany,
}
_SERVER: Final = 500


def lost_failure(lost: Lost, tries: int) -> Unreachable:
    """The error of a request that was not answered."""
    if lost.timed_out:
        return TimedOut(lost, tries)
    return AnswerLost(lost, tries) if lost.sent else NotConnected(lost, tries)


def refusal(answer: Answer, problem: Problem, tries: int, retry_after_s: float | None) -> Refused:
    """The error of a problem document."""
    kind = _BY_STATUS.get(answer.status, Unavailable if answer.status >= _SERVER else Invalid)
    return kind(problem, tries, retry_after_s)
