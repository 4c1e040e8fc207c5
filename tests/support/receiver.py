"""A receiver of webhooks on this machine: a real server, which keeps what it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks.webhooks import Webhook


class Got(NamedTuple):
    """One request."""

    headers: dict[str, str]
    body: str

    def verified(self, secret: str) -> Any:
        """What it says, if it was signed with a secret; another library than ours looks."""
        return Webhook(secret).verify(self.body, self.headers)

    @property
    def message(self) -> str:
        """Its id."""
        return self.headers["webhook-id"]


class Receiver:
    """Answers with the next of `statuses`, and with the last one for ever."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        self.got: list[Got] = []
        self.statuses = [200]
        self.refuses: str | None = None
        """What a body must not hold to be taken."""
        self.headers: dict[str, str] = {}
        self.answer = b"INNER-SECRET"

    def take(self, got: Got) -> int:
        """Keeps a request; what to answer."""
        self.got.append(got)
        if self.refuses is not None and self.refuses in got.body:
            return 400
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Got(headers, body.decode()))
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
