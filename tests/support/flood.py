"""A flood of sign-ins from a process of its own, so that it does not slow who measures.

It sends prepared bytes over raw sockets: it stands for the machines of others, whose work is not
the server's, and an asyncio client at this pace costs more than the answers it asks for.
"""

import asyncio
import json
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from dianchi.bench.client import STATUS, Line, opened

CONNECTIONS: Final = 32
Try = Callable[[int], Awaitable[httpx.Response]]


async def flood(tried: Try, per_s: int, seconds: float) -> list[httpx.Response]:
    """Sign-ins at an even pace, whether they are answered or not."""
    waiting: list[asyncio.Task[httpx.Response]] = []
    began = time.monotonic()
    for number in range(int(per_s * seconds)):
        await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
        waiting.append(asyncio.ensure_future(tried(number)))
    return list(await asyncio.gather(*waiting))


def address(number: int, *, many: bool) -> str:
    """Where the flood says it comes from."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" if many else "10.0.0.1"


def run(port: int, per_s: int, seconds: float, *, many: bool) -> list[int]:
    """Floods a service at an even pace, as far as its connections are answered; the statuses."""
    tries = [_try(number, many=many) for number in range(int(per_s * seconds))]
    answers: list[int] = []
    with opened(port, CONNECTIONS) as (selector, lines):
        idle = deque(lines)
        began, sent = time.perf_counter(), 0
        while len(answers) < len(tries):
            while idle and sent < len(tries) and began + sent / per_s <= time.perf_counter():
                idle.popleft().send(tries[sent])
                sent += 1
            while idle and sent == len(tries):
                # Nothing more is sent over it, and the service closes who is silent.
                selector.unregister(idle.popleft().socket)
            for key, _ in selector.select(1 / per_s):
                line: Line = key.data
                if line.receive():
                    idle.append(line)
                    answers.append(int(line.got[0][STATUS]))
    return answers


def _try(number: int, *, many: bool) -> bytes:
    body = json.dumps({"login": f"clerk{number}", "password": "wrong otter 37 plum"})
    head = (
        "POST /v1/sign-in HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"x-dianchi-request: 1\r\nx-forwarded-for: {address(number, many=many)}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


async def beside(port: int, per_s: int, seconds: float, *, many: bool) -> list[int]:
    """The same from a process of its own, which stands for the machines of others."""
    script = f"import sys; sys.path[:0] = {sys.path!r}; from support.flood import main; main()"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(port), str(per_s), str(seconds), str(int(many)),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await child.communicate()
    return list(json.loads(said))


def main() -> None:
    """The process."""
    os.nice(5)
    port, per_s, seconds, many = sys.argv[1:]
    answers = run(int(port), int(per_s), float(seconds), many=many == "1")
    sys.stdout.write(json.dumps(answers))
