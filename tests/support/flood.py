"""A flood of sign-ins from a process of its own, so that it does not slow who measures."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

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


async def run(url: str, per_s: int, seconds: float, *, many: bool) -> list[int]:
    """Floods a service; what it answered."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as http:

        async def tried(number: int) -> httpx.Response:
            headers = {"x-dianchi-request": "1", "x-forwarded-for": address(number, many=many)}
            told = {"login": f"clerk{number}", "password": "wrong otter 37 plum"}
            return await http.post("/v1/sign-in", json=told, headers=headers)

        return [one.status_code for one in await flood(tried, per_s, seconds)]


async def beside(url: str, per_s: int, seconds: float, *, many: bool) -> list[int]:
    """The same from a process of its own, which stands for the machines of others."""
    script = f"import sys; sys.path[:0] = {sys.path!r}; from support.flood import main; main()"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, url, str(per_s), str(seconds), str(int(many)),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await child.communicate()
    return list(json.loads(said))


def main() -> None:
    """The process."""
    os.nice(5)
    url, per_s, seconds, many = sys.argv[1:]
    answers = asyncio.run(run(url, int(per_s), float(seconds), many=many == "1"))
    sys.stdout.write(json.dumps(answers))
