"""A witness (c2sp.org/tlog-witness): cosigns what continues the last checkpoint that it saw.

It keeps one checkpoint of each log and nothing else. Whoever holds its key should not be whoever
runs the log.
"""

import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple

from dianchi_client.checkpoint import Checkpoint, decimal
from dianchi_client.errors import Rejected
from dianchi_client.memory import Memory
from dianchi_client.note import Note, SigningKey, VerifierKey
from dianchi_client.receipt import read_hashes
from dianchi_client.tree import verify_consistency

LARGEST: Final = 128 * 1024
PATH: Final = "/add-checkpoint"
SIZE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"
_OLD: Final = "old "
_MOST_STEPS: Final = 63


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: bytes
    media_type: str = _TEXT


class Request(NamedTuple):
    """A checkpoint, and the proof that it continues that of the old size."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "Request":
        """Reads the body of a request.

        Raises:
            Rejected: it is none.
        """
        head, _, rest = raw.partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        if not lines[0].startswith(_OLD) or len(lines) > 1 + _MOST_STEPS:
            raise Rejected("malformed", "请求格式不对", "the request is not in its format")
        note = Note.parse(rest)
        old = decimal(lines[0].removeprefix(_OLD))
        return cls(old, read_hashes(lines[1:]), note, Checkpoint.parse(note.text))


class Witness:
    """Answers `add-checkpoint`.

    Args:
        key: cosigns.
        logs: the keys of the logs that it looks at.
        memory: where the last checkpoint of each log is kept.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        key: SigningKey,
        logs: Sequence[VerifierKey],
        memory: Memory,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._logs = list(logs)
        self._memory = memory
        self._clock = clock

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Cosigns a checkpoint, or says why not."""
        try:
            asked = Request.parse(raw)
        except Rejected as error:
            return Answer(400, f"{error.en}\n".encode())
        logs = [key for key in self._logs if key.name == asked.checkpoint.origin]
        if not logs:
            return Answer(404, b"this log is not known here\n")
        try:
            signed = bool(asked.note.signed_by(logs))
        except Rejected:
            signed = False
        if not signed:
            return Answer(403, b"the checkpoint is not signed by the log\n")
        if asked.old > asked.checkpoint.size:
            return Answer(400, b"the old size is larger than the checkpoint\n")
        refused = self._take(asked)
        if refused is not None:
            return refused
        return Answer(200, self._key.sign(asked.note.text, int(self._clock())).encode())

    def _take(self, asked: Request) -> Answer | None:
        """Checks and remembers in one step, so that nothing comes between; an answer is a no."""
        checkpoint = asked.checkpoint
        with self._memory.changed() as seen:
            last = seen.get(checkpoint.origin)
            if asked.old != (last.size if last else 0):
                return Answer(409, b"%d\n" % (last.size if last else 0), SIZE)
            if last is not None:
                if checkpoint.size == last.size and checkpoint.root != last.root:
                    return Answer(409, b"%d\n" % last.size, SIZE)
                try:
                    verify_consistency(
                        last.size, checkpoint.size, last.root, checkpoint.root, asked.proof
                    )
                except Rejected as error:
                    return Answer(422, f"{error.en}\n".encode())
            elif asked.proof:
                return Answer(422, b"there is nothing to prove from size 0\n")
            seen[checkpoint.origin] = checkpoint
        return None


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is ready to `serve_forever`; port 0 takes any that is free."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LARGEST:
                self._send(Answer(413, b"too large\n"))
                self.close_connection = True
                return
            raw = self.rfile.read(int(length))
            known = self.path.rstrip("/").endswith(PATH)
            self._send(witness.add_checkpoint(raw) if known else Answer(404, b"not here\n"))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("content-type", answer.media_type)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """The caller logs what matters."""

    return ThreadingHTTPServer((host, port), Handler)
