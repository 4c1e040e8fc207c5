"""A process that calls functions for us: loads rows, drives the service, serves pages.

Not `multiprocessing`, whose children import the whole command line before they begin.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final, ParamSpec, Self, TypeVar

Params = ParamSpec("Params")
Answer = TypeVar("Answer")
_COMMAND: Final = [sys.executable, "-m", "dianchi.bench.helper"]


class HelperGoneError(Exception):
    """The helper ended before it answered."""


class Helper:
    """One such process; it ends with us, however we end, since its standard input closes."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C reaches us, and we end it.
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def begin(
        self,
        function: Callable[Params, object],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> None:
        """Has it call a function of a module, without waiting for the answer."""
        assert self._process.stdin is not None  # noqa: S101 - opened above
        pickle.dump((function, args, kwargs), self._process.stdin)
        self._process.stdin.flush()

    def call(
        self,
        function: Callable[Params, Answer],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> Answer:
        """The same, and waits: for a thread.

        Raises:
            HelperGoneError: it was ended meanwhile.
            Exception: what the function raised.
        """
        self.begin(function, *args, **kwargs)
        assert self._process.stdout is not None  # noqa: S101 - opened above
        try:
            answer = pickle.load(self._process.stdout)  # noqa: S301 - our own process wrote it
        except EOFError:
            raise HelperGoneError from None
        if isinstance(answer, BaseException):
            raise answer
        result: Answer = answer
        return result

    def stop(self) -> None:
        """Ends it at once: it holds nothing that lasts."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def __enter__(self) -> Self:
        """Use it until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()


def main() -> None:
    """What the process does: reads calls from standard input, answers on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a function prints must not get between the answers.
    os.dup2(2, 1)
    while True:
        try:
            function, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - our parent wrote it
        except EOFError:
            return
        pickle.dump(_answer(function, args, kwargs), answers)
        answers.flush()


def _answer(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - of any function
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - raised again where it was called
        return error


if __name__ == "__main__":
    main()
